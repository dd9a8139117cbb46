"""A film at one point of a sweep: its numbers, or why there are none."""

from collections.abc import Collection, Mapping
from typing import Any

from entrap.case.case import Case
from entrap.case.outlines import outlines
from entrap.core.errors import InputError, SolveError
from entrap.solve.plane.sheet import sheet_of
from entrap.studies.film.film import FilmResult
from entrap.studies.film.needs import film_temperature, layout_of
from entrap.studies.film.placement import place_traps
from entrap.studies.film.refinement import refined
from entrap.studies.film.status import NO_FILM, NOT_STEADY, SOLVED


def changed_film(case: Case, changes: Mapping[str, Any]) -> Case:
    """A case with numbers changed; `temperature` is that of the film."""
    own = {key: x for key, x in changes.items() if key != "temperature"}
    if "temperature" in changes:
        own["layout.temperature"] = changes["temperature"]
    return case.changed(own)


def film_point(
    case: Case, changes: Mapping[str, Any], names: Collection[str]
) -> tuple[dict[str, float], int, str]:
    """Numbers of the film of a changed case, without its maps, slopes and transients.

    Args:
        case: With a junction and a layout.
        changes: Values by dotted key.
        names: Those that are wanted: traps are placed where one of them needs it.

    Returns:
        The numbers by name, the status, and what a user is told where there are none.
    """
    try:
        one = changed_film(case, changes)
        layout = layout_of(one)
        sheet = sheet_of(one, layout, film_temperature(one, layout))
        generation = one.require("trap.junction").generation
        (solution, _), errors = refined(layout, outlines(layout), sheet, generation)
        placed = None
        if any(name.startswith("placed_") for name in names):
            placed = place_traps(solution, layout.placement)
    except InputError as error:
        return {}, NO_FILM, str(error)
    except SolveError as error:
        return {}, NOT_STEADY, str(error)
    found = FilmResult(one, solution, errors, (), None, (), {}, placed)
    return {name: float(value.value) for name, value in found.quantities.items()}, SOLVED, ""
