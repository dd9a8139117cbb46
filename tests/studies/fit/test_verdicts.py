"""Which hypothesis the data favour: synthetic data made under one, fitted under all."""

import numpy as np
import pytest

from entrap.core.constants import ELECTRON_MASS, ELEMENTARY_CHARGE, VACUUM_PERMEABILITY
from entrap.studies.fit.comparison import MISFIT
from entrap.studies.fit.fit import fit

# Data near zero, near T_c and far from any hypothesis; `test_example.py` has what CI runs.
pytestmark = pytest.mark.exhaustive

N_C, A, SIGMA_N, T_C = 1e28, 3.0, 0.5, 5.0  # a in k_B; n_s(0) over n_c
NOISE = 0.02
TABLES = {
    "material": {
        "critical_temperature": {"prior": "uniform(4.6 K, 5.6 K)"},
        "conduction_density": "1e28 1/m^3",
    },
    "mixture": {"valence_ratio": {"prior": "uniform(0, 20)", "value": 2.0}},
    "landau": {"a": "3 k_B", "saturation": {"prior": "lognormal(0.5, 0.3)"}},
    "fit": {"chains": 8, "draws": 100},
}
COLD = np.linspace(1.5, 4.5, 10)


def depth(temperature, critical=T_C):
    """λ of n_s = σ n_c (1 - T/T_c), from its definition."""
    n_s = SIGMA_N * N_C * (1 - temperature / critical)
    return np.sqrt(ELECTRON_MASS / (VACUUM_PERMEABILITY * ELEMENTARY_CHARGE**2 * n_s))


@pytest.fixture(scope="module")
def fitted(problem, series, observations):
    """A fit under all hypotheses; off at COLD, on as told."""

    def run(warm, off, on, seed):
        noise = {"relative": NOISE}
        data = observations(
            series("penetration_depth", COLD, False, **noise),
            series("penetration_depth", warm, True, **noise),
        )
        value = np.concatenate([off, on])
        value *= 1 + NOISE * np.random.default_rng(seed).normal(size=len(value))
        posed = problem(TABLES, data).reading(value)
        return fit(posed.case, posed.data)

    return run


def rows(found):
    return {row.name: row for row in found.comparison.rows}


def test_an_entropy_is_found_and_measured_where_there_is_one(fitted):
    ratio = 2.0
    raised = T_C / (1 - np.log1p(ratio) / A)
    warm = np.linspace(2.0, 7.0, 10)
    found = fitted(warm, depth(COLD), depth(warm, raised), 1)
    told = rows(found)
    assert found.comparison.verdict == "entropy"
    assert found.comparison.log_bayes("mixing", "none") > 5
    # No bare sample of the prior superconducts at 7 K. Cooling by 1.4 K, 2.8 standard deviations of
    # its prior, would, and so would a weighted entropy of 1 in 1000 draws: they are found.
    assert set(found.excluded) == {"none"}
    assert told["none"].word == "impossible"
    assert told["none"].log_evidence == -np.inf
    assert told["none"].probability == 0
    assert "No parameters within the priors explain the data" in found.excluded["none"]
    assert told["mixing"].misfit > 0.01
    ours = found.posteriors["mixing"]
    low, high = (ours.at(share)["log_mixing_ratio"] for share in (0.0005, 0.9995))
    assert low < np.log1p(ratio) < high
    assert ours.at(0.5)["effective_critical_temperature"] == pytest.approx(raised, rel=0.02)
    # So many data make the posterior nearly normal.
    assert ours.evidence.log == pytest.approx(ours.optimum.log_evidence, abs=0.3)


def test_a_trap_that_only_cools_does_not_pass_for_an_entropy(fitted):
    shift = -1.0
    warm = np.linspace(1.7, 5.2, 10)
    found = fitted(warm, depth(COLD), depth(warm + shift), 2)
    told = rows(found)
    assert found.comparison.verdict == "no entropy"
    assert found.comparison.rows[0].name == "heating"
    assert found.comparison.log_bayes("heating", "mixing") > 5
    assert told["mixing"].elpd_difference < -3 * told["mixing"].difference_error
    assert told["mixing"].misfit < MISFIT < 0.01 < told["heating"].misfit
    low, high = (
        found.posteriors["heating"].at(p)["fit.temperature_shift"] for p in (0.0005, 0.9995)
    )
    assert low < shift < high
    assert not found.comparison.opposed


def test_no_effect_is_no_entropy_and_a_small_limit_on_it(fitted):
    warm = np.linspace(1.7, 4.4, 10)
    found = fitted(warm, depth(COLD), depth(warm), 3)
    assert found.comparison.verdict == "no entropy"
    assert found.comparison.rows[0].name == "none"
    assert 0 < found.posteriors["mixing"].at(0.95)["log_mixing_ratio"] < 0.06
    # What it may predict as well, it costs in prior: 20 against about 0.03.
    assert 2.5 < found.comparison.log_bayes("none", "mixing") < 10


def test_data_that_nothing_explains_are_called_so(fitted):
    warm = np.linspace(1.7, 4.4, 10)
    jump = np.where(np.arange(10) % 2, 1.15, 1.0)
    found = fitted(warm, depth(COLD) * jump, depth(warm) * jump, 4)
    assert found.comparison.verdict == "unexplained"
    assert all(row.misfit < MISFIT for row in found.comparison.rows)
