"""The paper's equations, differentiated and integrated: what its claims are compared with.

The formulas are compared at one set of numbers, `point`, which we chose; no verdict depends on it.

Source: V. Kornich, arXiv:2605.15834 (2026), Eqs. (1)-(17).
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import (
    BOLTZMANN,
    ELECTRON_MASS,
    ELEMENTARY_CHARGE,
    FLUX_QUANTUM,
    HBAR,
    VACUUM_PERMEABILITY,
    VACUUM_PERMITTIVITY,
)
from entrap.model import bcs, coefficients, electrodynamics, entropy, higgs, kinetics, landau
from entrap.model.sample import Sample, Trapping
from entrap.solve.stored import stored
from entrap.studies.paper import printed
from entrap.studies.paper.emptying import NODES, WEIGHTS, emptying
from entrap.studies.paper.estimates import FILM

LIGHT_SPEED = 299_792_458.0  # [m/s] exact; only Gaussian units need it


def point() -> Sample:
    """The sample at which formulas are compared; a and n_c are the paper's, n/n_c is 5."""
    a, critical, n_c = 3 * BOLTZMANN, 7.0, 1e27
    beta = coefficients.saturation_beta(a, critical, n_c)
    return Sample(a, beta, critical, n_c, 4 * n_c, entropy.log_mixing_ratio(4.0), 1.6e-22)


def expansion(
    alpha: RealsLike, beta: RealsLike, amplitude: RealsLike
) -> tuple[Reals, Reals, Reals]:
    """Eq. (12) about the amplitude Δ0 [m^-3/2]: value, gradient and Hessian, by differentiation.

    They are in SI, by (δΔ, ∇δΔ, ħ∇φ - qA), and without the energy B²/2μ0 of the field.
    """
    alpha, beta = jnp.asarray(alpha, float), jnp.asarray(beta, float)

    def density(v: Reals) -> Reals:
        pairs = (amplitude + v[0]) ** 2  # in the gauge where Δ is real
        kinetic = (HBAR**2 * v[1] ** 2 + pairs * v[2] ** 2) / (2 * higgs.PAIR_MASS)
        return 2 * alpha * pairs + 2 * beta * pairs**2 + kinetic

    at = jnp.zeros(3)
    return density(at), jax.grad(density)(at), jax.hessian(density)(at)


# Without arguments all is constant: XLA evaluates it, which is faster than to compile it.
@stored(jax.jit)
def derivations() -> dict[str, RealsLike]:
    """What the equations give as printed, and what follows from their premises, by name, in SI.

    Names with "printed" or "eq_" are of equations as printed.
    """
    sample, temperature = point(), 5.0
    trapping = Trapping(1e3, 1.25e-24, "constant")  # γ n_n⁰/Γ = 0.5
    return (
        _mixing()
        | _functional(sample, temperature)
        | _modes(sample, temperature)
        | _fields(sample, temperature)
        | emptying(trapping, 6e26, 4e26, 0.7e-3)
    )


def _mixing() -> dict[str, RealsLike]:
    numbers = jnp.array([1e22, 1.9e23])  # conduction, valence: n/n_c = 20; volumes in cells
    before, growth = numbers[:, None], (numbers.sum() - numbers)[:, None]
    heat = (growth / (before + growth * NODES[None])) @ WEIGHTS  # ∫ dV/V, isothermal
    return {
        "entropy_volumes": entropy.mixing_entropy_of_volumes(numbers, numbers),
        "entropy_heat": BOLTZMANN * (numbers * heat).sum(),
        "entropy_numbers": entropy.mixing_entropy(numbers),
        "entropy_most": entropy.mixing_entropy(jnp.ones(2) / 2) / BOLTZMANN,
        "entropy_five": entropy.mixing_entropy(jnp.ones(5) / 5) / BOLTZMANN,
        "entropy_20": entropy.mixing_entropy(numbers / numbers.sum()) / BOLTZMANN,
    }


def _functional(sample: Sample, temperature: RealsLike) -> dict[str, RealsLike]:
    a, beta = sample.landau_a, sample.landau_beta
    critical = jnp.asarray(sample.critical_temperature, float)
    n_c, n_v, log = sample.conduction_density, sample.valence_density, sample.log_mixing_ratio
    energy = BOLTZMANN * temperature
    n, n_s = n_c + n_v, jnp.asarray(0.2 * n_c)
    alpha = landau.first_coefficient(sample, temperature)
    trapped = landau.effective_coefficient(sample, temperature)

    def eq_4(x: Reals) -> Reals:
        n_n = n_c - x
        mixing = energy * (n_n * jnp.log(n_c / n) + n_v * jnp.log(n_v / n))
        return eq_5(x) + mixing

    def eq_5(x: Reals) -> Reals:
        slope = (a - BOLTZMANN * jnp.log(n / n_c)) * temperature - a * critical
        return x * slope + beta / 2 * x**2

    @jax.vmap
    def free_energy(x: Reals, left: Reals) -> Reals:
        return landau.free_energy(sample, temperature, x, left * (n_c - x))

    @jax.vmap
    def parabola(left: Reals) -> tuple[Reals, Reals]:
        slope = jax.grad(lambda x: landau.free_energy(sample, temperature, x, left * (n_c - x)))
        return slope(0.0 * n_c), jax.grad(slope)(0.0 * n_c)

    # All normal electrons are left (the green line of Fig. 3), or none (the red line).
    slopes, curvatures = parabola(jnp.array([1.0, 0.0]))
    bare, best = -slopes / curvatures
    normal = n_c - bare
    paired = kinetics.paired_electron_gain(Trapping(1.0, 0.5 / normal, "constant"), normal)
    at = jnp.stack([n_s, bare, bare + paired, 0.0 * n_s, n_s, bare, bare + paired])
    green, green_min, green_grey, green_0, red, red_bare, red_grey = free_energy(
        at, jnp.array([1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0])
    )
    mixed = green - energy * n_v * jnp.log(n / n_v)
    pairs, wrong_pairs = n_s / 2, printed.order_parameter(alpha, beta) ** 2
    released = landau.release_temperature(sample, bare)
    slope = jax.grad(lambda t: landau.effective_coefficient(sample, t))(temperature)
    return {
        "eq_3": 2 * alpha * pairs
        + 2 * beta * pairs**2
        - temperature * entropy.mixing_entropy(jnp.stack([n_c, n_v])),
        "functional": mixed,
        "entropy_shift": mixed - (alpha * n_s + beta / 2 * n_s**2),
        "eq_4": eq_4(n_s),
        "eq_4_slope": jax.grad(eq_4)(n_s),
        "bare_slope": alpha + beta * n_s,
        "eq_5": eq_5(n_s),
        "trapped_functional": red,
        "alpha_tilde": slopes[1],
        "bare_at_shifted": a * (temperature / landau.enhancement(sample) - critical),
        "alpha_ratio": trapped / alpha,
        "n_s_printed": printed.superfluid_density(trapped, beta),
        "n_s": best,
        "amplitude_minimum": jnp.sqrt(best / 2),
        "amplitude_printed": jnp.sqrt(wrong_pairs),
        "amplitude": jnp.sqrt(bare / 2),
        "condensed_share": jnp.abs(
            (2 * alpha * wrong_pairs + 2 * beta * wrong_pairs**2) / (green_min - green_0)
        ),
        "field_energy_share": (green_0 - green_min) / (a * (critical - temperature) * bare),
        "n_s_bare": bare,
        "n_c": n_c,
        "added": red_bare - green_min,
        "added_printed": landau.trap_energy_cost(sample, temperature, normal),
        "grey_printed": energy * log * paired,
        "grey": (red_bare - green_min) - (red_grey - green_grey),
        "grey_change": red_grey - red_bare,
        "released": released,
        "released_root": temperature + (alpha - trapped) / slope,
    } | _compared(sample, 0.6 * temperature)


def _compared(sample: Sample, start: RealsLike) -> dict[str, RealsLike]:
    """-4α̃ where n_s is released, and -4α without the trap there, over -4α at the start."""
    first = landau.first_coefficient(sample, start)
    release = landau.release_temperature(sample, landau.superfluid_density(sample, start, 1.0))
    bare = jnp.minimum(landau.first_coefficient(sample, release), 0.0)  # normal above T_c
    return {
        "higgs_start": start,
        "higgs_release": release,
        "higgs_blue": landau.effective_coefficient(sample, release) / first,
        "higgs_bare": bare / first,
    }


def _modes(sample: Sample, temperature: RealsLike) -> dict[str, RealsLike]:
    beta = sample.landau_beta
    alpha = landau.first_coefficient(sample, temperature)
    trapped = landau.effective_coefficient(sample, temperature)
    # About the minimum of F̃, and about the n_s that is held while the trap empties the sample.
    amplitudes = jnp.sqrt(-jnp.stack([trapped, alpha]) / (2 * beta))
    value, slope, curvature = jax.vmap(lambda x: expansion(trapped, beta, x))(amplitudes)

    def eq_13(v: Reals) -> Reals:
        return printed.fluctuation_energy(trapped, beta, amplitudes[1], v[0], v[1], v[2])

    at = jnp.zeros(3)
    second = jax.hessian(eq_13)(at) / 2
    return {
        "eq_13_constant": eq_13(at),
        "constant": value[1],
        "eq_13_linear": jax.grad(eq_13)(at)[0],
        "linear": slope[1, 0],
        "eq_13_quadratic": second[0, 0],
        "quadratic": curvature[1, 0, 0] / 2,
        "eq_13_gradient": second[1, 1],
        "gradient": curvature[1, 1, 1] / 2,
        "eq_13_phase": second[2, 2],
        "phase": curvature[1, 2, 2] / 2,
        "below_13": amplitudes[0],
        "eq_14": higgs.higgs_coefficient(trapped),
        "higgs": curvature[0, 0, 0] / 2,
        "higgs_scaling": jnp.sqrt(trapped / alpha),
        # e² n d²/2ε0 for each electron that leaves, n - n_s⁰ = 4Δ0 δΔ
        "held_charge": 4 * (amplitudes[1] * ELEMENTARY_CHARGE * FILM) ** 2 / VACUUM_PERMITTIVITY,
        "field": jnp.sqrt(-2 * VACUUM_PERMEABILITY * value[0]),
    }


def _fields(sample: Sample, temperature: RealsLike) -> dict[str, RealsLike]:
    beta, critical = sample.landau_beta, sample.critical_temperature
    trapped = landau.effective_coefficient(sample, temperature)
    n_s = landau.superfluid_density(sample, temperature)
    depth = electrodynamics.penetration_depth(n_s)
    length = electrodynamics.coherence_length(sample, n_s)
    field = electrodynamics.critical_field(sample, n_s)
    kappa = electrodynamics.kappa(sample)
    # Gaussian: cm, g, erg, statC, Oe.
    charge = 2 * ELEMENTARY_CHARGE * LIGHT_SPEED * 10
    london = higgs.PAIR_MASS * 1e3 * (LIGHT_SPEED * 100) ** 2 / (2 * jnp.pi * charge**2)
    alpha_erg, beta_erg = trapped * 1e7, beta * 1e13
    zero = HBAR / jnp.sqrt(8 * ELECTRON_MASS * sample.landau_a * critical)  # ξ_GL(0)
    zero = zero / bcs.LANDAU_LENGTH_RATIO
    warm = (critical + landau.effective_critical_temperature(sample)) / 2

    def response(field: Callable[[Sample, RealsLike], Reals]) -> Reals:  # d ln B/d ln|α̃|
        return jax.grad(lambda u: jnp.log(field(sample, jnp.exp(u) / beta)))(jnp.log(-trapped))

    warm_length = electrodynamics.coherence_length(sample, landau.superfluid_density(sample, warm))
    return {
        "eq_15": jnp.sqrt(london / (n_s * 1e-6)) * 1e-2,
        "eq_15_alpha": jnp.sqrt(london * beta_erg / jnp.abs(alpha_erg)) * 1e-2,
        "depth": depth,
        "eq_16_gaussian": printed.critical_field_gaussian(alpha_erg, beta_erg) * 1e-4,
        "field_of_lengths": FLUX_QUANTUM / (2 * jnp.sqrt(2.0) * jnp.pi * depth * length),
        "eq_17": field / jnp.sqrt(2.0) * jnp.log(kappa) / kappa,
        "field_response": response(electrodynamics.critical_field),
        "vortex_response": response(electrodynamics.lower_critical_field),
        "vortex_share": jnp.log(kappa) / (jnp.sqrt(2.0) * kappa),
        "vortex_field": FLUX_QUANTUM * jnp.log(kappa) / (4 * jnp.pi * depth**2),
        "eq_17_length": printed.coherence_length(zero, temperature, critical),
        "length": length,
        "eq_17_kappa": printed.kappa(depth, zero, temperature, critical),
        "kappa": kappa,
        "eq_17_length_squared": zero**2 / (1 - warm / critical),
        "length_squared": warm_length**2,
        "warm": warm,
    }
