"""What the explorer's page is answered, by whichever way its questions come."""

import dataclasses
import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any

from entrap.core.errors import InputError, SolveError, printable
from entrap.studies.explore.controls import as_stated, with_changes

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Answer:
    """An answer to one question.

    Args:
        body: As bytes.
        kind: Their media type.
        status: As of HTTP; 422 where the question is refused.
        modules: Texts of JavaScript that the answer names, by name.
    """

    body: bytes
    kind: str = "application/json"
    status: int = 200
    modules: Mapping[str, str] = dataclasses.field(default_factory=dict)


class Answers:
    """Answers questions about cases; all that imports JAX is imported by the first of them.

    Args:
        cases: Nested tables of the cases that the page knows by name.
    """

    def __init__(self, cases: Mapping[str, Mapping[str, Any]]) -> None:
        self.cases = cases

    def __call__(self, question: str, asked: Mapping[str, Any]) -> Answer:
        """The answer; whatever one case does, it is an answer that says why there is none."""
        try:
            return getattr(self, f"_{question}")(asked)
        except InputError as error:
            return refused(*((problem.key, problem.text) for problem in error.problems))
        except SolveError as error:
            return refused(("", str(error)))
        except Exception:
            _log.exception("a question of the page could not be answered")
            return refused(("", "The computation failed in a way that entrap does not know."))

    def close(self) -> None:
        """Nothing is held."""

    def _picture(self, asked: Mapping[str, Any]) -> Answer:
        """The warm-up of a case with its changes."""
        from entrap.case.casefile import CaseFile
        from entrap.studies.explore.picture import picture_of

        return _packed(picture_of(CaseFile.from_dict(self._stated(asked))))

    def _device(self, asked: Mapping[str, Any]) -> Answer:
        """The trap of a case with its changes, on its film."""
        from entrap.case.casefile import CaseFile
        from entrap.studies.explore.device import device_of
        from entrap.studies.trap.needs import NEEDS

        return _packed(device_of(CaseFile.from_dict(self._stated(asked), needs=NEEDS)))

    def _closed(self, asked: Mapping[str, Any]) -> Answer:
        """The closed forms of a case: names of their modules, and the numbers that they take."""
        from entrap.case.casefile import CaseFile
        from entrap.studies.explore.closed import closed_forms, told

        made = closed_forms(CaseFile.from_dict(dict(self._base(asked))))
        named = {module_name(text): text for text in made.modules}
        found = {"modules": [f"forms/{name}" for name in named], "data": made.data, "told": told()}
        return Answer(json.dumps(found).encode(), modules=named)

    def _case_file(self, asked: Mapping[str, Any]) -> Answer:
        """The case with its changes as a case file."""
        import tomli_w

        from entrap.case.casefile import CaseFile

        stated = self._stated(asked)
        CaseFile.from_dict(stated, needs=("material",))
        try:
            return _json({"text": tomli_w.dumps(stated)})
        except (TypeError, ValueError):
            text = "the case has values that no case file can have, as null"
            raise InputError(text) from None

    def _opened(self, asked: Mapping[str, Any]) -> Answer:
        """A case file from the page, as nested tables."""
        text = asked.get("text")
        if not isinstance(text, str):
            raise InputError("`text` must be the text of a case file")
        return _json({"case": as_stated(text)})

    def _stated(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        changes = asked.get("changes", {})
        if not isinstance(changes, dict):
            raise InputError("`changes` must be values by dotted key")
        return with_changes(self._base(asked), changes)

    def _base(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        case = asked.get("case")
        if isinstance(case, Mapping):
            return case
        if not isinstance(case, str) or case not in self.cases:
            raise InputError(f"`case` must be one of {', '.join(self.cases)}, or a case's tables")
        return self.cases[case]


def module_name(text: str) -> str:
    """The name under which a module of closed forms is served: one for each text."""
    return f"{hashlib.sha256(text.encode()).hexdigest()[:20]}.js"


def refused(*problems: tuple[str, str], status: int = 422) -> Answer:
    """What is wrong: keys and sentences, in which what cannot be written stands as an escape."""
    shown = [{"key": printable(key), "text": printable(text)} for key, text in problems]
    return dataclasses.replace(_json({"problems": shown}), status=status)


def _json(value: Any) -> Answer:
    return Answer(json.dumps(value).encode())


def _packed(picture: Any) -> Answer:
    return Answer(picture.packed(), "application/octet-stream")
