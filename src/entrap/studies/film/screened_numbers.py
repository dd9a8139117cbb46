"""Numbers, tables and assumptions of a film that screens."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from entrap.core.frame import Column, Frame
from entrap.core.quantities import Quantity
from entrap.solve.plane.dual import ring_centre
from entrap.solve.protocol.results import Margin, Value
from entrap.studies.film.declared import all_declared
from entrap.studies.film.screened import Screened

THEORY = "theory, films: screening"

DECLARED = all_declared(
    THEORY,
    {
        "screening_field": ("T", "B", "Field that all of the film screens", "mT"),
        "screening_length": ("m", "Λ", "Least λ²/d_S of the film", "um"),
        "screening_moment": ("A*m^2", "m", "Magnetic moment of the film in the field", ""),
        "screening_load": ("1", "K/K_d", "Largest sheet current over that which breaks pairs", ""),
        "depairing_field": ("T", "B_d", "Field in which currents break pairs somewhere", "mT"),
        "hole_inductance": ("H", "L", "Inductance of a current round the largest hole", "pH"),
        "hole_kinetic_inductance": ("H", "L_k", "Kinetic part of it", "pH"),
        "hole_effective_area": ("m^2", "A_eff", "Fluxoid in that hole by the field", "um^2"),
    },
)
"""Numbers of a film that screens."""

_ASSUMED = {
    "meissner": (
        "K ≤ K_d",
        "The currents break no pairs and let no vortex in anywhere; no vortex is solved for",
    ),
    "screening_depth": ("d_S ≤ λ", "The currents are the same across the film"),
    "screening_region": (
        "1 - T_eff/T_c ≤ 0.3",
        "Near enough to the transition for K_d by Landau's expansion",
    ),
}


def screened_values(found: Screened) -> dict[str, Value]:
    """The numbers, each with its declaration."""
    numbers = {"screening_length": float(found.screening.length.min())} | found.numbers
    if field := found.options.field:
        numbers |= {"screening_field": field, "screening_load": float(found.load.max())}
    return {name: Value(numbers[name], DECLARED[name]) for name in DECLARED if name in numbers}


def screened_margins(found: Screened, temperature: float) -> tuple[Margin, ...]:
    """log10(y/x) of each assumption x ≤ y.

    Args:
        found: The film.
        temperature: Of the film [K].
    """
    sides = {
        "meissner": (float(found.load.max()), 1.0),
        "screening_depth": (found.thickness, found.depth),
        "screening_region": (found.coldness, 0.3),
    }
    made = []
    for name, (x, y) in sides.items():
        margin = math.log10(y / x) if x > 0 else math.inf
        declared = Quantity("1", *_ASSUMED[name], THEORY)
        made.append(Margin(name, margin, temperature if margin >= 0 else None, declared))
    return tuple(made)


def screened_frames(found: Screened) -> Mapping[str, Frame]:
    """What the figure shows, a row each triangle; and the holes, a row each."""
    screening = found.screening
    x, y = found.mesh.dual.mesh.corners.mean(1).T
    along_x, along_y = found.current.T
    stream = found.stream[found.mesh.triangles].mean(1)
    made = {
        "screening": Frame(
            Column("x", x, "m", "Centre of the triangle"),
            Column("y", y, "m", "Centre of the triangle"),
            Column("area", found.mesh.dual.mesh.areas, "m^2", "Of the triangle"),
            Column("sheet_current_x", along_x, "A/m", "Sheet current along x"),
            Column("sheet_current_y", along_y, "A/m", "Sheet current along y"),
            Column("stream", stream, "A", "Current between the triangle and the film's edge"),
            Column("pearl_length", screening.length, "m", "λ²/d_S"),
            Column("load", found.load, "1", "Sheet current over that which breaks pairs"),
        )
    }
    if len(screening.holes):
        total, kinetic = (np.diag(each) for each in screening.inductances)
        x, y = np.array([ring_centre(found.mesh.points[line]) for line in screening.holes]).T
        made["holes"] = Frame(
            Column("x", x, "m", "Centre of the hole"),
            Column("y", y, "m", "Centre of the hole"),
            Column("area", screening.hole_areas, "m^2", "Of the hole"),
            Column("effective_area", screening.effective_areas(), "m^2", "Fluxoid by the field"),
            Column("inductance", total, "H", "Of a current round it"),
            Column("kinetic_inductance", kinetic, "H", "Kinetic part of it"),
            Column("current", screening.hole_currents(found.stream), "A", "Round it, in the field"),
        )
    return made


def screened_summary(found: Screened) -> dict[str, Any]:
    """Inductances of all holes [H], as the summary has them."""
    total, kinetic = found.screening.inductances
    return {"inductances": total.tolist(), "kinetic_inductances": kinetic.tolist()}
