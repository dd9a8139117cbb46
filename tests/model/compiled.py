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


def in_blocks(function, size=400):
    """A function of each point by itself, compiled once, for points of any number and shape."""
    made = compiled(function)

    def call(*arguments):
        arrays = np.broadcast_arrays(*arguments)
        count = arrays[0].size
        flat = [np.resize(x.ravel(), -(-count // size) * size) for x in arrays]
        found = [made(*(x[i : i + size] for x in flat)) for i in range(0, len(flat[0]), size)]
        shape = arrays[0].shape
        return jax.tree.map(lambda *x: np.concatenate(x)[:count].reshape(shape), *found)

    return call
