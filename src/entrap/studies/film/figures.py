"""Figures of a film, fit for a talk: outline, scale bar, axes in µm; colour-blind safe."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

from entrap.core.quantities import Quantity
from entrap.report.labels import nice, power_of_ten, quoted, scaled, typeset
from entrap.report.look import LOOK, Look
from entrap.report.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    RED,
    adjusted,
    draw,
    figure_for,
    styled,
)
from entrap.studies.film.drawn import CURVES
from entrap.studies.film.film import FilmResult
from entrap.studies.film.mesh import Mesh
from entrap.studies.film.places import Place, best_place, probe_place, small_area
from entrap.studies.film.solution import disc

_MICRO = 1e6
_WIDE = 11.0  # inches
_LOGARITHMIC = 30  # ratio from which colours are of the logarithm
_FAR = 2.0  # times the range on 99 % of the film, from which colours leave out the rest
_DIM = "#dcdcdc"
_AREA = Quantity("m^2", "A", "Area", display="um^2")


def film_figures(result: FilmResult, look: Look = LOOK) -> dict[str, Figure]:
    """The figures of a result, by file name; those of a decay only where there is one."""
    from entrap.studies.film.figures_local import local_figures, resonance
    from entrap.studies.film.figures_screened import screening
    from entrap.studies.film.figures_window import window_figures

    shift = result.shift

    with styled(look.style):
        made = {
            "density": density(result, look),
            "slowest-mode": None if result.closed else slowest_mode(result, look),
            "gain": gain(result, look),
            "mesh": _mesh(result.mesh, look),
            "decay": None if result.decay is None else decay(result, look),
            **({} if result.local is None else local_figures(result.local, look)),
            "resonance": None
            if shift is None or result.decay is None
            else resonance(result.decay.times, shift, look),
            **({} if result.window is None else window_figures(result.window, look)),
            "screening": None if result.screening is None else screening(result.screening, look),
        }
        return adjusted({name: each for name, each in made.items() if each is not None}, look)


def density(result: FilmResult, look: Look) -> Figure:
    """x in the steady state."""
    figure, axes = canvas(result.mesh, "density", look)
    label = "x = n_qp/(2 N_0 Δ)"
    map_of(figure, axes, result.mesh, result.solution.density, label, "viridis")
    axes.set_title("steady state with the traps", loc="left")
    device(axes, result.mesh)
    return figure


def slowest_mode(result: FilmResult, look: Look) -> Figure:
    """The slowest mode, over its largest value."""
    figure, axes = canvas(result.mesh, "slowest-mode", look)
    mode = np.abs(result.solution.modes.shapes[:, 0])
    map_of(figure, axes, result.mesh, mode / mode.max(), "Slowest mode u/max(u)", "cividis")
    axes.set_title("what is left last", loc="left")
    device(axes, result.mesh)
    return figure


def gain(result: FilmResult, look: Look) -> Figure | None:
    """Where a further trap helps most: for the slowest rate, and for each probe."""
    found, area = result.solution, small_area(result.solution)
    maps = (
        [] if result.closed else [("Gain of the slowest rate", found.rate_gain, best_place(result))]
    )
    for name in [*result.layout.probes][:3]:
        maps.append((f"Loss of x at {name}", found.probe_gain(name), probe_place(result, name)))
    if not maps:
        return None
    figure, rows = canvas(result.mesh, "gain", look, len(maps))
    by = f"by {quoted(_AREA, area, 3)} (%)".replace("um^2", "µm²")
    for row, (label, share, place) in zip(np.atleast_1d(rows), maps, strict=True):
        map_of(figure, row, result.mesh, 100 * area * share, f"{label}\n{by}", "viridis")
        _mark(row, place)
        device(row, result.mesh, covered=True)
        if (placed := result.placed) is not None:
            discs = [disc(tuple(at), placed.radius) for at in placed.centres]
            _lines(row, discs, edgecolors=GREEN, lw=2.0)
    np.atleast_1d(rows)[0].set_title("where a further trap would help most (star)", loc="left")
    return figure


def decay(result: FilmResult, look: Look) -> Figure:
    """x at the probes and its mean, after the bursts."""
    made, steady = result.decay, result.solution.density
    assert made is not None
    figure = figure_for(look, "decay", 7.6, 5.2)
    axes = figure.subplots()
    late = result.quantities["evacuation_time"].value
    unit, (time, mark) = scaled(Quantity("s", "t", "Time", display="ms"), made.times[1:], late)
    curves = look.curves("decay", CURVES["decay"])
    colours = (BLUE, RED, GREEN, ORANGE)
    for (name, row), colour in zip(result.solution.probes.items(), colours, strict=False):
        x = made.density[1:] @ row
        draw(axes, time, ("probes", x, colour, "-", f"x at {name}"), curves=curves)
        level = np.full(time.shape, row @ steady)
        draw(axes, time, ("probes", level, colour, ":", "", 1.2), curves=curves)
    mean = ("mean", result.mean_decay[1:], BLACK, (0, (5, 2)), "mean over the film")
    draw(axes, time, mean, curves=curves)
    axes.set(xscale="log", yscale="log", xlim=(time[0], time[-1]))
    axes.set_xlabel(f"Time since the burst ({unit})")
    axes.set_ylabel(typeset("Quasiparticles x = n_qp/(2 N_0 Δ)"))
    axes.axvline(float(mark), color=GREY, lw=1.0, label=typeset("evacuation time τ_w"))
    axes.legend(loc="best")
    return figure


def mesh_figure(mesh: Mesh) -> Figure:
    """The triangles, with traps and probes."""
    with styled():
        return _mesh(mesh, LOOK)


def _mesh(mesh: Mesh, look: Look) -> Figure:
    figure, axes = canvas(mesh, "mesh", look)
    x, y = _MICRO * mesh.points.T
    axes.triplot(x, y, mesh.triangles, color=BLUE, lw=0.25, rasterized=True)
    device(axes, mesh)
    count, angle = f"{len(mesh.points):,} points", f"angles of {mesh.smallest_angle:.0f}° and more"
    axes.set_title(f"{count}, {angle}", loc="left")
    return figure


def canvas(mesh: Mesh, name: str, look: Look, rows: int = 1) -> tuple[Figure, Any]:
    """A figure for maps of a device, one above the other, and its axes."""
    (x0, x1), (y0, y1) = _view(mesh)
    tall = float(np.clip(0.74 * _WIDE * (y1 - y0) / (x1 - x0), 1.8, 7.0))
    wide = float(np.clip(tall * (x1 - x0) / (y1 - y0) + 2.6, 7.2, _WIDE))
    figure = figure_for(look, name, wide, rows * tall + 0.9, layout="compressed")
    return figure, figure.subplots(rows, 1, sharex=True)


def _view(mesh: Mesh) -> tuple[tuple[float, float], tuple[float, float]]:
    """Limits of the axes [µm]: the device with a margin, and room for the scale bar below."""
    x0, y0, x1, y1 = (_MICRO * c for c in mesh.outlines.film.bounds)
    room = 0.03 * max(x1 - x0, y1 - y0)
    return (x0 - room, x1 + room), (y0 - 2.4 * room, y1 + room)


def map_of(
    figure: Figure, axes: Any, mesh: Mesh, values: np.ndarray, label: str, colours: str
) -> None:
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
        power = 1.0
        if 0 < high < 0.01:
            power, text = power_of_ten(high, "1")
            label = f"{label} ({text})"
        values, norm = values / power, Normalize(low / power, high / power)
    drawn = axes.tripcolor(
        x, y, mesh.triangles, values, cmap=colours, norm=norm, shading="gouraud", rasterized=True
    )
    extend = "max" if far else "neither"
    bar = figure.colorbar(drawn, ax=axes, shrink=0.9, pad=0.02, extend=extend)
    bar.set_label(typeset(label))
    bar.outline.set_visible(False)


def _most(mesh: Mesh, values: np.ndarray) -> float:
    """The value that is not passed on 99 % of the film's area."""
    order = np.argsort(values)
    shares = np.cumsum(mesh.dual.volumes[order])
    return float(values[order][np.searchsorted(shares, 0.99 * shares[-1])])


def device(axes: Any, mesh: Mesh, *, covered: bool = False) -> None:
    """Outline, traps, which may be covered, probes, sources, scale bar and axes."""
    if covered:
        _lines(axes, mesh.outlines.traps, facecolors=_DIM)
    _lines(axes, [mesh.outlines.film], edgecolors=BLACK, lw=0.8)
    _lines(axes, mesh.outlines.traps, edgecolors="white", lw=2.6)
    _lines(axes, mesh.outlines.traps, edgecolors=RED, lw=1.4)
    for name, (x, y) in mesh.layout.probes.items():
        axes.plot(_MICRO * x, _MICRO * y, "o", mfc="white", mec=BLACK, ms=6, zorder=6)
        axes.annotate(
            name, (_MICRO * x, _MICRO * y), (0, 8), textcoords="offset points", ha="center",
            fontsize="small", bbox={"fc": "white", "ec": "none", "alpha": 0.8, "pad": 1}, zorder=7,
        )  # fmt: skip
    angle = np.linspace(0, 2 * np.pi, 65)
    for source in mesh.layout.generation:
        ring = np.array(source.at)[:, None] + source.radius * np.stack(
            [np.cos(angle), np.sin(angle)]
        )
        axes.plot(*(_MICRO * ring), color=ORANGE, ls="--", lw=1.6)
    across, upwards = _view(mesh)
    axes.set(xlim=across, ylim=upwards, aspect="equal")
    bar = nice((across[1] - across[0]) / 5)
    room = (across[1] - across[0]) / 35
    start, low = (
        across[0] + room,
        upwards[0] + 0.35 * (_MICRO * mesh.outlines.film.bounds[1] - upwards[0]),
    )
    axes.plot([start, start + bar], [low, low], color=BLACK, lw=4, solid_capstyle="butt")
    axes.text(start + bar + room / 2, low, f"{bar:g} µm", va="center", fontsize="small")
    axes.grid(visible=False)
    axes.set_ylabel("y (µm)")
    if axes.get_subplotspec().is_last_row():
        axes.set_xlabel("x (µm)")


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


def _mark(axes: Any, place: Place | None) -> None:
    if place is not None:
        x, y = (_MICRO * c for c in place.at)
        axes.plot(x, y, "*", mfc="white", mec=BLACK, ms=15, zorder=8)
