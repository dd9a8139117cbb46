"""What may be asked of a drawn film; light to import."""

from entrap.case.layout import Layout
from entrap.case.layoutparts import Circle
from entrap.case.target import DRAWN_GOALS, Target
from entrap.core.errors import InputError, Problem


def check_asked(target: Target, layout: Layout) -> None:
    """Refuse a target that cannot be asked of a layout's film.

    Raises:
        InputError: there is no such probe, or a key that is free is none of this film.
    """
    known = [*DRAWN_GOALS, *(f"density_{name}" for name in layout.probes)]
    problems = []
    if target.goal not in known:
        text = f"asks for {target.goal}, but of this film can be asked {', '.join(known)}"
        problems.append(Problem(text, "target.reach"))
    for key in target.free:
        if key.startswith("trap.film."):
            text = "cannot be free: it is of a film in one dimension, and this one is drawn"
            problems.append(Problem(text, f"target.free.{key}"))
        elif key.startswith("layout.shape.") and trap_circle(layout, key) is None:
            text = "cannot be free: it is not the radius of a trap of the layout"
            problems.append(Problem(text, f"target.free.{key}"))
    if problems:
        raise InputError(*problems)


def trap_circle(layout: Layout, key: str) -> Circle | None:
    """The round trap of a layout whose radius has that key; None where there is none."""
    which = key.split(".")[2]
    named = {shape.name: shape for shape in layout.shape if shape.name is not None}
    numbered = {str(number): shape for number, shape in enumerate(layout.shape, start=1)}
    shape = {**numbered, **named}.get(which)
    return shape.circle if shape is not None and shape.on == "trap" else None
