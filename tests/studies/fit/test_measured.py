"""A measured gap of niobium, without a trap: a fit against least squares on the gap equation.

The data are those of a laboratory, in `examples/data/niobium-gap.csv`, whose header says which.
"""

from pathlib import Path

import numpy as np
import pytest
from scipy.constants import electron_volt, k
from scipy.optimize import brentq, least_squares

import entrap as et
from entrap.report.look import Look
from entrap.studies.fit.pages.report import account

pytestmark = pytest.mark.exhaustive

FOLDER = Path(__file__).parents[3] / "examples"
DATA = FOLDER / "data" / "niobium-gap.csv"
MEV = 1e-3 * electron_volt
CRITICAL, GAP = "material.critical_temperature", "material.gap"


def matsubara(t, many=4000):
    """Δ/k_B T_c of weak coupling: ln t = 2πt Σ_n [1/√(ω_n² + Δ²) - 1/ω_n], the tail integrated."""
    omega = np.pi * t * (2 * np.arange(many) + 1)

    def off(gap):
        tail = -(gap**2) / (4 * (2 * np.pi * t * many) ** 2)
        return np.log(t) - 2 * np.pi * t * np.sum(1 / np.hypot(omega, gap) - 1 / omega) - 2 * tail

    return brentq(off, 1e-6, 2.0)


@pytest.fixture(scope="module")
def table():
    """T [K], Δ and its error [meV], as the file has them."""
    return np.loadtxt(DATA, delimiter=",", comments=("#", "T"), unpack=True)


@pytest.fixture(scope="module")
def fitted():
    return et.fit(et.load_case(FOLDER / "niobium-gap.toml", needs=("material", "landau")), DATA)


def test_the_fit_is_that_of_least_squares_and_its_chi_squared_is_near_one(fitted, table):
    kelvin, gap, error = table
    t = np.linspace(0.40, 0.999, 120)
    shape = np.array([matsubara(x) for x in t]) / (np.pi * np.exp(-np.euler_gamma))

    def off(numbers):
        critical, zero = numbers
        return (zero * np.interp(kelvin / critical, t, shape) - gap) / error

    best = least_squares(off, (9.0, 1.5), x_scale=(0.01, 0.01))
    spread = np.sqrt(np.diag(np.linalg.inv(best.jac.T @ best.jac)))
    numbers = fitted.posteriors["none"].table()
    for key, middle, deviation, unit in zip(
        (CRITICAL, GAP), best.x, spread, (1.0, MEV), strict=True
    ):
        assert numbers[key].median / unit == pytest.approx(middle, abs=0.15 * deviation)
        assert numbers[key].deviation / unit == pytest.approx(deviation, rel=0.1)
    chi_squared = fitted.posteriors["none"].chi_squared
    assert chi_squared == pytest.approx(2 * best.cost, abs=0.05)
    assert 0.5 < chi_squared / (len(kelvin) - 2) < 1.5
    assert fitted.posteriors["none"].misfit > 0.05


def test_its_numbers_are_those_of_niobium_within_the_errors_of_the_source(fitted):
    """T_c to 0.35 K, the source's error of T at its warmest reading; a strong-coupling gap."""
    draws = fitted.posteriors["none"].draws
    niobium = et.Material(name="Nb")
    assert np.median(draws[CRITICAL]) == pytest.approx(niobium.critical_temperature, abs=1.1 * 0.35)
    ratio = np.median(2 * draws[GAP] / (k * draws[CRITICAL]))
    known = 2 * niobium.gap / (k * niobium.critical_temperature)
    assert ratio == pytest.approx(known, rel=0.05)
    assert ratio > 3.6  # weak coupling, 3.53, is out


def test_the_report_is_of_the_bare_sample_and_of_no_entropy(fitted, tmp_path):
    shown = account(fitted)
    shown.write(tmp_path / "result", fitted.save, Look(formats=("png", "pdf")), latex=False)
    text = " ".join(shown.sentences)
    assert "No reading is with the trap" in text
    assert "χ² = 15.81 (readings: 22, numbers inferred: 2)" in text
    assert "T_c = 8.88" in text
    assert "2Δ_g(0)/k_B T_c = 3.8" in text
    for words in ("ln B", "L =", "H1", "H2", "H3"):
        assert words not in text
    assert set(shown.values) == {"points", CRITICAL, GAP}
    names = {path.name for path in (tmp_path / "result").iterdir()}
    assert {"report.html", "predictive-gap.png", "corner-none.pdf"} <= names
    assert not [name for name in names if name.endswith("svg") or name == "hypotheses.png"]
