"""A function compiled once for all numbers: else Python's, numpy's and JAX's compile it anew."""

import inspect

import jax
import numpy as np

from entrap.solve.jit import quick_jit


def compiled(function):
    """The function of numbers, or arrays, of 64 bits each; what has a default is always given."""
    made, signature = quick_jit(function), inspect.signature(function)

    def call(*arguments):
        bound = signature.bind(*arguments)
        bound.apply_defaults()
        return made(*jax.tree.map(np.float64, bound.args))

    return call
