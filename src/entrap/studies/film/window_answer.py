"""The condensate in a window, in sentences."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from entrap.case.outlines import place
from entrap.core.quantities import Quantity, number_text
from entrap.report.labels import listed, percent, percent_left, quoted
from entrap.solve.protocol.results import Margin
from entrap.studies.film.bridge import Bridged
from entrap.studies.film.posing import magnetic_length
from entrap.studies.film.window import Condensed
from entrap.studies.film.window_numbers import DECLARED, window_values

_DIFFERENCE = Quantity("K", "", "Difference of temperatures", display="mK")
_LENGTH = Quantity("m", "", "Length", display="nm")
_SAME = 1e-6  # relative difference of energies of one state


def window_sentences(found: Condensed) -> tuple[str, ...]:
    """What the film does in its window."""
    x, y = (f"{number_text(1e6 * side, 4)} µm" for side in found.options.size)
    where = f"In the window of {x} by {y} at {place(found.options.centre)}, {_field(found)},"
    if found.normal:
        return (f"{where} nothing superconducts.", _transition(found))
    sentence = f"{where} the film holds {_held(found)}. {_state(found)}"
    if _histories(found):
        sentence = f"{sentence} {_start(found)}"
    driven = () if found.bridge is None else (_driven(found, found.bridge),)
    return (sentence, *driven, _transition(found), _amplitude(found))


def _field(found: Condensed) -> str:
    field = found.options.field
    if not field:
        return "without a field"
    own = " and that of its own currents" if found.options.self_field else ""
    return f"in a field of {_told('window_field', field)}{own}"


def _told(name: str, value: float, digits: int = 3) -> str:
    return quoted(DECLARED[name], value, digits)


def _held(found: Condensed) -> str:
    """Vortices and holes."""
    winding = found.winding
    along = 1 if found.options.field >= 0 else -1
    with_field = int((along * winding.winding).clip(0).sum())
    against = int((-along * winding.winding).clip(0).sum())
    parts = [_counted(with_field, "vortex", "vortices")]
    if against:
        way = "against the field" if found.options.field else "the other way round"
        parts = [*parts, f"{_counted(against, 'vortex', 'vortices')} {way}"]
    holes = [
        f"{_counted(along * int(n), 'flux quantum', 'flux quanta')} in its hole at {_place(at)}"
        for at, n in zip(winding.holes, winding.fluxoids, strict=True)
    ]
    vortices = listed(parts)
    return f"{vortices}, and {listed(holes)}" if holes else vortices


def _place(at: Any) -> str:
    """A place to a thousandth of a nanometre, below which it is rounding."""
    x, y = (round(float(c), 12) + 0.0 for c in at)
    return place((x, y))


def _counted(count: int, one: str, many: str) -> str:
    return f"no {one}" if count == 0 else f"{count} {one if abs(count) == 1 else many}"


def _state(found: Condensed) -> str:
    state = found.state
    if state.status == "stable":
        return "This state is stable: each small change of it costs energy."
    if state.status == "saddle":
        return "This state is not stable: there is a small change of it that gains energy."
    return (
        "The search for this state did not end: Ginzburg and Landau's equation is met to "
        f"{number_text(state.residual)} only, in units of |α| Δ."
    )


def _histories(found: Condensed) -> bool:
    """Whether there is more than one state: without a field and vortices there is none."""
    winding = found.winding
    return bool(found.options.field or winding.winding.any() or winding.fluxoids.any())


def _start(found: Condensed) -> str:
    start = found.options.start
    if start == "field-cooled":
        return "It was reached by cooling in the field; other histories may end in other states."
    if start == "zero-field":
        return (
            "It was reached by cooling without the field, which came on afterwards; other "
            "histories may end in other states."
        )
    energies = np.array([*found.starts.values()])
    apart = (energies - energies.min()) / max(abs(energies.min()), 1e-300)
    same = int((apart < _SAME).sum())
    if same == len(energies):
        return f"All of {same} starts led to it."
    count = "one" if same == 1 else f"{same}"
    return (
        f"Of {len(energies)} starts {count} led to it, the lowest in energy; the others end up to "
        f"{percent(float(apart.max()))} higher."
    )


def _driven(found: Condensed, bridge: Bridged) -> str:
    """The critical current, beside that of a straight strip."""
    ends = _ENDS[found.options.current or "terminals"]
    if bridge.found is None:
        return f"How large a current flows {ends} was not found. {bridge.failure}"
    current, phase = bridge.current, bridge.phase / math.pi
    text = (
        f"A current of up to I_c = {_told('window_critical_current', current)} flows {ends} "
        f"without resistance; there the phase differs by {number_text(phase)} π."
    )
    text += (
        " At that current the state gives way to another, as where a vortex enters at an edge."
        if bridge.found.broken
        else " No state carries more: pairs break where the current is densest."
    )
    if not math.isfinite(bridge.narrowest):
        return text
    most = bridge.depairing * bridge.narrowest
    strip = (
        f"{_told('window_depairing_current', most)}, which a long straight strip carries that is "
        f"as wide as the narrowest place, {_told('window_narrowest_width', bridge.narrowest)}"
    )
    return f"{text} It is {number_text(current / most)} times the {strip}."


_ENDS = {
    "terminals": "between the terminals",
    "left-right": "from the left side of the window to its right",
    "bottom-top": "from the bottom of the window to its top",
}


def _transition(found: Condensed) -> str:
    low, high = (percent_left(x) for x in (found.fraction.min(), found.fraction.max()))
    left = low if low == high else f"{low} to {high}"
    held = f"With {left} of its normal electrons left, as now, the film in the window"
    in_field = " in this field" if found.options.field else ""
    lower, upper = found.transitions
    if math.isinf(upper):
        return f"{held} would superconduct at any temperature{in_field}, by the theory's reckoning."
    if upper <= 0:
        return f"{held} superconducts at no temperature{in_field}."
    bare = float(found.sample.critical_temperature)
    if lower <= 0:
        return (
            f"{held} would superconduct up to T_c = {number_text(upper, 5)} K{in_field} if it "
            "ended at the "
            "window's rim; for a film that goes on the window is too small, or the field too "
            f"strong, to say a temperature. The bare film has {number_text(bare, 5)} K without a "
            "field."
        )
    if upper - lower > 1e-6 * bare:
        return (
            f"{held} superconducts at least up to T_c = {number_text(lower, 5)} K{in_field}, and "
            f"up to {number_text(upper, 5)} K if it ended at the window's rim. The bare film has "
            f"{number_text(bare, 5)} K without a field."
        )
    change = lower - bare
    compared = (
        f"{quoted(_DIFFERENCE, abs(change), 3)} {'above' if change > 0 else 'below'} that of the "
        "bare film without a field"
        if abs(change) > 1e-6 * bare
        else "as the bare film does without a field"
    )
    return f"{held} superconducts up to T_c = {number_text(lower, 5)} K{in_field}, {compared}."


def _amplitude(found: Condensed) -> str:
    values = window_values(found)
    own = values["window_amplitude_energy"].value
    uniform = values["window_uniform_amplitude_energy"].value
    shown = (_told("window_amplitude_energy", x) for x in (own, uniform))
    first, second = shown
    if own <= 0:
        return "No amplitude mode is stable in this state."
    if abs(own / uniform - 1) < 0.005:
        return f"The lowest amplitude (Higgs) mode is at ħω = {first}, as in a uniform film."
    return (
        f"The lowest amplitude (Higgs) mode, with all phases held, is at ħω = {first}; in a "
        f"uniform film like the strongest part of the window it is at 2Δ_g = {second}."
    )


def window_caveats(found: Condensed, margins: Sequence[Margin]) -> list[str]:
    """What the numbers of a window rest on and does not hold."""
    failed = {margin.name for margin in margins if margin.holds is False}
    if found.normal:
        failed &= {"window_mesh"}
    screening = _told("window_screening_length", found.scale.screening)
    resolved = quoted(_LENGTH, magnetic_length(found.scale, found.options.field), 3)
    words = {
        "window_rim": (
            "a vortex lies within 3 ξ̃ of where the window cuts the film, which moves it: give a "
            "larger window"
        ),
        "window_mesh": (
            f"the window's triangles are larger than half the magnetic length of {resolved}, so "
            "that what this field leaves of the condensate, and up to which temperature, is only "
            "a guide: give a smaller window"
        ),
        "weak_screening": (
            f"the film is {number_text(1e6 * found.width)} µm wide, more than Λ = {screening}, "
            "so that its currents change the field, which is taken as uniform in the window"
            if found.options.field
            else f"the film is {number_text(1e6 * found.width)} µm wide, more than Λ = "
            f"{screening}, so that "
            "its own field, which is left out, drives the current to its edges"
        ),
        "window_depth": "the film is thicker than half a coherence length",
        "landau_region": (
            "the film is too cold for Ginzburg and Landau's theory to be more than a guide"
        ),
    }
    caveats = [text for name, text in words.items() if name in failed]
    if found.normal:
        return caveats
    if found.options.field and not found.cut.is_empty:
        caveats.append(
            "the window is solved as if the film ended where it is cut, so that currents flow "
            "along its rim which the whole film does not have"
        )
    if any(math.isnan(error) for error in found.errors.values()):
        caveats.append(
            "two meshes of the window hold different vortices, so that the error of its energy "
            'by the mesh is not known: start = "best" may help'
        )
    return caveats
