"""How functions are compiled: what runs once in little time, what runs on blocks to run fast."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax

# The older emitters compile faster, and short formulas run no slower.
_OPTIONS = {"xla_cpu_use_fusion_emitters": False, "xla_cpu_parallel_codegen_split_count": 1}
# Twice as many numbers at once where the processor has the registers.
_BLOCKS = _OPTIONS | {"xla_cpu_prefer_vector_width": 512}
# The newer emitters compute what is used twice once: a third of the time of a long formula.
_LONG = _BLOCKS | {"xla_cpu_use_fusion_emitters": True}
# Together these cut the time to compile by four; a run of 10 ms takes 20 ms then.
_QUICK = _OPTIONS | {"xla_backend_optimization_level": 0}
# A sampler is such a program, and so large that this saves a third of the time to compile it.
_LARGE = {
    "xla_cpu_use_fusion_emitters": True,
    "xla_cpu_parallel_codegen_split_count": 1,
    "xla_backend_optimization_level": 2,
}
# Without this what a loop carries is copied at every turn: a third of the time of a light one.
_LOOPS = {"xla_cpu_copy_insertion_use_region_analysis": True}
# What an XLA says that lacks one of these options: the function is then compiled without them.
_UNKNOWN = "No such compile option"


def _jit(options: dict[str, Any], function: Callable[..., Any]) -> Callable[..., Any]:
    chosen = jax.jit(function, compiler_options=options)
    plain = jax.jit(function)

    def call(*arguments: Any) -> Any:
        try:
            return chosen(*arguments)
        except jax.errors.JaxRuntimeError as error:
            if "KeyboardInterrupt" in str(error):  # one that met a callback of the compiler
                raise KeyboardInterrupt from None
            if _UNKNOWN not in str(error):
                raise
            return plain(*arguments)

    return call


quick_jit = partial(_jit, _QUICK)
"""`jax.jit` that compiles fast, for functions whose arrays are small."""

block_jit = partial(_jit, _BLOCKS)
"""`jax.jit` for functions of many points, which run for long."""

formula_jit = partial(_jit, _LONG)
"""`jax.jit` for long formulas of many points: it compiles for longer than `block_jit`."""

large_jit = partial(_jit, _LARGE)
"""`jax.jit` for large programs on small arrays, which run for seconds."""

loop_jit = partial(_jit, _LOOPS)
"""`jax.jit` for long loops that do little with large arrays at each turn."""
