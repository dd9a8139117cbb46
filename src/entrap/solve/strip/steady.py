"""The steady state of a strip of film with traps, by finite volumes.

The equations are those of `entrap.solve.strip.volumes`.

Source: derived on the theory page, traps; (T5) there.
"""

import dataclasses
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from entrap.core.arrays import Flags, Reals
from entrap.core.errors import SolveError
from entrap.core.stable import guarded
from entrap.model.film import Sources, Strip
from entrap.solve.jit import quick_jit
from entrap.solve.strip.volumes import Grid, positions, share_cells

_NEWTON = 200


@dataclasses.dataclass(frozen=True)
class Steady:
    """The steady state at nodes along the strip; the last node at an end also holds for its pad."""

    position: np.ndarray  # of the nodes [m]
    density: np.ndarray  # x at the nodes
    content: float  # ∫x dA, pads included [m^2]
    trapped: float  # Γ ∫x dA under the traps [m^2/s]
    lost: float  # s_b ∫x dA [m^2/s]
    recombined: float  # r ∫x² dA [m^2/s]
    generated: float  # g A [m^2/s]
    returned: float  # b A_trap [m^2/s]


def steady_state(strip: Strip, sources: Sources, cells: int | tuple[int, ...] = 2000) -> Steady:
    """What generation and losses settle at in one strip, by Newton's method.

    There are so many cells, or so many in each stretch as `share_cells` gives them; errors go as
    the second power of their size.

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


class _Counts(eqx.Module):
    """Cells of each stretch, which shape what is compiled."""

    cells: tuple[int, ...] = eqx.field(static=True)


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
