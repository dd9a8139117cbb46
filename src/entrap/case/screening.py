"""The table [layout.screening]: the currents by which all of a film screens a field."""

import dataclasses

from entrap.case import kinds
from entrap.core.quantities import settle


@dataclasses.dataclass(frozen=True)
class ScreeningOptions:
    """London's equation with the film's own field.

    Raises:
        InputError: a value is out of bounds.

    Examples:
        >>> ScreeningOptions(field="1 mT").field
        0.001
    """

    field: float = kinds.key(
        "T", "B", "Magnetic field across the film, upwards, which comes on after cooling", "10 uT",
        within=(-1e3, 1e3), display="mT",
    )  # fmt: skip
    size: float | None = kinds.stretch(
        "h", "Longest side of a triangle at the film's edges; a fifth of Λ or of the film's width, "
        "as far as the points allow, if not given",
        "1 um",
        default=None,
    )  # fmt: skip

    def __post_init__(self) -> None:
        settle(self)
