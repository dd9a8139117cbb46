"""What the tables of a sweep's report hold that is not written down in the survey."""

from entrap.core.quantities import Quantity, quantity_of
from entrap.model.validity import Margins
from entrap.studies.sweep.figures.scales import scale
from entrap.studies.sweep.names import MARGINS
from entrap.studies.sweep.pages.reading import WORDS, declared_of, margin_columns
from entrap.studies.sweep.pages.survey import Survey
from entrap.studies.sweep.sweep import Swept


def spacing(swept: Swept, key: str) -> str:
    """How the values of an axis follow each other, in words."""
    if swept.scheme != "grid":
        return swept.scheme
    along = swept.data[key]
    if along.size < 3:
        return "values"
    shown = scale(declared_of(along), along.to_numpy())
    steps = abs(shown.steps())
    if steps.max() - steps.min() > 1e-6 * steps.max():
        return "values"
    return "even in the logarithm" if shown.log else "even"


def assumptions(swept: Swept, found: Survey) -> list[tuple[str, Quantity, int, int | None]]:
    """Each assumption whose margin is known or that fails worst anywhere, most often first.

    Returns:
        Name, inequality, the points at which it fails worst, and those at which it fails at all.
    """
    columns, verdicts = margin_columns(swept.data), found.verdicts or {}
    rows = []
    for i, name in enumerate(MARGINS):
        worst = verdicts.get(WORDS[i], 0)
        if worst or name in columns.values():
            fails = [found.failing[column] for column, of in columns.items() if of == name]
            rows.append((name, quantity_of(Margins, name), worst, max(fails, default=None)))
    return sorted(rows, key=lambda row: -row[2])
