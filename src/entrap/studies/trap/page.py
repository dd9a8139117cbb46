"""`entrap trap`: what its page, its summary and the terminal show, and how they are written."""

from functools import partial
from pathlib import Path

from entrap.case.case import Case
from entrap.report.look import LOOK, Look
from entrap.report.result import Account, write_result
from entrap.solve.protocol.results import strict
from entrap.studies.trap.answer import compared, trap_answer
from entrap.studies.trap.design import TrapDesign, design_trap

_SHOWN = (
    "temperature",
    "trap_temperature",
    "free_trap_temperature",
    "heat_flow",
    "holding_flow",
    "tunnelling_rate",
    "relaxation_rate",
    "trapping_rate",
    "trapping_length",
    "crossover_length",
    "evacuation_time",
    "equilibrium_fraction",
    "untrapped_fraction",
    "residual_fraction",
)


def write_design(case: Case, target: Path, *, look: Look = LOOK) -> None:
    """Design a case's trap, write its folder and print the answer, by `write_result`."""
    write_result(target, "designing and drawing", partial(design_trap, case), account, look)


def account(design: TrapDesign) -> Account:
    """What is shown of a design."""
    from entrap.studies.trap.figures import trap_figures

    shares = {
        name: {key: strict(share) for key, share in getattr(design, name).items()}
        for name in ("limits", "feeds", "sensitivities")
    }
    changes = [
        {"name": change.name, "text": change.text}
        | {key: strict(getattr(change, key)) for key in ("rate_gain", "residue_gain")}
        for change in design.changes
    ]
    return Account(
        case=design.case,
        sentences=trap_answer(design),
        values=design.quantities,
        validity=design.margins,
        template="studies/trap/trap.html",
        figures=partial(trap_figures, design),
        context={"design": design, "compared": compared},
        more=shares | {"changes": changes},
        shown=_SHOWN,
        along=False,
    )
