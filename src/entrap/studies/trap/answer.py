"""The answer in four or five sentences: how fast, limited by what, what would help, what stays."""

from entrap.report.labels import quoted
from entrap.report.words import listed, number
from entrap.studies.trap.changes import Change
from entrap.studies.trap.design import TrapDesign

_METALS = {"Cu": "the copper", "Ag": "the silver", "Au": "the gold"}
_MATTERS = {"trap place": "place", "trap count": "number"}
_NOTHING = 0.01  # a gain below this is none
_SHOWN = 6


def trap_answer(design: TrapDesign) -> tuple[str, ...]:
    """Sentences for the first screen of a report and the end of a run.

    Args:
        design: The design.
    """
    caveats = _caveats(design)
    sentences = (_speed(design), _limits(design), _help(design), _left(design))
    return (*sentences, f"Mind that {'; and '.join(caveats)}.") if caveats else sentences


def _speed(design: TrapDesign) -> str:
    shown = {name: quoted(v.declared, v.value, 3) for name, v in design.quantities.items()}
    at, rate = f"At {shown['temperature']}", number(float(design.performance.trapping_rate))
    time = shown["evacuation_time"]
    if design.case.trap.film is None:
        return f"{at} a film all under the trap empties with 1/Γ = {time} (Γ = {rate} 1/s)."
    length = shown["trapping_length"]
    under = f"Γ = {rate} 1/s under the trap, λ_tr = {length}"
    return f"{at} the film empties with τ_w = {time} ({under})."


def _limits(design: TrapDesign) -> str:
    metal = _METALS.get(design.case.require("trap.junction").metal or "", "the metal")
    words = {
        "barrier": "the barrier",
        "relaxation": f"relaxation in {metal}",
        "diffusion": "diffusion along the film",
        "background": "loss without the trap",
    }
    shares = sorted(design.limits.items(), key=lambda item: -item[1])
    (name, most), *rest = [(name, share) for name, share in shares if share >= 0.005]
    first = words[name][0].upper() + words[name][1:]
    others = "".join(f", {words[name]} {100 * share:.0f} %" for name, share in rest)
    return f"{first} sets {100 * most:.0f} % of that{others}."


def _help(design: TrapDesign) -> str:
    # How warm the trap is changes what is left, not how fast the film empties.
    tried = [change for change in design.changes if change.name != "trap temperature"]
    some = [change for change in tried if change.rate_gain >= _NOTHING]
    none = [change.text for change in tried if abs(change.rate_gain) < _NOTHING]
    if not some:
        return "No single change that was tried would speed it up by 1 %."
    best, *others = some[:_SHOWN]
    matter = _MATTERS.get(best.name)
    most = f"What would help most is a matter of {matter}" if matter else "What would help most"
    rest = "".join(f", {change.text} {_percent(change)}" for change in others)
    nothing = f"; {listed(none)} would gain nothing" if none else ""
    return f"{most}: {best.text} gains {_percent(best)}{rest}{nothing}."


def _left(design: TrapDesign) -> str:
    found = design.performance
    left, before = float(found.residual_fraction), float(found.untrapped_fraction)
    if left == 0:
        return "It leaves nothing: there is no source of quasiparticles at that temperature."
    density = number(float(found.residual_density) * 1e-18)
    if before / left - 1 >= _NOTHING:
        fewer = f"{_times(before / left)} fewer than without it"
    elif left / before - 1 >= _NOTHING:
        fewer = f"{number(float(f'{left / before:.2g}'))} times as many as without it"
    else:
        fewer = "as many as without it"
    name, share = max(design.feeds.items(), key=lambda item: item[1])
    source = {
        "back-flow": "back-flow of the trap's own electrons",
        "pair breaking": "heat breaking pairs",
        "generation": "generation",
    }[name]
    what = f"{'all' if share >= 0.995 else f'{100 * share:.0f} %'} of it from {source}"
    colder = next((c for c in design.changes if c.name == "trap temperature"), None)
    cooling = ""
    if colder is not None and colder.residue_gain >= _NOTHING:
        cooling = f"; {colder.text} would leave {_times(1 + colder.residue_gain)} fewer"
    return f"It leaves x = n_qp/2N_0Δ = {number(left)} ({density} 1/µm³), {fewer}, {what}{cooling}."


def _caveats(design: TrapDesign) -> list[str]:
    found = design.performance
    failed = {margin.name for margin in design.margins if margin.holds is False}
    told = []
    if found.trap_temperature > found.temperature:
        told.append("the trap is warmer than the film and feeds it")
    elif found.trap_temperature == found.temperature:
        thermal = number(float(found.equilibrium_fraction))
        told.append(
            "the trap is as warm as the film and cannot take it below equilibrium, "
            f"x_eq = {thermal}"
        )
    if "rethermalisation" in failed:
        slow, fast = (
            number(float(rate)) for rate in (found.thermalisation_rate, found.trapping_rate)
        )
        told.append(
            f"quasiparticles are trapped (at {fast} 1/s) before they rethermalise (at {slow} 1/s), "
            "so that the decay is not exponential, and slower in the end"
        )
    words = {
        "proximity": "the barrier lets pairs through: trap and film change each other's states",
        "trap_temperature": "the trap is too warm to have room below the gap",
        "weak_recombination": "recombination takes part, which τ_w leaves out",
        "narrow_strip": "the strip is too wide for one dimension",
        "thin_film": "the film is too thick to be one sheet",
    }
    return told + [text for name, text in words.items() if name in failed]


def _percent(change: Change) -> str:
    return f"{100 * change.rate_gain:.0f} %"


def _times(ratio: float) -> str:
    if ratio < 2:
        return f"{100 * (ratio - 1) / ratio:.0f} %"
    return f"{number(float(f'{ratio:.2g}'))} times"
