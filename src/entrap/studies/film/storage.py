"""Fields on a mesh as files that other programs open: UGRID in NetCDF-4, and VTK's .vtu.

Source: UGRID conventions 1.0; VTK file formats, unstructured grids in XML.
"""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from entrap.core.errors import InputError
from entrap.core.quantities import Quantity
from entrap.solve.protocol.netcdf import Contents, attributes_of
from entrap.studies.film.mesh import Mesh

Fields = Mapping[str, tuple[np.ndarray, Quantity]]
"""Numbers at each point of a mesh with what they are, by name."""

_THEORY = "theory page, films"
_TRIANGLE = 5  # VTK's number of that kind of cell


def fields_of(result: Any) -> Fields:
    """The fields of a result."""
    found = result.solution
    made = {
        "density": (found.density, "1", "x", "n_qp/2N_0Δ in the steady state"),
        "density_without_trap": (found.bare, "1", "x_0", "n_qp/2N_0Δ without traps"),
        "slowest_mode": (found.modes.shapes[:, 0], "1/m", "u", "Slowest mode, ∫u² dA = 1"),
        "under_trap": (found.under_trap, "1", "a", "Share of the area that lies under traps"),
        "rate_gain": (
            found.rate_gain, "1/m^2", "Γ u²/λ",
            "Relative gain of the slowest rate by a small further trap, per area of it",
        ),
    }  # fmt: skip
    for name in result.layout.probes:
        meaning = f"Relative loss of x at {name} by a small further trap, per area of it"
        made[f"gain_at_{name}"] = (found.probe_gain(name), "1/m^2", "(Γx - b) x†/x", meaning)
    fields = {
        name: (values, Quantity(unit, symbol, meaning, _THEORY))
        for name, (values, unit, symbol, meaning) in made.items()
    }
    if result.local is None:
        return fields
    from entrap.studies.film.local_numbers import local_fields

    return {**fields, **local_fields(result.local)}


def write_fields(path: Path, mesh: Mesh, fields: Fields, result: Any = None) -> None:
    """Write a .nc or a .vtu file.

    Raises:
        InputError: its name ends in neither.
    """
    if path.suffix == ".vtu":
        path.write_text(_vtu(mesh, fields), "ascii")
    elif path.suffix == ".nc":
        _ugrid(mesh, fields, result).write(path)
    else:
        raise InputError(f"{path.name} must end in .nc or .vtu")


def _ugrid(mesh: Mesh, fields: Fields, result: Any) -> Contents:
    points = mesh.points
    location = {"mesh": "film", "location": "node", "coordinates": "node_x node_y"}
    along = (
        {"standard_name": "projection_x_coordinate"},
        {"standard_name": "projection_y_coordinate"},
    )
    variables: dict[str, Any] = {
        "film": (
            (), np.int32(0),
            {
                "cf_role": "mesh_topology",
                "topology_dimension": np.int32(2),
                "node_coordinates": "node_x node_y",
                "face_node_connectivity": "face_nodes",
            },
        ),
        "node_x": ("node", points[:, 0], {"units": "m", "long_name": "x", **along[0]}),
        "node_y": ("node", points[:, 1], {"units": "m", "long_name": "y", **along[1]}),
        "face_nodes": (
            ("face", "corner"), mesh.triangles.astype(np.int32),
            {"cf_role": "face_node_connectivity", "start_index": np.int32(0)},
        ),
        "node_area": (
            "node", mesh.dual.volumes,
            {"units": "m^2", "long_name": "Area that belongs to a point", **location},
        ),
    }  # fmt: skip
    for name, (values, declared) in fields.items():
        variables[name] = ("node", values, _told(declared) | location)
    attributes = {"Conventions": "CF-1.11 UGRID-1.0"}
    coordinates: dict[str, Any] = {}
    if result is not None:
        for name, value in result.quantities.items():
            variables[f"number_{name}"] = ((), value.value, _told(value.declared))
        if result.decay is not None:
            time = {"units": "s", "long_name": "Time since the burst"}
            coordinates["time"] = ("time", result.decay.times, time)
            meaning = Quantity("1", "x(t)", "n_qp/2N_0Δ after the burst", _THEORY)
            variables["decay"] = (("time", "node"), result.decay.density, _told(meaning) | location)
        attributes = attributes_of(result.case, "film") | result.attributes() | attributes
    plain = {
        name: (along, values, {key: _plain(value) for key, value in told.items()})
        for name, (along, values, told) in variables.items()
    }
    return Contents(plain, coordinates, attributes)


def _plain(value: Any) -> Any:
    """A text as characters of a stated number, which is all that VTK reads, where it can be."""
    return np.bytes_(value) if isinstance(value, str) and value.isascii() and value else value


def _told(declared: Quantity) -> dict[str, str]:
    return {
        "units": declared.unit,
        "long_name": declared.meaning,
        "symbol": declared.symbol,
        "source": declared.source,
    }


def _vtu(mesh: Mesh, fields: Fields) -> str:
    count, cells = len(mesh.points), len(mesh.triangles)
    points = np.column_stack([mesh.points, np.zeros(count)])
    parts = [
        '<VTKFile type="UnstructuredGrid" version="1.0" byte_order="LittleEndian" '
        'header_type="UInt64">',
        f'<UnstructuredGrid><Piece NumberOfPoints="{count}" NumberOfCells="{cells}">',
        "<Points>", _array("points", points), "</Points>",
        "<Cells>",
        _array("connectivity", mesh.triangles.astype(np.int64)),
        _array("offsets", 3 * np.arange(1, cells + 1)),
        _array("types", np.full(cells, _TRIANGLE, np.uint8)),
        "</Cells>",
        "<PointData>", *(_array(name, values) for name, (values, _) in fields.items()),
        "</PointData>",
        "</Piece></UnstructuredGrid></VTKFile>",
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


def _array(name: str, values: np.ndarray) -> str:
    kind = {"f8": "Float64", "i8": "Int64", "u1": "UInt8"}[values.dtype.str[1:]]
    raw = np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<")).tobytes()
    wide = f' NumberOfComponents="{values.shape[1]}"' if name == "points" else ""
    # Each array is its number of bytes and then its bytes.
    held = base64.b64encode(len(raw).to_bytes(8, "little") + raw).decode()
    return f'<DataArray type="{kind}" Name="{name}"{wide} format="binary">{held}</DataArray>'
