"""The calls of numpy that compute one block of a list of operations, in buffers of their own."""

import math
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np

from entrap.solve.operations import NUMPY, Operation, Straight

_ALIGNED = 64  # bytes: a line of the cache, and a register

Shape = tuple[int, ...]


def _maximum(one: np.ndarray, other: np.ndarray, out: np.ndarray) -> None:
    np.maximum(one, other, out=out)  # numpy takes no third operand without its name


def _minimum(one: np.ndarray, other: np.ndarray, out: np.ndarray) -> None:
    np.minimum(one, other, out=out)


def _copy(value: np.ndarray, out: np.ndarray) -> None:
    np.copyto(out, value, casting="unsafe")


def _change(out: np.ndarray, where: np.ndarray, values: np.ndarray) -> None:
    if where.any():  # a guard seldom has anything to do, and to look takes a sixth of the time
        np.putmask(out, where, values)


_CALLED = NUMPY | {"max": _maximum, "min": _minimum, "convert": _copy}


class Calls:
    """What computes a block of one shape; for one thread.

    Args:
        made: The list of operations.
        found: Values that are there before the blocks, by place; another time their numbers may
            differ, but for constants.
        left: Places that the blocks compute, in order.
        block: Shape of a block.
        whole: Whether the block of each output is one piece of memory. Outputs are computed where
            they lie then, and copied there otherwise.
    """

    def __init__(
        self,
        made: Straight,
        found: Mapping[int, np.ndarray],
        left: Sequence[int],
        block: Shape,
        whole: bool,
    ) -> None:
        self._made = made
        self._memory: list[Any] = [None] * len(made.outputs)  # the outputs, then all else
        self._slot: dict[int, int] = {}  # where in the memory the value of a place lies
        self._shape: dict[int, Shape] = {}
        self._owned: set[int] = set()  # places whose memory serves again after them
        self._free: dict[tuple[str, Shape], list[int]] = {}
        self._filled: dict[tuple[int, Shape], int] = {}
        self._calls: list[tuple[Callable[..., Any], itemgetter]] = []
        self._along: dict[tuple[bool, ...], list[tuple[int, int]]] = {}
        for k, value in found.items():
            along = tuple(n > 1 for n in value.shape)
            self._shape[k] = tuple(n if a else 1 for n, a in zip(block, along, strict=False))
            self._slot[k] = self._new(value)
            if made.operations[k].name != "constant":
                self._along.setdefault(along, []).append((k, self._slot[k]))
        self._end: dict[int, int] = {}  # where a value is used last
        for i in left:
            operands = made.operations[i].operands
            self._shape[i] = np.broadcast_shapes(*(self._shape[k] for k in operands))
            self._end |= dict.fromkeys(operands, i)
        if whole:
            self._settle(left, block)
        for i in left:
            one = made.operations[i]
            (self._select if one.name == "select" else self._plain)(i, one)
            for output, place in enumerate(made.outputs):
                if place == i and self._slot[i] != output:
                    self._call(_copy, self._slot[i], output)
            for k in (*one.operands, i):
                if self._end.get(k, i) == i:
                    self._give(k)

    def __call__(
        self,
        found: Mapping[int, np.ndarray],
        part: tuple[slice, ...],
        outputs: Sequence[np.ndarray],
    ) -> None:
        """Compute a block: part of the values found, and the outputs there."""
        memory = self._memory
        for along, places in self._along.items():
            index = tuple(p if a else slice(None) for p, a in zip(part, along, strict=False))
            for k, slot in places:
                memory[slot] = found[k][index]
        memory[: len(outputs)] = outputs
        for function, operands in self._calls:
            function(*operands(memory))

    def _settle(self, left: Sequence[int], block: Shape) -> None:
        """Give values the memory of the outputs that they are, or become."""
        for output, i in enumerate(self._made.outputs):
            if i not in self._slot and self._shape[i] == block:
                self._slot[i] = output
        for i in reversed(left):
            if i in self._slot and self._made.operations[i].name == "select":
                base = self._base(i)
                if base not in self._slot and self._becomes(base, i):
                    self._slot[base] = self._slot[i]

    def _base(self, i: int) -> int:
        """The branch that a select starts from, to be changed where the other one holds."""
        _, held, other = self._made.operations[i].operands

        def cost(k: int) -> int:
            if self._becomes(k, i):
                return 0
            if self._shape[k] != self._shape[i]:  # an array has to be copied; a number need not be
                return 1 if self._shape[k] else 3
            return 2

        return min((other, held), key=cost)

    def _becomes(self, k: int, i: int) -> bool:
        """Whether a select may lie where one of its branches does."""
        own = self._slot.get(k)
        free = own is None or k in self._owned or own == self._slot.get(i)
        needed = self._end[k] != i or k in self._made.outputs
        same = self._shape[k] == self._shape[i]
        return free and same and not needed and k != self._made.operations[i].operands[0]

    def _plain(self, i: int, one: Operation) -> None:
        shape, operands = self._shape[i], [self._slot[k] for k in one.operands]
        if one.name in ("max", "min"):  # of two arrays they are faster than of one and a number
            operands = [self._array(k, shape) for k in one.operands]
        if i not in self._slot:
            for k in one.operands:  # it may lie where an operand did
                if self._shape[k] == shape and self._end[k] == i:
                    self._give(k)
            self._take(i, one.kind)
        self._call(_CALLED[one.name], *operands, self._slot[i])

    def _select(self, i: int, one: Operation) -> None:
        condition, held, other = one.operands
        base = self._base(i)
        change = held if base == other else other
        if i not in self._slot and self._becomes(base, i):
            self._slot[i] = self._slot[base]
            self._owned.remove(base)
            self._owned.add(i)
        else:
            if i not in self._slot:
                self._take(i, one.kind)
            if self._slot[base] != self._slot[i]:
                self._call(_copy, self._slot[base], self._slot[i])
        lent: list[tuple[int, str]] = []
        flags = self._spread(condition, i, "bool", lent)
        if base == held:
            opposite = self._lend("bool", i, lent)
            self._call(np.logical_not, flags, opposite)
            flags = opposite
        values = self._slot[change]
        if self._shape[change]:
            values = self._spread(change, i, one.kind, lent)
        self._call(_change, self._slot[i], flags, values)
        for slot, kind in lent:
            self._free[kind, self._shape[i]].append(slot)

    def _spread(self, k: int, i: int, kind: str, lent: list[tuple[int, str]]) -> int:
        """Where a value lies in the shape of another one."""
        if self._shape[k] == self._shape[i]:
            return self._slot[k]
        slot = self._lend(kind, i, lent)
        self._call(_copy, self._slot[k], slot)
        return slot

    def _lend(self, kind: str, i: int, lent: list[tuple[int, str]]) -> int:
        """Memory of the shape of a value, until it is computed."""
        lent.append((self._buffer(kind, self._shape[i]), kind))
        return lent[-1][0]

    def _array(self, k: int, shape: Shape) -> int:
        """Where a value lies, a constant as an array."""
        slot = self._slot[k]
        if self._made.operations[k].name != "constant":
            return slot
        if (k, shape) not in self._filled:
            self._filled[k, shape] = self._new(np.full(shape, self._memory[slot]))
        return self._filled[k, shape]

    def _call(self, function: Callable[..., Any], *slots: int) -> None:
        self._calls.append((function, itemgetter(*slots)))

    def _take(self, i: int, kind: str) -> None:
        self._slot[i] = self._buffer(kind, self._shape[i])
        self._owned.add(i)

    def _give(self, k: int) -> None:
        if k in self._owned:
            self._owned.remove(k)
            self._free[self._made.operations[k].kind, self._shape[k]].append(self._slot[k])

    def _buffer(self, kind: str, shape: Shape) -> int:
        free = self._free.setdefault((kind, shape), [])
        return free.pop() if free else self._new(_aligned(kind, shape))

    def _new(self, value: np.ndarray) -> int:
        self._memory.append(value)
        return len(self._memory) - 1


def _aligned(kind: str, shape: Shape) -> np.ndarray:
    """An array that begins with a line of the cache."""
    size = math.prod(shape) * np.dtype(kind).itemsize
    memory = np.empty(size + _ALIGNED, np.uint8)
    start = -memory.ctypes.data % _ALIGNED
    return memory[start : start + size].view(kind).reshape(shape)
