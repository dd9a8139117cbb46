"""`summary.json` of a trap: its numbers, what limits and feeds it, what would help."""

from typing import Any

from entrap.report.summary import summary_of
from entrap.solve.protocol.results import strict
from entrap.studies.trap.answer import trap_answer
from entrap.studies.trap.design import TrapDesign


def trap_summary(design: TrapDesign) -> dict[str, Any]:
    """The contents of `summary.json`."""
    shares = {
        name: {key: strict(share) for key, share in getattr(design, name).items()}
        for name in ("limits", "feeds", "sensitivities")
    }
    changes = [
        {
            "name": change.name,
            "text": change.text,
            "rate_gain": strict(change.rate_gain),
            "residue_gain": strict(change.residue_gain),
        }
        for change in design.changes
    ]
    sentences = trap_answer(design)
    return (
        summary_of(design.case, sentences, design.quantities, design.margins)
        | shares
        | {"changes": changes}
    )
