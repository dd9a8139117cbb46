"""Simulation-based calibration: under data of the package's own likelihood, posteriors are right.

Parameters are drawn from the priors and data from the likelihood; the rank of the truth among
independent draws of the posterior is then uniform, whatever the model. So are the ranks of its
prior and of its likelihood: a prior left out shows in these alone.

Source: S. Talts et al., arXiv:1804.06788 (2018); M. Modrák et al., arXiv:2211.02383 (2022), for
ranks of functions of parameters and data.
"""

import jax
import numpy as np
import pytest
from scipy import stats

from entrap.studies.fit.optimum import optimum
from entrap.studies.fit.parameters import drawn, log_density
from entrap.studies.fit.sampling import sample
from entrap.studies.fit.target import densities_at, in_blocks

pytestmark = pytest.mark.slow

COUNT, DRAWS, BINS = 200, 99, 10  # 100 ranks, ten in each bin
FALSE_ALARM = 1e-3  # of each of the checks, of a right sampler with another seed

TABLES = {
    "material": {
        "critical_temperature": {"prior": "lognormal(5 K, 0.05)"},
        "conduction_density": "1e28 1/m^3",
    },
    "mixture": {"valence_ratio": {"prior": "lognormal(1.5, 0.6)"}},
    "landau": {"a": {"prior": "lognormal(3 k_B, 0.3)"}, "saturation": 0.5},
}
BCS = TABLES | {"landau": {"a": "3 k_B", "saturation": 0.5, "functional": "bcs"}}
CASES = {  # hypothesis: tables, quantity, where with the trap [K], least noise, what is free, draws
    "mixing": (TABLES, "higgs_coefficient", np.linspace(2.0, 6.0, 4), 1e-22, 3, 100),
    "extraction": (BCS, "higgs_mode", np.linspace(3.0, 5.5, 6), 1e-24, 2, 100),
    # Where hardly any are taken n_v/n_c is anything: a long tail.
    "both": (BCS, "higgs_mode", np.linspace(3.0, 5.5, 6), 1e-24, 3, 400),
    # Well below T_c: no chain goes round the corner of a gap that closes.
    "heating": (BCS, "higgs_mode", np.linspace(2.0, 3.5, 6), 5e-24, 2, 100),
}


@pytest.fixture(
    scope="module",
    params=[
        name if name == "mixing" else pytest.param(name, marks=pytest.mark.exhaustive)
        for name in CASES
    ],
)
def calibrated(request, problem, series, observations, noisy):
    """Ranks of the truths, and whether central intervals hold them; a row for each data set."""
    tables, quantity, warm, least, count, draws = CASES[request.param]
    noise = {"absolute": least, "relative": 0.03}
    data = observations(
        series(quantity, np.linspace(2.0, min(4.5, warm[-1]), 4), False, **noise),
        series(quantity, warm, True, **noise),
    )
    posed = problem(tables, data, request.param)
    free = posed.free
    truths = np.array(drawn(tuple(p.prior for p in posed.parameters), jax.random.key(5), COUNT))
    true = posed.told(truths)
    readings = noisy(posed.target, true.mean, true.deviation, np.random.default_rng(5))
    ranks, held = [], {0.5: [], 0.9: []}
    for i, (truth, reading) in enumerate(zip(truths, readings, strict=True)):
        given = jax.device_put(posed.reading(reading).given)
        found = optimum(posed.target, given, i)
        chains = sample(posed.target, given, found, chains=8, draws=draws, seed=i)
        assert chains.converged
        u = chains.u.reshape(-1, len(truth))
        few = u[np.linspace(0, len(u) - 1, DRAWS).astype(int)]
        rows = np.vstack([few, truth])
        prior = stats.norm.logpdf(rows)  # of what is held
        for k in free:
            prior[:, k] = log_density(posed.parameters[k].prior, rows[:, k])
        likelihood = in_blocks(densities_at, posed.target, given, rows) - prior.sum(axis=-1)
        told = np.column_stack([rows[:, free], prior[:, free].sum(axis=-1), likelihood])
        ranks.append((told[:-1] < told[-1]).sum(axis=0))
        for share, inside in held.items():
            low, high = np.quantile(u, [(1 - share) / 2, (1 + share) / 2], axis=0)
            inside.append(((low < truth) & (truth < high))[free])
    names = [posed.keys[i] for i in free]
    assert len(names) == count
    intervals = {share: np.array(x) for share, x in held.items()}
    return [*names, "prior", "likelihood"], np.array(ranks), intervals


@pytest.mark.exhaustive
def test_ranks_of_the_truth_are_uniform(calibrated):
    names, ranks, _ = calibrated
    for name, column in zip(names, ranks.T, strict=True):
        counts = np.histogram(column, BINS, (-0.5, DRAWS + 0.5))[0]
        assert stats.chisquare(counts).pvalue > FALSE_ALARM, (name, counts)


@pytest.mark.exhaustive
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_central_intervals_hold_the_truth_as_often_as_they_say(calibrated, share):
    names, _, held = calibrated
    low, high = stats.binom.ppf([FALSE_ALARM / 2, 1 - FALSE_ALARM / 2], COUNT, share)
    for name, inside in zip(names[:-2], held[share].T, strict=True):
        assert low <= inside.sum() <= high, (name, inside.mean())
