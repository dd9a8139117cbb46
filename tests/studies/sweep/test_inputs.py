"""Sweeps: what may vary, how it is stated, and that what is wrong is told with its place."""

import csv
import dataclasses
import json
import math
import re
import subprocess
import sys
import tomllib
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.strategies import WORKING, case_of, case_tables, cases, value

import entrap as et
from entrap.app.casefile import READERS, case_schema, load_case
from entrap.case import library, toml
from entrap.case.case import NESTED, TABLES, Case, tables_of
from entrap.case.casefile import CaseFile
from entrap.case.layoutnumbers import layout_numbers
from entrap.case.material import Material
from entrap.case.provenance import filled
from entrap.core.errors import InputError
from entrap.core.quantities import quantities
from entrap.core.units import si_value
from entrap.solve.inputs import by_key, inputs_of
from entrap.studies.sweep.inputs.axes import (
    Range,
    ends_of,
    plain_axis,
    read_axis,
    values_of,
)
from entrap.studies.sweep.inputs.column import Column
from entrap.studies.sweep.inputs.keys import declared, sweepable
from entrap.studies.sweep.inputs.options import REDUCTIONS, SAMPLED, Sweep
from entrap.studies.sweep.inputs.varied import check_ends, varied

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted((ROOT / "examples").glob("*.toml"))
SCHEMA = Draft202012Validator(case_schema())
OF_LAYOUT = layout_numbers()
KEYS = {
    key: known
    for key, known in sweepable().items()
    if known.kind == "number" and key not in OF_LAYOUT
}
UNITS = {
    "K": "mK",
    "1/m^3": "1/cm^3",
    "J/K": "k_B",
    "J": "meV",
    "m": "nm",
    "s": "ms",
    "T": "mT",
    "1": "%",
}
"""Another unit of the same kind."""

parse_case = partial(toml.parse_case, readers=READERS)
keys = st.sampled_from(sorted(KEYS))
FEW = settings(max_examples=settings().max_examples // 4)
"""For what takes tens of milliseconds a time; `make test-random` tries more."""


def stated_sweep(case):
    """The sweep that a case states."""
    found = Sweep.of(case)
    assert found is not None
    return found


@st.composite
def ends(draw, key):
    """Two different values of a key."""
    low, high = sorted([draw(value(KEYS[key])), draw(value(KEYS[key]))])
    assume(low < high)
    return (low, high) if draw(st.booleans()) else (high, low)


@st.composite
def ranges(draw, key, most=40):
    start, stop = draw(ends(key))
    spacing = draw(st.sampled_from(["linear", "log"])) if start and stop else "linear"
    return Range(start, stop, draw(st.integers(2, most)), spacing)


def lists(key, size=None):
    return st.lists(
        value(KEYS[key]), min_size=size or 1, max_size=size or 6, unique=size is None
    ).map(tuple)


files = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1)


@st.composite
def sweeps(draw):
    """Sweeps of every scheme."""
    names = draw(st.lists(keys, min_size=1, max_size=6, unique=True))
    scheme = draw(st.sampled_from(["grid", "rows", *SAMPLED]))
    stated = {
        "scheme": scheme,
        "seed": draw(st.integers(0, 2**53 - 1)),
        "results": tuple(draw(st.lists(st.text("abc_", min_size=1), unique=True, max_size=3))),
    }
    if scheme in SAMPLED:
        stated["axes"] = {
            key: dataclasses.replace(draw(ranges(key)), points=draw(st.none() | st.integers(1, 9)))
            for key in names
        }
        stated["samples"] = 2 ** draw(st.integers(0, 6))
    elif scheme == "rows":
        size = draw(st.integers(2, 5))
        stated["axes"] = {
            key: draw(
                lists(key, size)
                | ranges(key).map(lambda r: dataclasses.replace(r, points=size))
                | st.builds(Column, files, files)
            )
            for key in names
        }
    else:
        stated["axes"] = {
            key: draw(ranges(key) | lists(key) | st.builds(Column, files, files)) for key in names
        }
        stated["reduce"] = draw(
            st.dictionaries(st.sampled_from(names), st.sampled_from(REDUCTIONS))
        )
    return Sweep(**stated)


def told(make, *arguments, **named):
    """The problems with which something is refused, by key."""
    with pytest.raises(InputError) as caught:
        make(*arguments, **named)
    return {problem.key: problem.text for problem in caught.value.problems}


# ---------------------------------------------------------------- keys


def test_every_number_of_a_case_may_vary_and_nothing_else():
    numbers = {
        f"{name}.{key}": q
        for name, table in (TABLES | NESTED).items()
        for key, q in quantities(table)
    }
    assert set(KEYS) == {"temperature"} | {k for k, q in numbers.items() if q.kind == "number"}
    assert set(sweepable()) == {*KEYS, *OF_LAYOUT, "trap.film.trap_count"}
    for key, q in numbers.items():
        if q.kind == "number" or key == "trap.film.trap_count":
            assert declared(key) is q
        else:
            assert "a sweep can only vary keys" in told(declared, key)[key]
    assert (declared("temperature").unit, declared("temperature").symbol) == ("K", "T")


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("mixture.valence_rato", "mixture.valence_ratio"),
        ("valence_ratio", "mixture.valence_ratio"),
        ("temprature", "temperature"),
        ("trap.junction.interface_resistence", "trap.junction.interface_resistance"),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest(key, near):
    with pytest.raises(InputError) as caught:
        declared(key)
    assert str(caught.value) == f"`{key}` is an unknown key; did you mean `{near}`?"


@pytest.mark.parametrize("key", ["", "x", "title", "x" * 1000, 3, None])
def test_what_is_like_no_key_is_refused(key):
    assert "is an unknown key" in told(read_axis, key, "1:2:3")[str(key)]


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("protocol.points", "a number of points"),
        ("landau.bcs", "a switch"),
        ("trap.closure", "a word"),
    ],
)
def test_what_takes_no_value_in_between_does_not_vary(key, kind):
    assert told(Sweep, {key: [1, 2]}) == {
        f"axes.{key}": f"is {kind}: a sweep can only vary keys whose value is a number that results depend on"
    }


COUNT = "trap.film.trap_count"


@pytest.mark.parametrize("stated", ["1, 2, 4", [1, "2", 4.0], np.array([1, 2, 4]), "1:4:3:log"])
def test_a_count_varies_in_whole_numbers(stated):
    assert read_axis(COUNT, stated) == pytest.approx((1.0, 2.0, 4.0))


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        ("1, 2.5", "must be a whole number, but is '2.5'"),
        ("1:4:3", "must be a whole number, but is 2.5"),
        ("1:4", "must be a list of whole numbers"),
        ([0, 1], "must be finite and >= 1"),
        (np.array([1.0, 1.5]), "must be a whole number"),
    ],
)
def test_a_count_that_is_no_whole_number_is_told(stated, says):
    assert says in told(read_axis, COUNT, stated)[COUNT]


# ---------------------------------------------------------------- texts


@FEW
@given(st.data())
def test_a_text_says_what_a_table_says(data):
    key = data.draw(keys)
    made = data.draw(ranges(key))
    text = f"{made.start!r}:{made.stop!r}:{made.points}"
    if made.spacing == "linear":
        assert read_axis(key, text) == made
    assert read_axis(key, f" {text} : {made.spacing} ") == made
    assert read_axis(key, plain_axis(made)) == read_axis(key, made) == made
    bare = dataclasses.replace(made, points=None)
    stem = f"{made.start!r}:{made.stop!r}"
    for form in (f"{stem}::{made.spacing}", f"{stem}:{made.spacing}"):
        assert read_axis(key, form) == bare
    assert read_axis(key, plain_axis(bare)) == bare


@given(st.data())
def test_a_list_is_a_text_is_an_array(data):
    key = data.draw(keys)
    made = data.draw(lists(key))
    text = ",".join(f" {x!r}" for x in made)
    assert read_axis(key, text) == made
    for form in (list(made), np.array(made), [repr(x) for x in made]):
        assert read_axis(key, form) == made
    assert values_of(key, made).tolist() == list(made)


@FEW
@given(st.data())
def test_every_value_of_an_axis_may_have_a_unit(data):
    key = data.draw(keys.filter(lambda key: KEYS[key].unit in UNITS))
    unit, other = KEYS[key].unit, UNITS[KEYS[key].unit]
    factor = si_value(f"1 {other}", unit)
    low = max(KEYS[key].at_least, 1e-30)
    start, stop = 2 * low, min(8 * low, KEYS[key].at_most)
    stated = [f"{x / factor!r} {other}" for x in (start, stop)]
    wanted = pytest.approx((start, stop), rel=1e-14)
    made = read_axis(key, f"{stated[0]}:{stated[1]}:5")
    assert isinstance(made, Range)
    assert (made.start, made.stop) == wanted
    assert read_axis(key, ", ".join(stated)) == wanted
    assert read_axis(key, stated) == wanted
    table = read_axis(key, {"start": stated[0], "stop": stop, "points": "5"})
    assert isinstance(table, Range)
    assert (table.start, table.stop, table.points) == (*wanted.expected[:1], stop, 5) or (
        table.start == pytest.approx(start, rel=1e-14)
    )


@pytest.mark.parametrize(
    ("text", "file", "column"),
    [
        ("@rates.csv:rate", "rates.csv", "rate"),
        (" @ rates.csv : rate ", "rates.csv", "rate"),
        ("@rates.csv", "rates.csv", "trap.rate"),
        ("@rates.csv:", "rates.csv", "trap.rate"),
        ("@C:\\data\\rates.csv", "C:\\data\\rates.csv", "trap.rate"),
        ("@C:/data/rates.csv:rate", "C:/data/rates.csv", "rate"),
        ("@a/b c.csv:trap.rate", "a/b c.csv", "trap.rate"),
    ],
)
def test_a_column_of_a_file_is_named(text, file, column):
    assert read_axis("trap.rate", text) == Column(file, column)
    assert read_axis("trap.rate", {"file": file, "column": column}) == Column(file, column)
    assert read_axis("trap.rate", {"file": file}) == Column(file, "trap.rate")


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        ("", 'must be a number with a unit of K, but is ""'),
        ("1,,2", 'must be a number with a unit of K, but is ""'),
        ("1:2:3:log:5", "must read "),
        (":2:3", 'must be a number with a unit of K, but is ""'),
        ("1 T:2 K:3", '"T" measures something else'),
        ("1:2:0", "must be finite and >= 1 and <= 1e+09, but is '0'"),
        ("1:2:2.5", "must be a whole number"),
        ("1:2:2000000000", "must be finite and >= 1"),
        ("1:2:3:cubic", 'must be "linear" or "log", but is \'cubic\''),
        ("1:2:cubic", "must be a pure number"),
        ("-1:2:3", "must be finite and >= 1e-06 K"),
        ("1:2e6:3", "must be finite and >= 1e-06 K"),
        ("1:nan:3", "must be a number with a unit of K"),
        ("4:4:3", "must have two different ends, but goes from 4 to 4"),
        ("@", "must be a text of one line, but is ''"),
        ("@a\x00b.csv", "must be a text of one line"),
        ([], "must have a value"),
        (np.array([]), "must have a value"),
        ([1.0, math.nan], "must be finite"),
        (np.array([1.0, math.nan, 2.0]), "must be finite and >= 1e-06 K and <= 1e+06 K, but is n"),
        (np.array([1.0, -3.0, 2.0]), "must be finite and >= 1e-06 K and <= 1e+06 K, but is -3.0"),
        (np.array([1.0, 3e7, 2.0]), "but is 30000000.0"),
        (np.array([1.0, 2.0j]), "must be a number"),
        ([1.0, True], "must be a number or a text with a unit of K, but is True"),
        ([[1.0]], "must be a number or a text with a unit of K, but is [1.0]"),
        (np.ones((2, 2)), "a list or a table, but is a ndarray"),
        (3.0, "a list or a table, but is a float"),
        (None, "a list or a table, but is a NoneType"),
        ({"start": 1, "stp": 2, "points": 3}, "is an unknown key; did you mean `stop`?"),
        ({"start": 1, "points": 3}, "is missing: a range needs it"),
        ({}, "is missing: a range needs it"),
        ({"file": "a.csv", "colum": "x"}, "is an unknown key; did you mean `column`?"),
        ({"file": 3}, "must be a text of one line, but is 3"),
        ({"start": 1, "stop": 2, "points": True}, "must be a number, but is True"),
        ({"start": 1, "stop": 2, "points": None, "spacing": 3}, 'must be "linear" or "log"'),
    ],
)
def test_what_states_no_axis_is_refused(stated, says):
    problems = told(read_axis, "temperature", stated)
    assert any(says in text for text in problems.values()), problems
    assert all(key.startswith("temperature") for key in problems)


@pytest.mark.parametrize(("start", "stop"), [(0.0, 1.0), (1.0, 0.0), (-1.0, 1.0)])
def test_a_logarithm_does_not_reach_zero(start, stop):
    assert "must not reach 0" in told(Range, start, stop, 3, "log")[""]
    if min(start, stop) == 0:
        problem = told(read_axis, "mixture.valence_ratio", f"{start}:{stop}:3:log")
        assert "must not reach 0" in problem["mixture.valence_ratio"]


@pytest.mark.parametrize("end", [math.nan, math.inf, True, None, "1 K", 10**400])
def test_the_ends_of_a_range_are_finite_numbers(end):
    assert set(told(Range, 1.0, end)) == {"stop"}
    assert set(told(Range, end, 1.0)) == {"start"}


# ---------------------------------------------------------------- values


@FEW
@given(st.data())
def test_a_range_has_its_points_in_order_and_its_exact_ends(data):
    key = data.draw(keys)
    made = data.draw(ranges(key))
    x = made.values()
    assert (len(x), x[0], x[-1]) == (made.points, made.start, made.stop)
    y = np.log(x) if made.spacing == "log" else x
    steps = np.diff(y)
    scale = max(np.abs(y).max(), 1.0 if made.spacing == "log" else 0.0)  # x is rounded, not ln x
    assert np.allclose(steps, (y[-1] - y[0]) / (len(x) - 1), rtol=1e-9, atol=1e-13 * scale)
    assert ends_of(key, made) == (x.min(), x.max())


def test_values_of_a_grid_are_its_axes_and_those_of_rows_are_as_long():
    grid = Sweep({"temperature": "1:5:5", "landau.a": [2e-23, 1e-23]}).values()
    assert list(grid) == ["temperature", "landau.a"]
    assert grid["temperature"].tolist() == [1, 2, 3, 4, 5]
    assert grid["landau.a"].tolist() == [2e-23, 1e-23]
    rows = Sweep({"temperature": "1:2:2", "landau.a": [1e-23, 1e-23]}, scheme="rows").values()
    assert rows["landau.a"].tolist() == [1e-23, 1e-23]


@pytest.mark.slow
@FEW
@given(st.data())
def test_what_is_drawn_lies_within_its_range_and_follows_from_the_seed(data):
    sweep = data.draw(sweeps().filter(lambda sweep: sweep.scheme in SAMPLED))
    values, again = sweep.values(), sweep.values()
    assert list(values) == list(sweep.axes)
    for key, x in values.items():
        low, high = ends_of(key, sweep.axes[key])
        assert len(x) == sweep.samples
        assert low <= x.min() <= x.max() <= high
        assert x.tobytes() == again[key].tobytes()
    other = dataclasses.replace(sweep, seed=sweep.seed ^ 1).values()
    # Between two neighbouring numbers there is nothing else to draw.
    wide = [key for key in values if np.ptp(ends_of(key, sweep.axes[key])) > 1e-9]
    assert not wide or any(not np.array_equal(values[key], other[key]) for key in wide)


@pytest.mark.parametrize("scheme", SAMPLED)
@FEW
@given(seed=st.integers(0, 2**53 - 1), power=st.integers(0, 7))
def test_what_is_drawn_falls_once_into_each_part_of_every_axis(scheme, seed, power):
    n = 2**power
    sweep = Sweep(
        {"temperature": "2:10:linear", "trap.rate": "1e-3:1e9:log", "landau.a": "5e-23:1e-23"},
        scheme=scheme,
        samples=n,
        seed=seed,
    )
    x = sweep.values()
    parts = {
        "temperature": (x["temperature"] - 2) / 8,
        "trap.rate": (np.log10(x["trap.rate"]) + 3) / 12,
        "landau.a": (5e-23 - x["landau.a"]) / 4e-23,
    }
    for u in parts.values():
        assert sorted(np.floor(u * n + 1e-9 * (0.5 - u)).astype(int)) == list(range(n))


# ---------------------------------------------------------------- sweeps


@FEW
@given(sweeps())
def test_a_sweep_survives_being_written_down(sweep):
    written = sweep.to_dict()
    again = Sweep.from_dict(json.loads(json.dumps(written, allow_nan=False)))
    assert again == sweep
    assert list(again.axes) == list(sweep.axes)
    assert again.to_dict() == written


@FEW
@given(case_tables(), sweeps())
def test_a_case_with_a_sweep_survives_being_written_down(tables, sweep):
    made = case_of(tables | {"sweep": sweep.to_dict()})
    assert made.studies["sweep"] == stated_sweep(made) == sweep
    written = made.to_dict()
    assert case_of(json.loads(json.dumps(written, allow_nan=False))) == made
    assert not list(SCHEMA.iter_errors(written))


@pytest.mark.slow
@FEW
@given(cases, sweeps())
def test_a_sweep_is_none_of_the_numbers_of_a_case(case, sweep):
    swept = CaseFile.of(case, {"sweep": sweep})
    assert tables_of(swept) == tables_of(case)
    assert inputs_of(swept) == inputs_of(case)


def test_a_case_without_a_sweep_says_so():
    assert told(et.sweep, Case(Material(name="Nb"))) == {
        "sweep": "is missing: a case needs the table [sweep]"
    }
    assert "did you mean `sweep`?" in told(case_of, {"sweeep": {}})["sweeep"]


AXES = {"temperature": "1:2:3"}


@pytest.mark.parametrize(
    ("stated", "key", "says"),
    [
        ({}, "axes", "must be a table with a key for each axis"),
        ({"axes": {}}, "axes", "must be a table with a key for each axis"),
        ({"axes": "temperature"}, "axes", "must be a table with a key for each axis"),
        (
            {"axes": {key: [KEYS[key].at_most] for key in sorted(KEYS)[:7]}},
            "axes",
            "must be at most 6 keys, but are 7",
        ),
        ({"axes": {"temperature": "1:2"}}, "axes.temperature", "needs a number of points"),
        ({"axes": {"temperature": "1,2,1"}}, "axes.temperature", "each value once on a grid"),
        (
            {"axes": {"temperature": "1:2:1e6", "landau.a": "1e-23:2e-23:1000001"}},
            "axes",
            "must make at most 1e+12 points, but make 1000000 x 1000001",
        ),
        (
            {"axes": {"temperature": "1:2:3", "landau.a": [1e-23]}, "scheme": "rows"},
            "axes",
            "as many values to be rows, but `temperature` has 3, `landau.a` has 1",
        ),
        (
            {"axes": {"temperature": [1, 2]}, "scheme": "sobol", "samples": 8},
            "axes.temperature",
            "must be a range",
        ),
        (
            {"axes": {"temperature": "@a.csv"}, "scheme": "latin-hypercube", "samples": 8},
            "axes.temperature",
            "must be a range",
        ),
        (
            {"axes": {"mixture": {"valence_ratio": "1:2:3"}}},
            "axes.mixture",
            "write the whole name of a key in quotes",
        ),
        ({"axes": AXES, "scheme": "gird"}, "scheme", 'must be "grid", "rows", '),
        ({"axes": AXES, "scheme": "sobol"}, "samples", 'is missing: "sobol" needs it'),
        ({"axes": AXES, "scheme": "sobol", "samples": 12}, "samples", "must be a power of 2"),
        ({"axes": AXES, "samples": 8}, "samples", 'needs scheme = "latin-hypercube" or "sobol"'),
        ({"axes": AXES, "samples": 0}, "samples", "must be finite and >= 1"),
        ({"axes": AXES, "seed": -1}, "seed", "must be finite and >= 0"),
        ({"axes": AXES, "seed": 2**53}, "seed", "must be finite and >= 0"),
        ({"axes": AXES, "seed": 0.5}, "seed", "must be a whole number"),
        ({"axes": AXES, "seeds": 1}, "seeds", "is an unknown key; did you mean `seed`?"),
        ({"axes": AXES, "results": "kappa"}, "results", "must be a list of names"),
        ({"axes": AXES, "results": None}, "results", "must be a list of names"),
        ({"axes": AXES, "results": ["a", 3]}, "results", "must be a list of names"),
        ({"axes": AXES, "results": [" "]}, "results", "must be a list of names"),
        ({"axes": AXES, "results": ["a", "b", "a"]}, "results", "must name each once"),
        ({"axes": AXES, "reduce": "max"}, "reduce", "must be a table"),
        ({"axes": AXES, "reduce": {"landau.a": "max"}}, "reduce.landau.a", "is no axis: axes are"),
        ({"axes": AXES, "reduce": {"temperature": "sum"}}, "reduce.temperature", 'must be "max"'),
        ({"axes": AXES, "reduce": {"temperature": []}}, "reduce.temperature", 'must be "max"'),
        (
            {"axes": AXES, "scheme": "rows", "reduce": {"temperature": "max"}},
            "reduce",
            'needs scheme = "grid", not "rows"',
        ),
        ([], "", "must be a table, but is a list"),
    ],
)
def test_what_is_no_sweep_is_refused(stated, key, says):
    problems = told(Sweep.from_dict, stated)
    assert set(problems) == {key}
    assert says in problems[key]
    problems = told(case_of, tomllib.loads(WORKING) | {"sweep": stated})
    assert set(problems) == {f"sweep.{key}" if key else "sweep"}


def test_the_bounds_of_a_sweep_are_within_it():
    assert Sweep({"temperature": "1:2:1e6", "landau.a": "1e-23:2e-23:1e6"}).axes
    assert len(Sweep({key: [KEYS[key].at_most] for key in sorted(KEYS)[:6]}).axes) == 6
    assert Sweep({"temperature": "1:2:1"}).values()["temperature"].tolist() == [1.0]
    assert Sweep({"temperature": "1:1:1"}).values()["temperature"].tolist() == [1.0]
    assert Sweep(AXES, scheme="sobol", samples=1).values()["temperature"].shape == (1,)


# ---------------------------------------------------------------- case files

SWEPT = (
    WORKING
    + """
[sweep]
results = ["kappa"]
scheme = "grid"
reduce = { temperature = "max" }

[sweep.axes]
"mixture.valence_ratio" = "0.01:20:200:log"
"protocol.start" = [
  "2 K",
  4.0,
]
temperature = "2 K : 4 K : 3"

[ sweep . axes . "landau.a" ]
start = "1 k_B"
stop = "5 k_B"
points = 50
"""
)


def line_of(text, part):
    return next(i for i, row in enumerate(text.split("\n"), start=1) if part in row)


def test_a_case_file_states_a_sweep():
    sweep = stated_sweep(parse_case(SWEPT))
    assert dict(sweep.axes) == {
        "mixture.valence_ratio": Range(0.01, 20.0, 200, "log"),
        "protocol.start": (2.0, 4.0),
        "temperature": Range(2.0, 4.0, 3),
        "landau.a": Range(1.380649e-23, 5 * 1.380649e-23, 50),
    }
    assert (sweep.results, sweep.reduce) == (("kappa",), {"temperature": "max"})
    assert Sweep.of(parse_case(WORKING)) is None
    assert not list(SCHEMA.iter_errors(tomllib.loads(SWEPT)))


def test_what_is_wrong_with_a_sweep_is_told_with_all_else_and_its_line():
    text = (
        SWEPT.replace("valence_ratio", "valence_rato")
        .replace('"2 K"', '"2 T"')
        .replace("points = 50", "points = 0")
        .replace('"max"', '"most"')
        .replace("results =", "result =")
        .replace("2 K : 4 K", "2 J : 4 K")
        .replace('"10 K"', '"10 J"')
    )
    with pytest.raises(InputError) as caught:
        parse_case(text, name="case.toml")
    sentences = str(caught.value).splitlines()
    for part, sentence in (
        ("critical_temperature", "`material.critical_temperature` must be a number with a unit"),
        ("result =", "`sweep.result` is an unknown key; did you mean `results`?"),
        (
            '"mixture.valence_rato"',
            "`sweep.axes.mixture.valence_rato` is an unknown key; did you mean "
            "`mixture.valence_ratio`?",
        ),
        ('"protocol.start"', "`sweep.axes.protocol.start` must be a number with a unit of K"),
        ("2 J : 4 K", "`sweep.axes.temperature` must be a number with a unit of K"),
        ("points = 0", "`sweep.axes.landau.a.points` must be finite and >= 1"),
        ("reduce", '`sweep.reduce.temperature` must be "max", "min", '),
    ):
        where = f"case.toml, line {line_of(text, part)}: {sentence}"
        assert any(said.startswith(where) for said in sentences), (where, sentences)
    assert len(sentences) == 8  # and `mixture.valence_rato` in [mixture]


def test_an_axis_that_is_a_table_on_a_line_has_its_place():
    axis = '"trap.junction.generation" = { start = 1, stop = 2, points = 0 }'
    text = f'{WORKING}[sweep.axes]\n"trap.junction.dynes_broadening" = [0.0]\n{axis}\n'
    with pytest.raises(InputError) as caught:
        parse_case(text, name="case.toml")
    where = f"case.toml, line {line_of(text, axis)}: `sweep.axes.trap.junction.generation.points` "
    assert str(caught.value).startswith(where)


def test_an_override_reaches_an_axis():
    for override, axes in (
        ("sweep.axes.protocol.start=1 K:3 K:5", {"protocol.start": Range(1.0, 3.0, 5)}),
        ("sweep.axes.protocol.start=[1, 2]", {"protocol.start": (1.0, 2.0)}),
        ("sweep.axes.trap.rate=1:3:5", {"trap.rate": Range(1.0, 3.0, 5)}),
    ):
        changed, plain = (stated_sweep(parse_case(SWEPT, x)) for x in ([override], []))
        assert changed.axes == {**plain.axes, **axes}
    changed = parse_case(SWEPT, ["sweep.axes.temperature=", "sweep.reduce=", "sweep.seed=7"])
    assert set(stated_sweep(changed).axes) == set(stated_sweep(parse_case(SWEPT)).axes) - {
        "temperature"
    }
    with pytest.raises(InputError, match=r"^--set: `sweep.axes.trap.rat` is an unknown key"):
        parse_case(SWEPT, ["sweep.axes.trap.rat=1:2:3"])


def test_a_csv_file_lies_beside_its_case_file(tmp_path, monkeypatch):
    folder = tmp_path / "inner"
    folder.mkdir()
    (folder / "rates.csv").write_text("trap.rate [1/ms]\n1\n2.5\n")
    text = WORKING + '[sweep.axes]\n"trap.rate" = "@rates.csv"\n'
    (folder / "case.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    sweep = stated_sweep(load_case("inner/case.toml"))
    assert sweep.axes["trap.rate"] == Column(str(Path("inner/rates.csv")), "trap.rate")
    assert sweep.values()["trap.rate"] == pytest.approx([1e3, 2.5e3])
    monkeypatch.chdir(folder)
    plain = stated_sweep(load_case("case.toml"))
    assert plain.axes["trap.rate"] == Column("rates.csv", "trap.rate")
    assert stated_sweep(parse_case(text)) == plain
    (folder / "rates.csv").unlink()
    with pytest.raises(InputError) as caught:
        load_case("case.toml")
    line = line_of(text, "@rates.csv")
    assert str(caught.value) == (
        f"case.toml, line {line}: `sweep.axes.trap.rate` names the file rates.csv, "
        "which is not there."
    )
    # A result that was saved must go on being read: its own text names no folder.
    assert stated_sweep(case_of(parse_case(text).to_dict())) == plain


def test_the_example_of_the_page_is_one():
    page = (ROOT / "docs/case-file.md").read_text("utf-8")
    (block,) = re.findall(r"```toml\n(\[sweep\].*?)```", page, re.S)
    case = parse_case(WORKING + block)
    assert list(stated_sweep(case).axes)[-1] == "temperature"
    for word in (*(f.name for f in dataclasses.fields(Sweep)), *REDUCTIONS, *SAMPLED):
        assert f'`"{word}"`' in page or f"`{word}`" in page or f"[sweep.{word}]" in page


# ---------------------------------------------------------------- schema

STATED: list[Any] = [
    "1:2:3",
    " 1 K:2 K:3:log",
    "1,2",
    "@a.csv",
    "@a.csv:x",
    "",
    "x",
    "K",
    [],
    [1.0, "2 K"],
    [True],
    ["K"],
    [[1.0]],
    3.0,
    True,
    {},
    {"start": 1.0, "stop": 2.0, "points": 3},
    {"start": 1.0, "stop": 2.0, "points": 3, "spacing": "log"},
    {"start": 1.0, "stop": 2.0, "points": 0},
    {"start": 1.0, "stop": 2.0, "points": 2.5},
    {"start": 1.0, "points": 3},
    {"start": True, "stop": 2.0, "points": 3},
    {"start": 1.0, "stop": 2.0, "points": 3, "spacing": "cubic"},
    {"start": 1.0, "stop": 2.0, "pints": 3},
    {"file": "a.csv"},
    {"file": "a.csv", "column": "x"},
    {"file": ""},
    {"file": 3},
    {"column": "x"},
]
TABLE = st.fixed_dictionaries(
    {},
    optional={
        "axes": st.dictionaries(
            st.sampled_from(["temperature", "protocol.start", "landau.bcs", "trap", "x"]),
            st.sampled_from(STATED),
            max_size=2,
        )
        | st.just({"temperature": "1:2:3"})
        | st.just(3),
        "results": st.sampled_from([[], ["a"], ["a", "a"], [""], [" "], [3], "a", 3]),
        "scheme": st.sampled_from(["grid", "sobol", "gird", 3]),
        "samples": st.sampled_from([8, 0, 2.5, True, "8", "x"]),
        "seed": st.sampled_from([8, -1, 0.5, 2**60]),
        "reduce": st.sampled_from(
            [{}, {"temperature": "max"}, {"temperature": "x"}, {"x": "max"}, 3, {"temperature": 3}]
        ),
        "x": st.just(1),
    },
)


@pytest.mark.parametrize("stated", STATED, ids=repr)
def test_an_axis_that_is_read_is_one_by_the_schema(stated):
    table = {"axes": {"temperature": stated}}
    refused = list(SCHEMA.iter_errors(tomllib.loads(WORKING) | {"sweep": table}))
    try:
        Sweep.from_dict(table)
    except InputError:
        return  # a schema need not see all that is wrong
    assert not refused


@given(TABLE)
def test_what_the_schema_refuses_of_a_sweep_the_reader_refuses(table):
    stated = tomllib.loads(WORKING) | {"sweep": table}
    if list(SCHEMA.iter_errors(stated)):
        with pytest.raises(InputError):
            Case.from_dict(stated)


@FEW
@given(sweeps())
def test_the_schema_accepts_what_is_written_of_a_sweep(sweep):
    stated = tomllib.loads(WORKING) | {"sweep": sweep.to_dict()}
    assert not list(SCHEMA.iter_errors(stated))


@pytest.mark.parametrize(
    ("table", "where"),
    [
        ({}, ["sweep"]),
        ({"axes": {}}, ["sweep", "axes"]),
        ({"axes": {"landau.bcs": [1]}}, ["sweep", "axes"]),
        ({"axes": {"temperature": 3}}, ["sweep", "axes", "temperature"]),
        ({"axes": AXES, "reduce": {"protocol.points": "max"}}, ["sweep", "reduce"]),
        ({"axes": AXES, "reduce": {"temperature": "x"}}, ["sweep", "reduce", "temperature"]),
        ({"axes": AXES, "scheme": "x"}, ["sweep", "scheme"]),
        ({"axes": AXES, "results": ["a", "a"]}, ["sweep", "results"]),
        ({"axes": AXES, "x": 1}, ["sweep"]),
    ],
)
def test_the_schema_refuses_what_is_no_sweep(table, where):
    (error,) = SCHEMA.iter_errors(tomllib.loads(WORKING) | {"sweep": table})
    assert list(error.absolute_path) == where


def test_the_schema_tells_what_every_axis_is():
    axes = case_schema()["properties"]["sweep"]["properties"]["axes"]["properties"]
    assert set(axes) == set(sweepable())
    for key, axis in axes.items():
        assert sweepable()[key].meaning in axis["description"]


def test_an_axis_takes_quantities_of_pint_with_their_units():
    from pint import UnitRegistry

    units = UnitRegistry()
    wanted = read_axis("landau.a", ["1 k_B", "2 k_B"])
    assert read_axis("landau.a", [1, 2] * units.k_B) == wanted
    assert read_axis("landau.a", [1 * units.k_B, "2 k_B"]) == wanted
    assert read_axis("temperature", {"start": 200 * units.mK, "stop": "4 K", "points": 3}) == (
        read_axis("temperature", "0.2:4:3")
    )
    assert (
        "measures something else" in told(read_axis, "temperature", [1, 2] * units.m)["temperature"]
    )


# ---------------------------------------------------------------- CSV files


@pytest.fixture(scope="module")
def csv_path(tmp_path_factory):
    """A file that each example writes anew."""
    return tmp_path_factory.mktemp("csv") / "a.csv"


@FEW
@given(data=st.data())
def test_a_column_is_the_numbers_that_were_written(data, csv_path):
    key = data.draw(keys)
    numbers = data.draw(st.lists(value(KEYS[key]), min_size=1, max_size=20))
    path = csv_path
    before = data.draw(st.booleans())
    blank = data.draw(st.booleans())
    with path.open(
        "w", newline="", encoding=data.draw(st.sampled_from(["utf-8", "utf-8-sig"]))
    ) as f:
        writer = csv.writer(f, lineterminator=data.draw(st.sampled_from(["\n", "\r\n"])))
        writer.writerow(["x, y", key] if before else [f" {key} ", 'say "x"'])
        for x in numbers:
            writer.writerow(["left", repr(x)] if before else [f" {x!r} ", ""])
            if blank:
                f.write("\n")
    read = Column(str(path), key).values(key)
    assert read.tolist() == numbers
    axis = Column(str(path), key)
    assert ends_of(key, axis) == (min(numbers), max(numbers))
    assert Sweep({key: axis}, scheme="rows").values()[key].tolist() == numbers


@given(data=st.data())
def test_the_header_of_a_column_gives_its_unit(data, csv_path):
    key = data.draw(keys.filter(lambda key: KEYS[key].unit in UNITS))
    unit, other = KEYS[key].unit, UNITS[KEYS[key].unit]
    most = KEYS[key].at_most or 1.0
    numbers = [f"{x / si_value(f'1 {other}', unit):.6g}" for x in (most / 3, most / 2)]
    path = csv_path
    path.write_text("\n".join([f"b,my column [{other}]", *(f"0,{x}" for x in numbers)]), "utf-8")
    wanted = [si_value(f"{x} {other}", unit) for x in numbers]
    for name in ("my column", f"my column [{other}]"):
        assert Column(str(path), name).values(key) == pytest.approx(wanted, rel=1e-14)


def test_a_column_is_read_as_its_file_lies_and_said_back(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("% cooldown 5\nT (mK)\tΔ\n1500,5\t1\n2500\t2\n", "utf-16")
    axis = Column(str(path), "T")
    assert axis == read_axis("temperature", f"@{path}:T")
    assert axis.values("temperature") == pytest.approx([1.5005, 2.5])
    assert (
        axis.said("temperature")
        == f"{path} is read as tab-separated, UTF-16, decimal commas, T in mK"
    )
    path.write_text("T;S\n1,234;1\n2,345;2\n")
    how = {"file": str(path), "column": "T"}
    assert 'state decimal = "comma"' in told(axis.values, "temperature")["temperature"]
    stated = Column(str(path), "T", decimal="comma", unit="mK")
    assert stated == read_axis("temperature", how | {"decimal": "comma", "unit": "mK"})
    assert stated.values("temperature") == pytest.approx([1.234e-3, 2.345e-3])
    assert read_axis("temperature", plain_axis(stated)) == stated


def test_degrees_of_a_column_are_counted_from_their_own_zero(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("T [degC]\n-273\n0\n20\n")
    assert Column(str(path), "T").values("temperature") == pytest.approx([0.15, 273.15, 293.15])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "{file} must have a row of names and rows of numbers, but has none"),
        (b"\n\n", "{file} must have a row of names and rows of numbers, but has none"),
        (b"T\n", "{file} must have a row of names and rows of numbers, but has none"),
        (b"S,U\n1,2\n", "needs one column `T` in {file}, which has S, U"),
        (b"T,T [mK]\n1,2\n", "needs one column `T` in {file}, which has 2 of them"),
        (b"T\n1\n\nx\n", 'must be a number in row 4 of {file}, but is "x"'),
        (b"T,U\n1,2\n,4\n", "must be a number in row 3 of {file}, but nothing is there"),
        (b"U,T\n1,2\n3\n", "{file}, row 3: must have 2 cells, but has 1"),
        (b"T\n1\n2 K\n", 'must be a number in row 3 of {file}, but is "2 K"'),
        (b"T\n1_0\n", 'must be a number in row 2 of {file}, but is "1_0"'),
        (b"T\n1\n2\n\n-3\n", "<= 1e+06 K, but is -3.0 in row 5 of {file}"),
        (b"T\n1\nnan\n", "must be a number in row 3 of {file}, but nothing is there"),
        (b"T\n1\ninf\n", "<= 1e+06 K, but is inf in row 3 of {file}"),
        (b"T [mK]\n1\n1e12\n", "but is 1000000000.0 in row 3 of {file}"),
        (b"T [J]\n1\n", 'must be a unit of K, but is "J" (header of {file})'),
        (b"T [foo]\n1\n", 'must be a unit of K, but is "foo" (header of {file})'),
        (b"T\n\x81\n", 'state its encoding, as in encoding = "cp1252"'),
        (b"T\n" + b"1" * 200_000, "but is inf in row 2 of {file}"),
    ],
)
def test_what_is_wrong_with_a_csv_file_is_told_with_its_row(tmp_path, content, says):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    sweep = Sweep({"temperature": Column(str(path), "T")})
    problems = told(sweep.values)
    assert set(problems) == {"temperature"}
    assert problems["temperature"].endswith(says.format(file=path))


def test_a_unit_that_is_no_scale_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("x [dB]\n1\n")
    problem = told(Column(str(path), "x").values, "mixture.valence_ratio")
    assert 'must be a scale of equal steps, but is "dB"' in problem["mixture.valence_ratio"]


def test_what_is_no_file_is_told(tmp_path):
    for path, says in (
        (tmp_path / "none.csv", "is not there: give an existing file of data"),
        (tmp_path, "must be a file of data ending in .csv, "),
        (Path("/dev/zero"), "must be a file of data ending in .csv, "),
    ):
        if path == Path("/dev/zero") and not path.exists():
            continue
        assert says in told(Column(str(path), "T").values, "temperature")["temperature"]


def test_files_are_counted_with_the_other_axes(tmp_path):
    (tmp_path / "a.csv").write_text("T,S\n1,1\n2,1\n3,2\n")
    three = f"@{tmp_path / 'a.csv'}"
    rows = Sweep({"temperature": f"{three}:T", "protocol.start": "1:2:4"}, scheme="rows")
    assert "`temperature` has 3, `protocol.start` has 4" in told(rows.values)["axes"]
    grid = Sweep({"temperature": f"{three}:T", "protocol.start": "1:2:1e9", "trap.rate": "0:1:400"})
    assert "must make at most 1e+12 points, but make 3 x" in told(grid.values)["axes"]
    again = Sweep({"temperature": f"{three}:S"})
    assert (
        "must have each value once on a grid, but has 1 again"
        in told(again.values)["axes.temperature"]
    )
    assert len(Sweep({"temperature": f"{three}:S"}, scheme="rows").values()["temperature"]) == 3


# ---------------------------------------------------------------- the command line


def test_vary_adds_axes_and_takes_the_place_of_those_there():
    sweep = stated_sweep(parse_case(SWEPT))
    made = varied(
        sweep,
        ["trap.rate=1e3 1/s:1e6 1/s:4:log", "temperature = 3 K, 5 K"],
        results=["kappa", "enhancement"],
        reduce=["trap.rate=argmax"],
    )
    assert list(made.axes) == [*sweep.axes, "trap.rate"]
    assert made.axes == {
        **sweep.axes,
        "trap.rate": Range(1e3, 1e6, 4, "log"),
        "temperature": (3.0, 5.0),
    }
    assert made.results == ("kappa", "enhancement")
    assert made.reduce == {"temperature": "max", "trap.rate": "argmax"}
    assert varied(sweep) == sweep
    alone = varied(None, ["temperature=1:2"], scheme="sobol", samples=8, seed=None)
    assert alone == Sweep({"temperature": Range(1.0, 2.0)}, scheme="sobol", samples=8)


@pytest.mark.parametrize(
    ("vary", "more", "says"),
    [
        ([], {}, "nothing varies: give --vary"),
        (["temperature"], {}, "--vary must read KEY=START:STOP:POINTS, not 'temperature'"),
        (["=1:2:3"], {}, "--vary must read KEY=START:STOP:POINTS, not '=1:2:3'"),
        (["temperature=1:2:3", "temperature = 1"], {}, "--vary: `temperature` is given twice"),
        (
            ["mixture.valence_rato=1:2:3"],
            {},
            "--vary: `mixture.valence_rato` is an unknown key; did you mean",
        ),
        (["temperature=1 T:2:3"], {}, "--vary: `temperature` must be a number with a unit of K"),
        (["temperature=1:2"], {}, "`axes.temperature` needs a number of points"),
        (["temperature=1:2:3"], {"reduce": ["temperature"]}, "--reduce must read KEY=max"),
        (["temperature=1:2:3"], {"reduce": ["trap.rate=max"]}, "`reduce.trap.rate` is no axis"),
        (["temperature=1:2:3"], {"results": ["a", "a"]}, "`results` must name each once"),
        (["temperature=1:2:3"], {"samples": 3}, "`samples` needs scheme"),
    ],
)
def test_what_a_command_line_says_wrong_is_told(vary, more, says):
    with pytest.raises(InputError) as caught:
        varied(None, vary, **more)
    assert str(caught.value).startswith(says)
    assert len(caught.value.problems) == 1


def test_all_that_a_command_line_says_wrong_is_told_at_once():
    problems = ["--vary: `x` is an unknown key", "--vary must read", "--reduce must read"]
    with pytest.raises(InputError) as caught:
        varied(None, ["x=1", "y"], reduce=["z"])
    sentences = [str(problem) for problem in caught.value.problems]
    assert len(sentences) == 3
    assert all(any(s.startswith(p) for s in sentences) for p in problems)


# ---------------------------------------------------------------- cases with keys changed


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@settings(max_examples=settings().max_examples // 10)
@given(data=st.data())
def test_a_changed_case_is_that_of_the_changed_file(path, data):
    text = path.read_text("utf-8")
    case = parse_case(text, needs=())
    stated = [key for key in by_key(inputs_of(case)) if key != "trap.film.trap_count"]
    # One with a prior keeps it where it is changed, and loses it where its line is.
    known = (st.sampled_from(stated) | keys).filter(
        lambda key: key != "temperature" and key not in case.priors
    )
    names = data.draw(st.lists(known, min_size=1, max_size=3, unique=True))
    changes = {}
    for name in names:
        now = by_key(inputs_of(case)).get(name) or KEYS[name].at_most
        near = now * data.draw(st.floats(0.5, 1.0))
        changes[name] = data.draw(st.just(near) | value(KEYS[name]))
    overrides = [f"{key}={x!r}" for key, x in changes.items()]
    try:
        made = case.changed(changes)
    except InputError as error:
        sentences = [f"`{problem.key}` {problem.text}" for problem in error.problems]
        with pytest.raises(InputError) as caught:
            parse_case(text, overrides, needs=())
        told = [str(problem) for problem in caught.value.problems]
        assert len(told) == len(sentences)
        assert all(any(sentence in text for text in told) for sentence in sentences)
    else:
        assert made == parse_case(text, overrides, needs=())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_case_with_nothing_changed_is_the_same(path):
    case = load_case(path, needs=())
    assert case.changed({}) == case


@FEW
@given(case_tables(), st.data())
def test_a_changed_case_is_that_of_the_changed_tables(tables, data):
    case = Case.from_dict(tables)
    key = data.draw(st.sampled_from([key for key, q in quantities(Material) if q.kind == "number"]))
    new = data.draw(value(dict(quantities(Material))[key]))
    stated = tables | {"material": tables["material"] | {key: new}}
    try:
        wanted = Case.from_dict(stated)
    except InputError:
        with pytest.raises(InputError):
            case.changed({f"material.{key}": new})
    else:
        assert case.changed({f"material.{key}": new}) == wanted
        # Written down, all that was filled in is stated, with where it came from.
        again = Case.from_dict(case.to_dict())
        assert again.changed({f"material.{key}": new}) == wanted


def test_what_is_filled_in_follows_the_change():
    case = Case.from_dict(
        {
            "material": {"name": "Nb"},
            "landau": {"bcs": True},
            "trap": {
                "junction": {
                    "interface_resistance": 1e-10,
                    "film_thickness": 8e-8,
                    "metal_thickness": 1e-7,
                    "metal": "Cu",
                }
            },
            "protocol": {"start": 4, "warm_to": 20, "warming_time": 1},
        }
    )
    other = case.changed({"material.name": "Al", "trap.junction.metal": "Ag"})
    assert other.material == Material(name="Al")
    assert other.require("trap.junction") == dataclasses.replace(
        case.require("trap.junction"),
        metal="Ag",
        metal_density_of_states=None,
        electron_phonon_constant=None,
        provenance={},
    )
    text = case.changed(
        {"landau.mean_free_path": "40 nm", "title": "dirty", "trap.closure": "ramp"}
    )
    assert (text.require("landau").mean_free_path, text.title) == (4e-8, "dirty")


@pytest.mark.parametrize(
    ("stated", "follows"),
    [
        ({"name": "Nb"}, True),
        ({"name": "Nb", "critical_temperature": 9.0}, True),
        ({"name": "Nb", "gap": "1.5 meV"}, False),
        ({"name": "Nb", "gap": "1.5 meV", "provenance": {"gap": "a paper"}}, False),
        ({"name": "Nb", "gap": Material(name="Nb").gap}, False),
        (
            {"name": "Nb", "gap": Material(name="Nb").gap, "provenance": {"gap": "a paper"}},
            False,
        ),
        ({"critical_temperature": 9.0, "conduction_density": 1e28}, True),
        ({"critical_temperature": 9.0, "conduction_density": 1e28, "gap": "1.5 meV"}, False),
        (
            {
                "name": "Nb",
                "critical_temperature": 9.0,
                "conduction_density": 1e28,
                "provenance": {"critical_temperature": "mine", "conduction_density": "mine"},
            },
            True,
        ),
        (
            {
                "name": "of my own",
                "critical_temperature": 9.0,
                "conduction_density": 1e28,
                "provenance": {"conduction_density": "mine"},
            },
            True,
        ),
    ],
)
def test_the_gap_follows_the_critical_temperature_unless_it_is_stated(stated, follows):
    case = Case(Material(**stated))
    assert case.material.gap_follows is follows
    assert case.changed({}) == case
    assert Case.from_dict(case.to_dict(), needs=()).material.gap_follows is follows
    hotter = case.changed({"material.critical_temperature": 18.0}).material
    bcs = Material(critical_temperature=18.0, conduction_density=1e28).gap
    assert hotter.gap == (bcs if follows else case.material.gap)
    assert hotter.gap_follows is follows
    stated = case.changed({"material.gap": "1 meV", "material.critical_temperature": 18.0})
    assert stated.material.gap == si_value("1 meV", "J")
    if follows:
        assert not stated.material.gap_follows


@pytest.mark.parametrize(
    "name", [n for n in library.names() if "conduction_density" not in library.load(n).values]
)
def test_what_the_library_lacks_was_stated_and_the_rest_was_not(name):
    stated = {"conduction_density": "mine", "diffusivity": "mine"}
    made = Material(name=name, conduction_density=1e24, diffusivity=1e-3, provenance=stated)
    assert filled(made) == set(made.provenance) - set(stated)
    assert "critical_temperature" in filled(made)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"landau.saturatoin": 1.0}, "landau.saturatoin"),
        ({"landau.a": -1.0}, "landau.a"),
        ({"landau.a": "1 K"}, "landau.a"),
        ({"landau.a": math.nan}, "landau.a"),
        ({"landau.beta": 1e-50}, "landau.saturation"),
        ({"protocol.warm_to": 1.0}, "protocol.warm_to"),
        ({"mixture.valence_density": 1e20}, "mixture.valence_ratio"),
        ({"landau.a.b": 1.0}, "landau.a"),
        ({"lndau.a": 1.0}, "lndau"),
        ({"temperature": 1.0}, "temperature"),
        ({"title": 3}, "title"),
    ],
)
def test_a_wrong_change_is_told_with_its_key(changes, key):
    case = parse_case(WORKING)
    assert key in told(case.changed, changes)
    assert case == parse_case(WORKING)


def test_a_changed_case_keeps_its_sweep():
    case = parse_case(SWEPT)
    assert stated_sweep(case.changed({"trap.rate": 3.0})) == stated_sweep(case)
    changes = {"sweep.seed": 3, "sweep.axes.protocol.start": "1 K, 2 K"}
    other = stated_sweep(case.changed(changes))
    assert (other.seed, other.axes["protocol.start"]) == (3, (1.0, 2.0))


# ---------------------------------------------------------------- ends


@pytest.mark.parametrize(
    ("axes", "key", "says"),
    [
        ({"landau.below_critical": "1:20:5"}, "landau.below_critical", "T_c, 16 K, but is 20 K"),
        ({"material.critical_temperature": "20:0.5:5"}, "landau.below_critical", "T_c, 0.5 K"),
        ({"protocol.start": "12:30:5"}, "protocol.warm_to", "(where protocol.start = 30)"),
        ({"mixture.valence_density": [1e20]}, "mixture.valence_ratio", "both given"),
        ({"landau.a": "1e-23:2e-23:3"}, "landau", "must state one route"),
        ({"trap.junction.generation": "1:2:3"}, "trap.junction.film_thickness", "is missing"),
        (
            {"landau.below_critical": "1:10:3", "material.critical_temperature": "5:20:4"},
            "landau.below_critical",
            "(where landau.below_critical = 10, material.critical_temperature = 5)",
        ),
    ],
)
def test_a_sweep_whose_corner_is_no_case_is_refused(axes, key, says):
    case = load_case(ROOT / "examples/nbn-carriers.toml")
    problems = told(check_ends, case, Sweep(axes))
    assert says in problems[key]


def test_a_sweep_of_a_rate_beside_a_junction_is_refused():
    case = load_case(ROOT / "examples/nbn-junction.toml")
    assert "both state" in told(check_ends, case, Sweep({"trap.rate": "1:1e3:3"}))["trap.rate"]
    check_ends(case, Sweep({"trap.rate": [0.0]}))


def test_only_points_of_the_sweep_are_checked():
    case = load_case(ROOT / "examples/nbn-carriers.toml")  # warmed from 12 K to 28 K
    check_ends(case, Sweep({"protocol.start": "20:40:5", "protocol.warm_to": "41:50:3"}))
    axes = {"protocol.start": "2:40:5", "protocol.warm_to": "3:50:5"}
    assert set(told(check_ends, case, Sweep(axes))) == {"protocol.warm_to"}
    check_ends(case, Sweep(axes, scheme="rows"))
    backward = {"protocol.start": "2:40:5", "protocol.warm_to": "50:3:5"}
    assert set(told(check_ends, case, Sweep(backward, scheme="rows"))) == {"protocol.warm_to"}
    check_ends(case, Sweep({"temperature": "1:1e6:5"}))
    check_ends(case, Sweep({"temperature": "1:9:5"}, scheme="rows"))
    check_ends(case, Sweep({"temperature": "1:9"}, scheme="sobol", samples=8))


@pytest.mark.parametrize("order", [[0, 1, 2], [1, 0, 2], [1, 2, 0], [2, 1, 0]])
@pytest.mark.parametrize("scheme", ["rows", "grid"])
def test_a_sweep_is_refused_if_its_least_or_its_greatest_value_is_none(order, scheme):
    case = load_case(ROOT / "examples/nbn-carriers.toml")  # warmed from 12 K to 28 K
    for key, values in (
        ("protocol.start", (13.0, 20.0, 30.0)),
        ("protocol.warm_to", (5.0, 20.0, 30.0)),
    ):
        stated = Sweep({key: [values[i] for i in order]}, scheme=scheme)
        assert set(told(check_ends, case, stated)) == {"protocol.warm_to"}, key


def test_a_file_is_checked_at_its_least_and_greatest_value(tmp_path):
    case = load_case(ROOT / "examples/nbn-carriers.toml")
    path = tmp_path / "a.csv"
    path.write_text("protocol.start\n4\n30\n12\n")
    problems = told(check_ends, case, Sweep({"protocol.start": f"@{path}"}))
    assert "protocol.start = 30" in problems["protocol.warm_to"]
    path.write_text("protocol.start\n4\n20\n12\n")
    check_ends(case, Sweep({"protocol.start": f"@{path}"}))


# ---------------------------------------------------------------- lightness


def test_a_case_with_a_sweep_is_read_without_numpy():
    code = (
        "import sys; from entrap.case.toml import parse_case; "
        "from entrap.app.casefile import READERS, case_schema; "
        "import entrap.studies.sweep.inputs.varied; "
        "parse_case(sys.stdin.read(), readers=READERS).studies['sweep'].to_dict(); case_schema(); "
        "sys.exit(sum(name in sys.modules for name in ('numpy', 'scipy', 'jax')))"
    )
    text = SWEPT.replace('"2 K"', "2")
    text = re.sub(r'"([\d.e]+) (k_B|K|ms|s|1/s|1/m\^3)"', r"\1", text).replace("a = 2", "a = 2e-23")
    text = text.replace("start = 1\nstop = 5", "start = 1e-23\nstop = 5e-23").replace(" K", "")
    subprocess.run([sys.executable, "-c", code], input=text, text=True, check=True)
