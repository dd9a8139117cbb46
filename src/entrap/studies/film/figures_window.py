"""Figures of the condensate in a window: pairs, currents, phase and the lowest amplitude mode."""

from typing import Any

import numpy as np

from entrap.report.labels import quoted, typeset
from entrap.report.look import Look
from entrap.report.style import BLACK
from entrap.studies.film.figures import _MICRO, canvas, device
from entrap.studies.film.window import Condensed
from entrap.studies.film.window_numbers import DECLARED

_ARROWS = 22  # across
_STILL = 0.03  # of the largest current: no arrow
_LABELLED = 30  # vortices; of more, none has an edge


def window_figures(found: Condensed, look: Look) -> dict[str, Any]:
    """The figures, by file name; where nothing superconducts there are none."""
    if found.normal:
        return {}
    drawn = {
        "condensate": condensate,
        "sheet-current": sheet_current,
        "phase": phase,
        "amplitude-mode": amplitude_mode,
    }
    return {name: draw(found, look) for name, draw in drawn.items()}


def condensate(found: Condensed, look: Look) -> Any:
    """n_s, with vortices and the flux quanta of holes."""
    figure, axes = canvas(found.mesh, "condensate", look)
    share = np.abs(found.state.psi) ** 2
    _linear(figure, axes, found, share, "n_s over that of a uniform film", "viridis")
    axes.set_title(_title(found), loc="left")
    device(axes, found.mesh)
    _wound(axes, found)
    return figure


def sheet_current(found: Condensed, look: Look) -> Any:
    """|K|, and its direction on a grid."""
    from entrap.studies.film.mesh import Mesh

    figure, axes = canvas(found.mesh, "sheet-current", look)
    current = found.current
    size = np.linalg.norm(current, axis=1)
    _linear(figure, axes, found, size, "Sheet current |K| (A/m)", "magma")
    mesh: Mesh = found.mesh
    x0, y0, x1, y1 = mesh.outlines.film.bounds
    step = max(x1 - x0, y1 - y0) / _ARROWS
    grid = np.stack(
        np.meshgrid(np.arange(x0 + step / 2, x1, step), np.arange(y0 + step / 2, y1, step)), -1
    ).reshape(-1, 2)
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
    device(axes, found.mesh)
    return figure


def phase(found: Condensed, look: Look) -> Any:
    """The phase, in the gauge in which A turns about the middle of the window."""
    figure, axes = canvas(found.mesh, "phase", look)
    x, y = _MICRO * found.mesh.points.T
    psi = found.state.psi / np.maximum(np.abs(found.state.psi), 1e-300)
    angle = np.angle(psi[found.mesh.triangles].mean(1)) / np.pi
    drawn = axes.tripcolor(
        x, y, found.mesh.triangles, angle, cmap="twilight", vmin=-1, vmax=1, rasterized=True
    )
    _scale(figure, axes, drawn, "Phase θ (π)", ticks=[-1, -0.5, 0, 0.5, 1])
    axes.set_title(_title(found), loc="left")
    device(axes, found.mesh)
    _wound(axes, found)
    return figure


def amplitude_mode(found: Condensed, look: Look) -> Any:
    """The lowest amplitude mode, over its largest value."""
    figure, axes = canvas(found.mesh, "amplitude-mode", look)
    mode = np.abs(found.amplitude[1][:, 0])
    label = "Lowest amplitude mode u/max(u)"
    _linear(figure, axes, found, mode / mode.max(), label, "cividis")
    share = found.amplitude_energy / (2 * found.scale.gap)
    axes.set_title(typeset(f"ħω = {share:.3f} × 2Δ_g"), loc="left")
    device(axes, found.mesh)
    return figure


def _linear(
    figure: Any, axes: Any, found: Condensed, values: np.ndarray, label: str, colours: str
) -> None:
    """Colours of values at the points, from 0 on."""
    x, y = _MICRO * found.mesh.points.T
    drawn = axes.tripcolor(
        x, y, found.mesh.triangles, values, cmap=colours, vmin=0.0, vmax=values.max(),
        shading="gouraud", rasterized=True,
    )  # fmt: skip
    _scale(figure, axes, drawn, label)


def _scale(figure: Any, axes: Any, drawn: Any, label: str, **how: Any) -> None:
    """The scale of the colours."""
    bar = figure.colorbar(drawn, ax=axes, shrink=0.9, pad=0.02, **how)
    bar.set_label(typeset(label))
    bar.outline.set_visible(False)


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
