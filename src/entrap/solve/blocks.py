"""A list of operations run by numpy, in blocks that stay in the processor's cache.

What few points need is computed before, along the axes that it depends on; the rest block by block,
into buffers that serve again once nothing needs what they hold.
"""

import itertools
import math
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from entrap.solve.calls import Calls
from entrap.solve.operations import NUMPY, Straight

POINTS = 1 << 15
"""256 kB a column: fewer points cost more in calls of numpy, more of them in memory."""

_FEW = 8  # what takes at most this share of all points is computed before the blocks


class Blocks:
    """A list of operations as a function of arrays, for any number of threads."""

    def __init__(self, made: Straight) -> None:
        self.made = made
        self._of_thread = threading.local()

    def __call__(self, inputs: Sequence[Any], outputs: Sequence[np.ndarray]) -> None:
        """Compute the outputs, in place.

        Args:
            inputs: One array for each input, by its number, with as many dimensions as the outputs;
                they broadcast to the shape of the outputs. Those that are not used may be anything.
            outputs: An array for each output, all of one shape.
        """
        programs = self._of_thread.__dict__.setdefault("programs", {})
        with np.errstate(all="ignore"):
            found, left = _before(self.made, inputs, outputs[0].size // _FEW)
            for place, output in zip(self.made.outputs, outputs, strict=True):
                if place in found:
                    np.copyto(output, found[place])
            along = tuple((k, *(n > 1 for n in x.shape)) for k, x in found.items())
            for part in _parts(outputs[0].shape, POINTS):
                views = [output[part] for output in outputs]
                whole = all(view.flags.c_contiguous for view in views)
                key = (views[0].shape, whole, along)
                if key not in programs:
                    programs[key] = Calls(self.made, found, left, views[0].shape, whole)
                programs[key](found, part, views)


def _before(
    made: Straight, inputs: Sequence[Any], few: int
) -> tuple[dict[int, np.ndarray], list[int]]:
    """Inputs, constants and what takes at most so many points, by place; places that are left."""
    found: dict[int, np.ndarray] = {}
    left: list[int] = []
    for i, one in enumerate(made.operations):
        if one.name == "constant":
            found[i] = np.asarray(one.value)
        elif one.name == "input":
            found[i] = np.asarray(inputs[one.value])
        elif all(k in found for k in one.operands):
            operands = [found[k] for k in one.operands]
            if math.prod(np.broadcast_shapes(*map(np.shape, operands))) > few:
                left.append(i)
            else:
                extra = (one.kind,) if one.name == "convert" else ()
                found[i] = np.asarray(NUMPY[one.name](*operands, *extra))
        else:
            left.append(i)
    needed = {k for i in left for k in made.operations[i].operands} | {*made.outputs}
    return {k: value for k, value in found.items() if k in needed}, left


def _parts(shape: tuple[int, ...], most: int) -> Iterator[tuple[slice, ...]]:
    """Blocks of at most so many points, the last axes whole first."""
    cuts = []
    for length in reversed(shape):
        size = max(min(length, most), 1)
        size = -(-length // -(-length // size))
        most //= size
        cuts.append([slice(low, min(low + size, length)) for low in range(0, length, size)])
    return itertools.product(*reversed(cuts))
