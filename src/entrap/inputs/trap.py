"""The quasiparticle trap: how fast it empties the sample, and what pairs up meanwhile."""

import dataclasses

from entrap.core.errors import InputError, Problem
from entrap.core.quantities import quantity, settle


@dataclasses.dataclass(frozen=True)
class Trap:
    """A normal-metal trap, by its rate. A rate of 0 is a sample without a trap.

    Raises:
        InputError: a value is out of bounds, or both ways of stating the pairing are used.

    Examples:
        >>> Trap(rate="1e3 1/s").closure
        'ramp'
    """

    rate: float = quantity(
        "1/s",
        "Γ",
        "Trapping rate of quasiparticles; 0 is no trap",
        default=0.0,
        at_least=0.0,
        at_most=1e18,
        example="1e3 1/s",
        source="Eq. (7)",
    )
    pairing_rate: float | None = quantity(
        "m^3/s",
        "γ",
        "Rate constant at which normal electrons pair up",
        default=None,
        at_least=0.0,
        at_most=1e6,
        example="0 m^3/s",
        source="Eqs. (7), (8)",
    )
    pairing: float | None = quantity(
        "1",
        "γ n_n⁰/Γ",
        "Pairing against trapping, in place of the pairing rate",
        default=None,
        at_least=0.0,
        at_most=1e12,
        example=0.5,
        source="Eqs. (7), (8)",
    )
    closure: str = quantity(
        "1",
        "",
        "How γ grows: at once, with the trapped fraction, or with the free energy gained",
        default="ramp",
        kind="text",
        choices=("constant", "ramp", "self-consistent"),
        example="ramp",
    )

    def __post_init__(self) -> None:
        settle(self)
        if self.pairing_rate is not None and self.pairing is not None:
            raise InputError(Problem("and `pairing` are both given: keep one", "pairing_rate"))
        if self.pairing and not self.rate:
            raise InputError(
                Problem("is measured in the trap's rate: give `rate`, or `pairing_rate`", "pairing")
            )
