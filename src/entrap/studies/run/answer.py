"""The answer in three sentences: does the effective T_c rise, what is seen, can it be trusted."""

import math

import numpy as np

from entrap.core.units import unit_factor
from entrap.model.observables import OBSERVABLES
from entrap.report.labels import listed, scaled
from entrap.solve.protocol.results import Evolution


def answer(run: Evolution) -> tuple[str, str, str]:
    """Three sentences for the first screen of a report and the end of a run."""
    return _rise(run), _seen(run), _trust(run)


def _rise(run: Evolution) -> str:
    critical = run.quantities["bare_critical_temperature"].value
    effective = run.quantities["effective_critical_temperature"].value
    enhancement = effective / critical
    if not run.case.trap.present:
        return f"There is no trap: the critical temperature stays at {critical:.4g} K."
    if enhancement - 1 < 1e-9:
        return f"The effective critical temperature stays at {critical:.4g} K: no electrons mix."
    junction = _junction(run)
    if math.isinf(effective):
        return (
            "By the paper's functional the effective critical temperature is infinite "
            f"({critical:.4g} K without a trap): k_B L is not below a, and the minimum at n_s > 0 "
            f"stays at every temperature.{junction}"
        )
    digits = max(4, math.ceil(-math.log10(enhancement - 1)) + 3)
    return (
        f"By the paper's functional the effective critical temperature rises from {critical:.4g} K "
        f"to {effective:.{digits}g} K (by {effective - critical:.3g} K, E = "
        f"{enhancement:.{digits}g}).{junction}"
    )


def _junction(run: Evolution) -> str:
    """How much of that remains with a real junction, in further sentences."""
    junction = run.case.trap.junction
    if junction is None:
        return ""
    start = float(run.state.temperature[0])
    left = float(run.trap.steady_fraction[0])
    fails = run.quantities["trap_failure_temperature"].value
    survives = run.quantities["survival_temperature"].value
    text = (
        " That is so if the trap takes every normal electron. "
        f"This junction leaves {left:.2g} of them at {start:.4g} K"
    )
    if math.isnan(fails):
        why = "" if junction.trap_temperature else ", since it is as warm as the film"
        rest = "next to nothing" if left > 0.9 else "less than half"
        return f"{text}{why}, so that {rest} of the effect remains."
    if math.isfinite(fails):
        text += f", and half of them or more from {fails:.4g} K on"
    seen = "" if math.isnan(survives) else f" The effect survives up to {survives:.4g} K."
    return f"{text}.{seen}"


def _seen(run: Evolution) -> str:
    """The point of the warming at which the sample differs most from one without a trap."""
    with_trap, without = run.state.superfluid_density, run.bare.superfluid_density
    if not (with_trap > 0).any():
        return "Nothing would be seen: the sample is normal from the start, with no pairs to keep."
    at = int(np.argmax(with_trap - without))
    if with_trap[at] - without[at] <= 1e-9 * with_trap.max():
        return "Nothing would be seen: the sample behaves as it does without a trap."
    parts = []
    for name in ("penetration_depth", "lower_critical_field", "higgs_mode"):
        here, bare = (float(getattr(s, name)[at]) for s in (run.state, run.bare))
        declared = OBSERVABLES[name].quantity
        if not math.isfinite(here):
            continue
        unit, (shown,) = scaled(declared, here)
        other = f"{bare * unit_factor(declared.unit, unit):.3g} {unit}"
        instead = other if math.isfinite(bare) else "none, the sample is normal"
        parts.append(f"{declared.symbol} = {shown:.3g} {unit} ({instead})")
    release = run.quantities["release_temperature"].value
    then = "" if math.isinf(release) else f" n_s is held up to {release:.4g} K and then falls."
    return (
        f"At {run.state.temperature[at]:.4g} K, where the trap makes most difference, one would "
        f"see (in brackets: without the trap) {listed(parts)}.{then}"
    )


def _trust(run: Evolution) -> str:
    known = [margin for margin in run.validity if margin.holds is not None]
    failed = [margin for margin in known if margin.holds is False]
    unknown = [margin.name for margin in run.validity if margin.holds is None]
    rest = f" Not known, for lack of inputs: {listed(unknown)}." if unknown else ""
    if not failed:
        return f"All {len(known)} assumptions that can be checked hold from start to end.{rest}"
    never = [margin.name for margin in failed if margin.holds_until is None]
    if never:
        until = (
            f"Already at the start, {run.state.temperature[0]:.4g} K, these fail: {listed(never)}."
        )
    else:
        least = min(m.holds_until for m in failed if m.holds_until is not None)
        until = f"Up to {least:.4g} K all of them hold."
    return (
        f"The theory is outside its range: {len(failed)} of {len(known)} assumptions fail at some "
        f"point ({', '.join(margin.name for margin in failed)}). {until}{rest}"
    )
