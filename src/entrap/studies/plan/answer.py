"""A plan's answer in sentences: what to measure, where, how precisely, under what assumptions."""

from collections.abc import Iterator

import numpy as np

from entrap.core.quantities import number_text
from entrap.model.observables import OBSERVABLES
from entrap.report.assumptions import counted, unknown
from entrap.report.labels import listed
from entrap.studies.fit.inputs.hypotheses import HYPOTHESES, TAKEN
from entrap.studies.plan.inputs.options import Plan
from entrap.studies.plan.plan import DECIDED, NORMAL, Candidate, Planned

BALANCE = f'{TAKEN} = "balance"'

_ENOUGH, _LITTLE = 0.9, 0.1  # bits


def symbol(name: str) -> str:
    """Symbol of the reading of an observable.

    Examples:
        >>> symbol("penetration_depth"), symbol("higgs_mode")
        ('1/λ', 'ħω_H')
    """
    seen = OBSERVABLES[name]
    return f"1/{seen.quantity.symbol}" if seen.diverges else seen.quantity.symbol


def meaning(name: str) -> str:
    """The reading of an observable in words."""
    seen = OBSERVABLES[name]
    return f"{seen.quantity.meaning}, reciprocal" if seen.diverges else seen.quantity.meaning


def plan_answer(planned: Planned) -> Iterator[str]:
    """Sentences for the first screen of a report and the end of a plan."""
    ranked = planned.candidates
    best = ranked[0]
    yield question(planned)
    if best.information < _LITTLE:
        yield (
            f"None of {len(ranked)} candidates decides much: even the best, {_named(best)}, is "
            f"expected to give {_bits(best)} of the 1 bit that answers this. More points, more "
            "precise ones or narrower priors are needed."
        )
    else:
        yield (
            f"The best of {len(ranked)} candidates is {_named(best)}: it is expected to give "
            f"{_bits(best)} of the 1 bit that answers this. Strong evidence, ln B > {DECIDED:g}, "
            f"is found for an entropy in {100 * best.decided:.0f} % of the data simulated with "
            f"one, and against it in {100 * best.refuted:.0f} % of those without."
        )
    yield from _imitated(planned, best)
    if best.information >= _LITTLE:
        yield from _coarsest(ranked)
    yield from _trusted(ranked)
    validity = planned.validity
    yield (
        f"Over all temperatures of the plan, of the assumptions {counted(validity)}."
        f"{unknown(validity)}"
    )
    yield _points(planned)
    if defaults := [p.declared.symbol for p in planned.uncertain if p.prior.origin == "default"]:
        used = "a default was" if len(defaults) == 1 else "defaults were"
        yield (
            f"The case states no prior for {listed(defaults)}: {used} used. A plan is only as good "
            "as its priors."
        )


def question(planned: Planned) -> str:
    """What a measurement is to decide."""
    entropic, *rivals = (HYPOTHESES[name] for name in planned.hypotheses)
    equal = ", equally probable beforehand" if len(rivals) > 1 else ""
    return (
        f"The question is whether there is {entropic.meaning} ({entropic.label}), or none: "
        f"{' or '.join(map(str, rivals))}{equal}."
    )


def _points(planned: Planned) -> str:
    """Of what points a candidate consists."""
    count = Plan.of(planned.case).points
    over = planned.design.points[0, :count]
    some = (
        "one point with the trap and one"
        if count == 1
        else f"{count} points with the trap over {number_text(np.ptp(over))} K and {count}"
    )
    return (
        f"A candidate is {some} without, about the same temperature or, where that "
        "is lower, about 0.9 T_c. The uncertainty of each is the precision times the bare sample's "
        "largest reading."
    )


def _imitated(planned: Planned, best: Candidate) -> Iterator[str]:
    """From which hypotheses the best candidate does not tell an entropy, and what would help."""
    alone = [f"{_two(bits)} from {HYPOTHESES[name].label}" for name, bits in best.against.items()]
    if len(alone) > 1:
        yield (
            "If it had to tell an entropy from one of these alone, it would give, in bits, "
            f"{listed(alone)}."
        )
    taken = best.against.get("extraction", 1.0)
    # An effect too small to be seen is imitated by nothing at all.
    if taken >= _ENOUGH or best.against.get("none", 1.0) < taken + _LITTLE:
        return
    known = TAKEN not in {p.key for p in planned.uncertain}
    warm = planned.design.temperatures.max() > planned.case.material.critical_temperature
    helps = [
        *(
            []
            if known
            else [f"y measured (`{TAKEN}`), or computed from the junction (`{BALANCE}`)"]
        ),
        *([] if warm else ["temperatures near and above T_c"]),
        "several samples of different n_v/n_c in one fit (`et.fit_series`), as only an entropy "
        "depends on it",
    ]
    other = "" if known else ", by another share y of the quasiparticles that is left"
    yield (
        f"Plain BCS theory can imitate an entropy there{other}: an effect that both explain alike "
        f"is worth few bits. What would help: {'; '.join(helps)}."
    )


def _coarsest(ranked: tuple[Candidate, ...]) -> Iterator[str]:
    """The least precise measurement that still decides."""
    enough = [c for c in ranked if c.information >= _ENOUGH]
    if not enough:
        yield f"No candidate reaches {_ENOUGH} bits: one alone may well leave the question open."
        return
    least = max(c.precision for c in enough)
    easy = [c for c in enough if c.precision == least]
    if easy[0] is not ranked[0]:
        yield (
            f"The least precise candidate with at least {_ENOUGH} bits is {_named(easy[0])}: "
            f"{_bits(easy[0])}."
        )


def _trusted(ranked: tuple[Candidate, ...]) -> Iterator[str]:
    """Whether the theory holds at the best candidate, and which is best where it holds."""
    best = ranked[0]
    if not best.failing:
        yield f"At {number_text(best.temperature)} K all assumptions that can be checked hold."
        return
    text = (
        f"At {number_text(best.temperature)} K an assumption of the theory fails: {best.failing}."
    )
    if best.failing == NORMAL:
        text = (
            f"At {number_text(best.temperature)} K the sample is normal at the numbers of the case."
        )
    holding = next((c for c in ranked if not c.failing), None)
    if holding is None:
        yield f"{text} At no temperature of the plan do all assumptions hold."
    else:
        yield f"{text} Where all assumptions hold, the best is {_named(holding)}: {_bits(holding)}."


def _named(c: Candidate) -> str:
    share = f"{number_text(100 * c.precision, 2)} %"
    return f"{symbol(c.quantity)} about {number_text(c.temperature)} K with points of {share}"


def _bits(c: Candidate) -> str:
    return f"{_two(c.information)} ± {max(c.information_error, 0.01):.2f} bits"


def _two(number: float) -> str:
    """With two decimals, and no -0.00."""
    return f"{round(number, 2) + 0.0:.2f}"
