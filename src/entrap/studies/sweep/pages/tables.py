"""Tables of a sweep's report: results, axes, assumptions, sensitivities."""

import html
from collections.abc import Iterator

from entrap.core.quantities import Quantity, quantity_of
from entrap.model.validity import Margins
from entrap.report.labels import as_html, quoted
from entrap.studies.sweep.figures.scales import scale
from entrap.studies.sweep.names import MARGINS
from entrap.studies.sweep.pages.answer import place, share
from entrap.studies.sweep.pages.reading import (
    FAIL,
    HOLD,
    UNKNOWN,
    WORDS,
    declared_of,
    margin_columns,
)
from entrap.studies.sweep.pages.survey import Extreme, Range, Survey
from entrap.studies.sweep.sensitivity import Sensitivities
from entrap.studies.sweep.sweep import Swept


def result_row(swept: Swept, found: Survey, name: str, item: Range) -> str:
    """What a result reaches, and where.

    Args:
        swept: The sweep.
        found: What it found.
        name: Of the result.
        item: Its values.
    """
    cells = [_extreme_cell(swept, item.declared, e) for e in (item.least, item.largest)]
    if found.valid:
        ends = [e for e in (item.least_valid, item.largest_valid) if e is not None]
        text = " to ".join(quoted(item.declared, e.value, 4) for e in ends) or "-"
        cells.append(f"<td>{html.escape(text)}</td>")
    for count in (item.undefined, item.infinite):
        shown = f"{count:,} ({share(count, found.computed)})" if count else "-"
        cells.append(f'<td class="number">{shown}</td>')
    return (
        f"<tr><td><code>{html.escape(name)}</code><br><small>{as_html(item.declared.meaning)}"
        f"</small></td><td>{as_html(item.declared.symbol)}</td>{''.join(cells)}</tr>"
    )


def _extreme_cell(swept: Swept, declared: Quantity, extreme: Extreme | None) -> str:
    if extreme is None:
        return "<td>-</td>"
    value = html.escape(quoted(declared, extreme.value, 4))
    where = ", ".join(
        as_html(one).replace(" ", "&nbsp;") for one in place(swept, extreme).split(", ")
    )
    return f"<td>{value}<br><small>{where}</small></td>"


def axis_rows(swept: Swept, found: Survey) -> Iterator[str]:
    """What is varied, over which values.

    Args:
        swept: The sweep.
        found: What it found.
    """
    for key in swept.axes:
        along = swept.data[key]
        declared = declared_of(along)
        ends = "".join(
            f'<td class="number">{html.escape(quoted(declared, end))}</td>'
            for end in found.ends[key]
        )
        yield (
            f"<tr><td><code>{html.escape(key)}</code></td><td>{as_html(declared.symbol)}</td>{ends}"
            f'<td class="number">{along.size:,}</td><td>{_spacing(swept, key)}</td>'
            f"<td>{as_html(declared.meaning)}</td></tr>"
        )


def _spacing(swept: Swept, key: str) -> str:
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


def trust_section(swept: Swept, found: Survey) -> str:
    """The table of margins: at what share of the points each fails, and fails worst.

    Args:
        swept: The sweep.
        found: What it found.
    """
    if found.verdicts is None:
        return ""
    counts = {name: found.verdicts.get(WORDS[i], 0) for i, name in enumerate(MARGINS)}
    rows = [
        _share_row(WORDS[verdict], "", "", found.verdicts[WORDS[verdict]], None, found)
        for verdict in (HOLD, UNKNOWN, FAIL)
        if WORDS[verdict] in found.verdicts
    ]
    columns = margin_columns(swept.data)
    for name in sorted(counts, key=lambda n: -counts[n]):
        declared, worst = quantity_of(Margins, name), counts[name]
        if not worst and name not in columns.values():
            continue
        fails = [found.failing[column] for column, of in columns.items() if of == name]
        rows.append(
            _share_row(
                f"<code>{name}</code>",
                declared.symbol,
                declared.meaning,
                worst,
                max(fails, default=None),
                found,
            )
        )
    return (
        "<h2>Can the theory be trusted here?</h2>\n<p>Shares of the points at which an assumption "
        "is the one that fails worst, and at which it fails at all.</p>\n"
        '<div class="scroll"><table><thead><tr><th>assumption</th><th>inequality</th>'
        "<th>worst at</th><th></th><th>fails at</th><th>meaning</th></tr></thead>\n"
        f"<tbody>{''.join(rows)}</tbody></table></div>\n"
    )


def _share_row(
    name: str, symbol: str, meaning: str, count: int, fails: int | None, found: Survey
) -> str:
    width = 8 * count / max(found.computed, 1)
    at = "-" if fails is None else share(fails, found.computed)
    return (
        f"<tr><td>{name}</td><td>{as_html(symbol)}</td>"
        f'<td class="number">{share(count, found.computed)}</td>'
        f'<td><span class="bar" style="width:{width:.2f}rem"></span></td>'
        f'<td class="number">{at}</td><td>{as_html(meaning)}</td></tr>'
    )


def sensitivity_section(table: Sensitivities | None) -> str:
    """What the results depend on: derivatives, and shares of the variance.

    Args:
        table: None where it was not asked.
    """
    if table is None:
        return ""
    text = "<h2>What the results depend on</h2>\n"
    if table.rows:
        rows = "".join(
            f"<tr><td><code>{html.escape(row.result)}</code></td><td><code>{html.escape(row.key)}"
            f'</code></td><td class="number">{row.derivative:.4g}</td>'
            f'<td class="number">{row.elasticity:+.3g}</td></tr>'
            for row in table.rows
        )
        text += (
            "<p>At the case itself: ∂r/∂ln p in SI, and ∂ln r/∂ln p, by how many percent a result "
            "r grows if the number p grows by one.</p>\n"
            '<div class="scroll"><table><thead><tr><th>result</th><th>number</th>'
            f"<th>∂r/∂ln p</th><th>∂ln r/∂ln p</th></tr></thead><tbody>{rows}</tbody></table></div>"
            "\n"
        )
    if table.sobol:
        rows = "".join(
            f"<tr><td><code>{html.escape(name)}</code></td><td><code>{html.escape(key)}</code></td>"
            f'<td class="number">{first:.3f}</td><td class="number">{total:.3f}</td></tr>'
            for name, shares in table.sobol.items()
            for key, first, total in shares
        )
        text += (
            "<p>Over the ranges: the share of a result's variance that an axis makes alone, and "
            "with all others (Sobol).</p>\n"
            '<div class="scroll"><table><thead><tr><th>result</th><th>axis</th><th>alone</th>'
            f"<th>in all</th></tr></thead><tbody>{rows}</tbody></table></div>\n"
        )
    for name, why in table.not_told.items():
        text += f"<p><code>{html.escape(name)}</code> {html.escape(why)}.</p>\n"
    return text
