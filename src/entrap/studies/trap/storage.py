"""A trap's design as a file: its numbers, and each curve along a dimension of its own."""

import dataclasses
import json
from typing import Any

import xarray as xr

from entrap.solve.protocol.netcdf import attributes_of, columns_of
from entrap.studies.trap.design import TrapDesign


def dataset(design: TrapDesign) -> xr.Dataset:
    """A design as an xarray Dataset.

    Numbers and margins have no dimension. A curve such as `over_length` is the dimension of its
    columns, as in `centred_over_length`, and their coordinate.

    Args:
        design: The design.
    """
    made: dict[str, Any] = {
        name: ((), *column) for name, column in columns_of(design.performance).items()
    }
    for margin in design.margins:
        attributes = {
            "units": "1",
            "long_name": f"log10 of the margin of {margin.declared.symbol}",
            "comment": margin.declared.meaning,
            "source": margin.declared.source,
        }
        made[f"margin_{margin.name}"] = ((), margin.margin, attributes)
    coordinates: dict[str, Any] = {}
    for field in dataclasses.fields(design.curves):
        curve = getattr(design.curves, field.name)
        if curve is None:
            continue
        (_, coordinate), *columns = columns_of(curve).items()
        coordinates[field.name] = (field.name, *coordinate)
        for name, column in columns:
            made[f"{name}_{field.name}"] = (field.name, *column)
    attributes = attributes_of(design.case, "trap")
    for name in ("limits", "feeds", "sensitivities"):
        attributes[name] = json.dumps(dict(getattr(design, name)))
    attributes["changes"] = json.dumps(
        [
            {key: getattr(change, key) for key in ("name", "text", "rate_gain", "residue_gain")}
            for change in design.changes
        ]
    )
    return xr.Dataset(made, coordinates, attributes)
