"""The answer: what plain BCS gives and the entropy adds, what is seen, can it be trusted."""

import math

import numpy as np

from entrap.case import library
from entrap.case.junction import Junction
from entrap.core.quantities import number_text
from entrap.core.units import unit_factor
from entrap.model.observables import OBSERVABLES
from entrap.report.assumptions import counted, unknown
from entrap.report.labels import listed, percent_left, quoted, scaled
from entrap.solve.protocol.bcs_curves import BcsCurves
from entrap.solve.protocol.results import Evolution

_FACTOR = 3  # between a length or κ and that of the library, beyond which it is said
_NEAR = 0.9  # T/T_c at which the gaps are compared, where the warm-up goes through it


def answer(run: Evolution, beside: BcsCurves) -> tuple[str, str, str]:
    """Three parts for the first screen of a report and the end of a run."""
    first = f"{_plain(run, beside)}{_rise(run, beside)}"
    return first, f"{_seen(run, beside)}{_apart(run)}", _trust(run)


def _plain(run: Evolution, beside: BcsCurves) -> str:
    """What taking quasiparticles away gives by BCS theory alone, and what the entropy adds."""
    if not run.case.trap.present:
        return ""
    critical = run.case.material.critical_temperature
    temperature = np.asarray(run.state.temperature)
    warm = np.flatnonzero(run.time >= run.protocol.hold)
    at = int(warm[np.argmin(abs(temperature[warm] - _NEAR * critical))])
    bare, plain, mixed = (float(s.gap[at]) for s in (beside.bare, beside.plain, beside.mixed))
    left, here = float(beside.share[at]), f"{number_text(temperature[at], 4)} K"
    if left > 1 - 1e-9:
        return f"By plain BCS theory nothing changes: at {here} the trap takes no quasiparticles. "
    if not plain > 0:
        return f"By plain BCS theory no gap is left at {here}, and the entropy adds none. "
    if bare > 0:
        more = f"makes the gap {_wider(plain / bare)}, without any entropy of mixing"
    else:
        more = "leaves a gap where the sample without a trap is normal, without any entropy"
    if mixed <= plain * (1 + 1e-9):
        adds = "adds nothing"
    else:
        adds = f"makes it {_wider(mixed / plain)} still"
    return (
        f"At {here} plain BCS theory, with {_share(left)} of the quasiparticles left, {more}; the "
        f"entropy {adds}. "
    )


def _wider(factor: float) -> str:
    return (
        f"{number_text(100 * (factor - 1), 2)} % wider"
        if factor < 2
        else f"{number_text(factor, 2)} times as wide"
    )


def _share(left: float) -> str:
    return "almost none" if left < 1e-6 else f"{number_text(100 * left, 2)} %"


def _rise(run: Evolution, beside: BcsCurves) -> str:
    critical = run.quantities["bare_critical_temperature"].value
    effective = run.quantities["effective_critical_temperature"].value
    enhancement = effective / critical
    if not run.case.trap.present:
        return f"There is no trap: the critical temperature stays at {number_text(critical, 4)} K."
    if enhancement - 1 < 1e-9:
        stays = f"The effective critical temperature stays at {number_text(critical, 4)} K"
        return f"{stays}: no electrons mix."
    whole = beside.critical_temperature
    digits = _digits(whole / critical)
    rises = (
        f"rises from {number_text(critical, 4)} K to {number_text(whole, digits)} K"
        if whole > critical
        else f"stays at {number_text(critical, 4)} K"
    )
    text = (
        "By the entropy alone, with all normal electrons trapped, the critical temperature "
        f"{rises} by the functional that holds at every temperature; the paper's expansion gives "
    )
    if math.isinf(effective):
        text += (
            "no finite one, since k_B L is not below a: that is a failure of the expansion, not "
            "of the sample"
        )
    else:
        digits = _digits(enhancement)
        text += f"{number_text(effective, digits)} K, E = {number_text(enhancement, digits)}"
    further = " Quasiparticles that are missing from the gap equation keep the gap open further."
    return f"{text}.{further}{_junction(run)}"


def _digits(ratio: float) -> int:
    """Digits that show by how much a number is above another."""
    return max(4, math.ceil(-math.log10(ratio - 1)) + 3) if 1 < ratio < math.inf else 4


def _junction(run: Evolution) -> str:
    """How much of that remains with a real junction, in further sentences."""
    junction = run.case.trap.junction
    if junction is None:
        return ""
    start = float(run.state.temperature[0])
    left = float(run.trap.steady_fraction[0])
    failure, survival = (
        run.quantities[name] for name in ("trap_failure_temperature", "survival_temperature")
    )
    fails, survives = failure.value, survival.value
    text = (
        " All that is so if the trap takes every normal electron. By the paper's expansion this "
        f"junction leaves {percent_left(left)} of them at {number_text(start, 4)} K"
    )
    if math.isnan(fails):
        why = "" if junction.trap_temperature else ", since it is as warm as the film"
        rest = "next to nothing" if left > 0.9 else "less than half"
        return f"{text}{why}, so that {rest} of the effect remains.{_warmth(junction)}"
    if math.isfinite(fails) and not failure.at_least:
        text += f", and half of them or more from {number_text(fails, 4)} K on"
    seen = (
        ""
        if math.isnan(survives)
        else (f" The effect survives up to {'≥ ' * survival.at_least}{number_text(survives, 4)} K.")
    )
    return f"{text}.{seen}{_warmth(junction)}"


def _warmth(junction: Junction) -> str:
    """That phonons are stated from which a run does not take the temperature of the trap."""
    if junction.phonon_temperature is None or junction.trap_temperature is not None:
        return ""
    return (
        " The trap's electrons are taken to be as warm as the film at each moment: `entrap trap` "
        "finds how warm the phonons keep them, and `trap_temperature` states it here."
    )


def _seen(run: Evolution, beside: BcsCurves) -> str:
    """The point of the warming at which the sample differs most from one without a trap."""
    with_trap, without = beside.mixed.superfluid_density, beside.bare.superfluid_density
    if not (with_trap > 0).any():
        return "Nothing would be seen: the sample is normal from the start, with no pairs to keep."
    at = int(np.argmax(with_trap - without))
    if with_trap[at] - without[at] <= 1e-9 * with_trap.max():
        return "Nothing would be seen: the sample behaves as it does without a trap."
    parts = []
    for name in ("penetration_depth", "lower_critical_field", "higgs_mode"):
        states = beside.mixed, beside.plain, beside.bare
        here, plain, bare = (float(getattr(s, name)[at]) for s in states)
        declared = OBSERVABLES[name].quantity
        if not math.isfinite(here):
            continue
        unit, (shown,) = scaled(declared, here)
        others = [
            f"{number_text(value * unit_factor(declared.unit, unit))} {unit}"
            if value > 0
            else "none"
            for value in (0.0 if math.isinf(value) else value for value in (plain, bare))
        ]
        parts.append(f"{declared.symbol} = {number_text(shown)} {unit} ({'; '.join(others)})")
    return (
        f"At {number_text(run.state.temperature[at], 4)} K, where the trap makes most "
        "difference, one would see (in brackets: by plain BCS; without the trap) "
        f"{listed(parts)}.{_held(run)}"
    )


def _held(run: Evolution) -> str:
    """Until when n_s is held, where it is released; nothing where it is not."""
    release = run.quantities["release_temperature"].value
    names = [regime.name for regime in run.regimes]
    text = ""
    if "saturated" in names:
        text = " The paper's straight line is saturated: it asks for more electrons than there are."
    n_s = np.asarray(run.state.superfluid_density)
    fell = n_s[-1] < n_s.max() * (1 - 1e-9)
    if "released" in names and fell and math.isfinite(release):
        held, start = (number_text(t, 4) for t in (release, float(run.state.temperature[0])))
        until = f"is held up to {held} K and then falls"
        if held == start:
            until = "falls as soon as the sample is warmed"
        text += f" By the paper's expansion n_s {until}."
    return text


def _apart(run: Evolution) -> str:
    """Where λ(0) and κ of the case are far from those of its material in the library."""
    material = run.case.material
    if not material.in_library:
        return ""
    entry = library.load(material.name or "")
    known, screening = entry.values, library.superfluid_densities(entry).penetration_depth
    a, beta, kappa = (run.quantities[n].value for n in ("landau_a", "landau_beta", "kappa"))
    density = min(a * material.critical_temperature / beta, material.conduction_density)
    parts, stated = [], run.case.require("landau").penetration_depth
    if screening:
        declared, there = (
            OBSERVABLES["penetration_depth"].quantity,
            known["penetration_depth"].value,
        )
        # That of the expansion is another than the stated one, which holds at T = 0.
        here = stated or there * math.sqrt(screening / density)
        if _far(here / there):
            here, there = (quoted(declared, depth, 2) for depth in (here, there))
            parts.append(f"λ(0) = {here} (there {there})")
    if {"penetration_depth", "coherence_length"} <= known.keys():
        there = known["penetration_depth"].value / known["coherence_length"].value
        if _far(kappa / there):
            parts.append(f"κ = {number_text(kappa)} (there λ/ξ = {number_text(there)})")
    if not parts:
        return ""
    return (
        f" Mind that the case gives {listed(parts)}, by more than a factor {_FACTOR:g} other than "
        f"the library has for {material.name}: lengths and fields are not those of such a sample."
    )


def _far(factor: float) -> bool:
    return not 1 / _FACTOR <= factor <= _FACTOR


def _trust(run: Evolution) -> str:
    failed = [margin for margin in run.validity if margin.holds is False]
    if all(margin.holds is None for margin in run.validity):
        return "The sample is normal throughout: there is no superconductor to judge the theory by."
    count, rest = counted(run.validity), unknown(run.validity)
    if not failed:
        return f"No assumption of the theory is found to fail: {count}.{rest}"
    never = [margin.name for margin in failed if margin.holds_until is None]
    if never:
        start = number_text(run.state.temperature[0], 4)
        until = f"Already at the start, {start} K, {listed(never)} fail{'s' * (len(never) == 1)}."
    else:
        least = min(m.holds_until for m in failed if m.holds_until is not None)
        until = f"Up to {number_text(least, 4)} K all of them hold."
    names = listed(margin.name for margin in failed)
    return (
        f"The theory is outside its range: of its assumptions {count}. Somewhere while the sample "
        f"superconducts {names} fail{'s' * (len(failed) == 1)}. {until}{rest}"
    )
