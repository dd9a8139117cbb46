"""A function of numbers, traced by JAX, as a plain list of operations: no calls, no loops."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import numpy as np
from jax.extend.core import ClosedJaxpr, Jaxpr, Literal

from entrap.core.arrays import Reals
from entrap.solve.operations import NUMPY, Straight, Writer

LONGEST = 32
"""Turns of a loop that are written one after the other."""

_CALLS = {"jit", "pjit", "closed_call", "core_call", "custom_jvp_call", "custom_vjp_call"}
_SAME = {"copy", "copy_p", "stop_gradient", "optimization_barrier"}
_ALSO = {"add_any": "add"}
_OF_FLAGS = {"and", "or", "xor", "not"}
_FOLDS = {"reduce_sum": "add", "reduce_prod": "mul", "reduce_max": "max", "reduce_min": "min",
          "reduce_and": "and", "reduce_or": "or"}  # fmt: skip


def straight(
    function: Callable[..., Sequence[Reals]],
    count: int,
    writer: Writer | None = None,
) -> Straight:
    """A function of so many numbers that gives a row of numbers, as a list of operations.

    Args:
        function: What is traced.
        count: How many numbers it takes.
        writer: What writes the list, where it is to be longer or to hold more than by default.

    Raises:
        TooLongError: it takes more than `MOST` operations.

    Examples:
        >>> import jax.numpy as jnp
        >>> found = straight(lambda x, y: [jnp.exp(x) * y, jnp.exp(x) - 1.0], 2)
        >>> [made.name for made in found.operations]
        ['input', 'input', 'exp', 'mul', 'constant', 'sub']
    """
    traced = jax.make_jaxpr(function)(*[jax.ShapeDtypeStruct((), float)] * count)
    writer = writer or Writer()
    inputs = [np.array(writer.add("input", (), "float64", i)) for i in range(count)]
    outputs = _walked(writer, traced, inputs)
    return writer.finished(int(place) for output in outputs for place in output.ravel())


def _walked(writer: Writer, closed: ClosedJaxpr, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Places of the outputs; each of a traced function's small arrays is an array of places."""
    jaxpr: Jaxpr = closed.jaxpr
    places: dict[Any, np.ndarray] = dict(zip(jaxpr.invars, inputs, strict=True))
    places |= {
        v: _constants(writer, x) for v, x in zip(jaxpr.constvars, closed.consts, strict=True)
    }

    def read(v: Any) -> np.ndarray:
        return _constants(writer, v.val) if isinstance(v, Literal) else places[v]

    for equation in jaxpr.eqns:
        found = _step(writer, equation, [read(v) for v in equation.invars])
        places.update(zip(equation.outvars, found, strict=True))
    return [read(v) for v in jaxpr.outvars]


def _constants(writer: Writer, value: Any) -> np.ndarray:
    return _each(writer.constant, np.asarray(value))


def _each(function: Callable[..., int], *arrays: np.ndarray) -> np.ndarray:
    """A function of numbers on arrays that broadcast together."""
    together = np.broadcast_arrays(*arrays)
    flat = [function(*one) for one in zip(*(x.ravel() for x in together), strict=True)]
    return np.array(flat, int).reshape(together[0].shape)


def _step(writer: Writer, equation: Any, a: list[np.ndarray]) -> Sequence[np.ndarray]:
    name, p = equation.primitive.name, equation.params
    kind = str(equation.outvars[0].aval.dtype) if equation.outvars else ""

    def add(name: str, *operands: np.ndarray, kind: str = kind) -> np.ndarray:
        return _each(lambda *places: writer.add(name, tuple(map(int, places)), kind), *operands)

    if name in _CALLS:
        return _walked(writer, p["call_jaxpr"] if "call_jaxpr" in p else p["jaxpr"], a)
    if name == "scan" and writer.further and (made := _loop(writer, p, a)) is not None:
        return made
    if name == "scan" and p["length"] <= LONGEST:
        return _unrolled(writer, p, a)
    if writer.further and (further := _further(name, equation)):
        return [add(further, *a)]
    if name in _SAME:
        return a
    name = _ALSO.get(name, name)
    if name in NUMPY and _covered(name, equation):
        if name == "pow" or not writer.further:
            a = [_as_numbers(add, v, x) for v, x in zip(equation.invars, a, strict=True)]
        return [add(name, *a)]
    if name == "convert_element_type":
        return [add("convert", a[0])]
    if name == "iota":
        along = [1] * len(p["shape"])
        along[p["dimension"]] = -1
        rows = np.arange(p["shape"][p["dimension"]], dtype=p["dtype"]).reshape(along)
        return [_constants(writer, np.broadcast_to(rows, p["shape"]))]
    if name == "select_n" and equation.invars[0].aval.dtype == bool and len(a) == 3:
        return [add("select", a[0], a[2], a[1])]
    if name == "clamp":
        return [add("min", add("max", a[1], a[0]), a[2])]
    if name == "square":
        return [add("mul", a[0], a[0])]
    if name == "integer_pow":
        return [_power(writer, add, a[0], p["y"])]
    if name == "rsqrt":
        return [add("div", _constants(writer, 1.0), add("sqrt", a[0]))]
    if name in _FOLDS:
        rows = np.moveaxis(a[0], p["axes"], range(len(p["axes"])))
        rows = rows.reshape(-1, *rows.shape[len(p["axes"]) :])
        total, *others = map(np.asarray, rows)
        for row in others:
            total = add(_FOLDS[name], total, row)
        return [total]
    shaped = _shaped(name, p, a)
    if shaped is not None:
        return [shaped]
    every = tuple({int(place) for x in a for place in x.ravel()})
    return [
        np.reshape(
            [writer.add("unknown", every, str(v.aval.dtype), name) for _ in range(v.aval.size)],
            v.aval.shape,
        )
        for v in equation.outvars
    ]


def _covered(name: str, equation: Any) -> bool:
    """Whether an operation is one of numpy's on numbers of this kind."""
    of = str(equation.invars[0].aval.dtype)
    if name in _OF_FLAGS:
        return of == "bool"
    if name in ("div", "rem", "sign"):
        return of == "float64"
    return of in ("float64", "int64", "int32") or (of == "bool" and name in ("eq", "ne"))


def _further(name: str, equation: Any) -> str:
    """The key of `FURTHER` that an operation is; empty for others."""
    of, to = (str(v.aval.dtype) for v in (equation.invars[0], equation.outvars[0]))
    match name, of, to:
        case "bitcast_convert_type", "float64", "int64":
            return "bits"
        case "bitcast_convert_type", "int64", "float64":
            return "of_bits"
        case "and", "int64", _:
            return "bit_and"
        case "shift_right_arithmetic", "int64", _:
            return "shift_right"
        case "digamma", "float64", _:
            return "digamma"
    return ""


def _as_numbers(add: Any, variable: Any, places: np.ndarray) -> np.ndarray:
    """An operand of `pow` may be an integer; numpy's power is of numbers of one kind."""
    return add("convert", places, kind="float64") if variable.aval.dtype.kind == "i" else places


def _shaped(name: str, p: Mapping[str, Any], a: list[np.ndarray]) -> np.ndarray | None:
    """What only arranges values anew; None for other operations."""
    match name:
        case "broadcast_in_dim":
            shape = [1] * len(p["shape"])
            for i, length in zip(p["broadcast_dimensions"], a[0].shape, strict=True):
                shape[i] = length
            return np.broadcast_to(a[0].reshape(shape), p["shape"])
        case "reshape":
            return a[0].reshape(p["new_sizes"])
        case "squeeze":
            return a[0].squeeze(tuple(p["dimensions"]))
        case "concatenate":
            return np.concatenate(a, p["dimension"])
        case "stack":
            return np.stack(a, p["axis"])
        case "transpose":
            return a[0].transpose(p["permutation"])
        case "slice":
            steps = p["strides"] or (1,) * a[0].ndim
            return a[0][tuple(map(slice, p["start_indices"], p["limit_indices"], steps))]
    return None


def _loop(writer: Writer, p: Mapping[str, Any], a: list[np.ndarray]) -> list[np.ndarray] | None:
    """A loop of a fixed length as one; None where its turns take or give rows, or are unknown."""
    consts, carried = p["num_consts"], p["num_carry"]
    if len(a) > consts + carried or len(p["jaxpr"].out_avals) > carried:
        return None
    inner, inputs, count = Writer(writer.most, further=True), [], 0
    for aval in p["jaxpr"].in_avals:
        places = [inner.add("input", (), str(aval.dtype), count + i) for i in range(aval.size)]
        inputs.append(np.reshape(places, aval.shape))
        count += aval.size
    outputs = _walked(inner, p["jaxpr"], inputs)
    body = inner.finished(int(place) for output in outputs for place in output.ravel())
    if any(body.unknown):
        return None
    operands = tuple(int(place) for x in a for place in x.ravel())
    size = len(body.outputs)
    loop = writer.add("loop", operands, "loop", (p["length"], body, size))
    kinds = [str(v.dtype) for v in p["jaxpr"].out_avals for _ in range(v.size)]
    items = [writer.add("item", (loop,), kind, i) for i, kind in enumerate(kinds)]
    ends = np.cumsum([v.size for v in p["jaxpr"].out_avals])
    parts = np.split(np.array(items, int), ends[:-1])
    return [part.reshape(v.shape) for part, v in zip(parts, p["jaxpr"].out_avals, strict=True)]


def _unrolled(writer: Writer, p: Mapping[str, Any], a: list[np.ndarray]) -> list[np.ndarray]:
    """A loop of a fixed length, step by step."""
    consts, carried = p["num_consts"], p["num_carry"]
    fixed, carry, along = a[:consts], a[consts : consts + carried], a[consts + carried :]
    rows: list[list[np.ndarray]] = []
    turns = range(p["length"])
    for turn in reversed(turns) if p["reverse"] else turns:
        found = _walked(writer, p["jaxpr"], [*fixed, *carry, *(np.asarray(x[turn]) for x in along)])
        carry = found[:carried]
        rows.append(found[carried:])
    if p["reverse"]:
        rows.reverse()
    return [*carry, *(np.stack(column) for column in zip(*rows, strict=True))]


def _power(writer: Writer, add: Any, x: np.ndarray, power: int) -> np.ndarray:
    """An integer power by products, as XLA has it."""
    found, factor, left = None, x, abs(power)
    while left:
        if left % 2:
            found = factor if found is None else add("mul", found, factor)
        left //= 2
        factor = add("mul", factor, factor) if left else factor
    if found is None:
        return _constants(writer, 1.0)
    return found if power > 0 else add("div", _constants(writer, 1.0), found)
