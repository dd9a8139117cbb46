"""The numbers that the paper's text estimates, from its own inputs.

Source: V. Kornich, arXiv:2605.15834 (2026); each input stands here once, with its place in it.
"""

import math

import jax
import jax.numpy as jnp

from entrap.core.arrays import RealsLike
from entrap.core.constants import (
    BCS_GAP_RATIO,
    BOLTZMANN,
    ELECTRON_MASS,
    ELEMENTARY_CHARGE,
    HBAR,
    VACUUM_PERMEABILITY,
    VACUUM_PERMITTIVITY,
    ZETA_3,
)
from entrap.model import bcs, coefficients, entropy, higgs
from entrap.solve.stored import stored
from entrap.studies.paper import printed

CRITICAL_FIELD = 0.1  # [T] "Let's take μ0 H_c = 0.1 T", above Eq. (6)
BELOW_CRITICAL = 0.1  # [K] "T_c - T = 0.1 K", below Eq. (6)
DENSITY, THIN_DENSITY = 1e27, 1e23  # [1/m^3] n_s, below Eq. (6)
SLOPE = 3.0  # [k_B] a, below Eq. (6)
RATIO = 20.0  # n/n_c, below Eq. (6)
FERMI_VELOCITY = 1e6  # [m/s] "The ratio between n_c and n_v"
GAP = 1e-3 * ELEMENTARY_CHARGE  # [J] "|Δ| = 1 meV", likewise
LATTICE = 1e-10  # [m] "of the order of Å", likewise
KELVIN = 1.0  # [K] our choice, for scale
FILM = 1e-7  # [m] our choice, a usual thickness
STRICT = 3.0  # our choice: the least |Δ|/k_B T that is "T << |Δ|"


@stored(jax.jit)
def estimates() -> dict[str, RealsLike]:
    """The numbers of the text, as printed and from right premises, in SI; a is in k_B."""
    critical = GAP / (BCS_GAP_RATIO * BOLTZMANN)
    length = bcs.coherence_length(FERMI_VELOCITY, GAP)
    lengths = {
        "coherence_length": length,
        "length_of_gap": bcs.LANDAU_LENGTH_RATIO * length * math.sqrt(critical / BELOW_CRITICAL),
        "lattices": length / LATTICE,
        "atoms": (length / LATTICE) ** 3,
        "pairs": DENSITY / 2 * length**3,
        "thin_pairs": THIN_DENSITY / 2 * length**3,
        "least_density": length**-3,
        "density_of_one_pair": 2 * length**-3,
    }
    return _landau(critical) | lengths | _trap(critical)


def _landau(critical: float) -> dict[str, RealsLike]:
    given = (CRITICAL_FIELD, BELOW_CRITICAL)
    a = printed.field_slope(*given, DENSITY)
    right = coefficients.field_slope(*given, DENSITY) / BOLTZMANN
    thin = coefficients.field_slope(*given, THIN_DENSITY) / BOLTZMANN
    # What BCS theory gives for the paper's v_F, and for its density.
    fast = ELECTRON_MASS * FERMI_VELOCITY**2 / 2 / BOLTZMANN
    wave_number = ELECTRON_MASS * FERMI_VELOCITY / HBAR
    bcs_a, bcs_beta = coefficients.bcs_coefficients(
        critical, fast, wave_number**3 / (3 * math.pi**2)
    )
    fermi = HBAR**2 * (3 * math.pi**2 * DENSITY) ** (2 / 3) / (2 * ELECTRON_MASS * BOLTZMANN)
    dense_a, _ = coefficients.bcs_coefficients(critical, fermi, DENSITY)
    return {
        "given_field": CRITICAL_FIELD,
        "given_slope": SLOPE,
        "given_ratio": RATIO,
        "log_ratio": math.log(RATIO),
        "log_two": math.log(2),
        "field_energy": coefficients.field_energy(CRITICAL_FIELD),
        "eq_6_slope": a / BOLTZMANN,
        "slope": right,
        "eq_6_ratio": jnp.exp(a / BOLTZMANN),
        "ratio": jnp.exp(right),
        "eq_6_thin_slope": printed.field_slope(*given, THIN_DENSITY) / BOLTZMANN,
        "thin_slope": thin,
        "thin_correction": math.log(RATIO) / thin,
        "eq_16_field": printed.critical_field(a * BELOW_CRITICAL, a * BELOW_CRITICAL / DENSITY),
        "bcs_slope": bcs_a / BOLTZMANN,
        "bcs_field": bcs_a * BELOW_CRITICAL * jnp.sqrt(VACUUM_PERMEABILITY / bcs_beta),
        "bcs_slope_at_density": dense_a / BOLTZMANN,
        "fermi_temperature": fermi,
        "sommerfeld": entropy.sommerfeld_entropy(KELVIN, fermi) / BOLTZMANN,
        "length_of_slope": HBAR / jnp.sqrt(8 * ELECTRON_MASS * a * BELOW_CRITICAL),
        "landau_time": math.pi * HBAR / (8 * BOLTZMANN * BELOW_CRITICAL),
        "higgs_gap": printed.higgs_gap(-SLOPE * BOLTZMANN * BELOW_CRITICAL),
        "higgs_mode": higgs.higgs_mode(GAP),
    }


def _trap(critical: float) -> dict[str, RealsLike]:
    relaxation, trapping, escape = 2e4, 3e3, 5e3  # [1/s] our choice: the paper prints none
    edge = 1.05  # E/|Δ|

    def states(energy: float) -> RealsLike:  # ν_S/ν_N = dξ/dE
        return jax.grad(lambda e: jnp.sqrt(e**2 - 1))(energy)

    t = 1 - BELOW_CRITICAL / critical
    held = trapping / (escape + relaxation)  # in the metal, per quasiparticle in the sample
    return {
        "fig_2_rate": relaxation * trapping / (escape + relaxation),
        "rate": trapping - escape * held,
        "fig_2_metal": 1 / math.pi,
        "metal": jax.grad(lambda e: 2 * (math.pi * (2 * e)) / (2 * math.pi) ** 2)(1.0),
        "fig_2_states": edge / math.sqrt(edge**2 - 1),
        "states": states(edge),
        "t": t,
        "normal_share": 1
        - coefficients.superfluid_density_near_critical(1.0, BELOW_CRITICAL, critical),
        "repaid_below": bcs.temperature_of_gap_ratio(math.log(RATIO)),
        "strict_t": bcs.temperature_of_gap_ratio(STRICT),
        "landau_parameter": 7 * ZETA_3 * STRICT**2 / (8 * math.pi**2),
        "highest_t": BCS_GAP_RATIO / STRICT,
        "charging": ELEMENTARY_CHARGE * DENSITY * FILM**2 / (2 * VACUUM_PERMITTIVITY),
        "gain": BOLTZMANN * KELVIN * math.log(RATIO) / ELEMENTARY_CHARGE,
    }
