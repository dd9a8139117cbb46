"""`entrap trap`: what its page, its summary and the terminal show, and how they are written."""

import dataclasses
from functools import partial
from pathlib import Path
from typing import Any

from entrap.case.case import Case
from entrap.case.target import Target
from entrap.core.frame import frame_of
from entrap.core.quantities import Quantity
from entrap.report.look import Look
from entrap.report.result import Account, write_result
from entrap.solve.protocol.results import strict
from entrap.studies.trap.answer import compared, trap_answer
from entrap.studies.trap.design import TrapDesign, design_trap
from entrap.studies.trap.reach import Reached, reach_target
from entrap.studies.trap.target_answer import settings, target_answer

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
    "burst_time",
    "burst_tail_time",
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


def write_design(
    case: Case,
    target: Path,
    *,
    look: Look,
    latex: bool,
    asked: Target | None = None,
    typed: str = "CASE.toml",
) -> None:
    """Design a case's trap, write its folder and print the answer, by `write_result`.

    The answer also says what reaches the target that is `asked` for, of the case file as `typed`.
    """

    def compute() -> TrapDesign:
        design = design_trap(case)
        if asked is None:
            return design
        return dataclasses.replace(design, reached=reach_target(case, asked))

    shown = partial(account, typed=typed)
    write_result(target, "designing and drawing", compute, shown, look, latex=latex)


def account(design: TrapDesign, typed: str = "CASE.toml") -> Account:
    """What is shown of a design, of the case file as `typed`."""
    from entrap.studies.trap.figures import trap_figures

    sentences, more = trap_answer(design), {}
    if (found := design.reached) is not None:
        told = target_answer(found, design)
        if found.changes:
            told = (*told, f"See that design by: entrap trap {typed} {settings(found.changes)}")
        sentences, more = (*told, *sentences), {"target": _plain(found)}

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
        sentences=sentences,
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
        more=shares | {"changes": changes} | more,
        shown=tuple(n for n in _SHOWN if n != "equilibrium_fraction" or design.thermal),
        along=False,
    )


def _plain(found: Reached) -> dict[str, Any]:
    """What reaches a target, as the summary has it."""
    names = ("reached", "present", "value", "stated", "changes", "alone", "bounds", "at_bounds")
    return {
        "asked": found.target.reach,
        **{name: getattr(found, name) for name in (*names, "limits")},
        "fails": [margin.name for margin in found.margins if margin.holds is False],
    }
