"""Compile what one run calls once: the seconds are in the compiler, not in the arithmetic."""

from collections.abc import Callable
from typing import Any

import jax

# These cut the time to compile, together by four; a run of 10 ms takes 20 ms then.
_OPTIONS = {
    "xla_cpu_use_fusion_emitters": False,
    "xla_backend_optimization_level": 0,
    "xla_cpu_parallel_codegen_split_count": 1,
}


def quick_jit(function: Callable[..., Any]) -> Callable[..., Any]:
    """`jax.jit` that compiles fast, for functions whose arrays are small.

    Args:
        function: Pure function of pytrees.
    """
    quick = jax.jit(function, compiler_options=_OPTIONS)
    plain = jax.jit(function)

    def call(*arguments: Any) -> Any:
        try:
            return quick(*arguments)
        except jax.errors.JaxRuntimeError as error:
            if "KeyboardInterrupt" in str(error):  # one that met a callback of the compiler
                raise KeyboardInterrupt from None
            return plain(*arguments)  # another XLA, which does not know the option

    return call
