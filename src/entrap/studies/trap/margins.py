"""Margins of the assumptions on which the description of a trap rests."""

import numpy as np

from entrap.case.case import Case
from entrap.core.constants import BOLTZMANN
from entrap.core.quantities import Quantity, quantities, quantity_of
from entrap.model.validity import Margins
from entrap.solve.protocol.results import Margin
from entrap.studies.trap.performance import THEORY, Performance


def margins(case: Case, found: Performance) -> tuple[Margin, ...]:
    """log10(y/x) of each inequality x <= y on which the description rests."""
    p = {name: float(getattr(found, name)) for name, _ in quantities(Performance)}
    warm, thermal = BOLTZMANN * p["trap_temperature"], BOLTZMANN * p["temperature"]
    coupling = max(p["metal_coupling"] / p["gap"], p["film_coupling"] / thermal)
    recombination = p["recombination_coefficient"] * p["residual_fraction"]
    film, junction = case.trap.film, case.trap.junction
    # Away from a trap their shape stays thermal: phonons have the time in which the film empties.
    emptied = p["evacuation_rate"] - (0.0 if film is None else film.background_rate)
    known, unknown = "trap.junction", "trap.junction.generation"
    sides: dict[str, tuple[Quantity, float, float]] = {
        "trap_temperature": (quantity_of(Margins, "trap_temperature"), warm, p["gap"] / 3),
        "proximity": (quantity_of(Margins, "proximity"), coupling, 0.1),
        "rethermalisation": (_RETHERMALISATION, emptied, p["thermalisation_rate"]),
        "weak_recombination": (_RECOMBINATION, recombination, p["evacuation_rate"] / 10),
    }
    if film is not None:
        thickness = np.nan if junction is None else junction.film_thickness
        for name, assumption, size in (
            ("narrow_strip", _NARROW, film.width),
            ("thin_film", _THIN, thickness),
        ):
            crossed = size**2 / p["quasiparticle_diffusivity"]
            sides[name] = (assumption, crossed, 1 / p["trapping_rate"])
    made = []
    for name, (assumption, x, y) in sides.items():
        with np.errstate(divide="ignore"):
            margin = float(np.log10(y) - np.log10(x))
        if np.isnan(margin):
            lacking = known if junction is None else unknown
            made.append(Margin(name, None, None, assumption, missing=lacking))
            continue
        made.append(Margin(name, margin, p["temperature"] if margin >= 0 else None, assumption))
    return tuple(made)


_RETHERMALISATION, _RECOMBINATION, _NARROW, _THIN = (
    Quantity("1", symbol, meaning, THEORY)
    for symbol, meaning in (
        (
            "1/τ_w - s_b ≤ 1/τ_s",
            "Quasiparticles rethermalise while the film empties; if not, the decay is "
            "not exponential, and it slows down towards its end",
        ),
        (
            "r x ≤ 1/(10 τ_w)",
            "Recombination, which the evacuation rate leaves out, is slow compared with it",
        ),
        ("W²/D_qp ≤ 1/Γ", "The strip is narrow enough to be described in one dimension"),
        ("d_S²/D_qp ≤ 1/Γ", "The film is so thin that quasiparticles reach the barrier at once"),
    )
)
