"""What is done to the sample: equilibrium at T_0, the trap goes on, a hold, a warm-up."""

import dataclasses

from entrap.case import kinds
from entrap.core.quantities import settle


@dataclasses.dataclass(frozen=True)
class Protocol:
    """Hold at the start temperature with the trap on, then warm at a steady rate.

    Raises:
        InputError: a value is out of bounds, or the sample would not be warmed.

    Examples:
        >>> Protocol(start="4 K", hold="10 ms", warm_to="20 K", warming_time="0.1 s").hold
        0.01
    """

    start: float = kinds.temperature(
        "T_0", "Temperature of the equilibrium in which the trap goes on", "4 K", source="Fig. 3"
    )
    warm_to: float = kinds.temperature(
        "T_end", "Temperature at the end of the warm-up", "20 K", source="Fig. 3"
    )
    warming_time: float = kinds.key(
        "s", "t_w", "Duration of the warm-up", "100 ms", within=(1e-15, 1e12), display="ms"
    )
    hold: float = kinds.key(
        "s",
        "t_h",
        "How long the trap works before the warm-up",
        "10 ms",
        within=(0.0, 1e12),
        default=0.0,
        display="ms",
    )
    points: int = kinds.number(
        "", "Points in time of the results", 600, within=(16, 1e6), default=600, kind="integer"
    )

    def __post_init__(self) -> None:
        settle(self)
        kinds.refuse(
            (
                "warm_to",
                self.warm_to < self.start,
                f"must not be below the start, {self.start:g} K, but is {self.warm_to:g} K: "
                "the protocol warms",
            )
        )
