"""A case: one sample, its mixture, its trap, and what is done to it."""

import dataclasses
import operator
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Literal, overload
from unicodedata import category

from entrap.core.errors import InputError, Problem
from entrap.core.quantities import quantities
from entrap.inputs.film import Film
from entrap.inputs.junction import Junction
from entrap.inputs.landau import Landau
from entrap.inputs.material import Material
from entrap.inputs.mixture import Mixture
from entrap.inputs.protocol import Protocol
from entrap.inputs.trap import Trap

TABLES: dict[str, type] = {
    "material": Material,
    "landau": Landau,
    "mixture": Mixture,
    "trap": Trap,
    "protocol": Protocol,
}
"""The tables of a case file, in the order in which they are written."""

NESTED: dict[str, type] = {"trap.junction": Junction, "trap.film": Film}
"""The tables inside tables, by their dotted names."""

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

    def __post_init__(self) -> None:
        problems = [*_title(self.title), *_misfits(self)]
        if problems:
            raise InputError(*problems)

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

        Args:
            table: Its name.

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
            raise InputError(_needed(table))
        return part

    @classmethod
    def from_dict(cls, stated: Mapping[str, Any], needs: Iterable[str] = REQUIRED) -> "Case":
        """Case from nested tables, as a case file or `to_dict` has them.

        Args:
            stated: Tables by name, each a mapping from key to number, text, switch or table.
            needs: Tables that what is asked of the case cannot do without, as "trap.junction";
                the material is always needed.

        Raises:
            InputError: all that is wrong, each with its table and key.
        """
        problems: list[Problem] = []
        parts: dict[str, Any] = {}
        for name, value in stated.items():
            if name == "title":
                parts["title"] = value
                problems += _title(value)
            elif name not in TABLES:
                problems.append(Problem(_unknown(name, ("title", *TABLES), "table"), name))
            else:
                parts[name] = _part(name, TABLES[name], value, problems)
        problems += [
            _needed(name)
            for name in dict.fromkeys(("material", *needs))
            if not _states(stated, name)
        ]
        if problems:
            raise InputError(*problems)
        return cls(**parts)

    def to_dict(self) -> dict[str, Any]:
        """The case as nested tables of SI numbers; `from_dict` gives the same case back."""
        return {"title": self.title} | {
            name: _stated(part) for name in TABLES if (part := getattr(self, name)) is not None
        }


def tables_of(case: Case) -> dict[str, Any]:
    """The tables that a case has, those inside tables too, by dotted name.

    Examples:
        >>> list(tables_of(Case(Material(name="Al"))))
        ['material', 'mixture', 'trap']
    """
    found = {name: operator.attrgetter(name)(case) for name in (*TABLES, *NESTED)}
    return {name: part for name, part in found.items() if part is not None}


def _stated(part: Any) -> dict[str, Any]:
    values = {field.name: getattr(part, field.name) for field in dataclasses.fields(part)}
    return {
        key: _stated(value) if dataclasses.is_dataclass(value) else value
        for key, value in values.items()
        if value is not None and value is not False and value != {}
    }


def _states(stated: Any, name: str) -> bool:
    """Whether tables have a table of this dotted name; one that is wrong is told elsewhere."""
    first, _, rest = name.partition(".")
    if not isinstance(stated, Mapping) or first not in stated:
        return False
    return _states(stated[first], rest) if rest else True


def _needed(table: str) -> Problem:
    return Problem(f"is missing: a case needs the table [{table}]", table)


def _misfits(case: Case) -> list[Problem]:
    """What does not fit together, though each table is valid by itself."""
    material, landau, trap = case.material, case.landau, case.trap
    problems = []
    below, critical = landau and landau.below_critical, material.critical_temperature
    if below is not None and below >= critical:
        problems.append(
            Problem(
                f"must be less than T_c, {critical:g} K, but is {below:g} K",
                "landau.below_critical",
            )
        )
    uses = {
        "fermi_temperature": {
            "the BCS route": landau and landau.bcs,
            'entropy = "degenerate"': case.mixture.entropy == "degenerate",
        },
        "fermi_velocity": {"a mean free path": landau and landau.mean_free_path is not None},
        "density_of_states": {"[trap.junction]": trap.junction},
        "kaplan_time": {"[trap.junction]": trap.junction},
    }
    for key, users in uses.items():
        wanting = [user for user, wants in users.items() if wants]
        if wanting and getattr(material, key) is None:
            problems.append(
                Problem(f"is missing: {' and '.join(wanting)} needs it", f"material.{key}")
            )
    if trap.film is None:
        return problems
    if trap.junction is None and not trap.rate:
        problems.append(
            Problem(
                "is missing: [trap.film] needs it, or the trap's `rate` under the trap itself",
                "trap.junction",
            )
        )
    if trap.film.quasiparticle_diffusivity is None and material.diffusivity is None:
        problems.append(
            Problem(
                "is missing: give it, or `diffusivity` in [material], from which it follows",
                "trap.film.quasiparticle_diffusivity",
            )
        )
    if trap.film.temperature is None and case.protocol is None:
        problems.append(
            Problem(
                "is missing: give it, or a [protocol], whose start it then is",
                "trap.film.temperature",
            )
        )
    return problems


def _part(name: str, table: type, stated: Any, problems: list[Problem]) -> Any:
    """One table with those inside it; what is wrong with it is added to `problems`."""
    if not isinstance(stated, Mapping):
        problems.append(Problem(f"must be a table, but is a {type(stated).__name__}", name))
        return None
    known = dict(quantities(table))
    fields = [field.name for field in dataclasses.fields(table)]
    inner = {key: NESTED[f"{name}.{key}"] for key in fields if f"{name}.{key}" in NESTED}
    before = len(problems)
    parts = {
        key: _part(f"{name}.{key}", inner[key], value, problems) if key in inner else value
        for key, value in stated.items()
    }
    problems += [
        Problem(_unknown(key, (*known, *inner), "key"), f"{name}.{key}")
        for key in stated
        if key not in fields
    ]
    problems += [
        Problem(
            f"is missing: [{name}] needs it, as in {field.name} = {_example(known, field.name)}",
            f"{name}.{field.name}",
        )
        for field in dataclasses.fields(table)
        if field.name not in stated
        and field.default is dataclasses.MISSING
        and field.default_factory is dataclasses.MISSING
    ]
    if len(problems) > before:
        # Values are still checked, so that one reading reports all that is wrong.
        for key, value in stated.items():
            if key in known:
                try:
                    known[key].read(value)
                except InputError as error:
                    problems += [Problem(p.text, f"{name}.{key}") for p in error.problems]
        return None
    try:
        return table(**parts)
    except InputError as error:
        problems += [
            Problem(p.text.removeprefix(f"[{name}] "), f"{name}.{p.key}" if p.key else name)
            for p in error.problems
        ]
        return None


def _title(value: Any) -> list[Problem]:
    """What keeps a value from being a title: figures, tables and files show it on a line."""
    if not isinstance(value, str):
        return [Problem(f"must be a text, but is a {type(value).__name__}", "title")]
    if len(value) > LONGEST or any(category(c) in ("Cc", "Cs", "Zl", "Zp") for c in value):
        return [Problem(f"must be one line of at most {LONGEST} characters", "title")]
    return []


def _unknown(key: str, known: tuple[str, ...], kind: str) -> str:
    near = get_close_matches(key, known, n=1, cutoff=0.4)
    hint = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(known)}."
    return f"is an unknown {kind}; {hint}"


def _example(known: Mapping[str, Any], key: str) -> str:
    example = known[key].example
    return f'"{example}"' if isinstance(example, str) else str(example)
