"""`report.html` of a trap: what it does, what limits it, what would help."""

import html
from collections.abc import Iterator, Mapping

from entrap.report.page import inline, margins_section, page, part
from entrap.studies.trap.answer import number, trap_answer
from entrap.studies.trap.design import TrapDesign

_THEORY = (
    "the package's theory page, traps, after Riwar et al., Phys. Rev. B 94, 104516 (2016); the "
    "proposal: V. Kornich, arXiv:2605.15834 (2026)."
)


def trap_report(design: TrapDesign, figures: Mapping[str, str]) -> str:
    """The report of a design as HTML.

    Args:
        design: The design.
        figures: SVG text of its figures, by name.
    """
    inlined = inline(figures)
    evacuation = _along(inlined.pop("evacuation", None))
    body = part(
        "studies/trap/trap.html",
        **inlined,
        limits="".join(_shares(design.limits)),
        feeds="".join(_shares(design.feeds)),
        changes="".join(_changes(design)),
        along=evacuation,
        margins=margins_section(
            design.margins, "They are those at the film's temperature.", along=False
        ),
        sensitivities="".join(
            f'<tr><td><code>{html.escape(key)}</code></td><td class="number">{value:+.3f}</td></tr>'
            for key, value in design.sensitivities.items()
        ),
    )
    sentences = trap_answer(design)
    return page(design.case, _THEORY, sentences, design.margins, body, design.quantities)


def _shares(shares: Mapping[str, float]) -> Iterator[str]:
    for name, share in sorted(shares.items(), key=lambda item: -item[1]):
        yield (
            f'<tr><td>{html.escape(name)}</td><td class="number">{100 * share:.1f} %</td>'
            f'<td><span class="bar" style="width:{20 * max(share, 0):.2f}rem"></span></td></tr>'
        )


def _changes(design: TrapDesign) -> Iterator[str]:
    for change in design.changes:
        gains = f'<td class="number">{100 * change.rate_gain:+.3g} %</td>'
        gains += f'<td class="number">{number(1 + change.residue_gain)} times</td>'
        yield f"<tr><td>{html.escape(change.text)}</td>{gains}</tr>"


def _along(figure: str | None) -> str:
    if figure is None:
        return ""
    return (
        "<h2>Size, place and number</h2>\n"
        f"<figure>{figure}<figcaption>The time τ<sub>w</sub> in which the film empties by e, "
        "against the trap's length and place; and the rate when the same length is split. The dot "
        "is this design. No arrangement beats the mean rate over the area, s<sub>b</sub> + "
        "Γ A<sub>trap</sub>/A<sub>film</sub>."
        "</figcaption></figure>\n"
    )
