"""From a case to what the model's functions take, and to the solver's reduced units.

The numbers of a case are one tree that goes through JAX; its choices (route, closure, entropy) stay
beside it.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp

from entrap.case.case import Case
from entrap.core.arrays import RealsLike
from entrap.core.constants import BCS_GAP_RATIO, BOLTZMANN
from entrap.core.errors import InputError, Problem
from entrap.model import coefficients, device, entropy, landau
from entrap.model.device import Device
from entrap.model.junction import TunnelJunction
from entrap.model.kinetics import NONE_LEFT
from entrap.model.lifetimes import Phonons
from entrap.model.sample import Sample, Trapping


class MaterialNumbers(eqx.Module):
    """Numbers of [material]; None where the case does not give them, as in all these classes."""

    critical_temperature: RealsLike
    conduction_density: RealsLike
    gap: RealsLike
    fermi_velocity: RealsLike | None
    fermi_temperature: RealsLike | None
    density_of_states: RealsLike | None
    diffusivity: RealsLike | None
    electron_phonon_time: RealsLike | None


class LandauNumbers(eqx.Module):
    """Numbers of [landau]: those of its route."""

    a: RealsLike | None
    saturation: RealsLike | None
    beta: RealsLike | None
    critical_field: RealsLike | None
    below_critical: RealsLike | None
    superfluid_density: RealsLike | None
    penetration_depth: RealsLike | None
    mean_free_path: RealsLike | None


class MixtureNumbers(eqx.Module):
    """Numbers of [mixture]."""

    valence_ratio: RealsLike | None = None
    valence_density: RealsLike | None = None
    volume_ratio: RealsLike = 1.0
    condensate_weight: RealsLike = 1.0


class JunctionNumbers(eqx.Module):
    """Numbers of [trap.junction]."""

    interface_resistance: RealsLike
    film_thickness: RealsLike
    metal_thickness: RealsLike
    metal_density_of_states: RealsLike
    electron_phonon_constant: RealsLike
    relaxation_rate: RealsLike
    dynes_broadening: RealsLike
    phonon_trapping: RealsLike
    generation: RealsLike
    trap_temperature: RealsLike | None


class FilmNumbers(eqx.Module):
    """Numbers of [trap.film]."""

    length: RealsLike
    width: RealsLike
    trap_length: RealsLike
    trap_count: RealsLike
    left_pad: RealsLike
    right_pad: RealsLike
    background_rate: RealsLike
    trap_position: RealsLike | None
    quasiparticle_diffusivity: RealsLike | None
    temperature: RealsLike | None


class TrapNumbers(eqx.Module):
    """Numbers of [trap] and of the tables inside it."""

    rate: RealsLike = 0.0
    pairing_rate: RealsLike | None = None
    pairing: RealsLike | None = None
    junction: JunctionNumbers | None = None
    film: FilmNumbers | None = None


class ProtocolNumbers(eqx.Module):
    """Numbers of [protocol]."""

    start: RealsLike
    warm_to: RealsLike
    warming_time: RealsLike
    hold: RealsLike


class Inputs(eqx.Module):
    """Numbers of a case in SI, named as its keys are; they broadcast together and may be traced."""

    material: MaterialNumbers
    mixture: MixtureNumbers
    trap: TrapNumbers
    landau: LandauNumbers | None
    protocol: ProtocolNumbers | None


Tree = TypeVar("Tree", bound=eqx.Module)
Part = TypeVar("Part")


@dataclasses.dataclass(frozen=True)
class Choices:
    """What a case decides that is not a number."""

    route: str
    carriers: bool
    entropy: str
    closure: str
    mapping: str = "share"
    pairing_limit: str = "none"
    trap_count: int = 1


class Static(eqx.Module):
    """Choices of a case as a pytree without leaves: jit keys on them."""

    choices: Choices = eqx.field(static=True)


def inputs_of(case: Case) -> Inputs:
    """The numbers of a case."""
    trap = case.trap
    return Inputs(
        _numbers(MaterialNumbers, case.material),
        _numbers(MixtureNumbers, case.mixture),
        TrapNumbers(
            trap.rate,
            trap.pairing_rate,
            trap.pairing,
            trap.junction and _numbers(JunctionNumbers, trap.junction),
            trap.film and _numbers(FilmNumbers, trap.film),
        ),
        case.landau and _numbers(LandauNumbers, case.landau),
        case.protocol and _numbers(ProtocolNumbers, case.protocol),
    )


def _numbers(kind: type[Tree], part: Any) -> Tree:
    values = {field.name: getattr(part, field.name) for field in dataclasses.fields(kind)}
    return kind(**{key: None if value is None else float(value) for key, value in values.items()})


def by_key(inputs: eqx.Module) -> dict[str, Any]:
    """The numbers that are given, by dotted key."""
    leaves = jax.tree.leaves_with_path(inputs)
    return {jax.tree_util.keystr(p, simple=True, separator="."): leaf for p, leaf in leaves}


def replaced(inputs: Tree, values: Mapping[str, Any], gap_follows: bool = False) -> Tree:
    """Numbers with some of them replaced, as a case whose keys are changed would have them.

    Args:
        inputs: Of a case that has the tables of these keys.
        values: By dotted key [SI].
        gap_follows: Whether a critical temperature that changes alone changes the gap with it, by
            BCS theory.
    """
    if gap_follows and "material.gap" not in values and "material.critical_temperature" in values:
        critical = values["material.critical_temperature"]
        values = {**values, "material.gap": BCS_GAP_RATIO * BOLTZMANN * critical}
    own: dict[str, Any] = {}
    inner: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        table, _, name = key.partition(".")
        if name:
            inner.setdefault(table, {})[name] = value
        else:
            own[key] = value
    own |= {table: replaced(getattr(inputs, table), part) for table, part in inner.items()}
    return dataclasses.replace(inputs, **own)


def required(part: Part | None, name: str) -> Part:
    """A table or a number that a case may lack.

    Entry points check before any work what they need; this names what such a check has missed.

    Raises:
        InputError: the case lacks it.
    """
    if part is None:
        raise InputError(Problem("is missing: what is computed from this case needs it", name))
    return part


def choices_of(case: Case) -> Choices:
    """What a case decides that is not a number."""
    return Choices(
        route=case.landau.route if case.landau else "",
        carriers=bool(case.landau and case.landau.carrier_density),
        entropy=case.mixture.entropy,
        closure=case.trap.closure,
        mapping=case.trap.junction.mapping if case.trap.junction else "share",
        pairing_limit=case.trap.pairing_limit or ("minimum" if case.trap.limited else "none"),
        trap_count=case.trap.film.trap_count if case.trap.film else 1,
    )


def sample(case: Case) -> Sample:
    """The sample of a case, as the functions of `entrap.model` take it.

    Args:
        case: The case, with its Landau coefficients.

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


def sample_of(inputs: Inputs, choices: Choices) -> Sample:
    """The sample that the model's functions take.

    Args:
        inputs: Of a case; leaves broadcast together.
        choices: Of the same case.
    """
    material, mixture = inputs.material, inputs.mixture
    n_c = jnp.asarray(material.conduction_density, float)
    if mixture.valence_density is not None:
        n_v = jnp.asarray(mixture.valence_density, float)
    else:
        n_v = n_c * (0.0 if mixture.valence_ratio is None else mixture.valence_ratio)
    a, beta = _landau_coefficients(material, required(inputs.landau, "landau"), choices)
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
        entropy=choices.entropy,
    )


def trapping_of(
    inputs: Inputs, choices: Choices, sample: Sample, temperature: RealsLike | None = None
) -> Trapping:
    """Rates of the trap; pairing = x means γ = x Γ/n_n⁰, with n_n⁰ where the trap goes on.

    That is at the protocol's start; a junction's Γ is the one that it has there.

    Args:
        inputs: Of a case.
        choices: Of the same case.
        sample: Of both.
        temperature: Where the trap goes on if the case has no protocol [K].
    """
    trap, protocol = inputs.trap, inputs.protocol
    start = temperature if protocol is None else protocol.start
    rate = jnp.asarray(trap.rate, float)
    junction = device_of(inputs, choices)
    if junction is not None or trap.pairing is not None:
        start = required(start, "protocol")
        n_s = landau.superfluid_density(sample, start, 1.0)
        if junction is not None:
            rate = jnp.asarray(device.exchange(junction, sample, start, n_s).trapping)
        if trap.pairing is not None:
            normal = sample.conduction_density - n_s
            some = normal > NONE_LEFT * sample.conduction_density
            pairing = jnp.where(some, trap.pairing * rate / jnp.where(some, normal, 1.0), 0.0)
            return Trapping(rate, pairing, choices.closure, choices.pairing_limit)
    pairing = 0.0 if trap.pairing_rate is None else trap.pairing_rate
    pairing = jnp.asarray(pairing, float)
    return Trapping(rate, pairing, choices.closure, choices.pairing_limit)


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
    material: MaterialNumbers, stated: LandauNumbers, choices: Choices
) -> tuple[Any, Any]:
    critical, n_c = material.critical_temperature, material.conduction_density
    if choices.route == "direct":
        a = jnp.asarray(stated.a, float)
        if stated.beta is not None:
            return a, jnp.asarray(stated.beta, float)
        saturation = required(stated.saturation, "landau.saturation")
        return a, coefficients.saturation_beta(a, critical, saturation * n_c)
    if choices.route == "bcs":
        rho = jnp.asarray(0.0)
        if stated.mean_free_path is not None:
            velocity = required(material.fermi_velocity, "material.fermi_velocity")
            rho = coefficients.dirtiness(velocity, critical, stated.mean_free_path)
        fermi = required(material.fermi_temperature, "material.fermi_temperature")
        return coefficients.bcs_coefficients(critical, fermi, n_c, rho)
    below = required(stated.below_critical, "landau.below_critical")
    if choices.carriers:
        n_s = coefficients.superfluid_density_near_critical(n_c, below, critical)
    elif stated.penetration_depth is not None:
        density = coefficients.density_of_depth(stated.penetration_depth)
        n_s = coefficients.superfluid_density_near_critical(density, below, critical)
    else:
        n_s = jnp.asarray(stated.superfluid_density, float)
    field = required(stated.critical_field, "landau.critical_field")
    a = coefficients.field_slope(field, below, n_s)
    return a, a * below / n_s


def _optional(number: RealsLike | None) -> Any:
    return None if number is None else jnp.asarray(number, float)
