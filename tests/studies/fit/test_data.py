"""Measurements: what a file says is what is read, in SI; what is wrong is told with its row."""

import contextlib
import csv
import io
import tomllib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import xarray as xr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

import entrap as et
from entrap.app.casefile import READERS
from entrap.case.priors import Prior
from entrap.case.toml import parse_case
from entrap.core.errors import InputError
from entrap.core.units import unit_scale
from entrap.model.observables import MEASURED, OBSERVABLES
from entrap.studies.fit.arrangement import arranged
from entrap.studies.fit.data.observations import load_data
from entrap.studies.fit.data.readings import spread_in
from entrap.studies.fit.inputs.table import DataGroup, DataTable

H, E = 6.62607015e-34, 1.602176634e-19

TABLE = """\
[data]
[data.columns.T]
quantity = "temperature"
[data.columns.lambda]
quantity = "penetration_depth"
uncertainty = "2 %"
trap = "on"
"""
"""The least that a table says."""

CELLS = "T [mK],lambda [nm]\n1000,90\n2000,95\n4000,110\n"


def table(text=TABLE, **more):
    """A table [data] from TOML, with more keys of the column `lambda`."""
    stated = tomllib.loads(text)["data"]
    stated["columns"]["lambda"] |= more
    return DataTable.from_dict({k: x for k, x in stated.items() if x})


def told(path, *tables):
    """The sentences with which a file is refused, less the folder it is in."""
    with pytest.raises(InputError) as caught:
        load_data(path, *tables)
    return [str(problem).replace(f"{path.parent}/", "") for problem in caught.value.problems]


def head(text):
    return "".join(f"# {line}\n" for line in text.splitlines())


def refused(stated):
    with pytest.raises(InputError) as caught:
        DataTable.from_dict(tomllib.loads(stated)["data"])
    return {problem.key: problem.text for problem in caught.value.problems}


# ---------------------------------------------------------------- files


def test_a_csv_file_with_its_table_in_its_header_is_read_in_si(put):
    found = load_data(put("# A sample of Nb\n# two runs\n" + head(TABLE) + "\n" + CELLS))
    assert found.quantity == ("penetration_depth",) * 3
    np.testing.assert_allclose(found.coordinate, [1.0, 2.0, 4.0], rtol=1e-14)
    np.testing.assert_allclose(found.value, [90e-9, 95e-9, 110e-9], rtol=1e-14)
    assert found.absolute.tolist() == [0.0, 0.0, 0.0]
    assert found.relative.tolist() == [0.02, 0.02, 0.02]
    assert found.on.tolist() == [True, True, True]
    assert found.limit.tolist() == [0.0, 0.0, 0.0]
    assert found.row.tolist() == [12, 13, 14]
    assert (found.against, found.follows, list(found.groups)) == (
        "temperature",
        "equilibrium",
        ["lambda"],
    )
    assert len(found) == 3


def test_the_file_on_the_page_of_measurements_is_read(put):
    page = (Path(__file__).parents[3] / "docs" / "data.md").read_text("utf-8")
    found = load_data(put(page.partition("```text\n")[2].partition("```")[0]))
    np.testing.assert_allclose(found.coordinate, [4, 6, 8, 4, 6, 8, 9.5])
    np.testing.assert_allclose(found.absolute[:2], [0.8e-9, 0.9e-9])
    assert found.on.tolist() == [False] * 3 + [True] * 4
    assert found.limit.tolist() == [0] * 6 + [1]
    assert found.groups["cooldown-1"].calibration == Prior("lognormal", (1.0, 0.05))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\n\n"),
        lambda text: text.replace(",", " , "),
        lambda text: text.replace("110", '"110"'),
        lambda text: text.rstrip("\n"),
        lambda text: text.replace("1000", "1e3"),
    ],
)
def test_the_way_of_writing_does_not_matter(put, change):
    found, plain = load_data(put(change(CELLS)), table()), load_data(put(CELLS), table())
    np.testing.assert_array_equal(found.value, plain.value)
    np.testing.assert_array_equal(found.coordinate, plain.coordinate)


def test_the_table_of_the_case_wins_over_that_of_the_file(put):
    path = put(head(TABLE) + CELLS)
    own = load_data(path, table(trap="off", uncertainty="5 %"))
    assert own.on.tolist() == [False] * 3
    assert own.relative.tolist() == [0.05] * 3
    case = parse_case("[material]\nname = 'Nb'\n" + TABLE.replace('"on"', '"off"'), needs=())
    assert load_data(path, DataTable.of(case)).on.tolist() == [False] * 3


def test_a_case_that_names_no_columns_states_the_rest(put):
    path = put(head(TABLE + '[data.groups.lambda]\ncalibration = "lognormal(1, 0.1)"\n') + CELLS)
    few = DataTable.from_dict(
        {"follows": "protocol", "groups": {"lambda": {"temperature_offset": "normal(0, 0.1)"}}}
    )
    found = load_data(path, few)
    assert found.follows == "protocol"
    assert found.groups["lambda"].temperature_offset is not None
    assert found.groups["lambda"].calibration is None, "a group is stated in one place"
    assert load_data(path).groups["lambda"].calibration is not None


STATED = table('[data]\nfollows = "protocol"\n' + TABLE.removeprefix("[data]\n"), trap="off")


def as_parquet(path, cells, text):
    made = pa.table(cells)
    parquet.write_table(made.replace_schema_metadata({"entrap": text} if text else None), path)


def as_netcdf(path, cells, text):
    named = {name.partition(" [")[0]: (name, x) for name, x in cells.items()}
    data = xr.Dataset(
        {
            short: ("row", x, {"units": name.partition("[")[2].rstrip("]")} if "[" in name else {})
            for short, (name, x) in named.items()
        },
        attrs={"entrap": text} if text else {},
    )
    data.to_netcdf(path, engine="h5netcdf")


WRITERS = {".parquet": as_parquet, ".nc": as_netcdf}


@pytest.mark.parametrize("ending", WRITERS)
@pytest.mark.parametrize("inside", [True, False])
def test_parquet_and_netcdf_files_say_what_a_csv_file_says(tmp_path, put, ending, inside):
    text = TABLE + '[data.columns.who]\nquantity = "group"\n'
    cells = {
        "T [mK]": [1000, 2000, 4000],
        "lambda [nm]": [90.0, 95.0, 110.0],
        "who": ["a", "b", "a"],
    }
    path = tmp_path / f"data{ending}"
    WRITERS[ending](path, cells, text if inside else "")
    found = load_data(path) if inside else load_data(path, table(text))
    same = load_data(put("T [mK],lambda [nm],who\n1000,90,a\n2000,95,b\n4000,110,a\n"), table(text))
    for name in ("value", "coordinate", "relative", "group"):
        np.testing.assert_array_equal(getattr(found, name), getattr(same, name))
    assert found.groups == same.groups
    assert found.row.tolist() == [1, 2, 3]
    if not inside:
        assert told(path)[0].startswith(
            f"data{ending} does not say what its columns are: give a table [data] in the case file, "
            "or in the file's header, as in\n[data.columns]\n"
        )


@pytest.mark.parametrize("ending", WRITERS)
def test_times_in_seconds_stay_numbers(tmp_path, ending):
    text = TABLE.replace('"temperature"', '"time"')
    path = tmp_path / f"data{ending}"
    WRITERS[ending](path, {"T [seconds]": [0.0, 2.0], "lambda [nm]": [90.0, 95.0]}, text)
    found = load_data(path)
    assert found.coordinate.tolist() == [0.0, 2.0]
    assert (found.against, found.follows) == ("time", "protocol")


@pytest.mark.parametrize("ending", WRITERS)
def test_what_is_missing_in_a_binary_file_is_missing(tmp_path, ending):
    path = tmp_path / f"data{ending}"
    WRITERS[ending](path, {"T": [1.0, 2.0], "lambda": [np.nan, 9e-8]}, TABLE)
    assert told(path) == [
        f"data{ending}, row 1: `lambda` is missing: fill it in, take the row out, or state allow = "
        '["missing"]'
    ]


# ---------------------------------------------------------------- units


@pytest.mark.parametrize(
    ("unit", "wanted", "zero", "one"),
    [
        ("mK", "K", 0.0, 1e-3),
        ("degC", "K", 273.15, 1.0),
        ("°C", "K", 273.15, 1.0),
        ("degF", "K", 459.67 * 5 / 9, 5 / 9),
        ("THz", "J", 0.0, H * 1e12),
        ("GHz", "J", 0.0, H * 1e9),
        ("meV", "J", 0.0, E * 1e-3),
        ("G", "T", 0.0, 1e-4),
        ("mT", "T", 0.0, 1e-3),
        ("1/cm^3", "1/m^3", 0.0, 1e6),
        ("µm", "m", 0.0, 1e-6),
        ("um", "m", 0.0, 1e-6),
        ("ms", "s", 0.0, 1e-3),
    ],
)
def test_a_unit_is_its_zero_and_its_size_in_si(unit, wanted, zero, one):
    found = unit_scale(unit, wanted)
    assert found[0] == pytest.approx(zero, rel=1e-12, abs=0.0)
    assert found[1] == pytest.approx(one, rel=1e-12, abs=0.0)


@pytest.mark.parametrize(
    ("unit", "wanted"),
    [("J", "K"), ("THz", "K"), ("furlongs per", "m"), ("xHz", "J"), ("1/THz", "J"), ("dB", "1"), ("-", "K"), ("K^^2", "K"), ("nm\n", "K")],
)  # fmt: skip
def test_what_measures_something_else_is_no_unit(unit, wanted):
    with pytest.raises(InputError, match="must be a"):
        unit_scale(unit, wanted)


@pytest.mark.parametrize("name", MEASURED)
def test_every_observable_is_read_in_its_unit(put, name):
    declared = OBSERVABLES[name].quantity
    unit = declared.display or declared.unit
    text = TABLE.replace("penetration_depth", name)
    found = load_data(put(f"T,lambda [{unit}]\n1,2\n"), table(text))
    assert found.quantity == (name,)
    assert found.value[0] == pytest.approx(
        2 * unit_scale(unit, declared.unit)[1], rel=1e-12, abs=0.0
    )


def test_units_are_those_of_the_table_or_else_of_the_file_or_else_si(put):
    path = put("T [mK],lambda [nm]\n1000,90\n")
    assert load_data(path, table(unit="um")).value[0] == pytest.approx(9e-5, rel=1e-12, abs=0.0)
    assert load_data(path, table()).value[0] == pytest.approx(9e-8, rel=1e-12, abs=0.0)
    assert load_data(put("T,lambda\n1,9e-8\n"), table()).value[0] == 9e-8


def test_temperatures_may_be_in_degrees_and_energies_in_terahertz(put):
    text = TABLE.replace("penetration_depth", "higgs_mode")
    path = put("T [degC],lambda [THz]\n-270.15,0.5\n-269.15,0.4\n")
    found = load_data(path, table(text, uncertainty="0.01 THz + 1 %"))
    np.testing.assert_allclose(found.coordinate, [3.0, 4.0], rtol=1e-12)
    np.testing.assert_allclose(found.value, [H * 0.5e12, H * 0.4e12], rtol=1e-14)
    np.testing.assert_allclose(found.absolute, [H * 1e10] * 2, rtol=1e-12)
    assert found.relative.tolist() == [0.01, 0.01]


# ---------------------------------------------------------------- uncertainties and limits


@pytest.mark.parametrize(
    ("text", "unit", "pair"),
    [
        ("2 %", "m", (0.0, 0.02)),
        ("2%", "m", (0.0, 0.02)),
        ("3 nm", "m", (3e-9, 0.0)),
        ("0.01 meV", "J", (1e-5 * E, 0.0)),
        ("0.01 THz", "J", (H * 1e10, 0.0)),
        ("0.01THz", "J", (H * 1e10, 0.0)),
        ("2 % + 0.01 meV", "J", (1e-5 * E, 0.02)),
        ("1e-5 eV+2 %", "J", (1e-5 * E, 0.02)),
        ("1e+3 nm + 1e+1 %", "m", (1e-6, 0.1)),
    ],
)
def test_an_uncertainty_is_absolute_relative_or_both(text, unit, pair):
    assert spread_in(text, unit) == pytest.approx(pair, rel=1e-12, abs=0.0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2", 'must be as in "2 %", "0.01 m", both with +, or the name of a column of the file, but is "2"'),
        ("dlambda", 'must be as in "2 %", "0.01 m", both with +, or the name of a column of the file, but is "dlambda"'),
        ("2 K", 'must be as in "2 %", "0.01 m", both with +, or the name of a column of the file, but is "2 K"'),
        ("1.2.3 nm", 'must be as in "2 %", "0.01 m", both with +, or the name of a column of the file, but is "1.2.3 nm"'),
        ("2 % + ", 'must be as in "2 %", "0.01 m", both with +, or the name of a column of the file, but is "2 % + "'),
        ("2 % + 3 %", 'must have one absolute and one relative part at most, but is "2 % + 3 %"'),
        ("1 nm + 2 nm", 'must have one absolute and one relative part at most, but is "1 nm + 2 nm"'),
        ("-2 %", 'must be finite and >= 0, but is "-2 %"'),
        ("-1 nm", 'must be finite and >= 0, but is "-1 nm"'),
        ("1e999 nm", 'must be finite and >= 0, but is "1e999 nm"'),
    ],
)  # fmt: skip
def test_what_is_no_uncertainty_is_told(put, text, says):
    stated = table(uncertainty=text)
    assert told(put(CELLS), stated) == [f"data.csv: the uncertainty of `lambda` {says}"]


@pytest.mark.parametrize(
    ("title", "unit", "size"),
    [
        ("d", None, "absolute"),
        ("d [nm]", None, "absolute"),
        ("d", "nm", "absolute"),
        ("d [pm]", "nm", "absolute"),
        ("d [%]", None, "relative"),
        ("d", "%", "relative"),
    ],
)
@pytest.mark.parametrize("declared", [True, False])
def test_a_column_may_hold_the_uncertainties(put, title, unit, size, declared):
    text = TABLE
    if declared or unit:  # a unit is stated of a column that is declared
        text += '[data.columns.d]\nquantity = "uncertainty"\n'
        text += f'unit = "{unit}"\n' if unit else ""
    found = load_data(put(f"T,lambda [nm],{title}\n1,90,2\n2,95,3\n"), table(text, uncertainty="d"))
    expected = [0.02, 0.03] if size == "relative" else [2e-9, 3e-9]  # else in the column's own unit
    np.testing.assert_allclose(getattr(found, size), expected, rtol=1e-12)
    other = {"relative": "absolute", "absolute": "relative"}[size]
    assert getattr(found, other).tolist() == [0.0, 0.0]


def test_limits_are_marked_in_the_cell_or_in_a_column(put):
    cells = "T,lambda [nm],side\n1,<90,\n2,> 95,-\n3,100,<\n4,110,>\n5,120,=\n6,<130,<\n"
    text = TABLE + '[data.columns.side]\nquantity = "limit"\n'
    found = load_data(put(cells), table(text))
    assert found.limit.tolist() == [1, -1, 1, -1, 0, 1]
    np.testing.assert_allclose(found.value, [90e-9, 95e-9, 100e-9, 110e-9, 120e-9, 130e-9])


def test_a_limit_that_is_none_is_told(put):
    text = TABLE + '[data.columns.side]\nquantity = "limit"\n'
    cells = "T,lambda [nm],side\n1,<90,>\n2,<,\n3,100,below\n4,~5,\n"
    assert told(put(cells), table(text)) == [
        "data.csv, row 2: `side` contradicts `lambda`: keep one of them",
        'data.csv, row 3: `lambda` must be a finite number, but is "<"',
        'data.csv, row 4: `side` must be "<", ">" or nothing, but is "below"',
        'data.csv, row 5: `lambda` must be a finite number, but is "~5"',
    ]


# ---------------------------------------------------------------- trap and groups


def test_a_column_says_whether_the_trap_was_on_unless_the_quantity_does(put):
    text = TABLE.replace('trap = "on"', "") + (
        '[data.columns.xi]\nquantity = "coherence_length"\nuncertainty = "1 nm"\ntrap = "off"\n'
        '[data.columns.trap]\nquantity = "trap"\n'
    )
    words = ["on", "off", "ON", "False", "1", "0", "yes", "1.0"]
    rows = "".join(f"{i + 1},9e-8,1e-8,{word}\n" for i, word in enumerate(words))
    found = load_data(put("T,lambda,xi,trap\n" + rows), table(text))
    assert found.on.tolist() == [True, False, True, False, True, False, True, True] + [False] * 8
    assert told(put("T,lambda,xi,trap\n1,9e-8,1e-8,maybe\n2,9e-8,1e-8,\n"), table(text)) == [
        'data.csv, row 2: `trap` must be "on" or "off", but is "maybe"',
        'data.csv, row 3: `trap` must be "on" or "off", but is ""',
    ]


def test_groups_are_named_by_a_column_or_by_the_quantity_or_by_the_columns_name(put):
    text = TABLE + (
        '[data.columns.xi]\nquantity = "coherence_length"\nuncertainty = "1 nm"\ntrap = "off"\n'
        'group = "coil"\n'
        '[data.columns.run]\nquantity = "group"\n'
        '[data.groups.2]\ncalibration = "lognormal(1, 0.1)"\n'
        'temperature_offset = "normal(0 K, 20 mK)"\n'
    )
    found = load_data(put("T,lambda,xi,run\n1,9e-8,1e-8,2\n2,9e-8,1e-8,b\n"), table(text))
    assert list(found.groups) == ["2", "b", "coil"]
    assert found.group.tolist() == [0, 1, 2, 2]
    assert found.groups["2"] == DataGroup(
        Prior("lognormal", (1.0, 0.1)), Prior("normal", (0.0, 0.02))
    )
    assert found.groups["coil"].calibration is None
    assert {key: index.tolist() for key, index in found.series().items()} == {
        ("penetration_depth", True, "2"): [0],
        ("penetration_depth", True, "b"): [1],
        ("coherence_length", False, "coil"): [2, 3],
    }
    assert told(put("T,lambda,xi,run\n1,9e-8,1e-8,2\n2,9e-8,1e-8,\n"), table(text)) == [
        "data.csv, row 3: `run` is missing: name the group to which the row belongs"
    ]


def test_a_group_that_no_row_is_of_is_told(put):
    text = TABLE + '[data.groups.lamda]\ncalibration = "lognormal(1, 0.1)"\n'
    assert told(put(CELLS), table(text)) == [
        "data.csv: no row belongs to `data.groups.lamda`: the groups are lambda"
    ]


# ---------------------------------------------------------------- what is wrong


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ("T,lambda\n1,\n", ["row 2: `lambda` is missing: fill it in, take the row out, or state allow = [\"missing\"]"]),
        ("T,lambda\n,9e-8\n1,n/a\n", [
            "row 2: `T` is missing: fill it in, take the row out, or state allow = [\"missing\"]",
            "row 3: `lambda` is missing: fill it in, take the row out, or state allow = [\"missing\"]",
        ]),
        ("T,lambda\n2,9e-8\n1,9e-8\n", ["row 3: its temperature is below that of row 2: sort the rows, or state allow = [\"unsorted\"]"]),
        ("T,lambda\n1,9e-8\n1,8e-8\n", ["row 3: repeats the temperature of row 2 for `lambda`: take one out, or state allow = [\"duplicates\"]"]),
        ("T,lambda\n0,9e-8\n-1,9e-8\n", ["row 2: `T` must be > 0 K, but is 0 K", "row 3: `T` must be > 0 K, but is -1 K"]),
        ("T,lambda\n1,abc\n2,~9\n", ['row 2: `lambda` must be a finite number, but is "abc"', 'row 3: `lambda` must be a finite number, but is "~9"']),
        ("T,lambda\n1,inf\n", ['row 2: `lambda` must be a finite number, but is "inf"']),
        ("T,lambda\n1,1_0\n", ['row 2: `lambda` must be a finite number, but is "1_0"']),
        ("T,lambda [Gm]\n1,1e305\n", ["row 2: `lambda` must be finite in SI, but is 1e+305 in its unit"]),
        ("T,lambda\n1,0\n", ['row 2: `lambda` has an uncertainty of 0: give an absolute one, as in "2 % + 0.01 meV"']),
        ("T,lambda\n1,9e-8,3\n2\n", [
            "row 2: must have 2 cells, but has 3",
            "row 3: must have 2 cells, but has 1",
            'data.csv was read as comma-separated, with its names in row 1: if that is wrong, state `header`, the row of the names, or `delimiter`, as in "tab"',
        ]),
        ("T,lambda\n1,\"9e-8\n", ["row 2: is not a row of a text file (unexpected end of data)"]),
        ("T [J],lambda [s]\n1,9e-8\n", ['the unit of `T` must be a unit of K, but is "J"', 'the unit of `lambda` must be a unit of m, but is "s"']),
        ("T,depth\n1,9e-8\n", ["has no column `lambda`: it has T, depth"]),
        ("a,b\n1,9e-8\n", ["has no column `T`: it has a, b", "has no column `lambda`: it has a, b"]),
        ("1,9e-8\n2,9e-8\n", ["row 1: must name the columns, but holds numbers"]),
        ("T,lambda,T [mK]\n1,9e-8,1\n", ['must name each column once, but names "T" again']),
        ("T,lambda\n", ["must have a row of names and rows of numbers, but has none"]),
        ("", ["must have a row of names and rows of numbers, but has none"]),
        ("# only words\n\n", ["must have a row of names and rows of numbers, but has none"]),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_with_its_rows(put, cells, says):
    assert [
        line if " was read as " in line else line.removeprefix("data.csv").lstrip(",: ")
        for line in told(put(cells), table())
    ] == says


def test_rows_are_counted_as_editors_count_them(put):
    text = head(TABLE) + '\n"T\n",lambda\n\n1,9e-8\n\n2,x\n'
    stated = table(TABLE.replace("columns.T", 'columns."T"'))
    (says,) = told(put(text), stated)
    assert says == 'data.csv, row 14: `lambda` must be a finite number, but is "x"'


@pytest.mark.parametrize(
    ("allow", "cells", "rows"),
    [
        ("missing", "T,lambda,d,trap\n1,,1e-9,\n2,9e-8,,on\n,9e-8,1e-9,on\n4,9e-8,1e-9,on\n", [5]),
        ("unsorted", "T,lambda,d,trap\n2,9e-8,1e-9,on\n1,9e-8,1e-9,on\n", [2, 3]),
        ("duplicates", "T,lambda,d,trap\n1,9e-8,1e-9,on\n1,8e-8,1e-9,on\n", [2, 3]),
    ],
)
@pytest.mark.parametrize("unit", ["m", "%"])
def test_what_is_allowed_passes_and_nothing_else(put, allow, cells, rows, unit):
    text = TABLE.replace('trap = "on"\n', "") + (
        f'[data.columns.d]\nquantity = "uncertainty"\nunit = "{unit}"\n'
        '[data.columns.trap]\nquantity = "trap"\n'
    )
    stated = table(text, uncertainty="d")
    assert told(put(cells), stated)
    for other in {"missing", "unsorted", "duplicates"} - {allow}:
        assert told(put(cells), stated.__class__(stated.columns, allow=(other,)))
    found = load_data(put(cells), stated.__class__(stated.columns, allow=(allow,)))
    assert found.row.tolist() == rows


def test_a_file_all_of_which_is_missing_holds_no_measurement(put):
    stated = DataTable(table().columns, allow=("missing",))
    assert told(put("T,lambda\n1,\n"), stated) == ["data.csv holds no measurement"]


def test_the_same_temperature_in_another_run_or_with_the_trap_off_is_no_duplicate(put):
    text = TABLE.replace('trap = "on"\n', "") + (
        '[data.columns.trap]\nquantity = "trap"\n[data.columns.run]\nquantity = "group"\n'
    )
    cells = "T,lambda,trap,run\n1,9e-8,on,a\n1,9e-8,off,a\n1,9e-8,on,b\n2,9e-8,on,a\n"
    assert len(load_data(put(cells), table(text))) == 4
    (says,) = told(put(cells + "2,8e-8,on,a\n"), table(text))
    assert says.startswith("data.csv, row 6: repeats the temperature of row 5 for `lambda`")


def test_columns_beside_one_another_do_not_disorder_one_another(put):
    text = TABLE.replace('trap = "on"', 'trap = "on"\ngroup = "one"')
    text += (
        text.removeprefix("[data]\n")
        .replace("lambda", "second")
        .partition("\n[data")[2]
        .join(["[data", ""])
    )
    found = load_data(put("T,lambda,second\n1,9e-8,8e-8\n2,9e-8,8e-8\n"), table(text))
    assert (len(found), list(found.groups)) == (4, ["one"])


def test_negative_uncertainties_and_zeros_are_told(put):
    text = TABLE + '[data.columns.d]\nquantity = "uncertainty"\n'
    cells = "T,lambda,d\n1,9e-8,-1e-9\n2,9e-8,0\n3,9e-8,\n4,9e-8,x\n5,9e-8,1e-9\n"
    assert told(put(cells), table(text, uncertainty="d")) == [
        "data.csv, row 2: `d` is an uncertainty and must be >= 0, but is -1e-09",
        'data.csv, row 3: `lambda` has an uncertainty of 0: give an absolute one, as in "2 % + 0.01 meV"',
        'data.csv, row 4: `d` is missing: fill it in, take the row out, or state allow = ["missing"]',
        'data.csv, row 5: `d` must be a finite number, but is "x"',
    ]


def test_a_time_may_be_zero_and_not_less(put):
    text = TABLE.replace('"temperature"', '"time"')
    assert load_data(put("T [ms],lambda\n0,9e-8\n5,9e-8\n"), table(text)).coordinate[1] == 0.005
    assert told(put("T,lambda\n-1,9e-8\n"), table(text)) == [
        "data.csv, row 2: `T` must be >= 0 s, but is -1 s"
    ]


def test_dates_are_no_times(tmp_path):
    path = tmp_path / "data.nc"
    unit = "seconds since 2026-01-01"
    as_netcdf(
        path, {f"T [{unit}]": [0, 2], "lambda": [9e-8, 9e-8]}, TABLE.replace("temperature", "time")
    )
    assert told(path) == [f'data.nc: the unit of `T` must be a unit of s, but is "{unit}"']


def test_what_is_wrong_with_a_row_is_told_once_and_not_for_each_of_its_quantities(put):
    text = (
        TABLE
        + '[data.columns.xi]\nquantity = "coherence_length"\nuncertainty = "1 %"\ntrap = "on"\n'
    )
    assert len(told(put("T,lambda,xi\nx,9e-8,1e-8\n"), table(text))) == 1
    assert len(told(put("T,lambda,xi\n2,9e-8,1e-8\n1,9e-8,1e-8\n"), table(text))) == 1


def test_of_many_mistakes_the_first_are_told_and_how_many_more(put):
    says = told(put("T,lambda\n" + "x,9e-8\n" * 100), table())
    assert len(says) == 21
    assert says[0].startswith("data.csv, row 2:")
    assert says[-1] == "data.csv: and 80 more."


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("[data]\ncolumns = 3\n", "data.csv, header: `data.columns` must be a table, but is a int"),
        ("[data\n", "data.csv: its header is not valid TOML: "),
        ('[data]\n[trap]\nrate = "1 1/s"\n', "data.csv: its header must hold the table [data] and nothing else"),
        ("[data]\nallow = 5\n", 'data.csv, header: `data.allow` must be a list of "missing", "unsorted", "duplicates", but is 5'),
    ],
)  # fmt: skip
def test_a_wrong_header_is_told(put, header, says):
    (line,) = told(put(head(header) + CELLS))
    assert line.startswith(says)


def test_a_header_of_words_says_nothing_of_the_columns(put):
    (says,) = told(put("# measured on a cold day\n# data.csv, the second\n" + CELLS))
    assert says.startswith("data.csv does not say what its columns are: give a table [data] in the")


def test_columns_of_on_and_off_are_proposed_with_the_errors_that_are_theirs(put):
    heading = "T (mK);lambda_off (nm);Fehler off (%);lambda_on (nm);dlambda_on (nm)\n"
    (says,) = told(put(f"{heading}150,5;110,01;1,5;110,34;1,5\n300,5;109,8;1,5;109,1;1,5\n"))
    assert tomllib.loads(says.partition(", as in\n")[2])["data"]["columns"] == {
        "T": {"quantity": "temperature"},
        "lambda_off": {
            "quantity": "penetration_depth", "uncertainty": "Fehler off", "trap": "off",
        },
        "lambda_on": {
            "quantity": "penetration_depth", "uncertainty": "dlambda_on", "trap": "on",
        },
    }  # fmt: skip
    (says,) = told(put("foo,bar\n1,2\n"))
    assert says.endswith("or in the file's header, for its columns foo, bar")


def test_a_table_is_proposed_that_reads_the_file_once_it_is_stated(put):
    path = put(
        "# NbTiN, B7\nT (K)\tlambda off (nm)\tlambda on (nm)\terr (nm)\tBc1 off (mT)\tnote\n"
        "5.0\t313.5\t314.9\t3.1\t10.55\t-\n5.4\t309.1\t315.9\t3.1\t10.33\t-\n",
        "lab.txt",
    )
    (says,) = told(path)
    sentence, _, proposed = says.partition(", as in\n")
    assert sentence.startswith("lab.txt does not say what its columns are: give a table [data]")
    assert proposed.count('"?"') == 1, "the file does not say how well B_c1 was measured"
    assert (
        "the uncertainty of `Bc1 off` must be"
        in told(path, DataTable(**tomllib.loads(proposed)["data"]))[0]
    )
    proposed = proposed.replace("?", "2 %")
    found = load_data(path, DataTable.from_dict(tomllib.loads(proposed)["data"]))
    assert set(found.quantity) == {"penetration_depth", "lower_critical_field"}
    assert found.on.tolist() == [False, False, True, True, False, False]
    np.testing.assert_allclose(found.absolute, [3.1e-9] * 4 + [0.0] * 2)
    assert found.read_as == (
        f"{path} is read as tab-separated, T in K, lambda off in nm, err in nm, lambda on in nm, "
        "Bc1 off in mT"
    )


def test_a_unit_in_a_title_is_never_ignored(put):
    percent = load_data(put("T [K],lambda [nm],err (%)\n4,92,2\n"), table(uncertainty="err (%)"))
    assert (percent.absolute.tolist(), percent.relative.tolist()) == ([0.0], [0.02])
    assert "must be a unit of m" in told(put("T,lambda (a.u.)\n4,92\n"), table())[0]
    found = load_data(put("T,lambda\n4,9e-8\n"), table())
    assert found.read_as.endswith(
        "T in K (no unit is stated: SI), lambda in m (no unit is stated: SI)"
    )
    fields = TABLE.replace("penetration_depth", "critical_field")
    found = load_data(put("T [K],lambda (Oe)\n4,92\n"), table(fields))
    assert found.read_as.endswith("lambda in Oe (B = μ0 H)")
    assert found.value.tolist() == pytest.approx([92e-4])


def test_the_form_of_a_file_is_stated_in_its_table_or_in_its_header(put):
    cells = "T;lambda [nm]\n1,234;90\n2,345;95\n"
    assert 'state decimal = "comma"' in told(put(cells), table())[0]
    stated = table(TABLE.replace("[data]", '[data]\ndecimal = "comma"'))
    assert load_data(put(cells), stated).coordinate.tolist() == [1.234, 2.345]
    assert DataTable.from_dict(stated.to_dict()) == stated
    inside = put(head(TABLE.replace("[data]", '[data]\ndecimal = "comma"')) + cells)
    assert load_data(inside).coordinate.tolist() == [1.234, 2.345]


def test_a_comment_about_data_is_no_table(put):
    assert (
        len(load_data(put("# data source = cooldown 5\n# [data of May]\n" + CELLS), table())) == 3
    )


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("data.csv", b"T,lambda\n1,\x81\n", "data.csv is not a text file in UTF-8, UTF-16 or Latin-1: state its encoding"),
        ("data.csv", b"T,lambda\n1,\0\n", "data.csv is not a text file: it holds zero bytes"),
        ("data.xlsx", b"PK", "data.xlsx is not an Excel workbook: "),
        ("data.xls", b"PK", 'data.xls must be a file of data ending in .csv, .tsv, .txt, .dat, .xlsx, .parquet, .nc, but ends in ".xls"'),
        ("data", b"", "data must be a file of data ending in .csv, "),
        ("data.parquet", b"", "data.parquet is not a Parquet file: "),
        ("data.parquet", b"PAR1" * 10, "data.parquet is not a Parquet file: "),
        ("data.nc", b"", "data.nc is not a NetCDF-4 file: "),
        ("data.nc", b"\x89HDF\r\n\x1a\n" + bytes(100), "data.nc is not a NetCDF-4 file: "),
        ("data.nc", b"CDF\x01" + bytes(100), "data.nc is not a NetCDF-4 file: "),
    ],
)  # fmt: skip
def test_what_is_no_file_of_data_is_told(put, name, content, says):
    (line,) = told(put(content, name), table())
    assert line.startswith(says)


def test_a_file_that_is_not_there_or_a_folder_is_told(tmp_path):
    assert told(tmp_path / "none.csv") == ["none.csv is not there: give an existing file of data"]
    (tmp_path / "folder.csv").mkdir()
    assert told(tmp_path / "folder.csv") == [
        "folder.csv is not there: give an existing file of data"
    ]
    assert "cannot be read" in told(tmp_path / f"{'x' * 300}.csv")[0]


@pytest.mark.parametrize("ending", WRITERS)
def test_a_binary_file_that_is_cut_is_told(tmp_path, ending):
    path = tmp_path / f"data{ending}"
    WRITERS[ending](path, {"T": [1.0, 2.0], "lambda": [9e-8, 9e-8]}, TABLE)
    whole = path.read_bytes()
    for share in (0.05, 0.3, 0.6, 0.9, 0.99):
        path.write_bytes(whole[: int(share * len(whole))])
        (line,) = told(path)
        assert "file: " in line


def test_a_parquet_file_names_each_column_once(tmp_path):
    path = tmp_path / "data.parquet"
    as_parquet(path, {"T [K]": [1.0], "T [mK]": [1000.0], "lambda": [9e-8]}, TABLE)
    assert told(path) == ['data.parquet must name each column once, but names "T" again']


def test_a_netcdf_file_has_one_dimension(tmp_path):
    path = tmp_path / "data.nc"
    xr.Dataset({"T": ("a", [1.0]), "lambda": ("b", [9e-8])}).to_netcdf(path, engine="h5netcdf")
    assert told(path, table()) == ["data.nc must have variables along one dimension, but has 2"]


@pytest.mark.parametrize(
    ("change", "key", "says"),
    [
        (("quantity = \"temperature\"", ""), "columns.T.quantity", "is missing: say what the column is"),
        (("temperature", "temperatur"), "columns.T.quantity", 'must be "temperature", "time", '),
        (("quantity = \"temperature\"", "quantity = \"temperature\"\nunits = \"K\""), "columns.T.units", "is an unknown key; did you mean `unit`?"),
        (("quantity = \"temperature\"", "quantity = \"time\"\ntrap = \"on\""), "columns.T.trap", "is for observables, not for a column of the time"),
        (("quantity = \"temperature\"", "quantity = \"temperature\"\nunit = \"\""), "columns.T.unit", "must not be empty"),
        (("temperature", "penetration_depth"), "columns", 'must have a column with quantity = "temperature", or one with "time"'),
        (("penetration_depth", "temperature"), "columns.lambda.uncertainty", "is for observables"),
        (("uncertainty = \"2 %\"", ""), "columns.lambda.uncertainty", "is missing: give it as in"),
        (("uncertainty = \"2 %\"", "uncertainty = \"T\""), "columns.lambda.uncertainty", "must name a column of uncertainties, but `T` is none"),
        (("uncertainty = \"2 %\"", "uncertainty = 2"), "columns.lambda.uncertainty", "must be a text, but is 2"),
        (("trap = \"on\"", ""), "columns.lambda.trap", 'is missing: give "on" or "off", or a column with quantity = "trap"'),
        (("trap = \"on\"", "trap = true"), "columns.lambda.trap", 'must be "on" or "off", but is True'),
        (("[data]", "[data]\nfollow = \"protocol\""), "follow", "is an unknown key; did you mean `follows`?"),
        (("[data]", "[data]\nfollows = \"time\""), "follows", 'must be "equilibrium" or "protocol", but is \'time\''),
        (("[data]", "[data]\nallow = \"missing\""), "allow", "must be a list of"),
        (("[data]", "[data]\nallow = [[]]"), "allow", "must be a list of"),
        (("[data]", "[data.columns.t]\nquantity = \"time\""), "columns", "must have a column of the temperature or one of the time, not both"),
        (("[data]", "[data.columns.t]\nquantity = \"temperature\""), "columns", "must have one column of the temperature, not 2"),
        (("[data]", "[data.columns.d]\nquantity = \"uncertainty\""), "columns.d", "is named by no column's `uncertainty`: name it, or take it out"),
        (("[data]", "[data.columns.d]\nquantity = \"trap\""), "columns.d", "is not used, as every column states its own `trap`"),
        (("[data]", "[data.columns.d]\nquantity = \"trap\"\nunit = \"K\""), "columns.d.unit", "is for numbers, not for a column of the trap"),
        (("[data]", "[data.columns]\nd = 3"), "columns.d", "must be a table, but is 3"),
        (("[data]", "[data.groups]\na = 3"), "groups.a", "must be a table, but is 3"),
        (("[data]", "[data.groups.a]\ncalibration = \"lognormal(-1, 0.1)\""), "groups.a.calibration", "has a prior whose median must be finite and > 0"),
        (("[data]", "[data.groups.a]\ntemperature_offset = \"normal(0 J, 1 K)\""), "groups.a.temperature_offset", "has a prior whose mean must be a number with a unit of K"),
        (("[data]", "[data.groups.a]\noffset = 1"), "groups.a.offset", "is an unknown key"),
    ],
)  # fmt: skip
def test_a_table_that_is_wrong_is_told_with_its_key(change, key, says):
    assert TABLE.count(change[0]) == 1 or change[0] == "temperature"
    found = refused(TABLE.replace(*change))
    assert found[key].startswith(says)


def test_all_that_is_wrong_with_a_table_is_told_at_once():
    wrong = TABLE.replace('"temperature"', '"temperatur"').replace('"on"', '"open"')
    assert set(refused(wrong.replace("[data]", "[data]\nallow = 5\nfollows = 5"))) == {
        "columns.T.quantity",
        "columns.lambda.trap",
        "allow",
        "follows",
    }


def test_a_case_file_tells_what_is_wrong_with_its_table_with_the_line():
    text = "[material]\nname = 'Nb'\n" + TABLE.replace("columns.T]", 'columns."T (K)"]')
    with pytest.raises(InputError, match=r"case, line 5: `data.columns.T \(K\).quantity` must be"):
        parse_case(text.replace('"temperature"', '"heat"'), needs=(), readers=READERS)


# ---------------------------------------------------------------- anything at all

_JUNK = st.sampled_from(
    ["", "1", "x", "-1", "nan", "<2", "on", '"', "\n", ",", "#", "[data]", "\x00", "\x85", "é", "1e400", "🜚"]
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(_JUNK | st.text(max_size=5), max_size=4), max_size=6), st.booleans())
def test_no_csv_file_raises_anything_but_an_input_error(put, rows, quoted):
    made = io.StringIO()
    if quoted:
        csv.writer(made).writerows(rows)
    else:
        made.write("\n".join(",".join(row) for row in rows))
    text = made.getvalue().encode("utf-8", "surrogatepass")
    for content in (text, b"T,lambda\n" + text, head(TABLE).encode() + b"T,lambda\n" + text):
        with contextlib.suppress(InputError):
            assert np.isfinite(load_data(put(content), table()).value).all()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from([".csv", ".parquet", ".nc"]))
def test_no_bytes_raise_anything_but_an_input_error(put, content, ending):
    with contextlib.suppress(InputError):
        load_data(put(content, f"data{ending}"), table())


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Bytes of a file of each binary kind with nothing wrong."""
    folder = tmp_path_factory.mktemp("whole")
    found = {}
    for ending, write in WRITERS.items():
        write(folder / f"data{ending}", {"T": [1.0, 2.0], "lambda": [9e-8, 8e-8]}, TABLE)
        found[ending] = (folder / f"data{ending}").read_bytes()
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.data(), st.sampled_from(list(WRITERS)))
def test_no_byte_that_is_changed_raises_anything_but_an_input_error(put, whole, data, ending):
    content = bytearray(whole[ending])
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(InputError):
        assert len(load_data(put(bytes(content), f"data{ending}"))) == 2


def test_more_quasiparticles_than_there_are_in_equilibrium_are_refused_at_once(
    series, observations
):
    """As after an injection; a protocol begins in equilibrium."""
    tables = {
        "material": {"name": "Al"},
        "landau": {"a": "3e-5 k_B", "saturation": 1.0},
        "trap": {"rate": "1e3 1/s"},
        "protocol": {"start": "0.1 K", "hold": "4 ms", "warm_to": "0.2 K", "warming_time": "1 ms"},
    }
    case = et.CaseFile.from_dict(tables, needs=("material", "landau"))

    def read(density):
        points = series("quasiparticle_density", [1e-4, 8e-4], True, value=density)
        return observations(points, against="time", follows="protocol", source="n.csv")

    with pytest.raises(
        InputError, match=r"n.csv, row 1: 5e\+21 1/m\^3 quasiparticles are more than"
    ):
        arranged(case, read(5e21))
    arranged(case, read(1e15))
