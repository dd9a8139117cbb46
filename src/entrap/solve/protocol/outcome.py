"""What an evolution comes to: its regimes, and the single numbers that sum it up."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from entrap.case.material import Material
from entrap.core.quantities import Quantity, former_names, quantity_of
from entrap.model.device import TrapState
from entrap.model.kinetics import NONE_LEFT
from entrap.model.observables import OBSERVABLES, SUMMARISED
from entrap.model.sample import Sample
from entrap.solve.inputs import ProtocolNumbers
from entrap.solve.protocol.modes import FULL, HELD, NORMAL, PINNED, RELEASED
from entrap.solve.protocol.results import Regime


def _of(name: str, mark: str) -> Quantity:
    declared = OBSERVABLES[name].quantity
    return dataclasses.replace(declared, symbol=declared.symbol + mark)


def _by_expansion(name: str, mark: str) -> Quantity:
    """The straight line in T is not what a sample's observables follow: their words say so."""
    declared = _of(name, mark)
    return dataclasses.replace(declared, meaning=f"{declared.meaning}, by the paper's expansion")


QUANTITIES: dict[str, Quantity] = {
    "critical_temperature": quantity_of(Material, "critical_temperature"),
    "effective_critical_temperature": Quantity(
        "K", "T̃_c", "Effective critical temperature", "Eq. (5): a T_c/(a - k_B L)"
    ),
    "enhancement": Quantity("1", "E", "Enhancement T̃_c/T_c", "Eq. (5): 1/(1 - k_B L/a)"),
    "log_mixing_ratio": quantity_of(Sample, "log_mixing_ratio"),
    "landau_a": quantity_of(Sample, "landau_a"),
    "landau_beta": quantity_of(Sample, "landau_beta"),
    "initial_superfluid_density": _of("superfluid_density", "⁰"),
    "initial_normal_density": _of("normal_density", "⁰"),
    "final_superfluid_density": _of("superfluid_density", ""),
    "paired_electron_gain": Quantity(
        "1/m^3",
        "n_s - n_s⁰",
        "Superconducting electrons gained while emptying",
        "Eq. (8)",
        formerly="pair_gain",
    ),
    "release_temperature": Quantity(
        "K", "T_1", "Temperature at which the pinned n_s is released", "Fig. 3"
    ),
    "trap_energy_cost": Quantity(
        "J/m^3", "k_B T_0 n_n⁰ L", "Energy that the trap must repay", "Fig. 3"
    ),
    "kappa": Quantity("1", "κ", "Ginzburg-Landau parameter λ/ξ̃", "Eq. (17) with ξ̃"),
    "bare_critical_temperature": Quantity(
        "K",
        "T_c at f = 1",
        "Critical temperature without a trap",
        "T_c/(1 + (1 - w_s) k_B L/a)",
    ),
    "trapping_rate": quantity_of(TrapState, "trapping_rate"),
    "trap_failure_temperature": Quantity(
        "K",
        "T_half",
        "Temperature at which the trap leaves half of the normal electrons",
        "theory page, traps",
    ),
    "survival_temperature": Quantity(
        "K",
        "T_survival",
        "Highest temperature at which n_s is above the bare one by 1 % of n_s⁰",
        "evolution",
    ),
    **{
        f"{name}_{when}": _by_expansion(name, mark)
        for name in SUMMARISED
        for when, mark in (("initial", " at T_0"), ("final", " at the end"))
    },
}
"""What each number of a summary is."""

CAPPED = ("trap_failure_temperature", "survival_temperature")
"""Those that are lower bounds where they are the temperature at which the warm-up ends."""


def under_both_names(values: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers of a summary; those that were renamed also under their former names."""
    former = former_names(QUANTITIES).items()
    return {**values, **{name: values[now] for name, now in former if now in values}}


def regimes_of(
    protocol: ProtocolNumbers, trap: bool, time: np.ndarray, out: Mapping[str, Any]
) -> tuple[Regime, ...]:
    """The regimes in order, their limits found as events.

    Args:
        protocol: Its numbers.
        trap: Whether there is one.
        time: Times of the results [s].
        out: One evolution, as the integration left it.
    """
    duration = float(protocol.hold + protocol.warming_time)
    count = int(out["count"])
    starts, holds = out["switches"][:count].astype(float), out["holds"][:count]
    # The hold ends where the protocol says so: a time computed anew differs by its rounding.
    starts[1:][holds[:-1] & ~holds[1:]] = float(protocol.hold)
    ends = [*starts[1:].tolist(), duration]
    # A pinned n_s is what it is at the first point after; between points it may have vanished.
    after = np.minimum(np.searchsorted(time, ends), len(time) - 1)
    density = out["state"].superfluid_density[after]
    none = NONE_LEFT * out["sample"].conduction_density
    found = [Regime("equilibrium", 0.0, 0.0)]
    segments = zip(starts.tolist(), ends, out["modes"][:count], holds, density, strict=True)
    for start, end, mode, held, n_s in segments:
        name = _name(int(mode), bool(held), trap, bool(n_s > none))
        if end - start <= 1e-12 * duration:
            continue
        if found[-1].name == name:
            found[-1] = Regime(name, found[-1].start, end)
        elif len(found) > 1 and found[-2].name == name and _short(found[-1], duration):
            # Between two stretches of one law a sliver of another is the solver's.
            found[-2:] = [Regime(name, found[-2].start, end)]
        else:
            found.append(Regime(name, found[-1].end, end))
    return tuple(found)


def _short(regime: Regime, duration: float) -> bool:
    """Whether a regime lasts too little to tell."""
    return regime.end - regime.start < 1e-5 * duration


def _name(mode: int, holding: bool, trap: bool, superconducting: bool) -> str:
    if mode == NORMAL or (mode == PINNED and not superconducting and not holding):
        return "emptying" if holding and trap else "normal"
    if not trap:
        return "equilibrium"
    if holding:
        return "emptying"
    return {PINNED: "pinned", HELD: "pinned", RELEASED: "released", FULL: "saturated"}[mode]


def quantities_of(
    protocol: ProtocolNumbers,
    regimes: tuple[Regime, ...],
    time: np.ndarray,
    out: Mapping[str, Any],
) -> dict[str, float]:
    """The single numbers that sum an evolution up, named as in `QUANTITIES`.

    Args:
        protocol: Its numbers.
        regimes: Of the evolution.
        time: Times of the results [s].
        out: One evolution, as the integration left it.
    """
    sample, states, bare = out["sample"], out["state"], out["bare"]
    warm = time >= protocol.hold
    made = {
        "critical_temperature": sample.critical_temperature,
        "effective_critical_temperature": out["effective_critical_temperature"],
        "enhancement": out["enhancement"],
        "log_mixing_ratio": sample.log_mixing_ratio,
        "landau_a": sample.landau_a,
        "landau_beta": sample.landau_beta,
        "initial_superfluid_density": states.superfluid_density[0],
        "initial_normal_density": states.normal_density[0],
        "final_superfluid_density": states.superfluid_density[-1],
        "paired_electron_gain": out["paired_electron_gain"],
        "release_temperature": _release(protocol, regimes, out),
        "trap_energy_cost": out["trap_energy_cost"],
        "kappa": out["kappa"],
        "bare_critical_temperature": out["bare_critical_temperature"],
        "trapping_rate": out["trap"].trapping_rate[0],
        "trap_failure_temperature": _failure(out, warm),
        "survival_temperature": _survival(out, warm),
    }
    for name in SUMMARISED:
        made[f"{name}_initial"] = getattr(bare, name)[0]
        made[f"{name}_final"] = getattr(states, name)[-1]
    return {name: float(value) for name, value in made.items()}


def _release(protocol: ProtocolNumbers, regimes: tuple[Regime, ...], out: Mapping[str, Any]) -> Any:
    """Where n_s was released, or would be."""
    released = [regime.start for regime in regimes if regime.name == "released"]
    if not released:
        return out["release_temperature"]
    share = max(released[-1] - protocol.hold, 0.0) / protocol.warming_time
    return protocol.start + (protocol.warm_to - protocol.start) * share


def _failure(out: Mapping[str, Any], warm: np.ndarray) -> float:
    """Where f rises past ½ for good: NaN where it never is below, the end where it stays below."""
    fraction, temperature = out["trap"].remaining_fraction[warm], out["state"].temperature[warm]
    works = np.flatnonzero(fraction < 0.5)
    if not len(works):
        return np.nan
    last = works[-1]
    if last == len(fraction) - 1:
        return float(temperature[-1])
    span = slice(last, last + 2)
    return float(np.interp(0.5, fraction[span], temperature[span]))


def _survival(out: Mapping[str, Any], warm: np.ndarray) -> float:
    """Highest T at which n_s is 1 % of n_s⁰ above the bare one; NaN where it nowhere is."""
    gain = out["state"].superfluid_density - out["bare"].superfluid_density
    survives = np.flatnonzero(gain[warm] > 0.01 * out["state"].superfluid_density[0])
    return float(out["state"].temperature[warm][survives[-1]]) if len(survives) else np.nan
