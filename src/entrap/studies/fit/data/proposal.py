"""A table [data] proposed for a file without one, from its columns' names and units."""

import re

from entrap.case.columns.columnfile import ColumnFile
from entrap.case.columns.headings import Heading
from entrap.core.errors import InputError
from entrap.core.units import unit_scale
from entrap.model.observables import OBSERVABLES

_USUAL = {
    "temperature": ("K", r"t|temp(erature)?"),
    "time": ("s", r"t|time"),
    "penetration_depth": ("m", r"lambda|λ|penetration.?depth"),
    "coherence_length": ("m", r"xi|ξ|coherence.?length"),
    "lower_critical_field": ("T", r"[bh]_?c1|lower.?critical.?field"),
    "critical_field": ("T", r"[bh]_?c|critical.?field"),
    "gap": ("J", r"gap|delta|δ"),
}
_NAMES = "|".join(names for _, (unit, names) in _USUAL.items() if unit not in ("K", "s"))
_ERROR = re.compile(
    r"(d|δ|delta|σ|sigma|±|std|sd|err(or)?|unc(ertainty)?|fehler)(?![a-z])"
    rf"|[dδσ](?=({_NAMES})(?![a-z]))",
    re.I,
)


def proposal(file: ColumnFile) -> str:
    """The table, as TOML; empty where no column to measure against, or no observable, is seen.

    It only serves a message: nothing is read by it. What is not seen is "?", which is refused.
    """
    found = {heading.name: _quantity(heading) for heading in file.headings}
    if not {"temperature", "time"} & set(found.values()) or not set(OBSERVABLES) & set(
        found.values()
    ):
        return ""
    errors = [h for h in file.headings if _ERROR.match(h.name) and not found[h.name]]
    lines = []
    for heading in file.headings:
        if not (quantity := found[heading.name]):
            continue
        text = f'quantity = "{quantity}"'
        if quantity in OBSERVABLES:
            fits = [h.name for h in errors if h.unit in (heading.unit, "%")]
            fits.sort(key=lambda name: _unlike(name, heading.name))
            text += f', uncertainty = "{fits[0] if fits else "?"}", trap = "{_state(heading.name)}"'
        lines.append(f'"{heading.name}" = {{ {text} }}')
    return "\n".join(["[data.columns]", *lines])


def _quantity(heading: Heading) -> str:
    first = _parts(heading.name)[0]
    for quantity, (unit, names) in _USUAL.items():
        try:
            known = bool(heading.unit) and unit_scale(heading.unit, unit)
        except InputError:
            continue
        if known and re.fullmatch(names, first, re.I):
            return quantity
    return ""


def _parts(name: str) -> list[str]:
    """The parts of a name, as "lambda" and "on" of "lambda_on"."""
    return re.split(r"[\s_.-]+", name.strip())


def _unlike(error: str, name: str) -> int:
    """How many parts of a column's name that of its errors lacks."""
    return sum(part.lower() not in error.lower() for part in _parts(name))


def _state(name: str) -> str:
    found = [part.lower() for part in _parts(name) if part.lower() in ("on", "off")]
    return found[0] if found else "?"
