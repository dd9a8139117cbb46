"""`entrap film`: what its page, its summary and the terminal show, and how they are written."""

from collections.abc import Collection
from functools import partial
from pathlib import Path

from entrap.case.case import Case
from entrap.report.result import Account, write_result
from entrap.report.written import USUAL
from entrap.solve.protocol.results import strict
from entrap.studies.film.answer import film_answer
from entrap.studies.film.film import FilmResult, film
from entrap.studies.film.places import best_place, probe_place

_SHOWN = (
    "temperature",
    "trap_temperature",
    "trapping_rate",
    "trapping_length",
    "slowest_rate",
    "evacuation_time",
    "area_bound",
    "mean_density",
    "mean_density_without_trap",
    "film_area",
    "trap_area",
    "mesh_points",
    "mesh_error",
)


def write_film(case: Case, target: Path, *, formats: Collection[str] = USUAL) -> None:
    """Solve a case's film, write its folder and print the answer, by `write_result`."""
    write_result(target, "solving and drawing", partial(film, case), account, formats)


def account(result: FilmResult) -> Account:
    """What is shown of a film."""
    from entrap.studies.film.figures import film_figures

    places = {"slowest_rate": best_place(result)}
    places |= {name: probe_place(result, name) for name in result.layout.probes}
    best = {
        name: {"at": list(place.at), "area": place.area, "gain": strict(place.gain)}
        for name, place in places.items()
        if place is not None
    }
    values = result.quantities
    with_error = [
        (name, values[name], result.errors[name]) for name in result.errors if name in values
    ]
    return Account(
        case=result.case,
        sentences=film_answer(result),
        values=values,
        validity=result.margins,
        template="studies/film/film.html",
        figures=partial(film_figures, result),
        context={"result": result, "with_error": with_error},
        more={
            "mesh_errors": {name: strict(x) for name, x in result.errors.items()},
            "best_places": best,
        },
        data="film.nc",
        shown=(*_SHOWN, *(f"density_{name}" for name in result.layout.probes)),
        along=False,
    )
