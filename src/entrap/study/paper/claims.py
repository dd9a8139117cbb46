"""What the paper says, equation by equation and number by number, beside what we find.

A verdict is decided by comparing the two numbers, or, for an inference, by testing its premise.

Source: V. Kornich, arXiv:2605.15834 (2026). E1-E12 number the errata of the theory page.
"""

import dataclasses
import math
from collections.abc import Iterable, Iterator
from typing import Any, Literal

from entrap.model.sample import Trapping
from entrap.study.paper import estimates as given
from entrap.study.paper.derivations import derivations, point
from entrap.study.paper.estimates import estimates

Verdict = Literal["agrees", "printed form is wrong", "order of magnitude", "does not follow"]

EXACT = 1e-9
"""Relative difference up to which two forms are the same; μ0 alone costs SI against Gaussian 1e-10."""

FACTOR = math.sqrt(10)
"""What "~" may be off by: half an order of magnitude either way."""


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
        note: Why, in a line.
        errata: Number of the erratum, if any.
    """

    id: str
    where: str
    statement: str
    printed: float | None
    ours: float | None
    unit: str
    printed_unit: str
    verdict: Verdict
    note: str
    errata: str


def claims() -> tuple[Claim, ...]:
    """Every claim, in the paper's order, computed afresh."""
    trapping = Trapping(1 / given.TRAP_TIME, 1.25e-24, "constant")  # γ n_n⁰/Γ = 0.5
    found = derivations(point(), 5.0, trapping) | estimates()
    n = {name: float(value) for name, value in found.items()}
    return tuple([*_entropy(n), *_functional(n), *_numbers(n), *_trap(n), *_kinetics(n), *_fields(n)])


def as_json(claims: Iterable[Claim]) -> list[dict[str, Any]]:
    """The claims as JSON takes them: no NaN, no infinity.

    Raises:
        ValueError: a number is not finite.
    """
    rows = [dataclasses.asdict(claim) for claim in claims]
    for row in rows:
        for side in ("printed", "ours"):
            if row[side] is not None and not math.isfinite(row[side]):
                raise ValueError(f"The claim {row['id']} must have finite numbers.")
    return rows


def same(printed: float, ours: float) -> Verdict:
    """Verdict on a formula: the two values are one, up to rounding."""
    close = abs(printed - ours) <= EXACT * max(abs(printed), abs(ours))
    return "agrees" if close else "printed form is wrong"


def rounded(printed: float, ours: float, digits: int) -> Verdict:
    """Verdict on a number given to `digits` significant digits."""
    close = math.isclose(float(f"{ours:.{digits - 1}e}"), printed, rel_tol=EXACT)
    return "agrees" if close else "printed form is wrong"


def rough(printed: float, ours: float, digits: int = 1) -> Verdict:
    """Verdict on a number given with "~", to `digits`: half an order of magnitude is let pass."""
    if rounded(printed, ours, digits) == "agrees":
        return "agrees"
    near = printed * ours > 0 and 1 / FACTOR <= printed / ours <= FACTOR
    return "order of magnitude" if near else "printed form is wrong"


def follows(holds: bool) -> Verdict:
    """Verdict on an inference: its premise holds or not."""
    return "agrees" if holds else "does not follow"


Rows = Iterator[Claim]
Found = dict[str, float]


def _claim(
    id: str,
    where: str,
    statement: str,
    numbers: tuple[float | None, float | None, str],
    verdict: Verdict | None = None,
    note: str = "",
    errata: str = "",
    printed_unit: str = "",
) -> Claim:
    """A claim; a formula, compared by `same`, where no verdict is given."""
    printed, ours, unit = numbers
    if verdict is None:
        if printed is None or ours is None:
            raise ValueError(f"The claim {id} needs two numbers, or a verdict.")
        verdict = same(printed, ours)
    return Claim(
        id, where, statement, printed, ours, unit, printed_unit or unit, verdict, note, errata
    )


# fmt: off
def _entropy(n: Found) -> Rows:
    yield _claim("high-entropy", "Introduction", "High-entropy alloys: configurational entropy usually > 1.61 R",
                 (given.HIGH_ENTROPY, n["entropy_five"], "1"), rounded(given.HIGH_ENTROPY, n["entropy_five"], 3),
                 "R ln 5, five equal components, to three digits.")
