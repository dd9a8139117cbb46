"""From a case to what the model's functions take, and to the solver's reduced units.

The numbers of a case go through JAX; its choices (route, closure, entropy) do not.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax.numpy as jnp

from entrap.case.case import Case, tables_of
from entrap.core.arrays import RealsLike
from entrap.core.constants import BCS_GAP_RATIO, BOLTZMANN
from entrap.core.quantities import quantities
from entrap.model import coefficients, device, entropy, landau
from entrap.model.device import Device
from entrap.model.junction import TunnelJunction
from entrap.model.lifetimes import Phonons
from entrap.model.sample import Sample, Trapping

Numbers = dict[str, dict[str, RealsLike]]
"""Numeric keys of a case that are given, by table; the leaves may be traced."""


@dataclasses.dataclass(frozen=True)
class Choices:
    """What a case decides that is not a number."""

    route: str
    carriers: bool
    entropy: str
    closure: str
    mapping: str = "share"
    trap_count: int = 1


class Static(eqx.Module):
    """Choices of a case as a pytree without leaves: jit keys on them."""

    choices: Choices = eqx.field(static=True)


def numbers_of(case: Case) -> Numbers:
    """Numeric keys of a case that are given, by table, in SI."""
    return {
        table: {
            name: float(value)
            for name, declared in quantities(part)
            if declared.kind == "number" and (value := getattr(part, name)) is not None
        }
        for table, part in tables_of(case).items()
    }


def replaced(numbers: Numbers, values: Mapping[str, Any], gap_follows: bool) -> Numbers:
    """Numbers with some in their place, as a case whose keys are changed would have them.

    Args:
        numbers: Of a case.
        values: By dotted key [SI].
        gap_follows: Whether the gap is BCS's of the critical temperature, if it changes alone.
    """
    made = {table: dict(part) for table, part in numbers.items()}
    for key, value in values.items():
        table, _, name = key.rpartition(".")
        made.setdefault(table, {})[name] = value
    if gap_follows and "material.critical_temperature" in values and "material.gap" not in values:
        critical = made["material"]["critical_temperature"]
        made["material"]["gap"] = BCS_GAP_RATIO * BOLTZMANN * critical
    return made


def choices_of(case: Case) -> Choices:
    """What a case decides that is not a number."""
    return Choices(
        route=case.landau.route if case.landau else "",
        carriers=bool(case.landau and case.landau.carrier_density),
        entropy=case.mixture.entropy,
        closure=case.trap.closure,
        mapping=case.trap.junction.mapping if case.trap.junction else "share",
        trap_count=case.trap.film.trap_count if case.trap.film else 1,
    )


def sample(case: Case) -> Sample:
    """The sample of a case, as the functions of `entrap.model` take it.

    Args:
        case: The case.

    Examples:
        >>> import entrap as et
        >>> nb = et.sample(et.load_case("examples/niobium-bcs.toml"))
        >>> round(float(et.model.landau.effective_critical_temperature(nb)), 2)
        11.41
    """
    return sample_of(numbers_of(case), choices_of(case))


def sample_of(numbers: Numbers, choices: Choices) -> Sample:
    """The sample that the model's functions take.

    Args:
        numbers: Of a case; leaves broadcast together.
        choices: Of the same case.
    """
    material, mixture = numbers["material"], numbers["mixture"]
    n_c = jnp.asarray(material["conduction_density"], float)
    if "valence_density" in mixture:
        n_v = jnp.asarray(mixture["valence_density"], float)
    else:
        n_v = n_c * mixture.get("valence_ratio", 0.0)
    a, beta = _landau_coefficients(material, numbers["landau"], choices)
    return Sample(
        landau_a=a,
        landau_beta=beta,
        critical_temperature=jnp.asarray(material["critical_temperature"], float),
        conduction_density=n_c,
        valence_density=n_v,
        log_mixing_ratio=entropy.log_mixing_ratio(n_v / n_c, mixture["volume_ratio"]),
        gap=jnp.asarray(material["gap"], float),
        condensate_weight=jnp.asarray(mixture["condensate_weight"], float),
        fermi_temperature=_optional(material, "fermi_temperature"),
        fermi_velocity=_optional(material, "fermi_velocity"),
        entropy=choices.entropy,
    )


def trapping_of(numbers: Numbers, choices: Choices, sample: Sample) -> Trapping:
    """Rates of the trap; pairing = x means γ = x Γ/n_n⁰ with n_n⁰ at the protocol's start.

    A junction's Γ is the one that it has there.
    """
    trap = numbers["trap"]
    rate = jnp.asarray(trap["rate"], float)
    junction = device_of(numbers, choices)
    if junction is not None:
        start = numbers["protocol"]["start"]
        n_s = landau.superfluid_density(sample, start, 1.0)
        rate = jnp.asarray(device.exchange(junction, sample, start, n_s).flows.trapping)
    pairing_rate = jnp.asarray(trap.get("pairing_rate", 0.0), float)
    if "pairing" in trap:
        n_s = landau.superfluid_density(sample, numbers["protocol"]["start"], 1.0)
        normal = sample.conduction_density - n_s
        some = normal > 0
        pairing_rate = jnp.where(some, trap["pairing"] * rate / jnp.where(some, normal, 1.0), 0.0)
    return Trapping(rate, pairing_rate, choices.closure)


def device_of(numbers: Numbers, choices: Choices) -> Device | None:
    """The junction of a case on its film; None where the trap is stated by its rate."""
    if "trap.junction" not in numbers:
        return None
    material, trap = numbers["material"], numbers["trap.junction"]
    junction = TunnelJunction(
        interface_resistance=trap["interface_resistance"],
        film_thickness=trap["film_thickness"],
        film_density_of_states=material["density_of_states"],
        metal_thickness=trap["metal_thickness"],
        metal_density_of_states=trap["metal_density_of_states"],
        electron_phonon_constant=trap["electron_phonon_constant"],
        relaxation_rate=trap["relaxation_rate"],
    )
    phonons = Phonons(
        kaplan_time=material["kaplan_time"],
        critical_temperature=material["critical_temperature"],
        film_density_of_states=material["density_of_states"],
        phonon_trapping=trap["phonon_trapping"],
    )
    return Device(
        junction,
        phonons,
        conduction_density=material["conduction_density"],
        trap_temperature=trap.get("trap_temperature"),
        generation=trap["generation"],
        mapping=choices.mapping,
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
    material: Mapping[str, Any], landau_: Mapping[str, Any], choices: Choices
) -> tuple[Any, Any]:
    critical, n_c = material["critical_temperature"], material["conduction_density"]
    if choices.route == "direct":
        a = jnp.asarray(landau_["a"], float)
        if "beta" in landau_:
            return a, jnp.asarray(landau_["beta"], float)
        return a, coefficients.saturation_beta(a, critical, landau_["saturation"] * n_c)
    if choices.route == "bcs":
        rho = jnp.asarray(0.0)
        if "mean_free_path" in landau_:
            rho = coefficients.dirtiness(
                material["fermi_velocity"], critical, landau_["mean_free_path"]
            )
        return coefficients.bcs_coefficients(critical, material["fermi_temperature"], n_c, rho)
    below = landau_["below_critical"]
    if choices.carriers:
        n_s = coefficients.superfluid_density_near_critical(n_c, below, critical)
    elif "penetration_depth" in landau_:
        density = coefficients.density_of_depth(landau_["penetration_depth"])
        n_s = coefficients.superfluid_density_near_critical(density, below, critical)
    else:
        n_s = jnp.asarray(landau_["superfluid_density"], float)
    a = coefficients.field_slope(landau_["critical_field"], below, n_s)
    return a, a * below / n_s


def _optional(material: Mapping[str, Any], key: str) -> Any:
    return jnp.asarray(material[key], float) if key in material else None
