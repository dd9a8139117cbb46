"""The answer in sentences: how fast the trap is, what limits it, what would help, what is left."""

import math
from collections.abc import Mapping

from entrap.case.junction import Junction
from entrap.core.quantities import Quantity, number_text, quantity_of
from entrap.report.labels import listed, quoted
from entrap.studies.trap.changes import Change
from entrap.studies.trap.design import TrapDesign

_GENERATION = quantity_of(Junction, "generation").example
_METALS = {"Cu": "the copper", "Ag": "the silver", "Au": "the gold"}
_NOTHING = 0.01  # a smaller gain counts as none
_KELVIN = Quantity("K", "T", "Temperature", display="mK")
_WATT = Quantity("W", "P", "Power", display="pW")
_SHOWN = 6  # changes that are named


def trap_answer(design: TrapDesign) -> tuple[str, ...]:
    """Sentences for the first screen of a report and the end of a run."""
    caveats = _caveats(design)
    sentences = (_speed(design), _limits(design), _help(design), _left(design))
    if design.case.trap.junction is not None:
        sentences = (*sentences, _heat(design))
    return (*sentences, f"Mind that {'; and '.join(caveats)}.") if caveats else sentences


def _speed(design: TrapDesign) -> str:
    shown = {name: quoted(v.declared, v.value, 3) for name, v in design.quantities.items()}
    at, rate = f"At {shown['temperature']}", number_text(float(design.performance.trapping_rate))
    time = shown["evacuation_time"]
    if not math.isfinite(design.quantities["evacuation_time"].value):
        return f"{at} an excess of quasiparticles does not decay: none is trapped, and none lost."
    if design.keeps_energy:
        return _slowing(design, at, rate, shown)
    if design.case.trap.film is None:
        return (
            f"{at} the quasiparticles of a film that lies wholly under the trap decay by a factor "
            f"e in 1/Γ = {time}, since they are trapped at Γ = {rate} 1/s."
        )
    return (
        f"{at} an excess of quasiparticles in the film decays by a factor e in τ_w = {time}. Under "
        f"the trap they are trapped at Γ = {rate} 1/s, after they have gone about "
        f"λ_tr = {shown['trapping_length']}."
    )


def _slowing(design: TrapDesign, at: str, rate: str, shown: Mapping[str, str]) -> str:
    """How a burst decays of quasiparticles that keep their energy, and what τ_w would say."""
    slow = number_text(float(design.performance.thermalisation_rate))
    where, time = "in the film", "τ_w"
    emptied = "and the trap empties the film sooner"
    if design.case.trap.film is None:
        where, time = "in a film that lies wholly under the trap", "1/Γ"
        emptied = f"and the trap takes them at Γ = {rate} 1/s"
    return (
        f"{at} quasiparticles keep their energy while they are trapped: phonons lift them off the "
        f"edge of the gap at {slow} 1/s, {emptied}. So their "
        f"number does not fall exponentially: of a burst {where}, 1/e is left within "
        f"{shown['burst_time']} and 1 % within {shown['burst_tail_time']}. Only if something else "
        f"kept them thermal would it fall by a factor e in {time} = {shown['evacuation_time']}, to "
        "which the rest of this answer refers."
    )


def _limits(design: TrapDesign) -> str:
    junction = design.case.trap.junction
    metal = _METALS.get((junction and junction.metal) or "", "the metal")
    words = {
        "trapping": "trapping under the trap",
        "barrier": "the barrier",
        "relaxation": f"relaxation in {metal}",
        "diffusion": "diffusion along the film",
        "background": "loss without the trap",
    }
    shares = sorted(design.limits.items(), key=lambda item: -round(item[1], 9))
    limits = [f"{words[name]} ({100 * share:.0f} %)" for name, share in shares if share >= 0.005]
    if not limits:
        return "What limits it is not known: the rate does not change with any of its parts."
    return f"How fast this is depends on {listed(limits)}."


def _help(design: TrapDesign) -> str:
    # How warm the trap is changes what is left, not how fast the film empties.
    tried = [change for change in design.changes if change.name != "trap temperature"]
    some = [change for change in tried if change.rate_gain >= _NOTHING]
    none = [change.text for change in tried if abs(change.rate_gain) < _NOTHING]
    if not some:
        return "None of the changes that were tried would empty the film faster by 1 % or more."
    best, *others = some[:_SHOWN]
    text = f"The change that would help most is {best.text}: the film would empty {_faster(best)}."
    if others:
        rest = listed(f"{change.text} ({_faster(change)})" for change in others)
        many = "next best changes, each made alone, are" if len(others) > 1 else "next best is"
        text += f" The {many} {rest}."
    if none:
        text += f" By {listed(none, 'or')} the rate would change by less than 1 %."
    return text


def _left(design: TrapDesign) -> str:
    found = design.performance
    if design.case.trap.junction is None:
        return (
            "How many quasiparticles are left in the steady state does not follow from a measured "
            "rate: for that, describe the trap's barrier and metal in [trap.junction]."
        )
    left, before = float(found.residual_fraction), float(found.untrapped_fraction)
    if math.isnan(left):
        return (
            "How many quasiparticles are left in the steady state is not known: heat alone makes "
            "less than one in the film, and the case states no other source. Give "
            "trap.junction.generation such that untrapped_fraction is what is measured without a "
            f'trap, as in --set "trap.junction.generation={_GENERATION}".'
        )
    if left == 0:
        return "The trap leaves nothing: there is no source of quasiparticles at that temperature."
    density = number_text(float(found.residual_density) * 1e-18)
    name, share = max(design.feeds.items(), key=lambda item: item[1])
    source = {
        "back-flow": "the trap, whose own electrons flow back",
        "pair breaking": "pairs that heat breaks",
        "generation": "generation",
    }[name]
    most = "all" if share >= 0.995 else f"{100 * share:.0f} %"
    many = "quasiparticle" if density == "1" else "quasiparticles"
    text = (
        f"In the steady state x = n_qp/2N_0Δ = {number_text(left)} is left, or {density} {many} "
        f"in 1 µm³: {compared(before / left)} without the trap. Of these, {most} "
        f"come from {source}."
    )
    colder = next((c for c in design.changes if c.name == "trap temperature"), None)
    if colder is not None and colder.residue_gain >= _NOTHING:
        text += f" With {colder.text}, there would be {compared(1 + colder.residue_gain)} now."
    return text


def _heat(design: TrapDesign) -> str:
    """How warm the trap is by itself, and what it costs to hold it elsewhere."""
    found, junction = design.performance, design.case.require("trap.junction")
    own, free = (
        quoted(_KELVIN, float(t), 3) for t in (found.trap_temperature, found.free_trap_temperature)
    )
    held = junction.trap_temperature is not None
    if junction.phonon_temperature is None:
        lacking = "give trap.junction.phonon_temperature to learn how warm it gets by itself"
        if not held:
            return f"The trap is taken to be as warm as the film: {lacking}."
        return (
            f"The film under the trap brings {_power(design, float(found.heat_flow))} to it, which "
            f"is held at {own}: {lacking}."
        )
    phonons = quoted(_KELVIN, junction.phonon_temperature, 3)
    if not held:
        return (
            f"The film under the trap brings {_power(design, float(found.heat_flow))} to it, which "
            f"its phonons at {phonons} take off: its electrons warm to {free}."
        )
    cost = float(found.holding_flow)
    if cost < 0:
        return (
            f"The trap is held at {own} by a heater of {_power(design, -cost)}; left alone, with "
            f"phonons at {phonons}, it cools to {free}."
        )
    return (
        f"Held at {own} the trap costs {_power(design, cost)} of cooling; left alone, with phonons "
        f"at {phonons}, it warms to {free}."
    )


def _power(design: TrapDesign, flow: float) -> str:
    """Heat [W/m²] into the whole trap, or into 1 µm² of it where there is no film."""
    film = design.case.trap.film
    if film is None:
        return f"{quoted(_WATT, flow * 1e-12, 3)} in each µm²"
    return quoted(_WATT, flow * film.trap_length * film.width, 3)


def compared(ratio: float) -> str:
    """How many quasiparticles are left, beside a number that is `ratio` times as large.

    Examples:
        >>> compared(329.7), compared(1.25), compared(1.0), compared(0.25)
        ('330 times fewer than', '20 % fewer than', 'as many as', '4 times as many as')
    """
    if ratio <= 0:
        return "more than"
    if ratio - 1 >= _NOTHING:
        times = f"{number_text(ratio, 2)} times"
        return f"{times if ratio >= 2 else f'{100 * (1 - 1 / ratio):.0f} %'} fewer than"
    if 1 / ratio - 1 >= _NOTHING:
        return f"{number_text(1 / ratio, 2)} times as many as"
    return "as many as"


def _caveats(design: TrapDesign) -> list[str]:
    found = design.performance
    failed = {margin.name for margin in design.margins if margin.holds is False}
    caveats = []
    flows_back = design.feeds.get("back-flow", 1.0) >= _NOTHING
    if found.trap_temperature > found.temperature and flows_back:
        caveats.append("the trap is warmer than the film and brings quasiparticles into it")
    elif found.trap_temperature == found.temperature and design.thermal:
        thermal = number_text(float(found.equilibrium_fraction))
        caveats.append(
            "the trap is as warm as the film and cannot take it below equilibrium, "
            f"x_eq = {thermal}"
        )
    if "rethermalisation" in failed and not design.keeps_energy:
        slow = number_text(float(found.thermalisation_rate))
        fast = number_text(float(found.evacuation_rate))
        caveats.append(
            f"the film empties (at {fast} 1/s) before quasiparticles rethermalise (at {slow} 1/s), "
            "so that the decay is not exponential and slows down towards its end"
        )
    words = {
        "proximity": "the barrier lets pairs through: film and trap change each other's states",
        "trap_temperature": "the trap is too warm to have empty states below the gap",
        "weak_recombination": "recombination, which τ_w does not include, is not slow beside it",
        "narrow_strip": "the strip is too wide to be described in one dimension",
        "thin_film": "the film is too thick to be described as a sheet",
    }
    return caveats + [text for name, text in words.items() if name in failed]


def _faster(change: Change) -> str:
    return f"{100 * change.rate_gain:.0f} % faster"
