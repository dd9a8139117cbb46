"""How a film screens, in sentences."""

from collections.abc import Sequence

from entrap.case.outlines import place
from entrap.core.quantities import number_text
from entrap.report.labels import percent, quoted, unit_text
from entrap.solve.protocol.results import Margin
from entrap.studies.film.screened import Screened
from entrap.studies.film.screened_numbers import DECLARED, screened_values


def screened_sentences(found: Screened) -> tuple[str, ...]:
    """The film's currents in the field, and its largest hole."""
    values = {name: value.value for name, value in screened_values(found).items()}
    shown = {name: unit_text(quoted(DECLARED[name], x, 3)) for name, x in values.items()}
    wide = "more" if found.width > values["screening_length"] else "less"
    x, y = (float(f"{c:.4g}") for c in found.worst)
    at = place((x, y))
    text = (
        f"The film is {number_text(1e6 * found.width)} µm wide, {wide} than Λ = "
        f"{shown['screening_length']}. Its own currents would break pairs, at {at} first, in a "
        f"field of {shown['depairing_field']}; vortices may enter before."
    )
    if found.options.field:
        text += (
            f" In {shown['screening_field']} they reach {_share(values['screening_load'])} of "
            f"that there, and the film has a magnetic moment of {shown['screening_moment']}."
        )
    if "hole_inductance" not in values:
        return (text,)
    kinetic = values["hole_kinetic_inductance"] / values["hole_inductance"]
    holes = len(found.screening.holes)
    which = "the hole" if holes == 1 else f"the hole with most, of {holes},"
    focus = values["hole_effective_area"]
    own = float(found.screening.hole_areas[int(_largest(found))])
    return (
        text,
        f"A current round {which} has an inductance of {shown['hole_inductance']}, of which "
        f"{percent(kinetic)} is kinetic. A field drives it by an area of "
        f"{shown['hole_effective_area']}, {number_text(focus / own)} times the "
        "hole's own.",
    )


def _share(load: float) -> str:
    return percent(load) if load < 1 else f"{number_text(load)} times"


def _largest(found: Screened) -> int:
    return int(found.screening.inductances[0].diagonal().argmax())


def screened_caveats(found: Screened, margins: Sequence[Margin]) -> list[str]:
    """What the numbers rest on and does not hold."""
    failed = {margin.name for margin in margins if margin.holds is False}
    field = quoted(DECLARED["screening_field"], found.options.field, 3)
    words = {
        "meissner": f"in {field} the film is no longer without vortices, which are not solved for",
        "screening_depth": "the film is thicker than λ, so that its currents flow at its surfaces",
        "screening_region": "the film is so cold that K_d by Landau's expansion is only a guide",
    }
    return [text for name, text in words.items() if name in failed]
