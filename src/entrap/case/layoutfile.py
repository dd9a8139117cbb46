"""GDS and OASIS files: the polygons of a layout's layers.

A file is read by a process of its own, since a hostile one can crash the library that reads it, or
make it expand without end.
"""

import io
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from entrap.case.layout import Layout
from entrap.case.layoutparts import ROLES
from entrap.core.errors import InputError, Problem

MOST_POLYGONS = 200_000
"""Of one layer; more take minutes to be joined."""

_LONGEST = 60.0  # seconds that reading a file may take
_MEMORY = 8 << 30  # bytes that it may take


def polygons_of(layout: Layout, path: Path) -> dict[str, list[np.ndarray]]:
    """Polygons of each role in a layout's file, each by its corners [m].

    Raises:
        InputError: the file cannot be read, or lacks a layer or a cell.
    """
    if not path.is_file():
        raise InputError(
            Problem(f"{path} is not there: give an existing GDS or OASIS file", "layout.file")
        )
    if path.suffix.lower() not in (".gds", ".gds2", ".gdsii", ".oas", ".oasis"):
        message = f"must end in .gds or .oas, but is {path.name}"
        raise InputError(Problem(message, "layout.file"))
    layers = {role: getattr(layout, role) for role in ROLES if getattr(layout, role)}
    request = json.dumps({"path": str(path), "cell": layout.cell, "layers": layers})
    kind = "GDS" if path.suffix.lower().startswith(".gds") else "OASIS"
    broken = f"{path} cannot be read as a {kind} file: {{}}; write it anew from the layout editor"
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__], input=request.encode(), capture_output=True,
            timeout=_LONGEST, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise InputError(broken.format(f"it takes more than {_LONGEST:.0f} s")) from None
    if done.returncode != 0 or not done.stdout:
        raise InputError(broken.format("it is damaged, or too large once its cells are put in"))
    with np.load(io.BytesIO(done.stdout), allow_pickle=False) as found:
        told = json.loads(str(found["told"]))
        if "problem" in told:
            raise InputError(Problem(told["problem"], told["key"]))
        return {
            role: np.split(found[role], found[f"{role}_ends"][:-1]) if len(found[role]) else []
            for role in layers
        }


def _read(request: Mapping[str, Any]) -> dict[str, Any]:
    """What the process that reads a file gives: polygons of each role, or what is wrong."""
    import gdstk

    path, wanted = request["path"], request["layers"]
    reader = gdstk.read_gds if Path(path).suffix.lower().startswith(".gds") else gdstk.read_oas
    library = reader(path, unit=1.0)
    names = [cell.name for cell in library.cells if isinstance(cell, gdstk.Cell)]
    top = [cell.name for cell in library.top_level() if isinstance(cell, gdstk.Cell)]
    shown = ", ".join(sorted(top or names)[:12]) or "none"
    chosen = request["cell"] or (top[0] if len(top) == 1 else None)
    if chosen is None:
        text = f"is missing: {Path(path).name} has the cells {shown} on top; name one"
        return {"told": json.dumps({"problem": text, "key": "layout.cell"})}
    if chosen not in names:
        text = f'is "{chosen}", which {Path(path).name} does not have: its cells are {shown}'
        return {"told": json.dumps({"problem": text, "key": "layout.cell"})}
    cell: Any = next(c for c in library.cells if c.name == chosen)
    made: dict[str, Any] = {"told": json.dumps({})}
    for role, layer in wanted.items():
        number, datatype = map(int, layer.split("/"))
        rings = [p.points for p in cell.get_polygons(layer=number, datatype=datatype)]
        problem = None
        if not rings:
            there = sorted(library.layers_and_datatypes())
            has = ", ".join(f"{a}/{b}" for a, b in there[:20]) or "none"
            problem = f"is {layer}, on which {Path(path).name} has nothing: its layers are {has}"
        elif len(rings) > MOST_POLYGONS:
            problem = (
                f"is {layer}, on which {Path(path).name} has {len(rings)} polygons, but may have "
                f"{MOST_POLYGONS}: merge them in the layout editor"
            )
        if problem:
            return {"told": json.dumps({"problem": problem, "key": f"layout.{role}"})}
        made[role] = np.concatenate(rings)
        made[f"{role}_ends"] = np.cumsum([len(ring) for ring in rings])
    return made


def _main() -> None:
    import contextlib

    with contextlib.suppress(ImportError, ValueError, OSError):  # not everywhere
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    made = _read(json.loads(sys.stdin.buffer.read()))
    written = io.BytesIO()
    np.savez(written, **made)
    sys.stdout.buffer.write(written.getvalue())


if __name__ == "__main__":
    _main()
