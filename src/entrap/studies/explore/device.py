"""What the explorer draws of a trap on its film: the curves of a design, and words about it."""

from typing import Any

import numpy as np

from entrap.case.case import Case
from entrap.studies.explore.controls import shown_values
from entrap.studies.explore.picture import Picture, margin_rows, number_texts
from entrap.studies.trap.answer import trap_answer
from entrap.studies.trap.design import TrapDesign, design_trap


def device_of(case: Case) -> Picture:
    """The trap of a case as the page draws it, in SI; its head says where the design stands.

    Raises:
        InputError: the case states no trap that can be judged, or no temperature.
    """
    design = design_trap(case)
    columns = {
        column.name: np.asarray(column.values, float)
        for frame in design.curve_frames().values()
        for column in frame.columns
    }
    return Picture(
        {
            "title": case.title,
            "answer": list(trap_answer(design)),
            "numbers": number_texts(design.quantities),
            "margins": margin_rows(design.margins),
            "here": _here(design),
            "values": shown_values(case, _idle(case)),
        },
        columns,
    )


def _idle(case: Case) -> set[str]:
    """Tables and keys on which a trap on its film does not depend."""
    film = case.trap.film
    found = {"landau", "mixture", "material.conduction_density"}
    found |= {"material.fermi_velocity", "material.fermi_temperature"}
    if film is not None and film.quasiparticle_diffusivity is not None:
        found.add("material.diffusivity")
    timed = {"warm_to", "hold", "warming_time"}
    if film is not None and film.temperature is not None:
        timed.add("start")
    return found | {f"protocol.{name}" for name in timed}


def _here(design: TrapDesign) -> dict[str, Any]:
    """Dots of the design in its figures, and where its traps lie along the film, by table."""
    found, film = design.performance, design.case.trap.film
    temperature, rate = float(found.temperature), float(found.trapping_rate)
    left = float(found.residual_fraction)
    made: dict[str, Any] = {
        "over_temperature": {
            "dots": {"trapping_rate": [[temperature, rate]]}
            | ({"residual_fraction": [[temperature, left]]} if left > 0 else {})
        }
    }
    if film is not None:
        time = float(found.evacuation_time)
        half = film.trap_length / film.trap_count / 2
        stretches = [[place - half, place + half] for place in film.trap_centres]
        made["along_film"] = {"stretches": stretches}
        if np.isfinite(time):
            made["over_length"] = {"dots": {"centred": [[film.trap_length, time]]}}
            made["over_count"] = {"dots": {"evacuation_rate": [[film.trap_count, 1 / time]]}}
            if film.trap_count == 1:
                places = {"evacuation_time": [[film.trap_centres[0], time]]}
                made["over_place"] = {"dots": places}
    return made
