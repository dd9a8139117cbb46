"""The map of a film that screens: its sheet current, along the lines of its stream function."""

from typing import Any

import numpy as np

from entrap.report.labels import quoted
from entrap.studies.film.figures import _MICRO, scale_of_colours
from entrap.studies.film.screened import Screened
from entrap.studies.film.screened_numbers import DECLARED

_LINES = 10


def screening(found: Screened, axes: Any) -> None:
    """|K| with lines along which it flows."""
    x, y = _MICRO * found.mesh.points.T
    size = np.linalg.norm(found.mesh.dual.around(found.current), axis=1)
    drawn = axes.tripcolor(
        x, y, found.mesh.triangles, size, cmap="magma", vmin=0.0, vmax=size.max(),
        shading="gouraud", rasterized=True,
    )  # fmt: skip
    scale_of_colours(axes, drawn, "Sheet current |K| (A/m)")
    stream = np.abs(found.stream)
    levels = np.linspace(0, stream.max(), _LINES + 2)[1:-1]
    axes.tricontour(x, y, found.mesh.triangles, stream, levels, colors="white", linewidths=0.8)
    field = quoted(DECLARED["screening_field"], found.options.field, 4)
    axes.set_title(f"{field}, no vortices", loc="left")
