"""Names for array types. Importing this turns 64-bit numbers on: in 32-bit, hbar^2 is 0."""

from typing import TYPE_CHECKING, Any

import jax
from jaxtyping import Array, Bool, Float, Real
from jaxtyping import ArrayLike as ArrayLike

jax.config.update("jax_enable_x64", True)

Reals = Float[Array, "..."]
"""Real numbers of any shape."""

if TYPE_CHECKING:
    RealsLike = Any  # a checker would follow numpy's operators where JAX's apply
else:
    RealsLike = Real[ArrayLike, "..."] | float | int
"""What becomes `Reals`: numbers, numpy or JAX arrays of any shape."""

Flags = Bool[Array, "..."]
"""Truth values of any shape."""
