"""Every result is also a table: the columns of its file, with units, and words for codes."""

import csv

import numpy as np
import pytest
from tests.strategies import WORKING

import entrap as et
from entrap.core.frame import Framed
from entrap.solve.protocol.frames import margins_frame, numbers_frame

RESULTS = (
    et.Evolution, et.Equilibrium, et.BcsCurves, et.TrapDesign, et.Swept, et.Fitted, et.Planned,
    et.Quench, et.Observations,
)  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    path = tmp_path_factory.mktemp("frames") / "case.toml"
    path.write_text(WORKING)
    return et.evolve(et.load_case(path))


@pytest.mark.parametrize("kind", RESULTS)
def test_every_result_is_a_dataframe(kind):
    assert issubclass(kind, Framed)
    assert kind.frame is not Framed.frame


def test_an_evolution_has_a_row_for_each_time_and_the_columns_of_its_file(run):
    table, data = run.to_dataframe(), run.dataset()
    assert {*table.columns} == {*map(str, data.variables)}
    for name in ("time", "superfluid_density", "superfluid_density_bare", "margin_trap_energy"):
        np.testing.assert_array_equal(table[name], data[name].values)
        assert table.attrs["units"][name] == data[name].attrs["units"]
    assert {*table["regime"]} <= {regime.name for regime in run.regimes}
    assert table["regime"].iloc[-1] == "normal"


def test_what_is_written_is_read_back_to_the_last_bit(run):
    rows = [*csv.DictReader(run.frame().csv().splitlines())]
    found = [float(row["superfluid_density [1/m^3]"]) for row in rows]
    np.testing.assert_array_equal(found, run.state.superfluid_density)
    infinite = [row["penetration_depth [m]"] for row in rows][-1]
    assert infinite == "inf"


def test_equilibrium_has_a_row_for_each_temperature_of_any_shape(run):
    kelvin = np.array([[2.0, 4.0, 8.0], [12.0, 14.0, 16.0]])
    table = et.equilibrate(run.case, kelvin).to_dataframe()
    assert table["temperature"].tolist() == [2.0, 4.0, 8.0, 12.0, 14.0, 16.0]
    alone = et.equilibrate(run.case, 8.0)
    assert table["penetration_depth"][2] == pytest.approx(
        float(alone.trapped.penetration_depth), rel=1e-6, abs=0
    )
    assert len(alone.to_dataframe()) == 1


@pytest.mark.slow
def test_states_by_bcs_theory_stand_side_by_side(run):
    beside = et.bcs_curves(run)
    table = beside.to_dataframe()
    for name in ("bare", "plain", "mixed"):
        np.testing.assert_array_equal(table[f"gap_{name}"], getattr(beside, name).gap)
    np.testing.assert_array_equal(table["share"], beside.share)
    assert "alpha_mixed" not in table  # only the expansion defines it


def test_numbers_and_margins_are_rows_under_their_present_names(run):
    rows = [*csv.DictReader(numbers_frame(run.quantities).csv().splitlines())]
    found = {row["name"]: row for row in rows}
    assert "pair_gain" not in found
    assert float(found["enhancement"]["value"]) == run.quantities["enhancement"].value
    assert found["critical_temperature"]["unit"] == "K"
    margins = {r["name"]: r for r in csv.DictReader(margins_frame(run.validity).csv().splitlines())}
    for margin in run.validity:
        text = "" if margin.margin is None else str(margin.margin)
        assert margins[margin.name]["margin"] == text
        assert margins[margin.name]["missing"] == margin.missing
