"""A strip of film with traps by finite volumes: slowest mode, steady state, evolution in time.

The equations and the accounts that lose nothing: `entrap.solve.strip.volumes`.

Source: derived on the theory page, traps; (T5) there.
"""

import dataclasses
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.core import Tracer

from entrap.core.arrays import Flags, Reals
from entrap.core.errors import InputError, SolveError
from entrap.core.quantities import quantity
from entrap.core.stable import guarded
from entrap.model.film import Sources, Strip
from entrap.solve.jit import quick_jit
from entrap.solve.strip.rodas import STEPS, Problem, rodas4
from entrap.solve.strip.volumes import Grid, positions, share_cells

_INVERSE, _SHIFTED = 24, 3  # iterations for the slowest mode
_NEWTON = 200


class Mode(eqx.Module):
    """The mode that decays last."""

    rate: Reals = quantity("1/s", "1/τ_w", "Decay rate of the slowest mode")
    position: Reals = quantity("m", "z", "Position along the strip", display="um")
    density: Reals = quantity("1", "x", "Quasiparticles of the mode, 1 at most")


@dataclasses.dataclass(frozen=True)
class Steady:
    """What does not change any more; the accounts are per unit of time.

    Args:
        position: Nodes along the strip [m].
        density: x at the nodes; the ends' also holds for their pads.
        content: ∫x dA, pads included [m^2].
        trapped: Γ ∫x dA under the traps [m^2/s].
        lost: s_b ∫x dA [m^2/s].
        recombined: r ∫x² dA [m^2/s].
        generated: g A [m^2/s].
        returned: b A_trap [m^2/s].
    """

    position: np.ndarray
    density: np.ndarray
    content: float
    trapped: float
    lost: float
    recombined: float
    generated: float
    returned: float


@dataclasses.dataclass(frozen=True)
class Transient:
    """x(z, t) and where all went: content - content(0) is what came less what went, to rounding.

    Args:
        time: Times [s].
        position: Nodes along the strip [m].
        density: x, of shape (times, nodes).
        content: ∫x dA, pads included [m^2], at the times.
        trapped: Into the traps since t = 0 [m^2].
        lost: To the background since t = 0 [m^2].
        recombined: Since t = 0 [m^2].
        generated: Since t = 0 [m^2].
        returned: Out of the traps since t = 0 [m^2].
        initial_content: ∫x dA at t = 0 [m^2].
        steps: Steps that the integration took.
    """

    time: np.ndarray
    position: np.ndarray
    density: np.ndarray
    content: np.ndarray
    trapped: np.ndarray
    lost: np.ndarray
    recombined: np.ndarray
    generated: np.ndarray
    returned: np.ndarray
    initial_content: float
    steps: int

    @property
    def imbalance(self) -> np.ndarray:
        """What is missing, content less what it must be [m^2]: rounding."""
        came = self.initial_content + self.generated + self.returned
        return self.content + self.trapped + self.lost + self.recombined - came


def slowest_mode(strip: Strip, cells: int | tuple[int, ...] = 1000) -> Mode:
    """The slowest mode by inverse iteration; its rate extrapolated from `cells` and half of them.

    The rate is Rayleigh's quotient of the mode, which `grad` holds fixed: its derivatives are those
    of the quotient (Hellmann and Feynman). Errors go as the fourth power of the cells' size.

    Args:
        strip: One strip, no axes but that of its traps (use `vmap`).
        cells: How many, or how many in each stretch as `share_cells` gives them, even numbers.
    """
    counts = share_cells(strip, cells) if isinstance(cells, int) else cells
    traced = any(isinstance(leaf, Tracer) for leaf in jax.tree.leaves(strip))
    return (_mode if traced else _quick_mode)(strip, _Counts(counts))


def steady_state(strip: Strip, sources: Sources, cells: int | tuple[int, ...] = 2000) -> Steady:
    """What generation and losses settle at, by Newton's method.

    Its errors go as the second power of the cells' size, and so do those of `transient`.

    Args:
        strip: One strip, no axes but that of its traps.
        sources: Generation, back-flow, recombination.
        cells: How many, or how many in each stretch as `share_cells` gives them.

    Raises:
        SolveError: nothing takes what is generated, so that there is no steady state.
    """
    counts = share_cells(strip, cells) if isinstance(cells, int) else cells
    position, density, sums, settled = jax.tree.map(
        np.asarray, _steady(strip, sources, _Counts(counts))
    )
    if not settled:
        raise SolveError(
            "There is no steady state: what is generated must be trapped, lost or recombine. "
            "Give the film a trap, a background rate or a recombination coefficient."
        )
    return Steady(position, density, *(float(total) for total in sums))


def transient(
    strip: Strip,
    times: Any,
    initial: Any,
    sources: Sources | None = None,
    cells: int | tuple[int, ...] = 2000,
    tolerance: float = 1e-6,
) -> Transient:
    """x(z, t) from `initial` on, by Rodas4 in steps that hit the times asked for.

    Args:
        strip: One strip, no axes but that of its traps.
        times: Increasing, >= 0 [s].
        initial: x at t = 0: a number, a function of the position [m], or values at the nodes.
        sources: Generation, back-flow, recombination; none where None.
        cells: How many, or how many in each stretch as `share_cells` gives them.
        tolerance: Of a step, relative to x, and to 1 % of its maximum where it is smaller. What
            adds up over a run is of the same size.

    Raises:
        InputError: the times do not increase from 0 on, or there is not one x for each node.
        SolveError: the integration did not come to its end.
    """
    times = np.atleast_1d(np.asarray(times, float))
    if not (times[0] >= 0 and np.isfinite(times).all() and (np.diff(times) > 0).all()):
        raise InputError(f"`times` must be finite, >= 0 s and increase, but are {times}")
    counts = share_cells(strip, cells) if isinstance(cells, int) else cells
    position = np.asarray(positions(strip, counts))
    start = np.asarray(initial(position) if callable(initial) else initial, float)
    if start.shape not in ((), position.shape):
        raise InputError(
            f"`initial` must be one x, or one for each of the {position.size} nodes, but has the "
            f"shape {start.shape}"
        )
    start = np.broadcast_to(start, position.shape)
    found = _transient(strip, sources or Sources(), times, start, tolerance, _Counts(counts))
    density, sums, initial_content, steps, succeeded = jax.tree.map(np.asarray, found)
    if not succeeded:
        raise SolveError(
            f"The evolution of the film did not come to its end in {STEPS} steps: the rates or "
            "times overflow, or x grows without bound. Check the trapping rate, the generation "
            "and the times."
        )
    content, trapped, lost, recombined, generated, returned = sums.T
    return Transient(
        times, position, density, content, trapped, lost, recombined, generated, returned,
        float(initial_content), int(steps),
    )  # fmt: skip


class _Counts(eqx.Module):
    """Cells of each stretch, which shape what is compiled."""

    cells: tuple[int, ...] = eqx.field(static=True)


def _mode(strip: Strip, counts: _Counts) -> Mode:
    coarse, _ = _slowest(strip, tuple(count // 2 for count in counts.cells))
    fine, density = _slowest(strip, counts.cells)
    return Mode((4 * fine - coarse) / 3, positions(strip, counts.cells), density)


_quick_mode = quick_jit(_mode)  # a derivative or a batch is compiled as a whole


def _slowest(strip: Strip, counts: tuple[int, ...]) -> tuple[Reals, Reals]:
    film = Grid.of(strip, Sources(), counts)
    fixed = lax.stop_gradient(film)

    def quotient(film: Grid, x: Reals) -> Reals:
        flows = (x[:-1] - x[1:]) ** 2 / film.resistance
        return (flows.sum() + (film.excess(x) * x**2).sum()) / (film.capacity * x**2).sum()

    # A little is added to the losses: without a trap there would be none.
    ground = 1e-6 / (fixed.resistance.sum() * fixed.capacity.sum())

    def iterate(i: Any, x: Reals) -> Reals:
        shift = jnp.where(i < _INVERSE, -ground, quotient(fixed, x) * (1 - 1e-9))
        x = fixed.by_density(fixed.excess(x) - shift * fixed.capacity, fixed.capacity * x)
        return x / x[jnp.argmax(jnp.abs(x))]

    x = lax.fori_loop(0, _INVERSE + _SHIFTED, iterate, jnp.ones_like(fixed.capacity))
    return quotient(film, lax.stop_gradient(x)), x


@quick_jit
def _steady(strip: Strip, sources: Sources, counts: _Counts) -> tuple[Reals, Reals, Reals, Flags]:
    film = Grid.of(strip, sources, counts.cells)
    # An x that is too much everywhere: from there on Newton's steps only fall.
    pairs = film.recombination > 0
    supply = film.generation + film.backflow
    enough = jnp.sqrt((supply / guarded(film.recombination, pairs)).max())
    x = jnp.where(pairs, enough, 0.0)

    def newton(carry: tuple[Any, Reals, Reals]) -> tuple[Any, Reals, Reals]:
        count, x, _ = carry
        move = film.by_density(film.excess(x), film.change(x))
        # Where little is lost, the level is what the solve does not know well.
        level = film.change(x + move).sum() / film.excess(x + move).sum()
        return count + 1, x + move + level, jnp.abs(move + level).max()

    def moves(carry: tuple[Any, Reals, Reals]) -> Flags:
        count, x, move = carry
        return (count < _NEWTON) & (move > 1e-13 * jnp.abs(x).max())

    count, x, _ = lax.while_loop(moves, newton, (0, x, jnp.asarray(jnp.inf)))
    content = (film.capacity * x).sum()
    sums = film.width * jnp.concatenate([content[None], film.losses(x), film.gains()])
    settled = (count < _NEWTON) & jnp.isfinite(x).all()
    return positions(strip, counts.cells), x, sums, settled


@quick_jit
def _transient(
    strip: Strip, sources: Sources, times: Any, start: Any, tolerance: Any, counts: _Counts
) -> tuple[Reals, Reals, Reals, Any, Flags]:
    film = Grid.of(strip, sources, counts.cells)

    def relax(x: Reals, capacity: Reals, right: Reals) -> Reals:
        return film.by_flow(capacity + film.excess(x), right)

    problem = Problem(film.capacity, film.change, film.losses, relax)
    fastest = (film.excess(start) / film.capacity).max()
    first = 1e-2 / (fastest + 1 / (film.resistance.sum() * film.capacity.sum()))
    run = rodas4(problem, jnp.asarray(times), jnp.asarray(start), first, tolerance)
    content = (run.values @ film.capacity)[:, None]
    sums = jnp.concatenate([content, run.accounts, times[:, None] * film.gains()], axis=-1)
    initial = film.width * (film.capacity * start).sum()
    return run.values, film.width * sums, initial, run.steps, run.succeeded
