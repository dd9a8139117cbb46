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
}
OFF = np.linspace(1.5, 4.2, 8)


@pytest.fixture(scope="module")
def directions(problem, observations):
    """Directions that data leave open, by the names of their parameters."""

    def found(*parts, name="none", tables=TABLES, **truth):
        posed = problem(tables, observations(*parts), name)
        value = np.array(posed.data.value)
        drawn = posed.drawn(np.random.default_rng(31), **truth)
        # A limit stands where it is stated, in units of what would be read.
        value = np.where(posed.data.limit == 0, drawn, value * drawn)
        posed = posed.reading(value)
        given = jax.device_put(posed.given)
        return open_directions(posed.target, given, optimum(posed.target, given, 0))

    return found


def test_the_depth_alone_leaves_a_and_beta_open_together(directions, series):
    found = directions(series("penetration_depth", OFF, False, relative=0.01))
    assert len(found) == 1
    # λ is of a/β: both rise together. Their priors are as wide, so the parts are the same.
    assert found[0].weights == pytest.approx({"landau.a": 0.5**0.5, "landau.beta": 0.5**0.5})
    assert found[0].information == pytest.approx(0.0, abs=1e-6)


def test_another_observable_closes_what_one_leaves_open(directions, series):
    found = directions(
        series("penetration_depth", OFF, False, relative=0.01),
        series("coherence_length", OFF[:3], False, relative=0.05),  # of β n_s
    )
    assert found == ()


def test_with_the_trap_an_unknown_entropy_is_open_together_with_a_and_beta(directions, series):
    tables = TABLES | {"mixture": {"valence_ratio": {"prior": "lognormal(1, 0.5)"}}}
    parts = [series("penetration_depth", OFF, on, relative=0.01) for on in (False, True)]
    found = directions(*parts, name="mixing", tables=tables)
    assert len(found) == 1
    assert set(found[0].weights) == {"landau.a", "landau.beta", "mixture.valence_ratio"}


def test_the_factor_on_uncertainties_is_known_by_the_scatter(directions, series):
    tables = TABLES | {"fit": {"noise_scale": {"prior": "lognormal(1, 0.5)"}}}
    many = np.linspace(1.5, 4.2, 20)
    parts = [
        series("penetration_depth", many, False, relative=0.01),
        series("coherence_length", many, False, relative=0.05),
    ]
    assert directions(*parts, tables=tables) == ()
    # One reading: 2 (∂ ln s/∂u)² = 2 · 0.5² of information against 1.
    alone = directions(series("penetration_depth", [2.0], False, relative=0.01), tables=tables)
    about = [d.information for d in alone if "fit.noise_scale" in d.weights]
    assert about == pytest.approx([0.5], rel=0.01)


def test_a_limit_counts_where_it_may_be_broken(directions, series):
    depth = series("penetration_depth", OFF, False, relative=0.01)
    # The truth is below the limit: by 200 deviations, or by none.
    for times, count in ((3.0, 1), (1.0, 0)):
        limit = series("coherence_length", [2.0], False, relative=0.01, limit=1, value=times)
        found = directions(depth, limit)
        assert len(found) == count, found
