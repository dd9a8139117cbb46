"""Caveats of a fit's answer: ties, numbers that the data do not fix, priors, the theory's range."""

import math
from collections.abc import Iterator

import numpy as np

from entrap.core.quantities import number_text
from entrap.report.assumptions import counted, unknown
from entrap.report.labels import listed
from entrap.solve.protocol.results import Margin
from entrap.studies.fit.chains import ESS, RHAT
from entrap.studies.fit.comparison import Comparison
from entrap.studies.fit.fit import Fitted
from entrap.studies.fit.inputs.hypotheses import HYPOTHESES
from entrap.studies.fit.inputs.options import Fit
from entrap.studies.fit.pages import words
from entrap.studies.fit.posterior import Posterior

_ALIKE = 0.5  # below this Δelpd in nats, predictions are the same


def unconverged(found: Fitted) -> Iterator[str]:
    """A warning of chains that have not converged, where the answer rests on them."""
    if bad := found.unconverged(counts=True):
        # Of a chain that never moved both are NaN, and so are their extremes.
        worst = float(np.max([p.chains.rhat.max() for p in bad]))
        least = float(np.min([p.chains.ess.min() for p in bad]))
        labels = listed([p.hypothesis.entry.label for p in bad])
        how = (
            f"R-hat up to {worst:.3f} (it must be below {RHAT}), as few as {least:.0f} effective "
            f"draws (more than {ESS} are needed)"
            if math.isfinite(worst) and math.isfinite(least)
            else "some never moved, and have neither R-hat nor effective draws"
        )
        yield (
            f"The chains of {labels} have not converged: {how}. Numbers that rest on these chains "
            "are not reliable: continue them with --resume, or narrow the priors."
        )


def idle(found: Fitted) -> Iterator[str]:
    """Chains that have not converged, and on which nothing rests."""
    if bad := found.unconverged(counts=False):
        yield (
            f"The chains of {listed([p.hypothesis.entry.label for p in bad])} have not converged. "
            "The answer does not rest on them: it gives no numbers of theirs, and ln B uses them "
            "only to place its sampling. Only Δelpd, which is made of them, is rough."
        )


def divergences(found: Fitted) -> str:
    """What divergences are, how many there were, and what to do."""
    counts = {
        p.hypothesis.entry.label: (p.divergences, p.chains.diverging.size)
        for p in found.posteriors.values()
    }
    text = (
        "A draw diverges where the sampler's step is too long for the posterior's curvature: the "
        "chains may then miss the region beyond."
    )
    share = max(n / of for n, of in counts.values())
    if share == 0:
        return f"{text} None did."
    some = ", ".join(f"{label} {n} of {of:,}" for label, (n, of) in counts.items() if n)
    advice = (
        "So few matter little where R-hat and the number of effective draws suffice; narrower "
        "priors on what the data do not fix avoid them."
        if share < 0.01
        else "So many may bias the posterior: give narrower priors to what the data do not fix, or "
        "hold one of those numbers fixed, and compare."
    )
    return f"{text} Here: {some}. {advice}"


def alike(comparison: Comparison) -> Iterator[str]:
    """Hypotheses that the data do not distinguish, or that only their priors do."""
    tied = [HYPOTHESES[name].label for name in comparison.tied]
    if len(tied) > 1:
        yield f"The data do not distinguish {listed(tied)}: |ln B| < 1."
    best = comparison.rows[0]
    for row in comparison.rows[1:]:
        apart = row.elpd - best.elpd
        errors = [r.difference_error for r in (row, best)]
        if abs(apart) < _ALIKE and max(errors) < _ALIKE:
            yield (
                f"{best.entry.label} and {row.entry.label} make the same predictions with "
                f"different parameters (Δelpd = {words.nats(apart)}): the ln B of "
                f"{words.nats(-row.log_bayes)} between them comes mostly from their priors."
            )


def left_out(comparison: Comparison) -> Iterator[str]:
    """Whether leaving one point out agrees with ln Z."""
    rows = [row for row in comparison.rows if math.isfinite(row.elpd)]
    if len(rows) < 2:
        return
    best, first = max(rows, key=lambda row: row.elpd), comparison.rows[0]
    label, difference = best.entry.label, words.nats(-first.elpd_difference, first.difference_error)
    if best.name == first.name:
        text = f"Leaving one point out (PSIS-LOO) agrees: {label} predicts best."
    elif comparison.opposed:
        text = (
            f"Leaving one point out (PSIS-LOO) disagrees: {label} predicts better than "
            f"{first.entry.label}, Δelpd = {difference}. It depends less on priors than ln B "
            "does: check the priors."
        )
    else:
        text = (
            f"Leaving one point out (PSIS-LOO) does not contradict ln B: {label} is ahead of "
            f"{first.entry.label} by Δelpd = {difference}"
            + (", within two standard errors." if math.isfinite(first.difference_error) else ".")
        )
    if bad := [f"{row.unreliable} under {row.entry.label}" for row in rows if row.unreliable]:
        text += f" It is inaccurate for points of too much weight (k too high): {listed(bad)}."
    yield text


def left_open(found: Fitted) -> Iterator[str]:
    """Numbers left to their priors, under the most probable and the paper's hypothesis."""
    for name in dict.fromkeys((found.comparison.rows[0].name, "mixing")):
        if name in found.posteriors:
            yield from not_fixed(found.posteriors[name])


def not_fixed(p: Posterior) -> Iterator[str]:
    """Sentences about parameters that the data do not fix."""
    symbols = words.letters_of(p)
    groups: list[tuple[set[str], int]] = []
    for direction in p.directions:
        keys, count = set(direction.weights), 1
        for other in [g for g in groups if g[0] & keys]:
            groups.remove(other)
            keys, count = keys | other[0], count + other[1]
        groups.append((keys, count))
    for keys, count in groups:
        names = [str(symbols[q.key]) for q in p.free if q.key in keys]
        text = f"Under {p.hypothesis.entry.label} the data do not fix {listed(names)}"
        left = len(names) - count
        if left <= 0:
            what = "it than its prior does" if len(names) == 1 else "them than their priors do"
            yield f"{text}: they say less about {what}."
        else:
            what = "a combination" if left == 1 else f"{words.counted(left)} combinations"
            yield f"{text}, only {what} of them."


def ranged(found: Fitted) -> Iterator[str]:
    """What `fit.range` leaves out."""
    kept = Fit.of(found.case).range
    if kept is not None:
        low, high = kept
        are = "is" if found.left_out == 1 else "are"
        yield (
            f"Only data from {low:g} to {high:g} K were fitted (`fit.range`): {found.left_out} of "
            f"{found.left_out + len(found.data)} measurements {are} left out."
        )


def defaults(found: Fitted) -> Iterator[str]:
    """Numbers whose priors the case does not state."""
    names: dict[str, str] = {}
    for p in found.posteriors.values():
        symbols = words.letters_of(p)
        names |= {q.key: str(symbols[q.key]) for q in p.free if q.prior.origin == "default"}
    if names:
        used = "a default was" if len(names) == 1 else "defaults were"
        yield f"The case states no prior for {listed(list(names.values()))}: {used} used."


def trust(found: Fitted) -> str:
    """Whether the theory holds where the data lead."""
    if not found.validity:
        return (
            "How well the theory's assumptions hold is not known: they are checked at the medians "
            "of the paper's hypothesis (H1), which together are not a valid case."
            if "mixing" in found.posteriors
            else "How well the theory's assumptions hold was not checked: that is done at the "
            "medians of the paper's hypothesis (H1), which was not fitted."
        )
    count, rest = counted(found.validity), unknown(found.validity)
    if all(m.holds is None for m in found.validity):
        return "At the medians of H1 the sample with the trap is normal over all data."
    failed = [m for m in found.validity if m.holds is False]
    if not failed:
        return (
            "At the medians of H1 no assumption of the theory is found to fail over the data with "
            f"the trap: {count}.{rest}"
        )
    return (
        "At the medians of H1 the theory is outside its range: of its assumptions, over the data "
        f"with the trap, {count}. What fails is {'; '.join(map(_failed, failed))}.{rest}"
    )


def _failed(margin: Margin) -> str:
    until = margin.holds_until
    return margin.name + ("" if until is None else f", which holds up to {number_text(until, 4)} K")
