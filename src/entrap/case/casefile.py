"""All that a case file states: the sample, and what the studies of it are to do."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, ClassVar, Protocol, TypeVar

from entrap.case.case import REQUIRED, Case, read_parts
from entrap.case.problems import collecting, keyed
from entrap.case.tables import STUDIES, reach, unknown
from entrap.core.errors import InputError, Problem

Reader = Callable[[Any], Any]
"""Reads the table of a study; the keys of the problems that it raises are relative to the table."""


class StudyTable(Protocol):
    """A table of a study, as its room reads it.

    Attributes:
        TABLE: Its name in a case file.
    """

    TABLE: ClassVar[str]

    @classmethod
    def from_dict(cls, stated: Any) -> Any:
        """The table from its keys and values; one already made is given back."""

    def to_dict(self) -> dict[str, Any]:
        """The table as `from_dict` takes it, numbers in SI."""
        ...


_Table = TypeVar("_Table", bound=StudyTable)


@dataclasses.dataclass(frozen=True, eq=False)
class CaseFile(Case):
    """A case with the tables of studies that its file states.

    Args:
        studies: By name, as "sweep": each as its room has read it, or its keys and values, which
            the study reads when it begins.

    Raises:
        InputError: the parts do not fit together, or there is no such table.

    Examples:
        >>> import entrap as et
        >>> ratios = et.Sweep({"mixture.valence_ratio": [0.5, 1.0]})
        >>> stated = et.CaseFile(et.Material(name="Nb"), studies={"sweep": ratios})
        >>> stated.changed({"material.critical_temperature": "8 K"}).studies["sweep"] == ratios
        True
    """

    studies: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        problems = []
        for name, part in self.studies.items():
            own = getattr(part, "TABLE", name)
            if name not in STUDIES and (isinstance(part, Mapping) or own != name):
                problems.append(Problem(unknown(name, STUDIES, "table"), f"studies.{name}"))
            elif own != name or not (isinstance(part, Mapping) or hasattr(part, "to_dict")):
                message = f"must be the table [{name}], but is a {type(part).__name__}"
                problems.append(Problem(message, f"studies.{name}"))
        if problems:
            raise InputError(*problems)

    @classmethod
    def from_dict(
        cls,
        stated: Mapping[str, Any],
        needs: Iterable[str] = REQUIRED,
        readers: Mapping[str, Reader] | None = None,
    ) -> "CaseFile":
        """Case from nested tables, as a case file or `to_dict` has them; see `Case.from_dict`.

        The `readers` are what reads the table of a study, by its name. A table without a reader, as
        in a stored result, stays as it is stated until its study reads it.

        Raises:
            InputError: all that is wrong, each with its table and key.
        """
        readers = dict.fromkeys(STUDIES, _kept) | dict(readers or {})
        problems: list[Problem] = []
        sample = {name: value for name, value in stated.items() if name not in readers}
        missing = [name for name in needs if name not in readers or name not in stated]
        # What is wrong with the sample is said first, as a file states it first.
        parts = read_parts(sample, missing, problems, tuple(readers))
        studies: dict[str, Any] = {}
        for name in filter(readers.__contains__, stated):
            with collecting(problems, name):
                studies[name] = readers[name](stated[name])
        if problems:
            raise InputError(*problems)
        return cls(**parts, studies=studies)

    @classmethod
    def of(cls, case: Case, studies: Mapping[str, Any]) -> "CaseFile":
        """A case with tables of studies beside those that it has, or in place of them."""
        parts = {field.name: getattr(case, field.name) for field in dataclasses.fields(Case)}
        return cls(**parts, studies={**getattr(case, "studies", {}), **studies})

    def to_dict(self) -> dict[str, Any]:
        """The case as nested tables of SI numbers; `from_dict` gives the same case back."""
        return super().to_dict() | {name: _stated(part) for name, part in self.studies.items()}

    def changed(self, changes: Mapping[str, Any]) -> "CaseFile":
        """The case with keys changed, as `Case.changed`; also those of the tables of studies."""
        names = {key: key.partition(".")[0] for key in changes}
        known = {*STUDIES, *self.studies}
        sample = super().changed({k: x for k, x in changes.items() if names[k] not in known})
        studies = dict(self.studies)
        problems: list[Problem] = []
        for name in dict.fromkeys(names[key] for key in changes if names[key] in known):
            part = studies.get(name, {})
            tables = {name: _stated(part)}
            for key in changes:
                if names[key] == name:
                    table, last = reach(tables, key)
                    table[last] = changes[key]
            reader = _kept if isinstance(part, Mapping) else _read_again(part)
            with collecting(problems, name):
                studies[name] = reader(tables[name])
        if problems:
            raise InputError(*problems)
        return CaseFile.of(sample, studies)


def study_of(case: Case, table: type[_Table]) -> _Table | None:
    """The table of a study that a case states, read; None where it states none.

    Raises:
        InputError: all that is wrong with it, each with its key.
    """
    part = case.studies.get(table.TABLE) if isinstance(case, CaseFile) else None
    if part is None or isinstance(part, table):
        return part
    with keyed(table.TABLE):
        return table.from_dict(part)


def _kept(stated: Any) -> Any:
    """A table as it is stated."""
    if not isinstance(stated, Mapping) and not hasattr(stated, "to_dict"):
        raise InputError(f"must be a table, but is a {type(stated).__name__}")
    return stated


def _read_again(part: Any) -> Reader:
    """What reads the table of a study as it was read, files beside the same folder."""
    if not hasattr(part, "folder"):
        return type(part).from_dict
    return partial(type(part).from_dict, folder=part.folder)


def _stated(part: Any) -> dict[str, Any]:
    """A table's keys and values, of which nothing is shared with the table."""
    if not isinstance(part, Mapping):
        return part.to_dict()
    return {key: _stated(x) if isinstance(x, Mapping) else x for key, x in part.items()}
