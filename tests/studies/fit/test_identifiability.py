"""What data leave open: directions in which they say less than the priors."""

import jax
import numpy as np
import pytest

from entrap.studies.fit.identifiability import open_directions
from entrap.studies.fit.optimum import optimum

pytestmark = pytest.mark.slow

TABLES = {
    "material": {
        "critical_temperature": {"prior": "lognormal(5 K, 0.05)"},
        "conduction_density": "1e28 1/m^3",
    },
    "landau": {
        "a": {"prior": "lognormal(3 k_B, 0.5)"},
        "beta": {"prior": "lognormal(4e-50 J m^3, 0.5)"},
    },
    "mixture": {"valence_ratio": {"prior": "lognormal(1, 0.5)"}},
    "fit": {"noise_scale": {"prior": "lognormal(1, 0.5)"}},
}
OFF = np.linspace(1.5, 4.2, 8)
DEPTHS, TRAPPED, LENGTHS, LAST = range(8), range(8, 16), range(16, 19), [19]
SAMPLE = "critical_temperature", "a", "beta"


@pytest.fixture(scope="module")
def directions(problem, series, observations):
    """Directions that some of the readings leave open, where these parameters are free.

    The other readings are limits of three times the truth, which say nothing.
    """
    depths = [series("penetration_depth", OFF, on, relative=0.01, limit=1) for on in (False, True)]
    lengths = series("coherence_length", OFF[:4], False, relative=0.05, limit=1)
    posed = problem(TABLES, observations(*depths, lengths))
    names = [key.rpartition(".")[2] for key in posed.keys]
    true = posed.told(np.zeros(len(names)), posed.held()).mean[0]
    drawn = posed.drawn(np.random.default_rng(31))

    def found(*seen, free=SAMPLE, limits=3.0):
        limit = np.ones(len(true))
        limit[np.concatenate(seen)] = 0
        value = np.where(
            limit == 0, drawn, true * np.where(np.arange(len(true)) == LAST, limits, 3)
        )
        given = posed.given._replace(
            points=posed.given.points._replace(limit=limit, value=value),
            free=np.isin(names, free),
        )
        given = jax.device_put(given)
        return open_directions(posed.target, given, optimum(posed.target, given, 0))

    return found


def test_the_depth_alone_leaves_a_and_beta_open_together(directions):
    found = directions(DEPTHS)
    assert len(found) == 1
    # λ is of a/β: both rise together. Their priors are as wide, so the parts are the same.
    assert found[0].weights == pytest.approx({"landau.a": 0.5**0.5, "landau.beta": 0.5**0.5})
    assert found[0].information == pytest.approx(0.0, abs=1e-6)


def test_another_observable_closes_what_one_leaves_open(directions):
    assert directions(DEPTHS, LENGTHS) == ()  # of β n_s


def test_with_the_trap_an_unknown_entropy_is_open_together_with_a_and_beta(directions):
    found = directions(DEPTHS, TRAPPED, free=(*SAMPLE, "valence_ratio"))
    assert len(found) == 1
    assert set(found[0].weights) == {"landau.a", "landau.beta", "mixture.valence_ratio"}


def test_the_factor_on_uncertainties_is_known_by_the_scatter(directions):
    free = (*SAMPLE, "noise_scale")
    assert directions(DEPTHS, LENGTHS, free=free) == ()
    # One reading: 2 (∂ ln s/∂u)² = 2 · 0.5² of information against 1.
    alone = directions(DEPTHS[:1], free=free)
    about = [d.information for d in alone if "fit.noise_scale" in d.weights]
    assert about == pytest.approx([0.5], rel=0.01)


def test_a_limit_counts_where_it_may_be_broken(directions):
    # The truth is below the limit: by 40 deviations, or by none.
    for limits, count in ((3.0, 1), (1.0, 0)):
        found = directions(DEPTHS, limits=limits)
        assert len(found) == count, found
