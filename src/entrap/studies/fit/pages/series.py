"""What the report, the summary and the terminal show of a series of samples."""

import dataclasses
import math
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text
from scipy import stats

from entrap.core.quantities import Quantity, number_text
from entrap.report.drawing import draw_all
from entrap.report.folder import complete_folder
from entrap.report.labels import listed
from entrap.report.look import Look
from entrap.report.result import Account
from entrap.report.summary import write_texts
from entrap.report.terminal import table
from entrap.solve.protocol.results import Value
from entrap.studies.fit.pages import report, words
from entrap.studies.fit.pages.caveats import unconverged
from entrap.studies.fit.series import NAMED, Series, SeriesSample

_SCATTERED = 0.01  # chance of so much scatter about the line from errors alone


def write(
    found: Series, shown: Account, target: Path, look: Look, *, latex: bool
) -> list[Mapping[str, str]]:
    """Write what is shown of a series into the folder `target`, and the fit of each sample there.

    Returns:
        What `draw_all` has drawn for each sample and for all.
    """
    with complete_folder(target) as folder:
        drawn = []
        for each in found.samples:
            of = report.account(each.fitted)
            drawn.append(of.write(folder / each.name, each.fitted.save, look, latex=latex))
        drawn.append(draw_all(shown.figures, folder, look))
        shown.write_tables(folder, latex=latex)
        files = [file.name for file in folder.iterdir()]
        write_texts(folder, shown.page(drawn[-1], files), shown.summary())
    return drawn


def account(found: Series) -> Account:
    """What is shown of a series."""
    from entrap.studies.fit.figures import series_figures

    title = f"Series of {words.counted(len(found.samples))} samples"
    return Account(
        case=None,
        sentences=tuple(answer(found)),
        values=numbers(found),
        validity=(),
        template="studies/fit/pages/series.html",
        figures=partial(series_figures, found),
        context={"title": title, "samples": [row(each) for each in found.samples]},
        more={
            "title": title,
            "verdict": found.verdict,
            "converged": all(each.fitted.succeeded for each in found.samples),
            "samples": [_summary(each) for each in found.samples],
        },
        tables={"samples": found.frame()},
        data="a folder for each sample",
        before=[Text(title, style="bold")],
        after=[_table(found)],
    )


def answer(found: Series) -> Iterator[str]:
    """Whether the gain grows with the mixing ratio, what is common to all, how they scatter."""
    m, error, plain, sigma, scatter, covariance = found.slope
    left = len(found.samples) - 2
    for each in found.samples:
        for warning in unconverged(each.fitted):
            yield f"{each.fitted.case.title}: {warning}"
    value, width = words.digits((m, error), error)
    shows = "shows" if found.verdict == "entropy" else "does not show"
    count = words.counted(len(found.samples))
    yield (
        f"The series {shows} an entropy of mixing: over {count} samples the gain L "
        f"grows with ln(n/n_c) by m = {value} ± {width}, where m = 1 is the paper's law and m = 0 "
        f"is plain BCS theory. "
        + (
            f"m is {number_text(m / error)} times its error. Errors judged from {count} samples "
            f"vary themselves: by Student's t this is as rare as {sigma:.1f} standard deviations "
            f"above 0, and an entropy is named from {NAMED:g}."
            if m >= 0
            else f"m lies {number_text(-m / error)} times its error below 0, which neither gives."
        )
    )
    if found.verdict == "entropy" and abs(m - 1) > 3 * error:
        yield (
            f"It is not the paper's law: m lies {abs(m - 1) / error:.1f} standard deviations from "
            "1."
        )
    elif found.verdict != "entropy" and m > NAMED * error:
        needed = float(stats.t.isf(stats.norm.sf(NAMED), left))
        yield (
            f"With {count} samples m would have to be {float(f'{needed:.2g}'):,.0f} times its "
            "error: more samples help more than better data."
        )
    width = math.sqrt(covariance[1, 1])
    common, spread = words.digits((plain, width), width)
    yield (
        f"Common to all samples is a gain of {common} ± {spread} a/k_B, "
        + (
            "as plain BCS theory gives where the trap leaves the same share y of the "
            "quasiparticles in each."
            if plain > 2 * width
            else "a loss, which no trap makes: check the a of the cases and their ln(n/n_c)."
            if plain < -2 * width
            else "which shows no share of quasiparticles that is taken from all alike."
        )
    )
    text = (
        f"The samples scatter about the line with χ² = {number_text(scatter)} per degree of freedom"
    )
    if stats.chi2.sf(scatter * left, left) < _SCATTERED:
        yield (
            f"{text}, which is more than their errors explain. Another y in each sample would do "
            "that; the error of m is widened for it, so that such a scatter does not pass for an "
            "entropy."
        )
    else:
        yield (
            f"{text}, as their errors explain. Another y in each sample would show as a larger "
            "scatter, which widens the error of m."
        )
    others = [each for each in found.samples if each.fitted.comparison.verdict == "unexplained"]
    if others:
        # H1 does, or its gain would not be known.
        names = listed([each.fitted.case.title for each in others])
        of, report = ("its", "report") if len(others) == 1 else ("their", "reports")
        yield (
            f"The most probable hypothesis does not describe the data of {names}, though H1 does: "
            f"see {of} {report}."
        )


def numbers(found: Series) -> dict[str, Value]:
    """The numbers of the line."""
    m, error, plain, sigma, scatter, covariance = found.slope
    declared = {
        "slope": ("m", "Growth of the gain with ln(n/n_c): 1 by the paper's law", m),
        "slope_error": ("σ_m", "Its standard deviation", error),
        "plain": ("c", "Gain common to all samples, in a/k_B", plain),
        "plain_error": ("σ_c", "Its standard deviation", math.sqrt(covariance[1, 1])),
        "significance": (
            "σ",
            "Standard deviations by which m is above 0, by Student's t",
            sigma,
        ),
        "scatter": ("χ²/dof", "χ² of the line per degree of freedom", scatter),
    }
    return {
        key: Value(float(value), Quantity("1", symbol, meaning))
        for key, (symbol, meaning, value) in declared.items()
    }


@dataclasses.dataclass(frozen=True)
class Row:
    """A sample in the tables.

    Args:
        name: Of its folder.
        title: Of its case.
        source: File of its data.
        log_ratio: ln(n/n_c) by its composition, as a text.
        gain: L of its data with its error, as a text.
        verdict: Of its own fit.
    """

    name: str
    title: str
    source: str
    log_ratio: str
    gain: str
    verdict: str


def row(each: SeriesSample) -> Row:
    """A sample in the tables."""
    gain, error = words.digits((each.gain, each.error), each.error)
    comparison, data = each.fitted.comparison, each.fitted.data
    stated = number_text(each.log_ratio, 4)
    return Row(
        each.name, each.fitted.case.title, data.source, stated, f"{gain} ± {error}",
        comparison.verdict,
    )  # fmt: skip


def _summary(each: SeriesSample) -> dict[str, Any]:
    fitted = each.fitted
    return {
        "folder": each.name,
        "title": fitted.case.title,
        "data": fitted.data.source,
        "log_mixing_ratio": each.log_ratio,
        "gain": each.gain,
        "gain_error": each.error,
        "unit": each.unit,
        "verdict": fitted.comparison.verdict,
        "converged": fitted.succeeded,
        "case": fitted.case.to_dict(),
    }


def _table(found: Series) -> Table:
    headings = ("folder", "sample", "ln(n/n_c)", "L of its data", "alone")
    rows = table("\nSamples", *headings, wrapped=["sample"])
    for each in found.samples:
        of = row(each)
        rows.add_row(Text(of.name), Text(of.title), of.log_ratio, of.gain, of.verdict)
    return rows
