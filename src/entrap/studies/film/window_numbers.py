"""Numbers, maps and assumptions of the condensate in a window."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from entrap.core.frame import Column, Frame
from entrap.core.quantities import Quantity, quantity_of
from entrap.model.validity import Margins
from entrap.solve.protocol.results import Margin, Value, strict
from entrap.studies.film.declared import all_declared
from entrap.studies.film.posing import magnetic_length
from entrap.studies.film.storage import Fields
from entrap.studies.film.window import Condensed

THEORY = "theory, films: the condensate"
_NEAR = 3  # ξ̃: within it a window's rim moves a vortex

DECLARED = all_declared(
    THEORY,
    {
        "window_field": ("T", "B", "Field in the window", "mT"),
        "window_coherence_length": ("m", "ξ̃", "Least coherence length in the window", "nm"),
        "window_screening_length": ("m", "Λ", "Least λ²/d_S in the window", "um"),
        "window_vortices": ("1", "N_v", "Vortices less those that turn the other way", ""),
        "window_fluxoids": ("1", "n", "Flux quanta that the window's holes hold", ""),
        "window_energy": ("J", "F", "Free energy of the window over its normal state", "eV"),
        "window_stability": (
            "1", "μ_0/|α|", "Lowest curvature of the energy; below 0 the state is not stable", ""
        ),
        "window_critical_temperature": ("K", "T_c", "Transition of the film in the window", ""),
        "window_amplitude_energy": ("J", "ħω", "Lowest amplitude mode in the window", "ueV"),
        "window_uniform_amplitude_energy": ("J", "2Δ_g", "That of a uniform film", "ueV"),
        "window_critical_current": (
            "A", "I_c", "Largest current that the film in the window carries", "uA"
        ),
        "window_critical_phase": (
            "rad", "φ_c", "Phase between the window's ends that goes with that current", ""
        ),
        "window_narrowest_width": ("m", "w", "Least width of film that this current passes", "nm"),
        "window_depairing_current": (
            "A", "K_d w", "Current that breaks pairs in a long straight strip of that width", "uA"
        ),
        "window_points": ("1", "N", "Points of the window's mesh", ""),
    },
)  # fmt: skip
"""Numbers of a window."""

_ASSUMED = {
    "window_rim": (
        "3 ξ̃ ≤ distance of each vortex from where the window cuts the film",
        "The window's rim, at which no current flows, is too far from vortices to move them",
    ),
    "window_mesh": (
        "2 h ≤ ℓ_B",
        "Triangles of size h are small beside the magnetic length √(Φ_0/2πB), over which the "
        "condensate changes in the field",
    ),
    "weak_screening": (
        "W ≤ Λ",
        "The film, whose narrower side is W, is too narrow for its currents to change the field",
    ),
    "window_depth": ("d_S ≤ ξ̃/2", "The condensate is the same across the film"),
}


def window_values(found: Condensed) -> dict[str, Value]:
    """The numbers, each with its declaration."""
    scale, winding = found.scale, found.winding
    numbers: dict[str, float] = {
        "window_field": found.options.field,
        "window_coherence_length": scale.length,
        "window_screening_length": scale.screening,
        "window_vortices": float(winding.winding.sum()),
        "window_energy": found.state.energy * scale.energy,
        "window_stability": found.state.lowest,
        "window_uniform_amplitude_energy": 2 * scale.gap,
        "window_points": len(found.mesh.points),
    }
    if len(winding.fluxoids):
        numbers["window_fluxoids"] = float(winding.fluxoids.sum())
    if not found.normal:
        numbers["window_amplitude_energy"] = found.amplitude_energy
    if (bridge := found.bridge) is not None:
        if bridge.found is not None:
            numbers["window_critical_current"] = bridge.current
            numbers["window_critical_phase"] = bridge.phase
        if math.isfinite(bridge.narrowest):
            numbers["window_narrowest_width"] = bridge.narrowest
            numbers["window_depairing_current"] = bridge.depairing * bridge.narrowest
    lower, upper = found.transitions
    if lower > 0:
        numbers["window_critical_temperature"] = lower
    least = {"window_critical_temperature"} if upper - lower > 1e-6 * upper else ()
    return {
        name: Value(numbers[name], DECLARED[name], name in least)
        for name in DECLARED
        if name in numbers
    }


def window_margins(found: Condensed, temperature: float) -> tuple[Margin, ...]:
    """log10(y/x) of each assumption x ≤ y.

    Args:
        found: The condensate.
        temperature: Of the film [K].
    """
    scale = found.scale
    a, critical = float(found.sample.landau_a), float(found.sample.critical_temperature)
    sides = {
        "window_rim": (_NEAR * scale.length, _from_cut(found)),
        "window_mesh": (2 * found.mesh.size, magnetic_length(scale, found.options.field)),
        "weak_screening": (found.width, scale.screening),
        "window_depth": (scale.thickness, scale.length / 2),
    }
    driven = found.options.field or found.bridge is not None
    if found.options.self_field or not driven:
        del sides["weak_screening"]
    if math.isinf(sides["window_mesh"][1]):
        del sides["window_mesh"]
    declared = {name: Quantity("1", *_ASSUMED[name], THEORY) for name in sides}
    # α_r is that of a bare film at T_eff.
    sides["landau_region"] = (scale.alpha / (a * critical), 0.3)
    declared["landau_region"] = quantity_of(Margins, "landau_region")
    made = []
    for name, (x, y) in sides.items():
        margin = math.log10(y / x) if math.isfinite(y) else math.inf
        made.append(Margin(name, margin, temperature if margin >= 0 else None, declared[name]))
    return tuple(made)


def _from_cut(found: Condensed) -> float:
    """The least distance of a vortex from where the window cuts the film [m]."""
    import shapely

    if found.cut.is_empty or not len(found.winding.points):
        return math.inf
    points = shapely.points(found.winding.points)
    return max(float(shapely.distance(found.cut, points).min()), 1e-3 * found.scale.length)


def window_fields(found: Condensed) -> Fields:
    """The fields on the window's mesh."""
    along_x, along_y = found.current.T
    mode = np.abs(found.amplitude[1][:, 0])
    made: dict[str, tuple[np.ndarray, str, str, str]] = {
        "superfluid_density": (found.superfluid_density, "1/m^3", "n_s", "Superfluid density"),
        "phase": (found.phase, "rad", "θ", "Phase of the condensate"),
        "sheet_current_x": (along_x, "A/m", "K_x", "Sheet current along x"),
        "sheet_current_y": (along_y, "A/m", "K_y", "Sheet current along y"),
        "amplitude_mode": (mode / mode.max(), "1", "u", "Lowest amplitude mode, over its largest"),
        "remaining_fraction": (
            found.fraction, "1", "f", "Fraction of the normal electrons that is left",
        ),
    }  # fmt: skip
    if found.critical is not None:
        words = "Superfluid density with the critical current"
        made["critical_superfluid_density"] = (found.critical, "1/m^3", "n_s", words)
    return {
        name: (values, Quantity(unit, symbol, meaning, THEORY))
        for name, (values, unit, symbol, meaning) in made.items()
    }


def window_summary(found: Condensed) -> dict[str, Any]:
    """The state, as the summary has it."""
    winding = found.winding
    return {
        "status": found.state.status,
        "start": found.options.start,
        "starts": {name: energy * found.scale.energy for name, energy in found.starts.items()},
        "residual": found.state.residual,
        "vortices": [
            {"at": at.tolist(), "flux_quanta": int(n)}
            for at, n in zip(winding.points, winding.winding, strict=True)
        ],
        "holes": [
            {"at": at.tolist(), "flux_quanta": int(n)}
            for at, n in zip(winding.holes, winding.fluxoids, strict=True)
        ],
        "critical_temperature": [strict(x) for x in found.transitions],
        "remaining_fraction": [float(found.fraction.min()), float(found.fraction.max())],
    }


def window_frames(found: Condensed) -> Mapping[str, Frame]:
    """The fields, a row each point of the mesh; and the vortices and holes, a row each."""
    x, y = found.mesh.points.T
    fields = (
        (name, values, declared.unit, declared.meaning)
        for name, (values, declared) in window_fields(found).items()
    )
    area = ("area", found.mesh.dual.volumes, "m^2", "That belongs to the point")
    place = (("x", x, "m", "Of the point"), ("y", y, "m", "Of the point"))
    winding = found.winding
    kinds = ["vortex"] * len(winding.points) + ["hole"] * len(winding.holes)
    x, y = np.vstack([winding.points, winding.holes]).T
    driven = found.bridge is not None and found.bridge.found is not None
    return {
        **({"current-phase": current_frame(found)} if driven else {}),
        "window": Frame(*(Column(*each) for each in (*place, area, *fields))),
        "vortices": Frame(
            Column("kind", np.array(kinds, object), "", "A vortex, or a hole"),
            Column("x", x, "m", "Its centre"),
            Column("y", y, "m", "Its centre"),
            Column(
                "flux_quanta",
                np.concatenate([winding.winding, winding.fluxoids]),
                "1",
                "Its flux quanta, along the upward direction",
            ),
        ),
    }


def current_frame(found: Condensed) -> Frame:
    """The current for each phase between the window's ends, along the states that were followed."""
    assert found.bridge is not None
    assert found.bridge.found is not None
    states = found.bridge.found
    current = found.bridge.unit * states.currents
    stable = states.stable.astype(int)
    return Frame(
        Column("phase", found.bridge.phases, "rad", "From the state in which no current is driven"),
        Column("current", current, "A", "From the first end to the second"),
        Column("stable", stable, "1", "1 where no change of the state with its phase gains energy"),
    )
