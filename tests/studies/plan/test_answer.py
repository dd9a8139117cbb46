"""Each sentence of a plan's answer, whatever its candidates are worth and wherever they lie."""

import re
from types import SimpleNamespace
from typing import Any
from unittest import mock

import numpy as np
import pytest

from entrap.studies.fit.inputs.hypotheses import HYPOTHESES
from entrap.studies.plan import answer
from entrap.studies.plan.plan import NORMAL, Candidate


def candidate(kelvin=4.0, precision=0.02, bits=0.95, error=0.02, failing="", **more):
    """A candidate of made-up worth."""
    against = more.pop("against", {"none": 0.97, "extraction": 0.96})
    return Candidate(
        "higgs_coefficient", kelvin, precision, bits, error, against, 3.0, 0.1,
        2.5, more.get("decided", 0.4), 2.0, 1.5, more.get("refuted", 0.07), 0.0, failing,
    )  # fmt: skip


def planned(*ranked, uncertain=(), points=3, rivals=("none", "extraction")):
    """A plan of these candidates, the best first."""
    where = np.array([[3.0, 3.5, 4.25][:points] + [1.0] * points])
    made: Any = SimpleNamespace(
        candidates=ranked, hypotheses=("mixing", *rivals), uncertain=uncertain,
        validity=(), case=SimpleNamespace(material=SimpleNamespace(critical_temperature=5.0)),
        design=SimpleNamespace(points=where, temperatures=np.array([2.0, 6.0])),
    )  # fmt: skip
    with mock.patch.object(answer.Plan, "of", return_value=SimpleNamespace(points=points)):
        return " ".join(answer.plan_answer(made))


@pytest.mark.parametrize("bits", [-0.004, 0.0, 0.05, 0.11, 0.5, 0.89, 0.9, 1.0])
@pytest.mark.parametrize("error", [0.0, 0.03])
def test_bits_are_those_of_the_best_and_no_more_is_said_than_they_are_worth(bits, error):
    told = planned(candidate(bits=bits, error=error), candidate(bits=bits - 0.01))
    shown = f"{abs(round(bits, 2)):.2f} ± {max(error, 0.01):.2f} bits of the 1 bit"
    assert shown in told
    assert not re.search(r"-0\.0+\b|\b(nan|inf)\b|None\b(?! of)|  ", told)
    assert ("None of 2 candidates decides much" in told) == (bits < 0.1)
    assert ("The best of 2 candidates is" in told) == (bits >= 0.1)
    assert ("in 40 % of the data simulated with one, and against it in 7 %" in told) == (
        bits >= 0.1
    )
    assert ("No candidate reaches 0.9 bits" in told) == (0.1 <= bits < 0.9)


@pytest.mark.parametrize(
    ("worth", "says"),
    [
        ((0.99, 0.95, 0.91), "bits is ħ"),
        ((0.99, 0.95, 0.4), "bits is ħ"),
        ((0.99, 0.5, 0.4), ""),
    ],
)
def test_the_least_precise_that_decides_is_named(worth, says):
    ranked = [
        candidate(precision=p, bits=b) for p, b in zip((0.003, 0.01, 0.05), worth, strict=True)
    ]
    told = planned(*ranked)
    easy = max((c for c in ranked if c.information >= 0.9), key=lambda c: c.precision)
    least = f"{answer._named(easy)}: {easy.information:.2f} ± 0.02 bits."
    assert (f"least precise candidate with at least 0.9 bits is {least}" in told) == bool(says)


def test_where_the_theory_fails_the_best_that_holds_is_named():
    holds = "At 4 K all assumptions that can be checked hold."
    assert holds in planned(candidate(), candidate())
    fails = candidate(failing="thermal_floor")
    normal, good = candidate(7.0, failing=NORMAL), candidate(3.0, bits=0.6)
    told = planned(fails, good)
    assert "At 4 K an assumption of the theory fails: thermal_floor. Where all assumptions" in told
    assert "about 3 K with points of 2 %: 0.60 ± 0.02 bits." in told
    told = planned(normal, good)
    assert "At 7 K the sample is normal at the numbers of the case. Where all" in told
    told = planned(normal, fails)
    assert "of the case. At no temperature of the plan do all assumptions hold." in told


@pytest.mark.parametrize(
    ("none", "taken", "imitated"),
    [(1.0, 0.95, False), (1.0, 0.3, True), (0.3, 0.25, False), (0.5, -0.004, True)],
)
def test_what_plain_theory_imitates_is_said_with_its_bits(none, taken, imitated):
    told = planned(candidate(against={"none": none, "extraction": taken}), candidate())
    assert (
        f"alone, it would give, in bits, {none:.2f} from H0 and {abs(round(taken, 2)):.2f} from H2."
        in told
    )
    assert ("can imitate an entropy there" in told) == imitated


@pytest.mark.parametrize(
    ("points", "says"),
    [
        (1, "A candidate is one point with the trap and one without,"),
        (2, "A candidate is 2 points with the trap over 0.5 K and 2 without,"),
        (3, "A candidate is 3 points with the trap over 1.25 K and 3 without,"),
    ],
)
def test_a_candidate_has_as_many_points_as_are_said(points, says):
    assert says in planned(candidate(), candidate(), points=points)


@pytest.mark.parametrize(
    ("origins", "says"),
    [
        (("stated", "stated"), ""),
        (("default", "stated"), "for a: a default was used."),
        (("default", "default"), "for a and b: defaults were used."),
    ],
)
def test_priors_that_are_the_default_are_named(origins, says):
    some = tuple(
        SimpleNamespace(key=x, declared=SimpleNamespace(symbol=x), prior=SimpleNamespace(origin=of))
        for x, of in zip("ab", origins, strict=True)
    )
    told = planned(candidate(), candidate(), uncertain=some)
    assert ("The case states no prior " in told) == bool(says)
    assert says in told


@pytest.mark.parametrize("rivals", [("none",), ("none", "extraction")])
def test_the_question_is_between_an_entropy_and_each_rival(rivals):
    told = planned(candidate(), candidate(), rivals=rivals)
    names = " or ".join(str(HYPOTHESES[name]) for name in rivals)
    both = ", equally probable beforehand" * (len(rivals) == 2)
    assert told.startswith(
        f"The question is whether there is {HYPOTHESES['mixing'].meaning} (H1), "
    )
    assert f", or none: {names}{both}. " in told
