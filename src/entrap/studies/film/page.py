"""`entrap film`: what its page, its summary and the terminal show, and how they are written."""

from functools import partial
from pathlib import Path

from entrap.case.case import Case
from entrap.core.frame import frame_of
from entrap.core.quantities import Quantity
from entrap.report.look import LOOK, Look
from entrap.report.result import Account, write_result
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

_ERRORS: dict[str, Quantity | str] = {
    "name": "Number",
    "value": Quantity("1", "", "Its value, in SI"),
    "error": Quantity("1", "", "Its error by the mesh, relative to it"),
}
_PLACES: dict[str, Quantity | str] = {
    "of": "What a small trap there would help: the slowest rate, or x at a probe",
    "x": Quantity("m", "x", "Its centre"),
    "y": Quantity("m", "y", "Its centre"),
    "area": Quantity("m^2", "A", "Its area"),
    "gain": Quantity("1", "", "Change of the rate, or of x at the probe, relative to it"),
}


def write_film(case: Case, target: Path, *, look: Look = LOOK, latex: bool = False) -> None:
    """Solve a case's film, write its folder and print the answer, by `write_result`."""
    found = partial(film, case)
    write_result(target, "solving and drawing", found, account, look, latex=latex)


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
        tables={
            "mesh-errors": frame_of(
                (
                    {"name": name, "value": value.value, "error": error}
                    for name, value, error in with_error
                ),
                _ERRORS,
            ),
            "places": frame_of(
                (
                    {"of": of, "x": place.at[0], "y": place.at[1], "area": place.area}
                    | {"gain": place.gain}
                    for of, place in places.items()
                    if place is not None
                ),
                _PLACES,
            ),
            **({"decay": result.decay_frame()} if result.decay else {}),
        },
        context={"result": result, "with_error": with_error},
        more={
            "mesh_errors": {name: strict(x) for name, x in result.errors.items()},
            "best_places": best,
        },
        data="film.nc",
        shown=(*_SHOWN, *(f"density_{name}" for name in result.layout.probes)),
        along=False,
    )
