"""Plain BCS beside an evolution: the same warm-up without a trap, with it, and with the entropy."""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from entrap.core.arrays import Reals, RealsLike
from entrap.core.frame import Column, Frame, Framed
from entrap.core.quantities import Quantity
from entrap.core.stable import guarded
from entrap.model import balance, bcs_transition, extraction
from entrap.model.bcs_state import beside_plain
from entrap.model.device import Device
from entrap.model.kinetics import Densities
from entrap.model.observables import OBSERVABLES, OF_EXPANSION, SUMMARISED
from entrap.model.occupations import Share
from entrap.model.sample import Sample
from entrap.model.state import State
from entrap.solve.jit import quick_jit
from entrap.solve.protocol.netcdf import columns_of
from entrap.solve.protocol.results import Evolution, Value
from entrap.solve.sample import parts
from entrap.solve.stored import stored

_STEPS = 100  # of φ → Δ → φ, which go one way
_SETTLED = 1e-15  # what the last of them changes, of φ
_SAME = 1e-6
_LONGEST, _DONE = 0.95, 1e-9  # slope of φ → y that a step takes at most; what the last one mends

WHOLE = Quantity(
    "K",
    "T̃_c, BCS",
    "Effective critical temperature by BCS theory and the entropy alone",
    "T_c e^W(k_B L/a)",
)
"""T̃_c with all normal electrons trapped and no quasiparticle missing from the gap equation."""


@dataclasses.dataclass(frozen=True, repr=False)
class BcsCurves(Framed):
    """Three states along an evolution, by BCS theory.

    Args:
        bare: Without a trap.
        plain: With it, and no entropy: plain BCS theory, from which quasiparticles are taken.
        mixed: With it, and the entropy of mixing.
        share: φ, the share of the quasiparticles that the trap leaves.
        critical_temperature: T̃_c [K] by the entropy of all normal electrons alone, φ = 1.
    """

    bare: State
    plain: State
    mixed: State
    share: np.ndarray
    critical_temperature: float

    def frame(self) -> Frame:
        """The three states as columns, a row for each temperature: `_bare`, `_plain`, `_mixed`."""
        columns = [Column("temperature", np.asarray(self.bare.temperature), "K", "Temperature")]
        columns.append(Column("share", self.share, "1", "Share of quasiparticles left"))
        for suffix, state in (("bare", self.bare), ("plain", self.plain), ("mixed", self.mixed)):
            for name, (values, attributes) in columns_of(state, f"_{suffix}").items():
                unit, meaning = attributes["units"], attributes["long_name"]
                if name.removesuffix(f"_{suffix}") not in OF_EXPANSION:
                    columns.append(Column(name, values, unit, meaning))
        return Frame(*columns)


def bcs_curves(run: Evolution) -> BcsCurves:
    """States at the minimum of the functional of BCS and mixing, along an evolution.

    The trap leaves a share φ of the quasiparticles. Where it is stated by its rate φ is the f of
    the evolution; a junction's φ is the balance with plain BCS's own gap, at each temperature.

    Args:
        run: The evolution.

    Returns:
        Columns over the evolution's times, and T̃_c = T_c e^W(g), at f = 0 and φ = 1.
    """
    made = parts(run.case)
    temperature = np.asarray(run.state.temperature, float)
    found = _curves(made.sample, made.device, temperature, remaining_fraction(run))
    bare, plain, mixed, share, critical = jax.tree.map(np.asarray, found)
    return BcsCurves(bare, plain, mixed, share, float(critical))


def bcs_values(beside: BcsCurves) -> dict[str, Value]:
    """Single numbers of the three states, named as sweeps name them: at T_0, and at the end."""
    found = {"effective_critical_temperature_mixed": Value(beside.critical_temperature, WHOLE)}
    for name in SUMMARISED:
        if name in OF_EXPANSION:
            continue
        declared = OBSERVABLES[name].quantity
        for end, states, at, mark, words in (
            ("bcs_initial", beside.bare, 0, "at T_0, BCS", "by BCS theory, no trap"),
            ("plain_final", beside.plain, -1, "at the end, plain BCS", "by BCS, no entropy"),
            ("mixed_final", beside.mixed, -1, "at the end, BCS", "by BCS, with the entropy"),
        ):
            by = dataclasses.replace(
                declared, symbol=f"{declared.symbol} {mark}", meaning=f"{declared.meaning} {words}"
            )
            found[f"{name}_{end}"] = Value(float(getattr(states, name)[at]), by)
    return found


def remaining_fraction(run: Evolution) -> np.ndarray:
    """f along the run; from the densities in a file of version 0.1, which has no column of it."""
    if "remaining_fraction" not in run.missing:
        return np.asarray(run.trap.remaining_fraction, float)
    state = run.state
    columns = state.superfluid_density, state.normal_density, state.trapped_density
    return np.asarray(Densities(*map(jnp.asarray, columns)).remaining_fraction)


@stored(quick_jit)
def _curves(sample: Sample, device: Device | None, temperature: Any, fraction: Any) -> Any:
    share = jnp.asarray(fraction, float)
    if device is not None:
        share = _warmed_up(device, sample, temperature)
    bare, plain, mixed = beside_plain(sample, temperature, share)
    return bare, plain, mixed, share, bcs_transition.effective_critical_temperature(sample)


def _warmed_up(device: Device, sample: Sample, temperature: Reals) -> Reals:
    """φ along a warm-up from the first temperature.

    Where the trap works at that temperature the film is emptied there, and warmed up it stays so
    longer than one in equilibrium would.
    """
    emptied = emptied_share(device, sample, temperature)
    switched_on = share_left(device, sample, temperature, 1.0)
    works = jnp.abs(emptied[0] - switched_on[0]) < _SAME
    return jnp.where(works, emptied, switched_on)


def share_left(
    device: Device, sample: Sample, temperature: RealsLike, start: RealsLike = 1.0
) -> Reals:
    """φ in the balance of trapping, return and recombination, with plain BCS's own gap.

    Args:
        device: The trap.
        sample: What it is on.
        temperature: T of the film [K].
        start: φ at first: 1 for a trap that is switched on, 0 for a film that it has emptied.
    """
    given = device, sample, jnp.asarray(temperature, float)
    return _settled(_like(start, given), *given)


def emptied_share(device: Device, sample: Sample, temperature: RealsLike) -> Reals:
    """φ of `share_left` in a film that the trap emptied when it was cold: fast, with derivatives.

    It is the least φ at which the flows balance. Up to it y(φ) rises ever steeper, as the wider gap
    of an emptier film keeps the trap's own electrons out: secants from φ = 0 do not pass it.

    Args:
        device: The trap.
        sample: What it is on.
        temperature: T of the film [K]; 0 and less give 1, as nothing is occupied there.
    """
    temperature = jnp.asarray(temperature, float)
    warm = temperature > 0
    return jnp.where(warm, _emptied(device, sample, guarded(temperature, warm)), 1.0)


@jax.custom_jvp
def _settled(start: Reals, device: Device, sample: Sample, temperature: Reals) -> Reals:
    given = device, sample, temperature

    def more(carried: Any) -> Any:
        count, _, moves = carried
        return (count < _STEPS) & moves.any()

    def step(carried: Any) -> Any:
        count, share, moves = carried
        found = _next(share, *given)
        further = moves & (jnp.abs(found - share) > _SETTLED * found)
        return count + 1, jnp.where(moves, found, share), further

    return lax.while_loop(more, step, (0, start, jnp.full(start.shape, True)))[1]


@_settled.defjvp
def _settled_slope(primals: Any, tangents: Any) -> tuple[Reals, Reals]:
    return _with_slope(_settled(*primals), primals[1:], tangents[1:])


@jax.custom_jvp
def _emptied(device: Device, sample: Sample, temperature: Reals) -> Reals:
    given = device, sample, temperature
    zero = _like(0.0, given)

    def more(carried: Any) -> Any:
        count, *_, moves = carried
        return (count < _STEPS) & moves.any()

    def step(carried: Any) -> Any:
        count, share, last, before, moves = carried
        found, apart = _next(share, *given), share - last
        slope = (found - before) / guarded(apart, apart != 0)
        slope = jnp.clip(jnp.where(apart != 0, slope, 0.0), -1 / _LONGEST, _LONGEST)
        next_ = jnp.clip(share + (found - share) / (1 - slope), 0.0, 1.0)
        further = moves & (jnp.abs(found - share) > _DONE * found)
        return count + 1, jnp.where(moves, next_, share), share, found, further

    return lax.while_loop(more, step, (0, zero, zero, zero, zero == 0))[1]


@_emptied.defjvp
def _emptied_slope(primals: Any, tangents: Any) -> tuple[Reals, Reals]:
    return _with_slope(_emptied(*primals), primals, tangents)


def _with_slope(share: Reals, given: Any, tangents: Any) -> tuple[Reals, Reals]:
    # φ = y(φ, a): dφ = (∂y/∂a) da/(1 - ∂y/∂φ), traced only where derivatives are asked for.
    _, slope = jax.jvp(lambda y: _next(y, *given), (share,), (jnp.ones_like(share),))
    _, moved = jax.jvp(lambda *given: _next(share, *given), given, tangents)
    stiff = 1 - slope
    return share, moved / guarded(stiff, stiff > 1e-3)


def _next(share: Reals, device: Device, sample: Sample, temperature: Reals) -> Reals:
    """The share that the flows leave where the gap is that of a share."""
    own = temperature if device.trap_temperature is None else device.trap_temperature
    gap = extraction.gap(Share(share), sample, temperature)
    flows = balance.share_flows(
        device.junction, device.phonons, gap, temperature, own, device.generation
    )
    return jnp.minimum(balance.steady(flows), 1.0)


def _like(share: RealsLike, given: Any) -> Reals:
    """A share for each of the elements of device, sample and temperature."""
    shapes = (jnp.shape(x) for x in jax.tree.leaves(given))
    return jnp.broadcast_to(jnp.asarray(share, float), jnp.broadcast_shapes(*shapes))
