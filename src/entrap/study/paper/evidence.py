"""The numbers behind the claims: from the model, by differentiation, by quadrature.

What the paper gives is typed here once, with its place in the text. Where it gives no numbers its
formulas are compared at a point of ours, `point`; no verdict depends on the choice.

Source: V. Kornich, arXiv:2605.15834 (2026).
"""

import jax
import jax.numpy as jnp
import numpy as np
from scipy.constants import speed_of_light
from scipy.optimize import brentq

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import (
    BCS_GAP_RATIO,
    BOLTZMANN,
    ELECTRON_MASS,
    ELEMENTARY_CHARGE,
    FLUX_QUANTUM,
    HBAR,
    VACUUM_PERMEABILITY,
    ZETA_3,
)
from entrap.model import bcs, coefficients, electrodynamics, entropy, higgs, kinetics, landau
from entrap.model.sample import Sample, Trapping
from entrap.study.paper import printed

Numbers = dict[str, Reals]

CRITICAL_FIELD = 0.1  # [T] "Let's take μ0 H_c = 0.1 T", above Eq. (6)
BELOW_CRITICAL = 0.1  # [K] "T_c - T = 0.1 K", below Eq. (6)
DENSITY, THIN_DENSITY = 1e27, 1e23  # [1/m^3] n_s, below Eq. (6)
SLOPE = 3.0  # [k_B] "a ~ 3 k_B", below Eq. (6)
RATIO = 20.0  # "n/n_c ~ 20", below Eq. (6)
FERMI_VELOCITY = 1e6  # [m/s] "The ratio between n_c and n_v"
GAP = 1e-3 * ELEMENTARY_CHARGE  # [J] "|Δ| = 1 meV", likewise
LATTICE = 1e-10  # [m] "of the order of Å", likewise
TRAP_TIME = 1e-3  # [s] "1/Γ ... ~ 10⁻³ s", above Eq. (7)
KELVIN = 1.0  # [K] ours, for scale
FILM = 1e-7  # [m] ours, a usual film

_nodes, _weights = np.polynomial.legendre.leggauss(64)
_nodes, _weights = (_nodes + 1) / 2, _weights / 2  # on 0..1


def point() -> Sample:
    """Where formulas are compared: the paper's a and n_c, n/n_c = 5, T_c near that of its gap."""
    a, critical = SLOPE * BOLTZMANN, 7.0
    beta = coefficients.saturation_beta(a, critical, DENSITY)
    ratio = entropy.log_mixing_ratio(4.0)
    return Sample(a, beta, critical, DENSITY, 4 * DENSITY, ratio, GAP)


def evidence() -> dict[str, float]:
    """Every number that a claim quotes or compares, by name, in SI."""
    found = _compute(point(), 5.0, Trapping(1 / TRAP_TIME, 1.25e-24, "constant"))
    threshold = brentq(lambda x: x / (1 - x) + np.log1p(-x) - x, 0.1, 0.9, xtol=1e-15)
    return {name: float(value) for name, value in found.items()} | {"threshold": float(threshold)}


def expansion(alpha: RealsLike, beta: RealsLike, amplitude: RealsLike) -> tuple[Reals, Reals, Reals]:
    """Eq. (12) about Δ0: value, gradient and Hessian in (δΔ, ∇δΔ, ħ∇φ - qA), by differentiation.

    Args:
        alpha: First coefficient α̃ [J].
        beta: Second coefficient [J m^3].
        amplitude: Δ0 [m^-3/2].

    Returns:
        Value [J/m^3], gradient (3,), Hessian (3, 3); SI, without B²/2μ0.
    """

    def density(v: Reals) -> Reals:
        def order_parameter(x: Reals) -> tuple[Reals, Reals]:
            size = amplitude + v[0] + v[1] * x
            return size * jnp.cos(v[2] * x / HBAR), size * jnp.sin(v[2] * x / HBAR)

        (real, imaginary), slope = jax.jvp(order_parameter, (jnp.zeros(()),), (jnp.ones(()),))
        pairs = real**2 + imaginary**2
        kinetic = HBAR**2 * (slope[0] ** 2 + slope[1] ** 2) / (2 * higgs.PAIR_MASS)
        return 2 * alpha * pairs + 2 * beta * pairs**2 + kinetic

    at = jnp.zeros(3)
    return density(at), jax.grad(density)(at), jax.hessian(density)(at)


@jax.jit
def _compute(sample: Sample, temperature: RealsLike, trapping: Trapping) -> Numbers:
    return (
        _mixing()
        | _functional(sample, temperature)
        | _modes_and_fields(sample, temperature)
        | _estimates()
        | _trap()
        | _kinetics(trapping, 6e26, 4e26, 0.7e-3)
    )


def _mixing() -> Numbers:
    numbers = jnp.array([1e22, 1.9e23])  # conduction, valence: n/n_c = 20; volumes in cells
    before, growth = numbers[:, None], (numbers.sum() - numbers)[:, None]
    heat = (growth / (before + growth * _nodes[None])) @ _weights  # ∫ dV/V, isothermal
    return {
        "entropy_volumes": entropy.mixing_entropy_of_volumes(numbers, numbers),
        "entropy_heat": BOLTZMANN * (numbers * heat).sum(),
        "entropy_numbers": entropy.mixing_entropy(numbers),
        "entropy_most": entropy.mixing_entropy(jnp.ones(2) / 2) / BOLTZMANN,
        "entropy_five": entropy.mixing_entropy(jnp.ones(5) / 5) / BOLTZMANN,
        "entropy_20": entropy.mixing_entropy(numbers / numbers.sum()) / BOLTZMANN,
    }


def _functional(sample: Sample, temperature: RealsLike) -> Numbers:
    a, beta, critical = sample.landau_a, sample.landau_beta, sample.critical_temperature
    n_c, n_v, log = sample.conduction_density, sample.valence_density, sample.log_mixing_ratio
    energy = BOLTZMANN * temperature
    n, n_s = n_c + n_v, 0.2 * n_c
    alpha = landau.first_coefficient(sample, temperature)
    trapped = landau.effective_coefficient(sample, temperature)

    def eq_4(x: Reals) -> Reals:
        n_n = n_c - x
        mixing = energy * (n_n * jnp.log(n_c / n) + n_v * jnp.log(n_v / n))
        return eq_5(x) + mixing

    def eq_5(x: Reals) -> Reals:
        slope = (a - BOLTZMANN * jnp.log(n / n_c)) * temperature - a * critical
        return x * slope + beta / 2 * x**2

    def green(x: RealsLike) -> Reals:
        return landau.free_energy(sample, temperature, x, n_c - x)

    def red(x: RealsLike) -> Reals:
        return landau.free_energy(sample, temperature, x, 0.0)

    def minimum(f: object) -> Reals:  # one Newton step: exact for a parabola
        slope = jax.grad(f)  # type: ignore[arg-type]
        return n_c - slope(n_c) / jax.grad(slope)(n_c)

    bare, best = minimum(green), minimum(red)
    pairs, wrong_pairs = n_s / 2, printed.order_parameter(alpha, beta) ** 2
    normal = n_c - bare
    paired = kinetics.pair_gain(Trapping(1.0, 0.5 / normal, "constant"), normal)
    released = landau.release_temperature(sample, bare)
    slope = jax.grad(lambda t: landau.effective_coefficient(sample, t))(temperature)
    return {
        "eq_3": 2 * alpha * pairs
        + 2 * beta * pairs**2
        - temperature * entropy.mixing_entropy(jnp.stack([n_c, n_v])),
        "functional": green(n_s) - energy * n_v * jnp.log(n / n_v),
        "eq_4_slope": jax.grad(eq_4)(n_s),
        "bare_slope": alpha + beta * n_s,
        "eq_5": eq_5(n_s),
        "trapped_functional": red(n_s),
        "alpha_tilde": jax.grad(red)(0.0 * n_c),
        "bare_at_shifted": a * (temperature / landau.enhancement(sample) - critical),
        "alpha_ratio": trapped / alpha,
        "n_s_printed": printed.superfluid_density(trapped, beta),
        "n_s": best,
        "amplitude_printed": jnp.sqrt(wrong_pairs),
        "amplitude": jnp.sqrt(bare / 2),
        "condensation_printed": 2 * alpha * wrong_pairs + 2 * beta * wrong_pairs**2,
        "condensation": green(bare) - green(0.0),
        "field_energy_share": (green(0.0) - green(bare)) / (a * (critical - temperature) * bare),
        "n_s_bare": bare,
        "n_c": jnp.asarray(n_c),
        "added": red(bare) - green(bare),
        "added_printed": landau.trap_energy_cost(sample, temperature, normal),
        "grey_printed": -energy * log * paired,
        "grey": red(bare + paired) - red(bare),
        "released": released,
        "released_root": temperature + (alpha - trapped) / slope,
        "higgs_blue": higgs.higgs_coefficient(landau.effective_coefficient(sample, released))
        / higgs.higgs_coefficient(alpha),
    }


def _modes_and_fields(sample: Sample, temperature: RealsLike) -> Numbers:
    a, beta, critical = sample.landau_a, sample.landau_beta, sample.critical_temperature
    alpha = landau.first_coefficient(sample, temperature)
    trapped = landau.effective_coefficient(sample, temperature)
    n_s = landau.superfluid_density(sample, temperature)
    amplitude = jnp.sqrt(-trapped / (2 * beta))
    value, _, curvature = expansion(trapped, beta, amplitude)
    held = jnp.sqrt(-alpha / (2 * beta))
    _, slope, held_curvature = expansion(trapped, beta, held)

    def eq_13(v: Reals) -> Reals:
        return printed.fluctuation_energy(trapped, beta, held, v[0], v[1], v[2])

    printed_curvature = jax.hessian(eq_13)(jnp.zeros(3))
    mass, charge = higgs.PAIR_MASS * 1e3, 2 * ELEMENTARY_CHARGE * speed_of_light * 10  # g, statC
    light, erg = speed_of_light * 100, 1e7
    depth = electrodynamics.penetration_depth(n_s)
    length = electrodynamics.coherence_length(sample, n_s)
    gaussian = mass * light**2 / (2 * jnp.pi * charge**2)
    field = electrodynamics.critical_field(sample, n_s)
    ratio = electrodynamics.kappa(sample)
    # The ξ0 for which the printed ξ is right at T_c without a trap, up to 0.74.
    zero = HBAR / jnp.sqrt(8 * ELECTRON_MASS * a * critical) / bcs.LANDAU_LENGTH_RATIO
    warm = 10.0
    warm_length = electrodynamics.coherence_length(sample, landau.superfluid_density(sample, warm))
    return {
        "eq_13_constant": eq_13(jnp.zeros(3)),
        "constant": expansion(trapped, beta, held)[0],
        "eq_13_linear": jax.grad(eq_13)(jnp.zeros(3))[0],
        "linear": slope[0],
        "eq_13_quadratic": printed_curvature[0, 0] / 2,
        "quadratic": held_curvature[0, 0] / 2,
        "eq_13_gradient": printed_curvature[1, 1] / 2,
        "gradient": held_curvature[1, 1] / 2,
        "eq_13_phase": printed_curvature[2, 2] / 2,
        "phase": held_curvature[2, 2] / 2,
        "least": value,
        "higgs": curvature[0, 0] / 2,
        "higgs_printed": higgs.higgs_coefficient(trapped),
        "higgs_scaling": jnp.sqrt(trapped / alpha),
        "paper_gap": printed.higgs_gap(-SLOPE * BOLTZMANN * BELOW_CRITICAL),
        "paper_mode": higgs.higgs_mode(GAP),
        "after_13": amplitude,
        "depth_gaussian": jnp.sqrt(gaussian / (n_s * 1e-6)) * 1e-2,
        "depth_of_alpha": jnp.sqrt(gaussian * beta / jnp.abs(trapped) * 1e6) * 1e-2,
        "depth": depth,
        "field_printed": printed.critical_field(trapped, beta),
        "field_gaussian": printed.critical_field_gaussian(trapped * erg, beta * erg * 1e6) * 1e-4,
        "field": jnp.sqrt(-2 * VACUUM_PERMEABILITY * value),
        "field_model": field,
        "field_of_lengths": FLUX_QUANTUM / (2 * jnp.sqrt(2.0) * jnp.pi * depth * length),
        "lower_field": field / jnp.sqrt(2.0) * jnp.log(ratio) / ratio,
        "vortex_field": FLUX_QUANTUM * jnp.log(ratio) / (4 * jnp.pi * depth**2),
        "length_printed": printed.coherence_length(zero, temperature, critical),
        "length": length,
        "kappa_printed": printed.kappa(depth, zero, temperature, critical),
        "kappa": ratio,
        "length_squared_printed": zero**2 / (1 - warm / critical),
        "length_squared": warm_length**2,
        "critical_bare": jnp.asarray(critical),
        "warm": jnp.asarray(warm),
    }


def _estimates() -> Numbers:
    critical = GAP / (BCS_GAP_RATIO * BOLTZMANN)
    t = 1 - BELOW_CRITICAL / critical
    slope = printed.field_slope(CRITICAL_FIELD, BELOW_CRITICAL, DENSITY)
    true_slope = coefficients.field_slope(CRITICAL_FIELD, BELOW_CRITICAL, DENSITY)
    fermi_energy = HBAR**2 * (3 * jnp.pi**2 * DENSITY) ** (2 / 3) / (2 * ELECTRON_MASS)
    fast = ELECTRON_MASS * FERMI_VELOCITY**2 / 2
    fast_density = (ELECTRON_MASS * FERMI_VELOCITY / HBAR) ** 3 / (3 * jnp.pi**2)
    bcs_a, bcs_beta = coefficients.bcs_coefficients(critical, fast / BOLTZMANN, fast_density)
    length = bcs.coherence_length(FERMI_VELOCITY, GAP)
    round_alpha = slope * BELOW_CRITICAL
    return {
        "field_energy": coefficients.field_energy(CRITICAL_FIELD),
        "slope_printed": slope / BOLTZMANN,
        "slope": true_slope / BOLTZMANN,
        "ratio_printed": jnp.exp(slope / BOLTZMANN),
        "ratio": jnp.exp(true_slope / BOLTZMANN),
        "thin_slope": coefficients.field_slope(CRITICAL_FIELD, BELOW_CRITICAL, THIN_DENSITY)
        / BOLTZMANN,
        "thin_slope_printed": printed.field_slope(CRITICAL_FIELD, BELOW_CRITICAL, THIN_DENSITY)
        / BOLTZMANN,
        "round_field": printed.critical_field(round_alpha, round_alpha / DENSITY),
        "critical": jnp.asarray(critical),
        "t": jnp.asarray(t),
        "bcs_slope": bcs_a / BOLTZMANN,
        "bcs_field": bcs_a * BELOW_CRITICAL * jnp.sqrt(VACUUM_PERMEABILITY / bcs_beta),
        "bcs_slope_at_density": coefficients.bcs_coefficients(
            critical, fermi_energy / BOLTZMANN, DENSITY
        )[0]
        / BOLTZMANN,
        "coherence_length": length,
        "length_of_slope": HBAR / jnp.sqrt(8 * ELECTRON_MASS * slope * BELOW_CRITICAL),
        "length_of_gap": bcs.LANDAU_LENGTH_RATIO * length / jnp.sqrt(1 - t),
        "pairs": DENSITY / 2 * length**3,
        "thin_pairs": THIN_DENSITY / 2 * length**3,
        "least_density": length**-3,
        "sommerfeld": entropy.sommerfeld_entropy(KELVIN, fermi_energy / BOLTZMANN) / BOLTZMANN,
        "fermi_temperature": fermi_energy / BOLTZMANN,
        "landau_time": jnp.pi * HBAR / (8 * BOLTZMANN * BELOW_CRITICAL),
    }


def _trap() -> Numbers:
    relaxation, trapping, escape = 2e4, 3e3, 5e3  # [1/s] ours; the paper prints none
    edge = 1.05
    critical = GAP / (BCS_GAP_RATIO * BOLTZMANN)
    t = 1 - BELOW_CRITICAL / critical
    share = bcs.yosida(GAP * bcs.reduced_gap(t), t * critical)
    strict = 3.0  # "T << |Δ|": by at least that
    permittivity = 1 / (VACUUM_PERMEABILITY * speed_of_light**2)
    return {
        "rate_printed": jnp.asarray(relaxation * trapping / (escape + relaxation)),
        "rate": jnp.asarray(trapping - escape * (trapping / (escape + relaxation))),
        "metal_states": jnp.asarray(1 / jnp.pi),
        "metal_states_counted": jax.grad(lambda e: 2 * e / (2 * jnp.pi))(1.0),
        "states_printed": edge / jnp.sqrt(edge**2 - 1),
        "states": jax.grad(lambda e: jnp.sqrt(e**2 - 1))(edge),
        "escape_at_edge": jax.grad(lambda e: jnp.sqrt(e**2 - 1))(1.0001),
        "repaid_below": bcs.temperature_of_gap_ratio(jnp.log(RATIO)),
        "normal_share": share,
        "strict_t": bcs.temperature_of_gap_ratio(strict),
        "landau_parameter": jnp.asarray(7 * ZETA_3 * strict**2 / (8 * jnp.pi**2)),
        "highest_t": jnp.asarray(BCS_GAP_RATIO / strict),
        "cost": jnp.asarray(BOLTZMANN * KELVIN * DENSITY * np.log(RATIO)),
        "charging": jnp.asarray(ELEMENTARY_CHARGE * DENSITY * FILM**2 / (2 * permittivity)),
        "gain_voltage": jnp.asarray(BOLTZMANN * KELVIN * np.log(RATIO) / ELEMENTARY_CHARGE),
    }


def _kinetics(trapping: Trapping, n_s0: RealsLike, n_n0: RealsLike, time: RealsLike) -> Numbers:
    exact, rates = jax.jvp(
        lambda t: kinetics.densities(trapping, n_s0, n_n0, t), (time,), (jnp.ones_like(time),)
    )
    n_n, gamma = exact.normal_density, trapping.pairing_rate
    n_9 = printed.normal_density(trapping, n_n0, time)
    n_10 = printed.paired_superfluid_density(trapping, n_s0, n_n0, time)
    gone = (trapping.trap_rate * printed.normal_density(trapping, n_n0, _nodes * time)) @ _weights
    delay = 10 / trapping.trap_rate
    # With u = e^(-t/τ), n_n ∝ u^10 and dt = τ du/u: a smooth integrand.
    slow = kinetics.delayed_normal_density(trapping, delay, n_n0, -delay * jnp.log(_nodes))
    slow_gain = (gamma * (1 - _nodes) * slow**2 * delay / _nodes) @ _weights
    two = 2 / trapping.trap_rate
    few = Trapping(trapping.trap_rate, 2e-6 * gamma, "constant")
    many = Trapping(trapping.trap_rate, 1.8 * gamma, "constant")
    ramp = Trapping(trapping.trap_rate, 2e-6 * gamma, "ramp")
    return {
        "crowding": kinetics.crowding(trapping, n_n0),
        "eq_7": -trapping.trap_rate * n_n - gamma * n_n**2,
        "normal_rate": rates.normal_density,
        "eq_8": gamma * n_n**2,
        "paired_rate": rates.superfluid_density,
        "eq_9": n_9,
        "normal": n_n,
        "eq_9_start": printed.normal_density(trapping, n_n0, 0.0),
        "start": jnp.asarray(n_n0),
        "eq_9_slow": printed.delayed_normal_density(trapping, delay, n_n0, two)
        / (n_n0 * jnp.exp(-2.0)),
        "slow": kinetics.delayed_normal_density(trapping, delay, n_n0, two)
        / (n_n0 * jnp.exp(-2.0)),
        "eq_10": n_10,
        "paired": exact.superfluid_density,
        "eq_total": n_9 + n_10 + gone * time,
        "total": n_s0 + jnp.asarray(n_n0),
        "eq_11": printed.final_superfluid_density(trapping, n_s0, n_n0),
        "final": n_s0 + kinetics.pair_gain(trapping, n_n0),
        "eq_11_crowded": printed.final_superfluid_density(many, 0.0, n_n0) / n_n0,
        "crowded": kinetics.pair_gain(many, n_n0) / n_n0,
        "crowded_at": kinetics.crowding(many, n_n0),
        "limit": few.pairing_rate * n_n0**2 / (2 * trapping.trap_rate),
        "limit_exact": kinetics.pair_gain(few, n_n0),
        "limit_ramp": kinetics.pair_gain(ramp, n_n0),
        "limit_large": gamma * n_n0 / (2 * trapping.trap_rate),
        "limit_large_exact": kinetics.pair_gain(trapping, n_n0) / n_n0,
        "rate_constants": gamma / trapping.trap_rate,
        "slow_gain": slow_gain / n_n0,
        "eq_11_gain": printed.final_superfluid_density(trapping, 0.0, n_n0) / n_n0,
        "early": 1 - jnp.exp(-2.0),
    }
