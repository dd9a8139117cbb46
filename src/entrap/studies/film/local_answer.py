"""The condensate all over a film, in sentences."""

import math

import numpy as np

from entrap.case.outlines import place
from entrap.core.quantities import Quantity, number_text
from entrap.report.labels import percent, quoted
from entrap.solve.protocol.results import Margin
from entrap.studies.film.local import LocalMaps

_TEMPERATURE = Quantity("K", "T", "Temperature")
_INDUCTANCE = Quantity("H", "L_k", "Kinetic inductance", display="pH")
_TIME = Quantity("s", "t", "Time", display="ms")
_SMALL = 1e-3  # changes below it are no percentages


def local_sentences(
    found: LocalMaps, bursts: tuple[np.ndarray, np.ndarray] | None
) -> tuple[str, ...]:
    """What the traps do to the condensate.

    Args:
        found: The condensate at each point.
        bursts: Times after a burst, and the shift of the resonance at each.
    """
    made = [_left(found), _inductance(found)]
    if bursts is not None:
        times, shift = bursts
        most = int(np.abs(shift).argmax())
        when = f"{quoted(_TIME, float(times[most]), 2)} after" if times[most] > 0 else "right after"
        made.append(
            "By plain BCS theory the burst moves the resonance by at most δf/f = "
            f"{_signed(float(shift[most]))} from where it is in the steady state, {when} it."
        )
    return tuple(made)


def _left(found: LocalMaps) -> str:
    named = found.mesh.outlines.traps_named
    s = "s" if named == "the trap" else ""
    own = float(found.sample.critical_temperature)
    gap = found.with_traps.gap["plain"]
    wider = gap / found.without.gap["plain"] - 1
    if found.poisoned:
        changed = _relative(float(wider[np.abs(wider).argmax()]), "wider")
        by_traps = (
            f" By plain BCS theory {named} make{s} the gap {changed} at most."
            if found.mesh.outlines.traps
            else ""
        )
        return (
            "Nowhere are fewer quasiparticles left than in equilibrium, so that no entropy of "
            f"mixing counts (f = 1) and no T̃_c is above T_c = {number_text(own, 4)} K.{by_traps}"
        )
    left = found.remaining_fraction
    low, high = (percent(float(x)) for x in (left.min(), left.max()))
    at = found.mesh.points[int(left.argmin())]
    x, y = (float(f"{c:.3g}") for c in at)
    highest = {
        level: float(each.max()) for level, each in found.with_traps.critical_temperature.items()
    }
    told = {
        level: "infinite" if math.isinf(t) else quoted(_TEMPERATURE, t, 4)
        for level, t in highest.items()
    }
    share = f"{low} of" if low == high else f"{low} to {high} of"
    return (
        f"f = {share} equilibrium's quasiparticles are left, fewest at {place((x, y))}. There "
        f"T̃_c is {told['landau']} by Landau's functional with the entropy of mixing and "
        f"{told['mixed']} by the functional at every temperature; T_c of the bare film is "
        f"{number_text(own, 4)} K. Plain BCS theory, in which no entropy counts, has a gap there "
        f"that is {_relative(float(wider[int(left.argmin())]), 'wider')} than without {named}."
    )


def _inductance(found: LocalMaps) -> str:
    if not found.mesh.outlines.traps:
        return _without_traps(found)
    change = found.inductance_change
    told = (
        f"{_signed(change['landau'])} by Landau's functional with the entropy, "
        f"{_signed(change['plain'])} by plain BCS theory without it and "
        f"{_signed(change['mixed'])} by both in one"
    )
    what = (
        "kinetic inductance between the terminals"
        if found.currents
        else "kinetic inductance, averaged over its area,"
    )
    one = found.mesh.outlines.traps_named == "the trap"
    subject = "The trap changes" if one else "The traps change"
    text = f"{subject} the film's {what} by δL_k/L_k = {told}."
    shift = found.resonance_shift
    if not shift:
        return text
    part = found.resonator.kinetic_fraction if found.resonator else 0.0
    return (
        f"{text} With {percent(part)} of its inductance kinetic a resonator moves by δf/f = "
        f"{_signed(shift['landau'])}, {_signed(shift['plain'])} and {_signed(shift['mixed'])}."
    )


def _without_traps(found: LocalMaps) -> str:
    """The kinetic inductance itself."""
    if found.currents:
        of = "L_k between its terminals is"
        each = {level: pair[0].inductance for level, pair in found.currents.items()}
    else:
        of = "L_□ of a square, averaged over its area, is"
        each = {level: found.sheet_inductance(level) for level in found.weights}
    told = {level: quoted(_INDUCTANCE, x, 3) for level, x in each.items()}
    return (
        f"The film's kinetic inductance {of} {told['landau']} by Landau's functional and "
        f"{told['plain']} by BCS theory at every temperature."
    )


def _signed(value: float) -> str:
    if math.isinf(value):
        return "infinite"
    if abs(value) < _SMALL:
        return number_text(value, signed=True)
    return f"{number_text(100 * value, signed=True)} %"


def _relative(value: float, more: str) -> str:
    """A change as an amount and its direction."""
    other = {"wider": "narrower"}[more]
    way = more if value >= 0 else other
    if abs(value) < _SMALL:
        return f"{way} by a share of {number_text(abs(value))}"
    return f"{percent(abs(value))} {way}"


def local_caveats(margins: tuple[Margin, ...]) -> list[str]:
    """What the maps of the condensate rest on and does not hold."""
    failed = {margin.name for margin in margins if margin.holds is False}
    words = {
        "local_density": (
            "quasiparticles change within a few coherence lengths, so that the condensate does not "
            "follow them from point to point: [layout.window] solves it"
        ),
        "thin_sheet": "the film is thicker than half a coherence length, or than λ",
        "uniform_gap": (
            "the gap changes by more than a tenth, and rates that were taken at that of "
            "equilibrium with it"
        ),
        "weak_screening": "the film is wider than Λ, so that its current is crowded at its edges",
        "landau_region": "Landau's functional is taken far from T_c",
        "entropy_slope": "k_B L exceeds Landau's a, beyond which his functional has no finite T̃_c",
    }
    return [text for name, text in words.items() if name in failed]
