"""The modes of an evolution, and what is known at one time of it."""

from typing import Any, NamedTuple

from entrap.core.arrays import Reals

PINNED, RELEASED, NORMAL, FULL, HELD = range(5)
"""Full: all n_c superconduct, none to trap. Held: as many as will where the trap has emptied it."""


class Segment(NamedTuple):
    """A stretch of time in which one mode holds, at its start."""

    start: Reals
    temperature: Reals
    mode: Any
    holding: Any


class Instant(NamedTuple):
    """Temperature and densities at one time, and the minimum of F there."""

    time: Reals
    temperature: Reals
    n_s: Reals
    n_n: Reals
    fraction: Reals
    minimum: Reals
    by_temperature: Reals  # ∂/∂T of the minimum
    by_fraction: Reals  # ∂/∂f of the minimum


class Rates(NamedTuple):
    """Of change, per duration."""

    fraction: Reals
    recession: Reals  # of the released branch
    pairing: Reals
    loss: Reals  # of ln f, pinned
    slack: Reals  # uncertainty of the recession
    by_trap: Reals  # of f
    forgets: Reals  # an error of f
