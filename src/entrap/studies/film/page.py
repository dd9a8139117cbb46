"""`entrap film`: what its page, its summary and the terminal show, and how they are written."""

from functools import partial
from pathlib import Path
from typing import Any

from entrap.case.case import Case
from entrap.case.target import Target
from entrap.core.frame import Column, Frame, frame_of
from entrap.core.quantities import Quantity
from entrap.report.labels import nice
from entrap.report.look import Look
from entrap.report.result import Account, write_result
from entrap.report.watching import Told
from entrap.solve.protocol.results import strict
from entrap.studies.film.answer import film_answer
from entrap.studies.film.film import FilmResult, film
from entrap.studies.film.mesh import error_text
from entrap.studies.film.placement import Placed
from entrap.studies.film.reach_answer import (
    reach_answer,
    reach_context,
    reach_frame,
    reach_summary,
)
from entrap.studies.film.screened_numbers import DECLARED as SCREENED
from entrap.studies.film.screened_numbers import screened_frames, screened_summary
from entrap.studies.film.solution import varies
from entrap.studies.film.storage import fields_of
from entrap.studies.film.window_numbers import DECLARED, window_frames, window_summary

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

_OF_TRAPS = ("area_bound", "mean_density_without_trap", "trap_area")
_BY_TRAPS = ("inductance_change", "resonance_shift")
"""Numbers that say nothing where there are no traps: not printed, and not shown at all."""

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
_SLOPES: dict[str, Quantity | str] = {
    "of": "Of what: the slowest rate, or x at a probe",
    "trap": Quantity("1", "", "Number of the trap"),
    "x": Quantity("m", "x", "Its centre"),
    "y": Quantity("m", "y", "Its centre"),
    "along_x": Quantity("1/m", "", "Relative change where the trap is moved along x"),
    "along_y": Quantity("1/m", "", "Relative change where the trap is moved along y"),
    "grown": Quantity("1/m", "", "Relative change where its outline is moved outwards"),
}


def write_film(
    case: Case,
    target: Path,
    *,
    look: Look,
    latex: bool,
    asked: Target | None = None,
) -> None:
    """Solve a case's film, write its folder and print the answer, by `write_result`.

    The answer also says what the target that is `asked` for takes.
    """
    kept = target.with_name(f".{target.name}.steps.npz")

    def compute(tell: Told) -> FilmResult:
        return film(case, asked, kept=kept, progress=tell)

    write_result(target, "meshing", compute, account, look, latex=latex, telling=True)


def placed_summary(placed: Placed | None) -> dict[str, Any] | None:
    """The traps that were placed, as the summary has them."""
    if placed is None:
        return None
    return {
        "centres": placed.centres.tolist(),
        "radius": placed.radius,
        "rate": placed.rate,
        "bound": placed.bound,
        "starts": list(placed.starts),
    }


def account(result: FilmResult) -> Account:
    """What is shown of a film."""
    from entrap.studies.film.figures import film_figures

    places = {"slowest_rate": result.best_place} | dict(result.probe_places)
    best = {
        name: {"at": list(place.at), "area": place.area, "gain": strict(place.gain)}
        for name, place in places.items()
        if place is not None
    }
    traps = result.mesh.outlines.traps
    values = {
        name: value
        for name, value in result.quantities.items()
        if traps or not name.startswith(_BY_TRAPS)
    }
    screening, reached = result.screening, result.reached
    told = () if reached is None else reach_answer(reached)
    tables = {} if screening is None else screened_frames(screening)
    columns = [column.values for column in tables["holes"].columns] if "holes" in tables else []
    holes = [*zip(*columns, strict=True)]
    with_error = [
        (name, values[name], result.errors[name]) for name in result.errors if name in values
    ]
    return Account(
        case=result.case,
        sentences=(*told, *film_answer(result)),
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
            "slopes": frame_of(
                (vars(each) | {"x": each.centre[0], "y": each.centre[1]} for each in result.slopes),
                _SLOPES,
            ),
            "maps": _maps(result),
            **({"decay": result.decay_frame()} if result.decay else {}),
            **({"target": reach_frame(reached)} if reached is not None else {}),
            **({} if result.window is None else window_frames(result.window)),
            **tables,
        },
        context={
            "result": result,
            "with_error": [(name, value, error_text(error)) for name, value, error in with_error],
            "holes": holes,
            "traps": traps,
            "uniform": not varies(result.solution.density),
            "rate_varies": not result.closed and varies(result.solution.rate_gain),
            "step": nice(result.mesh.outlines.size / 300),
            "length": Quantity("m", "", "Length", display="um"),
            **({"reached": ()} if reached is None else reach_context(reached)),
        },
        more={
            "mesh_errors": {name: strict(x) for name, x in result.errors.items()},
            "best_places": best,
            "junction_slopes": result.junction_slopes,
            "placed": placed_summary(result.placed),
            **({"target": reach_summary(reached)} if reached is not None else {}),
            **({} if result.window is None else {"window": window_summary(result.window)}),
            **({} if screening is None else {"screening": screened_summary(screening)}),
        },
        data="film.nc",
        shown=(
            *(name for name in _SHOWN if traps or name not in _OF_TRAPS),
            *(f"density_{name}" for name in result.layout.probes),
            *DECLARED,
            *SCREENED,
        ),
        along=False,
    )


def _maps(result: FilmResult) -> Frame:
    """What the maps show, a row each point of the mesh."""
    x, y = result.mesh.points.T
    place = (("x", x, "m", "Of the point"), ("y", y, "m", "Of the point"))
    area = ("area", result.mesh.dual.volumes, "m^2", "That belongs to the point")
    fields = (
        (name, values, declared.unit, declared.meaning)
        for name, (values, declared) in fields_of(result).items()
    )
    return Frame(*(Column(*each) for each in (*place, area, *fields)))
