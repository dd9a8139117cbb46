"""What is said of a comparison in a few sentences."""

import math
from collections.abc import Sequence

from entrap.report.differences import Difference
from entrap.report.labels import listed
from entrap.studies.compare.samples import Sample

_NAMED = 4  # keys and numbers that a sentence names


def answer(samples: Sequence[Sample], found: Sequence[Difference]) -> tuple[str, ...]:
    """What differs in what was stated, what follows from it, and where the theory holds."""
    names = [sample.name for sample in samples]
    stated, came = ([each for each in found if each.part == part] for part in ("input", "answer"))
    checked = any(sample.validity for sample in samples)
    trusted = (_trusted(names, samples),) if checked else ()
    return (_stated(names, stated), _came_out(names, came), *trusted)


def _stated(names: Sequence[str], found: Sequence[Difference]) -> str:
    inputs = [each for each in found if each.name != "title"]
    if not inputs:
        return f"{listed(names)} are stated alike."
    some = [
        f"{each.name} ({listed('not stated' if x == '-' else x for x in each.texts)})"
        for each in inputs[:_NAMED]
    ]
    more = [f"{len(inputs) - _NAMED} more"] if len(inputs) > _NAMED else []
    return f"What was stated differs, in {listed(names)}, in {listed([*some, *more])}."


def _came_out(names: Sequence[str], found: Sequence[Difference]) -> str:
    """The numbers that differ most, by their largest factor."""
    if not found:
        return "What comes out is the same."
    ranked = sorted(found, key=lambda each: -_spread(each))
    ranked = [each for each in ranked if _spread(each) > 0] or ranked
    some = "; ".join(
        f"{each.declared.meaning}, {each.declared.symbol}: {listed(each.texts)}"
        for each in ranked[:_NAMED]
    )
    count = "One number" if len(found) == 1 else f"{len(found)} numbers"
    most = ", these by the largest factors" if len(found) > len(ranked[:_NAMED]) else ""
    differ = "differs" if len(found) == 1 else "differ"
    return f"{count} of the answers {differ}{most}, in {listed(names)}: {some}."


def _spread(each: Difference) -> float:
    """Logarithm of the largest over the smallest; 0 where signs differ or one is no number."""
    factors = [x for x in each.factors if math.isfinite(x) and x > 0]
    return math.log(max(factors) / min(factors)) if len(factors) == len(each.values) else 0.0


def _trusted(names: Sequence[str], samples: Sequence[Sample]) -> str:
    fails = [{m.name for m in s.validity if m.holds is False} for s in samples]
    common = set.intersection(*fails)
    if not any(fails):
        return "No assumption that can be checked fails in any of them."
    parts = [f"{_fail(common)} in all of them"] if common else []
    parts += [
        f"{_fail(own - common)} {'also ' if common else ''}in {name}"
        for name, own in zip(names, fails, strict=True)
        if own - common
    ]
    return f"{'; '.join(parts)}."


def _fail(assumptions: set[str]) -> str:
    return f"{listed(sorted(assumptions))} fail{'s' * (len(assumptions) == 1)}"
