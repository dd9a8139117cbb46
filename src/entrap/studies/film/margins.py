"""The assumptions on which the equations of a film rest, and by how much they hold."""

import numpy as np

from entrap.core.constants import BOLTZMANN
from entrap.core.quantities import Quantity, quantity_of
from entrap.model.validity import Margins
from entrap.solve.protocol.results import Margin
from entrap.studies.film.solution import Solution

_THEORY = "theory page, traps"
_REACHED = 1e-9  # of Γ: a mode that a trap takes at less is of a part of the film without one


def margins(found: Solution) -> tuple[Margin, ...]:
    """log10(y/x) of each inequality x ≤ y."""
    sheet = found.sheet
    under = found.mesh.trap_areas.sum(0) > 0
    warm = BOLTZMANN * (found.trap_temperature[under].max() if under.any() else sheet.temperature)
    coupling = max(
        sheet.metal_coupling / sheet.gap, sheet.film_coupling / BOLTZMANN / sheet.temperature
    )
    crossing = sheet.film_thickness**2 / sheet.diffusivity
    recombination = sheet.recombination_coefficient * found.density.max()
    sides = {
        "trap_temperature": (quantity_of(Margins, "trap_temperature"), warm, sheet.gap / 3),
        "proximity": (quantity_of(Margins, "proximity"), coupling, 0.1),
        "rethermalisation": (_RETHERMALISATION, emptying_rate(found), sheet.thermalisation_rate),
        "weak_recombination": (_RECOMBINATION, recombination, found.modes.rates[0] / 10),
        "thin_film": (_THIN, crossing, 1 / sheet.trapping_rate),
    }
    if not found.mesh.outlines.traps:
        sides = {name: sides[name] for name in ("weak_recombination", "thin_film")}
    made = []
    for name, (assumption, x, y) in sides.items():
        with np.errstate(divide="ignore"):
            margin = float(np.log10(y) - np.log10(x))
        made.append(Margin(name, margin, sheet.temperature if margin >= 0 else None, assumption))
    return tuple(made)


def emptying_rate(found: Solution) -> float:
    """How fast traps empty the slowest part of the film that they reach [1/s], 0 without any."""
    taken = found.trapping_rate * found.mesh.trap_areas.sum(0) @ found.modes.shapes**2
    rates = found.modes.rates[taken > _REACHED * found.sheet.trapping_rate]
    return float(rates[0] - found.mesh.layout.background_rate) if len(rates) else 0.0


_RETHERMALISATION, _RECOMBINATION, _THIN = (
    Quantity("1", symbol, meaning, _THEORY)
    for symbol, meaning in (
        (
            "1/τ_w - s_b ≤ 1/τ_s",
            "Quasiparticles rethermalise while the film empties; if not, the decay is "
            "not exponential, and it slows down towards its end",
        ),
        (
            "r x ≤ 1/(10 τ_w)",
            "Recombination, which the slowest rate leaves out, is slow compared with it everywhere",
        ),
        ("d_S²/D_qp ≤ 1/Γ", "The film is so thin that quasiparticles reach the barrier at once"),
    )
)
