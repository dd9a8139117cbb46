"""`entrap run`: what its page, its summary and the terminal show, and how they are written."""

from functools import partial
from pathlib import Path

from entrap.case.case import Case
from entrap.report.look import LOOK, Look
from entrap.report.result import Account, write_result
from entrap.solve.protocol.bcs_curves import bcs_curves, bcs_values
from entrap.solve.protocol.results import Evolution
from entrap.studies.run.answer import answer

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
_OF_JUNCTION = ("trap_failure_temperature", "survival_temperature")


def write_run(case: Case, target: Path, *, look: Look = LOOK) -> None:
    """Evolve a case, write its folder and print the answer, by `write_result`."""

    def evolved() -> Evolution:
        from entrap.solve.protocol.evolve import evolve

        return evolve(case)

    write_result(target, "evolving and drawing", evolved, account, look)


def account(run: Evolution) -> Account:
    """What is shown of an evolution."""
    from entrap.studies.run.figures import evolution_figures

    beside = bcs_curves(run)
    return Account(
        case=run.case,
        sentences=answer(run, beside),
        values={**run.quantities, **bcs_values(beside)},
        validity=run.validity,
        template="studies/run/run.html",
        figures=partial(evolution_figures, run, beside),
        context={"regimes": run.regimes},
        more={"regimes": [{"name": r.name, "start": r.start, "end": r.end} for r in run.regimes]},
        shown=_SHOWN + (_OF_JUNCTION if run.case.trap.junction is not None else ()),
        along=True,
    )
