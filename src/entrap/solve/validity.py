"""How warm a sample may be for the theory: where its margins hold, and which fails worst."""

from typing import Any

import jax.numpy as jnp
from jax import lax

from entrap.core.arrays import Reals
from entrap.core.constants import BOLTZMANN
from entrap.core.quantities import quantities
from entrap.model import landau
from entrap.model.sample import Sample, Trapping
from entrap.model.state import bare_densities, trapped_densities
from entrap.model.validity import Margins, margins

_SAMPLES = 64  # temperatures that are asked, from the highest down
_HALVINGS = 50


def smallest(found: Margins) -> Reals:
    """Least of the margins that can be said; NaN where none can.

    Args:
        found: Margins of one shape.
    """
    known = stacked(found)
    none = jnp.isnan(known).all(axis=0)
    return jnp.where(none, jnp.nan, jnp.where(jnp.isnan(known), jnp.inf, known).min(axis=0))


def worst(found: Margins) -> Reals:
    """Index of the least margin, in the order of the fields; -1 where none fails.

    Args:
        found: Margins of one shape.
    """
    known = jnp.where(jnp.isnan(stacked(found)), jnp.inf, stacked(found))
    return jnp.where(known.min(axis=0) < 0, known.argmin(axis=0), -1).astype(float)


def stacked(found: Margins) -> Reals:
    """All margins along a new first axis, NaN where one cannot be said."""
    columns = [getattr(found, name) for name, _ in quantities(Margins)]
    some = next(column for column in columns if column is not None)
    return jnp.stack([jnp.full_like(some, jnp.nan) if c is None else c for c in columns])


def validity_temperature(sample: Sample, trapping: Trapping) -> Reals:
    """Highest T [K] below T̃_c at which all margins hold, all normal electrons trapped.

    Args:
        sample: The sample.
        trapping: Rates; without a trap the margins about it do not count.

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
        return smallest(margins(sample, trapping, temperature, trapped, bare, temperature)) >= 0

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
