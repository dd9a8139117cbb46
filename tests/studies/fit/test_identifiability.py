"""What data leave open: directions in which they say less than the priors."""

from types import SimpleNamespace

import jax
import numpy as np
import pytest
from scipy import stats

from entrap.studies.fit import identifiability
from entrap.studies.fit.identifiability import open_directions
from entrap.studies.fit.optimum import optimum

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
        return open_directions(
            posed.target, given, posed.parameters, optimum(posed.target, given, 0)
        )

    return found


@pytest.mark.exhaustive
def test_the_depth_alone_leaves_a_and_beta_open_together(directions):
    found = directions(DEPTHS)
    assert len(found) == 1
    # λ is of a/β: both rise together. Their priors are as wide, so the parts are the same.
    assert found[0].weights == pytest.approx({"landau.a": 0.5**0.5, "landau.beta": 0.5**0.5})
    assert found[0].information == pytest.approx(0.0, abs=1e-6)


@pytest.mark.exhaustive
def test_another_observable_closes_what_one_leaves_open(directions):
    assert directions(DEPTHS, LENGTHS) == ()  # of β n_s


@pytest.mark.slow
def test_with_the_trap_an_unknown_entropy_is_open_together_with_a_and_beta(directions):
    found = directions(DEPTHS, TRAPPED, free=(*SAMPLE, "valence_ratio"))
    assert len(found) == 1
    assert set(found[0].weights) == {"landau.a", "landau.beta", "mixture.valence_ratio"}


@pytest.mark.slow
def test_the_factor_on_uncertainties_is_known_by_the_scatter(directions):
    free = (*SAMPLE, "noise_scale")
    assert directions(DEPTHS, LENGTHS, free=free) == ()
    # One reading: 2 (∂ ln s/∂u)² = 2 · 0.5² of information against 1.
    alone = directions(DEPTHS[:1], free=free)
    about = [d.information for d in alone if "fit.noise_scale" in d.weights]
    assert about == pytest.approx([0.5], rel=0.01)


@pytest.mark.slow
def test_a_limit_counts_where_it_may_be_broken(directions):
    # The truth is below the limit: by 40 deviations, or by none.
    for limits, count in ((3.0, 1), (1.0, 0)):
        found = directions(DEPTHS, limits=limits)
        assert len(found) == count, found


SLOPES, WIDENED = np.array([[1.0, -2.0], [0.5, 3.0], [-1.5, 0.7]]), np.array(
    [[0.2, 0.1], [0.4, -0.3], [0.1, 0.6]]
)  # fmt: skip
READ, SIZE = np.array([1.2, 0.8, 2.1]), np.array([0.5, 0.4, 0.3])


def of(limit=(0, 0, 0), noise="gaussian", freedom=4.0, value=READ):
    """A target and its data, as far as directions need them."""
    points = SimpleNamespace(limit=np.array(limit), value=np.asarray(value))
    target = SimpleNamespace(noise=noise, freedom=freedom)
    return target, SimpleNamespace(points=points, free=np.array([True, True]))


@pytest.mark.parametrize(
    ("noise", "law"), [("gaussian", stats.norm()), ("student-t", stats.t(4.0))]
)
def test_the_information_of_readings_and_limits_is_that_of_their_likelihood(
    monkeypatch, noise, law
):
    """Against E[s sᵀ] of the score s, over quantiles of the noise; a limit is kept or broken."""
    mean, steps = np.array([1.0, 1.0, 2.0]), 1e-5
    given = mean, SIZE, SLOPES, WIDENED
    monkeypatch.setattr(identifiability, "slopes_at", lambda *_: given)
    z = law.ppf((np.arange(200_000) + 0.5) / 200_000)
    bent = (law.logpdf(z + steps) - law.logpdf(z - steps)) / (2 * steps)
    wanted = np.zeros((2, 2))
    for slope, widened, size in zip(SLOPES[:2], WIDENED[:2], SIZE[:2], strict=True):
        score = -(np.outer(bent, slope) + np.outer(1 + z * bent, widened)) / size
        wanted += score.T @ score / len(z)
    apart = (READ[2] - mean[2]) / SIZE[2]
    moved = law.pdf(apart) * (SLOPES[2] + apart * WIDENED[2]) / SIZE[2]
    wanted += np.outer(moved, moved) / (law.cdf(apart) * law.sf(apart))
    rows = identifiability._slopes(*of((0, 0, 1), noise), np.zeros(2))
    np.testing.assert_allclose(rows.T @ rows, wanted, rtol=1e-3)


def test_points_without_a_prediction_or_an_uncertainty_tell_nothing(monkeypatch):
    given = np.array([np.nan, 1.0, 2.0]), np.array([0.5, 0.0, 0.3]), SLOPES, WIDENED
    monkeypatch.setattr(identifiability, "slopes_at", lambda *_: given)
    rows = identifiability._slopes(*of(), np.zeros(2))
    found = {tuple(np.flatnonzero(row)) for row in rows}
    assert found == {(), (0, 1)}
    assert (np.abs(rows).sum(axis=1) > 0).sum() == 2  # the mean and the width of the last


@pytest.mark.parametrize(
    ("slopes", "spreads", "said"),
    [
        ([[10.0, 10.0]], (1.0, 1.0), [(0.0, {"a": 0.5**0.5, "b": -(0.5**0.5)})]),
        ([[10.0, -10.0]], (1.0, 1.0), [(0.0, {"a": 0.5**0.5, "b": 0.5**0.5})]),
        ([[10.0, 0.0], [0.0, 0.5]], (1.0, 1.0), [(0.25, {"b": 1.0})]),
        ([[10.0, 0.0], [0.0, 0.5]], (1.0, 5.0), []),  # a prior so wide that the data say more
        ([[0.6, 0.0], [0.0, 0.5]], (1.0, 1.0), [(0.25, {"b": 1.0}), (0.36, {"a": 1.0})]),
        ([[10.0, 2.0]], (1.0, 1.0), [(0.0, {"b": (100 / 104) ** 0.5})]),  # of a but a fifth
    ],
)
def test_a_direction_is_open_where_the_prior_says_more_than_the_data(
    monkeypatch, slopes, spreads, said
):
    slopes = np.array(slopes)
    given = np.ones(len(slopes)), np.ones(len(slopes)), slopes, np.zeros_like(slopes)
    monkeypatch.setattr(identifiability, "slopes_at", lambda *_: given)
    posed = of((0,) * len(slopes), value=np.ones(len(slopes)))
    parameters = [SimpleNamespace(key=k, spread=s) for k, s in zip("ab", spreads, strict=True)]
    found = open_directions(*posed, parameters, SimpleNamespace(center=np.zeros(2)))
    assert [each.information for each in found] == pytest.approx([x for x, _ in said], abs=1e-9)
    for each, (_, weights) in zip(found, said, strict=True):
        assert {k: abs(x) for k, x in each.weights.items()} == pytest.approx(
            {k: abs(x) for k, x in weights.items()}
        )
        assert max(each.weights.values(), key=abs) > 0
        signs = [np.sign(list(parts.values())) for parts in (each.weights, weights)]
        assert abs(signs[0] @ signs[1]) == len(weights)
