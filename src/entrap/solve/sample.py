"""From the numbers of a case to what the model's functions take, and to the solver's units."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp

from entrap.case.case import Case
from entrap.core.arrays import Reals, RealsLike
from entrap.model import coefficients, device, entropy, landau
from entrap.model.coefficients import DIRTY_LIMIT
from entrap.model.device import Device
from entrap.model.junction import TunnelJunction
from entrap.model.kinetics import NONE_LEFT
from entrap.model.lifetimes import Phonons
from entrap.model.sample import Sample, Trapping
from entrap.solve.inputs import (
    Choices,
    Inputs,
    LandauNumbers,
    MaterialNumbers,
    Static,
    choices_of,
    inputs_of,
    required,
)
from entrap.solve.jit import quick_jit
from entrap.solve.stored import stored


class StatedTrap(eqx.Module):
    """A trap but for its junction: numbers from which its rates follow on a sample."""

    rate: RealsLike
    pairing: RealsLike | None
    pairing_rate: RealsLike
    closure: str = eqx.field(static=True)
    pairing_limit: str = eqx.field(static=True)


class Parts(eqx.Module):
    """A case as the model's functions take it, whatever keys have stated it.

    What is computed from these is compiled once for all cases that have the same parts.
    """

    sample: Sample
    device: Device | None
    trap: StatedTrap


def sample(case: Case) -> Sample:
    """The sample of a case, as the functions of `entrap.model` take it.

    Raises:
        InputError: the case has no table [landau].

    Examples:
        >>> import entrap as et
        >>> nb = et.sample(et.load_case("examples/niobium-bcs.toml"))
        >>> round(float(et.model.landau.effective_critical_temperature(nb)), 2)
        11.41
    """
    case.require("landau")
    return sample_of(inputs_of(case), choices_of(case))


def parts(case: Case) -> Parts:
    """The sample, the junction and the trap of a case with Landau coefficients."""
    return _parts(Static(choices_of(case)), inputs_of(case))


@stored(quick_jit)
def _parts(chosen: Static, inputs: Any) -> Parts:
    return parts_of(inputs, chosen.choices)


def parts_of(inputs: Inputs, choices: Choices) -> Parts:
    """The same of the numbers of a case, which may be traced."""
    sample = sample_of(inputs, choices)
    return Parts(sample, device_of(inputs, choices), _stated_trap(inputs, choices))


def _stated_trap(inputs: Inputs, choices: Choices) -> StatedTrap:
    trap = inputs.trap
    # In a film that stays neutral as many normal electrons come back as leave, and none pair.
    pairing, rate = (None, None) if choices.neutral else (trap.pairing, trap.pairing_rate)
    return StatedTrap(
        rate=jnp.asarray(trap.rate, float),
        pairing=_optional(pairing),
        pairing_rate=jnp.asarray(0.0 if rate is None else rate, float),
        closure=choices.closure,
        pairing_limit=choices.pairing_limit,
    )


def sample_of(inputs: Inputs, choices: Choices) -> Sample:
    """The sample that the model's functions take; the numbers of the case broadcast together."""
    material, mixture = inputs.material, inputs.mixture
    n_c = jnp.asarray(material.conduction_density, float)
    if mixture.valence_density is not None:
        n_v = jnp.asarray(mixture.valence_density, float)
    else:
        n_v = n_c * (0.0 if mixture.valence_ratio is None else mixture.valence_ratio)
    stated = required(inputs.landau, "landau")
    rho = jnp.asarray(DIRTY_LIMIT, float) if choices.dirty else _dirtiness(material, stated)
    a, beta = _landau_coefficients(material, stated, choices, rho)
    return Sample(
        landau_a=a,
        landau_beta=beta,
        critical_temperature=jnp.asarray(material.critical_temperature, float),
        conduction_density=n_c,
        valence_density=n_v,
        log_mixing_ratio=entropy.log_mixing_ratio(n_v / n_c, mixture.volume_ratio),
        gap=jnp.asarray(material.gap, float),
        condensate_weight=jnp.asarray(mixture.condensate_weight, float),
        fermi_temperature=_optional(material.fermi_temperature),
        fermi_velocity=_optional(material.fermi_velocity),
        dirtiness=rho,
        band_gap=_optional(mixture.band_gap),
        entropy=entropy.Neutral() if choices.neutral else choices.entropy,
    )


def trapping_of(
    inputs: Inputs, choices: Choices, sample: Sample, temperature: RealsLike | None = None
) -> Trapping:
    """Rates where the trap goes on: at the protocol's start, or else at the temperature [K]."""
    start = temperature if inputs.protocol is None else inputs.protocol.start
    made = Parts(sample, device_of(inputs, choices), _stated_trap(inputs, choices))
    return trapping(made, start)


def trapping(parts: Parts, start: RealsLike | None) -> Trapping:
    """Rates of the trap; pairing = x means γ = x Γ/n_n⁰, with n_n⁰ where the trap goes on.

    A junction's Γ is the one that it has there.

    Args:
        parts: Of a case.
        start: The temperature there [K]; None will do where nothing depends on it.
    """
    sample, junction, trap = parts.sample, parts.device, parts.trap
    rate, pairing = trap.rate, trap.pairing_rate
    if junction is not None or trap.pairing is not None:
        start = required(start, "protocol")
        n_s = landau.superfluid_density(sample, start, 1.0)
        if junction is not None:
            rate = jnp.asarray(device.exchange(junction, sample, start, n_s).trapping)
        if trap.pairing is not None:
            normal = sample.conduction_density - n_s
            some = normal > NONE_LEFT * sample.conduction_density
            pairing = jnp.where(some, trap.pairing * rate / jnp.where(some, normal, 1.0), 0.0)
    return Trapping(rate, pairing, trap.closure, trap.pairing_limit)


def device_of(inputs: Inputs, choices: Choices) -> Device | None:
    """The junction of a case on its film; None where the trap is stated by its rate."""
    material, trap = inputs.material, inputs.trap.junction
    if trap is None:
        return None
    density = required(material.density_of_states, "material.density_of_states")
    junction = TunnelJunction(
        interface_resistance=trap.interface_resistance,
        film_thickness=trap.film_thickness,
        film_density_of_states=density,
        metal_thickness=trap.metal_thickness,
        metal_density_of_states=trap.metal_density_of_states,
        electron_phonon_constant=trap.electron_phonon_constant,
        relaxation_rate=trap.relaxation_rate,
        relaxation_gap=material.gap,
    )
    phonons = Phonons(
        electron_phonon_time=required(
            material.electron_phonon_time, "material.electron_phonon_time"
        ),
        critical_temperature=material.critical_temperature,
        film_density_of_states=density,
        phonon_trapping=trap.phonon_trapping,
    )
    return Device(
        junction,
        phonons,
        conduction_density=material.conduction_density,
        trap_temperature=trap.trap_temperature,
        generation=trap.generation,
        mapping=choices.mapping,
        barrier_thickness=trap.barrier_thickness,
        barrier_permittivity=trap.barrier_permittivity,
    )


def in_conduction_units(sample: Sample) -> Sample:
    """The same sample with densities in units of n_c; energies stay in J, temperatures in K."""
    n_c = sample.conduction_density
    return eqx.tree_at(
        lambda s: (s.landau_beta, s.conduction_density, s.valence_density),
        sample,
        (sample.landau_beta * n_c, jnp.ones_like(n_c), sample.valence_density / n_c),
    )


def _landau_coefficients(
    material: MaterialNumbers, stated: LandauNumbers, choices: Choices, rho: Reals
) -> tuple[Any, Any]:
    critical, n_c = material.critical_temperature, material.conduction_density
    if choices.route == "direct":
        a = jnp.asarray(stated.a, float)
        if stated.beta is not None:
            return a, jnp.asarray(stated.beta, float)
        saturation = required(stated.saturation, "landau.saturation")
        return a, coefficients.saturation_beta(a, critical, saturation * n_c)
    if choices.route == "bcs":
        fermi = required(material.fermi_temperature, "material.fermi_temperature")
        return coefficients.bcs_coefficients(critical, fermi, n_c, rho)
    below = required(stated.below_critical, "landau.below_critical")
    if choices.carriers:
        n_s = coefficients.superfluid_density_near_critical(n_c, below, critical)
    elif stated.penetration_depth is not None:
        density = coefficients.density_of_depth(stated.penetration_depth)
        n_s = coefficients.superfluid_density_near_critical(density, below, critical, rho)
    else:
        n_s = jnp.asarray(stated.superfluid_density, float)
    field = required(stated.critical_field, "landau.critical_field")
    a = coefficients.field_slope(field, below, n_s)
    return a, a * below / n_s


def _dirtiness(material: MaterialNumbers, stated: LandauNumbers) -> Reals:
    """ρ of the stated mean free path, 0 where there is none."""
    if stated.mean_free_path is None:
        return jnp.zeros(())
    velocity = required(material.fermi_velocity, "material.fermi_velocity")
    return coefficients.dirtiness(velocity, material.critical_temperature, stated.mean_free_path)


def _optional(number: RealsLike | None) -> Any:
    return None if number is None else jnp.asarray(number, float)
