"""Tables of a fit's report: posteriors, hypotheses, diagnostics, the data."""

import html
import math
from collections.abc import Iterator

import numpy as np

from entrap.model.observables import OBSERVABLES
from entrap.report.labels import as_html
from entrap.studies.fit.comparison import SCALE
from entrap.studies.fit.data.observations import Observations
from entrap.studies.fit.diagnostics import ESS, RHAT
from entrap.studies.fit.fit import Fitted
from entrap.studies.fit.hypotheses import LABELS
from entrap.studies.fit.inputs.table import DataGroup
from entrap.studies.fit.pages.words import (
    Letter,
    letters_of,
    nats,
    percent,
    probability,
    set_powers,
    shown,
    span,
)
from entrap.studies.fit.posterior import Posterior


def posterior_rows(p: Posterior) -> Iterator[str]:
    """A row for each number of a posterior.

    Args:
        p: The posterior.
    """
    priors = {q.key: q.prior for q in p.free}
    symbols = letters_of(p)
    for key, summary in p.table().items():
        told = span(summary)
        half, most = (f"{low} to {high}" for low, high in told.intervals)
        prior = "follows from the others"
        numbers = "<td></td>" * 3
        if key in priors:
            text = as_html(set_powers(priors[key].shown(summary.declared)))
            prior = f"{text}<br><small>{priors[key].origin}</small>"
            numbers = "".join(
                f'<td class="number">{text}</td>'
                for text in (
                    f"{summary.contraction:.3f}", f"{summary.rhat:.4f}", f"{summary.ess:,.0f}",
                )
            )  # fmt: skip
        yield (
            f"<tr><td>{symbols[key].html}<br><small>{as_html(summary.declared.meaning)}</small></td>"
            f'<td class="number">{told.median}</td><td>{as_html(told.unit)}</td>'
            f'<td class="number">{half}</td><td class="number">{most}</td><td>{prior}</td>{numbers}'
            "</tr>"
        )


def hypothesis_rows(found: Fitted) -> Iterator[str]:
    """A row for each hypothesis, the most probable first.

    Args:
        found: The fit.
    """
    for row in found.comparison.rows:
        label, meaning = LABELS[row.name]
        known = math.isfinite(row.log_evidence)
        evidence = f"{row.log_evidence:,.2f} ± {row.evidence_error:.2f}" if known else "-∞"
        numbers = (evidence, nats(row.log_bayes))
        loo = (
            nats(row.elpd, row.elpd_error),
            nats(row.elpd_difference, row.difference_error),
            "-" if math.isnan(row.effective_parameters) else f"{row.effective_parameters:.1f}",
            str(row.unreliable),
            "-" if row.name in found.excluded else html.escape(probability(row.misfit)),
        )
        yield (
            f"<tr><td>{label}</td><td>{html.escape(meaning)}</td>{_numbers(numbers)}"
            f"<td>{row.word}</td>{_numbers((_short(row.probability), *loo))}</tr>"
        )


def _short(share: float) -> str:
    """A share as a column has room for it."""
    return percent(share).replace("less than", "&lt;").replace("more than", "&gt;")


def _numbers(texts: tuple[str, ...]) -> str:
    return "".join(f'<td class="number">{text}</td>' for text in texts)


def diagnostic_rows(found: Fitted) -> Iterator[str]:
    """A row of the sampler's diagnostics for each hypothesis.

    Args:
        found: The fit.
    """
    for p in found.posteriors.values():
        chains, draws = p.chains.u.shape[:2]
        worst, least = p.chains.rhat.max(initial=-np.inf), p.chains.ess.min(initial=np.inf)
        told = ("-", "-") if not len(p.chains.rhat) else (f"{worst:.4f}", f"{least:,.0f}")
        yield (
            f"<tr><td>{p.hypothesis.label}</td>"
            + _numbers(
                (
                    str(chains), f"{draws:,}", *told, str(p.divergences),
                    f"{float(p.chains.steps.mean()):.1f}", f"{p.evidence.calls:,}",
                )
            )
            + f"<td>{'met' if p.chains.converged else '<b>not met</b>'}</td></tr>"
        )  # fmt: skip


def divergences(found: Fitted) -> str:
    """What divergences are, how many there were, and what to do."""
    counts = {
        p.hypothesis.label: (p.divergences, p.chains.diverging.size)
        for p in found.posteriors.values()
    }
    told = [f"{label} {n} of {of:,}" for label, (n, of) in counts.items() if n]
    what = (
        "A draw diverges where the sampler's step is too long for how sharply the posterior bends: "
        "the chains may then pass by what lies beyond."
    )
    if not told:
        return f"{what} None did."
    share = max(n / of for n, of in counts.values())
    if share < 0.01:
        return (
            f"{what} Here: {', '.join(told)}. So few are of little weight while R-hat and the "
            "effective draws are met; a narrower prior on what the data do not fix takes them away."
        )
    return (
        f"{what} Here: {', '.join(told)}. So many may bias what is said of it: give narrower "
        "priors to what the data do not fix, or hold one of those numbers fixed, and compare."
    )


def scale() -> str:
    """The words for ln B, with their limits."""
    return ", ".join(
        f"{name} from {least:g}" if least else f"{name} below {SCALE[-2][0]:g}"
        for least, name in reversed(SCALE)
    )


def thresholds() -> str:
    """What is asked of chains."""
    return f"R-hat below {RHAT:g}, and more than {ESS} effective draws in bulk and tail"


def data_rows(data: Observations) -> Iterator[str]:
    """A row for each series of the data.

    Args:
        data: The measurements.
    """
    along = "time" if data.against == "time" else "temperature"
    for (name, on, group), index in data.series().items():
        declared = OBSERVABLES[name].quantity
        values, limits = data.value[index], int((data.limit[index] != 0).sum())
        unit, (ends,) = shown(declared, [values.min(), values.max()])
        at = data.coordinate[index]
        unit_along = "s" if along == "time" else "K"
        yield (
            f"<tr><td>{as_html(declared.meaning)}, {as_html(declared.symbol)}</td>"
            f"<td>{'with the trap' if on else 'without'}</td><td>{html.escape(group)}</td>"
            f'<td class="number">{len(index)}</td><td class="number">{limits}</td>'
            f"<td>{ends[0]:.4g} to {ends[1]:.4g} {unit}</td>"
            f"<td>{at.min():.4g} to {at.max():.4g} {unit_along}</td>"
            f"<td>{_common(data.groups[group], group)}</td></tr>"
        )


def _common(group: DataGroup, name: str) -> str:
    """What a group has in common, which is inferred."""
    parts = []
    if group.calibration is not None:
        parts.append(f"{Letter('c', name).html} ~ {group.calibration}")
    if group.temperature_offset is not None:
        parts.append(f"{Letter('δT', name).html} ~ {group.temperature_offset}")
    return "<br>".join(parts) or "nothing"
