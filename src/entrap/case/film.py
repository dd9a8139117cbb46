"""The film that the trap sits on: a strip, with pads at its ends and one or more traps along it."""

import dataclasses

from entrap.case import kinds
from entrap.core.quantities import settle

_ROUNDING = 1e-9
"""Of the film's length: by so little a trap at the very end may seem to stick out."""


@dataclasses.dataclass(frozen=True)
class Film:
    """A strip in one dimension. Its traps are equal, and equally spaced unless one is placed.

    Raises:
        InputError: a value is out of bounds, or the traps do not lie inside the film.

    Examples:
        >>> Film("1 mm", "12 um", trap_length="100 um").trap_centres
        (0.0005,)
        >>> Film(1.0, 1.0, trap_length=0.2, trap_count=2).trap_centres
        (0.25, 0.75)
    """

    length: float = kinds.stretch(
        "L", "Length of the strip, the traps' included, the pads' not", "1 mm"
    )
    width: float = kinds.stretch("W", "Width of the strip", "12 um")
    trap_length: float = kinds.stretch(
        "d", "Length of all traps together, along the strip", "100 um", within=(1e-12, 1e3)
    )
    trap_count: int = kinds.number(
        "N",
        "Number of equal traps; trap i of N is centred at L (2 i + 1)/(2 N)",
        1,
        within=(1, 1000),
        default=1,
        kind="integer",
        source="theory, traps",
    )
    trap_position: float | None = kinds.stretch(
        "x_t",
        "Centre of a single trap from the left end; the middle where it is not given",
        "500 um",
        within=(0.0, 1e3),
        default=None,
    )
    left_pad: float = kinds.area("A_l", "Area of the pad at the left end", "6400 um^2")
    right_pad: float = kinds.area("A_r", "Area of the pad at the right end", "6400 um^2")
    background_rate: float = kinds.rate(
        "s_b", "Rate at which quasiparticles are lost everywhere, with no trap", "0 1/s"
    )
    quasiparticle_diffusivity: float | None = kinds.diffusivity(
        "D_qp",
        "Diffusivity of quasiparticles; the thermal mean of D_N/ν_S where it is not given",
        "18 cm^2/s",
        source="theory, traps",
    )
    temperature: float | None = kinds.temperature(
        "T",
        "Temperature of the film; the protocol's start where it is not given",
        "50 mK",
        default=None,
        source="theory, traps",
    )

    def __post_init__(self) -> None:
        settle(self)
        low, high = self.trap_length / 2, self.length - self.trap_length / 2
        slack = _ROUNDING * self.length
        at = low if self.trap_position is None else self.trap_position
        kinds.refuse(
            (
                "trap_length",
                self.trap_length > self.length,
                f"must not exceed the film's length, {self.length:g} m, but is "
                f"{self.trap_length:g} m: it is that of all traps together",
            ),
            (
                "trap_position",
                self.trap_position is not None and self.trap_count > 1,
                f"places one trap, but `trap_count` is {self.trap_count}: leave one of them "
                "out (several traps are equally spaced)",
            ),
            (
                "trap_position",
                low <= high and self.trap_count == 1 and not low - slack <= at <= high + slack,
                f"must be between {low:g} m and {high:g} m for the trap to lie inside the "
                f"film, but is {at:g} m",
            ),
        )

    @property
    def trap_centres(self) -> tuple[float, ...]:
        """Centres of the traps from the left end [m]."""
        if self.trap_position is None:
            count = self.trap_count
            return tuple(self.length * (2 * i + 1) / (2 * count) for i in range(count))
        half = self.trap_length / 2  # a trap at the very end stays inside in spite of rounding
        return (min(max(self.trap_position, half), self.length - half),)
