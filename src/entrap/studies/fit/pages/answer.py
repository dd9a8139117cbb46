"""A fit's answer in sentences: whether there is an entropy, how large, how sure, what is open."""

import math
from collections.abc import Iterator

import numpy as np

from entrap.core.quantities import Quantity
from entrap.report.labels import percent
from entrap.studies.fit.comparison import MISFIT, NAMED, Comparison, Row, word
from entrap.studies.fit.fit import Fitted
from entrap.studies.fit.inputs.hypotheses import HYPOTHESES, SHIFTED, TAKEN
from entrap.studies.fit.pages import bare, caveats, junction, misfit, words
from entrap.studies.fit.posterior import DERIVED, Posterior

_SHARE = 0.9  # of the posterior is below an upper limit
_LITTLE = 0.5  # with less contraction, an upper limit rests on the prior


def fit_answer(found: Fitted) -> tuple[str, ...]:
    """Sentences for the first screen of a report and the end of a fit."""
    comparison = found.comparison
    if comparison.verdict == "unexplained":
        return (*caveats.unconverged(found), *misfit.unexplained(found), *caveats.ranged(found))
    if found.data.bare and [row.name for row in comparison.rows] == ["none"]:
        return bare.answer(found)
    return (
        *caveats.unconverged(found), *_verdict(comparison), *_apart(found), *_size(found),
        *_rival(found, "extraction", TAKEN), *junction.rests(found),
        *_rival(found, "heating", SHIFTED),
        *caveats.alike(comparison), *caveats.left_out(comparison), *caveats.left_open(found),
        *caveats.ranged(found), *caveats.defaults(found), caveats.trust(found),
        *caveats.idle(found),
    )  # fmt: skip


def _verdict(comparison: Comparison) -> Iterator[str]:
    has, lacks = comparison.best(True), comparison.best(False)
    if has is None or lacks is None:
        what = "has one" if lacks is None else "is without one"
        yield (
            "Whether there is an entropy of mixing cannot be said: each hypothesis that was "
            f"compared {what}."
        )
    else:
        yield _weighed(comparison, has, lacks)
    yield _explains(comparison.rows[0])


def _apart(found: Fitted) -> Iterator[str]:
    """What tells an entropy from plain BCS theory, where the data do not."""
    if found.comparison.ambiguous:
        yield (
            "Plain BCS theory explains what the trap changes without any entropy, by taking "
            "quasiparticles (H2): these data cannot tell the two apart. What would: "
            f"{junction.measured(found)}; data near and above T_c; and above all several samples "
            "of different n_v/n_c, as only the entropy depends on it."
        )


def _weighed(comparison: Comparison, has: Row, lacks: Row) -> str:
    apart, error = comparison.evidence()
    said = {
        "entropy": "The data show an entropy of mixing",
        "no entropy": "The data speak against an entropy of mixing",
        "undecided": "The data do not decide whether there is an entropy of mixing",
    }[comparison.verdict]
    if math.isinf(apart):
        kind = "without an entropy" if apart > 0 else "with an entropy"
        best = has if apart > 0 else lacks
        found = f"no hypothesis {kind} gives the data any probability"
        if comparison.verdict == "undecided":
            return f"{said}, although {best.entry} explains them and {found}: {_held(comparison)}."
        return f"{said}: {found}, but {best.entry} does."
    one, other = (has, lacks) if apart >= 0 else (lacks, has)
    count = len(comparison.rows)
    every = "both" if count == 2 else f"all {words.counted(count)} hypotheses"
    decided = word(apart)
    how = "which decides nothing" if decided == "undecided" else f"{decided} evidence"
    favoured = (
        f"{one.entry} is favoured over {other.entry}, the best hypothesis "
        f"{'without' if one is has else 'with'} an entropy, by ln B = "
        f"{words.nats(abs(apart), error)}, {how}"
    )
    if comparison.verdict == "undecided" and apart >= NAMED:
        text = f"{said}, although {favoured}: {_held(comparison)}."
    else:
        text = f"{said}: {favoured}."
    return (
        f"{text} An entropy has a probability of {percent(comparison.chance())} if {every} were "
        "equally probable beforehand."
    )


def _held(comparison: Comparison) -> str:
    """Why no entropy is named where the evidence is for one."""
    if comparison.plain is None:
        return "plain BCS theory (H2) was not compared"
    return "plain BCS theory (H2) describes them too, and while it does no entropy is named"


def _explains(best: Row) -> str:
    label, p = best.entry.label, best.misfit
    if math.isnan(p):
        return (
            f"Whether {label}, the most probable, explains the data cannot be said: all data are "
            "limits."
        )
    rate = f"{percent(p)} of data simulated from it lie farther from its prediction"
    if p < 0.05:
        return f"{label}, the most probable, explains the data poorly: {rate}."
    if p > 0.99:
        return f"The data lie closer to {label} than their uncertainties suggest: {rate}."
    return f"{label}, the most probable, explains the data: {rate}."


def _size(found: Fitted) -> Iterator[str]:
    """L and T̃_c under the paper's hypothesis and under the most probable with an entropy."""
    ranked = [row.name for row in found.comparison.rows if row.name in found.posteriors]
    entropic = [name for name in ranked if HYPOTHESES[name].entropy]
    if not entropic:
        yield "How large L = ln(n/n_c) is cannot be said: no hypothesis with an entropy was fitted."
        return
    limited = found.comparison.verdict != "entropy"
    for name in dict.fromkeys(("mixing", entropic[0])):
        if name in entropic:
            yield (_limit if limited else _interval)(found.posteriors[name])


def _interval(p: Posterior) -> str:
    ratio, critical = (p.table()[key] for key in DERIVED)
    share = float(np.isinf(p.draws["effective_critical_temperature"]).mean())
    if share == 1.0:
        text = "is infinite in all draws, k_B L being at least a"
    elif share == 0.0:
        text = f"= {words.span(critical)}"
    elif math.isinf(critical.median):
        text = f"is infinite, k_B L being at least a, in {percent(share)} of the draws"
    else:
        text = (
            f"= {words.span(critical)}, infinite in {percent(share)} of the draws, in which k_B L "
        )
        text += "is at least a"
    label = p.hypothesis.entry.label
    return f"Under {label}, L = ln(n/n_c) = {words.span(ratio)} and T̃_c {text}."


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
        f"Under {p.hypothesis.entry.label}, L = ln(n/n_c) is at most {ratio} with a probability of "
        f"90 %, and {critical}."
    )
    for key, summary in table.items():
        if key.startswith("mixture.valence_") and summary.contraction < _LITTLE:
            little = summary.contraction > 0
            less = f"by only {percent(summary.contraction)}" if little else "not at all"
            text += (
                f" This limit rests on the prior of {words.letters_of(p)[key]}, whose variance the "
                f"data reduce {less}."
            )
    return text


def _rounded(declared: Quantity, value: float) -> str:
    unit, (column,) = words.shown(declared, [value])
    (text,) = words.digits(column, float(column[0]) / 10)
    return f"{text} {unit}".strip()


_RIVALS = {
    "extraction": "Plain BCS theory, quasiparticles taken and no entropy (H2), ",
    "heating": "The hypothesis that the trap only heats or cools the sample (H3) ",
}


def _rival(found: Fitted, name: str, key: str) -> Iterator[str]:
    """Whether a hypothesis without an entropy explains the data as well, and its number."""
    rows, text = found.comparison.rows, _RIVALS[name]
    if name not in {row.name for row in rows}:
        less = ": without it no entropy can be named" if name == "extraction" else ""
        yield f"{text}was not compared{less}."
        return
    row, has = found.comparison.row(name), found.comparison.best(True)
    if row.name not in found.posteriors:
        yield f"{text}gives the data no probability."
        return
    p = found.posteriors[name]
    if has is None or not math.isfinite(has.log_evidence):
        text += f"is {'' if row is rows[0] else 'not '}the most probable."
    else:
        apart = row.log_evidence - has.log_evidence
        how = "as well as" if abs(apart) < 1 else "better than" if apart > 0 else "worse than"
        bayes = words.nats(apart, math.hypot(row.evidence_error, has.evidence_error))
        strength = "" if abs(apart) < 1 else f", {word(apart)} evidence"
        text += f"does {how} {has.entry.label}: ln B = {bayes}{strength}."
    if row.misfit < MISFIT:
        text += f" It does not explain the data ({words.probability(row.misfit, 'p')})."
    if key in p.draws:
        summary = p.table()[key]
        text += f" It needs {summary.declared.symbol} = {words.span(summary)}."
    yield text + junction.computed(found, name)
