"""Draw the layout of examples/tin-resonator.toml: `python examples/make_resonator.py`.

A meander of a line 3 µm wide, in nine runs of 200 µm at a pitch of 20 µm, between two pads through
which its current comes and goes, with patches of metal on the bends at one side. All sizes are
assumed.
"""

import datetime
import sys
from pathlib import Path

import gdstk

FILM, TRAP, TERMINAL = 1, 2, 4  # layers
WIDTH, RUN, PITCH, RUNS = 3, 200, 20, 9


def resonator() -> gdstk.Cell:
    """The cell, in µm."""
    cell = gdstk.Cell("RESONATOR")
    corners = [(0, 0)]
    for number in range(RUNS):
        x, y = RUN * ((number + 1) % 2), PITCH * number
        corners.append((x, y))
        if number < RUNS - 1:
            corners.append((x, y + PITCH))
    line = gdstk.FlexPath(corners, WIDTH, ends="extended", layer=FILM)
    cell.add(*line.to_polygons())
    for number in range(1, RUNS - 1, 2):
        # A bend at the left, with metal on it.
        y = PITCH * number
        cell.add(gdstk.rectangle((-1.5, y + 4), (1.5, y + 16), layer=TRAP))
    last = PITCH * (RUNS - 1)
    cell.add(gdstk.rectangle((-3, -3), (-1, 3), layer=TERMINAL))
    cell.add(gdstk.rectangle((RUN + 1, last - 3), (RUN + 3, last + 3), layer=TERMINAL))
    return cell


folder = Path(__file__).parent / "layouts"
target = Path(sys.argv[1]) if len(sys.argv) > 1 else folder / "resonator.gds"
library = gdstk.Library(unit=1e-6, precision=1e-9)
library.add(resonator())
# With a fixed date the same layout is the same file.
library.write_gds(target, timestamp=datetime.datetime(2026, 1, 1))
