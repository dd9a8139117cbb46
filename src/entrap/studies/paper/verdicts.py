"""What a claim is, and the rules that decide its verdict."""

import dataclasses
import math
from typing import Literal

Verdict = Literal["agrees", "printed form is wrong", "order of magnitude", "does not follow"]

EXACT = 1e-9
"""Relative difference up to which two forms are the same; SI against Gaussian costs 1e-10."""

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
    near = ours != 0 and 1 / FACTOR <= printed / ours <= FACTOR
    return "order of magnitude" if near else "printed form is wrong"


def follows(holds: bool) -> Verdict:
    """Verdict on an inference: its premise holds or not."""
    return "agrees" if holds else "does not follow"
