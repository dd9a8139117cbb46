"""What the integration of an evolution needs beside its solver: Newton's end, and the switch."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optimistix as optx
from jax import lax

from entrap.core.arrays import Reals
from entrap.core.stable import guarded

_POINTS = 256  # where a segment is asked whether its mode still holds
_FINER, _ROUNDS = 16, 14  # and again between two: 16¹⁴ > 2⁵³, the switch is found to rounding


class StageNewton(optx.Newton):
    """Newton's method for a stage of the solver, ended when what it adds to y is tolerable.

    The unknown is dy/dt. Its own rounding is that of y over the step, and grows without bound as
    steps shrink: optimistix' tests, which compare it with a tolerance, then never pass.
    """

    added: Any = 1e-11

    def terminate(self, fn: Any, y: Any, args: Any, options: Any, state: Any, tags: Any) -> Any:
        """Whether to stop, and how it went."""
        del fn, y, options, tags
        *_, partial, _, step = args  # as diffrax hands them to the root finder of a stage
        enough = jnp.abs(state.diff * step) < self.added * (1 + jnp.abs(partial))
        return enough.all(), optx.RESULTS.successful

    def postprocess(
        self, fn: Any, y: Any, aux: Any, args: Any, options: Any, state: Any, tags: Any, result: Any
    ) -> Any:
        """What is no root, in a step that is to be refused, but whose derivative is asked."""
        del fn, args, options, state, tags, result
        return jnp.where(jnp.isfinite(y), y, 0.0), aux, {}


def first_crossing(
    margin: Callable[[Reals], Reals], covered: Reals, rate: Reals, known: Reals
) -> tuple[Any, Reals]:
    """Whether, and when, a margin first becomes positive between `known` and `covered`.

    Args:
        margin: Of the time; a jump counts as the time just after.
        covered: End of the search.
        rate: What happens early takes 1/rate.
        known: Start of the search.

    Returns:
        Whether it does, and when, with its derivatives; `covered` where it does not.
    """
    shares = jnp.linspace(0.0, 1.0, _POINTS + 1)[1:]
    early = jnp.geomspace(1e-4, 1e4, _POINTS // 2)
    after = jnp.minimum(early / jnp.maximum(rate, 1.0), covered)
    even = known + (covered - known) * shares
    grid = jnp.sort(jnp.concatenate([even, jnp.maximum(after, known)]))
    left = jax.vmap(margin)(grid) > 0
    first = jnp.argmax(left)
    low = jnp.where(first == 0, known, grid[first - 1])
    finer = jnp.linspace(0.0, 1.0, _FINER + 1)[1:]

    def narrow(_: Any, bracket: tuple[Reals, Reals]) -> tuple[Reals, Reals]:
        low, high = bracket
        between = low + (high - low) * finer
        first = jnp.argmax(jax.vmap(margin)(between) > 0)
        return jnp.where(first == 0, low, between[first - 1]), between[first]

    found = left.any()
    _, high = lax.fori_loop(0, _ROUNDS, narrow, (low, grid[first]))
    high = lax.stop_gradient(high)
    # Nothing is added but the derivative of the root.
    beyond, slope = jax.jvp(margin, (high,), (jnp.ones_like(high),))
    slope = lax.stop_gradient(guarded(slope, slope > 0))
    return found, jnp.where(found, high - (beyond - lax.stop_gradient(beyond)) / slope, covered)
