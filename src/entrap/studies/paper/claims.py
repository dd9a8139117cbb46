"""The claims of the paper in `claims.toml`, each beside what we find, and how it is judged.

Source: V. Kornich, arXiv:2605.15834 (2026). E1-E12 number the errata of the theory page.
"""

import dataclasses
import math
import operator
import re
import string
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any, Literal, get_args

from entrap.core.quantities import number_text
from entrap.studies.paper.derivations import derivations
from entrap.studies.paper.estimates import estimates
from entrap.studies.paper.premises import premises

Verdict = Literal["agrees", "printed form is wrong", "order of magnitude", "does not follow"]

VERDICTS: tuple[str, ...] = get_args(Verdict)

EXACT = 1e-9
"""Relative difference up to which two forms are the same; SI against Gaussian costs 1e-10."""

FACTOR = math.sqrt(10)
"""What "~" may be off by: half an order of magnitude either way."""


class _Worded(string.Formatter):
    """Puts numbers into sentences as all sentences have them."""

    def format_field(self, value: Any, format_spec: str) -> str:
        match = re.fullmatch(r"(?:\.(\d))?([ge])", format_spec)
        if match is None:
            return str(super().format_field(value, format_spec))
        return number_text(value, int(match[1] or 6) + (match[2] == "e"))


_WORDED = _Worded()
_SIGNS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


@dataclasses.dataclass(frozen=True)
class Claim:
    """One statement of the paper, and what we find.

    Args:
        id: Short name, unique.
        where: Equation, figure or part of the text.
        statement: What is said there, quoted or in short.
        printed: The paper's number, or what its formula gives; None where it states none.
        ours: What the right formula gives, or what decides about an inference.
        unit: SI unit of `ours`, "1" for a pure number.
        printed_unit: Unit of `printed`, where its dimension differs.
        verdict: Decided by the numbers.
        note: Why, in a few sentences.
        errata: Number of the erratum, if any.
        quote: The paper's words, where the statement puts them in ours.
        derivation: Page and section of the docs, as in "theory.md#e4".
    """

    id: str
    where: str
    statement: str
    printed: float | None
    ours: float
    unit: str
    printed_unit: str
    verdict: Verdict
    note: str
    errata: str
    quote: str
    derivation: str


def claims() -> tuple[Claim, ...]:
    """Every claim, in the paper's order, computed afresh."""
    found = derivations() | estimates() | premises()
    numbers = {name: float(x) for name, x in found.items()}
    stated = tomllib.loads(files("entrap.studies.paper").joinpath("claims.toml").read_text("utf-8"))
    return tuple(_claim(name, numbers, **row) for name, row in stated.items())


def as_json(claims: Iterable[Claim]) -> list[dict[str, Any]]:
    """The claims as JSON takes them: no NaN, no infinity.

    Raises:
        ValueError: a number is not finite.
    """
    rows = [dataclasses.asdict(claim) for claim in claims]
    for row in rows:
        if not all(math.isfinite(row[side] or 0.0) for side in ("printed", "ours")):
            raise ValueError(f"The claim {row['id']} must have finite numbers.")
    return rows


def _claim(
    id: str,
    numbers: Mapping[str, float],
    *,
    where: str,
    statement: str,
    ours: str,
    printed: str | float | None = None,
    unit: str = "1",
    printed_unit: str = "",
    rule: str = "same",
    note: str = "",
    errata: str = "",
    quote: str = "",
    derivation: str,
) -> Claim:
    """The claim that a row of the table states, with its verdict."""
    said = numbers[printed] if isinstance(printed, str) else printed
    verdict = _verdict(rule, said, numbers[ours], numbers)
    note, printed_unit = _WORDED.vformat(note, (), numbers), printed_unit or unit
    return Claim(
        id, where, statement, said, numbers[ours], unit, printed_unit, verdict, note, errata,
        quote, derivation,
    )  # fmt: skip


def _verdict(
    rule: str, printed: float | None, ours: float, numbers: Mapping[str, float]
) -> Verdict:
    """The verdict by a rule as the head of `claims.toml` describes them."""
    word, *rest = rule.split()
    if _SIGNS.keys() & rest:
        return follows(_holds(rule, {**numbers, "ours": ours, "printed": printed or 0.0}))
    if printed is None:
        raise ValueError(f'The rule "{rule}" needs a printed number, but the claim states none.')
    if word == "close":
        return follows(rough(printed, ours) != "printed form is wrong")
    return {"same": same, "rounded": rounded, "rough": rough}[word](printed, ours, *map(int, rest))


def _holds(inequalities: str, numbers: Mapping[str, float]) -> bool:
    """Whether a chain as in "1e6 <= pairs <= 1e7" holds."""
    words = inequalities.split()
    values = [numbers[word] if word in numbers else float(word) for word in words[::2]]
    signs = [_SIGNS[word] for word in words[1::2]]
    return all(sign(x, y) for sign, x, y in zip(signs, values[:-1], values[1:], strict=True))


def same(printed: float, ours: float) -> Verdict:
    """Verdict on a formula: the two values are one, up to rounding."""
    close = abs(printed - ours) <= EXACT * max(abs(printed), abs(ours))
    return "agrees" if close else "printed form is wrong"


def rounded(printed: float, ours: float, digits: int) -> Verdict:
    """Verdict on a number given to `digits` significant digits."""
    close = math.isclose(float(f"{ours:.{digits - 1}e}"), printed, rel_tol=EXACT)
    return "agrees" if close else "printed form is wrong"


def rough(printed: float, ours: float, digits: int = 1) -> Verdict:
    """Verdict on a number given with "~": equal to `digits`, or off by a factor up to `FACTOR`."""
    if rounded(printed, ours, digits) == "agrees":
        return "agrees"
    near = ours != 0 and 1 / FACTOR <= printed / ours <= FACTOR
    return "order of magnitude" if near else "printed form is wrong"


def follows(holds: bool) -> Verdict:
    """Verdict on an inference, which follows if its premise holds."""
    return "agrees" if holds else "does not follow"
