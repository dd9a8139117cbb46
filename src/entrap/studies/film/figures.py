"""Figures of a film, fit for a talk: outline, scale bar, axes in µm; colour-blind safe."""

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

from entrap.core.quantities import Quantity
from entrap.report.labels import nice, power_of_ten, scaled, typeset
from entrap.report.look import LOOK, Look
from entrap.report.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    RED,
    Curves,
    Panel,
    adjusted,
    draw,
    figure_for,
    styled,
)
from entrap.studies.film.drawn import CURVES
from entrap.studies.film.film import FilmResult
from entrap.studies.film.mesh import Mesh
from entrap.studies.film.places import area_text, small_area
from entrap.studies.film.solution import disc, varies

_MICRO = 1e6
_WIDE, _AROUND = 11.0, 0.9  # inches: of a figure, and of what is above and below its maps
_PROBES = 3  # at most, for which the best place of a trap is drawn
_LOGARITHMIC = 30  # ratio from which colours are of the logarithm
_FAR = 2.0  # times the range on 99 % of the film, from which colours leave out the rest
_SHORT = 2.6  # inches of a map, below which what its colours mean stands above it
_DIM = "#dcdcdc"


def film_figures(result: FilmResult, look: Look = LOOK) -> dict[str, Figure]:
    """The figures of a result, by file name: panels whose names begin alike, one above the other.

    Those of a decay, of the condensate or of a window are there only where the result has these.
    """
    there = panels(result)
    with styled(look.style):
        made = {}
        for name in CURVES:
            parts = [part for key, part in there.items() if f"{key}-".startswith(f"{name}-")]
            if parts:
                made[name] = _figure(name, parts, look)
        return adjusted(made, look)


def panels(result: FilmResult) -> dict[str, Panel]:
    """What can be drawn of a result, by name."""
    from entrap.studies.film.figures_local import local_panels, resonance
    from entrap.studies.film.figures_screened import screening
    from entrap.studies.film.figures_window import window_panels

    mesh, made = result.mesh, {}
    if varies(result.solution.density):
        made["density"] = map_panel(mesh, partial(density, result))
    if not result.closed and varies(result.solution.modes.shapes[:, 0]):
        made["slowest-mode"] = map_panel(mesh, partial(slowest_mode, result))
        made["gain"] = map_panel(mesh, partial(gain, result, None))
    for name in [*result.layout.probes][:_PROBES]:
        made[f"gain-{name}"] = map_panel(mesh, partial(gain, result, name))
    made["mesh"] = map_panel(mesh, partial(_mesh, mesh))
    if result.decay is not None:
        made["decay"] = Panel(partial(decay, result), CURVES["decay"])
    if result.local is not None:
        made |= local_panels(result.local)
    if (shift := result.shift) is not None and result.decay is not None:
        made["resonance"] = Panel(partial(resonance, result.decay.times, shift), (), (7.6, 4.6))
    if result.window is not None:
        made |= window_panels(result.window)
    if result.screening is not None and result.screening.options.field:
        found = result.screening
        made["screening"] = map_panel(found.mesh, partial(screening, found))
    return made


def map_panel(mesh: Mesh, draw: Callable[[Any], None]) -> Panel:
    """A map of a device, with axes of its shape."""
    (x0, x1), (y0, y1) = _view(mesh)
    tall = float(np.clip(0.74 * _WIDE * (y1 - y0) / (x1 - x0), 2.3, 7.0))
    wide = float(np.clip(tall * (x1 - x0) / (y1 - y0) + 2.6, 7.2, _WIDE))

    def drawn(axes: Any, _: Curves) -> None:
        before = [*axes.figure.axes]
        draw(axes)
        device(axes, mesh)
        for bar in axes.figure.axes:
            if bar not in before and tall < _SHORT:  # its label is longer than it
                axes.set_title(" ".join(bar.get_ylabel().split()), loc="right")
                bar.set_ylabel("")

    return Panel(drawn, (), (wide, tall + _AROUND))


def _figure(name: str, parts: list[Panel], look: Look) -> Figure:
    """Panels one above the other; what all of them have is said once."""
    wide, high = parts[0].size
    figure = figure_for(look, name, wide, len(parts) * (high - _AROUND) + _AROUND)
    rows = figure.subplots(len(parts), 1, sharex=True, squeeze=False)[:, 0]
    for axes, part in zip(rows, parts, strict=True):
        part.draw(axes, look.curves(name, part.curves))
    for axes in rows[:-1]:
        axes.xaxis.label.set_visible(False)
    title = rows[0].get_title(loc="left")
    for axes in rows[1:]:
        if axes.get_title(loc="left") == title:
            axes.set_title("", loc="left")
    handles, labels = rows[0].get_legend_handles_labels()
    if rows[0].get_legend() is None and handles:
        figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))
    if rows[0].get_aspect() != "auto":
        figure.set_layout_engine("compressed")
    return figure


def density(result: FilmResult, axes: Any) -> None:
    """x in the steady state."""
    label = "x = n_qp/(2 N_0 Δ)"
    map_of(axes, result.mesh, result.solution.density, label, "viridis")
    shapes = result.mesh.outlines
    axes.set_title(
        f"steady state with {shapes.traps_named}" if shapes.traps else "steady state", loc="left"
    )


def slowest_mode(result: FilmResult, axes: Any) -> None:
    """The slowest mode, over its largest value."""
    mode = np.abs(result.solution.modes.shapes[:, 0])
    map_of(axes, result.mesh, mode / mode.max(), "Slowest mode u/max(u)", "cividis")
    axes.set_title("what is left last", loc="left")


def gain(result: FilmResult, probe: str | None, axes: Any) -> None:
    """Where a further trap helps most: for a probe, or for the slowest rate."""
    found, area = result.solution, small_area(result.solution)
    if probe is None:
        label, share, place = "Gain of the slowest rate", found.rate_gain, result.best_place
    else:
        label, share = f"Loss of x at {_said(probe)}", found.probe_gain(probe)
        place = result.probe_places[probe]
    label = f"{label}\nby {area_text(area)} (%)"
    map_of(axes, result.mesh, 100 * area * share, label, "viridis")
    _lines(axes, result.mesh.outlines.traps, facecolors=_DIM)
    if place is not None:
        x, y = (_MICRO * c for c in place.at)
        axes.plot(x, y, "*", mfc="white", mec=BLACK, ms=15, zorder=8)
    if (placed := result.placed) is not None:
        discs = [disc(tuple(at), placed.radius) for at in placed.centres]
        _lines(axes, discs, edgecolors=GREEN, lw=2.0, label="placed")
    further = "further " if result.mesh.outlines.traps else ""
    axes.set_title(f"where a {further}trap would help most (star)", loc="left")


def decay(result: FilmResult, axes: Any, curves: Curves) -> None:
    """x at the probes and its mean, after the bursts."""
    made, steady = result.decay, result.solution.density
    assert made is not None
    late = result.quantities["evacuation_time"].value
    unit, (time, mark) = scaled(Quantity("s", "t", "Time", display="ms"), made.times[1:], late)
    colours = (BLUE, RED, GREEN, ORANGE)
    for (name, row), colour in zip(result.solution.probes.items(), colours, strict=False):
        x = made.density[1:] @ row
        draw(axes, time, ("probes", x, colour, "-", f"x at {_said(name)}"), curves=curves)
        level = np.full(time.shape, row @ steady)
        draw(axes, time, ("probes", level, colour, ":", "", 1.2), curves=curves)
    mean = ("mean", result.mean_decay[1:], BLACK, (0, (5, 2)), "mean over the film")
    draw(axes, time, mean, curves=curves)
    axes.set(xscale="log", yscale="log", xlim=(time[0], time[-1]))
    axes.set_xlabel(f"Time since the burst ({unit})")
    axes.set_ylabel(typeset("Quasiparticles x = n_qp/(2 N_0 Δ)"))
    axes.axvline(float(mark), color=GREY, lw=1.0, label=typeset("evacuation time τ_w"))
    axes.legend(loc="best")


def _said(probe: str) -> str:
    """The name of a probe, in which "_" makes no subscript."""
    return probe.replace("_", " ")


def mesh_figure(mesh: Mesh) -> Figure:
    """The triangles, with traps and probes."""
    with styled():
        return _figure("mesh", [map_panel(mesh, partial(_mesh, mesh))], LOOK)


def _mesh(mesh: Mesh, axes: Any) -> None:
    x, y = _MICRO * mesh.points.T
    axes.triplot(x, y, mesh.triangles, color=BLUE, lw=0.25, rasterized=True)
    count, angle = f"{len(mesh.points):,} points", f"angles of {mesh.smallest_angle:.0f}° and more"
    axes.set_title(f"{count}, {angle}", loc="left")


def _view(mesh: Mesh) -> tuple[tuple[float, float], tuple[float, float]]:
    """Limits of the axes [µm]: the device with a margin, and room for the scale bar below."""
    x0, y0, x1, y1 = (_MICRO * c for c in mesh.outlines.film.bounds)
    room = 0.03 * max(x1 - x0, y1 - y0)
    return (x0 - room, x1 + room), (y0 - 2.4 * room, y1 + room)


def map_of(axes: Any, mesh: Mesh, values: np.ndarray, label: str, colours: str) -> None:
    """Colours of values at the points; of their logarithm where they range far.

    Where a small part of the film lies far above all others it does not take the colours.
    """
    x, y = _MICRO * mesh.points.T
    low, high, most = float(values.min()), float(values.max()), _most(mesh, values)
    far = high - low > _FAR * (most - low)
    high = most if far else high
    wide = low > 0 and high > min(_LOGARITHMIC * low, 6 * float(np.median(values)))
    if wide:
        norm: Normalize = LogNorm(max(low, high * 1e-6), high)
    else:
        power, most = 1.0, max(abs(low), abs(high))
        if 0 < most < 0.01:
            stated = re.fullmatch(r"(.*) \((\S+)\)", label)
            named, unit = stated.groups() if stated else (label, "1")
            power, text = power_of_ten(most, unit)
            label = f"{named} ({text})"
        values, norm = values / power, Normalize(low / power, high / power)
    drawn = axes.tripcolor(
        x, y, mesh.triangles, values, cmap=colours, norm=norm, shading="gouraud", rasterized=True
    )
    scale_of_colours(axes, drawn, label, extend="max" if far else "neither")


def scale_of_colours(axes: Any, drawn: Any, label: str, **how: Any) -> None:
    """What the colours of a map mean, beside it."""
    bar = axes.figure.colorbar(drawn, ax=axes, shrink=0.9, pad=0.02, **how)
    bar.set_label(typeset(label))
    bar.outline.set_visible(False)


def _most(mesh: Mesh, values: np.ndarray) -> float:
    """The value that is not passed on 99 % of the film's area."""
    order = np.argsort(values)
    shares = np.cumsum(mesh.dual.volumes[order])
    return float(values[order][np.searchsorted(shares, 0.99 * shares[-1])])


def device(axes: Any, mesh: Mesh) -> None:
    """Outline, traps, probes, sources, scale bar and axes."""
    _lines(axes, [mesh.outlines.film], edgecolors=BLACK, lw=0.8)
    if mesh.outlines.traps:
        _lines(axes, mesh.outlines.traps, edgecolors="white", lw=2.6)
        _lines(axes, mesh.outlines.traps, edgecolors=RED, lw=1.4, label="trap")
    angle, label = np.linspace(0, 2 * np.pi, 65), "source"
    for source in mesh.layout.generation:
        ring = source.radius * np.stack([np.cos(angle), np.sin(angle)])
        x, y = _MICRO * (np.array(source.at)[:, None] + ring)
        axes.plot(x, y, color="white", lw=2.6)
        axes.plot(x, y, color=BLACK, ls=(0, (2.5, 1.5)), lw=1.4, label=label)
        label = ""
    for name, (x, y) in mesh.layout.probes.items():
        axes.plot(_MICRO * x, _MICRO * y, "o", mfc="white", mec=BLACK, ms=6, zorder=6)
        axes.annotate(
            _said(name), (_MICRO * x, _MICRO * y), (0, 8), textcoords="offset points", ha="center",
            fontsize="small", bbox={"fc": "white", "ec": "none", "pad": 1}, zorder=7,
        )  # fmt: skip
    across, upwards = _view(mesh)
    axes.set(xlim=across, ylim=upwards, aspect="equal", xlabel="x (µm)", ylabel="y (µm)")
    bar = nice((across[1] - across[0]) / 5)
    room = (across[1] - across[0]) / 35
    low = upwards[0] + 0.35 * (_MICRO * mesh.outlines.film.bounds[1] - upwards[0])
    start = across[0] + room
    axes.plot([start, start + bar], [low, low], color=BLACK, lw=4, solid_capstyle="butt")
    axes.text(start + bar + room / 2, low, f"{bar:g} µm", va="center", fontsize="small")
    axes.grid(visible=False)


def _lines(axes: Any, polygons: Iterable[Any], **style: Any) -> None:
    import shapely

    rings = [
        _MICRO * shapely.get_coordinates(ring)
        for shape in polygons
        for polygon in shapely.get_parts(shape)
        for ring in (polygon.exterior, *polygon.interiors)
    ]
    drawn: dict[str, Any] = {"facecolors": "none"} | style
    axes.add_collection(PolyCollection(rings, zorder=4, **drawn))
