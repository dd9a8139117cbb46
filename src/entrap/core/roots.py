"""Roots of functions, one for each element of an array, with derivatives."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from entrap.core.arrays import Flags, Reals
from entrap.core.stable import guarded

_LEVEL = 1e-13  # slope below which a root may be two, and has no derivative


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
    root is halved to its middle. Derivatives by the arguments are those of the root.

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
    start = high if start is None else start
    return _rising_root(function, steps, low, high, start, arguments)


def crossing(
    function: Callable[..., Reals],
    low: Reals,
    high: Reals,
    rises: Flags,
    arguments: tuple[Any, ...],
    steps: int,
) -> Reals:
    """x between low and high at which `function(x, *arguments)` changes its sign, by halving.

    Args:
        function: Elementwise.
        low: An end.
        high: The other.
        rises: Whether it is positive at `high`.
        arguments: On which the root depends; derivatives by them are those of the root.
        steps: How many.

    Examples:
        >>> import jax.numpy as jnp
        >>> ends = jnp.array(0.0), jnp.array(9.0)
        >>> two = crossing(lambda x, y: y - x**2, *ends, jnp.array(False), (4.0,), 60)
        >>> round(float(two), 12)
        2.0
    """
    return _crossing(function, steps, low, high, rises, arguments)


@partial(jax.custom_jvp, nondiff_argnums=(0, 1))
def _rising_root(
    function: Callable[..., Reals],
    steps: int,
    low: Reals,
    high: Reals,
    start: Reals,
    arguments: tuple[Any, ...],
) -> Reals:
    def step(_: Any, carried: tuple[Reals, Reals, Reals]) -> tuple[Reals, Reals, Reals]:
        low, high, x = carried
        value, slope = _with_slope(function, x, arguments)
        low, high = jnp.where(value > 0, low, x), jnp.where(value > 0, x, high)
        next_ = x - value / guarded(slope, slope > 0)
        inside = (next_ >= low) & (next_ <= high)
        return low, high, jnp.where(inside, next_, (low + high) / 2)

    *_, x = lax.fori_loop(0, steps, step, (low, high, start))
    return x


@partial(jax.custom_jvp, nondiff_argnums=(0, 1))
def _crossing(
    function: Callable[..., Reals],
    steps: int,
    low: Reals,
    high: Reals,
    rises: Flags,
    arguments: tuple[Any, ...],
) -> Reals:
    def halve(_: Any, ends: tuple[Reals, Reals]) -> tuple[Reals, Reals]:
        low, high = ends
        middle = (low + high) / 2
        upper = (function(middle, *arguments) > 0) == rises
        return jnp.where(upper, low, middle), jnp.where(upper, middle, high)

    low, high = lax.fori_loop(0, steps, halve, (low, high))
    return (low + high) / 2


def _by_arguments(root: Callable[..., Reals]) -> Callable[..., tuple[Reals, Reals]]:
    """dx = -(∂f/∂a) da/(∂f/∂x), which is traced only where derivatives are asked for."""

    def moved(
        function: Callable[..., Reals], steps: int, primals: Any, tangents: Any
    ) -> tuple[Reals, Reals]:
        arguments = primals[-1]
        x = root(function, steps, *primals)
        _, slope = _with_slope(function, x, arguments)
        _, change = jax.jvp(lambda *given: function(x, *given), arguments, tangents[-1])
        some = jnp.abs(slope) > _LEVEL
        return x, -jnp.where(some, change / guarded(slope, some), 0.0)

    return moved


_rising_root.defjvp(_by_arguments(_rising_root))
_crossing.defjvp(_by_arguments(_crossing))


def _with_slope(function: Callable[..., Reals], x: Reals, arguments: Any) -> tuple[Reals, Reals]:
    return jax.jvp(lambda x: function(x, *arguments), (x,), (jnp.ones_like(x),))
