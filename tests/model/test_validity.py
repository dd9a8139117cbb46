"""Margins: the sign on either side of each bound, what is missing, and limits."""

import dataclasses
import functools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import solve_bvp
from tests.model.compiled import compiled

from entrap.core.constants import (
    BOLTZMANN,
    ELECTRON_MASS,
    ELEMENTARY_CHARGE,
    EULER_GAMMA,
    HBAR,
    VORTEX_CORE,
)
from entrap.model import bcs, electrodynamics, landau
from entrap.model.device import Device
from entrap.model.entropy import Neutral
from entrap.model.junction import TunnelJunction
from entrap.model.kinetics import Densities
from entrap.model.lifetimes import Phonons
from entrap.model.sample import Trapping
from entrap.model.validity import Margins, margins

TRAP = (
    "trap_temperature",
    "trap_energy",
    "thermal_floor",
    "weak_pairing",
    "downhill_pairing",
    "release_stability",
)


gap_of, yosida, kappa_of = map(compiled, (bcs.gap, bcs.yosida, electrodynamics.kappa))
margins_of = compiled(margins)


@functools.cache
def judging(make_sample, entropy):
    """Margins, and their slopes, of a state of a protocol that began at 4 K."""

    def judged(temperature, n_s, n_n, trap, changes):
        sample = make_sample(entropy=entropy, **changes)
        n_c = jnp.asarray(sample.conduction_density, float)
        start = landau.superfluid_density(sample, 4.0, 1.0)
        minimum = landau.superfluid_density(sample, temperature, 0.0)
        n_s = jnp.where(jnp.isnan(n_s), minimum, n_s)
        state = Densities(n_s, jnp.asarray(n_n, float), n_c - n_s - n_n)
        initial = Densities(start, n_c - start, jnp.zeros_like(start))
        return margins(sample, Trapping(*trap), temperature, state, initial, 4.0)

    def stacked(*args):
        return jnp.stack(jax.tree.leaves(judged(*args)))

    return compiled(judged), compiled(jax.jacrev(stacked, argnums=(0, 1, 2, 3, 4)))


@pytest.fixture(scope="session")
def judge(make_sample):
    """Margins, or their slopes, of a state: at its minimum where n_s is not given."""
    given = {
        "log_mixing_ratio": math.log(5), "landau_beta": make_sample().landau_beta,
        "fermi_temperature": 4e4, "fermi_velocity": 1e6,
    }  # fmt: skip

    def judge(temperature=5.0, n_s=math.nan, n_n=0.0, trap=(1e3, 1e-24), entropy="ideal",
              slopes=False, **more):  # fmt: skip
        return judging(make_sample, entropy)[slopes](temperature, n_s, n_n, trap, given | more)

    return judge


def test_each_margin_is_the_decades_of_room(judge, make_sample):
    temperature, n_s, n_n = 5.0, 2.5e26, 1e26
    found = judge(temperature, n_s, n_n)
    sample = make_sample()
    effective = 7 - sample.landau_beta * n_s / sample.landau_a
    gap = float(gap_of(sample, effective))
    energy = BOLTZMANN * temperature
    initial = 1e27 * 4 / 7
    # The closure "ramp": n_n⁰ (1 - atan(s)/s), s = √(x/2); the emptied minimum at 4 K.
    root = math.sqrt(1e-24 * initial / 1e3 / 2)
    gained = initial * (1 - math.atan(root) / root)
    most = sample.landau_a * (7 - 4) + BOLTZMANN * 4 * math.log(5)
    most /= sample.landau_beta
    coherence = HBAR * 1e6 / (math.pi * sample.gap)
    kappa = float(kappa_of(sample))
    assert kappa > 1
    expected = {
        "trap_temperature": gap / 3 / energy,
        "trap_energy": gap / (energy * math.log(5)),
        "entropy_slope": 3 / math.log(5),
        "classical_entropy": temperature / 4e4,
        "landau_region": 0.3 / (1 - effective / 7),
        "pair_density": n_s / (2 / coherence**3),
        "thermal_floor": initial / 10 / (1e27 * float(yosida(gap, temperature))),
        "downhill_pairing": most / (1e27 - initial + gained),
        "weak_pairing": 0.1 / (1e-24 * initial / 1e3),
        "electron_count": (n_s + n_n) / n_s,
        "release_stability": math.inf,  # n_s lies below the minimum: still pinned
        "large_kappa": math.log(kappa) / 10 / VORTEX_CORE,
    }
    names = {field.name for field in dataclasses.fields(Margins)}
    unknown = {"proximity", "neutrality", "filled_band"}
    assert set(expected) == names - unknown
    assert all(getattr(found, name) is None for name in unknown)
    for name, ratio in expected.items():
        value = float(getattr(found, name))
        assert value == pytest.approx(math.log10(ratio), rel=1e-10, abs=0), name


def test_a_junction_brings_its_barrier_and_its_temperature(make_sample):
    sample, temperature, n_s = make_sample(), 5.0, 2.5e26
    junction = TunnelJunction(1e-10, 8e-8, 1.07e47, 1e-7, 7.8e46, 2e9)
    phonons = Phonons(4.4e-7, 7.0, 1.07e47)
    state = Densities(*(jnp.asarray(n) for n in (n_s, 1e26, 1e27 - n_s - 1e26)))
    initial = Densities(*(jnp.asarray(n) for n in (4e26, 6e26, 0.0)))
    gap = float(gap_of(sample, 7 - sample.landau_beta * n_s / sample.landau_a))
    metal = HBAR / (4 * ELEMENTARY_CHARGE**2 * 7.8e46 * 1e-7 * 1e-10)
    film = HBAR / (4 * ELEMENTARY_CHARGE**2 * 1.07e47 * 8e-8 * 1e-10)
    for own, thermal in ((None, 5.0), (0.5, 0.5)):
        device = Device(junction, phonons, 1e27, own)
        found = margins_of(
            sample, Trapping(1e3, 0.0), temperature, state, initial, 4.0, None, device
        )
        barrier = min(gap / 10 / metal, BOLTZMANN * temperature / 10 / film)
        assert float(found.proximity) == pytest.approx(math.log10(barrier), rel=1e-10)
        cold = math.log10(gap / 3 / (BOLTZMANN * thermal))
        assert float(found.trap_temperature) == pytest.approx(cold, rel=1e-10)
        floor = 6e26 / 10 / (1e27 * float(yosida(gap, thermal)))
        assert float(found.thermal_floor) == pytest.approx(math.log10(floor), rel=1e-10)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("trap_temperature", {"temperature": 1.5}, {"temperature": 6.0}),
        ("trap_energy", {"temperature": 3.0}, {"temperature": 11.0}),
        ("entropy_slope", {"log_mixing_ratio": 2.999}, {"log_mixing_ratio": 3.001}),
        ("classical_entropy", {"fermi_temperature": 4.99}, {"fermi_temperature": 5.01}),
        ("landau_region", {"n_s": 2.99e26}, {"n_s": 3.01e26}),
        ("pair_density", {"n_s": 1e25}, {"n_s": 1e19}),
        ("thermal_floor", {"temperature": 1.0}, {"temperature": 6.0}),
        ("large_kappa", {"landau_beta": 1e-46}, {"landau_beta": 1e-50}),
        ("filled_band", {"band_gap": 1e-24}, {"band_gap": 1e-21}),
        ("weak_pairing", {"trap": (1e3, 1.74e-25)}, {"trap": (1e3, 1.76e-25)}),
        # n_n⁰ = 4/7 n_c and -α̃/β = 0.735 n_c at L = ln 5: 0.306 n_c may be gained; ramp
        ("downhill_pairing", {"trap": (1e3, 1.4e-24)}, {"trap": (1e3, 1e-20)}),
        # -α/β at T_0 asks for more than n_c, and nothing is trapped yet
        ("electron_count", {"n_s": 3e26, "n_n": 1e25}, {"n_s": 1e27, "landau_beta": 1e-49}),
        # β = a T_c/n_c: k_B T L <= β (n_c - n_s) where L <= a/2k_B
        ("release_stability", {"log_mixing_ratio": 1.499}, {"log_mixing_ratio": 1.501}),
    ],
)
def test_sign_changes_where_the_assumption_fails(judge, name, good, bad):
    assert float(getattr(judge(**good), name)) > 0
    assert float(getattr(judge(**bad), name)) < 0


def test_what_is_not_given_is_not_judged(judge):
    found = judge(fermi_velocity=None)
    assert found.pair_density is None
    assert found.classical_entropy is not None
    found = judge(fermi_temperature=None)
    assert found.pair_density is not None
    assert found.filled_band is None


def test_the_fermi_temperature_is_that_of_free_electrons_where_it_is_not_given(judge):
    found = judge(5.0, fermi_temperature=None)
    energy = HBAR**2 * (3 * math.pi**2 * 1e27) ** (2 / 3) / (2 * ELECTRON_MASS)
    wanted = math.log10(5 * BOLTZMANN / energy)
    assert float(found.classical_entropy) == pytest.approx(wanted, rel=1e-12)


def test_degenerate_electrons_need_a_low_temperature_where_ideal_ones_need_a_high_one(judge):
    assert float(judge(5.0, fermi_temperature=4e4).classical_entropy) < -3
    for fermi, holds in ((4e4, True), (5.01, True), (4.99, False)):
        found = judge(5.0, fermi_temperature=fermi, entropy="degenerate")
        wanted = math.log10(fermi / 5)
        assert float(found.classical_entropy) == pytest.approx(wanted, rel=1e-12)
        assert (wanted > 0) is holds


def test_valence_electrons_of_a_filled_band_cannot_mix(judge):
    """ln(n/n_v) of the same electrons in words, and of what a band leaves: e^(-E_g/k_B T)."""
    gap = 1e-3 * ELEMENTARY_CHARGE
    found = judge(5.0, band_gap=gap, valence_density=4e27)
    boltzmann = math.exp(-gap / (BOLTZMANN * 5))
    wanted = math.log10(boltzmann / math.log(5 / 4))
    assert float(found.filled_band) == pytest.approx(wanted, rel=1e-12)
    assert float(judge(5.0, band_gap=0.0, valence_density=4e27).filled_band) > 0
    wide = judge(5.0, band_gap=ELEMENTARY_CHARGE, valence_density=4e27)
    assert float(wide.filled_band) == pytest.approx(-1 / math.log(10) / 4.31e-4, rel=1e-3)
    assert float(judge(5.0, band_gap=gap, valence_density=0.0).filled_band) == math.inf


def test_charge_that_leaves_is_paid_for_by_entropy(make_sample):
    """2.9e18 in 1 m^3 may leave an isolated film of 100 nm at 1 K with L = 3; 1.4e21 a barrier."""
    sample = make_sample(log_mixing_ratio=3.0)
    phonons = Phonons(4.4e-7, 7.0, 1.07e47)
    film = TunnelJunction(1e-10, 1e-7, 1.07e47, 1e-7, 7.8e46, 2e9)
    start = Densities(jnp.asarray(4e26), jnp.asarray(6e26), jnp.asarray(0.0))

    def margin(trapped, entropy="ideal", **barrier):
        state = Densities(*(jnp.asarray(n) for n in (4e26, 6e26 - trapped, trapped)))
        device = Device(film, phonons, 1e27, **barrier)
        there = dataclasses.replace(sample, entropy=entropy)
        trap = Trapping(1e3, 0.0)
        return float(margins_of(there, trap, 1.0, state, start, 1.0, None, device).neutrality)

    oxide = {"barrier_thickness": 1e-9, "barrier_permittivity": 10.0}
    for most, barrier in ((2.857e18, {}), (1.4287e21, oxide)):
        assert margin(most * 0.999, **barrier) > 0 > margin(most * 1.001, **barrier)
        assert margin(most, **barrier) == pytest.approx(0, abs=1e-4)
    # A barrier as thick as a hundred films costs more than a film that is left alone.
    thick = {"barrier_thickness": 1e-5, "barrier_permittivity": 10.0}
    assert margin(1e20, **thick) == margin(1e20)
    assert margin(0.0) == margin(1e26, entropy=Neutral()) == math.inf


def test_the_core_of_a_vortex_is_what_the_leading_logarithm_leaves_out():
    """A neutral vortex by the Ginzburg-Landau equation, its current screened beyond λ."""
    end, first = 60.0, 1e-3

    def slopes(r, y):
        f, g, _ = y
        energy = r * (g**2 + (f / r) ** 2 + (1 - f**2) ** 2 / 2)
        return [g, -g / r + f / r**2 - f + f**3, energy]

    def ends(near, far):
        outside = 1 - 1 / (2 * end**2) - 9 / (8 * end**4)
        return [near[0] - first * near[1], far[0] - outside, near[2] - (first * near[1]) ** 2]

    r = np.geomspace(first, end, 400)
    guess = [np.tanh(r / 1.7), 0.6 / np.cosh(r / 1.7) ** 2, np.log1p(r)]
    solved = solve_bvp(slopes, ends, r, guess, tol=1e-9, max_nodes=10**5)
    assert solved.success
    neutral = solved.y[2, -1] - math.log(end) - 1 / (4 * end**2)
    assert neutral + math.log(2) - EULER_GAMMA == pytest.approx(VORTEX_CORE, abs=1e-5)


def test_the_leading_logarithm_is_21_percent_low_at_kappa_10_9(judge, make_sample):
    beta = make_sample().landau_beta * (10.9 / float(kappa_of(make_sample()))) ** 2
    found = float(judge(landau_beta=beta).large_kappa)
    assert 10 ** (-found) / 10 == pytest.approx(0.208, abs=1e-3)
    assert found < 0 < float(judge(landau_beta=beta * 400).large_kappa)
    assert math.isnan(float(judge(landau_beta=beta / 400).large_kappa))


def test_without_a_trap_nothing_is_said_of_it(judge):
    found = judge(trap=(0.0, 0.0))
    for name in TRAP:
        assert math.isnan(float(getattr(found, name)))
    assert math.isfinite(float(found.landau_region))


def test_in_a_normal_state_there_is_nothing_to_assume(judge):
    for n_s in (0.0, 1e-13 * 1e27):
        assert all(jnp.isnan(leaf) for leaf in jax.tree.leaves(judge(n_s=n_s, n_n=1e26)))
    few = judge(n_s=1e-11 * 1e27, n_n=1e26)
    assert float(few.pair_density) < -4
    assert [n for n, x in vars(few).items() if x is not None and jnp.isnan(x)] == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("entropy", ["ideal", "degenerate", "number-fraction"])
@pytest.mark.parametrize("trap", [(0.0, 0.0), (1e3, 0.0), (1e3, 1e-24)])
@pytest.mark.parametrize(
    "state", [(0.0, 0.0), (0.0, 1e27), (0.0, 1e26), (1e27, 0.0), (3e26, 7e26), (3e26, 0.0)]
)
def test_no_limit_makes_a_gradient_that_is_no_number(judge, entropy, trap, state):
    for slope in jax.tree.leaves(judge(5.0, *state, trap, entropy, slopes=True)):
        assert jnp.isfinite(slope).all()


def test_margins_have_one_shape(judge):
    found = judge(jnp.linspace(2, 8, 4), n_s=jnp.full((3, 1), 2e26), n_n=1e26)
    assert {leaf.shape for leaf in jax.tree.leaves(found)} == {(3, 4)}


def test_margins_declare_inequality_meaning_and_source():
    from entrap.core.quantities import quantities

    for name, declared in quantities(Margins):
        assert "≤" in declared.symbol, name
        assert declared.meaning, name
        assert declared.source, name
