"""Emptying at one temperature with the self-consistent closure, for many parameter sets at once.

    dn_n/dt = -Γ n_n - γ n_n²,    dn_t/dt = Γ n_n,    γ = γ_0 [-μ/k_B T]₊,    μ = α_f + β n_s

With n_n = n_n⁰ e^(-Γt)/(1 + z) and u = 1 - e^(-Γt) all is smooth, however long the trap works:

    dz/du = x [-μ/k_B T]₊,    d(n_t/n_n⁰)/du = 1/(1 + z),    x = γ_0 n_n⁰/Γ

In -μ/k_B T = (1 - f) L - β (n_s - n_s⁰)/k_B T nothing cancels. With n_s⁰ = 0 there is α/k_B T to
make up for first: no pairs form until the trap has. Then μ < 0 for good, as pairing stops where it
vanishes and the trap goes on lowering it, and `[ ]₊` has no effect.

Steps are explicit, of order 8. Where pairing is so fast that n_s keeps to the minimum, -α_f/β, they
are linearly implicit and extrapolated, of order 8 too.

Source: V. Kornich, arXiv:2605.15834 (2026), Eqs. (7), (8). For the extrapolation: E. Hairer and
G. Wanner, Solving Ordinary Differential Equations II, 2nd ed. (1996), IV.9.
"""

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import diffrax
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from entrap.core.arrays import Flags, Reals, RealsLike
from entrap.core.constants import BOLTZMANN
from entrap.core.stable import expm1_ratio, guarded
from entrap.model import landau
from entrap.model.entropy import log_ratio
from entrap.model.kinetics import Densities
from entrap.model.sample import Sample, Trapping

BLOCK = 256  # sets that step together until the slowest is done
STEPS = 5000  # x of order 1 takes ten, n_s at the minimum some hundreds

_PAGE = 16384  # sets that are sorted into blocks at a time
_EXPLICIT = 400  # steps after which those that remain go on implicitly
_STIFF = 200.0  # times that n_s would relax, from where implicit steps are cheaper
_SAFETY = 0.3  # of the tolerance for one step
_FINEST = 1e-13  # tolerance that rounding allows
_FEWEST = 1e-100  # share of n_c that stands for none, so that its logarithm is finite

_TABLEAU = diffrax.Dopri8.tableau
_NODES = [0.0, *map(float, _TABLEAU.c[:12])]
_STAGES = [[float(a) for a in row] for row in _TABLEAU.a_lower[:12]]
_END, _ERROR = ([float(b) for b in row[:13]] for row in (_TABLEAU.b_sol, _TABLEAU.b_error))
_ORDER = 8
_PARTS = np.array([1.0, 2, 3, 4, 6, 8, 12, 16])  # of a step: Bulirsch's amplify rounding little


def _extrapolation(parts: np.ndarray) -> np.ndarray:
    """Weights by which all powers of 1/parts cancel, up to the number of parts."""
    ratio = parts[:, None] / (parts[:, None] - parts + np.diag(parts))
    return ratio.prod(1)


_WEIGHTS = _extrapolation(_PARTS)
_FINAL = _WEIGHTS - np.append(0.0, _extrapolation(_PARTS[1:]))  # what the first row adds


class _Lanes(NamedTuple):
    """Parameter sets in reduced form: times in u from the onset of pairing to the end."""

    pairing: Reals  # x times the span
    log_ratio: Reals  # L; of all electrons, where it depends on how many are left
    valence: Reals | None  # n_v/n_c, where it does
    restoring: Reals  # β n_n⁰/k_B T
    lacking: Reals  # α_f/k_B T at the start, where it is positive
    onset: Reals  # u at which pairing begins
    span: Reals  # of u from there to the end
    left: Reals  # e^(-Γt) at the end
    normal: Reals  # n_n⁰/n_c

    def field(self, v: Reals, z: Reals, trapped: Reals) -> tuple[Reals, Reals]:
        """dz/dv and d(n_t/n_n⁰)/dv, v the share of the span."""
        thinned = 1 / (1 + z)
        free = (self.left + self.span * (1 - v)) * thinned
        unpaired = free + trapped
        ratio = self.log_ratio
        if self.valence is not None:
            ratio = jnp.log1p(self.valence / jnp.maximum(1 - self.normal * trapped, _FEWEST))
        drive = ratio * trapped / unpaired - self.lacking - self.restoring * (1 - unpaired)
        return self.pairing * drive, self.span * thinned

    def relaxation(self) -> Reals:
        """How many times n_s would relax to the minimum in the span."""
        return self.pairing * self.restoring

    def quickness(self) -> Reals:
        """The fastest that z changes, per span."""
        driven = self.pairing * (self.log_ratio + self.restoring) * self.span
        return jnp.maximum(self.relaxation(), jnp.sqrt(jnp.maximum(driven, 0.0)))


class _State(NamedTuple):
    v: Reals
    z: Reals
    trapped: Reals  # n_t/n_n⁰
    step: Reals
    count: Any


_Rule = Callable[[_Lanes, _State], tuple[Reals, Reals, Reals, Reals]]


def emptied(
    sample: Sample,
    trapping: Trapping,
    temperature: RealsLike,
    hold: RealsLike,
    *,
    tolerance: float = 1e-12,
) -> Densities:
    """n_s, n_n, n_t after the trap has worked for `hold`, from equilibrium without it.

    Args:
        sample: The sample.
        trapping: Rates; the closure must be "self-consistent".
        temperature: Temperature, held [K], > 0.
        hold: How long the trap works [s], >= 0.
        tolerance: Of the densities, in units of n_c, >= 1e-13.

    Returns:
        Densities of the broadcast shape; NaN where `STEPS` steps do not suffice, as may be for x
        beyond 1e13 to 1e-12. Derivatives are forward: `jax.jvp`, `jax.jacfwd`.

    Raises:
        ValueError: the closure is another one, or the tolerance is finer than rounding allows.

    Examples:
        >>> from entrap.core.constants import BOLTZMANN
        >>> a = 2 * BOLTZMANN  # J/K; T_c = 1 K, n_s = n_c at T = 0, n/n_c = e
        >>> sample = Sample(a, a / 1e27, 1.0, 1e27, 1.718e27, 1.0, 1e-23)
        >>> after = emptied(sample, Trapping(1e3, 1.25e-24, "self-consistent"), 0.4, 2e-3)
        >>> f"{float(after.superfluid_density):.6e}"
        '6.251428e+26'
    """
    _check(trapping, tolerance)
    return _emptied(sample, trapping, temperature, hold, tolerance)


def emptied_sets(
    sample: Sample,
    trapping: Trapping,
    temperature: RealsLike,
    hold: RealsLike,
    *,
    tolerance: float = 1e-8,
    threads: int = 2,
) -> Densities:
    """`emptied` for many parameter sets, on several threads; compiled once for any number of them.

    Args:
        sample: The samples; fields broadcast with all else.
        trapping: Rates; the closure must be "self-consistent".
        temperature: Temperature, held [K], > 0.
        hold: How long the trap works [s], >= 0.
        tolerance: Of the densities, in units of n_c, >= 1e-13.
        threads: How many compute at a time.

    Returns:
        Densities of the broadcast shape, numpy arrays; NaN where `STEPS` steps do not suffice.

    Raises:
        ValueError: the closure is another one, or the tolerance is finer than rounding allows.
    """
    _check(trapping, tolerance)
    # What does not matter here would only be copied.
    sample = dataclasses.replace(sample, gap=0.0, fermi_velocity=None)
    leaves, tree = jax.tree.flatten((sample, trapping, temperature, hold))
    whole = np.broadcast_arrays(*(np.asarray(leaf, float) for leaf in leaves))
    shape, count = whole[0].shape, whole[0].size
    if not count:
        return jax.tree.map(np.asarray, emptied(sample, trapping, temperature, hold))
    columns = [column.ravel() for column in whole]

    def page(start: int) -> Densities:
        # Padded by the last with no hold, which takes no time.
        here = np.arange(start, start + _PAGE)
        *some, held = (column[np.minimum(here, count - 1)] for column in columns)
        held = np.where(here < count, held, 0.0)
        made = _emptied(*jax.tree.unflatten(tree, [*some, held]), tolerance)
        return jax.tree.map(np.asarray, made)

    with ThreadPoolExecutor(threads) as pool:
        pages = list(pool.map(page, range(0, count, _PAGE)))
    return jax.tree.map(lambda *some: np.concatenate(some)[:count].reshape(shape), *pages)


def _check(trapping: Trapping, tolerance: float) -> None:
    if trapping.closure != "self-consistent":
        raise ValueError(
            f'The closure must be "self-consistent", but is "{trapping.closure}": '
            "`entrap.evolve` takes any."
        )
    if not tolerance >= _FINEST:
        raise ValueError(f"`tolerance` must be at least {_FINEST:g}, but is {tolerance:g}.")


@jax.jit
def _emptied(
    sample: Sample, trapping: Trapping, temperature: Any, hold: Any, tolerance: Any
) -> Densities:
    lanes, n_s0, n_n0 = _reduced(sample, trapping, temperature, hold)
    quick = lanes.quickness()
    count = quick.size
    blocks = max(-(-count // BLOCK), 1)
    # Sorted, so that blocks are of like sets; padded by the last.
    order = jnp.argsort(quick.ravel()) if blocks > 1 else jnp.arange(count)
    here = order[jnp.minimum(jnp.arange(blocks * min(BLOCK, count)), count - 1)]
    rows = jax.tree.map(lambda column: column.ravel()[here].reshape(blocks, -1), lanes)
    found = lax.map(lambda some: _integrated(some, tolerance), rows)
    back = [jnp.zeros(count).at[order].set(row.ravel()[:count]) for row in found]
    free, trapped = (row.reshape(quick.shape) for row in back)
    paired = 1 - free - trapped
    paired = paired + lax.stop_gradient(jnp.maximum(-paired, 0.0))  # negative by rounding alone
    return Densities(n_s0 + n_n0 * paired, n_n0 * free, n_n0 * trapped)


def _reduced(
    sample: Sample, trapping: Trapping, temperature: Any, hold: Any
) -> tuple[_Lanes, Reals, Reals]:
    """The sets, n_s⁰ and n_n⁰."""
    temperature, hold = jnp.asarray(temperature, float), jnp.asarray(hold, float)
    n_c = jnp.asarray(sample.conduction_density, float)
    n_s0 = landau.superfluid_density(sample, temperature, 1.0)
    n_n0 = n_c - n_s0
    thermal = BOLTZMANN * temperature
    coefficient = landau.effective_coefficient(sample, temperature, 1.0)
    lacking = jnp.maximum(coefficient, 0.0) / thermal
    ratio = log_ratio(sample, temperature, n_c)
    valence = None
    if sample.entropy == "number-fraction":
        valence = jnp.asarray(sample.valence_density, float) / n_c
    decays = trapping.trap_rate * hold
    gone = -jnp.expm1(-decays)
    onset = jnp.minimum(_onset(ratio, valence, lacking), gone)
    share = jnp.where(lacking > 0, (gone - onset) / guarded(gone, gone > 0), 1.0)
    pairing = trapping.pairing_rate * n_n0 * hold * expm1_ratio(decays) * share
    made = _Lanes(
        pairing=pairing, log_ratio=ratio, valence=valence,
        restoring=sample.landau_beta * n_n0 / thermal, lacking=lacking, onset=onset,
        span=gone - onset, left=jnp.exp(-decays), normal=n_n0 / n_c,
    )  # fmt: skip
    shape = jnp.broadcast_shapes(*(column.shape for column in jax.tree.leaves(made)))
    return jax.tree.map(lambda column: jnp.broadcast_to(column, shape), made), n_s0, n_n0


def _onset(ratio: Reals, valence: Reals | None, lacking: Reals) -> Reals:
    """u at which (1 - f) L makes up for what is lacking, n_s = 0; 1 where it never does."""
    late = lacking > 0
    if valence is None:
        enough = ratio > lacking
        return jnp.where(late, jnp.where(enough, lacking / guarded(ratio, enough), 1.0), 0.0)
    # u ln(1 + r/(1 - u)) is convex: from where it is too much Newton's steps only fall.
    some = valence > 0
    few = jnp.minimum(valence / jnp.expm1(2 * guarded(lacking, late)), 0.5)
    u = jnp.where(some & late, jnp.minimum(1 - few, lacking / guarded(ratio, some)), 0.0)

    def newton(_: Any, u: Reals) -> Reals:
        rest = jnp.maximum(1 - u, 1e-16)
        log = jnp.log1p(valence / rest)
        slope = log + u * valence / (rest * (rest + valence))
        return u - (u * log - lacking) / guarded(slope, some)

    # No derivative: as nothing drives pairing yet, a shift of the onset matters in second order.
    u = lax.stop_gradient(lax.fori_loop(0, 60, newton, u))
    return jnp.where(late, jnp.where(some, u, 1.0), 0.0)


def _integrated(lanes: _Lanes, tolerance: Any) -> tuple[Reals, Reals]:
    """n_n/n_n⁰ and n_t/n_n⁰ at the end."""
    number = sum(jax.tree.leaves(lanes))
    known = jnp.isfinite(number)
    zero = jnp.zeros_like(number)
    first = jnp.minimum(1.0, 3 * tolerance ** (1 / _ORDER) / (0.1 + lanes.quickness()))
    state = _State(
        jnp.where(known, zero, 1.0),
        jnp.where(known, zero, jnp.nan),
        lanes.onset,
        lax.stop_gradient(jnp.where(known, first, 1.0)),
        0,
    )
    soft = lanes.relaxation() < _STIFF
    state = _run(_explicit, lanes, state, tolerance, soft, _EXPLICIT)
    state = _run(_implicit, lanes, state, tolerance, jnp.ones_like(soft), STEPS)
    done = state.v >= 1
    free = jnp.where(done, lanes.left / (1 + state.z), jnp.nan)
    return free, jnp.where(done & known, state.trapped, jnp.nan)


def _run(
    rule: _Rule, lanes: _Lanes, state: _State, tolerance: Any, which: Flags, most: int
) -> _State:
    def unfinished(state: _State) -> Flags:
        return (state.count < most) & (which & (state.v < 1)).any()

    def advance(state: _State) -> _State:
        state = state._replace(step=jnp.minimum(state.step, 1 - state.v))
        dz, caught, off, off_caught = rule(lanes, state)
        v, z, trapped, step, count = state
        # An error of z changes n_n now and n_t until the end, alike.
        slope = (lanes.left + lanes.span * (1 - v)) / (1 + jnp.minimum(z, z + dz)) ** 2
        error = jnp.maximum(jnp.abs(off) * slope, jnp.abs(off_caught)) * lanes.normal
        error = lax.stop_gradient(error) / (_SAFETY * tolerance)
        error = jnp.where(jnp.isfinite(error) & (z + dz > -1), error, 1e30)
        taken = which & (v < 1) & (error <= 1)
        change = jnp.clip(0.9 * jnp.maximum(error, 1e-30) ** (-1 / _ORDER), 0.1, 10.0)
        end = jnp.where(step < 1 - v, v + step, 1.0)
        return _State(
            jnp.where(taken, end, v),
            jnp.where(taken, z + dz, z),
            jnp.where(taken, trapped + caught, trapped),
            jnp.where(which, step * change, step),
            count + 1,
        )

    return lax.while_loop(unfinished, advance, state)


def _explicit(lanes: _Lanes, state: _State) -> tuple[Reals, Reals, Reals, Reals]:
    """A step of Dormand and Prince's order 8: changes of z and n_t, and their errors."""
    v, z, trapped, step, _ = state
    rates: list[tuple[Reals, Reals]] = []

    def along(weights: list[float], of: int) -> Reals:
        pairs = zip(weights, rates, strict=True)
        return step * sum(weight * rate[of] for weight, rate in pairs if weight)

    for node, row in zip(_NODES, [[], *_STAGES], strict=True):
        rates.append(lanes.field(v + node * step, z + along(row, 0), trapped + along(row, 1)))
    return along(_END, 0), along(_END, 1), along(_ERROR, 0), along(_ERROR, 1)


def _implicit(lanes: _Lanes, state: _State) -> tuple[Reals, Reals, Reals, Reals]:
    """A step in 1, 2, ... parts of linearly implicit Euler, extrapolated to infinitely many."""
    v, z, trapped, step, _ = state
    one, none = jnp.ones_like(z), jnp.zeros_like(z)

    def now(z: Reals, trapped: Reals) -> tuple[Reals, Reals]:
        return lanes.field(v, z, trapped)

    _, (a, c) = jax.jvp(now, (z, trapped), (one, none))
    _, (b, d) = jax.jvp(now, (z, trapped), (none, one))

    def row(i: Any, sums: Any) -> Any:
        parts = jnp.asarray(_PARTS)[i]
        part = step / parts
        scale = part / ((1 - part * a) * (1 - part * d) - part**2 * b * c)

        def euler(k: Any, moved: tuple[Reals, Reals]) -> tuple[Reals, Reals]:
            dz, caught = moved
            after = v + part * jnp.asarray(k + 1, float)
            f, g = lanes.field(after, z + dz, trapped + caught)
            dz = dz + scale * ((1 - part * d) * f + part * b * g)
            return dz, caught + scale * (part * c * f + (1 - part * a) * g)

        dz, caught = lax.fori_loop(0, parts.astype(int), euler, (none, none))
        weight, final = jnp.asarray(_WEIGHTS)[i], jnp.asarray(_FINAL)[i]
        moves = weight * dz, weight * caught, final * dz, final * caught
        return tuple(total + move for total, move in zip(sums, moves, strict=True))

    return lax.fori_loop(0, len(_PARTS), row, (none,) * 4)
