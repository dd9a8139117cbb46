"""`entrap paper`: its report, with every claim, the figures, and where the derivations are."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import entrap
from entrap.case.case import Case
from entrap.core.quantities import Quantity
from entrap.report.labels import quoted, unit_text
from entrap.studies.paper.answer import by_verdict, paper_answer
from entrap.studies.paper.claims import Claim

_COLOURS = {
    "agrees": "#00694c",
    "order of magnitude": "#5c5c5c",
    "does not follow": "#8c4a00",
    "printed form is wrong": "#a01010",
}


def paper_page(
    case: Case,
    claims: tuple[Claim, ...],
    figures: Mapping[str, str],
    target: Path,
    files: Iterable[str] = (),
    *,
    released: bool,
) -> str:
    """`report.html`.

    Args:
        case: The case of Figs. 1 and 3.
        claims: All claims.
        figures: SVG texts of the figures by name.
        target: Folder in which the report will be.
        files: Files beside it.
        released: Whether n_s is released in Fig. 3.
    """
    from entrap.report.page import page

    return page(
        "studies/paper/paper.html",
        case,
        paper_answer(claims),
        (),
        figures,
        {},
        files,
        claims=claims,
        by_verdict=by_verdict(claims),
        colours=_COLOURS,
        links={claim.id: derivation_link(claim.derivation, target) for claim in claims},
        released=released,
        shown=shown,
    )


def shown(value: float | None, unit: str) -> str:
    """A number of a claim with its unit, "-" if there is none.

    Examples:
        >>> shown(1e27, "1/m^3"), shown(None, "1")
        ('10²⁷ 1/m³', '-')
    """
    return "-" if value is None else unit_text(quoted(Quantity(unit, "", ""), value, 4))


def derivation_link(derivation: str, target: Path) -> str:
    """Address of a section of the docs from a report in `target`; empty without a source tree.

    An installed package has no docs. In a source tree it is the page that `make docs` made, where
    there is one, and else its Markdown.
    """
    root = Path(entrap.__file__).parents[2]
    page, _, section = derivation.partition("#")
    built = root / "site" / page.removesuffix(".md") / "index.html"
    for file in (built, root / "docs" / page):
        if file.is_file():
            return f"{Path(os.path.relpath(file, target.absolute())).as_posix()}#{section}"
    return ""
