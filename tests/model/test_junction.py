"""The junction's rates against their integrals in high precision, closed limits and eigenvalues."""

import math

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import erfcx, zeta
from tests.model.compiled import compiled

from entrap.core.constants import BOLTZMANN, ELEMENTARY_CHARGE
from entrap.model import junction as J
from entrap.model import junction_limits as limits
from entrap.model.density_of_states import density_of_states, dynes_density_of_states
from entrap.model.metal_relaxation import emission_within_gap

GAP = 180e-6 * ELEMENTARY_CHARGE
N_AL, N_CU = 1.0735e47, 7.79e46


def make(resistance=1e-10, extra=0.0, coupling=2e9, relaxation=None, **changes):
    """80 nm of Al under 100 nm of Cu."""
    values = {
        "interface_resistance": resistance, "film_thickness": 80e-9,
        "film_density_of_states": N_AL, "metal_thickness": 100e-9,
        "metal_density_of_states": N_CU, "electron_phonon_constant": coupling,
        "relaxation_rate": extra, "relaxation": relaxation,
    }  # fmt: skip
    return J.TunnelJunction(**(values | changes))


def constant(energy):
    return 8.2e6 + 0 * energy


def collisions(energy):
    return 3e6 * (energy / GAP) ** 2


def of_backflow(alpha, temperature, **changes):
    """A junction whose resistance makes α what is asked for."""
    one = float(backflow(make(**changes), GAP, temperature))
    return make(resistance=1e-10 * one / alpha, **changes)


effective = compiled(J.effective_rate)
relaxing = compiled(J.relaxation_rate)
tunnelling = compiled(J.tunnelling_rate)
escaping = compiled(J.bare_escape_rate)
backflow = compiled(J.backflow_parameter)
slowest = compiled(limits.slow_relaxation_rate)
emission = compiled(emission_within_gap)
factor = compiled(limits.near_gap_factor)
factor_slope = compiled(jax.grad(limits.near_gap_factor))
left = compiled(J.survival)
slow = compiled(limits.slow_survival)
slow_slope = compiled(jax.grad(limits.slow_survival))
states = compiled(density_of_states)
dynes = compiled(dynes_density_of_states)
slopes = compiled(
    lambda *at: (
        jax.grad(dynes_density_of_states, (0, 1, 2))(*at),
        jax.grad(density_of_states, (0, 1))(*at[:2]),
    )
)
inverse = compiled(J.mean_inverse_states)


def emitted(energy, gap, temperature):
    """∫ ω² [1 + n(ω)] [1 - f(ε - ω)] dω between ε - Δ and ε + Δ, by quadrature."""
    energy, gap, thermal = map(mp.mpf, (energy, gap, temperature))

    def spectrum(w):
        return w**2 / -mp.expm1(-w / thermal) / (mp.exp((w - energy) / thermal) + 1)

    return mp.quad(spectrum, mp.linspace(energy - gap, energy + gap, 9))


RAPIDITY = np.exp(np.linspace(-60, 3, 6301))
"""u of ε = Δ cosh u: in ln u everything is smooth, and falls fast to both ends."""


def thermal_mean(values, tau):
    """Mean over N(ε) f(ε), f Fermi's, of the values at all u, by the trapezoidal rule."""
    c, above = np.cosh(RAPIDITY), 2 * np.sinh(RAPIDITY / 2) ** 2
    shifted = np.exp(-above / tau)  # e^(-(ε - Δ)/k_B T)
    weight = c * shifted / (1 + shifted * np.exp(-1 / tau)) * RAPIDITY
    return float((weight * values).sum() / weight.sum())


def three_rates(junction, gap, emitted=None):
    """Tunnelling, escape of a gapless film and relaxation at all u, written out."""
    unit = 2 * ELEMENTARY_CHARGE**2 * junction.interface_resistance
    tunnel = 1 / (unit * junction.film_density_of_states * junction.film_thickness)
    escape = 1 / (unit * junction.metal_density_of_states * junction.metal_thickness)
    states = junction.metal_density_of_states
    kappa = junction.electron_phonon_constant / (48 * zeta(5) * states * BOLTZMANN**5)
    c = np.cosh(RAPIDITY)
    if junction.relaxation is not None:
        return tunnel, escape, junction.relaxation(c * gap)
    within = c * c - c + 1 / 3 if emitted is None else emitted  # [c³ - (c - 1)³]/3
    return tunnel, escape, kappa * gap**3 * within + junction.relaxation_rate


def exact_rate(junction, gap, temperature, emitted=None):
    """The mean of Γ_tr Γ_r/(Γ_r + Γ_esc), written out."""
    tunnel, escape, gone = three_rates(junction, gap, emitted)
    gone = gone * np.tanh(RAPIDITY)
    return tunnel * thermal_mean(gone / (gone + escape), BOLTZMANN * temperature / gap)


def test_trapezoidal_rule_is_quadrature_in_high_precision():
    junction, tau = make(1e-9), mp.mpf("0.05")
    tunnel, escape, gone = three_rates(junction, GAP)
    flat = mp.mpf(gone[0]) * 3  # at ε = Δ: κ Δ³/3

    def weight(u):
        return mp.cosh(u) / (mp.exp(mp.cosh(u) / tau) + 1)

    def caught(u):
        relaxed = flat * (mp.cosh(u) ** 2 - mp.cosh(u) + mp.mpf(1) / 3) * mp.tanh(u)
        return weight(u) * relaxed / (relaxed + escape)

    with mp.workdps(20):
        ends = [0, 0.01, 0.1, 0.5, 1, 2, 3]
        expected = float(tunnel * mp.quad(caught, ends) / mp.quad(weight, ends))
    found = exact_rate(junction, GAP, float(tau) * GAP / BOLTZMANN)
    assert found == pytest.approx(expected, rel=1e-13, abs=0)


@pytest.mark.parametrize(
    ("energy", "gap", "temperature", "accuracy"),
    [(1, 1, 0.05, 1e-14), (1.5, 1, 1, 1e-12), (3, 1, 2, 1e-12), (10, 1, 0.1, 1e-14),
     (0.2, 0.1, 3, 1e-12), (0.01, 0.01, 1, 1e-10)],
)  # fmt: skip
def test_emission_in_a_warm_metal_is_its_integral(energy, gap, temperature, accuracy):
    found = float(emission(energy * BOLTZMANN, gap * BOLTZMANN, temperature)) / BOLTZMANN**3
    with mp.workdps(25):
        wanted = float(emitted(energy, gap, temperature))
    assert found == pytest.approx(wanted, rel=accuracy, abs=0)


def test_emission_in_a_metal_that_cools_becomes_that_of_a_cold_one():
    warm = [float(emission(1.3 * GAP, GAP, t)) for t in (1e-3, 1e-8, 0.0)]
    cold = GAP**3 * (1.3**3 - 0.3**3) / 3
    assert warm[1:] == pytest.approx([cold, cold], rel=1e-12, abs=0)
    # The first term is that of the states around the Fermi energy, not of phonons.
    thermal = (BOLTZMANN * 1e-3) ** 2 * math.pi**2 / 3 * 1.3 * GAP
    assert warm[0] - cold == pytest.approx(thermal, rel=1e-5, abs=0)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("tau", "colder"),
    [
        (0.05, 0.1), (2.0, 1.0),
        *(
            pytest.param(*each, marks=pytest.mark.exhaustive)
            for each in ((0.5, 0.1), (2.0, 0.1), (0.05, 1.0), (0.5, 1.0))
        ),
    ],
)  # fmt: skip
def test_effective_rate_into_a_warm_metal_is_its_integral(tau, colder):
    temperature = tau * GAP / BOLTZMANN
    junction, metal = make(1e-10), colder * temperature
    x, weight = np.polynomial.legendre.leggauss(100)
    edges = np.linspace(-1, 1, 9)[:-1, None]  # of the energy left, over Δ
    after, weight = (edges + (x + 1) / 8).ravel(), np.tile(weight, 8) / 8
    w = (2 * np.sinh(RAPIDITY / 2) ** 2)[:, None] + 1 - after
    thermal = BOLTZMANN * metal / GAP
    spectrum = w**2 / -np.expm1(-w / thermal) / (np.exp(-after / thermal) + 1)
    emitted = spectrum @ weight
    expected = exact_rate(junction, GAP, temperature, emitted)
    found = float(effective(junction, GAP, temperature, metal))
    assert found == pytest.approx(expected, rel=1e-10 if tau <= 0.5 else 1e-6, abs=0)


def test_other_relaxation_goes_as_the_square_of_the_gap():
    junction = make(coupling=0.0, extra=1e7, relaxation_gap=GAP)
    found = [float(relaxing(junction, GAP, x * GAP)) for x in (1.0, 0.5, 0.0)]
    assert found == pytest.approx([1e7, 0.25e7, 0.0], rel=1e-14, abs=0)
    assert float(effective(junction, 1e-6 * GAP, 1.0)) < 1e-5 * float(effective(junction, GAP, 1.0))


@pytest.mark.parametrize("tau", [0.002, 0.05, 0.5])
@pytest.mark.parametrize("extra", [0.0, 3e7])
def test_effective_rate_is_its_integral_whatever_the_backflow(tau, extra):
    temperature = tau * GAP / BOLTZMANN
    for alpha in (1e-8, 1e-6, 1e-4, 0.01, 0.3, 1.0, 30.0, 1e4, 1e8):
        junction = of_backflow(alpha, temperature, extra=extra)
        expected = exact_rate(junction, GAP, temperature)
        found = float(effective(junction, GAP, temperature))
        assert found == pytest.approx(expected, rel=1e-10, abs=0), alpha


@pytest.mark.parametrize("tau", [0.002, 0.02, 0.2])
@pytest.mark.parametrize("resistance", [1e-13, 1e-10, 1e-6])
@pytest.mark.parametrize("relaxation", [constant, collisions])
def test_effective_rate_takes_any_relaxation(tau, resistance, relaxation):
    junction, temperature = make(resistance, relaxation=relaxation), tau * GAP / BOLTZMANN
    expected = exact_rate(junction, GAP, temperature)
    assert float(effective(junction, GAP, temperature)) == pytest.approx(expected, rel=1e-10, abs=0)


@pytest.mark.parametrize("tau", [3.0, 30.0, 1000.0])
def test_effective_rate_holds_near_the_critical_temperature(tau):
    for resistance in (1e-14, 1e-10, 1e-6):
        expected = exact_rate(make(resistance), GAP, tau * GAP / BOLTZMANN)
        found = float(effective(make(resistance), GAP, tau * GAP / BOLTZMANN))
        assert found == pytest.approx(expected, rel=1e-6, abs=0)


@compiled
def log_slopes(resistance, coupling, gap, temperature, extra):
    """d ln Γ/d ln of each but the last."""

    def log_rate(logs):
        resistance, coupling, gap, temperature = jnp.exp(logs)
        return jnp.log(J.effective_rate(make(resistance, extra, coupling), gap, temperature))

    return jax.grad(log_rate)(jnp.log(jnp.stack([resistance, coupling, gap, temperature])))


@pytest.mark.parametrize(
    ("resistance", "tau", "extra"), [(1e-10, 0.4, 1e7), (1e-13, 0.003, 0.0), (1e-2, 0.1, 0.0)]
)
def test_gradients_of_the_effective_rate_are_those_of_its_integral(resistance, tau, extra, slope):
    at = [resistance, 2e9, GAP, tau * GAP / BOLTZMANN]
    found = np.asarray(log_slopes(at[0], at[1], at[2], at[3], extra))
    for i in range(4):

        def rate_at(x, i=i):
            r, s, gap, temperature = [*at[:i], x, *at[i + 1 :]]
            return exact_rate(make(r, extra, s), gap, temperature)

        expected = slope(rate_at, at[i]) * at[i] / rate_at(at[i])
        assert found[i] == pytest.approx(expected, rel=0, abs=1e-9)


@compiled
def all_slopes(junction, gap, temperature):
    def rates(at):
        return jnp.stack([
            J.effective_rate(*at),
            limits.slow_relaxation_rate(*at),
            J.mean_inverse_states(*at[1:]),
        ])  # fmt: skip

    return rates((junction, gap, temperature)), jax.jacfwd(rates)((junction, gap, temperature))


@pytest.mark.parametrize("changes", [{}, {"coupling": 0.0}, {"resistance": 1e30, "extra": 1e9}])
def test_rates_and_gradients_are_finite_at_every_limit(changes):
    values = {"resistance": 1e-10, "coupling": 2e9, "extra": 0.0} | changes
    for gap in (0.0, 1e-60, 1e-30, GAP):
        for temperature in (0.0, 1e-9, 0.05, 20.0):
            for leaf in jax.tree.leaves(all_slopes(make(**values), gap, temperature)):
                assert np.isfinite(leaf).all(), (gap, temperature)


def test_nothing_is_trapped_without_a_gap_or_at_zero_temperature_or_without_relaxation():
    assert float(effective(make(), 0.0, 0.1)) == 0
    assert float(effective(make(extra=1e6), -GAP, 0.1)) == 0
    assert float(effective(make(), GAP, 0.0)) == 0
    assert float(effective(make(coupling=0.0), GAP, 0.1)) == 0


def test_trapping_goes_with_the_gap_as_it_closes():
    tiny = [float(effective(make(), x * GAP, 1.0)) / x for x in (1e-8, 1e-10, 1e-12)]
    assert tiny[1] == pytest.approx(tiny[2], rel=1e-6, abs=0)
    assert tiny[2] > 0


@given(st.floats(-16, -4), st.floats(-4, 1), st.floats(0, 12), st.floats(0.01, 2), st.floats(1, 2))
def test_trapping_is_slower_than_tunnelling_and_grows_with_relaxation(
    log_resistance, log_temperature, log_coupling, gap, more
):
    resistance, temperature, coupling = 10**log_resistance, 10**log_temperature, 10**log_coupling
    rate, quicker = (
        float(effective(make(resistance, coupling=c), gap * GAP, temperature))
        for c in (coupling, coupling * more)
    )
    assert 0 < rate <= quicker * (1 + 1e-14)
    assert quicker <= float(tunnelling(make(resistance))) * (1 + 1e-14)


@pytest.mark.parametrize(
    ("states", "coupling", "rate"),
    [(7.79e46, 2e9, 8.2e6), (5.02e46, 0.5e9, 3.2e6), (5.69e46, 2.4e9, 1.35e7)],
    ids=["Cu", "Ag", "Au"],
)
def test_relaxation_of_the_table(states, coupling, rate):
    junction = make(coupling=coupling, metal_density_of_states=states)
    found = float(relaxing(junction, GAP, GAP))
    assert found == pytest.approx(rate, rel=0, abs=0.05e6)


def test_tunnelling_and_escape_of_the_table():
    assert float(tunnelling(make())) == pytest.approx(2.27e7, abs=0.005e7)
    assert float(escaping(make())) == pytest.approx(2.50e7, abs=0.005e7)
    ratio = float(tunnelling(make(3e-9))) / float(escaping(make(3e-9)))
    assert ratio == pytest.approx(N_CU * 100 / (N_AL * 80), rel=1e-14, abs=0)


@pytest.mark.parametrize("c", [1.0, 1.3, 4.0, 50.0])
def test_relaxation_is_the_emission_that_ends_below_the_gap(c):
    kappa = 3 * float(relaxing(make(), GAP, GAP)) / GAP**3
    emitted, _ = quad(lambda w: kappa * GAP**3 * w**2, c - 1, c)
    found = float(relaxing(make(extra=1e5), c * GAP, GAP))
    assert found == pytest.approx(emitted + 1e5, rel=1e-13, abs=0)


def test_relaxation_radiates_the_power_that_defines_sigma():
    """Electrons at T emit ∫∫ Ω κ Ω² f(ε) [1 - f(ε-Ω)] in phonons, 2ν_N of them per energy."""
    temperature = 0.3
    kappa = 3 * float(relaxing(make(), GAP, GAP)) / GAP**3
    integral, _ = quad(lambda w: w**4 / math.expm1(w), 0, 80, epsabs=0, epsrel=1e-12)
    power = 2 * N_CU * kappa * (BOLTZMANN * temperature) ** 5 * integral
    assert power == pytest.approx(2e9 * temperature**5, rel=1e-12, abs=0)


@pytest.mark.parametrize(
    ("alpha", "expected"),
    [(0.001, 0.992529099951827), (0.01, 0.951098257623574), (0.1, 0.755700983607129),
     (0.5, 0.456369224172065), (1, 0.317179793206811), (2, 0.200349439465504),
     (5, 0.0964238943946127), (10, 0.0519178407530668), (20, 0.0270256411090948)],
)  # fmt: skip
def test_near_gap_factor_of_the_table(alpha, expected):
    assert float(factor(float(alpha))) == pytest.approx(expected, rel=0, abs=6e-16)


@pytest.mark.parametrize("alpha", [1e-12, 1e-4, 0.3, 1.0, 3.9999999, 4.0, 25.0])
def test_near_gap_factor_and_its_slope_are_those_of_the_closed_form(alpha):
    def closed(a):
        return 1 - a / mp.sqrt(mp.pi) * mp.exp(-a * a) * (mp.pi * mp.erfi(a) - mp.ei(a * a))

    with mp.workdps(40):
        value, slope = (
            float(closed(mp.mpf(alpha))),
            float(mp.diff(closed, mp.mpf(alpha), h=alpha * 1e-10)),
        )
    assert float(factor(alpha)) == pytest.approx(value, rel=1e-14, abs=0)
    assert float(factor_slope(alpha)) == pytest.approx(slope, rel=1e-10, abs=0)


def test_near_gap_factor_approaches_its_limits():
    for a in (1e-3, 1e-4):  # logarithmically, so that 1 - √π α is wrong
        log = 1 - a / math.sqrt(math.pi) * (2 * math.log(1 / a) - np.euler_gamma)
        assert float(factor(a)) == pytest.approx(log - 2 * a**2, rel=0, abs=20 * a**3)
    for a in (30.0, 300.0, 1e6):
        series = (1 - math.sqrt(math.pi) / (2 * a) + 1 / a**2) / (math.sqrt(math.pi) * a)
        assert float(factor(a)) == pytest.approx(series, rel=2 / a**3 + 1e-14, abs=0)
    values = [float(factor(a)) for a in (0.0, 1e-300, 1e200, math.inf)]
    assert values == [1.0, 1.0, pytest.approx(5.6418958e-201, rel=1e-6, abs=0), 0.0]
    for a in (0.0, 1e-300, 1e200, math.inf):
        assert math.isfinite(float(factor_slope(a)))


@pytest.mark.parametrize(("tau", "bound"), [(0.02, 0.009), (0.1, 0.036), (0.3, 0.10)])
def test_near_gap_factor_is_close_to_the_whole_integral(tau, bound):
    temperature = tau * GAP / BOLTZMANN
    errors = []
    for alpha in 10.0 ** np.arange(-4, 5):
        junction = of_backflow(alpha, temperature, relaxation=constant)
        whole = float(effective(junction, GAP, temperature)) / float(tunnelling(junction))
        errors.append(float(factor(alpha)) / whole - 1)
    assert bound / 2 < max(map(abs, errors)) < bound * 1.05


@pytest.mark.parametrize(
    ("tau", "high"), [(0.005, 0.0019), (0.02, 0.0075), (0.1, 0.036), (0.3, 0.10)]
)
def test_mean_inverse_states_and_what_the_cold_form_misses(tau, high):
    found = float(inverse(GAP, tau * GAP / BOLTZMANN))
    mean = thermal_mean(np.tanh(RAPIDITY), tau)
    assert found == pytest.approx(mean, rel=1e-10, abs=0)
    digit = 10 ** math.floor(math.log10(high) - 1)
    assert math.sqrt(2 * tau / math.pi) / found - 1 == pytest.approx(high, rel=0, abs=0.55 * digit)
    assert float(inverse(0.0, 1.0)) == pytest.approx(1, rel=1e-10, abs=0)


@pytest.mark.parametrize("tau", [0.003, 0.1])
def test_slow_relaxation_is_the_limit_of_much_backflow_and_knows_no_barrier(tau):
    temperature = tau * GAP / BOLTZMANN
    junction = of_backflow(1e7, temperature, relaxation=constant)
    slow = float(slowest(junction, GAP, temperature))
    assert float(effective(junction, GAP, temperature)) == pytest.approx(slow, rel=1e-6, abs=0)
    other = make(3.0, relaxation=constant)
    assert float(slowest(other, GAP, temperature)) == slow
    share = N_CU * 100 / (N_AL * 80) * 8.2e6 * math.sqrt(2 * tau / math.pi)
    assert slow == pytest.approx(share, rel=0.4 * tau, abs=0)


@pytest.mark.parametrize(
    ("resistance", "rates"),
    [(1e-10, [4.0e5, 5.6e5, 8.6e5, 1.19e6, 1.64e6]), (1e-9, [3.2e5, 4.2e5, 5.8e5, 7.3e5, 8.8e5])],
)
def test_copper_on_aluminium_of_the_table(resistance, rates):
    alphas = [float(backflow(make(resistance), GAP, t)) for t in (0.01, 0.02, 0.05, 0.1, 0.2)]
    found = [float(tunnelling(make(resistance))) * float(factor(alpha)) for alpha in alphas]
    assert np.all(np.abs(np.asarray(found) - rates) < 0.65e4)  # of the last digit, 1e4


def test_spectral_rate_is_made_of_its_three_rates():
    energy = GAP * np.cosh(RAPIDITY)
    tunnel, back, gone = three_rates(make(), GAP)
    gone = gone * np.tanh(RAPIDITY)
    rates = compiled(
        lambda junction, energy, gap, metal: (
            J.spectral_rate(junction, energy, gap, metal),
            J.relaxation_rate(junction, energy, gap, metal),
            J.escape_rate(junction, energy, gap),
        )
    )
    cold, warm = (map(np.asarray, rates(make(), energy, GAP, metal)) for metal in (0.0, 0.5))
    found, relaxed, escaped = cold
    apart = RAPIDITY > 0.01  # else ε - Δ is lost in ε
    assert np.allclose(found[apart], (tunnel * gone / (gone + back))[apart], rtol=1e-11, atol=0)
    assert found[0] == 0
    assert np.allclose(found, tunnel * relaxed / (relaxed + escaped), rtol=1e-12, atol=0)
    found, more, escaped = warm
    assert more[0] > 1.1 * relaxed[0]
    assert np.allclose(found, tunnel * more / (more + escaped), rtol=1e-12, atol=0)


@pytest.mark.parametrize("resistance", [1e-12, 1e-10, 1e-8])
@pytest.mark.parametrize(("decays", "tau"), [(0.0, 0.03), (1.0, 0.03), (10.0, 0.03), (1.0, 0.6)])
def test_survival_is_the_mean_over_the_spectrum(resistance, decays, tau):
    junction = make(resistance)
    temperature = tau * GAP / BOLTZMANN
    time = decays / float(effective(junction, GAP, temperature))
    tunnel, back, gone = three_rates(junction, GAP)
    rate = tunnel * gone * np.tanh(RAPIDITY) / (gone * np.tanh(RAPIDITY) + back)
    expected = thermal_mean(np.exp(-rate * time), tau)
    found = float(left(junction, GAP, temperature, time))
    assert found == pytest.approx(expected, rel=1e-9 if tau < 0.1 else 1e-8, abs=0)


def test_survival_starts_with_the_effective_rate_and_then_lags():
    at = make(), GAP, 0.05
    rate = float(effective(*at))
    assert -float(compiled(jax.grad(J.survival, 3))(*at, 0.0)) == pytest.approx(
        rate, rel=1e-12, abs=0
    )
    for decays in (0.1, 1.0, 10.0):
        assert float(left(*at, decays / rate)) > math.exp(-decays)


@pytest.mark.parametrize(("decays", "whole", "limit"), [(1, 0.459, 0.461), (10, 0.0623, 0.0633)])
def test_survival_of_slow_relaxation_is_not_exponential(decays, whole, limit):
    tau = 1e-3
    temperature = tau * GAP / BOLTZMANN
    junction = of_backflow(50, temperature, relaxation=constant)
    time = decays / float(effective(junction, GAP, temperature))
    digit = 0.5 * 10.0 ** -len(str(whole)[2:])
    assert float(left(junction, GAP, temperature, time)) == pytest.approx(whole, abs=digit)
    assert float(slow(float(decays))) == pytest.approx(limit, abs=digit)


@pytest.mark.parametrize("decays", [0.0, 1e-6, 0.5, 4.5, 4.6, 30.0, 1e5, 1e200])
def test_slow_survival_and_its_slope_keep_their_digits(decays):
    y = math.sqrt(math.pi) / 2 * decays
    assert float(slow(decays)) == pytest.approx(float(erfcx(y)), rel=1e-12, abs=0)
    with mp.workdps(40):
        z = mp.mpf(y)
        tail = mp.quad(
            lambda s: 4 * s * mp.exp(-s * s - 2 * z * s), [0, 1 / (z + 1), 8 / (z + 1), 12]
        )
        slope = -float(tail / 2)  # d erfcx/dz · √π/2 = -2 ∫ s exp(-s² - 2zs) ds
    assert float(slow_slope(decays)) == pytest.approx(slope, rel=1e-9, abs=1e-300)


def test_slow_survival_ends_as_two_over_pi_decays():
    assert float(slow(1e6)) == pytest.approx(2 / (math.pi * 1e6), rel=1e-11, abs=0)
    assert float(slow(math.inf)) == 0
    assert float(slow_slope(math.inf)) == 0


@pytest.mark.parametrize(("tunnel", "share"), [(1e5, 0.998), (1e6, 0.976), (1.8e7, 0.927)])
def test_slowest_decay_of_film_and_metal_is_the_effective_rate_where_the_film_thermalises(
    tunnel, share
):
    """n' = -Γ_tr n + ∫ Γ_esc p_N, p_N' = Γ_tr p_S - (Γ_esc + Γ_r) p_N: λ of exp(-λt)."""
    temperature, relax = 0.05, 8.2e6
    tau = BOLTZMANN * temperature / GAP
    resistance = 1e-10 * float(tunnelling(make())) / tunnel
    thickness = N_AL * 80e-9 / (1.4 * N_CU)
    junction = make(resistance, relaxation=constant, metal_thickness=thickness)
    back = float(escaping(junction))
    assert back == pytest.approx(1.4 * tunnel, rel=1e-12, abs=0)

    def decay(rate):
        gone = (relax - rate) * np.tanh(RAPIDITY)
        return thermal_mean(gone / (gone + back), tau)

    expected = float(effective(junction, GAP, temperature))
    found = brentq(lambda x: tunnel * decay(x) - x, 0.5 * expected, expected)
    assert found / expected == pytest.approx(share, abs=1e-3)


def test_densities_of_states():
    c = np.array([0.0, 0.5, 1.0000001, 1.5, 30.0, -1.5])
    expected = np.where(abs(c) > 1, abs(c) / np.sqrt(np.abs(c * c - 1)), 0.0)
    assert np.allclose([states(x * GAP, GAP) for x in c], expected, rtol=1e-8, atol=0)
    assert states(GAP, GAP) == math.inf
    assert states(0.0, 0.0) == 1
    assert states(GAP, 0.0) == 1
    z = c + 0.03j
    broad = np.abs((z / np.sqrt(z * z - 1)).real)
    assert np.allclose([dynes(x * GAP, GAP, 0.03 * GAP) for x in c], broad, rtol=1e-8)
    assert np.allclose([dynes(x * GAP, GAP, 0.0) for x in c], expected, rtol=1e-8)
    in_gap = float(dynes(0.0, GAP, 0.1 * GAP))
    assert in_gap == pytest.approx(0.1 / math.sqrt(1.01), rel=1e-12, abs=0)


@pytest.mark.parametrize("broadening", [0.0, 1e-12, 0.1])
def test_densities_of_states_have_finite_gradients(broadening):
    for gap in (0.0, 1.0):
        for energy in (0.0, 1.0, 2.0):
            of_dynes, of_bcs = slopes(energy * GAP, gap * GAP, broadening * GAP)
            assert np.isfinite(of_dynes).all(), (gap, energy)
            assert energy == gap or np.isfinite(of_bcs).all(), (gap, energy)
