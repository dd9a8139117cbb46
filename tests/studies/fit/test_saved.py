"""Draws follow the seed, are saved as InferenceData, and go on from there."""

import dataclasses
import pickle
import subprocess
import sys

import numpy as np
import pytest
import xarray as xr
from arviz_stats.loo import loo
from arviz_stats.sampling_diagnostics import ess, rhat

import entrap as et
from entrap.core.errors import InputError
from entrap.studies.fit.fit import fit
from entrap.studies.fit.needs import NEEDS
from entrap.studies.fit.storage import saved_chains

pytestmark = pytest.mark.slow

TABLES = {
    "material": {
        "critical_temperature": {"prior": "lognormal(5 K, 0.05)"},
        "conduction_density": "1e28 1/m^3",
    },
    "mixture": {"valence_ratio": {"prior": "lognormal(1.5, 0.6)"}},
    "landau": {"a": {"prior": "lognormal(3 k_B, 0.3)"}, "saturation": 0.5},
    "fit": {"chains": 8, "draws": 100, "seed": 4, "hypotheses": ["mixing", "heating"]},
}
TRUTH = {"critical_temperature": 5.1, "a": 4.4e-23, "valence_ratio": 2.0}
ELSEWHERE = """
import pickle, sys
import entrap as et
from entrap.studies.fit.fit import fit
from entrap.studies.fit.needs import NEEDS
with open(sys.argv[1], "rb") as file:
    tables, data = pickle.load(file)
fit(et.CaseFile.from_dict(tables, needs=NEEDS), data).save(sys.argv[2])
"""


@pytest.fixture(scope="module")
def posed(problem, series, observations):
    noise = {"absolute": 2e-23, "relative": 0.02}
    posed = problem(
        TABLES,
        observations(
            series("higgs_coefficient", np.linspace(2.0, 4.5, 6), False, **noise),
            series("higgs_coefficient", np.linspace(2.0, 6.0, 6), True, **noise),
        ),
    )
    return posed.reading(posed.drawn(np.random.default_rng(21), **TRUTH))


@pytest.fixture(scope="module")
def fitted(posed):
    return fit(posed.case, posed.data)


@pytest.fixture(scope="module")
def folder(fitted, tmp_path_factory):
    where = tmp_path_factory.mktemp("fit")
    fitted.save(where)
    return where


def changed(**options):
    return et.CaseFile.from_dict(TABLES | {"fit": TABLES["fit"] | options}, needs=NEEDS)


@pytest.mark.exhaustive
def test_another_process_draws_the_same_to_the_bit(posed, fitted, tmp_path):
    asked = tmp_path / "asked.pickle"
    asked.write_bytes(pickle.dumps((TABLES, posed.data)))
    subprocess.run([sys.executable, "-c", ELSEWHERE, asked, tmp_path], check=True)
    for name, ours in fitted.posteriors.items():
        with xr.open_datatree(tmp_path / f"posterior-{name}.nc", engine="h5netcdf") as theirs:
            for key, draws in ours.draws.items():
                np.testing.assert_array_equal(theirs["posterior"][key].values, draws)
            assert theirs.attrs["log_evidence"] == ours.evidence.log
            made = theirs["posterior_predictive/value"].values
            np.testing.assert_array_equal(made, ours.predictive)


@pytest.mark.exhaustive
def test_another_seed_draws_others_of_the_same_posterior(posed, fitted):
    other = fit(changed(seed=5), posed.data).posteriors["mixing"]
    ours = fitted.posteriors["mixing"]
    for key, draws in ours.draws.items():
        assert not np.isin(other.draws[key][:, :100], draws).any()
        error = draws.std() * np.sqrt(2 / min(other.chains.ess.min(), ours.chains.ess.min()))
        assert other.draws[key].mean() == pytest.approx(draws.mean(), abs=4 * error)
    assert other.evidence.log == pytest.approx(ours.evidence.log, abs=0.2)


@pytest.mark.exhaustive
def test_the_file_is_inference_data_whose_diagnostics_are_ours(posed, fitted, folder):
    ours = fitted.posteriors["mixing"]
    with xr.open_datatree(folder / "posterior-mixing.nc", engine="h5netcdf") as opened:
        found = opened.load()
    groups = ("posterior", "log_likelihood", "posterior_predictive", "sample_stats")
    for name in groups:
        assert dict(found[name].sizes).keys() >= {"chain", "draw"}
    assert {"observed_data", "constant_data", "unconstrained_posterior"} <= set(found.children)
    np.testing.assert_array_equal(found["observed_data/value"], posed.data.value)
    np.testing.assert_array_equal(found["constant_data/coordinate"], posed.data.coordinate)
    assert found["posterior"]["landau.a"].attrs["units"] == "J/K"
    keys = [p.key for p in ours.free]
    assert len(keys) == 3
    # What is fixed stays at u = 0, of which there is no R-hat.
    found["unconstrained_posterior"] = found["unconstrained_posterior"].sel(parameter=keys)
    mixed = rhat(found, group="unconstrained_posterior")["u"]
    bulk = ess(found, var_names=keys, method="bulk")
    tail = ess(found, var_names=keys, method="tail", prob=(0.05, 0.95))
    table = ours.table()
    for key in keys:
        assert table[key].rhat == pytest.approx(float(mixed.sel(parameter=key)), abs=1e-9)
        # By rank: the same of the number as of its coordinate.
        assert table[key].ess == pytest.approx(min(float(bulk[key]), float(tail[key])), rel=1e-6)
    left_out = loo(found)
    row = fitted.comparison.row("mixing")
    assert row.elpd == pytest.approx(left_out.elpd, abs=0.02)
    assert row.effective_parameters == pytest.approx(left_out.p, abs=0.02)
    # Of a sample: N - 1.
    few = np.sqrt(len(posed.data) / (len(posed.data) - 1))
    assert row.elpd_error == pytest.approx(left_out.se * few, rel=0.02)


@pytest.mark.exhaustive
def test_chains_go_on_without_warming_up_again(posed, fitted, folder):
    told = []
    case = changed(draws=250, seed=9)
    more = fit(case, posed.data, resume=folder, progress=lambda *x: told.append(x))
    for name, ours in fitted.posteriors.items():
        begun, found = ours.chains, more.posteriors[name].chains
        before = begun.u.shape[1]
        np.testing.assert_array_equal(found.u[:, :before], begun.u)
        np.testing.assert_array_equal(found.step_size, begun.step_size)
        np.testing.assert_array_equal(found.scale, begun.scale)
        assert found.u.shape[1] >= 250
        assert [x[2:] for x in told if x[:2] == (name, "chains")] == [(250, 250)]
        # A chain may stay where it ended for a few draws; else there is nothing of it again.
        free = np.ptp(begun.u, axis=(0, 1)) > 0
        again = np.isin(found.u[:, before:, free], begun.u[..., free])
        assert 0 <= again.mean() < 0.02
        for key, draws in ours.draws.items():
            later = more.posteriors[name].draws[key][:, before:]
            error = draws.std() * np.sqrt(2 / begun.ess.min())
            assert later.mean() == pytest.approx(draws.mean(), abs=4 * error)
        assert more.posteriors[name].evidence.log == pytest.approx(ours.evidence.log, abs=0.2)


def test_chains_go_on_among_other_parameters_which_are_held_at_their_middle(posed, fitted, folder):
    begun = fitted.posteriors["mixing"].chains
    keys = ["fit.noise_scale", *posed.keys[::-1]]
    found = saved_chains(folder, fitted.case, posed.data, "mixing", keys)
    assert found is not None
    np.testing.assert_array_equal(found.u[..., 1:], begun.u[..., ::-1])
    np.testing.assert_array_equal(found.last[:, 1:], begun.last[:, ::-1])
    np.testing.assert_array_equal(found.center[1:], begun.center[::-1])
    np.testing.assert_array_equal(found.scale[1:, 1:], begun.scale[::-1, ::-1])
    assert (found.u[..., 0] == 0).all()
    assert (found.last[:, 0] == 0).all()
    np.testing.assert_array_equal(found.scale[0], np.eye(len(keys))[0])
    np.testing.assert_array_equal(found.scale[:, 0], np.eye(len(keys))[0])
    assert sorted(found.ess) == sorted(begun.ess)


def test_chains_of_other_data_or_another_case_do_not_go_on(posed, folder):
    value = posed.data.value * np.where(np.arange(len(posed.data)) == 3, 1 + 1e-12, 1.0)
    said = r"posterior-mixing\.nc belongs to another case or other data: chains go on only where"
    with pytest.raises(InputError, match=said):
        fit(posed.case, dataclasses.replace(posed.data, value=value), resume=folder)
    for other in (
        TABLES | {"landau": TABLES["landau"] | {"saturation": 0.6}},
        TABLES | {"mixture": {"valence_ratio": {"prior": "lognormal(1.5, 0.7)"}}},
        TABLES | {"fit": TABLES["fit"] | {"noise": "student-t"}},
    ):
        with pytest.raises(InputError, match=said):
            fit(et.CaseFile.from_dict(other, needs=NEEDS), posed.data, resume=folder)


def test_what_holds_no_chains_is_refused(posed, tmp_path):
    with pytest.raises(InputError, match="holds no chains"):
        fit(posed.case, posed.data, resume=tmp_path)
    with pytest.raises(InputError, match="is not there"):
        fit(posed.case, posed.data, resume=tmp_path / "posterior-mixing.nc")
    (tmp_path / "posterior-mixing.nc").write_text("no NetCDF")
    with pytest.raises(InputError, match="is not a posterior of entrap"):
        fit(posed.case, posed.data, resume=tmp_path)
