"""Parameter sets of an emptying in reduced form, integrated side by side, each with its own steps.

Steps are explicit, of order 8. Where pairing is so fast that n_s keeps to the minimum, -α_f/β, they
are linearly implicit and extrapolated, of order 8 too.

Source: for the explicit steps, the tableau of `diffrax.Dopri8`; for the others, E. Hairer and G.
Wanner, Solving Ordinary Differential Equations II, 2nd ed. (1996), IV.9.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import diffrax
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from entrap.core.arrays import Flags, Reals

STEPS = 5000  # x of order 1 takes ten, n_s at the minimum some hundreds
_EXPLICIT = 400  # steps after which those that remain go on implicitly
_STIFF = 200.0  # times that n_s would relax, from where implicit steps are cheaper
_SAFETY = 0.3  # of the tolerance for one step
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


class Lanes(NamedTuple):
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


_Rule = Callable[[Lanes, _State], tuple[Reals, Reals, Reals, Reals]]


def integrated(lanes: Lanes, tolerance: Any) -> tuple[Reals, Reals]:
    """n_n/n_n⁰ and n_t/n_n⁰ at the end; NaN where `STEPS` steps do not suffice."""
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
    rule: _Rule, lanes: Lanes, state: _State, tolerance: Any, which: Flags, most: int
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


def _explicit(lanes: Lanes, state: _State) -> tuple[Reals, Reals, Reals, Reals]:
    """A step of Dormand and Prince's order 8: changes of z and n_t, and their errors."""
    v, z, trapped, step, _ = state
    rates: list[tuple[Reals, Reals]] = []

    def along(weights: list[float], of: int) -> Reals:
        pairs = zip(weights, rates, strict=True)
        return step * sum(weight * rate[of] for weight, rate in pairs if weight)

    for node, row in zip(_NODES, [[], *_STAGES], strict=True):
        rates.append(lanes.field(v + node * step, z + along(row, 0), trapped + along(row, 1)))
    return along(_END, 0), along(_END, 1), along(_ERROR, 0), along(_ERROR, 1)


def _implicit(lanes: Lanes, state: _State) -> tuple[Reals, Reals, Reals, Reals]:
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
