"""The protocol as temperature against time."""

from typing import NamedTuple

import jax.numpy as jnp

from entrap.core.arrays import Flags, Reals


class Ramp(NamedTuple):
    """Temperature against time, in units of the whole duration."""

    start: Reals
    warm_to: Reals
    hold: Reals

    def temperature(self, time: Reals) -> Reals:
        """T(t) [K]."""
        share = jnp.clip((time - self.hold) / (1 - self.hold), 0.0, 1.0)
        return self.start + (self.warm_to - self.start) * share

    def slope(self, holding: Flags) -> Reals:
        """dT/dt [K]."""
        return jnp.where(holding, 0.0, (self.warm_to - self.start) / (1 - self.hold))
