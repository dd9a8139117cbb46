"""What reaches a target in sentences: the least change, one change alone, or what stops it."""

from collections.abc import Iterable, Mapping

from entrap.case.tables import declarations
from entrap.case.target import GOALS, WIDE
from entrap.core.quantities import Quantity
from entrap.report.labels import listed, percent, quoted
from entrap.studies.trap.design import TrapDesign
from entrap.studies.trap.reach import Reached
from entrap.studies.trap.search import COUNT, PLACE

_WORDS = {
    "trap.film.trap_length": "the length of the trap",
    "trap.film.trap_count": "the number of traps that share it",
    "trap.film.trap_position": "the place of the trap",
    "trap.junction.interface_resistance": "the resistance of the barrier",
    "trap.junction.metal_thickness": "the thickness of the metal",
    "trap.junction.film_thickness": "the thickness of the film",
}
_TIME = GOALS["evacuation_time"]
_LIMITS = {
    "barrier": "the barrier",
    "relaxation": "relaxation in the metal",
    "diffusion": "diffusion along the film",
    "background": "loss without the trap",
}


def target_answer(found: Reached, design: TrapDesign) -> tuple[str, ...]:
    """Sentences about a target, of the design as the case states it."""
    target, goal = found.target, GOALS[found.target.goal]
    sign = "<" if target.below else ">"
    asked = f"The target, {target.goal} {sign} {quoted(goal, target.limit, 4)},"
    if found.reached and not found.changes:
        return (f"{asked} is reached as the case is: it has {quoted(goal, found.present, 4)}.",)
    if found.reached:
        sentences = [
            f"{asked} is reached from {quoted(goal, found.present, 4)} by the least change of all "
            f"that may change: {_changes(found, found.changes)}. "
            f"That gives {quoted(goal, found.value, 4)}.",
            _alone(found),
        ]
    else:
        sentences = [f"{asked} is out of reach. {_stopped(found)}"]
    return (*sentences, _given(found), *_doubts(found, design))


def settings(changes: Mapping[str, float]) -> str:
    """The options that make the changes, for the command line."""
    known = declarations()
    texts = []
    for key, value in changes.items():
        if key == PLACE and changes.get(COUNT, 1) > 1:
            continue
        number = f"{value:.0f}" if key == COUNT else f"{value:.4g} {known[key].unit}"
        texts.append(f'--set "{key}={number}"')
    if changes.get(COUNT, 1) > 1:
        texts.append(f'--set "{PLACE}="')
    return " ".join(texts)


def _changes(found: Reached, values: Mapping[str, float]) -> str:
    return listed(
        f"{_WORDS[key]} from {_shown(key, found.stated[key])} to {_shown(key, value)}"
        for key, value in values.items()
    )


def _shown(key: str, value: float) -> str:
    declared = declarations()[key]
    if key == COUNT:
        return f"{value:.0f}"
    if declared.display == "nm":  # a ladder from nm to m
        declared = Quantity("m", declared.symbol, declared.meaning, display="um")
    return quoted(declared, value, 4)


def _alone(found: Reached) -> str:
    ways = [
        f"{_WORDS[key]}, from {_shown(key, found.stated[key])} to {_shown(key, value)}"
        for key, value in found.alone.items()
    ]
    never = [_WORDS[key] for key in found.bounds if key not in found.alone]
    if not ways:
        return "No single change within the bounds reaches it."
    text = f"One change alone would do: {listed(ways, 'or')}."
    return text if not never else f"{text} Within its bounds {listed(never, 'or')} alone would not."


def _stopped(found: Reached) -> str:
    goal = GOALS[found.target.goal]
    text = (
        f"The best design within the bounds has {quoted(goal, found.value, 4)}"
        f", with {_changes(found, found.changes)}."
        if found.changes
        else f"No design within the bounds is better than the case, {quoted(goal, found.value, 4)}."
    )
    if found.at_bounds:
        text += f" There {listed(_WORDS[key] for key in found.at_bounds)} " + (
            "is at its bound." if len(found.at_bounds) == 1 else "are at their bounds."
        )
    shares = sorted(found.limits.items(), key=lambda item: -round(item[1], 9))
    most = [f"{_LIMITS[name]} ({percent(share)})" for name, share in shares if share >= 0.05]
    text += f" What limits it there is {listed(most)}."
    wanted = found.target.limit
    if found.target.goal == "evacuation_rate":
        wanted = 1 / wanted
    if found.target.goal in ("evacuation_time", "evacuation_rate"):
        if found.perfect_time > wanted:
            text += (
                " Diffusion alone is too slow: traps there that took all that reach them would "
                f"need {quoted(_TIME, found.perfect_time, 3)}. More traps, or a film in which "
                "quasiparticles diffuse faster, would help; better traps would not."
            )
        elif found.instant_time > wanted:
            text += (
                " Trapping alone is too slow: if diffusion took no time, such traps would need "
                f"{quoted(_TIME, found.instant_time, 3)}. Faster or longer traps would help; other "
                "places or more traps of the same length would not."
            )
    return text


def _given(found: Reached) -> str:
    bounds = listed(
        f"{_WORDS[key]} from {_shown(key, low)} to {_shown(key, high)}"
        for key, (low, high) in found.bounds.items()
    )
    how = "as given"
    if not found.target.free:
        how = f"as none were given a tenth to {WIDE:g} times each value"
    return f"The bounds, {how}, are {bounds}."


def _doubts(found: Reached, design: TrapDesign) -> Iterable[str]:
    """Assumptions that fail of the changed case and hold of the case as it is."""
    before = {margin.name for margin in design.margins if margin.holds is False}
    failed = [m.name.replace("_", " ") for m in found.margins if m.holds is False]
    new = [name for name in failed if name.replace(" ", "_") not in before]
    if found.target.goal.startswith("evacuation") and design.keeps_energy:
        yield (
            "Mind that the target is about τ_w, which quasiparticles that keep their energy do not "
            f'follow: for these ask for burst_time, as in --target "burst_time < '
            f'{quoted(_TIME, found.target.limit, 3)}".'
            if found.target.goal == "evacuation_time"
            else "Mind that quasiparticles that keep their energy do not follow τ_w: for these ask "
            "for burst_time."
        )
    if new:
        more = "a further assumption fails" if len(new) == 1 else "further assumptions fail"
        yield f"With these changes {more}: {listed(new)}."
