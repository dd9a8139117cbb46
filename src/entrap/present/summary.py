"""`summary.json`: the numbers of a run, with units and sources, as strict JSON."""

from typing import Any

from entrap.present.answer import answer
from entrap.solve.results import Evolution, strict


def summary(run: Evolution) -> dict[str, Any]:
    """The contents of `summary.json`.

    Args:
        run: The evolution.
    """
    from importlib.metadata import version

    return {
        "title": run.case.title,
        "version": version("entrap"),
        "answer": list(answer(run)),
        "case": run.case.to_dict(),
        "quantities": {
            name: {
                "value": strict(item.value),
                "unit": item.declared.unit,
                "symbol": item.declared.symbol,
                "meaning": item.declared.meaning,
                "source": item.declared.source,
            }
            for name, item in run.quantities.items()
        },
        "regimes": [{"name": r.name, "start": r.start, "end": r.end} for r in run.regimes],
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
            for m in run.validity
        ],
    }
