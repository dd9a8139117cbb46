"""Words and verdicts on posteriors that are made up, with the evidence that is stated."""

import math

import numpy as np
import pytest
from scipy import special, stats

from entrap.solve.inputs import Choices
from entrap.studies.fit.chains import Chains
from entrap.studies.fit.comparison import MISFIT, compare, word
from entrap.studies.fit.evidence import Evidence
from entrap.studies.fit.hypotheses import Hypothesis
from entrap.studies.fit.optimum import Optimum
from entrap.studies.fit.posterior import Posterior

CHOICES = Choices(route="direct", carriers=False, entropy="ideal", closure="ramp")


def made(name, log_evidence, log_likelihood=None, misfit=0.5):
    """A posterior of which a comparison reads what is stated here."""
    if log_likelihood is None:
        log_likelihood = np.random.default_rng(1).normal(-1.0, 0.1, (4, 60, 5))
    none = np.zeros((4, 60, 0))
    few = np.zeros(0)
    chains = Chains(none, none, none, few, few, few, few, few, few)
    return Posterior(
        Hypothesis(name, CHOICES, ()),
        (),
        Optimum(few, few, log_evidence),
        chains,
        {},
        log_likelihood,
        none,
        misfit,
        Evidence(log_evidence, 0.02, 1),
        (),
    )


def compared(excluded=(), **log_evidences):
    # What is so much less probable does not describe the data.
    return compare(
        {
            name: made(name, x, **({"misfit": 1e-9} if x <= -40 else {}))
            for name, x in log_evidences.items()
        },
        excluded,
    )


@pytest.mark.parametrize(
    ("log_bayes", "said"),
    [
        (0.0, "undecided"), (0.99, "undecided"), (1.0, "weak"), (2.49, "weak"), (2.5, "moderate"),
        (4.99, "moderate"), (5.0, "strong"), (math.inf, "strong"), (-2.6, "moderate"),
    ],
)  # fmt: skip
def test_words_are_those_of_trotta(log_bayes, said):
    assert word(log_bayes) == said


@pytest.mark.parametrize(
    ("log_evidences", "verdict"),
    [
        ({"none": 0.0, "mixing": 2.6, "heating": -1.0, "extraction": -40.0}, "entropy"),
        ({"none": 0.0, "mixing": 2.4, "heating": -1.0, "extraction": -40.0}, "undecided"),
        ({"none": 0.0, "mixing": 9.0, "heating": 8.0, "extraction": -40.0}, "undecided"),
        ({"none": 0.0, "degenerate": 6.0, "heating": 2.0, "extraction": -40.0}, "entropy"),
        ({"none": 0.0, "mixing": -2.6}, "no entropy"),
        ({"mixing": -9.0, "degenerate": -3.0, "heating": 0.0}, "no entropy"),
        ({"mixing": 9.0, "degenerate": 0.0}, "undecided"),
        ({"none": 9.0, "heating": 0.0}, "undecided"),
        # Plain BCS was not compared, or explains the data itself: no entropy is named.
        ({"none": 0.0, "mixing": 90.0, "heating": -1.0}, "undecided"),
        ({"none": -90.0, "mixing": 9.0, "extraction": 0.0}, "undecided"),
        ({"none": -90.0, "mixing": -9.0, "extraction": 0.0}, "no entropy"),
    ],
)
def test_a_verdict_sets_the_best_with_entropy_against_the_best_without(log_evidences, verdict):
    found = compared(**log_evidences)
    assert found.verdict == verdict
    assert found.rows[0].log_evidence == max(log_evidences.values())
    assert [row.log_evidence for row in found.rows] == sorted(log_evidences.values(), reverse=True)


def test_probabilities_are_the_shares_of_the_evidences():
    logs = {"none": -1.2, "mixing": 0.3, "heating": -700.0}
    found = compared(**{name: x + 3000 for name, x in logs.items()})
    wanted = dict(zip(logs, special.softmax(list(logs.values())), strict=True))
    assert {row.name: row.probability for row in found.rows} == pytest.approx(wanted)
    assert found.log_bayes("mixing", "none") == pytest.approx(1.5)
    assert math.isnan(found.log_bayes("mixing", "degenerate"))
    assert [row.word for row in found.rows] == ["best", "weak", "strong"]


def test_hypotheses_within_one_of_the_best_are_tied():
    found = compared(none=0.0, mixing=-0.9, degenerate=-1.1)
    assert found.tied == ("none", "mixing")


def test_what_nothing_explains_is_impossible_and_decides():
    found = compared(excluded=["none", "extraction"], mixing=-30.0)
    assert found.verdict == "entropy"
    told = {row.name: row for row in found.rows}
    assert told["none"].word == "impossible"
    assert told["none"].probability == 0
    assert told["none"].elpd == -math.inf
    assert found.rows[0].name == "mixing"
    assert found.tied == ("mixing",)
    assert compared(excluded=["mixing"], none=3.0).verdict == "no entropy"


def test_a_best_hypothesis_that_does_not_explain_the_data_is_no_verdict():
    for share, verdict in ((0.9 * MISFIT, "unexplained"), (1.1 * MISFIT, "entropy")):
        found = compare(
            {"mixing": made("mixing", 9.0, misfit=share), "none": made("none", 0.0)}, ["extraction"]
        )
        assert found.verdict == verdict


def test_leaving_one_out_opposes_an_evidence_that_priors_decide():
    random = np.random.default_rng(3)
    better = random.normal(-1.0, 0.05, (4, 60, 30))
    worse = better - 1 - random.normal(0.0, 0.1, 30)
    found = compare({"none": made("none", 5.0, worse), "mixing": made("mixing", 0.0, better)})
    assert found.opposed
    assert not compare(
        {"none": made("none", 5.0, better), "mixing": made("mixing", 0.0, worse)}
    ).opposed
    row = found.row("none")
    assert row.elpd_difference == pytest.approx((worse - better)[0, 0].sum(), abs=0.05)
    spread = (worse - better)[0, 0].std(ddof=1)
    assert row.difference_error == pytest.approx(np.sqrt(30) * spread, rel=0.05)


def test_leaving_one_out_of_a_normal_mean_is_its_closed_form():
    # y_i ~ N(m, 1), a flat prior on m: without y_i, y_i ~ N(mean of the others, 1 + 1/(N-1)).
    random = np.random.default_rng(5)
    y, count = random.normal(size=12), 12
    m = random.normal(y.mean(), count**-0.5, (8, 1000))
    found = compare({"none": made("none", 0.0, stats.norm.logpdf(y, m[..., None], 1.0))}).rows[0]
    others = (y.sum() - y) / (count - 1)
    exact = stats.norm.logpdf(y, others, np.sqrt(count / (count - 1)))
    assert found.elpd == pytest.approx(exact.sum(), abs=0.03)
    assert found.elpd_error == pytest.approx(np.sqrt(count) * exact.std(ddof=1), rel=0.02)
    inside = special.logsumexp(stats.norm.logpdf(y, m[..., None], 1.0), axis=(0, 1)) - np.log(8000)
    assert found.effective_parameters == pytest.approx(inside.sum() - exact.sum(), abs=0.03)
    assert found.unreliable == 0
