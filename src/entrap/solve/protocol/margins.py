"""Margins of the assumptions over a result: the worst point of each, and what one lacks."""

import dataclasses
from typing import Any

import numpy as np

from entrap.case.case import Case
from entrap.core.quantities import Quantity, quantities
from entrap.model.validity import OF_TRAP, Margins

CAPPED_FROM = 1 - 1e-9
"""Share of the last temperature from which one is that, and a lower bound."""

_UNDEFINED = "not defined here"
_NO_FIELD = "at κ ≤ 1 there is no B_c1"
_NORMAL = "the sample is normal"


@dataclasses.dataclass(frozen=True)
class Margin:
    """Worst point of one assumption of the theory over a result.

    Args:
        name: Field of `entrap.model.validity.Margins`.
        margin: log10(y/x), None where it cannot be said.
        holds_until: Highest temperature [K] up to which it holds without a break, None if nowhere.
        declared: Its inequality, meaning and source.
        missing: What it would take to say it.
        remark: What was estimated to say it.
        at_least: Whether it still holds at the last temperature, so that `holds_until` is a bound.
    """

    name: str
    margin: float | None
    holds_until: float | None
    declared: Quantity
    missing: str = ""
    remark: str = ""
    at_least: bool = False

    @property
    def holds(self) -> bool | None:
        """Whether the assumption holds; None where it cannot be said."""
        return None if self.margin is None else self.margin >= 0


def holds_until(margin: np.ndarray, temperature: np.ndarray) -> np.ndarray:
    """Highest temperature [K] up to which a margin holds without a break; NaN if nowhere.

    Args:
        margin: Along the last axis; NaN where it does not apply, as in a normal sample.
        temperature: Of the same shape.
    """
    fails = np.logical_or.accumulate(margin < 0, axis=-1)
    holds = ~fails & ~np.isnan(margin)
    last = margin.shape[-1] - 1 - holds[..., ::-1].argmax(axis=-1)
    there = np.take_along_axis(temperature, last[..., None], axis=-1)[..., 0]
    return np.where(holds.any(axis=-1), there, np.nan)


def worst(
    margins: Margins, temperature: Any, case: Case, written_by: str = ""
) -> tuple[Margin, ...]:
    """Worst point of each assumption.

    Args:
        margins: log10(y/x) of each assumption.
        temperature: At which they are [K].
        case: What a margin that cannot be said lacks is said of it.
        written_by: Version of entrap whose file they came from; empty where they were computed.
    """
    found = []
    columns = [getattr(margins, name) for name, _ in quantities(Margins)]
    normal = all(np.isnan(column).all() for column in columns if column is not None)
    for name, declared in quantities(Margins):
        values = getattr(margins, name)
        if values is None or np.all(np.isnan(values)):
            undefined = _NO_FIELD if name == "large_kappa" else _UNDEFINED
            why = _NORMAL if normal else missing_input(case, name) or undefined
            if values is None and why == undefined and written_by:
                why = f"entrap {written_by}, which wrote the file, does not give it"
            found.append(Margin(name, None, None, declared, why))
            continue
        values = np.ravel(np.asarray(values))
        until = float(holds_until(values, np.ravel(temperature)))
        least = float(np.nanmin(values))
        last = None if np.isnan(until) else until
        bound = least >= 0 and until >= CAPPED_FROM * np.max(temperature)
        remark = _estimated(case, name)
        found.append(Margin(name, least, last, declared, remark=remark, at_least=bool(bound)))
    return tuple(found)


def _estimated(case: Case, name: str) -> str:
    if name == "classical_entropy" and case.material.fermi_temperature is None:
        return "T_F is estimated from n_c by free electrons"
    return ""


def missing_input(case: Case, name: str) -> str:
    """What a case lacks for the margin of this name to be said; empty where it lacks nothing."""
    if name == "filled_band" and case.mixture.band_gap is None:
        return "give mixture.band_gap, if the valence electrons fill a band"
    if name == "pair_density" and case.material.fermi_velocity is None:
        return "give material.fermi_velocity"
    if name in OF_TRAP and not case.trap.present:
        return "there is no trap: give trap.rate"
    if name in ("proximity", "neutrality") and case.trap.junction is None:
        return "give [trap.junction] in place of trap.rate"
    return ""
