"""What is compiled with options: a function runs once, and its errors come to light."""

import jax
import jax.numpy as jnp
import pytest

from entrap.solve import jit
from entrap.solve.jit import block_jit, large_jit, quick_jit


@pytest.mark.parametrize("compiled", [quick_jit, block_jit, large_jit])
def test_an_error_while_a_function_runs_surfaces_after_one_run(compiled):
    runs = []

    def fails(x):
        runs.append(float(x))
        raise ValueError("the table has a hole")

    def function(x):
        return jax.pure_callback(fails, jax.ShapeDtypeStruct((), x.dtype), x)

    with pytest.raises(jax.errors.JaxRuntimeError, match="the table has a hole"):
        compiled(function)(jnp.asarray(2.0))
    assert runs == [2.0]


def test_an_option_that_this_xla_does_not_know_is_left_out():
    assert float(jit._jit({"xla_of_another_year": True}, lambda x: 2 * x)(3.0)) == 6.0


def test_an_option_with_a_wrong_value_is_an_error():
    with pytest.raises(jax.errors.JaxRuntimeError, match="not a valid bool"):
        jit._jit({"xla_cpu_use_fusion_emitters": "perhaps"}, lambda x: 2 * x)(3.0)


def test_an_interrupt_that_the_compiler_wraps_is_one():
    def interrupted(_):
        raise KeyboardInterrupt

    def function(x):
        return jax.pure_callback(interrupted, jax.ShapeDtypeStruct((), x.dtype), x)

    with pytest.raises(KeyboardInterrupt):
        quick_jit(function)(jnp.asarray(1.0))
