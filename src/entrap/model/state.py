"""A state: temperature and densities in, every observable that follows from them out."""

import types
from typing import TYPE_CHECKING, Any

import equinox as eqx
import jax.numpy as jnp

from entrap.core.arrays import Reals, RealsLike
from entrap.core.quantities import Quantity, declared_as
from entrap.model import landau
from entrap.model.kinetics import Densities
from entrap.model.observables import OBSERVABLES, OF_STATES, Seen
from entrap.model.sample import Sample

_COLUMNS = {"temperature": Quantity("K", "T", "Temperature")} | {
    name: OBSERVABLES[name].quantity for name in OF_STATES
}

if TYPE_CHECKING:

    class State(eqx.Module):
        """A state of the sample; fields of one shape."""

        def __init__(self, *columns: Any, **named: Any) -> None: ...

        def __getattr__(self, name: str) -> Reals: ...

else:
    State = types.new_class(
        "State",
        (eqx.Module,),
        exec_body=lambda body: body.update(
            {name: declared_as(quantity) for name, quantity in _COLUMNS.items()},
            __annotations__=dict.fromkeys(_COLUMNS, Reals),
            __module__=__name__,
            __doc__="""A state of the sample; fields of one shape.

            They are the temperature and the `OF_STATES` of `entrap.model.observables`.
            """,
        ),
    )


def state(
    sample: Sample, temperature: RealsLike, densities: Densities, **known: RealsLike
) -> State:
    """The state in which electrons are superconducting, normal and trapped as stated.

    Args:
        sample: The sample.
        temperature: Temperature [K].
        densities: Where its electrons are [1/m^3].
        known: Observables that are known otherwise than by Landau's functional, by name [SI].

    Returns:
        State of the broadcast shape.
    """
    seen = Seen(sample, jnp.asarray(temperature, float), densities, **known)
    return State(*jnp.broadcast_arrays(*(jnp.asarray(getattr(seen, name)) for name in _COLUMNS)))


def bare_densities(sample: Sample, temperature: RealsLike) -> Densities:
    """Equilibrium without a trap: n_s = -α/β, the rest normal, f = 1.

    Args:
        sample: The sample.
        temperature: Temperature [K].
    """
    n_s = landau.superfluid_density(sample, temperature, 1.0)
    n_n = sample.conduction_density - n_s
    return Densities(n_s, n_n, jnp.zeros_like(n_s), jnp.ones_like(n_s))


def trapped_densities(
    sample: Sample, temperature: RealsLike, fraction: RealsLike = 0.0
) -> Densities:
    """Minimum of F̃ with normal electrons in the trap, n_s = -α_f/β: all of them at f = 0, Eq. (5).

    Args:
        sample: The sample.
        temperature: Temperature [K].
        fraction: f, normal electrons that the trap has left.
    """
    n_s = landau.superfluid_density(sample, temperature, fraction)
    left = jnp.broadcast_to(jnp.asarray(fraction, float), n_s.shape)
    room = sample.conduction_density - n_s
    return Densities(n_s, left * room, (1 - left) * room, left)
