"""What a fit says, in sentences: is the entropy there, how large, how sure, what stays open."""

import math
from collections.abc import Iterator

import numpy as np

from entrap.core.quantities import Quantity
from entrap.present.fits.words import (
    COUNTS,
    digits,
    letters_of,
    listed,
    named,
    nats,
    percent,
    probability,
    shown,
    span,
)
from entrap.solve.results import Margin
from entrap.study.fitting.comparison import MISFIT, Comparison, Row, word
from entrap.study.fitting.diagnostics import ESS, RHAT
from entrap.study.fitting.fit import Fitted
from entrap.study.fitting.hypotheses import ENTROPIC, LABELS, SHIFTED
from entrap.study.fitting.posterior import Posterior

_SHARE = 0.9  # below an upper limit
_LITTLE = 0.5  # a contraction below this leaves a limit to the prior
_ALIKE = 0.5  # nats of Δelpd below which predictions are the same
_MANY = 0.01  # share of divergences that is worth a sentence


def fit_answer(found: Fitted) -> tuple[str, ...]:
    """Sentences for the first screen of a report and the end of a fit.

    Args:
        found: The fit.
    """
    return tuple(
        [
            *unconverged(found),
            *_verdict(found.comparison),
            *_size(found),
            *_plain(found),
            *_alike(found.comparison),
            *_left_out(found.comparison),
            *_open(found),
            *_defaults(found),
            _trust(found),
        ]
    )


def unconverged(found: Fitted) -> Iterator[str]:
    """What there is to say of chains that have not converged, if there are.

    Args:
        found: The fit.
    """
    bad = {name: p for name, p in found.posteriors.items() if not p.chains.converged}
    if bad:
        worst = max(float(p.chains.rhat.max()) for p in bad.values())
        least = min(float(p.chains.ess.min()) for p in bad.values())
        yield (
            f"The chains of {listed([LABELS[name][0] for name in bad])} have not converged: R-hat "
            f"up to {worst:.3f} (below {RHAT} is asked), {least:.0f} effective draws at least "
            f"(above {ESS} is asked). Numbers that rest on them are not to be trusted: go on with "
            "--resume, or narrow the priors."
        )


def first_of(comparison: Comparison, entropic: bool) -> Row | None:
    """The most probable hypothesis with an entropy, or without one; None where none was asked.

    Args:
        comparison: The hypotheses.
        entropic: With one.
    """
    return next((row for row in comparison.rows if (row.name in ENTROPIC) == entropic), None)


def evidence_for(comparison: Comparison) -> tuple[float, float]:
    """ln B of the best hypothesis with an entropy over the best without, and its standard error.

    Args:
        comparison: The hypotheses.
    """
    has, lacks = first_of(comparison, True), first_of(comparison, False)
    if has is None or lacks is None:
        return math.nan, math.nan
    error = math.hypot(has.evidence_error, lacks.evidence_error)
    return has.log_evidence - lacks.log_evidence, error


def chance(comparison: Comparison) -> float:
    """Probability of an entropy, all hypotheses being as probable beforehand.

    Args:
        comparison: The hypotheses.
    """
    return math.fsum(row.probability for row in comparison.rows if row.name in ENTROPIC)


def _verdict(comparison: Comparison) -> Iterator[str]:
    best = comparison.rows[0]
    if comparison.verdict == "unexplained":
        yield _unexplained(comparison)
    has, lacks = first_of(comparison, True), first_of(comparison, False)
    if has is None or lacks is None:
        what = "has one" if lacks is None else "is without one"
        yield (
            "Whether there is an entropy of mixing was not asked: each hypothesis that was "
            f"compared {what}."
        )
    else:
        yield _weighed(comparison, has, lacks)
    if comparison.verdict != "unexplained":
        yield _explains(best)


def _weighed(comparison: Comparison, has: Row, lacks: Row) -> str:
    apart, error = evidence_for(comparison)
    said = {
        "entropy": "The data show an entropy of mixing",
        "no entropy": "The data speak against an entropy of mixing",
        "undecided": "The data do not decide whether there is an entropy of mixing",
        "unexplained": "What evidence there is",
    }[comparison.verdict]
    if math.isinf(apart):
        kind = "without an entropy" if apart > 0 else "with an entropy"
        best = has if apart > 0 else lacks
        return (
            f"{said}: no hypothesis {kind} gives the data any probability, but {named(best.name)} "
            "does."
        )
    one, other = (has, lacks) if apart >= 0 else (lacks, has)
    count = len(comparison.rows)
    asked = "both" if count == 2 else f"all {_counted(count)} hypotheses"
    decided = word(apart)
    how = "which decides nothing" if decided == "undecided" else f"{decided} evidence"
    return (
        f"{said}: {named(one.name)} is favoured over {named(other.name)}, the best hypothesis "
        f"{'without' if one is has else 'with'} an entropy, by ln B = {nats(abs(apart), error)}, "
        f"{how}. An entropy has a probability of {percent(chance(comparison))} if {asked} were as "
        "probable beforehand."
    )


def _unexplained(comparison: Comparison) -> str:
    best, *others = comparison.rows
    fair = [row.name for row in others if row.misfit >= MISFIT]
    rate = probability(best.misfit, "p")
    mend = "Look at units, uncertainties, calibration and outliers before anything else"
    if fair:
        labels = listed([LABELS[name][0] for name in fair])
        return (
            f"The most probable hypothesis, {named(best.name)}, does not explain the data: data "
            f"made up from it hardly ever lie as far from it ({rate}). {labels} "
            f"{'does' if len(fair) == 1 else 'do'}, but with less evidence, priors counted. {mend}."
        )
    none = "None of the hypotheses explains" if others else f"{named(best.name)} does not explain"
    return (
        f"{none} the data: even of {LABELS[best.name][0]}, the most probable, made-up data hardly "
        f"ever lie as far from the prediction ({rate}). {mend}; all else that is said here rests "
        "on it."
    )


def _explains(best: Row) -> str:
    label, p = LABELS[best.name][0], best.misfit
    if math.isnan(p):
        return f"Whether {label}, the most probable, explains the data is not said: all are limits."
    told = f"of data made up from it, {percent(p)} lie farther from the prediction"
    if p < 0.05:
        return f"{label}, the most probable, explains the data poorly: {told}."
    if p > 0.99:
        return f"The data lie closer to {label} than their uncertainties say: {told}."
    return f"{label}, the most probable, explains the data: {told}."


def _size(found: Fitted) -> Iterator[str]:
    """L and T̃_c: of the paper's hypothesis, and of the most probable with an entropy."""
    ranked = [row.name for row in found.comparison.rows if row.name in found.posteriors]
    entropic = [name for name in ranked if name in ENTROPIC]
    if not entropic:
        yield "How large L = ln(n/n_c) is cannot be said: no hypothesis with an entropy was fitted."
        return
    told = [name for name in ("mixing", entropic[0]) if name in entropic]
    limited = found.comparison.verdict in ("no entropy", "undecided") or (
        found.comparison.verdict == "unexplained" and ranked[0] not in ENTROPIC
    )
    for name in dict.fromkeys(told):
        yield (_limit if limited else _interval)(found.posteriors[name])


def _interval(p: Posterior) -> str:
    table = p.table()
    ratio, critical = table["log_mixing_ratio"], table["effective_critical_temperature"]
    return (
        f"Under {p.hypothesis.label}, L = ln(n/n_c) = {span(ratio)} and T̃_c "
        f"{'is' if math.isinf(critical.median) else '='} {_critical(p)}."
    )


def _critical(p: Posterior) -> str:
    draws = p.draws["effective_critical_temperature"]
    share = float(np.isinf(draws).mean())
    if share == 1.0:
        return "infinite in all draws, k_B L being at least a"
    text = str(span(p.table()["effective_critical_temperature"]))
    if share == 0.0:
        return text
    if share > 0.5:
        return f"infinite, k_B L being at least a, in {percent(share)} of the draws"
    return f"{text}, infinite in {percent(share)} of the draws, in which k_B L is at least a"


def _limit(p: Posterior) -> str:
    at, table = p.at(_SHARE), p.table()
    ratio = _rounded(table["log_mixing_ratio"].declared, at["log_mixing_ratio"])
    share = float(np.isinf(p.draws["effective_critical_temperature"]).mean())
    infinite = f"infinite in {percent(share)} of the draws"
    highest = at["effective_critical_temperature"]
    if math.isinf(highest):
        critical = f"T̃_c has no such limit: it is {infinite}"
    else:
        declared = table["effective_critical_temperature"].declared
        critical = f"T̃_c is at most {_rounded(declared, highest)}"
        critical += f", being {infinite}" if share else ""
    text = (
        f"Under {p.hypothesis.label}, L = ln(n/n_c) is at most {ratio} with a probability of 90 %, "
        f"and {critical}."
    )
    for key, summary in table.items():
        if key.startswith("mixture.valence_") and summary.contraction < _LITTLE:
            less = f"only {percent(summary.contraction)}" if summary.contraction > 0 else "nothing"
            text += (
                f" That rests on its prior: the data take {less} off the variance of "
                f"{letters_of(p)[key]}."
            )
    return text


def _rounded(declared: Quantity, value: float) -> str:
    unit, (column,) = shown(declared, [value])
    (text,) = digits(column, float(column[0]) / 10)
    return f"{text} {unit}".strip()


def _plain(found: Fitted) -> Iterator[str]:
    """Whether a trap that only heats or cools does as well."""
    rows = found.comparison.rows
    if "plain" not in {row.name for row in rows}:
        yield "That the trap only heats or cools the sample (H3) was not asked."
        return
    row, has = found.comparison.row("plain"), first_of(found.comparison, True)
    if row.name not in found.posteriors:
        yield "That the trap only heats or cools the sample (H3) gives the data no probability."
        return
    p = found.posteriors["plain"]
    text = "That the trap only heats or cools the sample (H3) "
    if has is None or not math.isfinite(has.log_evidence):
        text += f"is {'' if row is rows[0] else 'not '}the most probable."
    else:
        apart = row.log_evidence - has.log_evidence
        how = "as well as" if abs(apart) < 1 else "better than" if apart > 0 else "worse than"
        bayes = nats(apart, math.hypot(row.evidence_error, has.evidence_error))
        strength = "" if abs(apart) < 1 else f", {word(apart)} evidence"
        text += f"does {how} {LABELS[has.name][0]}: ln B = {bayes}{strength}."
    if row.misfit < MISFIT:
        text += f" It does not explain the data ({probability(row.misfit, 'p')})."
    if SHIFTED in p.draws:
        text += f" It takes δT = {span(p.table()[SHIFTED])}."
    yield text


def _alike(comparison: Comparison) -> Iterator[str]:
    """Hypotheses that the data do not tell apart, or only their priors."""
    tied = [LABELS[name][0] for name in comparison.tied]
    if len(tied) > 1:
        yield f"Not told apart, |ln B| < 1: {listed(tied)}."
    best = comparison.rows[0]
    for row in comparison.rows[1:]:
        apart = row.elpd - best.elpd
        errors = [r.difference_error for r in (row, best)]
        if abs(apart) < _ALIKE and max(errors) < _ALIKE:
            yield (
                f"{LABELS[best.name][0]} and {LABELS[row.name][0]} predict alike, each with its "
                f"own numbers (Δelpd = {nats(apart)}): what ln B there is between them, "
                f"{nats(-row.log_bayes)}, comes mostly of their priors."
            )


def _left_out(comparison: Comparison) -> Iterator[str]:
    rows = [row for row in comparison.rows if math.isfinite(row.elpd)]
    if len(rows) < 2:
        return
    best, first = max(rows, key=lambda row: row.elpd), comparison.rows[0]
    label, difference = LABELS[best.name][0], nats(-first.elpd_difference, first.difference_error)
    if best.name == first.name:
        text = f"Leaving one point out (PSIS-LOO) agrees: {label} predicts best."
    elif comparison.opposed:
        text = (
            f"Leaving one point out (PSIS-LOO) disagrees: {label} predicts better than "
            f"{LABELS[first.name][0]}, Δelpd = {difference}. It depends less on priors than ln B "
            "does: look at them."
        )
    else:
        text = (
            f"Leaving one point out (PSIS-LOO) does not object: {label} is ahead of "
            f"{LABELS[first.name][0]} by Δelpd = {difference}"
            + (", within two standard errors." if math.isfinite(first.difference_error) else ".")
        )
    bad = [f"{LABELS[row.name][0]} {row.unreliable}" for row in rows if row.unreliable]
    if bad:
        text += f" It is rough where single points weigh too much (k too high): {', '.join(bad)}."
    yield text


def _open(found: Fitted) -> Iterator[str]:
    """What the data leave to the priors, under the most probable and the paper's hypothesis."""
    for name in dict.fromkeys((found.comparison.rows[0].name, "mixing")):
        if name in found.posteriors:
            yield from not_fixed(found.posteriors[name])


def not_fixed(p: Posterior) -> Iterator[str]:
    """Sentences about parameters that the data do not fix.

    Args:
        p: The posterior.
    """
    symbols = letters_of(p)
    groups: list[tuple[set[str], int]] = []
    for direction in p.directions:
        keys, count = set(direction.weights), 1
        for other in [g for g in groups if g[0] & keys]:
            groups.remove(other)
            keys, count = keys | other[0], count + other[1]
        groups.append((keys, count))
    for keys, count in groups:
        names = [str(symbols[q.key]) for q in p.free if q.key in keys]
        told = f"Under {p.hypothesis.label} the data do not fix {listed(names)}"
        left = len(names) - count
        if left <= 0:
            yield f"{told}: they say less of {'it' if len(names) == 1 else 'them'} than the priors."
        else:
            what = "a combination" if left == 1 else f"{_counted(left)} combinations"
            yield f"{told}, only {what} of them."


def _counted(count: int) -> str:
    return COUNTS[count] if count < len(COUNTS) else str(count)


def _defaults(found: Fitted) -> Iterator[str]:
    names: dict[str, str] = {}
    for p in found.posteriors.values():
        symbols = letters_of(p)
        names |= {q.key: str(symbols[q.key]) for q in p.free if q.prior.origin == "default"}
    if names:
        taken = "a default was" if len(names) == 1 else "defaults were"
        yield f"The case states no prior of {listed(list(names.values()))}: {taken} taken."


def _trust(found: Fitted) -> str:
    if not found.validity:
        return (
            "How well the theory's assumptions hold is not known: they are looked at where the "
            "medians of the paper's hypothesis (H1) make a case, and they do not."
            if "mixing" in found.posteriors
            else "How well the theory's assumptions hold was not looked at: that is done at the "
            "medians of the paper's hypothesis (H1), which was not fitted."
        )
    known = [m for m in found.validity if m.holds is not None]
    failed = [m for m in known if m.holds is False]
    unknown = [m.name for m in found.validity if m.holds is None]
    rest = f" Not known: {', '.join(unknown)}." if unknown else ""
    if not failed:
        return (
            f"At the medians of H1 all {len(known)} assumptions that can be checked hold over the "
            f"data with the trap.{rest}"
        )
    return (
        f"At the medians of H1 the theory is outside its range: {len(failed)} of {len(known)} "
        f"assumptions fail over the data with the trap ({'; '.join(map(_failed, failed))}).{rest}"
    )


def _failed(margin: Margin) -> str:
    until = margin.holds_until
    return margin.name + ("" if until is None else f", which holds up to {until:.4g} K")
