"""Figures of the condensate all over a film: what is left, T̃_c, Pearl's length, the inductance."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from entrap.core.quantities import Quantity
from entrap.report.labels import scaled, typeset
from entrap.report.style import BLUE, Curves, Panel
from entrap.solve.plane.local import LEVELS
from entrap.studies.film.figures import map_of, map_panel
from entrap.studies.film.local import ENDS, LocalMaps
from entrap.studies.film.solution import varies

_NAMES = {
    "landau": "Landau, with entropy",
    "plain": "plain BCS, no entropy",
    "mixed": "BCS, with entropy",
}
_ALIKE = 1e-9  # changes below which a map would show rounding


def local_panels(found: LocalMaps) -> dict[str, Panel]:
    """What can be drawn, by name; what would have a single colour is left out."""
    state, left = found.with_traps, found.remaining_fraction
    made: dict[str, Panel] = {}

    def drawn(name: str, title: str, maps: Mapping[str, np.ndarray], label: str) -> None:
        """A map for each level; all have the colours of their own range."""
        for level, values in maps.items():
            of_level = partial(_level, found, f"{title}: {_NAMES[level]}", values, label)
            end = ENDS[level].replace("_", "-")
            made[f"{name}{end}"] = map_panel(found.mesh, of_level)

    if varies(left):
        fraction = partial(_level, found, "normal electrons left", left, "f = x/x_eq")
        made["remaining-fraction"] = map_panel(found.mesh, fraction)
        drawn(
            "critical-temperature", "effective critical temperature",
            state.critical_temperature, "T̃_c (K)",
        )  # fmt: skip
    depths = state.pearl_length
    unit, columns = scaled(
        Quantity("m", "Λ", "", display="um"), *(depths[level] for level in LEVELS)
    )
    varying = {x: column for x, column in zip(LEVELS, columns, strict=True) if varies(column)}
    drawn("pearl-length", "Pearl's length", varying, f"Λ = λ²/d_S ({unit})")
    changes = {level: 100 * found.inductance_changes(level) for level in LEVELS}
    changes = {x: each for x, each in changes.items() if np.abs(each).max() > 100 * _ALIKE}
    drawn(
        "inductance-change", f"change by {found.mesh.outlines.traps_named}", changes, "δL_k/L_k (%)"
    )
    return made


def resonance(times: np.ndarray, shift: np.ndarray, axes: Any, _: Curves) -> None:
    """δf/f after a burst."""
    declared = Quantity("s", "t", "Time", display="ms")
    unit, (time,) = scaled(declared, times[1:])
    axes.plot(time, 1e6 * shift[1:], color=BLUE)
    axes.set(xscale="log", xlim=(time[0], time[-1]))
    axes.set_xlabel(f"Time since the burst ({unit})")
    axes.set_ylabel(typeset("Shift of the resonance δf/f (10⁻⁶)"))
    axes.set_title("by plain BCS theory", loc="left")


def _level(found: LocalMaps, title: str, values: np.ndarray, label: str, axes: Any) -> None:
    # What is infinite is drawn as the largest number there is.
    finite = np.isfinite(values)
    drawn = np.where(finite, values, values[finite].max(initial=0.0))
    map_of(axes, found.mesh, drawn, label, "viridis")
    axes.set_title(title, loc="left")
