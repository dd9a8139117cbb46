"""Pseudospins after a quench against scipy, constants of the motion and what theory derives."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

import entrap as et
from entrap.model.occupations import Share
from entrap.model.quench_gap import largest_quench, settled_gap, settled_gap_cold
from entrap.solve import quench as solver
from entrap.solve.jit import quick_jit


def start_of(levels, cutoff, temperature, share):
    """Levels of the whole band, occupations and spins, written out anew."""
    level = (np.arange(levels) + 0.5) * 2 * cutoff / levels - cutoff
    energy = np.sqrt(level**2 + 1)
    occupied = share / (np.exp(energy / temperature) + 1) if temperature else 0 * level
    spin = 0.5 * (1 - 2 * occupied) / energy
    return level, np.array([spin, 0 * level, -level * spin])


def by_scipy(log_gap_ratio, temperature, share, times, levels, cutoff):
    """Δ at times, of the cross product for every level from -W to W."""
    level, spins = start_of(levels, cutoff, temperature, share)
    coupling = 1 / (spins[0].sum() - log_gap_ratio * levels / (2 * cutoff))  # N_0 = N/2W

    def change(_, flat):
        s = flat.reshape(3, -1)
        field = np.stack([-2 * coupling * s[0].sum() + 0 * level, 0 * level, 2 * level])
        return np.cross(field, s, axis=0).ravel()

    found = solve_ivp(
        change, (0, times[-1]), spins.ravel(), "DOP853", times, rtol=1e-13, atol=1e-14
    )
    return coupling * found.y.reshape(3, levels, -1)[0].sum(0)


@pytest.mark.parametrize(
    ("log_gap_ratio", "temperature", "share"),
    [(-0.5, 0.0, 1.0), (0.8, 0.0, 1.0), (-0.2, 1.0, 1.0), (-0.2, 1.0, 0.5), (-2.0, 0.0, 1.0)],
)
def test_gap_is_that_of_the_whole_band_by_scipy(log_gap_ratio, temperature, share):
    found = et.quench(log_gap_ratio, temperature, share, duration=12.0, levels=40)
    exact = by_scipy(log_gap_ratio, temperature, share, np.asarray(found.time), 40, 5.0)
    assert np.abs(np.asarray(found.gap) - exact).max() < 3e-9


@pytest.mark.parametrize("log_gap_ratio", [-2.0, -0.5, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("cutoff", [5.0, 20.0])
def test_energy_and_norms_are_conserved(log_gap_ratio, cutoff):
    found = et.quench(log_gap_ratio, duration=30.0, levels=1000, cutoff=cutoff)
    assert found.energy_error < 3e-10
    assert found.norm_error < 1e-12


def test_steps_are_of_order_eight():
    level, (x, y, z) = start_of(40, 5.0, 0.0, 1.0)
    start, level, spacing = np.stack([x, y, z])[:, 20:], level[20:], 0.25
    inverse = 2 * spacing * start[0].sum() + 0.5

    def gap(blocks):
        return solver._evolved(start, level, spacing, inverse, 12.0 / blocks / 100, blocks)[0]

    exact = gap(6)
    errors = [np.abs(gap(n)[::n] - exact[::6]).max() for n in (1, 2)]
    assert math.log2(errors[0] / errors[1]) > 7.5
    assert errors[1] > 1e-12  # not yet rounding


def test_settled_gap_of_ever_wider_bands_tends_to_the_closed_form():
    """As 1/W²: of two bands the limit follows."""

    changes = (-1.0, -0.5, 0.5, 1.0)

    def band(cutoff):
        level = (np.arange(5000) + 0.5) * cutoff / 5000
        weight = cutoff / 5000 / np.hypot(level, 1)
        return np.array([solver._settled(level, weight, q, math.pi / 2) for q in changes])

    exact = np.asarray(quick_jit(settled_gap_cold)(np.array(changes)))
    wide, wider = band(50.0), band(100.0)
    assert np.allclose(wide, exact, rtol=2e-3)
    assert np.allclose((4 * wider - wide) / 3, exact, rtol=3e-6)
    assert abs(wide / exact - 1).min() > 5e-5  # so that the band counts


@pytest.mark.parametrize(
    ("log_gap_ratio", "temperature", "share"),
    [(-0.03, 0.0, 1.0), (0.03, 0.0, 1.0), (-0.02, 1.0, 1.0), (-0.02, 1.0, 0.5)],
)
def test_a_small_quench_rings_as_linear_response_says(log_gap_ratio, temperature, share):
    """-q cos(2Δt + π/4)/(√π q_max √(Δt)), q_max = (π/2)(1 - 2f(Δ)): derived on the page."""
    found = et.quench(log_gap_ratio, temperature, share, duration=150.0, levels=2000)
    most = float(largest_quench(Share(share), 1 / temperature if temperature else np.inf))
    assert found.amplitude == pytest.approx(-log_gap_ratio / (math.sqrt(math.pi) * most), rel=0.04)
    assert found.phase == pytest.approx(math.pi / 4, rel=0.01)
    assert found.decay_exponent == pytest.approx(0.5, abs=1e-3)
    assert found.frequency == pytest.approx(2 * found.predicted_gap, rel=5e-6)
    assert found.settled_gap == pytest.approx(found.predicted_gap, rel=1e-6)


def test_no_quench_leaves_the_gap_where_it_is():
    found = et.quench(0.0, 0.7, 0.4, duration=60.0, levels=1000)
    assert np.abs(np.asarray(found.gap) - 1).max() < 1e-10
    assert found.predicted_gap == pytest.approx(1, rel=1e-12)


def test_a_far_weaker_coupling_lets_the_gap_die_out():
    found = et.quench(-2.0, duration=100.0, levels=1000)
    assert found.predicted_gap == 0
    assert math.isnan(found.settled_gap)
    time, gap = np.asarray(found.time), np.asarray(found.gap)
    assert abs(gap[time > 30]).max() < 1e-3


def test_a_far_stronger_coupling_lets_the_gap_oscillate_for_ever():
    """Between the difference and the sum of two roots, one for each sign of Δ_i."""
    found = et.quench(2.0, duration=150.0, levels=1000)
    assert math.isnan(found.predicted_gap)
    assert math.isnan(found.frequency)
    level = (np.arange(500) + 0.5) / 100
    weight = 0.01 / np.hypot(level, 1)

    def root(sign):
        return brentq(
            lambda v: (v - sign) * v * (weight / (level**2 + v * v)).sum() - 2.0, 0.1, 100.0
        )

    time, gap = np.asarray(found.time), np.asarray(found.gap)
    for part in (time > 50) & (time < 100), time > 100:
        assert gap[part].max() == pytest.approx(root(1) + root(-1), rel=1e-3)
        assert gap[part].min() == pytest.approx(root(1) - root(-1), rel=1e-3)


def test_too_short_a_time_tells_no_frequency():
    found = et.quench(-0.5, duration=30.0, levels=1000)
    assert found.predicted_gap > 0.5
    assert math.isnan(found.frequency)


@pytest.mark.parametrize(
    ("changes", "key", "text"),
    [
        ({"log_gap_ratio": math.nan}, "log_gap_ratio", "must be finite"),
        ({"log_gap_ratio": 2.4}, "log_gap_ratio", "must be below 2.31"),
        ({"temperature": -0.1}, "temperature", "must be finite and >= 0"),
        ({"share": 1.01}, "share", "must be finite and >= 0 and <= 1"),
        ({"duration": 0.0}, "duration", "must be finite and > 0"),
        ({"duration": 63.0}, "duration", "must be at most 62.83"),
        ({"levels": 201}, "levels", "must be even"),
        ({"levels": 8}, "levels", "must be finite and >= 10"),
        ({"cutoff": 1.9}, "cutoff", "must be finite and >= 2"),
    ],
)
def test_what_cannot_be_is_refused(changes, key, text):
    stated = {"log_gap_ratio": -0.5, "duration": 30.0, "levels": 200}
    with pytest.raises(et.InputError) as refused:
        et.quench(**(stated | changes))
    assert [problem.key for problem in refused.value.problems] == [key]
    assert text in str(refused.value)


def test_a_result_prints_as_a_table():
    text = repr(et.quench(-0.5, duration=30.0, levels=1000))
    assert text.startswith("Quench followed for 29.92 ħ/Δ_i\n  energy_error")
    assert "predicted_gap   0.5698" in text


@pytest.mark.slow
@pytest.mark.parametrize(
    "log_gap_ratio",
    [-0.5, *(pytest.param(x, marks=pytest.mark.exhaustive) for x in (0.5, -1.0, 1.0))],
)
def test_gap_rings_at_twice_its_final_value(log_gap_ratio):
    """200 oscillations of 10,000 levels; the phase lags behind as the mean gap does."""
    period = math.pi / float(settled_gap_cold(log_gap_ratio))
    found = et.quench(log_gap_ratio, duration=200 * period)
    assert found.energy_error < 2.5e-10
    assert found.norm_error < 2e-11
    assert found.settled_gap == pytest.approx(found.predicted_gap, rel=2e-6)
    assert found.frequency == pytest.approx(2 * found.predicted_gap, rel=1e-5)
    assert found.decay_exponent == pytest.approx(0.5, abs=2e-3)
    assert found.phase_drift == pytest.approx(found.amplitude**2 / 2, rel=0.1)
    assert found.phase == pytest.approx(math.pi / 4, rel=0.15)
    assert math.copysign(1, found.amplitude) == -math.copysign(1, log_gap_ratio)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("share", "gap", "wide"), [(1.0, 0.67760, 0.677782), (0.5, 0.76412, 0.764226)]
)
def test_a_depleted_start_rings_at_twice_its_own_wider_gap(share, gap, wide):
    """Both of the table belong to W = 30 Δ_i; an infinitely wide band has other last digits."""
    found = et.quench(-0.2, 1.0, share, duration=250.0, levels=6000, cutoff=30.0)
    assert found.predicted_gap == pytest.approx(gap, abs=5e-6)
    assert float(settled_gap(Share(share), 1.0, -0.2)) == pytest.approx(wide, abs=1e-6)
    assert found.settled_gap == pytest.approx(gap, abs=5e-6)
    assert found.frequency == pytest.approx(2 * found.settled_gap, rel=1e-5)
    assert found.decay_exponent == pytest.approx(0.5, abs=1e-3)
    assert found.phase == pytest.approx(math.pi / 4, rel=0.02)
