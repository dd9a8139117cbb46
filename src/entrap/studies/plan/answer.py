"""A plan's answer in sentences: what to measure, where, how precisely, under what assumptions."""

from collections.abc import Iterator

from entrap.model.observables import OBSERVABLES
from entrap.report.assumptions import counted, unknown
from entrap.report.labels import listed
from entrap.studies.plan.inputs.options import Plan
from entrap.studies.plan.plan import DECIDED, NORMAL, Candidate, Planned

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
    if best.information < _LITTLE:
        yield (
            f"None of {len(ranked)} candidates decides much: even the best, {_named(best)}, is "
            f"expected to give {_bits(best)} of the 1 bit that decides between an entropy of "
            "mixing and none. More points, more precise ones or narrower priors are needed."
        )
    else:
        yield (
            f"The best of {len(ranked)} candidates is {_named(best)}: it is expected to give "
            f"{_bits(best)} of the 1 bit that decides between an entropy of mixing and none. "
            f"Strong evidence, ln B > {DECIDED:g}, is found for an entropy in "
            f"{best.decided:.0%} of the data simulated with one, and against it in "
            f"{best.refuted:.0%} of those without."
        )
        yield from _coarsest(ranked)
    yield from _trusted(ranked)
    validity = planned.validity
    yield (
        f"Over all temperatures of the plan, of the assumptions {counted(validity)}."
        f"{unknown(validity)}"
    )
    count = Plan.of(planned.case).points
    spread = planned.design.points[0, :count]
    yield (
        f"A candidate is {count} points with the trap"
        + (f" over {spread.max() - spread.min():.3g} K" if count > 1 else "")
        + f" and {count} without, about the same temperature or, where that is lower, about 0.9 "
        "T_c. The uncertainty of each is the precision times the bare sample's largest reading."
    )
    if defaults := [p.declared.symbol for p in planned.uncertain if p.prior.origin == "default"]:
        yield (
            f"The case states no prior of {listed(defaults)}: defaults were taken. A plan is only "
            "as good as its priors."
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
        yield f"At {best.temperature:.3g} K all assumptions that can be checked hold."
        return
    text = f"At {best.temperature:.3g} K an assumption of the theory fails: {best.failing}."
    if best.failing == NORMAL:
        text = f"At {best.temperature:.3g} K the sample is normal at the numbers of the case."
    holding = next((c for c in ranked if not c.failing), None)
    if holding is None:
        yield f"{text} At no temperature of the plan do all hold."
    else:
        yield f"{text} Where all hold, the best is {_named(holding)}: {_bits(holding)}."


def _named(c: Candidate) -> str:
    share = f"{100 * c.precision:.2g} %"
    return f"{symbol(c.quantity)} about {c.temperature:.3g} K with points of {share}"


def _bits(c: Candidate) -> str:
    return f"{c.information:.2f} ± {max(c.information_error, 0.01):.2f} bits"
