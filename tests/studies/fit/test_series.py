"""The line through the gains of several samples, against numpy's own and against chance."""

import numpy as np
import pytest
from scipy import stats

from entrap.core.errors import InputError
from entrap.studies.fit.series import NAMED, fit_series, slope_of

RATIO = np.log1p(np.array([0.1, 0.3, 0.6, 0.8, 1.0, 1.3, 1.6, 2.0]))
UNIT = np.array([3.0, 3.1, 2.9, 3.0, 3.2, 3.1, 2.8, 3.0])
ERROR = np.full(8, 0.02)


def test_the_line_is_that_of_weighted_least_squares():
    random, error = (
        np.random.default_rng(1),
        np.array([0.02, 0.05, 0.01, 0.03, 0.02, 0.01, 0.02, 0.04]),
    )
    gain = 0.8 * RATIO + 0.05 * UNIT + error * random.normal(size=8)
    found = slope_of(RATIO, UNIT, gain, error)
    rows = np.stack([RATIO, UNIT], -1) / error[:, None]
    (m, c), rest, *_ = np.linalg.lstsq(rows, gain / error, rcond=None)
    assert (found.value, found.plain) == pytest.approx((m, c))
    assert found.scatter == pytest.approx(rest[0] / 6)


def test_an_entropy_shows_and_extraction_alone_does_not():
    random = np.random.default_rng(2)
    noise = ERROR * random.normal(size=(400, 8))
    entropy = [slope_of(RATIO, UNIT, RATIO + 0.1 * UNIT + x, ERROR) for x in noise]
    assert np.mean([x.value for x in entropy]) == pytest.approx(1.0, abs=0.01)
    assert np.mean([x.significance > NAMED for x in entropy]) > 0.9
    plain = [slope_of(RATIO, UNIT, 0.1 * UNIT + x, ERROR) for x in noise]
    assert max(x.significance for x in plain) < NAMED


def test_another_share_in_each_sample_passes_for_no_entropy():
    # (1 - y) I between 0 and 0.3 at random, known to 2 %: chance alone must not reach 5 σ.
    random = np.random.default_rng(3)
    gains = random.uniform(0.0, 0.9, (4000, 8))
    sigma = np.array([slope_of(RATIO, UNIT, x, ERROR).significance for x in gains])
    assert (sigma > NAMED).sum() == 0
    # The significance is that of a normal deviate, or less.
    assert (sigma > 2).mean() < 1.5 * stats.norm.sf(2)


def test_what_cannot_be_a_series_is_refused():
    with pytest.raises(InputError, match="three samples"):
        slope_of(RATIO[:2], UNIT[:2], RATIO[:2], ERROR[:2])
    with pytest.raises(InputError, match="must differ"):
        slope_of(0.5 * UNIT, UNIT, RATIO, ERROR)
    with pytest.raises(InputError, match="three samples"):
        fit_series([])


@pytest.mark.slow
@pytest.mark.parametrize("entropic", [True, False])
def test_samples_that_differ_in_their_mixing_ratio_are_one_fit(
    entropic, problem, series, observations
):
    random, found = np.random.default_rng(4), []
    for ratio in (0.1, 0.4, 0.9, 1.6):
        tables = {
            "title": f"ratio {ratio}",
            "material": {
                "critical_temperature": {"prior": "lognormal(5 K, 0.03)"},
                "conduction_density": "1e28 1/m^3",
            },
            "mixture": {"valence_ratio": {"prior": f"lognormal({ratio}, 2)"}},
            "landau": {"a": "3 k_B", "saturation": {"prior": "lognormal(0.5, 0.3)"}},
            "fit": {"hypotheses": ["mixing"], "chains": 8, "draws": 100},
        }
        kelvin, noise = np.linspace(3.5, 4.8, 12), {"relative": 0.01}
        data = observations(
            series("penetration_depth", kelvin, False, **noise),
            series("penetration_depth", kelvin, True, **noise),
        )
        posed = problem(tables, data)
        # Without an entropy all gains are alike, whatever the mixing ratio is.
        posed = posed.reading(posed.drawn(random, valence_ratio=ratio if entropic else 0.4))
        found.append((posed.case, posed.data))
    made = fit_series(found)
    assert abs(made.slope.value - entropic) < 4 * made.slope.error + 0.02
    assert (made.slope.significance > 3) == entropic
    assert "standard deviations above 0" in repr(made)
