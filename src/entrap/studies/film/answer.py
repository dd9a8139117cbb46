"""The answer in sentences: how fast the film empties, what is left where, where a trap helps."""

import math

from entrap.core.quantities import number_text
from entrap.report.labels import listed, nice, percent, quoted
from entrap.studies.film.declared import DECLARED
from entrap.studies.film.film import FilmResult
from entrap.studies.film.gradients import Slopes
from entrap.studies.film.local_answer import local_caveats, local_sentences
from entrap.studies.film.margins import emptying_rate
from entrap.studies.film.mesh import percent_error_text
from entrap.studies.film.places import Place, area_text, point, small_area
from entrap.studies.film.screened_answer import screened_caveats, screened_sentences
from entrap.studies.film.solution import varies
from entrap.studies.film.window_answer import window_caveats, window_sentences

_SMALL = 0.3  # relative change up to which its derivative says how large it is
_NOTHING = 1e-3  # relative change whose direction is one of the mesh alone


def film_answer(result: FilmResult) -> tuple[str, ...]:
    """Sentences for the first screen of a report and the end of a run."""
    sentences = [_speed(result), _left(result), *_help(result), *_moves(result), *_placed(result)]
    sentences += _warmed(result)
    caveats = _caveats(result)
    if result.local is not None:
        bursts = None
        if result.shift is not None and result.decay is not None:
            bursts = result.decay.times, result.shift
        sentences += local_sentences(result.local, bursts)
        caveats += local_caveats(result.margins)
    if result.window is not None:
        sentences += window_sentences(result.window)
        caveats += window_caveats(result.window, result.margins)
    if result.screening is not None:
        sentences += screened_sentences(result.screening)
        caveats += screened_caveats(result.screening, result.margins)
    # Of the window and of the whole film the same may be said, of one of them in fewer words.
    said = [each for each in caveats if not any(o != each and o.startswith(each) for o in caveats)]
    return (*sentences, *([f"Mind that {'; and '.join(said)}."] if said else []))


def _speed(result: FilmResult) -> str:
    values = result.quantities
    shown = {name: quoted(v.declared, v.value, 3) for name, v in values.items()}
    rate, bound = values["slowest_rate"].value, values["area_bound"].value
    at = f"At {shown['temperature']}"
    if rate <= 0:
        where = point(result.solution.closed or result.mesh.points[0])
        return (
            f"{at} an excess of quasiparticles does not decay but by recombination: the film at "
            f"{where} is joined to no trap."
        )
    text = (
        f"{at} an excess of quasiparticles in the device finally decays by a factor e in "
        f"τ_w = {shown['evacuation_time']}, at a rate of {_rate(rate)}."
    )
    if not values["trap_area"].value:
        return text
    return (
        f"{text} This is {percent(rate / bound)} of {_rate(bound)}, the rate if diffusion took no "
        f"time. The error by the mesh of {values['mesh_points'].value:,.0f} points is "
        f"{percent_error_text(values['mesh_error'].value)}."
    )


def _rate(value: float) -> str:
    return f"{number_text(value)} 1/s"


def _left(result: FilmResult) -> str:
    values = {name: v.value for name, v in result.quantities.items()}

    def told(name: str) -> str:
        """A density, beside what it would be without the traps."""
        before = name.replace("density", "density_without_trap", 1)
        if not values["trap_area"]:
            return number_text(values[name])
        compared = f"{_fewer(values[name], values[before])} {result.mesh.outlines.traps_named}"
        return f"{number_text(values[name])} ({compared})"

    text = f"In the steady state x = n_qp/2N_0Δ = {told('mean_density')} is left on average"
    places = [f"{told(f'density_{name}')} at {name}" for name in result.layout.probes]
    return f"{text}; it is {listed(places)}." if places else f"{text}."


def _fewer(after: float, before: float) -> str:
    ratio = before / after
    if abs(ratio - 1) < 0.005:
        return "as many as without"
    if ratio < 1:
        return f"{number_text(1 / ratio)} times as many as without"
    many = f"{number_text(ratio)} times" if ratio >= 2 else percent(1 - 1 / ratio)
    return f"{many} fewer than without"


def _help(result: FilmResult) -> list[str]:
    best, area = result.best_place, small_area(result.solution)
    step = nice(result.mesh.outlines.size / 1000)
    a_trap = f"small round trap, of {area_text(area)},"
    made = []
    if best is not None and not varies(result.solution.rate_gain):
        made.append("To first order a trap would speed up the decay as much wherever it is.")
    elif best is not None:
        further = "further trap" if result.mesh.outlines.traps else "trap"
        # What is known is its derivative, which says nothing of a large change.
        much = f": a {a_trap} there would make it {percent(best.gain)} faster"
        much = much if best.gain < _SMALL else ""
        made.append(f"A {further} would speed up the decay most at {_at(best, step)}{much}.")
    for name in result.layout.probes:
        there = result.probe_places[name]
        if there is not None and there.gain > 0:
            much = f", by {percent(there.gain)}" if there.gain < _SMALL else ""
            which = "Such a trap" if any(a_trap in text for text in made) else f"A {a_trap}"
            made.append(
                f"{which} would lower what is left at {name} in the steady state most at "
                f"{_at(there, step)}{much}."
            )
    return [" ".join(made)] if made else []


def _moves(result: FilmResult) -> list[str]:
    """Which of the traps would gain most by a move, and by how much."""
    rates = [each for each in result.slopes if each.of == "slowest_rate"]
    if len(rates) == 1:
        return [_move(result, rates[0])]
    if not rates:
        return []
    best = max(rates, key=_steepness)
    grown = max(rates, key=lambda each: each.grown)
    step, more = _step(result, _steepness(best)), _step(result, grown.grown)
    gain = step * _steepness(best)
    return [
        f"Of the traps, that at {point(best.centre)} gains most by a move: each {1e6 * step:g} µm "
        f"in the direction of {_direction(best)}° from the x axis makes the film empty "
        f"{percent(gain)} faster. That at {point(grown.centre)} gains most where it is made "
        f"larger: {percent(more * grown.grown)} for each {1e6 * more:g} µm all around it."
    ]


def _move(result: FilmResult, slope: Slopes) -> str:
    """What the only trap gains by a move, and by growing."""
    step, more = _step(result, _steepness(slope)), _step(result, slope.grown)
    gain, growth = step * _steepness(slope), percent(more * slope.grown)
    if gain < _NOTHING:
        return (
            f"Wherever the trap is moved, the film empties {percent(gain)} faster for each "
            f"{1e6 * step:g} µm. Each {1e6 * more:g} µm by which it is made larger all around "
            f"makes the film empty {growth} faster."
        )
    return (
        f"Each {1e6 * step:g} µm by which the trap is moved in the direction of "
        f"{_direction(slope)}° from the x axis makes the film empty {percent(gain)} faster, and "
        f"each {1e6 * more:g} µm by which it is made larger all around, {growth}."
    )


def _steepness(slope: Slopes) -> float:
    """Relative gain for each metre by which a trap is moved the best way [1/m]."""
    return math.hypot(slope.along_x, slope.along_y)


def _step(result: FilmResult, slope: float) -> float:
    """A hundredth of the film, or less, so that its relative gain [1/m] times it is small [m]."""
    most = result.mesh.outlines.size / 100
    return nice(min(most, _SMALL / slope) if slope > 0 else most)


def _direction(slope: Slopes) -> int:
    return _angle(math.atan2(slope.along_y, slope.along_x))


def _angle(direction: float) -> int:
    """A direction [rad] in whole degrees, from -179 to 180."""
    return 180 - (180 - round(math.degrees(direction))) % 360


def _placed(result: FilmResult) -> list[str]:
    """Where the traps that were asked for would be, and how fast the film would empty."""
    found = result.placed
    if found is None:
        return []
    before = result.quantities["slowest_rate"].value
    places = listed(f"({point(tuple(at))})" for at in found.centres)
    traps = _count(len(found.centres), bool(result.mesh.outlines.traps))
    more = f"in place of {_rate(before)}, " if before > 0 else ""
    return [
        f"With {traps} of radius {number_text(1e6 * found.radius, 4)} µm at {places} the film "
        f"would empty at {_rate(found.rate)}, {more}which is "
        f"{percent(found.rate / found.bound)} of what their area could do."
    ]


def _warmed(result: FilmResult) -> list[str]:
    """How warm a burst makes the traps."""
    if (warmth := result.trap_warmth) is None or result.decay is None:
        return []
    most, steady = int(warmth.argmax()), result.quantities["trap_temperature"]
    before, after = (quoted(steady.declared, T, 3) for T in (steady.value, warmth[most]))
    named = result.mesh.outlines.traps_named
    s = "s" if named == "the trap" else ""
    if before == after:
        return [f"The burst does not warm {named}, which stay{s} at {before}."]
    when = quoted(DECLARED["evacuation_time"], float(result.decay.times[most]), 2)
    return [f"The burst warms {named} from {before} to {after} at the warmest point, after {when}."]


def _count(traps: int, others: bool) -> str:
    further = "further " if others else ""
    return f"one {further}round trap" if traps == 1 else f"{traps} {further}round traps"


def _at(place: Place, step: float) -> str:
    """A place to a thousandth of the device: the mesh knows no better."""
    x, y = (step * round(c / step) for c in place.at)
    return point((x, y))


def _caveats(result: FilmResult) -> list[str]:
    failed = {margin.name for margin in result.margins if margin.holds is False}
    sheet = result.solution.sheet
    words = {
        "rethermalisation": (
            f"the film empties (at {number_text(emptying_rate(result.solution))} 1/s) before "
            f"quasiparticles rethermalise (at {number_text(sheet.thermalisation_rate)} 1/s), so "
            "that the decay is not exponential and slows down towards its end"
        ),
        "proximity": "the barrier lets pairs through: film and trap change each other's states",
        "trap_temperature": "the trap is too warm to have empty states below the gap",
        "weak_recombination": "recombination, which τ_w does not include, is not slow beside it",
        "thin_film": "the film is too thick to be described as a sheet",
    }
    if result.solution.modes.rates[0] <= 0:
        del words["weak_recombination"]
    caveats = [text for name, text in words.items() if name in failed]
    if result.errors["slowest_rate"] > result.layout.mesh.tolerance:
        caveats.insert(
            0,
            "the mesh is coarser than layout.mesh.tolerance asks for: give a smaller "
            "layout.mesh.size",
        )
    return caveats
