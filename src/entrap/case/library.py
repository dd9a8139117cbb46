"""The library of materials: published numbers, each with its source, and what follows from them.

Three tables in `data` hold it: `entries.csv` (a material a row), `materials.csv` (a number a row,
SI) and `sources.csv` (a source code a row). docs/materials.md tells how to add a material.
"""

import csv
import dataclasses
import functools
import importlib.resources
import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from types import MappingProxyType

from entrap.core.constants import (
    BCS_SLOPE,
    BOLTZMANN,
    ELECTRON_MASS,
    ELEMENTARY_CHARGE,
    VACUUM_PERMEABILITY,
)
from entrap.core.errors import InputError, Problem
from entrap.core.nearest import nearest

_ALIKE = 0.6  # of the letters of a wrong name, from which a known one may have been meant

UNITS: Mapping[str, str] = MappingProxyType(
    {
        "critical_temperature": "K",
        "critical_field": "T",
        "lower_critical_field": "T",
        "upper_critical_field": "T",
        "penetration_depth": "m",
        "coherence_length": "m",
        "gap": "J",
        "conduction_density": "1/m^3",
        "fermi_velocity": "m/s",
        "fermi_temperature": "K",
        "electronic_specific_heat": "J/m^3/K^2",
        "density_of_states": "1/J/m^3",
        "diffusivity": "m^2/s",
        "electron_phonon_time": "s",
        "valence_electrons_per_atom": "1",
        "resistivity": "ohm*m",
    }
)
"""Quantities of the library and their SI units. Fields, lengths and the gap are those at T = 0;
`critical_field` is the thermodynamic one; the density of states is for one spin."""

FIELD_SLOPE = 1.74
"""-(T_c/B_c(0)) dB_c/dT at T_c in weak-coupling BCS theory, as usually rounded (1.737)."""


@dataclasses.dataclass(frozen=True)
class Number:
    """A published number in the unit that `UNITS` gives, with its source in codes and in words.

    The source `D1(S3)` is formula D1 applied to a number of S3. The kind is "measured", "textbook"
    or "derived". It is verified if every source behind it was read, and none recalled.
    """

    value: float
    source: str
    kind: str
    verified: bool
    text: str


@dataclasses.dataclass(frozen=True)
class Entry:
    """A material of the library, with its numbers by quantity; those not found are absent.

    The key is its short name, as a case file states it. The family is "element", "film", "A15",
    "compound", "HEA" (high-entropy alloy) or "low-n". The note says what to know before using it.
    """

    key: str
    name: str
    family: str
    other_names: tuple[str, ...]
    note: str
    values: Mapping[str, Number]


@dataclasses.dataclass(frozen=True)
class SuperfluidDensities:
    """Superconducting electrons at T = 0 [1/m^3]: all carriers n, or m_e/(μ0 e² λ²) that screen."""

    carriers: float | None
    penetration_depth: float | None


@dataclasses.dataclass(frozen=True)
class LandauSlopes:
    """Landau's slope a over k_B: from B_c(0) with either n_s(0), and from T_c/T_F by BCS theory."""

    carriers: float | None
    penetration_depth: float | None
    bcs: float | None


def names() -> tuple[str, ...]:
    """Short names of all materials, in the library's order.

    Examples:
        >>> names()[:4]
        ('Al', 'Nb', 'Ta', 'Pb')
    """
    return tuple(_entries())


def load(name: str) -> Entry:
    """The material of this name: its key, its full name or another, as "Nb" or "niobium".

    A name that is spelled exactly so wins. In other capitals it is taken where it can mean one
    material alone: "tin" is Sn and "TiN" titanium nitride, but "TIN" could be either.

    Raises:
        InputError: no material has that name, and the nearest is named; or several have it.

    Examples:
        >>> load("nb").values["critical_field"].value
        0.198
        >>> load("tin").key
        'Sn'
        >>> load("Nb3Sm")
        Traceback (most recent call last):
        ...
        entrap.core.errors.InputError: `name` must be ... but "Nb3Sm" is not; did you mean "Nb3Sn"?
    """
    wanted = name.strip()
    spelled = _spelled()
    if wanted in spelled:
        return _entries()[spelled[wanted]]
    folded: dict[str, set[str]] = {}
    for spelling, key in spelled.items():
        folded.setdefault(spelling.casefold(), set()).add(key)
    meant = sorted(folded.get(wanted.casefold(), ()))
    if len(meant) == 1:
        return _entries()[meant[0]]
    if meant:
        raise InputError(
            Problem(
                f'must name one material, but "{name[:40]}" can mean {" or ".join(meant)}: '
                "write one of these",
                "name",
            )
        )
    near = nearest(wanted.casefold(), tuple(folded))
    if near and SequenceMatcher(None, wanted.casefold(), near).ratio() < _ALIKE:
        near = None  # there are so few names that some one is a little like any other
    hint = f'did you mean "{min(folded[near])}"?' if near else "`entrap materials` lists all"
    raise InputError(
        Problem(f'must be a material of the library, but "{name[:40]}" is not; {hint}', "name")
    )


def superfluid_densities(entry: Entry) -> SuperfluidDensities:
    """n_s(0) by both conventions, n and m_e/(μ0 e² λ²) [1/m^3].

    In a dirty superconductor all carriers pair but few of them screen, so the second is smaller by
    up to four orders of magnitude; a quantity the library lacks gives None.

    Examples:
        >>> densities = superfluid_densities(load("TiN"))
        >>> f"{densities.carriers:.2e} {densities.penetration_depth:.2e}"
        '3.91e+28 2.75e+25'
    """
    depth = _value(entry, "penetration_depth")
    stiffness = VACUUM_PERMEABILITY * ELEMENTARY_CHARGE**2 * depth**2 if depth else None
    screening = ELECTRON_MASS / stiffness if stiffness else None
    return SuperfluidDensities(_value(entry, "conduction_density"), screening)


def landau_slopes(entry: Entry) -> LandauSlopes:
    """a/k_B from the critical field, a = 1.74² B_c(0)²/(2 μ0 n_s(0) T_c), and from BCS theory.

    Near T_c, B_c = 1.74 B_c(0) (1 - T/T_c) and n_s = 2 n_s(0) (1 - T/T_c), in the field energy
    B_c²/(2 μ0) = a (T_c - T) n_s/2: Eq. (6) with the factor 1/2 it lacks in print. BCS theory gives
    a = 3.51883 k_B T_c/T_F. Where the critical field is itself derived from BCS theory (its
    `Number` says so), agreement of the two is no test.

    Examples:
        >>> slopes = landau_slopes(load("Al"))
        >>> f"{slopes.carriers:.2e} {slopes.penetration_depth:.2e} {slopes.bcs:.2e}"
        '4.49e-05 7.39e-05 3.06e-05'
    """
    critical_temperature = entry.values["critical_temperature"].value
    field = _value(entry, "critical_field")
    fermi_temperature = _value(entry, "fermi_temperature")

    def from_field(density: float | None) -> float | None:
        if field is None or density is None:
            return None
        energy = (FIELD_SLOPE * field) ** 2 / (2 * VACUUM_PERMEABILITY)
        return energy / (density * BOLTZMANN * critical_temperature)

    densities = superfluid_densities(entry)
    return LandauSlopes(
        from_field(densities.carriers),
        from_field(densities.penetration_depth),
        BCS_SLOPE * critical_temperature / fermi_temperature if fermi_temperature else None,
    )


def _value(entry: Entry, quantity: str) -> float | None:
    return entry.values[quantity].value if quantity in entry.values else None


def read_numbers(table: str, column: str) -> dict[str, dict[str, Number]]:
    """Numbers of a CSV file of `data` by the name in a column, then by quantity.

    The other columns of the file are `quantity`, `value` and `source`.
    """
    sources = {row["code"]: row for row in _rows("sources.csv")}
    numbers: dict[str, dict[str, Number]] = {}
    for row in _rows(table):
        behind = [
            sources[code] for code in dict.fromkeys(re.findall(r"[A-Z][\w-]*", row["source"]))
        ]
        numbers.setdefault(row[column], {})[row["quantity"]] = Number(
            value=float(row["value"]),
            source=row["source"],
            kind=behind[0]["kind"],
            verified=all(source["verified"] == "yes" for source in behind),
            text="; ".join(source["text"] for source in behind),
        )
    return numbers


@functools.cache
def _entries() -> Mapping[str, Entry]:
    numbers = read_numbers("materials.csv", "material")
    return {
        row["key"]: Entry(
            key=row["key"],
            name=row["name"],
            family=row["family"],
            other_names=tuple(filter(None, row["other_names"].split(";"))),
            note=row["note"],
            values=MappingProxyType(numbers[row["key"]]),
        )
        for row in _rows("entries.csv")
    }


@functools.cache
def _spelled() -> Mapping[str, str]:
    """Keys of the materials by each of their names, keys before full names before others.

    Other names stand in small letters and begin a sentence with a capital.
    """
    found: dict[str, str] = {}
    entries = _entries().values()
    for entry in entries:
        found[entry.key] = entry.key
    for entry in entries:
        found.setdefault(entry.name, entry.key)
    for entry in entries:
        for other in entry.other_names:
            found.setdefault(other, entry.key)
            found.setdefault(other[:1].upper() + other[1:], entry.key)
    return found


def _rows(table: str) -> list[dict[str, str]]:
    text = importlib.resources.files("entrap.case").joinpath("data", table).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))
