"""What may become of a film at a point of a sweep."""

from entrap.core.quantities import Quantity

SOLVED, NO_FILM, NOT_STEADY = 0, 1, 2

STATUS = Quantity(
    "1",
    "status",
    f"{SOLVED} where the film was solved, {NO_FILM} where the layout is no film with a mesh, "
    f"{NOT_STEADY} where it has no steady state",
)
"""What became of the film at a point."""
