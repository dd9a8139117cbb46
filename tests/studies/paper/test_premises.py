"""Numbers that decide about the paper's premises, against integrals, sums and closed forms."""

import math

import mpmath
import numpy as np
import pytest
from scipy import constants as si
from scipy import integrate, optimize, special

from entrap.case import library
from entrap.studies.paper import claims as paper
from entrap.studies.paper.premises import premises

GAP_RATIO = math.pi * math.exp(-np.euler_gamma)
AL_T_C, AL_T_F, AL_STATES = 1.18, 135772.86202213596, 1.0735395608072513e47
CU_STATES, CU_CONSTANT = 7.768242723808517e46, 2e9


@pytest.fixture(scope="module")
def numbers():
    return {name: float(value) for name, value in premises().items()}


@pytest.fixture(scope="module")
def claims():
    return {claim.id: claim for claim in paper.claims()}


def near(value, rel=1e-6):
    return pytest.approx(value, rel=rel, abs=0)


def gap_ratio(t, share=1.0):
    """r = Δ/k_B T from ln(Δ0/Δ) = 2φ ∫ dx f/√(x² + r²)."""

    def excess(r):
        integral, _ = integrate.quad(
            lambda u: special.expit(-r * math.cosh(u)), 0.0, 16.0, epsabs=1e-14, limit=400
        )
        return math.log(GAP_RATIO / (r * t)) - 2 * share * integral

    return optimize.brentq(excess, 1e-3, 60.0, xtol=1e-13)


def of_states(r, weight):
    """∫ N(E) weight(E/Δ) f(E) dE/Δ from Δ on, E = Δ cosh u."""
    value, _ = integrate.quad(
        lambda u: math.cosh(u) * weight(math.cosh(u)) * special.expit(-r * math.cosh(u)),
        0.0, 8.0, epsabs=0, epsrel=1e-11, limit=400,
    )  # fmt: skip
    return value


def normal_ratio(r, thermal_over_fermi):
    """n_n/n_qp of free electrons: Y over 4 N_0 ∫ dξ f with N_0 = 3n/4E_F."""
    yosida, _ = integrate.quad(
        lambda x: 0.5 / math.cosh(math.hypot(x, r) / 2) ** 2, 0.0, 60.0, epsrel=1e-11
    )
    return yosida / (3 * thermal_over_fermi * r * of_states(r, lambda _: 1.0))


def test_normal_electrons_are_not_the_quasiparticles(numbers):
    al = normal_ratio(gap_ratio(0.9), 0.9 * AL_T_C / AL_T_F)
    assert numbers["normal_ratio"] == near(al)
    assert 5e4 < al < 2e5
    critical = 1e-3 * si.e / (GAP_RATIO * si.k)
    t, fermi = 1 - 0.1 / critical, si.m_e * 1e12 / 2 / si.k
    assert numbers["normal_ratio_paper"] == near(normal_ratio(gap_ratio(t), t * critical / fermi))


def test_plain_gap_above_t_c_needs_no_entropy(numbers):
    r = gap_ratio(2.0, share=0.5)
    assert numbers["plain_gap"] == near(2 * r / GAP_RATIO, rel=1e-10)
    # Far above T_c a share φ leaves Δ0 (T/T_c)^(-φ/(1-φ)): a half here, but for 2 %.
    assert numbers["plain_gap"] == near(0.5, rel=0.03)


def test_expansion_diverges_where_the_whole_functional_does_not(numbers):
    assert numbers["full_critical"] == near(float(mpmath.exp(mpmath.lambertw(1))), rel=1e-12)
    assert numbers["full_share"] == 0.0
    assert numbers["landau_share"] == 1.0


def test_filled_band_holds_next_to_no_entropy(numbers):
    with mpmath.workdps(80):
        empty = 1 / (mpmath.exp(mpmath.mpf("0.01") * si.e / si.k) + 1)
        expected = -empty * mpmath.log(empty) - (1 - empty) * mpmath.log(1 - empty)
    assert numbers["band_entropy"] == near(float(expected), rel=1e-9)
    assert numbers["band_entropy_printed"] == near(math.log(20 / 19), rel=1e-14)
    assert math.log(numbers["band_entropy"]) == pytest.approx(-0.01 * si.e / si.k, abs=6)


def test_charge_keeps_the_normal_electrons_in(numbers):
    gain = si.k * math.log(20)
    assert numbers["removable"] == near(2 * si.epsilon_0 * gain / (si.e * 1e-7) ** 2)
    assert numbers["removable"] == near(2.9e18, rel=0.02)
    assert numbers["removable_barrier"] == near(1.4e21, rel=0.02)
    critical = 1e-3 * si.e / (GAP_RATIO * si.k)
    assert numbers["to_remove"] == near(1e27 * (1 - 2 * 0.1 / critical))


def test_cells_matter_only_by_the_volume_of_an_electron(numbers):
    assert numbers["body_centred"] == near(2.0, rel=1e-14)
    assert numbers["cell_log"] == near(math.log(20), rel=1e-14)
    assert numbers["cell_log_same_cells"] == near(math.log(1 + 19 * 2), rel=1e-14)


def rates(t):
    """Γ_t, Γ_e and Γ_r of the junction against E/Δ, at T = 0 of the metal."""
    gap = GAP_RATIO * si.k * AL_T_C * gap_ratio(t) * t / GAP_RATIO
    tunnel = 1 / (2 * si.e**2 * AL_STATES * 80e-9 * 1e-10)
    escape = 1 / (2 * si.e**2 * CU_STATES * 100e-9 * 1e-10)
    kappa = CU_CONSTANT / (48 * float(mpmath.zeta(5)) * CU_STATES * si.k**5)
    relax = kappa * gap**3
    return (
        tunnel,
        lambda y: escape * y / math.sqrt(y * y - 1),
        lambda y: relax * (y**3 - (y - 1) ** 3) / 3,
        escape / (relax / 3),
    )


@pytest.mark.parametrize(("t", "name"), [(0.5, "escape_until"), (0.9, "escape_until_warm")])
def test_escape_dominates_up_to_where_the_two_rates_are_equal(numbers, t, name):
    _, escape, relax, _ = rates(t)
    crossing = optimize.brentq(lambda y: escape(y) - relax(y), 1.0001, 50.0)
    assert numbers[name] == near(crossing)


def test_escape_dominates_for_the_barrier_and_not_for_the_divergence(numbers):
    _, escape, relax, plain = rates(0.5)
    assert numbers["escape_at_edge"] == near(escape(1.0001) / relax(1.0001))
    assert numbers["escape_plain"] == near(plain)
    assert plain > 1


def test_energy_integral_of_the_rate_and_the_decay_without_phonons(numbers):
    tunnel, escape, relax, _ = rates(0.5)
    r = gap_ratio(0.5)

    def trapped(y):
        return tunnel * relax(y) / (relax(y) + escape(y)) if y > 1 else 0.0

    # dE N = Δ cosh u du: the density of states is in the measure.
    whole = of_states(r, lambda _: 1.0)
    rate = of_states(r, trapped) / whole
    assert numbers["rate_average"] == near(rate, rel=1e-7)
    assert numbers["rate_at_start"] == near(rate, rel=1e-7)
    left = of_states(r, lambda y: math.exp(-5 * trapped(y) / rate)) / whole
    assert numbers["decay"] == near(left)
    assert numbers["decay_printed"] == near(math.exp(-5), rel=1e-14)
    assert left > 20 * math.exp(-5)


@pytest.mark.parametrize(("t", "suffix"), [(0.5, ""), (0.9, "_warm")])
def test_phonons_of_aluminium_against_the_trap(numbers, t, suffix):
    r = gap_ratio(t)  # Kaplan's absorption at the edge of the gap, τ_0 of the library
    delta = r * t

    def integrand(s):  # Ω = s² k_B T_c
        omega = s * s
        energy = omega + delta
        bose = 1 / math.expm1(omega / t)
        free = special.expit(energy / t)
        states = energy / math.sqrt(energy + delta)
        return 2 * omega**2 * states * (1 - delta / energy) * bose * free

    integral, _ = integrate.quad(integrand, 1e-9, 7.0, epsrel=1e-11)
    rate = integral / special.expit(delta / t) / 4.38e-7

    tunnel, escape, relax, _ = rates(t)

    def trapped(y):
        return tunnel * relax(y) / (relax(y) + escape(y)) if y > 1 else 0.0

    trap = of_states(r, trapped) / of_states(r, lambda _: 1.0)
    assert numbers["decay_against_phonons" + suffix] == near(trap / rate)


def test_no_material_of_the_library_has_the_slope(numbers):
    slopes = {name: library.landau_slopes(library.load(name)) for name in library.names()}
    own = [a for s in slopes.values() for a in (s.carriers, s.bcs) if a is not None]
    assert numbers["materials"] == len(slopes)
    assert numbers["materials_steepest"] == max(own)
    assert numbers["materials_steep"] == sum(a >= math.log(2) for a in own) == 0
    screening = [n for n, s in slopes.items() if (s.penetration_depth or 0) >= math.log(2)]
    assert numbers["materials_screening"] == len(screening)


def test_comparison_of_the_paper_is_between_two_temperatures(claims):
    slope = math.log(5) / 3  # k_B L/a
    release = 3 / (1 - slope)
    claim = claims["higgs-compared"]
    assert claim.ours == near(1.0, rel=1e-12)
    assert f"T_1 = {release:.3g} K" in claim.note
    assert f"= {(7 - release) / (7 - 3):.3f}" in claim.note


def test_curvature_of_the_held_state_and_the_charge_that_hides_it(claims):
    claim = claims["held-modes"]
    alpha, tilde = -6 * si.k, 3 * si.k * (5 - 7) - 5 * si.k * math.log(5)
    assert claim.printed == near(2 * tilde - 6 * alpha)
    pairs = float("2.857142857142856993330406e+26") / 2
    assert claim.ours == near(4 * pairs * (si.e * 1e-7) ** 2 / si.epsilon_0)


def test_fields_of_both_types_tell_as_much(claims):
    claim = claims["type-II"]
    assert claim.printed == near(1.0, rel=1e-12)
    assert claim.ours == near(1.0, rel=1e-12)
    kappa = claims["eq-17-kappa"].ours
    assert f"by a factor {math.log(kappa) / (math.sqrt(2) * kappa):.3f}" in claim.note


def test_entropy_lowers_the_free_energy_and_changes_no_slope(claims):
    n_c, n_v = 1e27, 4e27
    shift = 5 * si.k * (n_c * math.log(1 / 5) + n_v * math.log(4 / 5))
    assert claims["entropy-down"].ours == near(shift)
    assert claims["eq-4"].ours == claims["eq-4"].printed
    bare = 3 * si.k * (5 - 7) * 2e26 + 3 * si.k * 7 / 1e27 * (2e26) ** 2 / 2
    assert claims["eq-4-value"].printed == near(bare + shift)
    assert claims["eq-4-value"].ours == near(bare + shift)


def test_grey_pairing_saves_its_entropy_and_pays_the_condensate(claims):
    claim = claims["fig-3-grey"]
    normal = float("7.142857142857143e26")
    paired = normal * (1 - math.log(1.5) / 0.5)
    saved = si.k * 5 * math.log(5) * paired
    assert claim.printed == near(saved)
    assert claim.ours == near(saved)
    change = -saved + 3 * si.k * 7 / 1e27 * paired**2 / 2
    assert f"by only {round(change, -1):,.0f} J/m³" in claim.note


@pytest.mark.parametrize("slowness", [10.0])
def test_slow_pairing_gains_less_by_one_and_twice_the_slowness(claims, slowness):
    x = 1e-6
    solved = integrate.solve_ivp(
        lambda t, n: [
            -n[0] - x * -math.expm1(-t / slowness) * n[0] ** 2,
            -math.expm1(-t / slowness) * n[0] ** 2,
        ],
        (0.0, 60.0), [1.0, 0.0], method="DOP853", rtol=1e-12, atol=1e-16,
    )  # fmt: skip
    claim = claims["limit-ramp"]
    assert claim.ours == near(x * solved.y[1, -1])
    assert claim.printed / claim.ours == near(1 + 2 * slowness, rel=1e-5)
    assert f"is {1 + 2 * slowness:.2f} times" in claim.note
