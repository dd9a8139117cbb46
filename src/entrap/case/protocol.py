"""What is done to the sample: equilibrium at T_0, the trap goes on, a hold, a warm-up."""

import dataclasses

from entrap.core.errors import InputError, Problem
from entrap.core.quantities import quantity, settle


@dataclasses.dataclass(frozen=True)
class Protocol:
    """Hold at the start temperature with the trap on, then warm at a steady rate.

    Raises:
        InputError: a value is out of bounds, or the sample would not be warmed.

    Examples:
        >>> Protocol(start="4 K", hold="10 ms", warm_to="20 K", warming_time="0.1 s").hold
        0.01
    """

    start: float = quantity(
        "K",
        "T_0",
        "Temperature of the equilibrium in which the trap goes on",
        at_least=1e-6,
        at_most=1e6,
        example="4 K",
        source="Fig. 3",
    )
    warm_to: float = quantity(
        "K",
        "T_end",
        "Temperature at the end of the warm-up",
        at_least=1e-6,
        at_most=1e6,
        example="20 K",
        source="Fig. 3",
    )
    warming_time: float = quantity(
        "s",
        "t_w",
        "Duration of the warm-up",
        display="ms",
        at_least=1e-15,
        at_most=1e12,
        example="100 ms",
    )
    hold: float = quantity(
        "s",
        "t_h",
        "How long the trap works before the warm-up",
        default=0.0,
        display="ms",
        at_least=0.0,
        at_most=1e12,
        example="10 ms",
    )
    points: int = quantity(
        "1",
        "",
        "Points in time of the results",
        default=600,
        kind="integer",
        at_least=16,
        at_most=1e6,
        example=600,
    )

    def __post_init__(self) -> None:
        settle(self)
        if self.warm_to < self.start:
            raise InputError(
                Problem(
                    f"must not be below the start, {self.start:g} K, but is {self.warm_to:g} K: "
                    "the protocol warms",
                    "warm_to",
                )
            )
