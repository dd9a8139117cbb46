"""A case: one sample, its mixture, its trap, and what is done to it."""

import dataclasses
import operator
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, overload
from unicodedata import category

from entrap.case.estimates import estimate, other_routes, with_estimates
from entrap.case.film import Film
from entrap.case.junction import Junction
from entrap.case.landau import Landau
from entrap.case.material import Material
from entrap.case.mixture import ENTROPIES, Mixture
from entrap.case.priors import Prior
from entrap.case.protocol import Protocol
from entrap.case.provenance import filled
from entrap.case.tables import (
    NESTED,
    STUDIES,
    TABLES,
    current_key,
    declarations,
    misplaced,
    reach,
    read_table,
    stated_of,
    with_current_keys,
)
from entrap.case.trap import Trap
from entrap.case.uncertain import take_priors, uncertain
from entrap.core import markup
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import number_text
from entrap.core.units import in_unit

REQUIRED = ("material", "landau", "protocol")
"""Tables that the evolution of a sample needs: no mixture and no trap are cases of their own."""

LONGEST = 200
"""Characters of a title, at most."""


@dataclasses.dataclass(frozen=True)
class Case:
    """Material, Landau coefficients, mixture, trap and protocol, each valid by itself.

    Args:
        material: The bare sample.
        landau: Its Landau coefficients, by one of three routes; not for the trap alone.
        protocol: What is done to it; not for the trap alone.
        mixture: Valence electrons mixed in; none where it is not given.
        trap: The quasiparticle trap; none where it is not given.
        priors: What is believed of its numbers before the data, by dotted key.
        title: A line that names the case.

    Raises:
        InputError: the parts do not fit together.
    """

    material: Material
    landau: Landau | None = None
    protocol: Protocol | None = None
    mixture: Mixture = Mixture()
    trap: Trap = Trap()
    title: str = "untitled"
    priors: Mapping[str, Prior] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        problems = [*_title(self.title), *_unfounded(self), *_misfits(self)]
        if problems:
            raise InputError(*problems)

    def __eq__(self, other: object) -> bool:
        """Whether all that is stated is equal; a file that states no study equals its sample."""
        return isinstance(other, Case) and _stated(self) == _stated(other)

    @overload
    def require(self, table: Literal["landau"]) -> Landau: ...
    @overload
    def require(self, table: Literal["protocol"]) -> Protocol: ...
    @overload
    def require(self, table: Literal["trap.junction"]) -> Junction: ...
    @overload
    def require(self, table: Literal["trap.film"]) -> Film: ...
    def require(self, table: str) -> Any:
        """A table that a case may lack.

        Raises:
            InputError: the case lacks it.

        Examples:
            >>> Case(Material(name="Al")).require("protocol")
            Traceback (most recent call last):
            ...
            entrap.core.errors.InputError: `protocol` is missing: ... the table [protocol]
        """
        part = tables_of(self).get(table)
        if part is None:
            raise InputError(needed(table))
        return part

    def _repr_html_(self) -> str:
        """The case as a notebook shows it: its numbers, in the units in which people quote them."""
        return markup.card(self.title, markup.table(_numbers(self)))

    @classmethod
    def from_dict(cls, stated: Mapping[str, Any], needs: Iterable[str] = REQUIRED) -> "Case":
        """Case from the nested tables of the sample, as `to_dict` has them.

        `needs` names tables that what is asked of the case cannot do without, as "trap.junction".
        The material is always needed. `CaseFile.from_dict` also takes the tables of studies.

        Raises:
            InputError: all that is wrong, each with its table and key.
        """
        problems: list[Problem] = []
        parts = read_parts(stated, needs, problems)
        if problems:
            raise InputError(*problems)
        return cls(**parts)

    def to_dict(self) -> dict[str, Any]:
        """The case as nested tables of SI numbers; `from_dict` gives the same case back."""
        parts = {"title": self.title} | {
            name: stated_of(part) for name in TABLES if (part := getattr(self, name)) is not None
        }
        for key, prior in self.priors.items():
            table, last = reach(parts, key)
            table[last] = {"value": operator.attrgetter(key)(self), "prior": str(prior)}
        return parts

    def changed(self, changes: Mapping[str, Any]) -> "Case":
        """The case with keys changed, as a case file whose lines are changed would state it.

        The changes are values by dotted key, numbers in SI or texts with a unit. What was not
        stated is filled in anew: the gap follows another critical temperature, and what the library
        gives follows another name.

        Raises:
            InputError: all that is wrong with the changed case, each with its key.

        Examples:
            >>> case = Case(Material(name="Nb"))
            >>> hotter = case.changed({"material.critical_temperature": "18.5 K"})
            >>> f"{case.material.gap:.3g} {hotter.material.gap:.3g}"
            '2.48e-22 4.51e-22'
        """
        stated = Case.to_dict(self)
        for name, part in tables_of(self).items():
            if hasattr(part, "provenance"):
                table, _ = reach(stated, f"{name}.provenance")
                again = filled(part)
                table["provenance"] = {k: x for k, x in part.provenance.items() if k not in again}
                for key in again:
                    del table[key]
        for key, value in ((current_key(name), value) for name, value in changes.items()):
            table, last = reach(stated, key)
            if key in self.priors and not isinstance(value, Mapping):
                value = {**table[last], "value": value}
            table[last] = value
        return Case.from_dict(stated, needs=())


def read_parts(
    stated: Mapping[str, Any],
    needs: Iterable[str],
    problems: list[Problem],
    others: tuple[str, ...] = (),
) -> dict[str, Any]:
    """The arguments of a `Case`, from nested tables; what is wrong is added to the problems.

    Messages about an unknown table also name the `others`, which may stand beside those of a case.
    """
    stated = with_current_keys(stated, problems)
    stated, priors = take_priors(stated, declarations(), problems)
    parts: dict[str, Any] = {"priors": priors}
    for name, value in stated.items():
        if name == "title":
            parts["title"] = value
            problems += _title(value)
        elif name in TABLES:
            parts[name] = read_table(name, TABLES[name], value, problems)
        elif name in STUDIES:
            message = "is the table of a study, and no part of the sample: use CaseFile.from_dict"
            problems.append(Problem(message, name))
        else:
            problems.append(Problem(misplaced(name, ("title", *TABLES, *others), "table"), name))
    problems += [
        needed(name) for name in dict.fromkeys(("material", *needs)) if not _states(stated, name)
    ]
    problems[:] = with_estimates(problems, parts.get("material"))
    return parts


def tables_of(case: Case) -> dict[str, Any]:
    """The tables that a case has, those inside tables too, by dotted name.

    Examples:
        >>> list(tables_of(Case(Material(name="Al"))))
        ['material', 'mixture', 'trap']
    """
    found = {name: operator.attrgetter(name)(case) for name in (*TABLES, *NESTED)}
    return {name: part for name, part in found.items() if part is not None}


def _stated(case: Case) -> dict[str, Any]:
    """All fields of a case, the tables of its studies as they would be written down."""
    studies = getattr(case, "studies", {})
    written = {n: x if isinstance(x, Mapping) else x.to_dict() for n, x in studies.items()}
    fields = {field.name: getattr(case, field.name) for field in dataclasses.fields(Case)}
    return fields | {"studies": written}


def _states(stated: Any, name: str) -> bool:
    """Whether tables have a table of this dotted name; one that is wrong is reported elsewhere."""
    first, _, rest = name.partition(".")
    if not isinstance(stated, Mapping) or first not in stated:
        return False
    return _states(stated[first], rest) if rest else True


def needed(table: str) -> Problem:
    """That a case lacks a table."""
    return Problem(f"is missing: a case needs the table [{table}]", table)


def _misfits(case: Case) -> list[Problem]:
    """What does not fit together, though each table is valid by itself."""
    material, landau, trap = case.material, case.landau, case.trap
    critical = material.critical_temperature
    below = (landau and landau.below_critical) or 0.0
    uses: dict[str, dict[str, Any]] = {
        "fermi_temperature": {"the BCS route": landau and landau.bcs},
        "fermi_velocity": {"a mean free path": landau and landau.mean_free_path is not None},
        "density_of_states": {"[trap.junction]": trap.junction},
        "electron_phonon_time": {"[trap.junction]": trap.junction},
    }
    word = case.mixture.entropy
    for key in ENTROPIES[word].needs:
        uses.setdefault(key, {})[f'entropy = "{word}"'] = True
    wanting = {key: [user for user, wants in of.items() if wants] for key, of in uses.items()}
    film = trap.film
    rules = (
        (
            "landau.below_critical",
            below >= critical,
            f"must be less than T_c, {critical:g} K, but is {below:g} K",
        ),
        *(
            (
                f"material.{key}",
                users and getattr(material, key) is None,
                _lacking(key, users, material),
            )
            for key, users in wanting.items()
        ),
        (
            "trap.junction",
            film and trap.junction is None and not trap.rate,
            "is missing: [trap.film] needs it, or the trap's `rate` under the trap itself",
        ),
        (
            "trap.film.quasiparticle_diffusivity",
            film and film.quasiparticle_diffusivity is None and material.diffusivity is None,
            "is missing: give it, or `diffusivity` in [material], from which it follows",
        ),
        (
            "trap.film.temperature",
            film and film.temperature is None and case.protocol is None,
            "is missing: give it, or a [protocol], whose start it then is",
        ),
    )
    return [Problem(text, key) for key, broken, text in rules if broken]


def _lacking(key: str, users: list[str], material: Material) -> str:
    """What a message says of a number of the material that is missing."""
    need = "needs" if len(users) == 1 else "need"
    told = [f"is missing: {' and '.join(users)} {need} it"]
    if about := estimate(key, material):
        told.append(about)
    if "the BCS route" in users:
        told.append(other_routes("bcs"))
    return "; ".join(told)


def _unfounded(case: Case) -> list[Problem]:
    """Priors on what the case does not have."""
    known = uncertain() if case.priors else {}
    message = "has a prior, but the case has no such number"
    problems = [Problem(message, key) for key in case.priors if key not in known]
    for key in case.priors.keys() & known.keys():
        table, _, last = key.rpartition(".")
        if getattr(tables_of(case).get(table), last, None) is None:
            problems.append(Problem(message, key))
    return problems


def _numbers(case: Case) -> Iterator[tuple[str, str, str]]:
    """Letter, meaning and value of each number that is not 0."""
    tables = tables_of(case)
    for key, declared in declarations().items():
        table, _, name = key.rpartition(".")
        value = getattr(tables[table], name) if table in tables else None
        if declared.symbol and value and isinstance(value, int | float):
            unit = declared.display or declared.unit
            text = number_text(in_unit(value, declared.unit, declared.display), 6)
            yield declared.symbol, declared.meaning, text if unit == "1" else f"{text} {unit}"


def _title(value: Any) -> list[Problem]:
    """What keeps a value from being a title: figures, tables and files show it on a line."""
    if not isinstance(value, str):
        return [Problem(f"must be a text, but is a {type(value).__name__}", "title")]
    if len(value) > LONGEST or any(category(c) in ("Cc", "Cs", "Zl", "Zp") for c in value):
        return [Problem(f"must be one line of at most {LONGEST} characters", "title")]
    return []
