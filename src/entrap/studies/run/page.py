"""`entrap run`: what its page, its summary and the terminal show, and how they are written."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from entrap.case.case import Case
from entrap.core.frame import frame_of
from entrap.core.quantities import Quantity
from entrap.report.differences import (
    Difference,
    differences_frame,
    of_answers,
    of_inputs,
    of_margins,
)
from entrap.report.look import Look
from entrap.report.result import Account, write_result
from entrap.report.terminal import table
from entrap.solve.protocol.bcs_curves import bcs_curves, bcs_values
from entrap.solve.protocol.results import Evolution, Value
from entrap.studies.run.answer import answer
from entrap.studies.run.energies import free_energies
from entrap.studies.run.measured import measured, sentence

if TYPE_CHECKING:
    from entrap.studies.fit.data.observations import Observations

_SHOWN = (
    "critical_temperature",
    "effective_critical_temperature",
    "effective_critical_temperature_mixed",
    "release_temperature",
    "landau_a",
    "log_mixing_ratio",
    "paired_electron_gain",
    "higgs_mode_initial",
    "penetration_depth_initial",
    "penetration_depth_bcs_initial",
    "lower_critical_field_initial",
    "kappa",
)
_REGIMES: dict[str, Quantity | str] = {
    "name": "Its law",
    "start": Quantity("s", "t", "When it begins"),
    "end": Quantity("s", "t", "When it ends"),
}
_BOTH = ("before", "after")
_OF_JUNCTION = ("trap_failure_temperature", "survival_temperature")


def write_run(
    case: Case,
    target: Path,
    *,
    before: Case | None = None,
    data: "Observations | None" = None,
    look: Look,
    latex: bool,
) -> None:
    """Evolve a case, write its folder and print the answer, by `write_result`.

    Args:
        case: The case.
        target: Folder to be, which `folder.claim` has let pass.
        before: The case before it was changed, with which it is compared.
        data: Measurements that are laid over the prediction.
        look: Of the figures.
        latex: Whether tables for print are written too.
    """

    def evolved() -> Evolution:
        from entrap.solve.protocol.evolve import evolve

        return evolve(case)

    def shown(run: Evolution) -> Account:
        from entrap.solve.protocol.evolve import evolve

        return account(run, before=evolve(before) if before else None, data=data)

    write_result(target, "evolving and drawing", evolved, shown, look, latex=latex)


def account(
    run: Evolution, *, before: Evolution | None = None, data: "Observations | None" = None
) -> Account:
    """What is shown of an evolution, of what it was before a change, and of measurements."""
    from entrap.studies.run.figures import evolution_figures
    from entrap.studies.run.figures.measured import measured_figures

    beside = bcs_curves(run)
    values = {**run.quantities, **bcs_values(beside)}
    readings = None if data is None else measured(run, beside, data)
    changed = [] if before is None else _changed(before, run, values)
    told = answer(run, beside)
    tables = {
        "results": run.frame(),
        "bcs": beside.frame(),
        "regimes": frame_of(map(vars, run.regimes), _REGIMES),
        "free-energy": free_energies(run).frame(trapped=run.case.trap.present),
    }
    if before is not None:
        tables["before-and-after"] = differences_frame(changed, _BOTH)
    if readings is not None:
        told = (*told, sentence(readings))
        tables["measured"] = readings.frame()
    return Account(
        case=run.case,
        sentences=told,
        values=values,
        validity=run.validity,
        template="studies/run/run.html",
        figures=lambda look: {
            **evolution_figures(run, beside, look),
            **({} if readings is None else measured_figures(run, beside, readings, look)),
        },
        context={"regimes": run.regimes, "changed": changed},
        tables=tables,
        more={"regimes": [{"name": r.name, "start": r.start, "end": r.end} for r in run.regimes]},
        shown=_SHOWN + (_OF_JUNCTION if run.case.trap.junction is not None else ()),
        along=True,
        before=None if before is None else _before_and_after(run, changed),
    )


def _changed(before: Evolution, run: Evolution, values: Mapping[str, Value]) -> list[Difference]:
    """What differs from the case before its change: what was stated, and what comes out."""
    earlier = {**before.quantities, **bcs_values(bcs_curves(before))}
    margins = of_margins([before.validity, run.validity])
    return [*of_inputs([before.case, run.case]), *of_answers([earlier, values]), *margins]


def _before_and_after(run: Evolution, changed: list[Difference]) -> Iterator[Table]:
    """The numbers that are shown, before and after, for the terminal."""
    shown = {each.name: each for each in changed}
    rows = table(run.case.title, "quantity", "", *_BOTH, wrapped=["quantity"], numbers=_BOTH)
    keys = [each.name for each in changed if each.part == "input"]
    for name in (*keys, *_SHOWN, *_OF_JUNCTION):
        if name in shown:
            each = shown[name]
            rows.add_row(each.declared.meaning, each.declared.symbol, *each.texts)
    yield rows
