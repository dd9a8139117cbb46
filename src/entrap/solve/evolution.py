"""A case as an evolution in time: equilibrium, emptying, pinned, released, normal."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from entrap.core.errors import SolveError
from entrap.core.quantities import Quantity, quantity_of
from entrap.inputs.case import Case
from entrap.inputs.material import Material
from entrap.inputs.protocol import Protocol
from entrap.model import electrodynamics, landau
from entrap.model.device import Device, TrapState, exchange, steady_fraction, within_the_film
from entrap.model.kinetics import Densities
from entrap.model.sample import Sample, Trapping
from entrap.model.state import State, bare_densities, state
from entrap.model.validity import margins
from entrap.solve.compiling import quick_jit
from entrap.solve.parameters import (
    Chosen,
    choices_of,
    device_of,
    in_conduction_units,
    numbers_of,
    sample_of,
    trapping_of,
)
from entrap.solve.ramp import Ramp
from entrap.solve.results import REGIMES, Evolution, Regime, Value
from entrap.solve.trajectory import (
    FULL,
    NORMAL,
    PINNED,
    RELEASED,
    Trajectory,
    trajectory,
)


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
    numbers, choices = numbers_of(case), choices_of(case)
    # A junction empties a film in microseconds to milliseconds: fast against any hold.
    time = sample_times(protocol, np.inf if case.trap.junction else case.trap.rate)
    found = _evolution(Chosen(choices), numbers, time)
    out = jax.tree.map(np.asarray, found)
    if throw and not out["succeeded"]:
        raise SolveError(
            "The evolution did not come to its end: the trap's rate, the hold and the warming time "
            "lie too many decades apart, or the numbers overflow. Try a longer warming time or a "
            "slower trap, and look at the margins that `entrap.equilibrate` gives."
        )
    regimes = _regimes(case, time, out)
    return Evolution(
        case=case,
        time=time,
        state=out["state"],
        bare=out["bare"],
        trap=out["trap"],
        margins=out["margins"],
        regime=_codes(time, regimes),
        regimes=regimes,
        quantities=_quantities(out, regimes, protocol, time),
        succeeded=bool(out["succeeded"]),
    )


def sample_times(protocol: Protocol, trap_rate: float) -> np.ndarray:
    """Times of the results [s]: early ones crowd where the trap empties, warming ones are even.

    Args:
        protocol: Hold, warming time and number of points.
        trap_rate: Γ [1/s].
    """
    hold, points = protocol.hold, protocol.points
    held = points // 4 if hold > 0 else 0
    share = np.arange(held) / max(held, 1)
    stretch = min(np.log1p(trap_rate * hold), 12.0)
    early = share if stretch < 1e-3 else np.expm1(stretch * share) / np.expm1(stretch)
    warming = hold + protocol.warming_time * np.linspace(0.0, 1.0, points - held)
    return np.concatenate([hold * early, warming])


@quick_jit
def _evolution(chosen: Chosen, numbers: Any, time: Any) -> dict[str, Any]:
    sample = sample_of(numbers, chosen.choices)
    trapping = trapping_of(numbers, chosen.choices, sample)
    protocol = numbers["protocol"]
    duration = protocol["hold"] + protocol["warming_time"]
    start, warm_to = (jnp.asarray(protocol[key], float) for key in ("start", "warm_to"))
    ramp = Ramp(start, warm_to, protocol["hold"] / duration)
    n_c = jnp.asarray(sample.conduction_density)
    in_duration = Trapping(
        trapping.trap_rate * duration, trapping.pairing_rate * n_c * duration, trapping.closure
    )
    reduced, device = in_conduction_units(sample), device_of(numbers, chosen.choices)
    path = trajectory(reduced, in_duration, ramp, time / duration, device, duration)
    temperature = ramp.temperature(time / duration)
    gone = jnp.maximum(1 - path.superfluid - path.normal, 0.0)
    densities = Densities(n_c * path.superfluid, n_c * path.normal, n_c * gone)
    # One call for both, with the trap and without: the compiler sees the formulas once.
    pair = jax.tree.map(lambda *s: jnp.stack(s), densities, bare_densities(sample, temperature))
    both = state(sample, temperature, pair)
    initial = bare_densities(sample, start)
    trap = _trap_state(trapping, device, reduced, temperature, path)
    held = path.superfluid[jnp.searchsorted(time, protocol["hold"], side="right") - 1]
    trapped, bare = (jax.tree.map(lambda column, i=i: column[i], both) for i in (0, 1))
    return {
        "state": trapped,
        "bare": bare,
        "margins": margins(
            sample,
            trapping,
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
        "pair_gain": n_c * _beyond_rounding(held - path.superfluid[0]),
        "release_temperature": landau.release_temperature(sample, n_c * held),
        "trap_energy_cost": landau.trap_energy_cost(sample, start, initial.normal_density),
        "kappa": electrodynamics.kappa(sample),
        "switches": path.switches * duration,
        "modes": path.modes,
        "count": path.count,
        "succeeded": path.succeeded & jnp.isfinite(path.superfluid).all(),
    }


def _trap_state(
    trapping: Trapping, device: Device | None, reduced: Sample, temperature: Any, path: Trajectory
) -> TrapState:
    if device is None:
        rate = jnp.broadcast_to(jnp.asarray(trapping.trap_rate), path.fraction.shape)
        return TrapState(rate, path.fraction, jnp.where(rate > 0, 0.0, 1.0))
    found = within_the_film(exchange(device, reduced, temperature, path.superfluid))
    values = found.flows.trapping, path.fraction, steady_fraction(found)
    return TrapState(*jnp.broadcast_arrays(*values))


def _beyond_rounding(share: Any) -> Any:
    """A difference of shares of n_c, 0 where it is no more than the interpolation's rounding."""
    return jnp.where(jnp.abs(share) < 1e-14, 0.0, share)


def _regimes(case: Case, time: np.ndarray, out: dict[str, Any]) -> tuple[Regime, ...]:
    protocol = case.require("protocol")
    hold, duration = protocol.hold, protocol.hold + protocol.warming_time
    count = int(out["count"])
    starts = [float(t) for t in out["switches"][:count]]
    ends = [*starts[1:], duration]
    # A pinned n_s is what it is at the first point after; between points it may have vanished.
    after = np.minimum(np.searchsorted(time, ends), len(time) - 1)
    density = out["state"].superfluid_density[after]
    found = [Regime("equilibrium", 0.0, 0.0)]
    for start, end, mode, n_s in zip(starts, ends, out["modes"][:count], density, strict=True):
        name = _name(int(mode), start < hold, case.trap.present, bool(n_s > 0))
        if end - start <= 1e-12 * duration:
            continue
        if found[-1].name == name:
            found[-1] = Regime(name, found[-1].start, end)
        elif len(found) > 1 and found[-2].name == name and _short(found[-1], duration):
            # Between two stretches of one law a sliver of another is the solver's.
            found[-2:] = [Regime(name, found[-2].start, end)]
        else:
            found.append(Regime(name, found[-1].end, end))
    return tuple(found)


def _short(regime: Regime, duration: float) -> bool:
    """Whether a regime lasts too little to tell."""
    return regime.end - regime.start < 1e-5 * duration


def _name(mode: int, holding: bool, trap: bool, superconducting: bool) -> str:
    if mode == NORMAL or (mode == PINNED and not superconducting and not holding):
        return "emptying" if holding and trap else "normal"
    if not trap:
        return "equilibrium"
    if holding:
        return "emptying"
    return {PINNED: "pinned", RELEASED: "released", FULL: "released"}[mode]


def _codes(time: np.ndarray, regimes: tuple[Regime, ...]) -> np.ndarray:
    ends = np.array([regime.end for regime in regimes])
    which = np.minimum(np.searchsorted(ends, time, side="left"), len(regimes) - 1)
    return np.array([REGIMES.index(regimes[i].name) for i in which])


def _quantities(
    out: dict[str, Any], regimes: tuple[Regime, ...], protocol: Protocol, time: np.ndarray
) -> dict[str, Value]:
    """The single numbers that sum an evolution up, each with its declaration."""
    sample, states, bare = out["sample"], out["state"], out["bare"]
    released = [r.start for r in regimes if r.name == "released"]
    if released:
        share = max(released[-1] - protocol.hold, 0.0) / protocol.warming_time
        release = protocol.start + (protocol.warm_to - protocol.start) * share
    else:
        release = float(out["release_temperature"])
    per_state = (
        "higgs_coefficient",
        "higgs_mode",
        "penetration_depth",
        "critical_field",
        "lower_critical_field",
        "coherence_length",
    )
    made = {
        "critical_temperature": (
            sample.critical_temperature,
            quantity_of(Material, "critical_temperature"),
        ),
        "effective_critical_temperature": (out["effective_critical_temperature"], _EFFECTIVE),
        "enhancement": (out["enhancement"], _ENHANCEMENT),
        "log_mixing_ratio": (sample.log_mixing_ratio, quantity_of(Sample, "log_mixing_ratio")),
        "landau_a": (sample.landau_a, quantity_of(Sample, "landau_a")),
        "landau_beta": (sample.landau_beta, quantity_of(Sample, "landau_beta")),
        "initial_superfluid_density": (
            states.superfluid_density[0],
            _of("superfluid_density", "⁰"),
        ),
        "initial_normal_density": (states.normal_density[0], _of("normal_density", "⁰")),
        "final_superfluid_density": (states.superfluid_density[-1], _of("superfluid_density", "")),
        "pair_gain": (out["pair_gain"], _PAIR_GAIN),
        "release_temperature": (release, _RELEASE),
        "trap_energy_cost": (out["trap_energy_cost"], _COST),
        "kappa": (out["kappa"], _KAPPA),
        "bare_critical_temperature": (out["bare_critical_temperature"], _BARE),
        "trapping_rate": (out["trap"].trapping_rate[0], quantity_of(TrapState, "trapping_rate")),
        "trap_failure_temperature": (_failure(out, time >= protocol.hold), _FAILURE),
        "survival_temperature": (_survival(out, time >= protocol.hold), _SURVIVAL),
    }
    for name in per_state:
        made[f"{name}_initial"] = (getattr(bare, name)[0], _of(name, " at T_0"))
        made[f"{name}_final"] = (getattr(states, name)[-1], _of(name, " at the end"))
    return {name: Value(float(value), declared) for name, (value, declared) in made.items()}


def _failure(out: dict[str, Any], warm: np.ndarray) -> float:
    """Where f rises past ½ for good: NaN where it never is below, inf where it stays below."""
    fraction, temperature = out["trap"].remaining_fraction[warm], out["state"].temperature[warm]
    works = np.flatnonzero(fraction < 0.5)
    if not len(works):
        return np.nan
    last = works[-1]
    if last == len(fraction) - 1:
        return np.inf
    span = slice(last, last + 2)
    return float(np.interp(0.5, fraction[span], temperature[span]))


def _survival(out: dict[str, Any], warm: np.ndarray) -> float:
    """Highest T at which n_s is 1 % of n_s⁰ above the bare one; NaN where it nowhere is."""
    gain = out["state"].superfluid_density - out["bare"].superfluid_density
    survives = np.flatnonzero(gain[warm] > 0.01 * out["state"].superfluid_density[0])
    return float(out["state"].temperature[warm][survives[-1]]) if len(survives) else np.nan


def _of(name: str, mark: str) -> Quantity:
    declared = quantity_of(State, name)
    return Quantity(
        declared.unit,
        declared.symbol + mark,
        declared.meaning,
        source=declared.source,
        display=declared.display,
    )


_EFFECTIVE = Quantity("K", "T̃_c", "Effective critical temperature", "Eq. (5): a T_c/(a - k_B L)")
_BARE = Quantity(
    "K", "T_c at f = 1", "Critical temperature without a trap", "T_c/(1 + (1 - w_s) k_B L/a)"
)
_ENHANCEMENT = Quantity("1", "E", "Enhancement T̃_c/T_c", "Eq. (5): 1/(1 - k_B L/a)")
_PAIR_GAIN = Quantity(
    "1/m^3", "n_s - n_s⁰", "Superconducting electrons gained while emptying", "Eq. (8)"
)
_RELEASE = Quantity("K", "T_1", "Temperature at which the pinned n_s is released", "Fig. 3")
_COST = Quantity("J/m^3", "k_B T_0 n_n⁰ L", "Energy that the trap must repay", "Fig. 3")
_FAILURE = Quantity(
    "K", "T at f = ½", "Temperature at which the trap leaves half of the normal electrons",
    "theory page, traps",
)  # fmt: skip
_SURVIVAL = Quantity(
    "K", "T at n_s - n_s⁰", "Highest temperature at which n_s is above the bare one by 1 % of n_s⁰",
    "evolution",
)  # fmt: skip
_KAPPA = Quantity("1", "κ", "Ginzburg-Landau parameter λ/ξ̃", "Eq. (17) with ξ̃")
