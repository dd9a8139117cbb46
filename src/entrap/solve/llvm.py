"""A list of operations as the text of loops over arrays, of which LLVM makes machine code.

What its vectoriser meets is arithmetic and choices, so that it computes as many numbers at once as
the registers hold; logarithms are written out for that. Other functions are calls of the C library.
"""

import math
import struct
import sys
from collections.abc import Iterator, Sequence

from entrap.solve.operations import Operation, Straight

_SIGNS = {
    "add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv", "rem": "frem", "neg": "fneg",
    "gt": "fcmp ogt", "lt": "fcmp olt", "ge": "fcmp oge", "le": "fcmp ole", "eq": "fcmp oeq",
    "ne": "fcmp une",
}  # fmt: skip
_OF_FLAGS = {"and": "and", "or": "or", "xor": "xor", "eq": "icmp eq", "ne": "icmp ne"}
_CALLS = {
    "max": "llvm.maximum.f64", "min": "llvm.minimum.f64", "abs": "llvm.fabs.f64",
    **{name: f"llvm.{name}.f64" for name in (
        "sqrt", "floor", "ceil", "exp", "exp2", "sin", "cos", "tan", "asin", "acos", "atan",
        "atan2", "sinh", "cosh", "tanh", "pow",
    )},
    **{name: name for name in ("expm1", "cbrt", "asinh", "acosh", "atanh")},
    "log": "logarithm", "log1p": "logarithm_of_one_more",
}  # fmt: skip
_OTHERS = {"input", "constant", "is_finite", "not", "sign", "select", "convert"}
_TYPES = {"float64": "double", "bool": "i1"}


def _double(x: float) -> str:
    """A number as LLVM reads it without rounding."""
    return f"0x{struct.unpack('<Q', struct.pack('<d', x))[0]:016X}"


# ln x = k ln 2 + ln(1 + f), where 1 + f lies between √½ and √2, and with s = f / (2 + f)
# ln(1 + f) = f - (f²/2 - s (f²/2 + R(s²))). The coefficients of R are the minimax ones of fdlibm's
# e_log.c (Sun Microsystems, 1993). A subnormal number counts as 0, as it does for XLA.
_R = (0.6666666666666735130, 0.3999999999940941908, 0.2857142874366239149, 0.2222219843214978396,
      0.1818357216161805012, 0.1531383769920937332, 0.1479819860511658591)  # fmt: skip
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_ROOT_HALF, _ONE, _EXPONENT = 0x3FE6A09E00000000, 1023 << 52, 0x7FF << 52  # bits
_TWO_52, _MOST = 0x433 << 52, 2.0**52 + 1023

_SERIES = "\n".join(
    f"%r{n} = call double @llvm.fmuladd.f64(double %z, double {x}, double {_double(_R[n - 1])})"
    for n, x in [(6, _double(_R[6])), *((n, f"%r{n + 1}") for n in range(5, 0, -1))]
)
_LOGARITHMS = f"""\
define internal double @positive(double %x, double %lost) alwaysinline {{
%bits = bitcast double %x to i64
%high = add i64 %bits, {_ONE - _ROOT_HALF}
%k0 = lshr i64 %high, 52
%k1 = or i64 %k0, {_TWO_52}
%k2 = bitcast i64 %k1 to double
%k = fsub double %k2, {_double(_MOST)}
%part = and i64 %high, {_EXPONENT}
%power = sub i64 %part, {_ONE}
%scaled = sub i64 %bits, %power
%near_one = bitcast i64 %scaled to double
%f = fsub double %near_one, 1.0
%two = fadd double %f, 2.0
%s = fdiv double %f, %two
%z = fmul double %s, %s
%square = fmul double %f, %f
%half = fmul double %square, 0.5
{_SERIES}
%r = call double @llvm.fmuladd.f64(double %z, double %r1, double %half)
%low = call double @llvm.fmuladd.f64(double %k, double {_double(_LN2_LOW)}, double %lost)
%rest = call double @llvm.fmuladd.f64(double %s, double %r, double %low)
%less = fsub double %half, %rest
%ln = fsub double %f, %less
%found = call double @llvm.fmuladd.f64(double %k, double {_double(_LN2_HIGH)}, double %ln)
ret double %found
}}
define internal double @at_limits(double %x, double %found) alwaysinline {{
%positive = fcmp oge double %x, {_double(sys.float_info.min)}
%negative = fcmp olt double %x, 0.0
%other = select i1 %negative, double {_double(math.nan)}, double {_double(-math.inf)}
%y = select i1 %positive, double %found, double %other
%finite = fcmp olt double %x, {_double(math.inf)}
%ln = select i1 %finite, double %y, double %x
ret double %ln
}}
define internal double @logarithm(double %x) alwaysinline {{
%found = call double @positive(double %x, double 0.0)
%ln = call double @at_limits(double %x, double %found)
ret double %ln
}}
define internal double @logarithm_of_one_more(double %x) alwaysinline {{
%sum = fadd double %x, 1.0
%large = fcmp ogt double %x, 1.0
%of_sum = fsub double %sum, %x
%one = fsub double 1.0, %of_sum
%back = fsub double %sum, 1.0
%of_x = fsub double %x, %back
%lost = select i1 %large, double %one, double %of_x
%relative = fdiv double %lost, %sum
%found = call double @positive(double %sum, double %relative)
%ln = call double @at_limits(double %sum, double %found)
%none = fcmp oeq double %x, 0.0
%y = select i1 %none, double %x, double %ln
ret double %y
}}"""
_DEFINED = {"logarithm", "logarithm_of_one_more"}


def covered(made: Straight) -> bool:
    """Whether a list can be written: it holds nothing but numbers and flags."""
    known = _OTHERS | set(_SIGNS) | set(_OF_FLAGS) | set(_CALLS)
    return all(one.name in known and one.kind in _TYPES for one in made.operations)


def written(made: Straight, varying: Sequence[Sequence[bool]]) -> str:
    """The text of `void run(sizes, inputs…, outputs…)`, which fills the outputs.

    `sizes` are the lengths of the dimensions, then for each array, inputs first, how many numbers
    lie from one value to the next along each dimension. Along the last one these lie side by side.
    Arrays do not overlap; no dimension is empty.

    Args:
        made: What is computed; `covered`.
        varying: For each input, in the order of the list, along which dimensions it varies.

    Examples:
        >>> import jax.numpy as jnp
        >>> from entrap.solve.straight import straight
        >>> text = written(straight(lambda x: [x + 1.0], 1), [[True]])
        >>> "%v2 = fadd double %v0, 0x3FF0000000000000" in text
        True
    """
    return _Loops(made, varying).text()


class _Loops:
    """Loops one in the other; a value is computed in the outermost one in which it is known."""

    def __init__(self, made: Straight, varying: Sequence[Sequence[bool]]) -> None:
        self.made = made
        self.depth = len(varying[0])
        self.lines: list[list[str]] = [[] for _ in range(self.depth + 1)]  # before all, in each
        self.arrays: list[str] = []
        self.called: dict[str, int] = {"llvm.fmuladd.f64": 3}
        self.values: list[str] = []
        self.converted = 0
        self.levels: list[int] = []
        for d in range(self.depth):
            self._size(f"n{d + 1}", d)
        along = iter(varying)
        for i, one in enumerate(made.operations):
            self._operation(i, one, along)
        for place in made.outputs:
            pointer = self._pointer([True] * self.depth)
            number = self._number(place, self.depth)
            self.lines[-1].append(f"store double {number}, ptr {pointer}, align 8")

    def text(self) -> str:
        """All of it."""
        pointers = "".join(f", ptr noalias %{name}" for name in self.arrays)
        declared = [
            f"declare double @{name}({', '.join(['double'] * count)})"
            for name, count in self.called.items()
            if name not in _DEFINED
        ]
        return "\n".join([
            _LOGARITHMS, *declared, f"define void @run(ptr noalias readonly %sizes{pointers}) {{",
            "loop0:", *self.lines[0], *self._loop(1), "ret void", "}",
            "!0 = distinct !{!0, !1}", '!1 = !{!"llvm.loop.vectorize.enable", i1 true}',
        ])  # fmt: skip

    def _loop(self, d: int) -> list[str]:
        if d > self.depth:
            return []
        how = ", !llvm.loop !0" if d == self.depth else ""
        return [
            f"br label %loop{d}", f"loop{d}:",
            f"%i{d} = phi i64 [ 0, %loop{d - 1} ], [ %j{d}, %end{d} ]",
            *self.lines[d], *self._loop(d + 1), f"br label %end{d}", f"end{d}:",
            f"%j{d} = add nuw nsw i64 %i{d}, 1", f"%done{d} = icmp eq i64 %j{d}, %n{d}",
            f"br i1 %done{d}, label %after{d}, label %loop{d}{how}", f"after{d}:",
        ]  # fmt: skip

    def _size(self, name: str, place: int) -> str:
        """The name of a number in `sizes`."""
        at = f"getelementptr i64, ptr %sizes, i64 {place}"
        self.lines[0] += [f"%at_{name} = {at}", f"%{name} = load i64, ptr %at_{name}"]
        return f"%{name}"

    def _pointer(self, varies: Sequence[bool]) -> str:
        """The name of where the value of the next array lies in the innermost loop it varies in."""
        array = f"a{len(self.arrays)}"
        self.arrays.append(array)
        pointer = f"%{array}"
        for d in range(1, self.depth + 1):
            if varies[d - 1]:
                offset = f"%i{d}"
                if d < self.depth:
                    step = self._size(f"{array}_step{d}", len(self.arrays) * self.depth + d - 1)
                    self.lines[d].append(f"%{array}_far{d} = mul i64 %i{d}, {step}")
                    offset = f"%{array}_far{d}"
                where = f"getelementptr double, ptr {pointer}, i64 {offset}"
                pointer = f"%{array}_{d}"
                self.lines[d].append(f"{pointer} = {where}")
        return pointer

    def _operation(self, i: int, one: Operation, along: Iterator[Sequence[bool]]) -> None:
        level = max((self.levels[k] for k in one.operands), default=0)
        value = f"%v{i}"
        if one.name == "constant":
            flag = one.kind == "bool"
            value = str(bool(one.value)).lower() if flag else _double(one.value)
        elif one.name == "input":
            varies = next(along)
            level = max((d + 1 for d, v in enumerate(varies) if v), default=0)
            loaded = value if one.kind == "float64" else f"%l{i}"
            line = f"{loaded} = load double, ptr {self._pointer(varies)}, align 8"
            self.lines[level].append(line)
            if one.kind == "bool":
                self.lines[level].append(f"{value} = fcmp une double {loaded}, 0.0")
        elif one.name == "convert":
            to = self._number if one.kind == "float64" else self._flag
            value = to(one.operands[0], level)
        else:
            self.lines[level].append(f"{value} = {self._line(i, one, level)}")
        self.values.append(value)
        self.levels.append(level)

    def _line(self, i: int, one: Operation, level: int) -> str:
        """What computes a value."""
        given = [self.values[k] for k in one.operands]
        of = _TYPES[self.made.operations[one.operands[-1]].kind]
        if one.name in _SIGNS | _OF_FLAGS:
            sign = (_SIGNS if of == "double" else _OF_FLAGS)[one.name]
            return f"{sign} {of} {', '.join(given)}"
        if one.name in _CALLS:
            return self._call(_CALLS[one.name], given)
        if one.name == "not":
            return f"xor i1 {given[0]}, true"
        if one.name == "select":
            return f"select i1 {given[0]}, {of} {given[1]}, {of} {given[2]}"
        other = f"%o{i}"
        if one.name == "is_finite":
            self.lines[level].append(f"{other} = {self._call('llvm.fabs.f64', given)}")
            return f"fcmp olt double {other}, {_double(math.inf)}"
        signed = self._call("llvm.copysign.f64", ["1.0", *given])  # the sign of 0 and of NaN is it
        self.lines[level] += [f"{other} = {signed}", f"{other}n = fcmp one double {given[0]}, 0.0"]
        return f"select i1 {other}n, double {other}, double {given[0]}"

    def _call(self, name: str, given: Sequence[str]) -> str:
        self.called[name] = len(given)
        return f"call double @{name}({', '.join(f'double {x}' for x in given)})"

    def _number(self, place: int, level: int) -> str:
        """A value as a number, in a loop."""
        return self._as("double", "uitofp i1 {} to double", place, level)

    def _flag(self, place: int, level: int) -> str:
        """A value as a flag, in a loop: whether it is not 0."""
        return self._as("i1", "fcmp une double {}, 0.0", place, level)

    def _as(self, wished: str, how: str, place: int, level: int) -> str:
        value = self.values[place]
        if _TYPES[self.made.operations[place].kind] == wished:
            return value
        self.converted += 1
        self.lines[level].append(f"%c{self.converted} = {how.format(value)}")
        return f"%c{self.converted}"
