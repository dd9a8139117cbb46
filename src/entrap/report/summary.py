"""`summary.json`: the numbers of a run, with units and sources, as strict JSON."""

from collections.abc import Iterable, Mapping
from typing import Any

from entrap.case.case import Case
from entrap.studies.run.answer import answer
from entrap.solve.protocol.results import Evolution, Margin, Value, strict


def summary(run: Evolution) -> dict[str, Any]:
    """The contents of `summary.json`.

    Args:
        run: The evolution.
    """
    return told(run.case, answer(run), run.quantities, run.validity) | {
        "regimes": [{"name": r.name, "start": r.start, "end": r.end} for r in run.regimes],
    }


def told(
    case: Case, sentences: Iterable[str], values: Mapping[str, Value], validity: Iterable[Margin]
) -> dict[str, Any]:
    """What every summary has.

    Args:
        case: The case.
        sentences: The answer.
        values: The numbers.
        validity: Margins.
    """
    from importlib.metadata import version

    return {
        "title": case.title,
        "version": version("entrap"),
        "answer": list(sentences),
        "case": case.to_dict(),
        "quantities": {
            name: {
                "value": strict(item.value),
                "unit": item.declared.unit,
                "symbol": item.declared.symbol,
                "meaning": item.declared.meaning,
                "source": item.declared.source,
            }
            for name, item in values.items()
        },
        "validity": [
            {
                "name": m.name,
                "inequality": m.declared.symbol,
                "margin": strict(m.margin),
                "holds": m.holds,
                "holds_until": strict(m.holds_until),
                "meaning": m.declared.meaning,
                "source": m.declared.source,
                "missing": m.missing or None,
            }
            for m in validity
        ],
    }
