"""Draw the layout of examples/transmon-film.toml: `python examples/make_transmon.py`.

A transmon of two pads of 500 µm by 250 µm, with leads to a junction 0.2 µm wide between them, holes
of 2 µm that hold flux, and two traps on each pad. All sizes are assumed.
"""

import sys
from pathlib import Path

import gdstk

FILM, TRAP, HOLE = 1, 2, 3  # layers


def transmon() -> gdstk.Cell:
    """The cell, in µm."""
    cell = gdstk.Cell("TRANSMON")
    for side in (-1, 1):
        cell.add(gdstk.rectangle((side * 30, -125), (side * 530, 125), layer=FILM))
        taper = [(side * 30, -5), (side * 30, 5), (side * 8, 1), (side * 8, -1)]
        cell.add(gdstk.Polygon(taper, layer=FILM))
        cell.add(gdstk.rectangle((side * 8, -0.5), (side * 0.1, 0.5), layer=FILM))
        for column in range(12):
            for row in range(6):
                x, y = side * (60 + 40 * column), -100 + 40 * row
                cell.add(gdstk.rectangle((x - 1, y - 1), (x + 1, y + 1), layer=HOLE))
        cell.add(gdstk.rectangle((side * 230, -115), (side * 330, -85), layer=TRAP))
        cell.add(gdstk.ellipse((side * 450, 60), 25, layer=TRAP, tolerance=0.05))
    cell.add(gdstk.rectangle((-0.1, -0.1), (0.1, 0.1), layer=FILM))
    return cell


target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "layouts/transmon.gds"
library = gdstk.Library(unit=1e-6, precision=1e-9)
library.add(transmon())
if target.suffix == ".oas":
    library.write_oas(target)
else:
    # With a fixed date the same layout is the same file.
    import datetime

    library.write_gds(target, timestamp=datetime.datetime(2026, 1, 1))
