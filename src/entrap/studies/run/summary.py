"""`summary.json` of a run."""

from typing import Any

from entrap.report.summary import summary_of
from entrap.solve.protocol.results import Evolution
from entrap.studies.run.answer import answer


def summary(run: Evolution) -> dict[str, Any]:
    """The contents of `summary.json`."""
    return summary_of(run.case, answer(run), run.quantities, run.validity) | {
        "regimes": [{"name": r.name, "start": r.start, "end": r.end} for r in run.regimes],
    }
