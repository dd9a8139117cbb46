"""The quasiparticles that a trap leaves in the steady state."""

from collections.abc import Mapping
from typing import Any

import equinox as eqx
import numpy as np

from entrap.model.film import Sources, Strip
from entrap.solve.strip.steady import Steady, steady_state

CELLS = 400
"""About how many cells the steady state has; its error goes as their inverse square."""


def residue(found: Mapping[str, Any], generation: float) -> tuple[float, Steady]:
    """n_qp/2N_0Δ in the steady state, its mean and its course along the film, by finite volumes.

    It follows from the `rates` of a case and its generation [1/s].

    Raises:
        SolveError: the iteration did not converge.
    """
    strip, thermal = found["strip"], found["equilibrium_fraction"]
    some = strip.trap_lengths > 0
    strip = eqx.tree_at(
        lambda s: (s.trap_centres, s.trap_lengths), strip, replace_fn=lambda traps: traps[some]
    )
    r = found["recombination_coefficient"]
    sources = Sources(
        recombination=r,
        generation=generation + (strip.background_rate + r * thermal) * thermal,
        backflow=strip.trapping_rate * found["floor_fraction"],
    )
    steady = steady_state(strip, sources, _cells(strip))
    area = strip.width * strip.length + strip.left_pad + strip.right_pad
    return steady.content / float(area), steady


def _cells(strip: Strip) -> tuple[int, ...]:
    """The same number for all stretches that are not empty, so that one shape is compiled."""
    edges = np.asarray(strip.trap_centres) + np.outer([-0.5, 0.5], strip.trap_lengths)
    stretches = np.diff(np.concatenate([[0.0], edges.T.ravel(), [strip.length]]))
    each = 2 * max(2, round(CELLS / len(stretches) / 2))
    return tuple(each if stretch > 1e-12 * strip.length else 0 for stretch in stretches)
