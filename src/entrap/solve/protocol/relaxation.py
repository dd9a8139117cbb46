"""Pairs that lie above the minimum of F break at once."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from entrap.core.arrays import Reals
from entrap.core.stable import guarded
from entrap.solve.protocol.modes import Instant

ABOVE = 1e-11
"""Share of n_c above the minimum that is more than the solver's error."""

_STOPS = 512  # between n_s and 0, where it may come to rest


def relaxed(minimum: Callable[[Reals, Reals], Reals], state: Instant) -> Instant:
    """The state after pairs have broken at once until n_s is the minimum; n_t stays.

    Args:
        minimum: n_s that minimises F, of T and f, in units of n_c.
        state: Whose n_s may be above the minimum; otherwise it stays as it is.
    """
    trapped = (1 - state.fraction) * (1 - state.n_s)

    def left(n_s: Reals) -> Reals:
        return 1 - trapped / guarded(1 - n_s, n_s < 1)

    def breaks(n_s: Reals) -> Any:
        return n_s > minimum(state.temperature, left(n_s))

    def halve(_: Any, ends: tuple[Reals, Reals]) -> tuple[Reals, Reals]:
        low, high = ends
        middle = (low + high) / 2
        on = breaks(middle)
        return jnp.where(on, low, middle), jnp.where(on, middle, high)

    path = state.n_s * jnp.linspace(1.0, 0.0, _STOPS + 1)
    holds = ~jax.vmap(breaks)(path)
    first = jnp.argmax(holds)
    ends = path[first], path[jnp.maximum(first - 1, 0)]
    n_s = jnp.where(holds.any(), lax.fori_loop(0, 55, halve, ends)[0], 0.0)
    f = left(n_s)
    fallen = state._replace(n_s=n_s, n_n=f * (1 - n_s), fraction=f, minimum=n_s)
    above = state.n_s - state.minimum > ABOVE
    return jax.tree.map(lambda new, old: jnp.where(above, new, old), fallen, state)
