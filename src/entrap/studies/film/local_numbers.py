"""Numbers, maps and assumptions of the condensate all over a film."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from entrap.core.quantities import Quantity, quantity_of
from entrap.model.sample import Sample, Trapping
from entrap.model.state import bare_densities, trapped_densities
from entrap.model.validity import Margins
from entrap.model.validity import margins as assumptions
from entrap.solve.jit import quick_jit
from entrap.solve.protocol.results import Margin, Value
from entrap.solve.stored import stored
from entrap.studies.film.local import ENDS, LocalMaps
from entrap.studies.film.solution import Solution
from entrap.studies.film.storage import Fields

_THEORY = "theory, films: the condensate at each point"
_WORDS = {
    "landau": "by Landau's functional with the entropy",
    "plain": "by plain BCS theory, no entropy",
    "mixed": "by BCS theory with the entropy",
}
_OF_SAMPLE = (
    "entropy_slope", "landau_region", "classical_entropy", "pair_density", "electron_count",
    "filled_band",
)  # fmt: skip
_EDGE, _LEAST_ERROR = 0.15, 0.01  # of n_s within ξ̃ of a trap's edge, in (ξ̃/ℓ_f)²

_DECLARED = {
    "local_critical_temperature": ("K", "T̃_c", "Highest effective critical temperature", ""),
    "sheet_inductance": ("H", "L_□", "Kinetic inductance of a square, mean over the current", "pH"),
    "kinetic_inductance": ("H", "L_k", "Kinetic inductance between the terminals", "pH"),
    "inductance_change": ("1", "δL_k/L_k", "Change of the kinetic inductance by the traps", ""),
    "resonance_shift": ("1", "δf/f", "Shift of the resonance by the traps", ""),
}


def local_values(found: LocalMaps) -> dict[str, Value]:
    """The numbers, each with its declaration."""
    made: dict[str, float] = {}
    for level, end in ENDS.items():
        if level != "plain":
            highest = float(found.with_traps.critical_temperature[level].max())
            made[f"local_critical_temperature{end}"] = highest
    made |= found.numbers
    values = {}
    for name, x in made.items():
        base = next(known for known in _DECLARED if name.startswith(known))
        level = next(level for level, end in ENDS.items() if name == base + end)
        unit, symbol, meaning, display = _DECLARED[base]
        marked = symbol if level == "landau" else f"{symbol}, {level}"
        declared = Quantity(unit, marked, f"{meaning}, {_WORDS[level]}", _THEORY, display)
        values[name] = Value(x, declared)
    meaning = "Least quasiparticles left, over those of equilibrium"
    least = float(found.with_traps.share.min())
    values["least_share"] = Value(least, _quantity("1", "min x/x_eq", meaning))
    return {name: value for name, value in values.items() if not math.isnan(value.value)}


def local_fields(found: LocalMaps) -> Fields:
    """The maps."""
    state = found.with_traps
    made: dict[str, tuple[np.ndarray, Quantity]] = {
        "share": (
            state.share, _quantity("1", "x/x_eq", "Quasiparticles over those of equilibrium"),
        ),
        "remaining_fraction": (
            found.remaining_fraction, _quantity("1", "f", "Normal electrons left, at most all"),
        ),
        "coherence_length": (
            state.coherence_length, _quantity("m", "ξ̃", "Coherence length, by Landau's functional"),
        ),
    }  # fmt: skip
    for level, end in ENDS.items():
        words = _WORDS[level]
        columns = (
            ("superfluid_density", state.superfluid_density, "1/m^3", "n_s", "Superfluid density"),
            ("penetration_depth", state.penetration_depth, "m", "λ", "Penetration depth"),
            ("pearl_length", state.pearl_length, "m", "Λ", "Pearl's length λ²/d_S"),
            ("gap", state.gap, "J", "Δ", "Gap"),
            (
                "critical_temperature", state.critical_temperature, "K", "T̃_c",
                "Effective critical temperature",
            ),
        )  # fmt: skip
        for name, by_level, unit, symbol, meaning in columns:
            if level in by_level:
                declared = _quantity(unit, symbol, f"{meaning}, {words}")
                made[f"{name}{end}"] = (by_level[level], declared)
        change = _quantity("1", "δL_k/L_k", f"Change of the sheet's inductance by traps, {words}")
        made[f"inductance_change{end}"] = (found.inductance_changes(level), change)
    return made


def _quantity(unit: str, symbol: str, meaning: str) -> Quantity:
    return Quantity(unit, symbol, meaning, _THEORY)


def local_margins(found: LocalMaps, solution: Solution) -> tuple[Margin, ...]:
    """log10(y/x) of each assumption x ≤ y, at the worst point."""
    sheet, state = solution.sheet, found.with_traps
    most = max(float(solution.density.max()), sheet.equilibrium_fraction)
    trapped = sheet.trapping_rate if found.mesh.outlines.traps else 0.0
    healing = sheet.diffusivity / (trapped + 2 * sheet.recombination_coefficient * most)
    longest, shortest = (float(f(state.coherence_length)) for f in (np.max, np.min))
    depth = min(float(each.min()) for each in state.penetration_depth.values())
    changed = float(np.abs(state.gap["plain"] / sheet.gap - 1).max())
    sides = {
        "local_density": (_EDGE * longest**2 / healing, _LEAST_ERROR),
        "thin_sheet": (sheet.film_thickness, min(shortest / 2, depth)),
        "uniform_gap": (changed, 0.1),
    }
    if found.currents:
        least = min(float(each.min()) for each in state.pearl_length.values())
        sides["weak_screening"] = (_width(found), least)
    made = []
    for name, (x, y) in sides.items():
        with np.errstate(divide="ignore"):
            margin = float(np.log10(y) - np.log10(x))
        declared = Quantity("1", *_ASSUMED[name], _THEORY)
        made.append(_margin(name, margin, sheet.temperature, declared))
    return (*made, *_of_sample(found, solution))


def _margin(name: str, margin: float, temperature: float, declared: Quantity) -> Margin:
    return Margin(name, margin, temperature if margin >= 0 else None, declared)


def _width(found: LocalMaps) -> float:
    """The diameter of the largest disc on the film [m]."""
    import shapely

    film = found.mesh.outlines.film
    circle = shapely.maximum_inscribed_circle(film, tolerance=film.length / 1e3)
    return 2 * float(circle.length)


def _of_sample(found: LocalMaps, solution: Solution) -> Iterable[Margin]:
    """Those of the sample without dimensions, with the least and the most quasiparticles."""
    temperature = solution.sheet.temperature
    ends = np.array([found.remaining_fraction.min(), found.remaining_fraction.max()])
    rate = solution.sheet.trapping_rate
    worst = _assumptions(found.sample, float(temperature), ends, float(rate))
    for name in _OF_SAMPLE:
        value = getattr(worst, name)
        if value is not None and not np.isnan(value).all():
            margin = float(np.nanmin(np.asarray(value)))
            yield _margin(name, margin, temperature, quantity_of(Margins, name))


@stored(quick_jit)
def _assumptions(sample: Sample, temperature: Any, ends: Any, rate: Any) -> Margins:
    bare = bare_densities(sample, temperature)
    there = trapped_densities(sample, temperature, ends)
    return assumptions(sample, Trapping(rate, 0.0), temperature, there, bare, temperature)


_ASSUMED = {
    "local_density": (
        "0.15 (ξ̃/ℓ_f)² ≤ 0.01",
        "The condensate follows quasiparticles so closely that at a trap's edge n_s is within 1 % "
        "of what it is in a uniform film; ℓ_f = √(D/(Γ + 2rx))",
    ),
    "thin_sheet": ("d_S ≤ ξ̃/2, λ", "Condensate and current are the same across the film"),
    "uniform_gap": (
        "|Δ/Δ(T) - 1| ≤ 0.1",
        "The gap, by which quasiparticles are trapped and recombine, is that of equilibrium "
        "everywhere",
    ),
    "weak_screening": (
        "W ≤ Λ",
        "The film, whose greatest width is W, is so narrow that its current flows all over it",
    ),
}
