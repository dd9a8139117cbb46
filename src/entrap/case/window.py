"""The table [layout.window]: the part of a film in which its condensate is computed."""

import dataclasses

from entrap.case import kinds
from entrap.case.points import Point, settle_points

STARTS = ("field-cooled", "zero-field", "best")
"""How the condensate comes to where it is."""

ENDS = ("left-right", "bottom-top", "terminals")
"""Between what a current is driven: two sides of the film in the window, or the terminals."""


@dataclasses.dataclass(frozen=True)
class Window:
    """A rectangle in which Ginzburg and Landau's equation is solved, in a magnetic field.

    Raises:
        InputError: a value is out of bounds.

    Examples:
        >>> Window(centre=[0, 0], size=["2 um", "2 um"], field="1 mT").start
        'field-cooled'
    """

    centre: Point
    size: Point
    field: float = kinds.key(
        "T", "B", "Magnetic field across the film, upwards", "1 mT", within=(-1e3, 1e3),
        default=0.0, display="mT",
    )  # fmt: skip
    start: str = kinds.word(
        "How the state is reached: cooled in the field, or cooled first; or the lowest that is "
        "found from several starts",
        "best",
        default="field-cooled",
        choices=STARTS,
    )
    self_field: bool = kinds.switch(
        "Whether the field of the film's own currents is added; needs a window that holds all of "
        "the film",
        source="theory, films",
    )
    current: str | None = kinds.word(
        "Between what the critical current is sought: two sides of the film in the window, across "
        "which the film goes on as it is, or the layout's two terminals, wide films that hold the "
        "condensate of their bulk; none is sought where it is not given",
        "left-right",
        default=None,
        choices=ENDS,
        source="theory, films",
    )
    extrapolation_length: float | None = kinds.length(
        "b",
        "De Gennes' length of a metal along the film's edges; no metal where it is not given",
        "500 nm",
        default=None,
        source="theory, films",
    )

    def __post_init__(self) -> None:
        settle_points(self, "centre", "size")
        message = f"must be a width and a height above 0 m, but is {list(self.size)}"
        own = "is not solved with the film's own field: leave out one of it and `self_field`"
        kinds.refuse(
            ("size", min(self.size) <= 0, message),
            ("current", self.current is not None and self.self_field, own),
        )
