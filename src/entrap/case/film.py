"""The film that the trap sits on: a strip, with pads at its ends and one or more traps along it."""

import dataclasses

from entrap.core.errors import InputError, Problem
from entrap.core.quantities import quantity, settle

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

    length: float = quantity(
        "m",
        "L",
        "Length of the strip, the traps' included, the pads' not",
        display="nm",
        at_least=1e-9,
        at_most=1e3,
        example="1 mm",
        source="theory, traps",
    )
    width: float = quantity(
        "m",
        "W",
        "Width of the strip",
        display="nm",
        at_least=1e-9,
        at_most=1e3,
        example="12 um",
        source="theory, traps",
    )
    trap_length: float = quantity(
        "m",
        "d",
        "Length of all traps together, along the strip",
        display="nm",
        at_least=1e-12,
        at_most=1e3,
        example="100 um",
        source="theory, traps",
    )
    trap_count: int = quantity(
        "1",
        "N",
        "Number of equal traps; trap i of N is centred at L (2 i + 1)/(2 N)",
        default=1,
        kind="integer",
        at_least=1,
        at_most=1000,
        example=1,
        source="theory, traps",
    )
    trap_position: float | None = quantity(
        "m",
        "x_t",
        "Centre of a single trap from the left end; the middle where it is not given",
        default=None,
        display="nm",
        at_least=0.0,
        at_most=1e3,
        example="500 um",
        source="theory, traps",
    )
    left_pad: float = quantity(
        "m^2",
        "A_l",
        "Area of the pad at the left end",
        default=0.0,
        display="um^2",
        at_least=0.0,
        at_most=1e6,
        example="6400 um^2",
        source="theory, traps",
    )
    right_pad: float = quantity(
        "m^2",
        "A_r",
        "Area of the pad at the right end",
        default=0.0,
        display="um^2",
        at_least=0.0,
        at_most=1e6,
        example="6400 um^2",
        source="theory, traps",
    )
    background_rate: float = quantity(
        "1/s",
        "s_b",
        "Rate at which quasiparticles are lost everywhere, with no trap",
        default=0.0,
        at_least=0.0,
        at_most=1e18,
        example="0 1/s",
        source="theory, traps",
    )
    quasiparticle_diffusivity: float | None = quantity(
        "m^2/s",
        "D_qp",
        "Diffusivity of quasiparticles; the thermal mean of D_N/ν_S where it is not given",
        default=None,
        display="cm^2/s",
        at_least=1e-12,
        at_most=1e4,
        example="18 cm^2/s",
        source="theory, traps",
    )
    temperature: float | None = quantity(
        "K",
        "T",
        "Temperature of the film; the protocol's start where it is not given",
        default=None,
        at_least=1e-6,
        at_most=1e6,
        example="50 mK",
        source="theory, traps",
    )

    def __post_init__(self) -> None:
        settle(self)
        if self.trap_length > self.length:
            raise InputError(
                Problem(
                    f"must not exceed the film's length, {self.length:g} m, but is "
                    f"{self.trap_length:g} m: it is that of all traps together",
                    "trap_length",
                )
            )
        if self.trap_position is None:
            return
        if self.trap_count > 1:
            raise InputError(
                Problem(
                    f"places one trap, but `trap_count` is {self.trap_count}: leave one of them "
                    "out (several traps are equally spaced)",
                    "trap_position",
                )
            )
        low, high = self.trap_length / 2, self.length - self.trap_length / 2
        slack = _ROUNDING * self.length
        if not low - slack <= self.trap_position <= high + slack:
            raise InputError(
                Problem(
                    f"must be between {low:g} m and {high:g} m for the trap to lie inside the "
                    f"film, but is {self.trap_position:g} m",
                    "trap_position",
                )
            )

    @property
    def trap_centres(self) -> tuple[float, ...]:
        """Centres of the traps from the left end [m]."""
        if self.trap_position is None:
            count = self.trap_count
            return tuple(self.length * (2 * i + 1) / (2 * count) for i in range(count))
        half = self.trap_length / 2  # a trap at the very end stays inside in spite of rounding
        return (min(max(self.trap_position, half), self.length - half),)
