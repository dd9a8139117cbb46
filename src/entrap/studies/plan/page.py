"""`entrap plan`: what its page, its summary and the terminal show, and how they are written."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from rich.table import Table

from entrap.case.case import Case
from entrap.core.quantities import number_text
from entrap.model.observables import OBSERVABLES
from entrap.report.ahead import importing_ahead
from entrap.report.drawing import check_drawn
from entrap.report.labels import quoted
from entrap.report.latex import tabular
from entrap.report.look import Look
from entrap.report.result import Account
from entrap.report.terminal import console, table
from entrap.studies.fit.inputs.hypotheses import HYPOTHESES
from entrap.studies.plan.answer import meaning, plan_answer, question, symbol
from entrap.studies.plan.inputs.options import Plan
from entrap.studies.plan.plan import DECIDED, Candidate, Planned, counted, plan

_ROWS = 10  # of the table in the terminal


def write_plan(case: Case, target: Path, *, look: Look, latex: bool) -> None:
    """Rank, write the folder `target`, which `folder.claim` has let pass, and print the answer.

    Raises:
        InputError: the case lacks what a plan needs.
        OSError: the folder cannot be written.
    """
    rounds = counted(console(errors=True), Plan.of(case).temperatures)
    with importing_ahead("xarray"), rounds as tell:
        found = plan(case, progress=tell)
    shown, terminal = account(found), console()
    shown.print(terminal)
    data = shown.data
    drawn = shown.write(target, lambda folder: found.save(folder / data), look, latex=latex)
    shown.print_files(target, terminal)
    check_drawn(target, drawn)


def account(planned: Planned) -> Account:
    """What is shown of a plan."""
    from entrap.studies.plan.figures import plan_figures

    priors = {
        p.key: {"prior": p.prior.shown(p.declared), "origin": p.prior.origin}
        for p in planned.uncertain
    }
    return Account(
        case=planned.case,
        sentences=tuple(plan_answer(planned)),
        values={},
        validity=planned.validity,
        template="studies/plan/plan.html",
        figures=partial(plan_figures, planned),
        context={
            "ranked": planned.candidates,
            "uncertain": planned.uncertain,
            "references": tuple(_references(planned)),
            "draws": Plan.of(planned.case).draws,
            "decided": DECIDED,
            "question": question(planned),
            "rivals": _rivals(planned),
            "apart": [f"told from {label}" for label in _rivals(planned)],
            "symbol": symbol,
            "meaning": meaning,
        },
        more={"candidates": [_summary(c) for c in planned.candidates], "priors": priors},
        tables={"candidates": planned.frame()},
        printed=lambda: {"candidates": printed(planned)},
        data="plan.nc",
        before=[_table(planned)],
        after=[],
    )


def printed(planned: Planned) -> str:
    """The candidates as a LaTeX table."""
    headings = ("Reading", "About", "Uncertainty", "Bits", "Theory")
    rows = (
        (
            symbol(c.quantity), f"{number_text(c.temperature, 4)} K",
            f"{number_text(100 * c.precision)} %",
            f"{c.information:.3f} ± {c.information_error:.3f}", c.failing or "holds",
        )
        for c in planned.candidates
    )  # fmt: skip
    return tabular(headings, rows, right=headings[1:4])


def _summary(c: Candidate) -> dict[str, object]:
    return {
        "quantity": c.quantity,
        "read": symbol(c.quantity),
        "temperature": {"value": c.temperature, "unit": "K"},
        "precision": c.precision,
        "information": {"value": c.information, "error": c.information_error, "unit": "bit"},
        "against": dict(c.against),
        "mean_log_bayes": {"value": c.gain, "error": c.gain_error},
        "median_log_bayes": c.typical,
        "strong": c.decided,
        "mean_log_bayes_against": c.cleared,
        "median_log_bayes_against": c.typical_against,
        "strong_against": c.refuted,
        "margin": c.margin,
        "fails": c.failing or None,
    }


def _table(planned: Planned) -> Table:
    """The best candidates, for the terminal."""
    apart = [f"from {label}" for label in _rivals(planned)]
    headings = ("reading", "about", "uncertainty", "bits", *apart, "theory")
    rows = table(planned.case.title, *headings)
    for c in planned.candidates[:_ROWS]:
        rows.add_row(
            symbol(c.quantity), f"{number_text(c.temperature, 4)} K",
            f"{number_text(100 * c.precision)} %",
            f"{c.information:.3f}", *(f"{bits:.2f}" for bits in c.against.values()),
            f"✗ {c.failing}" if c.failing else "holds",
        )  # fmt: skip
    return rows


def _rivals(planned: Planned) -> list[str]:
    """Short names of the hypotheses without an entropy."""
    return [HYPOTHESES[name].label for name in planned.hypotheses[1:]]


def _references(planned: Planned) -> Iterator[tuple[str, str]]:
    """What is read, by name, and the reading of which uncertainties are percents."""
    design = planned.design
    for name, size in zip(design.quantities, map(float, design.references), strict=True):
        seen = OBSERVABLES[name]
        reciprocal = f"1/({quoted(seen.quantity, 1 / size)})"
        yield name, reciprocal if seen.diverges else quoted(seen.quantity, size)
