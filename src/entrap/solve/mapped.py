"""A list of operations run on arrays, each along the axes that it depends on.

What few points need is computed by numpy, along its axes; the rest by machine code that LLVM makes
of the list: one pass over the memory of the outputs, with no arrays in between.
"""

import ctypes
import math
import threading
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from entrap.solve.llvm import written
from entrap.solve.operations import NUMPY, Straight

SMALL = 1 << 16
"""So many points numpy computes before a list is compiled."""

_FEW = 8  # numpy computes what takes at most this share of all points


class _Code(NamedTuple):
    """Machine code of those outputs of a list that are not known yet."""

    run: Any
    engine: Any  # owns the memory that the code lies in


class Mapped:
    """A list of operations as a function of arrays, for any number of threads."""

    def __init__(self, made: Straight) -> None:
        self.made = made
        self._one_at_a_time = threading.Lock()
        self._rests: dict[frozenset[int], Straight] = {}
        self._codes: dict[Any, _Code] = {}

    def __call__(self, inputs: Sequence[Any], outputs: Sequence[np.ndarray]) -> None:
        """Compute the outputs, in place.

        Args:
            inputs: One array for each input, by its number, with as many dimensions as the outputs;
                they broadcast to the shape of the outputs. Those that are not used may be anything.
            outputs: An array of numbers for each output, all of one shape.
        """
        points = outputs[0].size
        found = _before(self.made, inputs, points // _FEW if points > SMALL else max(points, 1))
        left = []
        for place, output in zip(self.made.outputs, outputs, strict=True):
            if place in found:
                np.copyto(output, found[place])
            else:
                left.append(output)
        if left:
            self._fill(found, left)

    def _fill(self, found: Mapping[int, np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        """Compute the outputs that are not known, of values at some of the known places."""
        shape = outputs[0].shape
        along = [d for d, length in enumerate(shape) if length > 1] or [len(shape) - 1]
        with self._one_at_a_time:
            known = frozenset(found)
            if known not in self._rests:
                self._rests[known] = self.made.beyond(known)
            rest = self._rests[known]
            places = [one.value for one in rest.operations if one.name == "input"]
            given = [_along(np.asarray(found[place], float), len(shape), along) for place in places]
            varying = tuple(tuple(length > 1 for length in x.shape) for x in given)
            if (known, varying) not in self._codes:
                text = written(rest, varying)
                self._codes[known, varying] = _code(text, len(given) + len(outputs))
            run = self._codes[known, varying].run
        filled = [_along(x, len(shape), along) for x in outputs]
        arrays = [*given, *filled]
        steps = [step // x.itemsize for x in arrays for step in x.strides]
        sizes = np.array([*filled[0].shape, *steps])
        run(sizes.ctypes.data, *(x.ctypes.data for x in arrays))
        for x, output in zip(filled, outputs, strict=True):
            if not np.may_share_memory(x, output):
                np.copyto(output, x.reshape(shape))


def _along(x: np.ndarray, dimensions: int, along: Sequence[int]) -> np.ndarray:
    """An array without the dimensions of one point, its numbers side by side along the last."""
    shape = (1,) * (dimensions - x.ndim) + x.shape
    x = x.reshape([shape[d] for d in along])
    return x if x.shape[-1] == 1 or x.strides[-1] == x.itemsize else np.ascontiguousarray(x)


def _code(text: str, arrays: int) -> _Code:
    """The machine code of a text, for this processor."""
    from llvmlite import binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    features = llvm.get_host_cpu_features().flatten()
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=features, opt=3
    )
    module = llvm.parse_assembly(text)
    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization = True
    passes = llvm.create_pass_builder(machine, options)
    passes.getModulePassManager().run(module, passes)
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    address = engine.get_function_address("run")
    return _Code(ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * (arrays + 1))(address), engine)


def _before(made: Straight, inputs: Sequence[Any], few: int) -> dict[int, np.ndarray]:
    """By place the inputs, constants, and what takes at most so many points, as far as needed."""
    last = {k: i for i, one in enumerate(made.operations) for k in one.operands}
    needed = {*made.outputs}
    found: dict[int, np.ndarray] = {}
    with np.errstate(all="ignore"):
        for i, one in enumerate(made.operations):
            if one.name == "input":
                found[i] = np.asarray(inputs[one.value])
            elif one.name == "constant":
                found[i] = np.asarray(one.value)
            elif all(k in found for k in one.operands):
                operands = [found[k] for k in one.operands]
                if math.prod(np.broadcast_shapes(*(x.shape for x in operands))) <= few:
                    extra = (one.kind,) if one.name == "convert" else ()
                    found[i] = np.asarray(NUMPY[one.name](*operands, *extra))
            if i not in found:
                needed.update(one.operands)
            for k in one.operands:
                if last[k] == i and k not in needed:
                    found.pop(k, None)  # its memory serves again
    return found
