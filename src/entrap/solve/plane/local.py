"""What the condensate is where so many quasiparticles are: each point of a film by itself.

    f = x/x_eq <= 1,    n_s = -α_f/β on 0 <= n_s <= n_c,    Λ = λ²/d_S,    L_□ = μ0 Λ

These are the states of a sample without dimensions, by its three descriptions: Landau's functional
with the entropy of mixing, as the paper has it; plain BCS theory without that entropy; and both in
one functional at every temperature. The condensate is in balance with what is at the same point: it
is not so within a coherence length of where x changes.

Source: theory page, films.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from entrap.core.arrays import Reals
from entrap.core.stable import guarded
from entrap.model import (
    balance,
    bcs,
    bcs_transition,
    electrodynamics,
    landau,
    pearl,
    poisoning,
)
from entrap.model.bcs_state import bcs_state, screening_density
from entrap.model.sample import Sample
from entrap.model.state import state, trapped_densities
from entrap.solve.jit import quick_jit
from entrap.solve.stored import stored

LEVELS = ("landau", "plain", "mixed")
"""Landau's functional with the entropy; plain BCS without it; BCS with it at every temperature."""

_POINTS = 512  # of a table, on either side of equilibrium and under a metal or not
_LEAST = 1e-290  # fewer quasiparticles are as none


class _Found(eqx.Module):
    """What a table has; numbers that stay finite where lengths and temperatures do not."""

    superfluid_density: dict[str, Any]
    gap: dict[str, Any]
    coldness: dict[str, Any]  # 1/T̃_c


@dataclasses.dataclass(frozen=True)
class LocalState:
    """The condensate at points; dictionaries have an array for each of `LEVELS`.

    Args:
        share: x/x_eq, the quasiparticles over those of equilibrium.
        superfluid_density: n_s [1/m^3].
        gap: Δ [J].
        critical_temperature: T̃_c [K]; plain BCS theory has none, as its gap never closes at f < 1.
        penetration_depth: λ [m].
        pearl_length: Λ [m].
        coherence_length: ξ̃ [m], by Landau's functional.
    """

    share: np.ndarray
    superfluid_density: Mapping[str, np.ndarray]
    gap: Mapping[str, np.ndarray]
    critical_temperature: Mapping[str, np.ndarray]
    penetration_depth: Mapping[str, np.ndarray]
    pearl_length: Mapping[str, np.ndarray]
    coherence_length: np.ndarray


class LocalStates:
    """The condensate of a film for every number of quasiparticles that it may have.

    All follows from x, and is smooth on either side of equilibrium: it is computed at many x, and
    interpolated between these.

    Args:
        sample: Of the film.
        temperature: T [K], below T_c.
        thickness: d_S [m].
        least: The least x = n_qp/2N_0Δ that is asked for, Δ being the gap of equilibrium.
        most: The most.
        under_metal: T_c' [K] under a trap.
    """

    def __init__(
        self,
        sample: Sample,
        temperature: float,
        thickness: float,
        least: float,
        most: float,
        under_metal: float,
    ) -> None:
        self.sample, self.temperature, self.thickness = sample, temperature, thickness
        self.under_metal = under_metal
        self.thermal = float(_thermal(sample, temperature))
        low, high = (float(np.log(max(x, _LEAST))) for x in (least, most))
        middle = float(np.log(max(self.thermal, _LEAST)))
        self.equilibrium = middle
        # Each side is a little longer than is asked for, and none is empty.
        least_side = min(low, middle) - 1e-3, min(high + 1e-3, middle)
        most_side = max(low - 1e-3, middle), max(high, middle) + 1e-3
        # Points are closest beside equilibrium, on either side of which all changes differently.
        dense = np.linspace(0.0, 1.0, _POINTS) ** 2
        self.sides = (
            least_side[1] + (least_side[0] - least_side[1]) * dense[::-1],
            most_side[0] + (most_side[1] - most_side[0]) * dense,
        )
        columns = [
            np.stack([side, np.full(_POINTS, critical), np.full(_POINTS, taken)])
            for critical in (float(sample.critical_temperature), under_metal)
            for side, taken in zip(self.sides, (True, False), strict=True)
        ]
        given = sample, float(temperature), self.thermal, *np.concatenate(columns, axis=1)
        found = _quickly(*given)
        if np.isnan(found.gap["mixed"]).any():
            found = _searching(*given)
        self.table = jax.tree.map(lambda column: np.asarray(column).reshape(2, 2, _POINTS), found)

    def at(self, density: np.ndarray, under_metal: np.ndarray | float = 0.0) -> LocalState:
        """The condensate where so many quasiparticles are.

        Args:
            density: x = n_qp/2N_0Δ.
            under_metal: The share of a point's area that lies under traps.
        """
        found = jax.tree.map(lambda rows: self._between(rows, density, under_metal), self.table)
        n_s = found.superfluid_density
        depth = {
            level: np.asarray(electrodynamics.penetration_depth(each))
            for level, each in n_s.items()
        }
        with np.errstate(divide="ignore", invalid="ignore"):
            return LocalState(
                share=np.where(density > 0, density, _LEAST) / self.thermal,
                superfluid_density=n_s,
                gap=found.gap,
                critical_temperature={level: 1 / x for level, x in found.coldness.items()},
                penetration_depth=depth,
                pearl_length={
                    level: np.asarray(pearl.pearl_length(each, self.thickness))
                    for level, each in depth.items()
                },
                coherence_length=np.asarray(
                    electrodynamics.coherence_length(self.sample, n_s["landau"])
                ),
            )

    def _between(self, rows: np.ndarray, density: np.ndarray, under: Any) -> np.ndarray:
        from scipy.interpolate import PchipInterpolator

        length = np.log(np.maximum(density, _LEAST))
        few = length < self.equilibrium
        made = []
        for metal in rows:
            of_side = zip(self.sides, metal, strict=True)
            below, above = (PchipInterpolator(side, values) for side, values in of_side)
            made.append(np.where(few, below(length), above(length)))
        return made[0] + under * (made[1] - made[0])


@quick_jit
def _thermal(sample: Sample, temperature: Any) -> Reals:
    return balance.equilibrium_fraction(bcs.gap(sample, temperature), temperature)


@stored(quick_jit)
def _quickly(sample: Sample, *given: Any) -> _Found:
    """Where the entropy widens the gap, as is nearly always so; else the mixed gap is NaN."""
    return _computed(sample, *given, quick=True)


@stored(quick_jit)
def _searching(sample: Sample, *given: Any) -> _Found:
    return _computed(sample, *given, quick=False)


def _computed(
    sample: Sample,
    temperature: Any,
    thermal: Any,
    length: Any,
    critical: Any,
    taken: Any,
    quick: bool,
) -> _Found:
    """At ln x: with at most as many quasiparticles as in equilibrium where they are `taken`."""
    ratio = critical / jnp.asarray(sample.critical_temperature)
    # A lower T_c has a lower gap, and all else as it is.
    here = dataclasses.replace(
        sample, critical_temperature=critical, gap=jnp.asarray(sample.gap) * ratio
    )
    taken = taken > 0
    some = taken & (thermal > 0)
    few = jnp.exp(length) / guarded(thermal, thermal > 0)
    left = jnp.where(some, jnp.minimum(few, 1.0), 1.0)
    # One call for both: the compiler sees the formulas once.
    counted = jnp.stack([jnp.ones_like(left), left])
    both = bcs_state(here, temperature, left, counted, quick=quick)
    at = {
        "landau": state(here, temperature, trapped_densities(here, temperature, left)),
        "plain": jax.tree.map(lambda column: column[0], both),
        "mixed": jax.tree.map(lambda column: column[1], both),
    }
    gap = {level: each.gap for level, each in at.items()}
    n_s = {level: each.superfluid_density for level, each in at.items()}
    open_ = ~taken & (gap["plain"] > 0)
    narrow = guarded(bcs.gap(here, temperature), open_)
    density = jnp.exp(length) * bcs.gap(sample, temperature) / narrow
    t, scale = temperature / critical, bcs_transition.gap_scale(here)
    reduced = poisoning.reduced_gap(t, density, scale)
    screens = poisoning.superfluid_share(t, density, here.dirtiness, scale, reduced)
    poisoned = {
        "gap": jnp.asarray(here.gap) * reduced,
        "n_s": screening_density(here) * screens,
    }
    for fields, found in ((gap, poisoned["gap"]), (n_s, poisoned["n_s"])):
        # What an excess takes it takes of every gap by the same share.
        change = found / guarded(fields["plain"], open_)
        for level in ("plain", "mixed"):
            fields[level] = jnp.where(open_, fields[level] * change, fields[level])
    return _Found(
        n_s,
        gap,
        {
            "landau": 1 / landau.effective_critical_temperature(here, left),
            "mixed": 1 / bcs_transition.effective_critical_temperature(here, left),
        },
    )
