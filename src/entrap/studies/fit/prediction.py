"""What the package itself predicts for each point of the data, as a function of the parameters.

Without a trap a point is of the bare sample at its temperature. With the trap it is either of the
minimum of F_f, f being what the trap leaves, or of the evolution at its time.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from entrap.core.arrays import Reals, RealsLike
from entrap.model import landau, landau_extraction
from entrap.model.bcs_state import bcs_state
from entrap.model.kinetics import Densities
from entrap.model.observables import OBSERVABLES, Seen
from entrap.model.state import State, state
from entrap.solve.inputs import Choices, Inputs, by_key, replaced, required
from entrap.solve.protocol.bcs_curves import emptied_share
from entrap.solve.protocol.evolve import evolution_of
from entrap.solve.sample import device_of, sample_of
from entrap.studies.fit.arrangement import Layout, Points


class FitNumbers(eqx.Module):
    """Numbers of [fit]: those that a fit needs and no table of the sample states."""

    temperature_shift: RealsLike
    remaining_fraction: RealsLike
    quasiparticle_share: RealsLike
    noise_scale: RealsLike


class FitInputs(Inputs):
    """Numbers of a case that is fitted."""

    fit: FitNumbers


class Target(eqx.Module):
    """What is no number of a hypothesis over data: a pytree without leaves, on which jit keys.

    Args:
        choices: Of the hypothesis.
        follows: Whether the gap follows the critical temperature.
        layout: Of the data.
        parameters: Key and family of the prior of all that may be free, in order.
        noise: "gaussian" or "student-t".
        freedom: Degrees of freedom of the latter.
        balanced: Whether the junction's balance gives the share of the quasiparticles.
        extracts: Whether quasiparticles may have been taken: without them n_s is found faster.
    """

    choices: Choices = eqx.field(static=True)
    follows: bool = eqx.field(static=True)
    layout: Layout = eqx.field(static=True)
    parameters: tuple[tuple[str, str], ...] = eqx.field(static=True)
    noise: str = eqx.field(static=True)
    freedom: float = eqx.field(static=True)
    balanced: bool = eqx.field(static=True, default=False)
    extracts: bool = eqx.field(static=True, default=True)

    @property
    def keys(self) -> tuple[str, ...]:
        """Of the parameters."""
        return tuple(key for key, _ in self.parameters)

    @property
    def forward(self) -> bool:
        """Whether derivatives go forward: those of an evolution do."""
        return bool(self.layout.evolution)


class ModelData(NamedTuple):
    """The numbers of a hypothesis and of the data."""

    inputs: FitInputs
    points: Points
    free: Any  # whether each parameter is
    fixed: Any  # its value where it is not [SI]
    priors: Any  # arguments of its prior [SI], as `arguments` arranges them
    directions: Any = None  # of what is free, a row each, rows of 0 filling up; None means of all

    @property
    def idle(self) -> float:
        """What the fixed coordinates, at u = 0, take from the logarithm of the posterior."""
        return 0.5 * np.log(2 * np.pi) * np.count_nonzero(~np.asarray(self.free))


def with_parameters(
    inputs: FitInputs, keys: tuple[str, ...], theta: Reals, follows: bool
) -> tuple[FitInputs, dict[str, Any]]:
    """The inputs with parameters in place of their numbers, and all parameters by key."""
    stated = dict(zip(keys, theta, strict=True))
    own = {key: x for key, x in stated.items() if not key.startswith("data.")}
    return replaced(inputs, own, follows), stated


def predicted(target: Target, given: ModelData, theta: Reals) -> tuple[Reals, Reals]:
    """What each point would read at parameters [SI], and the factor on its uncertainty."""
    layout, points, choices = target.layout, given.points, target.choices
    inputs, stated = with_parameters(given.inputs, target.keys, theta, target.follows)
    factor, fit = _by_group(layout, stated, "calibration", 1.0), inputs.fit
    out = jnp.zeros(points.value.shape)
    if layout.equilibrium:
        kelvin, left = _temperatures(layout, points, inputs, stated), None
        if target.balanced:
            index = np.array(layout.trapped, int)
            left = jnp.ones(out.shape).at[index].set(balanced_share(choices, inputs, kelvin[index]))
        on = jnp.asarray(points.on)
        here = at_equilibrium(choices, inputs, kelvin, on, left, extracts=target.extracts)
        out = _filled(out, layout.equilibrium, here, inputs, choices, None)
    if layout.evolution:
        protocol, shift = required(inputs.protocol, "protocol"), fit.temperature_shift
        ends = {f"protocol.{key}": getattr(protocol, key) + shift for key in ("start", "warm_to")}
        moved = replaced(inputs, ends)
        found = evolution_of(choices, moved, jnp.asarray(points.times))
        lost = jnp.where(found["succeeded"], 0.0, jnp.nan)
        out = _filled(out, layout.evolution, found["state"], moved, choices, points.at) + lost
    return factor[points.group] * out, jnp.asarray(fit.noise_scale)


def shares_left(target: Target, given: ModelData, theta: Reals) -> Reals:
    """y at each point with the trap, where the junction's balance gives it; else nothing."""
    if not target.balanced:
        return jnp.zeros(0)
    inputs, stated = with_parameters(given.inputs, target.keys, theta, target.follows)
    kelvin = _temperatures(target.layout, given.points, inputs, stated)
    return balanced_share(target.choices, inputs, kelvin[np.array(target.layout.trapped, int)])


def _temperatures(
    layout: Layout, points: Points, inputs: FitInputs, stated: Mapping[str, Any]
) -> Reals:
    offset = _by_group(layout, stated, "temperature_offset", 0.0)
    shift = jnp.where(jnp.asarray(points.on), inputs.fit.temperature_shift, 0.0)
    return points.temperature + offset[points.group] + shift


def balanced_share(choices: Choices, inputs: Inputs, temperature: Reals) -> Reals:
    """y of the balance of [trap.junction]."""
    device = required(device_of(inputs, choices), "trap.junction")
    return emptied_share(device, sample_of(inputs, choices), temperature)


def at_equilibrium(
    choices: Choices, inputs: FitInputs, temperature: Any, on: Any, left: Any = None, *,
    extracts: bool = True,
) -> State:  # fmt: skip
    """States at temperatures [K]; where the trap is on, with what it leaves.

    That is the share y of the quasiparticles that is `left`, where it is not the one of [fit].
    `extracts` says whether any may have been taken: n_s is found faster where none are.
    """
    sample = sample_of(inputs, choices)
    share = jnp.where(on, inputs.fit.quasiparticle_share if left is None else left, 1.0)
    # A hypothesis that takes quasiparticles takes the same share of the normal electrons.
    fraction = jnp.minimum(share, jnp.where(on, inputs.fit.remaining_fraction, 1.0))
    if choices.functional == "bcs":
        stated = required(inputs.landau, "landau")
        clean = stated.mean_free_path is None and not choices.dirty
        return bcs_state(sample, temperature, share, fraction, quick=True, clean=clean)
    if extracts:
        n_s = landau_extraction.superfluid_density(sample, temperature, share, fraction)
    else:
        n_s = landau.superfluid_density(sample, temperature, fraction)
    room = sample.conduction_density - n_s
    alpha = landau.effective_coefficient(sample, temperature, fraction, n_s)
    if extracts:
        alpha = alpha - landau_extraction.unblocked(sample, temperature, n_s, share)
    densities = Densities(n_s, fraction * room, (1 - fraction) * room, fraction)
    return state(sample, temperature, densities, alpha_effective=alpha)


def _by_group(layout: Layout, stated: Mapping[str, Any], name: str, default: float) -> Reals:
    keys = [f"data.groups.{group}.{name}" for group in layout.groups]
    return jnp.stack([jnp.asarray(stated.get(key, default), float) for key in keys])


def _filled(
    out: Reals, wheres: Any, found: State, inputs: Inputs, choices: Choices, at: Any
) -> Reals:
    for name, indices in wheres:
        index = np.array(indices)
        column = reading_of(name, found, inputs, choices)
        out = out.at[index].set(column[index] if at is None else column[at[index]])
    return out


def reading_of(name: str, found: State, inputs: Inputs, choices: Choices) -> Reals:
    """Values of an observable in states [SI].

    Raises:
        InputError: the case does not give a number that the observable needs.
    """
    needs = OBSERVABLES[name].needs
    if not needs:
        return getattr(found, name)
    given = by_key(inputs)
    densities = Densities(found.superfluid_density, found.normal_density, found.trapped_density)
    seen = Seen(
        sample_of(inputs, choices),
        found.temperature,
        densities,
        device_of(inputs, choices),
        gap=found.gap,
        **{key.rpartition(".")[2]: required(given.get(key), key) for key in needs},
    )
    return getattr(seen, name)
