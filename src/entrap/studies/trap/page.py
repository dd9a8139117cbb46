"""`entrap trap`: what its page, its summary and the terminal show, and how they are written."""

from functools import partial
from pathlib import Path

from entrap.case.case import Case
from entrap.core.frame import frame_of
from entrap.core.quantities import Quantity
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


_SHARES: dict[str, Quantity | str] = {
    "of": "limits: of the rate; feeds: of the quasiparticles that are left",
    "name": "Process or source",
    "share": Quantity("1", "", "Its share"),
}
_CHANGES: dict[str, Quantity | str] = {
    "text": "What is changed, alone",
    "rate_gain": Quantity("1", "", "Change of the evacuation rate, as a share of it"),
    "residue_gain": Quantity("1", "", "Change of what is left, as a share of it"),
}
_SLOPES: dict[str, Quantity | str] = {
    "key": "Number of the case",
    "slope": Quantity("1", "", "d ln(1/τ_w)/d ln(key)"),
}


def write_design(case: Case, target: Path, *, look: Look = LOOK, latex: bool = False) -> None:
    """Design a case's trap, write its folder and print the answer, by `write_result`."""
    design = partial(design_trap, case)
    write_result(target, "designing and drawing", design, account, look, latex=latex)


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
        tables={
            **{name.replace("_", "-"): of for name, of in design.curve_frames().items()},
            "shares": frame_of(
                (
                    {"of": of, "name": name, "share": share}
                    for of in ("limits", "feeds")
                    for name, share in getattr(design, of).items()
                ),
                _SHARES,
            ),
            "changes": frame_of(map(vars, design.changes), _CHANGES),
            "sensitivities": frame_of(
                ({"key": key, "slope": slope} for key, slope in design.sensitivities.items()),
                _SLOPES,
            ),
        },
        more=shares | {"changes": changes},
        shown=_SHOWN,
        along=False,
    )
