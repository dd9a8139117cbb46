"""Figures of the condensate in a window: pairs, currents, phase and the lowest amplitude mode."""

from functools import partial
from typing import Any

import numpy as np

from entrap.report.labels import quoted, scaled, typeset
from entrap.report.style import BLACK, BLUE, GREY, Curves, Panel, draw
from entrap.studies.film.drawn import CURVES
from entrap.studies.film.figures import _MICRO, map_panel, scale_of_colours
from entrap.studies.film.window import Condensed
from entrap.studies.film.window_numbers import DECLARED

_ARROWS = 22  # across
_NOTHING = 1e-9  # of Φ0/(2π μ0 Λ ξ̃)
_STILL = 0.03  # of the largest current: no arrow
_BETWEEN = 20  # points of a curve from each state to the next
_LABELLED = 30  # vortices; of more, none has an edge


def window_panels(found: Condensed) -> dict[str, Panel]:
    """What can be drawn of a window, by name; where nothing superconducts there is nothing."""
    if found.normal:
        return {}
    drawn = {"condensate": condensate, "amplitude-mode": amplitude_mode}
    # Without a field and vortices the current is rounding, and the phase the same everywhere.
    if np.linalg.norm(found.current, axis=1).max() > _NOTHING * found.scale.current:
        drawn |= {"sheet-current": sheet_current, "phase": phase}
    if found.critical is not None:
        drawn["critical-state"] = critical_state
    made = {name: map_panel(found.mesh, partial(each, found)) for name, each in drawn.items()}
    if found.critical is not None:
        curves = CURVES["current-phase"]
        made["current-phase"] = Panel(partial(current_phase, found), curves, (7.6, 4.6))
    return made


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
    angle = found.phase / np.pi
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


def current_phase(found: Condensed, axes: Any, curves: Curves) -> None:
    """I against φ, up to the critical current and on; beside it that of a straight strip."""
    bridge = found.bridge
    assert bridge is not None
    assert bridge.found is not None
    states, declared = bridge.found, DECLARED["window_critical_current"]
    strip = bridge.depairing * bridge.narrowest
    phase, current = states.curve(_BETWEEN)
    unit, (solved, current, (most,), (wide,)) = scaled(
        declared, *(bridge.unit * each for each in (states.currents, current)),
        [bridge.current], [strip],
    )  # fmt: skip
    phase = (phase - states.phases[0]) / np.pi
    last = _BETWEEN * (int(np.append(states.stable, False).argmin()) - 1)
    row = ("stable", current[: last + 1], BLUE, "-", "stable")
    draw(axes, phase[: last + 1], row, curves=curves)
    if last < len(phase) - 1:
        row = ("unstable", current[last:], BLUE, ":", "not stable")
        draw(axes, phase[last:], row, curves=curves)
    if curves is None or "stable" in curves:
        axes.plot(bridge.phases / np.pi, solved, "o", color=BLUE, ms=4, label="solved")
    ends = (0.0, 1.03 * float(phase.max()))
    if np.isfinite(wide):
        label = "straight strip of the least width, K_d w"
        row = ("strip", np.full(2, wide), GREY, (0, (5, 2)), label)
        draw(axes, ends, row, curves=curves)
    axes.plot(bridge.phase / np.pi, most, "o", mfc="white", mec=BLACK, ms=7, zorder=8)
    axes.set(xlim=ends, ylim=(min(0.0, solved.min()), None))
    axes.set_xlabel(typeset("Phase between the ends φ (π)"))
    axes.set_ylabel(typeset(f"Current I ({unit})"))
    axes.set_title(typeset(f"I_c = {quoted(declared, bridge.current, 4)}"), loc="left")
    axes.legend(loc="lower right")


def critical_state(found: Condensed, axes: Any) -> None:
    """n_s at the critical current."""
    assert found.critical is not None
    assert found.bridge is not None
    share = found.critical / found.scale.density
    _map(axes, found, share, "n_s over that of a uniform film", "viridis", (0.0, share.max()))
    told = quoted(DECLARED["window_critical_current"], found.bridge.current, 4)
    axes.set_title(typeset(f"at I_c = {told}"), loc="left")


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
