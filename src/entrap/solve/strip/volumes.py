"""Finite volumes of a strip of film with traps.

Nodes stand at the ends and at the traps' edges; each holds half of the cell on either side, the
end nodes their pads as well:

    C_i dx_i/dt = J_{i-1} - J_i - (Γ T_i + s_b C_i) x_i - r C_i x_i² + g C_i + b T_i
    J_i = D (x_i - x_{i+1})/h_i

C_i and T_i being the node's length and how much of it lies under a trap. What leaves a node enters
its neighbour or is counted, so that nothing is lost but by rounding.

Source: derived on the theory page, traps; (T5) there.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from entrap.core.arrays import Reals
from entrap.model.film import Sources, Strip

_FEWEST_CELLS = 4  # cells of a stretch
_CROWDING = 0.9  # cells at the ends of a stretch are 1 - 0.9 of the average


class Grid(NamedTuple):
    """The equations on the nodes and the cells between them, per width of the strip."""

    width: Reals  # [m]
    resistance: Reals  # h/D [s/m]
    capacity: Reals  # C [m]
    trapping: Reals  # Γ T [m/s]
    background: Reals  # s_b C [m/s]
    recombination: Reals  # r C [m/s]
    generation: Reals  # g C [m/s]
    backflow: Reals  # b T [m/s]

    @staticmethod
    def of(strip: Strip, sources: Sources, counts: tuple[int, ...]) -> "Grid":
        """The strip cut into cells, so many in each stretch."""
        widths, under = _widths(strip, counts)
        width = jnp.asarray(strip.width, float)
        capacity = _halves(widths)
        capacity = capacity.at[0].add(strip.left_pad / width).at[-1].add(strip.right_pad / width)
        trapped = _halves(jnp.where(under, widths, 0.0))
        return Grid(
            width,
            widths / strip.diffusivity,
            capacity,
            strip.trapping_rate * trapped,
            strip.background_rate * capacity,
            sources.recombination * capacity,
            sources.generation * capacity,
            sources.backflow * trapped,
        )

    def change(self, x: Reals) -> Reals:
        """C dx/dt."""
        flow = (x[:-1] - x[1:]) / self.resistance
        gone = (self.trapping + self.background + self.recombination * x) * x
        return self.generation + self.backflow - gone - _divergence(flow)

    def excess(self, x: Reals) -> Reals:
        """Minus the derivative of each node's own gain and loss with its x."""
        return self.trapping + self.background + 2 * self.recombination * x

    def losses(self, x: Reals) -> Reals:
        """What is trapped, lost and recombines."""
        return jnp.stack(
            [(self.trapping * x).sum(), (self.background * x).sum(),
             (self.recombination * x**2).sum()]
        )  # fmt: skip

    def gains(self) -> Reals:
        """What is generated and comes back."""
        return jnp.stack([self.generation.sum(), self.backflow.sum()])

    def by_density(self, excess: Reals, right: Reals) -> Reals:
        """x of (diag(excess) + diffusion) x = right."""
        conductance = 1 / self.resistance
        return _tridiagonal(-conductance, excess + 2 * _halves(conductance), right)


def share_cells(strip: Strip, cells: int) -> tuple[int, ...]:
    """Cells of each stretch, bare and under traps in turn; none where a stretch has no length.

    Half of them go by length, half in equal parts. Under `jit` or `grad`, where the lengths are not
    known, all are equal, and no stretch may be empty.

    Args:
        strip: One strip, no axes but that of its traps.
        cells: How many there shall be, about.
    """
    try:
        stretches = np.asarray(_stretches(strip))
    except jax.errors.TracerArrayConversionError:
        count = 2 * np.shape(strip.trap_lengths)[-1] + 1
        return (2 * max(_FEWEST_CELLS // 2, round(cells / count / 2)),) * count
    some = stretches > 1e-12 * stretches.sum()
    share = stretches / stretches.sum() / 2 + some / some.sum() / 2
    return tuple(
        2 * max(_FEWEST_CELLS // 2, round(cells * part / 2)) if here else 0
        for part, here in zip(share, some, strict=True)
    )


def positions(strip: Strip, counts: tuple[int, ...]) -> Reals:
    """Of the nodes [m]."""
    return jnp.append(0.0, jnp.cumsum(_widths(strip, counts)[0]))


def _stretches(strip: Strip) -> Reals:
    """Lengths, bare and under traps in turn [m]."""
    centres, traps = (
        jnp.asarray(field, float) for field in (strip.trap_centres, strip.trap_lengths)
    )
    length = jnp.asarray(strip.length, float)[None]
    bare = jnp.concatenate([centres - traps / 2, length]) - jnp.concatenate(
        [jnp.zeros(1), centres + traps / 2]
    )
    return jnp.append(jnp.stack([bare[:-1], traps], axis=-1).ravel(), bare[-1])


def _widths(strip: Strip, counts: tuple[int, ...]) -> tuple[Reals, np.ndarray]:
    """Of the cells, and whether each lies under a trap."""
    # Cells crowd smoothly at the ends of each stretch, where x bends.
    profiles = [np.linspace(0.0, 1.0, count + 1) for count in counts]
    shares = [np.diff(s - _CROWDING * np.sin(2 * np.pi * s) / (2 * np.pi)) for s in profiles]
    stretch = np.repeat(np.arange(len(counts)), counts)
    return _stretches(strip)[stretch] * np.concatenate(shares), stretch % 2 == 1


def _halves(widths: Reals) -> Reals:
    """Each node's share of the cells beside it."""
    return (jnp.append(widths, 0.0) + jnp.append(0.0, widths)) / 2


def _divergence(flow: Reals) -> Reals:
    return jnp.append(flow, 0.0) - jnp.append(0.0, flow)


def _tridiagonal(off: Reals, diagonal: Reals, right: Reals) -> Reals:
    below, above = jnp.append(0.0, off), jnp.append(off, 0.0)
    return lax.linalg.tridiagonal_solve(below, diagonal, above, right[:, None])[:, 0]
