"""Figures of the condensate all over a film: what is left, T̃_c, Pearl's length, the inductance."""

from typing import Any

import numpy as np

from entrap.core.quantities import Quantity
from entrap.report.labels import scaled, typeset
from entrap.report.look import Look
from entrap.report.style import BLUE, figure_for
from entrap.solve.plane.local import LEVELS
from entrap.studies.film.drawn import CURVES
from entrap.studies.film.figures import canvas, device, map_of
from entrap.studies.film.local import LocalMaps

_NAMES = {
    "landau": "Landau, with entropy",
    "plain": "plain BCS, no entropy",
    "mixed": "BCS, with entropy",
}
_ALIKE = 1e-9  # relative differences below which a map would show rounding


def local_figures(found: LocalMaps, look: Look) -> dict[str, Any]:
    """The figures, by file name; one that would have a single colour is left out."""
    state = found.with_traps
    left, depths = found.remaining_fraction, state.pearl_length
    made: dict[str, Any] = {}
    if _varies(left):
        made["remaining-fraction"] = _panels(
            found, look, "remaining-fraction", "normal electrons left", {"": left}, "f = x/x_eq"
        )
        temperatures = state.critical_temperature
        made["critical-temperature"] = _panels(
            found, look, "critical-temperature", "effective critical temperature",
            {_NAMES[level]: each for level, each in temperatures.items()}, "T̃_c (K)",
        )  # fmt: skip
    unit, columns = scaled(
        Quantity("m", "Λ", "", display="um"), *(depths[level] for level in LEVELS)
    )
    varying = {
        _NAMES[level]: column
        for level, column in zip(LEVELS, columns, strict=True)
        if _varies(column)
    }
    if varying:
        made["pearl-length"] = _panels(
            found, look, "pearl-length", "Pearl's length", varying, f"Λ = λ²/d_S ({unit})"
        )
    changes = {_NAMES[level]: 100 * found.inductance_changes(level) for level in LEVELS}
    changes = {name: each for name, each in changes.items() if np.abs(each).max() > 100 * _ALIKE}
    if changes:
        made["inductance-change"] = _panels(
            found, look, "inductance-change", "change by the traps", changes,
            "δL_k/L_k (%)",
        )  # fmt: skip
    return made


def resonance(times: np.ndarray, shift: np.ndarray, look: Look) -> Any:
    """δf/f after a burst."""
    figure = figure_for(look, "resonance", 7.6, 4.6)
    axes = figure.subplots()
    declared = Quantity("s", "t", "Time", display="ms")
    unit, (time,) = scaled(declared, times[1:])
    axes.plot(time, 1e6 * shift[1:], color=BLUE)
    axes.set(xscale="log", xlim=(time[0], time[-1]))
    axes.set_xlabel(f"Time since the burst ({unit})")
    axes.set_ylabel(typeset("Shift of the resonance δf/f (10⁻⁶)"))
    axes.set_title("by plain BCS theory", loc="left")
    return figure


def _varies(values: np.ndarray) -> bool:
    finite = values[np.isfinite(values)]
    return bool(len(finite)) and np.ptp(finite) > _ALIKE * np.abs(finite).max()


def _panels(
    found: LocalMaps, look: Look, name: str, title: str, maps: dict[str, np.ndarray], label: str
) -> Any:
    """A map for each level, one above the other; all have the colours of their own range."""
    assert name in CURVES
    figure, rows = canvas(found.mesh, name, look, len(maps))
    for axes, (level, values) in zip(np.atleast_1d(rows), maps.items(), strict=True):
        # What is infinite is drawn as the largest number there is.
        finite = np.isfinite(values)
        drawn = np.where(finite, values, values[finite].max(initial=0.0))
        map_of(figure, axes, found.mesh, drawn, label, "viridis")
        device(axes, found.mesh)
        axes.set_title(f"{title}: {level}" if level else title, loc="left")
    return figure
