"""Roots of functions that rise, one for each element of an array, with derivatives."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from entrap.core.arrays import Reals
from entrap.core.stable import guarded


def rising_root(
    function: Callable[..., Reals],
    low: Reals,
    high: Reals,
    arguments: tuple[Any, ...],
    steps: int,
    start: Reals | None = None,
) -> Reals:
    """x between low and high at which `function(x, *arguments)`, which rises with x, is 0.

    Newton's steps begin at `start`, or at `high`; one that would leave what is known to hold the
    root is halved to its middle. A last step carries the derivatives by the arguments.

    Args:
        function: Of one element at a time, or elementwise.
        low: Where it is negative.
        high: Where it is positive.
        arguments: On which the root depends.
        steps: How many.
        start: Between `low` and `high`.

    Examples:
        >>> import jax.numpy as jnp
        >>> two = rising_root(lambda x, y: x**2 - y, jnp.array(0.0), jnp.array(9.0), (4.0,), 9)
        >>> round(float(two), 12)
        2.0
    """
    fixed = lax.stop_gradient(arguments)

    def with_slope(x: Reals, arguments: Any) -> Any:
        return jax.jvp(lambda x: function(x, *arguments), (x,), (jnp.ones_like(x),))

    def step(_: Any, carried: tuple[Reals, Reals, Reals]) -> tuple[Reals, Reals, Reals]:
        low, high, x = carried
        value, slope = with_slope(x, fixed)
        low, high = jnp.where(value > 0, low, x), jnp.where(value > 0, x, high)
        next_ = x - value / guarded(slope, slope > 0)
        inside = (next_ >= low) & (next_ <= high)
        return low, high, jnp.where(inside, next_, (low + high) / 2)

    low, high = lax.stop_gradient((low, high))
    *_, x = lax.fori_loop(0, steps, step, (low, high, high if start is None else start))
    value, slope = with_slope(lax.stop_gradient(x), arguments)
    slope = lax.stop_gradient(slope)
    return lax.stop_gradient(x) - jnp.where(slope > 0, value / guarded(slope, slope > 0), 0.0)
