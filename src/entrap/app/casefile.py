"""The case file as users know it: the sample and the tables of all studies."""

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from entrap.case import schema, toml
from entrap.case.case import REQUIRED
from entrap.case.casefile import CaseFile, Reader
from entrap.case.layout import Layout
from entrap.case.target import Target
from entrap.studies.fit.inputs.options import Fit
from entrap.studies.fit.inputs.table import DataTable
from entrap.studies.plan.inputs.options import Plan
from entrap.studies.sweep.inputs.options import Sweep

READERS: Mapping[str, Reader] = {
    table.TABLE: table.from_dict for table in (Layout, Sweep, DataTable, Fit, Plan, Target)
}
"""What reads the table of each study, by its name."""


def load_case(
    path: str | Path, overrides: Iterable[str] = (), *, needs: Iterable[str] = REQUIRED
) -> CaseFile:
    """Read a case file, with the tables of studies that it states.

    Args:
        path: A TOML file.
        overrides: Changes as in "landau.a=2 k_B"; with nothing behind "=", the key is removed.
        needs: Tables without which the case is of no use, as "trap.junction".

    Raises:
        InputError: the file cannot be read; or all that is wrong in it, with key and line.
    """
    beside = {
        table.TABLE: partial(table.from_dict, folder=Path(path).parent) for table in (Layout, Sweep)
    }
    return toml.load_case(path, overrides, needs=needs, readers={**READERS, **beside})


def case_schema() -> dict[str, Any]:
    """JSON schema (draft 2020-12) of a case file with the tables of all studies."""
    from entrap.case.layoutschema import layout_schema
    from entrap.case.target import target_schema
    from entrap.studies.fit.inputs.options import fit_schema
    from entrap.studies.fit.inputs.table import data_schema
    from entrap.studies.plan.inputs.options import plan_schema
    from entrap.studies.sweep.inputs.schema import axis_schema, sweep_schema

    studies = {
        Layout.TABLE: layout_schema(),
        Sweep.TABLE: sweep_schema(),
        DataTable.TABLE: data_schema(),
        Fit.TABLE: fit_schema(),
        Plan.TABLE: plan_schema(),
        Target.TABLE: target_schema(),
    }
    return schema.case_schema(studies, {"axis": axis_schema()})
