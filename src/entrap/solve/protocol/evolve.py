"""A case as an evolution in time: equilibrium, emptying, pinned, released, normal."""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from entrap.case.case import Case
from entrap.core.arrays import RealsLike
from entrap.core.errors import SolveError
from entrap.model import balance, electrodynamics, landau
from entrap.model.device import Device, TrapState, exchange, within_equilibrium
from entrap.model.entropy import AbstractEntropy
from entrap.model.kinetics import Densities
from entrap.model.sample import Sample, Trapping
from entrap.model.state import bare_densities, state
from entrap.model.validity import margins
from entrap.solve.inputs import Choices, Inputs, ProtocolNumbers, inputs_of, required
from entrap.solve.jit import quick_jit
from entrap.solve.protocol.margins import CAPPED_FROM
from entrap.solve.protocol.outcome import (
    CAPPED,
    QUANTITIES,
    quantities_of,
    regimes_of,
    under_both_names,
)
from entrap.solve.protocol.ramp import Ramp
from entrap.solve.protocol.results import REGIMES, Evolution, Regime, Value
from entrap.solve.sample import Parts, in_conduction_units, parts, parts_of, trapping
from entrap.solve.stored import stored

_NOTHING_TAKEN = 1e-9  # share of the normal electrons that is none
NOTHING = 1e-14
"""Share of n_c gained that is no more than rounding."""


def evolve(case: Case, *, throw: bool = True) -> Evolution:
    """The protocol of Fig. 3: trap on at T_0, emptying, warming with n_s pinned, release, normal.

    Args:
        case: What is done to which sample.
        throw: Whether a failed integration raises; else `succeeded` says so.

    Returns:
        The evolution, at `case.protocol.points` times, the same sample without a trap beside it.

    Raises:
        SolveError: the integration did not come to its end.

    Examples:
        >>> import entrap as et
        >>> run = et.evolve(et.load_case("examples/clean-set.toml"))
        >>> round(run.quantities["enhancement"].value, 9)
        2.0
    """
    protocol = case.require("protocol")
    case.require("landau")
    inputs = inputs_of(case)
    stated, time = required(inputs.protocol, "protocol"), sample_times(inputs, protocol.points)
    found = _evolution(parts(case), stated, time)
    out = jax.tree.map(np.asarray, found)
    if throw and not out["succeeded"]:
        raise SolveError(_why(stated, out))
    regimes = regimes_of(stated, case.trap.present, time, out)
    values = quantities_of(stated, regimes, time, out)
    return Evolution(
        case=case,
        time=time,
        state=out["state"],
        bare=out["bare"],
        trap=out["trap"],
        margins=out["margins"],
        regime=_codes(time, regimes),
        regimes=regimes,
        quantities=under_both_names(
            {
                name: Value(
                    values[name],
                    declared,
                    name in CAPPED and values[name] >= CAPPED_FROM * protocol.warm_to,
                )
                for name, declared in QUANTITIES.items()
            }
        ),
        succeeded=bool(out["succeeded"]),
    )


def _why(protocol: ProtocolNumbers, out: Mapping[str, Any]) -> str:
    """Where an evolution ended too early, why, and what to try."""
    reached = float(out["switches"][int(out["count"]) - 1])
    share = max(reached - float(protocol.hold), 0.0) / float(protocol.warming_time)
    kelvin = protocol.start + (protocol.warm_to - protocol.start) * share
    trap = out["trap"]
    fastest = float(np.nanmax(np.append(trap.trapping_rate, 0.0)))
    text = "The evolution did not come to its end"
    text += f": it got to {reached:.4g} s and {kelvin:.4g} K. " if np.isfinite(kelvin) else ". "
    if np.min(trap.steady_fraction) > 1 - _NOTHING_TAKEN and fastest > 0:
        return text + (
            "The trap takes nothing at any temperature of the protocol, as what it traps comes "
            "back: take it out, and the sample is the same."
        )
    works = fastest * float(protocol.hold + protocol.warming_time)
    return text + (
        f"The trap is {works:.1e} times as fast as the protocol: its rate, the hold and the "
        "warming time lie too many decades apart, or the numbers overflow. Try a shorter hold and "
        "warming time or a slower trap, and look at the margins that `entrap.equilibrate` gives."
    )


def sample_times(inputs: Inputs, points: int) -> np.ndarray:
    """Times of the results [s]: early ones crowd where the trap empties, warming ones are even.

    Args:
        inputs: Of a case, or of many: leaves of one shape.
        points: How many.

    Returns:
        Times along the last axis, after the shape of the leaves.
    """
    protocol = required(inputs.protocol, "protocol")
    # A junction empties a film in microseconds to milliseconds: fast against any hold.
    rate = inputs.trap.rate if inputs.trap.junction is None else np.inf
    hold, warming, rate = (
        np.asarray(number, float)[..., None]
        for number in np.broadcast_arrays(protocol.hold, protocol.warming_time, rate)
    )
    held = points // 4
    share = np.arange(held) / held
    with np.errstate(invalid="ignore"):  # no hold: replaced below
        stretch = np.minimum(np.log1p(rate * hold), 12.0)
    slow = ~(stretch >= 1e-3)
    safe = np.where(slow, 1.0, stretch)
    early = np.where(slow, share, np.expm1(safe * share) / np.expm1(safe))
    both = np.concatenate(
        [hold * early, hold + warming * np.linspace(0.0, 1.0, points - held)], axis=-1
    )
    return np.where(hold > 0, both, warming * np.linspace(0.0, 1.0, points))


def evolution_of(choices: Choices, inputs: Inputs, time: RealsLike) -> dict[str, Any]:
    """One evolution as a pure function of its numbers: states, margins, trap, switches.

    Args:
        choices: Of a case.
        inputs: Of the same case; scalars.
        time: Times of the results [s], from 0 to the end of the protocol.
    """
    return _evolved(parts_of(inputs, choices), required(inputs.protocol, "protocol"), time)


@stored(quick_jit)
def _evolution(parts: Parts, protocol: Any, time: Any) -> dict[str, Any]:
    return _evolved(parts, protocol, time)


def _evolved(parts: Parts, protocol: ProtocolNumbers, time: RealsLike) -> dict[str, Any]:
    # diffrax takes a third of a second to import, and a kept program does without it.
    from entrap.solve.protocol.integrate import trajectory

    time = jnp.asarray(time, float)
    sample, device = parts.sample, parts.device
    rates = trapping(parts, protocol.start)
    duration = protocol.hold + protocol.warming_time
    start, warm_to = (jnp.asarray(x, float) for x in (protocol.start, protocol.warm_to))
    ramp = Ramp(start, warm_to, jnp.asarray(protocol.hold / duration))
    n_c = jnp.asarray(sample.conduction_density)
    in_duration = Trapping(
        rates.trapping_rate * duration,
        rates.pairing_rate * n_c * duration,
        rates.closure,
        rates.pairing_limit,
    )
    reduced = in_conduction_units(sample)
    path = trajectory(reduced, in_duration, ramp, time / duration, device, duration)
    temperature = ramp.temperature(time / duration)
    gone = (1 - path.fraction) * (1 - path.superfluid)
    densities = Densities(n_c * path.superfluid, n_c * path.normal, n_c * gone, path.fraction)
    # One call for both, with the trap and without: the compiler sees the formulas once.
    pair = jax.tree.map(lambda *s: jnp.stack(s), densities, bare_densities(sample, temperature))
    both = state(sample, temperature, pair)
    initial = bare_densities(sample, start)
    trap = _trap_state(rates, device, reduced, temperature, path)
    held = path.superfluid[jnp.searchsorted(time, protocol.hold, side="right") - 1]
    trapped, bare = (jax.tree.map(lambda column, i=i: column[i], both) for i in (0, 1))
    return {
        "state": trapped,
        "bare": bare,
        "margins": margins(
            sample,
            rates,
            temperature,
            densities,
            initial,
            start,
            trapped.gap,
            device,
            None if device is None else trap.steady_fraction,
        ),
        "trap": trap,
        "sample": sample,
        "enhancement": landau.enhancement(sample),
        "bare_critical_temperature": landau.effective_critical_temperature(sample, 1.0),
        "effective_critical_temperature": landau.effective_critical_temperature(sample),
        "paired_electron_gain": _gain(rates, device, sample, protocol, held - path.superfluid[0]),
        "release_temperature": landau.release_temperature(sample, n_c * held),
        "trap_energy_cost": landau.trap_energy_cost(sample, start, initial.normal_density),
        "kappa": electrodynamics.kappa(sample),
        "switches": path.switches * duration,
        "modes": path.modes,
        "holds": path.switches < ramp.hold,  # as the integration compares, in the same numbers
        "count": path.count,
        "succeeded": path.succeeded & jnp.isfinite(path.superfluid).all(),
    }


def _trap_state(
    trapping: Trapping, device: Device | None, reduced: Sample, temperature: Any, path: Any
) -> TrapState:
    if device is None:
        rate = jnp.broadcast_to(jnp.asarray(trapping.trapping_rate), path.fraction.shape)
        return TrapState(rate, path.fraction, jnp.where(rate > 0, 0.0, 1.0))
    flows = within_equilibrium(exchange(device, reduced, temperature, path.superfluid))
    values = flows.trapping, path.fraction, balance.steady(flows)
    return TrapState(*jnp.broadcast_arrays(*values))


def _gain(
    trapping: Trapping,
    device: Device | None,
    sample: Sample,
    protocol: ProtocolNumbers,
    share: Any,
) -> Any:
    """Electrons that pair while the trap empties the sample [1/m^3]; `share` of n_c by the path.

    With the closure whose own integration is finer, and fast for many samples, by that.
    """
    n_c = sample.conduction_density
    if gains_by_emptying(trapping.closure, device is not None, sample.entropy):
        from entrap.solve.protocol.emptying import emptied

        initial = bare_densities(sample, protocol.start).superfluid_density
        after = emptied(sample, trapping, protocol.start, protocol.hold)
        finer = (after.superfluid_density - initial) / n_c
        share = jnp.where(jnp.isnan(finer), share, finer)
    return n_c * _beyond_rounding(share)


def gains_by_emptying(closure: str, junction: bool, entropy: AbstractEntropy) -> bool:
    """Whether the pairs gained while emptying are those of `entrap.solve.protocol.emptying`.

    Args:
        closure: Of the trap.
        junction: Whether its rate follows from a junction.
        entropy: Of the sample.
    """
    from entrap.solve.protocol.emptying import integrates

    return closure == "self-consistent" and not junction and integrates(entropy)


def _beyond_rounding(share: Any) -> Any:
    """A difference of shares of n_c, 0 where it is no more than the interpolation's rounding."""
    return jnp.where(jnp.abs(share) < NOTHING, 0.0, share)


def _codes(time: np.ndarray, regimes: tuple[Regime, ...]) -> np.ndarray:
    ends = np.array([regime.end for regime in regimes])
    which = np.minimum(np.searchsorted(ends, time, side="left"), len(regimes) - 1)
    return np.array([REGIMES.index(regimes[i].name) for i in which])
