"""The widget by which a notebook shows the explorer."""

import json
import re
from importlib.metadata import version
from typing import Any

import anywidget
import traitlets

from entrap.case.case import Case
from entrap.case.casefile import CaseFile
from entrap.case.tables import STUDIES
from entrap.studies.explore.answers import Answers
from entrap.studies.explore.bundle import bundled, text_of
from entrap.studies.explore.controls import graded, listed, presets, with_changes
from entrap.studies.explore.made import made_before


class ExplorerWidget(anywidget.AnyWidget):
    """The page of the explorer, answered by the kernel.

    Args:
        shown: The case to begin with; a preset where none is given.
    """

    _start = traitlets.Unicode().tag(sync=True)
    _moved = traitlets.Unicode().tag(sync=True)

    def __init__(self, shown: Case | None = None) -> None:
        own = {} if shown is None else {"this case": _tables(shown)}
        self._answers = Answers({**own, **presets()})
        cases = listed(self._answers.cases)
        start = {"cases": cases, "grades": graded(), "told": made_before().told, "results": []}
        first = next(iter(self._answers.cases))
        super().__init__(
            _esm=_module(),
            _start=json.dumps(start | {"version": version("entrap")}),
            _moved=json.dumps({"case": first, "changes": {}}),
        )
        self.on_msg(self._asked)

    @property
    def case(self) -> Case:
        """The case as it was moved."""
        moved = json.loads(self._moved)
        of = moved["case"]
        stated = self._answers.cases[of] if isinstance(of, str) else of
        return CaseFile.from_dict(with_changes(stated, moved["changes"]), needs=("material",))

    def _asked(self, _: Any, message: dict[str, Any], __: Any) -> None:
        answer = self._answers(str(message.get("question")), message.get("asked") or {})
        told = {"id": message.get("id"), "status": answer.status, "modules": dict(answer.modules)}
        self.send(told, [answer.body])


def _tables(case: Case) -> dict[str, Any]:
    return {name: part for name, part in case.to_dict().items() if name not in STUDIES}


def _module() -> str:
    """The page's modules in one, with its markup and its look."""
    found = re.search(r"<body>(.*)</body>", text_of("index.html"), re.DOTALL)
    assert found is not None
    inside = ", ".join(map(json.dumps, (found[1], text_of("style.css"))))
    return f'{bundled({}, "widget.js")}\nexport default modules["widget.js"].widget({inside});\n'
