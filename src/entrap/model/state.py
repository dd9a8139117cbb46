"""All that is seen of a state: temperature and densities in, energies and observables out."""

import equinox as eqx
import jax.numpy as jnp

from entrap.core.arrays import Reals, RealsLike
from entrap.core.quantities import quantity
from entrap.core.stable import guarded
from entrap.model import bcs, electrodynamics, higgs, landau
from entrap.model.kinetics import Densities
from entrap.model.sample import Sample


class State(eqx.Module):
    """A state of the sample; fields of one shape."""

    temperature: Reals = quantity("K", "T", "Temperature")
    superfluid_density: Reals = quantity(
        "1/m^3", "n_s", "Density of superconducting electrons", source="n_s = -α_f/β"
    )
    normal_density: Reals = quantity(
        "1/m^3", "n_n", "Density of normal electrons in the sample", source="Eq. (7)"
    )
    trapped_density: Reals = quantity(
        "1/m^3", "n_t", "Density of electrons taken by the trap", source="Eq. (7)"
    )
    alpha: Reals = quantity(
        "J", "α", "First Landau coefficient of the bare sample", display="meV", source="Eq. (3)"
    )
    alpha_effective: Reals = quantity(
        "J",
        "α_f",
        "First Landau coefficient with the entropy of mixing",
        display="meV",
        source="Eq. (5)",
    )
    free_energy: Reals = quantity(
        "J/m^3", "F", "Free energy density, without the term of n_v", source="Eqs. (4), (5)"
    )
    gap: Reals = quantity(
        "J",
        "Δ̃_g",
        "BCS gap at the effective temperature",
        display="meV",
        source="gap equation at T_c - β n_s/a",
    )
    higgs_coefficient: Reals = quantity(
        "J", "-4α_f", "Static coefficient of the Higgs modes", display="meV", source="Eq. (14)"
    )
    higgs_mode: Reals = quantity(
        "J",
        "ħω_H",
        "Energy of the Higgs mode, 2Δ̃_g",
        display="meV",
        source="theory page: 2Δ̃_g, not Eq. (14)",
    )
    penetration_depth: Reals = quantity(
        "m", "λ", "London penetration depth", display="nm", source="Eq. (15)"
    )
    coherence_length: Reals = quantity(
        "m", "ξ̃", "Ginzburg-Landau coherence length", display="nm", source="Eq. (12)"
    )
    critical_field: Reals = quantity(
        "T", "B_c", "Thermodynamic critical field", display="mT", source="Eq. (16) corrected"
    )
    lower_critical_field: Reals = quantity(
        "T",
        "B_c1",
        "Lower critical field, leading logarithm",
        display="mT",
        source="Eq. (17) with ξ̃",
    )


def state(sample: Sample, temperature: RealsLike, densities: Densities) -> State:
    """The state in which electrons are superconducting, normal and trapped as stated.

    Args:
        sample: The sample.
        temperature: Temperature [K].
        densities: Where its electrons are [1/m^3]; f = n_n/(n_c - n_s), 1 where nothing is normal.

    Returns:
        State of the broadcast shape.
    """
    n_s, n_n = densities.superfluid_density, densities.normal_density
    room = sample.conduction_density - n_s
    fraction = jnp.where(room > 0, n_n / guarded(room, room > 0), 1.0)
    alpha_effective = landau.effective_coefficient(sample, temperature, fraction, n_s)
    superconducting = n_s > 0
    gap = jnp.where(
        superconducting, bcs.gap(sample, landau.effective_temperature(sample, n_s)), 0.0
    )
    values = State(
        temperature=jnp.asarray(temperature, float),
        superfluid_density=n_s,
        normal_density=n_n,
        trapped_density=densities.trapped_density,
        alpha=landau.first_coefficient(sample, temperature),
        alpha_effective=alpha_effective,
        free_energy=landau.free_energy(sample, temperature, n_s, n_n),
        gap=gap,
        higgs_coefficient=higgs.higgs_coefficient(alpha_effective),
        higgs_mode=higgs.higgs_mode(gap),
        penetration_depth=electrodynamics.penetration_depth(n_s),
        coherence_length=electrodynamics.coherence_length(sample, n_s),
        critical_field=electrodynamics.critical_field(sample, n_s),
        lower_critical_field=electrodynamics.lower_critical_field(sample, n_s),
    )
    leaves = [jnp.asarray(getattr(values, name)) for name in State.__dataclass_fields__]
    return State(*jnp.broadcast_arrays(*leaves))


def bare_densities(sample: Sample, temperature: RealsLike) -> Densities:
    """Equilibrium without a trap: n_s = -α/β, the rest normal.

    Args:
        sample: The sample.
        temperature: Temperature [K].
    """
    n_s = landau.superfluid_density(sample, temperature, 1.0)
    return Densities(n_s, sample.conduction_density - n_s, jnp.zeros_like(n_s))


def trapped_densities(sample: Sample, temperature: RealsLike) -> Densities:
    """Minimum of F̃ with every normal electron in the trap: n_s = -α̃/β, Eq. (5).

    Args:
        sample: The sample.
        temperature: Temperature [K].
    """
    n_s = landau.superfluid_density(sample, temperature, 0.0)
    return Densities(n_s, jnp.zeros_like(n_s), sample.conduction_density - n_s)
