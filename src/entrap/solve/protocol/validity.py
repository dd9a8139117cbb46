"""How warm a sample may be for the theory: where its margins hold, and which fails worst."""

from typing import Any

import jax.numpy as jnp
from jax import lax

from entrap.core.arrays import Reals
from entrap.core.constants import BOLTZMANN
from entrap.core.quantities import quantities
from entrap.model import landau
from entrap.model.device import Device
from entrap.model.sample import Sample, Trapping
from entrap.model.state import bare_densities, trapped_densities
from entrap.model.validity import Margins, margins

_SAMPLES = 64  # temperatures that are asked, from the highest down
_HALVINGS = 50


def smallest(found: Margins) -> Reals:
    """Least of the margins that can be said; NaN where none can, as in a normal sample."""
    least, _ = _least(found)
    return least


def worst(found: Margins) -> Reals:
    """Index of the least margin in the order of the fields; -1 where none fails, NaN if normal."""
    least, which = _least(found)
    return jnp.where(least < 0, which, jnp.where(jnp.isnan(least), jnp.nan, -1.0))


def _least(found: Margins) -> tuple[Reals, Reals]:
    """The least margin and its index, column by column: a stack of them would fill the cache."""
    least, which = jnp.asarray(jnp.nan), jnp.asarray(-1.0)
    for index, (name, _) in enumerate(quantities(Margins)):
        column = getattr(found, name)
        if column is not None:
            lower = (column < least) | (jnp.isnan(least) & ~jnp.isnan(column))
            least, which = jnp.where(lower, column, least), jnp.where(lower, float(index), which)
    return least, which


def validity_temperature(sample: Sample, trapping: Trapping, device: Device | None = None) -> Reals:
    """Highest T [K] below T̃_c at which all margins hold, all normal electrons trapped.

    Args:
        sample: The sample.
        trapping: Rates; without a trap the margins about it do not count.
        device: The junction, where there is one.

    Returns:
        Temperature of the broadcast shape, to rounding; NaN where there is none. A window of
        validity narrower than T̃_c/64 may be missed; without a finite T̃_c the search ends at
        Δ_g(0)/k_B, beyond which no trap works.
    """
    critical = landau.effective_critical_temperature(sample)
    highest = jnp.where(jnp.isfinite(critical), critical, jnp.asarray(sample.gap) / BOLTZMANN)

    def holds(temperature: Reals) -> Any:
        trapped = trapped_densities(sample, temperature)
        bare = bare_densities(sample, temperature)
        found = margins(sample, trapping, temperature, trapped, bare, temperature, device=device)
        return smallest(found) >= 0

    def ask(k: Any, found: Any) -> Any:
        low, high, yet = found
        # The topmost lies just below T̃_c, where there still is a gap.
        share = (_SAMPLES - k) / _SAMPLES
        temperature = highest * jnp.where(k == 0, 1 - 1e-9, share)
        now = holds(temperature) & ~yet
        return (
            jnp.where(now, temperature, low),
            jnp.where(yet | now, high, temperature),
            yet | now,
        )

    shape = jnp.broadcast_shapes(*(jnp.shape(x) for x in (holds(highest), highest)))
    highest = jnp.broadcast_to(highest, shape)
    begin = (jnp.zeros(shape), highest, jnp.zeros(shape, bool))
    low, high, some = lax.fori_loop(0, _SAMPLES, ask, begin)

    def halve(_: Any, bracket: Any) -> Any:
        low, high = bracket
        middle = (low + high) / 2
        ok = holds(middle)
        return jnp.where(ok, middle, low), jnp.where(ok, high, middle)

    low, _ = lax.fori_loop(0, _HALVINGS, halve, (low, high))
    return jnp.where(some, low, jnp.nan)
