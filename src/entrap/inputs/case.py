"""A case: one sample, its mixture, its trap, and what is done to it."""

import dataclasses
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any
from unicodedata import category

from entrap.core.errors import InputError, Problem
from entrap.core.quantities import quantities
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

REQUIRED = ("material", "landau", "protocol")
"""Tables that a case cannot do without: no mixture and no trap are cases of their own."""

LONGEST = 200
"""Characters of a title, at most."""


@dataclasses.dataclass(frozen=True)
class Case:
    """Material, Landau coefficients, mixture, trap and protocol, each valid by itself.

    Args:
        material: The bare sample.
        landau: Its Landau coefficients, by one of three routes.
        protocol: What is done to it.
        mixture: Valence electrons mixed in; none where it is not given.
        trap: The quasiparticle trap; none where it is not given.
        title: A line that names the case.

    Raises:
        InputError: the parts do not fit together.
    """

    material: Material
    landau: Landau
    protocol: Protocol
    mixture: Mixture = Mixture()
    trap: Trap = Trap()
    title: str = "untitled"

    def __post_init__(self) -> None:
        problems = _title(self.title)
        below, critical = self.landau.below_critical, self.material.critical_temperature
        if below is not None and below >= critical:
            problems.append(
                Problem(
                    f"must be less than T_c, {critical:g} K, but is {below:g} K",
                    "landau.below_critical",
                )
            )
        uses = {
            "fermi_temperature": {
                "the BCS route": self.landau.bcs,
                'entropy = "degenerate"': self.mixture.entropy == "degenerate",
            },
            "fermi_velocity": {"a mean free path": self.landau.mean_free_path is not None},
        }
        for key, users in uses.items():
            wanting = [user for user, wants in users.items() if wants]
            if wanting and getattr(self.material, key) is None:
                problems.append(
                    Problem(f"is missing: {' and '.join(wanting)} needs it", f"material.{key}")
                )
        if problems:
            raise InputError(*problems)

    @classmethod
    def from_dict(cls, stated: Mapping[str, Any]) -> "Case":
        """Case from nested tables, as a case file or `to_dict` has them.

        Args:
            stated: Tables by name, each a mapping from key to number, text or switch.

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
            elif not isinstance(value, Mapping):
                problems.append(Problem(f"must be a table, but is a {type(value).__name__}", name))
                parts[name] = None
            else:
                parts[name] = _part(name, TABLES[name], value, problems)
        problems += [
            Problem(f"is missing: a case needs the table [{name}]", name)
            for name in REQUIRED
            if name not in stated
        ]
        if problems:
            raise InputError(*problems)
        return cls(**parts)

    def to_dict(self) -> dict[str, Any]:
        """The case as nested tables of SI numbers; `from_dict` gives the same case back."""
        tables: dict[str, Any] = {"title": self.title}
        for name in TABLES:
            part = getattr(self, name)
            tables[name] = {
                field.name: value
                for field in dataclasses.fields(part)
                if (value := getattr(part, field.name)) is not None
                and value is not False
                and value != {}
            }
        return tables


def _part(name: str, table: type, stated: Mapping[str, Any], problems: list[Problem]) -> Any:
    """One table; what is wrong with it is added to `problems`."""
    known = dict(quantities(table))
    fields = [field.name for field in dataclasses.fields(table)]
    before = len(problems)
    problems += [
        Problem(_unknown(key, tuple(known), "key"), f"{name}.{key}")
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
        return table(**stated)
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
