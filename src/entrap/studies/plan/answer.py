"""What a plan says, in sentences: what to measure, where, how well, and what that rests on."""

from collections.abc import Iterator

from entrap.model.observables import OBSERVABLES
from entrap.studies.plan.inputs.options import Plan
from entrap.studies.plan.plan import DECIDED, Candidate, Planned

_ENOUGH, _LITTLE = 0.9, 0.1  # bits


def symbol(name: str) -> str:
    """What is read, as the page names it.

    Examples:
        >>> symbol("penetration_depth"), symbol("higgs_mode")
        ('1/λ', 'ħω_H')
    """
    seen = OBSERVABLES[name]
    return f"1/{seen.quantity.symbol}" if seen.diverges else seen.quantity.symbol


def meaning(name: str) -> str:
    """What is read, in words."""
    seen = OBSERVABLES[name]
    return f"{seen.quantity.meaning}, reciprocal" if seen.diverges else seen.quantity.meaning


def plan_answer(planned: Planned) -> tuple[str, ...]:
    """Sentences for the first screen of a report and the end of a plan."""
    return tuple(_sentences(planned))


def _sentences(planned: Planned) -> Iterator[str]:
    ranked = planned.candidates
    best = ranked[0]
    if best.information < _LITTLE:
        yield (
            f"None of {len(ranked)} candidates tells much: even the best, {_named(best)}, is "
            f"expected to tell {_bits(best)} of the 1 bit between an entropy of mixing and none. "
            "More points, finer ones or narrower priors are needed."
        )
    else:
        yield (
            f"The best of {len(ranked)} candidates is {_named(best)}: it is expected to tell "
            f"{_bits(best)} of the 1 bit between an entropy of mixing and none. Strong evidence, "
            f"ln B > {DECIDED:g}, comes of {best.decided:.0%} of the data made up with an entropy, "
            f"and against it of {best.refuted:.0%} of those without."
        )
        yield from _coarsest(ranked)
    yield from _trusted(ranked)
    count = Plan.of(planned.case).points
    spread = planned.design.points[0, :count]
    yield (
        f"A candidate is {count} points with the trap"
        + (f" over {spread.max() - spread.min():.3g} K" if count > 1 else "")
        + f" and {count} without, about the same temperature or, where that is lower, about 0.9 "
        "T_c. The uncertainty of each is the precision times the bare sample's largest reading."
    )
    if defaults := [p.declared.symbol for p in planned.asked if p.prior.origin == "default"]:
        yield (
            f"The case states no prior of {_listed(defaults)}: taken by default. A plan is as good "
            "as its priors."
        )


def _coarsest(ranked: tuple[Candidate, ...]) -> Iterator[str]:
    """The least precise measurement that still decides."""
    enough = [c for c in ranked if c.information >= _ENOUGH]
    if not enough:
        yield f"No candidate reaches {_ENOUGH} bits: a single one may well leave it open."
        return
    least = max(c.precision for c in enough)
    easy = [c for c in enough if c.precision == least]
    if easy[0] is not ranked[0]:
        yield (
            f"The coarsest that still tells {_ENOUGH} bits is {_named(easy[0])}, {_bits(easy[0])}."
        )


def _trusted(ranked: tuple[Candidate, ...]) -> Iterator[str]:
    """Whether the theory holds there, and the best where it does."""
    best = ranked[0]
    if not best.failing:
        yield f"At {best.temperature:.3g} K all assumptions that can be checked hold."
        return
    told = f"At {best.temperature:.3g} K an assumption of the theory fails: {best.failing}."
    holding = next((c for c in ranked if not c.failing), None)
    if holding is None:
        yield f"{told} One fails at all temperatures that were looked at."
    else:
        yield f"{told} Where all hold, the best is {_named(holding)}: {_bits(holding)}."


def _named(c: Candidate) -> str:
    share = f"{100 * c.precision:.2g} %"
    return f"{symbol(c.quantity)} about {c.temperature:.3g} K with points of {share}"


def _bits(c: Candidate) -> str:
    return f"{c.information:.2f} ± {max(c.information_error, 0.01):.2f} bits"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
