"""A trap's design as a file: its numbers, and each curve along a dimension of its own."""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from typing import Any

import xarray as xr

from entrap.case.case import Case
from entrap.solve.protocol.netcdf import attributes_of, columns_of
from entrap.solve.protocol.results import Margin
from entrap.studies.trap.curves import Curves
from entrap.studies.trap.performance import Performance


def dataset(
    case: Case,
    performance: Performance,
    margins: Iterable[Margin],
    curves: Curves,
    more: Mapping[str, Any],
) -> xr.Dataset:
    """A design as an xarray Dataset.

    Numbers and margins have no dimension. A curve such as `over_length` is the dimension of its
    columns, as in `centred_over_length`, and their coordinate.

    Args:
        case: The case.
        performance: The numbers.
        margins: What the description assumes.
        curves: What the figures show.
        more: What goes into attributes as JSON, by name.
    """
    made: dict[str, Any] = {name: ((), *column) for name, column in columns_of(performance).items()}
    for margin in margins:
        attributes = {
            "units": "1",
            "long_name": f"log10 of the margin of {margin.declared.symbol}",
            "comment": margin.declared.meaning,
            "source": margin.declared.source,
        }
        made[f"margin_{margin.name}"] = ((), margin.margin, attributes)
    coordinates: dict[str, Any] = {}
    for field in dataclasses.fields(curves):
        curve = getattr(curves, field.name)
        if curve is None:
            continue
        (_, coordinate), *columns = columns_of(curve).items()
        coordinates[field.name] = (field.name, *coordinate)
        for name, column in columns:
            made[f"{name}_{field.name}"] = (field.name, *column)
    attributes = attributes_of(case, "trap") | {n: json.dumps(told) for n, told in more.items()}
    return xr.Dataset(made, coordinates, attributes)
