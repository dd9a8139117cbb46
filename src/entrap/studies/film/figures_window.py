"""Figures of the condensate in a window: pairs, currents, phase and the lowest amplitude mode."""

from functools import partial
from typing import Any

import numpy as np

from entrap.report.labels import quoted, typeset
from entrap.report.style import BLACK, Panel
from entrap.studies.film.figures import _MICRO, map_panel, scale_of_colours
from entrap.studies.film.window import Condensed
from entrap.studies.film.window_numbers import DECLARED

_ARROWS = 22  # across
_STILL = 0.03  # of the largest current: no arrow
_LABELLED = 30  # vortices; of more, none has an edge


def window_panels(found: Condensed) -> dict[str, Panel]:
    """What can be drawn of a window, by name; where nothing superconducts there is nothing."""
    if found.normal:
        return {}
    drawn = {
        "condensate": condensate,
        "sheet-current": sheet_current,
        "phase": phase,
        "amplitude-mode": amplitude_mode,
    }
    return {name: map_panel(found.mesh, partial(draw, found)) for name, draw in drawn.items()}


def condensate(found: Condensed, axes: Any) -> None:
    """n_s, with vortices and the flux quanta of holes."""
    share = np.abs(found.state.psi) ** 2
    _map(axes, found, share, "n_s over that of a uniform film", "viridis", (0.0, share.max()))
    axes.set_title(_title(found), loc="left")
    _wound(axes, found)


def sheet_current(found: Condensed, axes: Any) -> None:
    """|K|, and its direction on a grid."""
    current, mesh = found.current, found.mesh
    size = np.linalg.norm(current, axis=1)
    _map(axes, found, size, "Sheet current |K| (A/m)", "magma", (0.0, size.max()))
    x0, y0, x1, y1 = mesh.outlines.film.bounds
    step = max(x1 - x0, y1 - y0) / _ARROWS
    across, up = (_middles(*ends, step) for ends in ((x0, x1), (y0, y1)))
    grid = np.stack(np.meshgrid(across, up), -1).reshape(-1, 2)
    triangles, shares = mesh.cover.found(grid)
    held = (current[mesh.triangles[triangles]] * shares[..., None]).sum(1)
    length = np.linalg.norm(held, axis=1)
    some = (triangles >= 0) & (length > _STILL * size.max())
    if some.any():
        x, y = _MICRO * grid[some].T
        along, up = (held[some] / length[some, None]).T
        axes.quiver(
            x, y, along, up, color="white", pivot="mid", angles="xy", scale_units="xy",
            scale=1.25 / (_MICRO * step), width=0.0032, headwidth=4.5,
        )  # fmt: skip
    axes.set_title(_title(found), loc="left")


def _middles(start: float, end: float, step: float) -> np.ndarray:
    """Points about a step apart, the first and the last half as far from both ends."""
    parts = max(1, round((end - start) / step))
    return start + (np.arange(parts) + 0.5) * (end - start) / parts


def phase(found: Condensed, axes: Any) -> None:
    """The phase, in the gauge in which A turns about the middle of the window."""
    # Between points colours are mixed, not numbers: those of -π and π are the same.
    angle = np.angle(found.state.psi) / np.pi
    ticks = [-1, -0.5, 0, 0.5, 1]
    _map(axes, found, angle, "Phase θ (π)", "twilight", (-1, 1), ticks=ticks)
    axes.set_title(_title(found), loc="left")
    _wound(axes, found)


def amplitude_mode(found: Condensed, axes: Any) -> None:
    """The lowest amplitude mode, over its largest value."""
    mode = np.abs(found.amplitude[1][:, 0])
    _map(axes, found, mode / mode.max(), "Lowest amplitude mode u/max(u)", "cividis", (0, 1))
    share = found.amplitude_energy / (2 * found.scale.gap)
    axes.set_title(typeset(f"ħω = {share:.3f} × 2Δ_g"), loc="left")


def _map(
    axes: Any,
    found: Condensed,
    values: np.ndarray,
    label: str,
    colours: str,
    ends: tuple[float, float],
    **how: Any,
) -> None:
    """Colours of values at the points, between two ends."""
    x, y = _MICRO * found.mesh.points.T
    drawn = axes.tripcolor(
        x, y, found.mesh.triangles, values, cmap=colours, vmin=ends[0], vmax=ends[1],
        shading="gouraud", rasterized=True,
    )  # fmt: skip
    scale_of_colours(axes, drawn, label, **how)


def _title(found: Condensed) -> str:
    count = int(np.abs(found.winding.winding).sum())
    vortices = f"{count} {'vortex' if count == 1 else 'vortices'}" if count else "no vortex"
    if not found.options.field:
        return f"no field, {vortices}"
    return f"{quoted(DECLARED['window_field'], found.options.field, 4)}, {vortices}"


def _wound(axes: Any, found: Condensed) -> None:
    """A dot for a vortex, a cross for one that turns the other way; flux quanta of holes."""
    winding = found.winding
    small = len(winding.points) > _LABELLED
    for sign, mark in ((1, "o"), (-1, "X")):
        some = np.sign(winding.winding) == sign
        x, y = _MICRO * winding.points[some].T
        axes.plot(x, y, mark, mfc="white", mec=BLACK, ms=4 if small else 7, ls="none", zorder=8)
    for (x, y), count in zip(_MICRO * winding.holes, winding.fluxoids, strict=True):
        axes.text(x, y, typeset(f"{count} Φ_0"), ha="center", va="center", zorder=8)
