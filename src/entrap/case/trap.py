"""The quasiparticle trap: how fast it empties the sample, and what pairs up meanwhile."""

import dataclasses

from entrap.case import kinds
from entrap.case.film import Film
from entrap.case.junction import Junction
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import settle


@dataclasses.dataclass(frozen=True)
class Trap:
    """A normal-metal trap, by its rate or its junction. With neither there is no trap.

    Its rate follows from the table [trap.junction] where there is one; along [trap.film]
    quasiparticles diffuse to it.

    Raises:
        InputError: a value is out of bounds, or one thing is stated in both ways.

    Examples:
        >>> Trap(rate="1e3 1/s").closure
        'ramp'
    """

    rate: float = kinds.rate(
        "Γ",
        "Trapping rate of quasiparticles; 0 is no trap, or that of the junction",
        "1e3 1/s",
        source="Eq. (7)",
    )
    pairing_rate: float | None = kinds.key(
        "m^3/s",
        "γ",
        "Rate constant at which normal electrons pair up",
        "0 m^3/s",
        within=(0.0, 1e6),
        default=None,
        source="Eqs. (7), (8)",
    )
    pairing: float | None = kinds.number(
        "γ n_n⁰/Γ",
        "Pairing against trapping, in place of the pairing rate",
        0.5,
        within=(0.0, 1e12),
        default=None,
        source="Eqs. (7), (8)",
    )
    remaining_fraction: float = kinds.number(
        "f",
        "Fraction of the quasiparticles that the trap leaves in states of equilibrium; that of a "
        "junction is computed",
        0.1,
        within=(0.0, 1.0),
        default=0.0,
    )
    closure: str = kinds.word(
        "How γ grows: at once, with the trapped fraction, or with the free energy gained",
        "ramp",
        default="ramp",
        choices=("constant", "ramp", "self-consistent"),
    )
    pairing_limit: str | None = kinds.word(
        "Where pairing ends: as Eqs. (7), (8) say, or at the minimum that F has at each moment; "
        "that of the rate is none, that of a junction or self-consistent pairing is the minimum",
        "none",
        default=None,
        choices=("none", "minimum"),
        source="Eqs. (7), (8)",
    )

    junction: Junction | None = None
    film: Film | None = None

    def __post_init__(self) -> None:
        settle(self)
        for key, kind in (("junction", Junction), ("film", Film)):
            part = getattr(self, key)
            if part is not None and not isinstance(part, kind):
                raise InputError(Problem(f"must be a {kind.__name__}, but is {part!r:.60}", key))
        kinds.refuse(
            (
                "rate",
                self.rate and self.junction,
                "and [trap.junction] both state the trapping rate: keep one",
            ),
            (
                "pairing_rate",
                self.pairing_rate is not None and self.pairing is not None,
                "and `pairing` are both given: keep one",
            ),
            (
                "pairing",
                self.pairing and not self.rate and not self.junction,
                "is measured in the trap's rate: give `rate` or [trap.junction], or `pairing_rate`",
            ),
            (
                "remaining_fraction",
                self.remaining_fraction and self.junction,
                "and [trap.junction] both state what is left: keep one",
            ),
            (
                "pairing_limit",
                self.pairing_limit == "none" and self.limited,
                'must be "minimum" with [trap.junction], whose own balance would otherwise pair '
                "electrons in equilibrium, and with self-consistent pairing",
            ),
        )

    @property
    def limited(self) -> bool:
        """Whether the trap itself says that pairs form only up to the minimum of F."""
        return self.junction is not None or self.closure == "self-consistent"

    @property
    def present(self) -> bool:
        """Whether there is a trap at all."""
        return self.rate > 0 or self.junction is not None
