"""The table [target]: what traps are to reach, and which keys may change for it, within what.

It is asked of a film in one dimension (`entrap trap`), or of one that is drawn (`entrap film`).
"""

import dataclasses
import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from entrap.case.case import Case, tables_of
from entrap.case.casefile import study_of
from entrap.case.layoutnumbers import COUNT, layout_number, layout_numbers
from entrap.case.problems import collecting
from entrap.case.schema import NUMBER, description
from entrap.case.tables import current_key, declarations, read_fields
from entrap.core.errors import InputError, Problem
from entrap.core.nearest import nearest
from entrap.core.quantities import Quantity
from entrap.core.spellings import as_stated

GOALS: Mapping[str, Quantity] = {
    "evacuation_time": Quantity("s", "τ_w", "Time in which an excess falls by e", display="ms"),
    "evacuation_rate": Quantity("1/s", "1/τ_w", "Rate at which an excess finally decays"),
    "burst_time": Quantity("s", "t_e", "Time within which a burst falls to 1/e", display="ms"),
    "burst_tail_time": Quantity("s", "t_0.01", "The same to 1 %", display="ms"),
    "trapping_rate": Quantity("1/s", "Γ", "Trapping rate under the trap"),
}
"""What may be asked of a trap."""

DRAWN_GOALS = ("evacuation_time", "evacuation_rate")
"""What may be asked of a film that is drawn, beside `density_PROBE`."""

_AT_PROBE = "density_"

FILM = ("trap.film.trap_length", "trap.film.trap_count", "trap.film.trap_position")
JUNCTION = (
    "trap.junction.interface_resistance",
    "trap.junction.metal_thickness",
    "trap.junction.film_thickness",
)
FREE = (*FILM, *JUNCTION)
"""Keys that a designer can change."""

DRAWN = ("layout.placement.radius", COUNT, "layout.trap_growth")
"""Keys of a drawn film that a designer can change, beside the radius of each of its circles."""

_RADIUS = "^layout[.]shape[.][^.]+[.]circle[.]radius$"

WIDE = 10.0
"""From its value over this to its value times this a key is free where no bounds are given."""

_FORM = '"evacuation_time < 100 us"'
_GOAL = re.compile(r"\s*([\w.-]+)\s*(<=?|>=?)\s*(.+?)\s*")


@dataclasses.dataclass(frozen=True)
class Target:
    """The table [target].

    Args:
        reach: What is asked, as in "evacuation_time < 100 us".
        free: Bounds of the keys that may change, each as "20 um : 400 um" or two numbers in SI;
            where none is given, all that a designer can change, a tenth to ten times its value.

    Raises:
        InputError: all that is wrong, each with its key.

    Examples:
        >>> target = Target("evacuation_time < 100 us", {"trap.film.trap_length": "20 um : 0.4 mm"})
        >>> target.goal, target.below, round(target.limit, 12)
        ('evacuation_time', True, 0.0001)
        >>> [*target.free]
        ['trap.film.trap_length']
    """

    TABLE: ClassVar[str] = "target"

    reach: str
    free: Mapping[str, tuple[float, float]] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        with collecting(problems, "reach"):
            self._parsed()
        object.__setattr__(self, "free", _bounds(self.free, problems))
        if problems:
            raise InputError(*problems)

    @property
    def goal(self) -> str:
        """The name of what is to be reached."""
        return self._parsed()[0]

    @property
    def below(self) -> bool:
        """Whether it is to fall below its limit, rather than rise above it."""
        return self._parsed()[1]

    @property
    def limit(self) -> float:
        """The limit [SI]."""
        return self._parsed()[2]

    @classmethod
    def from_dict(cls, stated: Any) -> "Target":
        """Target from its table, as a case file or `to_dict` has it; one already made stays.

        Raises:
            InputError: all that is wrong, each with its key.
        """
        return read_fields(cls, stated)

    @classmethod
    def of(cls, case: Case) -> "Target | None":
        """What a case says is to be reached; None where it says nothing."""
        return study_of(case, cls)

    def to_dict(self) -> dict[str, Any]:
        """The table as `from_dict` takes it, numbers in SI."""
        return {"reach": self.reach, "free": {key: [*ends] for key, ends in self.free.items()}}

    def bounds(self, case: Case) -> dict[str, tuple[float, float]]:
        """Bounds [SI] of the keys that are free in a case.

        Raises:
            InputError: a key is free that the case does not state.
        """
        parts = tables_of(case)
        own = {key: getattr(parts.get(key.rpartition(".")[0]), key.rpartition(".")[2], None)
               for key in FREE}  # fmt: skip
        film = case.trap.film
        if film is not None:
            own[FILM[2]] = film.trap_centres[0] if film.trap_count == 1 else None
        lacking = [key for key in self.free if own.get(key) is None]
        if lacking:
            text = "cannot be free: the case does not state it"
            raise InputError(*(Problem(text, f"target.free.{key}") for key in lacking))
        if self.free:
            return dict(self.free)
        found = {key: (x / WIDE, x * WIDE) for key, x in own.items() if x is not None}
        if film is not None:
            low, high = found[FILM[0]]
            found[FILM[0]] = low, min(high, film.length)
            found[FILM[1]] = 1, max(WIDE, film.trap_count)
            if FILM[2] in found:
                found[FILM[2]] = 0.0, film.length
        return found

    def _parsed(self) -> tuple[str, bool, float]:
        match = _GOAL.fullmatch(self.reach) if isinstance(self.reach, str) else None
        if match is None:
            raise InputError(f"must read NAME < VALUE or NAME > VALUE, as in {_FORM}, "
                             f"but is {self.reach!r:.60}")  # fmt: skip
        name, sign, value = match.groups()
        known = goal(name)
        if known is None:
            near = nearest(name, GOALS)
            hint = f"did you mean {near}?" if near else f"these can be: {', '.join(GOALS)}"
            raise InputError(f"names {name}, which is nothing that a trap can reach; {hint}")
        limit = known.read(value)
        if limit <= 0:
            raise InputError(f"must have a limit above 0, but has {value}")
        return name, sign.startswith("<"), limit


def goal(name: str) -> Quantity | None:
    """What may be asked by that name; None where there is no such thing.

    Examples:
        >>> goal("density_junction").symbol, goal("density")
        ('x(junction)', None)
    """
    probe = name.removeprefix(_AT_PROBE)
    if name.startswith(_AT_PROBE) and probe.isidentifier():
        return Quantity("1", f"x({probe})", f"n_qp/2N_0Δ at {probe}, in the steady state")
    return GOALS.get(name)


def free_key(key: str) -> Quantity | None:
    """The declaration of a key that may be free; None where it may not."""
    if key in FREE:
        return declarations()[key]
    if key in DRAWN:
        return layout_numbers()[key]
    return layout_number(key) if re.fullmatch(_RADIUS, key) else None


def target_schema() -> dict[str, Any]:
    """Schema of the table [target]."""
    value = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": NUMBER}]}
    ends = {"type": "array", "items": value, "minItems": 2, "maxItems": 2}
    between: dict[str, Any] = {
        "anyOf": [{"type": "string", "pattern": ":"}, ends],
        "examples": ["20 um : 400 um"],
    }
    return {
        "type": "object",
        "description": "What the trap is to reach, and which keys may change for it",
        "additionalProperties": False,
        "required": ["reach"],
        "properties": {
            "reach": {
                "type": "string",
                "description": f"What is asked of the trap, out of {', '.join(GOALS)}; of a drawn "
                "film density_PROBE too",
                "pattern": "[<>]",
                "examples": ["evacuation_time < 100 us"],
            },
            "free": {
                "type": "object",
                "description": "Bounds of keys that may change, by their dotted names in quotes",
                "additionalProperties": False,
                "properties": {
                    key: {"description": description(known), **between}
                    for key in (*FREE, *DRAWN)
                    if (known := free_key(key)) is not None
                },
                "patternProperties": {
                    _RADIUS: {"description": "Radius of a circle of the layout", **between}
                },
            },
        },
    }


def targeted(target: Target | None, reach: str | None, free: Iterable[str]) -> Target | None:
    """The target of a case, if it has one, changed by what a command line says.

    Raises:
        InputError: all that is wrong.
    """
    named: dict[str, Any] = {}
    for text in free:
        key, equals, ends = (part.strip() for part in text.partition("="))
        if not equals:
            raise InputError(f"--free must read KEY=LOW:HIGH, not {text!r:.60}")
        named[key] = ends
    if reach is None and target is None:
        if named:
            raise InputError(f"--free needs a target, as in --target {_FORM}")
        return None
    known = target.free if target else {}
    try:
        return Target(reach or (target.reach if target else ""), {**known, **named})
    except InputError as error:
        if reach is None:
            raise
        raise InputError(
            *(Problem(f"--target {p.text}") if p.key == "reach" else p for p in error.problems)
        ) from None


def _bounds(stated: Any, problems: list[Problem]) -> dict[str, tuple[float, float]]:
    """Bounds by key; what is wrong is added to the problems."""
    if not isinstance(stated, Mapping):
        problems.append(Problem('must be a table, as in { "trap.film.trap_length" = "1 um:9 um" }',
                                "free"))  # fmt: skip
        return {}
    found: dict[str, tuple[float, float]] = {}
    for given, ends in stated.items():
        key = current_key(given)
        with collecting(problems, f"free.{given}"):
            found[key] = _ends(key, ends)
    return found


def _ends(key: str, stated: Any) -> tuple[float, float]:
    known = free_key(key)
    if known is None:
        near = nearest(key, {each: free_key(each) for each in (*FREE, *DRAWN)})
        known_keys = ", ".join((*FREE, *DRAWN))
        hint = f"did you mean `{near}`?" if near else f"these can be: {known_keys}"
        raise InputError(f"is no key that can be free; {hint}")
    stated = as_stated(stated)
    parts = stated.split(":") if isinstance(stated, str) else stated
    if not isinstance(parts, list | tuple) or len(parts) != 2:
        raise InputError(f'must read "LOW : HIGH", as in "20 um : 400 um", but is {stated!r:.60}')
    low, high = (known.read(x.strip() if isinstance(x, str) else x) for x in parts)
    if low >= high:
        raise InputError(
            f"must have a lower bound below the upper one, but has {low:g} and {high:g}"
        )
    return low, high
