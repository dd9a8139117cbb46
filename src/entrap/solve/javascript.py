"""A list of operations as the text of a JavaScript function, for a page that asks no server.

Numbers are the same 64 bits in both languages, and so are + - * / and square roots. What is rounded
otherwise, as exponentials are, differs in the last digit.
"""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from entrap.solve.operations import Operation, Straight

_CALLS = frozenset({
    "sign", "floor", "ceil", "exp", "log", "log1p", "expm1", "sqrt", "cbrt", "sin", "cos", "tan",
    "sinh", "cosh", "tanh", "abs", "asin", "acos", "atan", "atan2", "asinh", "acosh", "atanh",
    "pow", "max", "min", "digamma",
})  # fmt: skip
_SIGNS = {
    "add": "+", "sub": "-", "mul": "*", "div": "/", "rem": "%", "gt": ">", "lt": "<", "ge": ">=",
    "le": "<=", "eq": "===", "ne": "!==", "bit_and": "&", "shift_right": ">>", "xor": "!==",
    "and": "&&", "or": "||",
}  # fmt: skip
_OTHERS = {
    "neg": "(-{})", "not": "(!{})", "is_finite": "Number.isFinite({})", "exp2": "pow(2,{})",
    "select": "({}?{}:{})", "bits": "bitsOf({})", "of_bits": "ofBits({})",
}  # fmt: skip
_LONGEST = 300  # characters of what stands inside another expression
_WHOLE = "int64"  # JavaScript has them as another type, 1n

HEAD = f"""\
const {{{",".join(sorted(_CALLS - {"pow", "digamma"}))}}} = Math;
/** x to the power of y; of 1 and -1 it is 1 also where y is infinite, and of 1 for any y. */
const pow = (x, y) => (x === 1 || (x === -1 && (y === Infinity || y === -Infinity)) ? 1 : x ** y);
const number = new Float64Array(1), whole = new BigInt64Array(number.buffer);
const bitsOf = (x) => ((number[0] = x), whole[0]), ofBits = (n) => ((whole[0] = n), number[0]);
/** ψ(x) of x > 0: by ψ(x) = ψ(x + 1) - 1/x from 12 on, where Stirling's series ends at rounding. */
function digamma(x) {{
  let sum = 0;
  for (; x < 12; x++) sum -= 1 / x;
  const y = 1 / (x * x);
  const series = 1/12 - y*(1/120 - y*(1/252 - y*(1/240 - y*(1/132 - y*(691/32760 - y/12)))));
  return sum + log(x) - 1 / (2 * x) - y * series;
}}
"""
"""What stands once before all functions."""


class UnknownError(Exception):
    """A list holds what cannot be written."""


def javascript(name: str, made: Straight) -> str:
    """The text of `function name(x)`, of a row of numbers, that gives a row of numbers.

    Args:
        name: Of the function.
        made: What it computes.

    Raises:
        UnknownError: an output needs an operation that no list can say.

    Examples:
        >>> import jax.numpy as jnp
        >>> from entrap.solve.straight import straight
        >>> print(javascript("f", straight(lambda x, y: [jnp.exp(x) * y, x - 1.0], 2)))
        function f(x) {
        return [(x[1]*exp(x[0])),(x[0]-1)];
        }
    """
    if why := next(filter(None, made.unknown), ""):
        raise UnknownError(f"{name} needs {why}")
    inputs = {one.value: f"x[{one.value}]" for one in made.operations if one.name == "input"}
    lines, outputs = _Text("v").written(made, inputs)
    return "\n".join([f"function {name}(x) {{", *lines, f"return [{','.join(outputs)}];", "}"])


class _Text:
    """Lines of a function or of a loop's body; names begin with a prefix of their own."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.lines: list[str] = []
        self.count = 0

    def written(self, made: Straight, inputs: dict[int, str]) -> tuple[list[str], list[str]]:
        """The lines, and the texts of the outputs."""
        used = Counter(i for one in made.operations for i in one.operands)
        used.update(made.outputs)
        looped = {i for one in made.operations if one.name == "loop" for i in one.operands}
        texts: list[Any] = []
        for i, one in enumerate(made.operations):
            if one.name == "loop":
                texts.append(self._loop(one, [texts[k] for k in one.operands]))
                continue
            text = self._expression(made, one, texts, inputs)
            simple = one.name in ("input", "item") or (one.name == "constant" and len(text) < 6)
            once = used[i] == 1 and len(text) < _LONGEST and i not in looped
            texts.append(text if simple or once else self._named(text))
        return self.lines, [texts[i] for i in made.outputs]

    def _name(self) -> str:
        self.count += 1
        return f"{self.prefix}{self.count}"

    def _named(self, text: str) -> str:
        name = self._name()
        self.lines.append(f"const {name}={text};")
        return name

    def _loop(self, one: Operation, operands: Sequence[str]) -> list[str]:
        """Names of what a loop carries; its lines are added."""
        turns, body, carried = one.value
        fixed = len(operands) - carried
        names = [self._name() for _ in range(carried)]
        given = ",".join(f"{n}={x}" for n, x in zip(names, operands[fixed:], strict=True))
        inner = _Text(f"{self.prefix}{self.count}_")
        inputs = dict(enumerate([*operands[:fixed], *names]))
        lines, outputs = inner.written(body, inputs)
        turn = f"{self.prefix}{self.count}i"
        self.lines += [f"let {given};", f"for(let {turn}=0;{turn}<{turns};{turn}++){{", *lines]
        self.lines += [f"[{','.join(names)}]=[{','.join(outputs)}];", "}"]
        return names

    @staticmethod
    def _expression(
        made: Straight, one: Operation, texts: Sequence[Any], inputs: dict[int, str]
    ) -> str:
        if one.name == "input":
            return inputs[one.value]
        if one.name == "constant":
            return _constant(one.value)
        operands = [texts[i] for i in one.operands]
        if one.name == "item":
            return operands[0][one.value]
        if one.name == "convert":
            return _converted(operands[0], made.operations[one.operands[0]].kind, one.kind)
        if one.name in _SIGNS:
            return f"({_SIGNS[one.name].join(operands)})"
        if one.name in _CALLS and one.kind != _WHOLE:
            return f"{one.name}({','.join(operands)})"
        if one.name in _OTHERS:
            return _OTHERS[one.name].format(*operands)
        raise UnknownError(f"{one.name} of {one.kind}")


def _constant(value: Any) -> str:
    kind = str(np.asarray(value).dtype)
    if kind == "bool":
        return "true" if value else "false"
    if kind == _WHOLE:
        return f"{value}n" if value >= 0 else f"({value}n)"
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "(-Infinity)"
    text = repr(float(value)).removesuffix(".0").replace("e+", "e")
    return f"({text})" if text.startswith("-") else text


def _converted(text: str, old: str, new: str) -> str:
    """A value of another kind."""
    if new == "bool":
        return f"({text}!={'0n' if old == _WHOLE else '0'})"
    if new == _WHOLE:
        return f"BigInt({f'Math.trunc({text})' if old.startswith('float') else text})"
    if old == _WHOLE:
        return f"Number({text})"
    if old == "bool":
        return f"(+{text})"
    return f"Math.trunc({text})" if old.startswith("float") and new.startswith("int") else text
