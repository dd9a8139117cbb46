"""A plain list of operations on numbers: each of earlier ones, none twice, none that is a number.

`entrap.solve.straight` writes such a list of a function, `entrap.solve.blocks` runs it on arrays.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any

import numpy as np
from scipy.special import digamma

MOST = 4_000
"""Operations that a list has at most: sums over many nodes are left to XLA."""

NUMPY: dict[str, Callable[..., Any]] = {
    **{name: getattr(np, name) for name in (
        "sign", "floor", "ceil", "exp", "exp2", "log", "log1p", "expm1", "sqrt", "cbrt",
        "sin", "cos", "tan", "sinh", "cosh", "tanh",
    )},
    "neg": np.negative, "abs": np.absolute, "is_finite": np.isfinite, "not": np.logical_not,
    "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "atan2": np.arctan2,
    "asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh,
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "pow": np.power,
    "max": np.maximum, "min": np.minimum, "rem": np.fmod,
    "and": np.logical_and, "or": np.logical_or, "xor": np.logical_xor,
    "gt": np.greater, "lt": np.less, "ge": np.greater_equal, "le": np.less_equal,
    "eq": np.equal, "ne": np.not_equal,
    "select": np.where, "convert": lambda x, kind: np.asarray(x).astype(kind),
}  # fmt: skip
"""What numpy calls each operation; "select" is of a condition, where it holds, and elsewhere."""

FURTHER: dict[str, Callable[..., Any]] = {
    "bits": lambda x: np.asarray(x).view("int64"),
    "of_bits": lambda x: np.asarray(x).view("float64"),
    "bit_and": np.bitwise_and, "shift_right": np.right_shift, "digamma": digamma,
}  # fmt: skip
"""What a list holds besides, and "loop" of a list and "item" of a loop, where that is wished."""

_EITHER_WAY = {"add", "mul", "max", "min", "and", "or", "xor", "eq", "ne"}  # of the operands


class TooLongError(Exception):
    """A list would be too long."""


@dataclasses.dataclass(frozen=True)
class Operation:
    """One value: of earlier values, or an input, or a constant.

    Args:
        name: "input", "constant", a key of `NUMPY`, or "unknown" for what no list can say; where
            that is wished, a key of `FURTHER`, "loop", or "item" for a value that a loop gives.
        operands: Places of the values that it is made of; those that a loop carries come last.
        kind: "float64", "bool", or a kind of integers.
        value: Number of the input or item from 0, the constant, or the name of what is unknown; of
            a loop its turns, its body, and how many values it carries.
    """

    name: str
    operands: tuple[int, ...]
    kind: str
    value: Any = None


@dataclasses.dataclass(frozen=True)
class Straight:
    """A list of operations, each of earlier ones, and the places of its outputs in it."""

    operations: tuple[Operation, ...]
    outputs: tuple[int, ...]

    @property
    def depends(self) -> tuple[frozenset[int], ...]:
        """For each value the numbers of the inputs that it depends on."""
        found: list[frozenset[int]] = []
        for made in self.operations:
            own = {made.value} if made.name == "input" else ()
            found.append(frozenset(own).union(*(found[i] for i in made.operands)))
        return tuple(found)

    @property
    def unknown(self) -> tuple[str, ...]:
        """For each output the name of something unknown that it needs, as "while"; else ""."""
        found: list[str] = []
        for made in self.operations:
            own = [made.value] if made.name == "unknown" else []
            found.append(next(filter(None, (*own, *(found[i] for i in made.operands))), ""))
        return tuple(found[i] for i in self.outputs)

    def only(self, outputs: Iterable[int]) -> "Straight":
        """The same with some of its outputs, by number."""
        return _without_unused(self.operations, [self.outputs[i] for i in outputs])

    def given(self, known: Mapping[int, float]) -> "Straight":
        """The same where some inputs have known values: what depends on these alone is a number."""
        writer = Writer()
        numbers = {
            i: writer.constant(np.float64(known[one.value]))
            for i, one in enumerate(self.operations)
            if one.name == "input" and one.value in known
        }
        return self._written(writer, numbers, self.outputs)

    def beyond(self, known: Set[int]) -> "Straight":
        """The outputs that are not known yet, of inputs that are: each has its place as number."""
        writer = Writer()
        inputs = {
            i: writer.add("input", (), one.kind, i)
            for i, one in enumerate(self.operations)
            if i in known and one.name != "constant"
        }
        return self._written(writer, inputs, [i for i in self.outputs if i not in known])

    def _written(
        self, writer: "Writer", places: dict[int, int], outputs: Iterable[int]
    ) -> "Straight":
        for i, one in enumerate(self.operations):
            if i not in places:
                operands = tuple(places[k] for k in one.operands)
                places[i] = writer.add(one.name, operands, one.kind, one.value)
        return writer.finished(places[i] for i in outputs)


class Writer:
    """Writes a list: an operation that is there already, or that is a number, is not added.

    Args:
        most: Operations that it has at most.
        further: Whether it holds what is in `FURTHER` too, and loops.
    """

    def __init__(self, most: int = MOST, *, further: bool = False) -> None:
        self.most, self.further = most, further
        self.operations: list[Operation] = []
        self._known: dict[Any, int] = {}

    def constant(self, value: Any) -> int:
        """The place of a number."""
        value = np.asarray(value)[()]
        return self._place("constant", (), str(value.dtype), value, value.tobytes())

    def add(self, name: str, operands: tuple[int, ...], kind: str, value: Any = None) -> int:
        """The place of the value of an operation."""
        if name == "constant":
            return self.constant(value)
        if name in ("unknown", "loop"):  # no two are the same
            return self._place(name, operands, kind, value, len(self.operations))
        if name in ("input", "item"):
            return self._place(name, operands, kind, value)
        if name in _EITHER_WAY:
            operands = tuple(sorted(operands))
        made = [self.operations[i] for i in operands]
        if all(one.name == "constant" for one in made):
            with np.errstate(all="ignore"):
                extra = (kind,) if name == "convert" else ()
                function = NUMPY.get(name) or FURTHER[name]
                found = function(*(one.value for one in made), *extra)
            return self.constant(np.asarray(found).astype(kind))
        shorter = self._shorter(name, operands, made, kind)
        return self._place(name, operands, kind) if shorter is None else shorter

    def _place(self, name: str, operands: Any, kind: str, value: Any = None, by: Any = None) -> int:
        key = (name, operands, kind, value if by is None else by)
        if key not in self._known:
            if len(self.operations) == self.most:
                raise TooLongError(f"more than {self.most} operations")
            self._known[key] = len(self.operations)
            self.operations.append(Operation(name, operands, kind, value))
        return self._known[key]

    def _shorter(self, name: str, operands: Any, made: list[Operation], kind: str) -> int | None:
        """The place of the same value by fewer operations, exactly; None where there is none."""
        first, last = operands[0], operands[-1]
        number = {
            i: one.value for i, one in zip(operands, made, strict=True) if one.name == "constant"
        }
        if name == "select":
            if first in number:
                return operands[1] if number[first] else operands[2]
            if operands[1] == operands[2]:
                return operands[1]
            if made[0].name == "not":
                return self.add(name, (made[0].operands[0], operands[2], operands[1]), kind)
        elif name == "convert" and made[0].kind == kind:
            return first
        elif name == "not" and made[0].name == "not":
            return made[0].operands[0]
        elif name in ("and", "or") and number:
            (place, value), other = next(iter(number.items())), {first, last}
            keeps = bool(value) == (name == "and")
            return (other - {place}).pop() if keeps else place
        elif name in ("and", "or") and first == last:
            return first
        elif name in ("mul", "div") and number.get(last) == 1:
            return first
        elif name == "div" and last in number and _inverts(number[last]):  # as XLA does
            return self.add("mul", (first, self.constant(1 / number[last])), kind)
        elif name == "mul" and number.get(first) == 1:
            return last
        elif name == "sub" and number.get(last) == 0 and not np.signbit(number[last]):
            return first
        return None

    def finished(self, outputs: Iterable[int]) -> Straight:
        """The list without what the outputs do not need."""
        return _without_unused(self.operations, outputs)


def _inverts(number: float) -> bool:
    """Whether a number has an inverse of full accuracy."""
    return bool(1e-300 < abs(number) < 1e300)


def _without_unused(operations: Sequence[Operation], outputs: Iterable[int]) -> Straight:
    outputs = tuple(outputs)
    needed = set(outputs)
    for i in range(len(operations) - 1, -1, -1):
        if i in needed:
            needed.update(operations[i].operands)
    kept = sorted(needed)
    new = {old: place for place, old in enumerate(kept)}
    return Straight(
        tuple(
            dataclasses.replace(made, operands=tuple(new[i] for i in made.operands))
            for made in (operations[i] for i in kept)
        ),
        tuple(new[i] for i in outputs),
    )
