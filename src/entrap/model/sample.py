"""The parameters on which the theory's functions depend, as JAX sees them."""

import equinox as eqx

from entrap.core.arrays import RealsLike
from entrap.core.quantities import either, quantity
from entrap.model.entropy import ENTROPIES, AbstractEntropy


def _entropy_of(stated: AbstractEntropy | str) -> AbstractEntropy:
    """An entropy, or the one of a case file's word."""
    if isinstance(stated, AbstractEntropy):
        return stated
    if stated not in ENTROPIES:
        words = either(ENTROPIES)
        raise ValueError(f'The entropy must be {words}, but is "{stated}".')
    return ENTROPIES[stated]


class Sample(eqx.Module):
    """A superconductor with its mixture of electrons; fields broadcast together.

    Source: V. Kornich, arXiv:2605.15834 (2026), around Eqs. (3)-(5).
    """

    landau_a: RealsLike = quantity("J/K", "a", "Slope of α = a (T - T_c)", display="k_B")
    landau_beta: RealsLike = quantity("J*m^3", "β", "Second Landau coefficient")
    critical_temperature: RealsLike = quantity(
        "K", "T_c", "Critical temperature in α; without a trap for w_s = 1"
    )
    conduction_density: RealsLike = quantity("1/m^3", "n_c", "Conduction electrons")
    valence_density: RealsLike = quantity("1/m^3", "n_v", "Valence electrons")
    log_mixing_ratio: RealsLike = quantity("1", "L", "Logarithm ln(n/n_c) of the mixing ratio")
    gap: RealsLike = quantity("J", "Δ_g(0)", "BCS gap at T = 0", display="meV")
    condensate_weight: RealsLike = quantity(
        "1", "w_s", "Entropy carried by a paired electron", default=1.0
    )
    fermi_temperature: RealsLike | None = quantity("K", "T_F", "Fermi temperature", default=None)
    fermi_velocity: RealsLike | None = quantity("m/s", "v_F", "Fermi velocity", default=None)
    dirtiness: RealsLike = quantity(
        "1", "ρ", "Disorder ħ v_F/(2π k_B T_c ℓ), 0 in the clean limit", default=0.0
    )
    band_gap: RealsLike | None = quantity(
        "J", "E_g", "Gap below a filled band of the valence electrons", display="eV", default=None
    )
    entropy: AbstractEntropy = eqx.field(converter=_entropy_of, default="ideal")
    """How its entropy of mixing counts; the word of a case file will do."""


class Trapping(eqx.Module):
    """How fast the trap empties the sample, and how fast electrons pair up meanwhile."""

    trapping_rate: RealsLike = quantity("1/s", "Γ", "Trapping rate", source="Eq. (7)")
    pairing_rate: RealsLike = quantity("m^3/s", "γ", "Pairing rate constant", source="Eq. (7)")
    closure: str = eqx.field(static=True, default="ramp")
    pairing_limit: str = eqx.field(static=True, default="none")
    """Beyond which n_s no pair forms: "none", or the "minimum" of F at each moment."""
