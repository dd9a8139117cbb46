"""Every sentence of a fit's answer over a grid of fits: its numbers are theirs, its words are true."""

import dataclasses
import itertools
import math
import re

import numpy as np
import pytest
from tests.studies.fit.made import CASE, KEYS, SHIFT, fitted, made

from entrap.app.casefile import load_case
from entrap.case.priors import Prior
from entrap.core.quantities import Quantity
from entrap.solve.protocol.results import Margin
from entrap.studies.fit.comparison import _verdict
from entrap.studies.fit.inputs.hypotheses import HYPOTHESES
from entrap.studies.fit.pages import caveats
from entrap.studies.fit.pages.answer import fit_answer
from entrap.studies.fit.parameters import Parameter

NO_NUMBER = re.compile(r"\b(nan|inf)\b|None|  |\(\)|-0\.0+\b")
LABELS = {name: entry.label for name, entry in HYPOTHESES.items()}
ENTROPIC = {name for name, entry in HYPOTHESES.items() if entry.entropy}
LOW, SOME, FAIR = 1e-7, 0.02, 0.4


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    path = tmp_path_factory.mktemp("case") / "case.toml"
    path.write_text(CASE)
    return load_case(path, needs=("material", "landau"))


@pytest.fixture(scope="module")
def parts(case):
    """A posterior of each hypothesis, made once."""
    return {name: made(case, name) for name in HYPOTHESES}


@pytest.fixture(autouse=True)
def plain_spread(monkeypatch):
    """A prior is as wide as its coordinate: what follows is of words, not of priors."""
    monkeypatch.setattr(Parameter, "spread", 1.0)


def judged(case, evidences, **more):
    """The fit with the verdict and the ties that its numbers ask for."""
    found = fitted(case, evidences, "", **more)
    best = max(evidences.values())
    tied = tuple(row.name for row in found.comparison.rows if row.log_evidence > best - 1)
    verdict = _verdict(list(found.comparison.rows))
    comparison = dataclasses.replace(found.comparison, verdict=verdict, tied=tied)
    return dataclasses.replace(found, comparison=comparison)


def kinds():
    """ln Z and misfits of which every sentence comes out, with and without each hypothesis."""
    for apart in (0.0, 0.6, -0.6, 1.8, -1.8, 4.0, -4.0, 9.0, -9.0, -math.inf):
        for plain, fair in ((None, FAIR), (-12.0, LOW), (0.0, FAIR), (0.0, LOW)):
            evidences = {"none": -40.0 if plain is not None else 0.0, "mixing": apart}
            yield evidences | ({} if plain is None else {"extraction": plain}), {
                "extraction": fair, "none": SOME,
            }  # fmt: skip
    impossible = {"none": -math.inf, "mixing": 0.0}
    yield impossible, {"none": 0.0}
    yield impossible | {"extraction": -math.inf}, {"none": 0.0, "extraction": 0.0}
    yield {"mixing": 0.0, "degenerate": -0.4}, {}
    yield {"none": 0.0, "heating": -2.0, "extraction": 1.0}, {}


def test_evidence_is_said_with_its_side_its_size_and_its_word(case, parts):
    seen = set()
    for evidences, misfit in kinds():
        found = judged(case, evidences, posteriors=parts, misfit=misfit)
        if found.comparison.verdict == "unexplained":
            continue
        told = " ".join(fit_answer(found))
        assert not NO_NUMBER.search(told), told
        with_, without = (
            max((n for n in evidences if (n in ENTROPIC) == kind), key=evidences.__getitem__,
                default=None)
            for kind in (True, False)
        )  # fmt: skip
        if with_ is None or without is None:
            lacks = "has one" if without is None else "is without one"
            assert f"cannot be said: each hypothesis that was compared {lacks}" in told
            seen.add(lacks)
            continue
        apart = evidences[with_] - evidences[without]
        plain = evidences.get("extraction")
        beaten = plain is not None and misfit.get("extraction", 1.0) < 1e-3
        says = "show" if apart >= 2.5 and beaten else "speak" if apart <= -2.5 else "do not decide"
        seen.add(says)
        starts = {"show": "The data show an", "speak": "The data speak against an",
                  "do not decide": "The data do not decide whether there is an"}  # fmt: skip
        for key, start in starts.items():
            assert (start in told) == (key == says), told
        one, other = (with_, without) if apart >= 0 else (without, with_)
        assert (", although " in told) == (says == "do not decide" and apart >= 2.5)
        if ", although " in told:
            seen.add(why := "was not compared" if plain is None else "describes them too")
            assert f"plain BCS theory (H2) {why}" in told
        if math.isinf(apart):
            kind = "without an entropy" if apart > 0 else "with an entropy"
            assert f"no hypothesis {kind} " in told
            assert str(HYPOTHESES[one]) in told
            continue
        strength = next(
            word for least, word in ((5, "strong evidence"), (2.5, "moderate evidence"),
                                     (1, "weak evidence"), (0, "which decides nothing"))
            if abs(apart) >= least
        )  # fmt: skip
        seen.add(strength)
        kind = "without" if one == with_ else "with"
        assert (
            f"{HYPOTHESES[one]} is favoured over {HYPOTHESES[other]}, the best hypothesis {kind} an "
            f"entropy, by ln B = {abs(apart):.2f} ± 0.14, {strength}"
        ) in told
        odds = {name: math.exp(z) for name, z in evidences.items()}
        chance = 100 * sum(odds[n] for n in odds if n in ENTROPIC) / sum(odds.values())
        (shown,) = re.findall(r"An entropy has a probability of (.*?) % if (?:all|both)", told)
        if not shown.startswith(("less than 0.1", "more than 99.9")):
            assert float(shown) == pytest.approx(chance, abs=0.5)
        assert (chance < 0.1) == shown.startswith("less")
        assert (chance > 99.9) == shown.startswith("more")
    assert seen >= {
        "has one", "is without one", "show", "speak", "do not decide", "was not compared",
        "describes them too", "strong evidence", "moderate evidence", "weak evidence",
        "which decides nothing",
    }  # fmt: skip


def test_a_rival_does_as_its_evidence_says(case, parts):
    starts = {"extraction": "no entropy (H2), ", "heating": "the sample (H3) "}
    for name, start in starts.items():
        for apart in (None, -math.inf, -20.0, -3.0, -0.4, 0.4, 3.0):
            evidences = {"none": -50.0, "mixing": 0.0} | ({} if apart is None else {name: apart})
            found = judged(case, evidences, posteriors=parts)
            told = " ".join(fit_answer(found)).partition(start)[2]
            if apart is None:
                assert told.startswith("was not compared")
            elif math.isinf(apart):
                assert told.startswith("gives the data no probability.")
            else:
                how = (
                    "as well as" if abs(apart) < 1 else "better than" if apart > 0 else "worse than"
                )
                words = f"does {how} H1: ln B = {apart:.2f} ± 0.14"
                words += {0.4: "", 3.0: ", moderate evidence", 20.0: ", strong evidence"}[
                    abs(apart)
                ]
                assert told.startswith(f"{words}."), told
    taken = judged(case, {"mixing": -math.inf, "extraction": 0.0, "heating": 2.0}, posteriors=parts)
    told = " ".join(fit_answer(taken))
    assert "no entropy (H2), is not the most probable." in told
    assert "the sample (H3) is the most probable." in told
    bad = judged(case, {"mixing": 0.0, "heating": -8.0}, posteriors=parts, misfit={"heating": LOW})
    assert "It does not explain the data (p = 10⁻⁷)" in " ".join(fit_answer(bad))


def ends(text):
    """Median and ends of the interval in "1.20 (90 %: 1.1 to 1.3 K)"."""
    return [
        float(x.replace("∞", "inf")) for x in re.findall(r"[-\d.]+|∞", text.replace("90 %", ""))
    ]


@pytest.mark.parametrize("infinite", [0.0, 0.02, 0.1, 0.5, 0.7, 0.95, 1.0])
@pytest.mark.parametrize("critical", [5.2, 8.0, 4000.0])
def test_how_large_an_entropy_is_has_the_quantiles_of_its_draws(case, infinite, critical):
    p = made(case, "mixing", ratio=0.7, critical=critical, infinite=infinite)
    shift = made(case, "heating")
    posteriors = {"mixing": p, "heating": shift}
    evidences = {"none": -30.0, "mixing": 9.0, "heating": 0.0, "extraction": 0.0}
    sure = judged(case, evidences, posteriors=posteriors, misfit={"extraction": LOW})
    assert sure.comparison.verdict == "entropy"
    told = " ".join(fit_answer(sure))
    draws = {key: np.sort(x.ravel()) for key, x in {**p.draws, **shift.draws}.items()}
    count = draws[SHIFT].size

    def at(key, share):
        return draws[key][max(math.ceil(share * count) - 1, 0)]

    def near(shown, key):
        expected = [at(key, share) for share in (0.5, 0.05, 0.95)]
        width = (
            0.051 * (expected[2] - expected[1])
            if math.isfinite(expected[2])
            else 1e-3 * expected[0]
        )
        for one, value in zip(shown, expected, strict=True):
            assert one == value if math.isinf(value) else abs(one - value) <= width

    (ratio, rest), *_ = re.findall(
        r"Under H1, L = ln\(n/n_c\) = (.*?\)) and T̃_c (.*?)\.(?: |$)", told
    )
    near(ends(ratio), "log_mixing_ratio")
    share = np.isinf(draws["effective_critical_temperature"]).mean()
    assert share == pytest.approx(infinite, abs=1e-9)
    if infinite == 1.0:
        assert rest == "is infinite in all draws, k_B L being at least a"
    elif math.isinf(at("effective_critical_temperature", 0.5)):
        assert rest == f"is infinite, k_B L being at least a, in {100 * share:.0f} % of the draws"
    else:
        shown, _, more = rest.partition(")")
        near(ends(shown), "effective_critical_temperature")
        words = f", infinite in {100 * share:.0f} % of the draws, in which k_B L is at least a"
        assert more == (words if infinite else "")
    (needed,) = re.findall(r"It needs δT = (.*?\))", told)
    near(ends(needed), SHIFT)
    # Where the data do not decide there are limits in place of intervals.
    open_ = judged(case, evidences | {"extraction": 8.5}, posteriors=posteriors)
    told = " ".join(fit_answer(open_))
    shown, rest = re.findall(
        r"is at most (\S+) with a probability of 90 %, and (.*?)\.(?: |$)", told
    )[0]
    assert float(shown) == pytest.approx(at("log_mixing_ratio", 0.9), rel=0.01)
    highest = at("effective_critical_temperature", 0.9)
    if math.isinf(highest):
        many = "more than 99.9" if infinite == 1 else f"{100 * share:.0f}"
        assert rest == f"T̃_c has no such limit: it is infinite in {many} % of the draws"
    else:
        found = re.fullmatch(r"T̃_c is at most (\S+) K(.*)", rest)
        assert found
        value, more = found.groups()
        assert float(value) == pytest.approx(highest, rel=0.01)
        assert more == (f", being infinite in {100 * share:.0f} % of the draws" if infinite else "")


@pytest.mark.parametrize("wide", [0.3, 0.85, 0.99, 1.3])
def test_a_limit_says_how_little_the_data_narrow_its_prior(case, wide):
    p = made(case, "mixing", wide=wide)
    valence = [q.key for q in p.parameters].index(KEYS[2])
    taken = 1 - p.chains.u[..., valence].var()
    told = " ".join(
        fit_answer(judged(case, {"none": 0.0, "mixing": 0.0}, posteriors={"mixing": p}))
    )
    found = re.findall(r"rests on the prior of (.*?), whose variance the data reduce (.*?)\.", told)
    if taken >= 0.5:
        assert found == []
    else:
        how = f"by only {100 * taken:.0f} %" if taken > 0.01 else "not at all"
        assert found == [("n_v/n_c", how)]


@pytest.mark.parametrize("first", [0.0, -0.3, -3.0, -9.0])
@pytest.mark.parametrize("unreliable", [(0, 0), (3, 0), (2, 1)])
def test_what_leaving_one_out_says_has_its_numbers(case, parts, first, unreliable):
    elpd = {"mixing": first, "none": 0.0 if first else -4.0}
    opposed = first < -2 * 1.0
    found = fitted(
        case, {"none": 0.0, "mixing": 9.0}, "entropy", elpd=elpd, opposed=opposed, posteriors=parts
    )
    rows = tuple(
        dataclasses.replace(row, unreliable=n)
        for row, n in zip(found.comparison.rows, unreliable, strict=True)
    )
    comparison = dataclasses.replace(found.comparison, rows=rows)
    (text,) = caveats.left_out(comparison)
    if not first:
        assert "agrees: H1 predicts best." in text
    elif opposed:
        assert f"disagrees: H0 predicts better than H1, Δelpd = {-first:.1f} ± 1.0." in text
    else:
        assert (
            f"contradict ln B: H0 is ahead of H1 by Δelpd = {-first:.1f} ± 1.0, within two" in text
        )
    bad = {(0, 0): "", (3, 0): "(k too high): 3 under H1.", (2, 1): ": 2 under H1 and 1 under H0."}
    assert ("inaccurate" in text) == any(unreliable)
    assert text.endswith(bad[unreliable] or ".")
    (alike,) = caveats.alike(dataclasses.replace(comparison, tied=("mixing", "none"))) or ("",)
    assert alike == "The data do not distinguish H1 and H0: |ln B| < 1."


@pytest.mark.parametrize("verdicts", [*itertools.product((1.0, -1.0, None), repeat=3)])
def test_assumptions_are_counted_and_those_that_fail_are_named(case, parts, verdicts):
    declared = Quantity("1", "x < y", "An assumption")
    rows = tuple(
        Margin(name, margin, None if i == 1 else 4.25, declared, "" if margin else "give a")
        for i, (name, margin) in enumerate(zip("uvw", verdicts, strict=True))
    )
    found = fitted(case, {"none": 0.0, "mixing": 9.0}, "entropy", validity=rows, posteriors=parts)
    text = caveats.trust(found)
    fails, holds = verdicts.count(-1.0), verdicts.count(1.0)
    if verdicts == (None,) * 3:
        assert text == "At the medians of H1 the sample with the trap is normal over all data."
        return
    count = f"{fails} fail{'s' * (fails == 1)}, {holds} hold{'s' * (holds == 1)} and "
    left = verdicts.count(None)
    assert f"{count}{left} {'is' if left == 1 else 'are'} not known" in text
    assert ("outside its range" in text) == (fails > 0)
    assert ("no assumption of the theory is found to fail" in text) == (fails == 0)
    named = text.partition("What fails is ")[2].partition(" Not known")[0]
    for i, (name, margin) in enumerate(zip("uvw", verdicts, strict=True)):
        until = "" if i == 1 else ", which holds up to 4"
        assert (f"{name}{until}" in named) == (margin == -1.0)
    assert ("Not known: " in text) == (None in verdicts)


def test_chains_that_never_moved_are_said_without_a_number_that_is_none(case):
    still = made(case, "mixing", rhat=np.array([np.nan, 1.0, 1.0]), ess=np.full(3, np.nan))
    slow = made(case, "none", rhat=np.array([1.2, 1.0]), ess=np.array([30.0, 900.0]))
    for one in ({"mixing": still}, {"mixing": still, "none": slow}, {"none": slow}):
        found = fitted(case, {"none": 0.0, "mixing": 9.0}, "entropy", posteriors=one)
        (text,) = caveats.unconverged(found)
        assert not NO_NUMBER.search(text), text
        assert ("some never moved" in text) == ("mixing" in one)
        assert ("R-hat up to 1.200 (it must be below 1.01), as few as 30 effective" in text) == (
            "mixing" not in one
        )


@pytest.mark.parametrize(("left", "words"), [(0, "0 of 2"), (1, "1 of 3"), (7, "7 of 9")])
def test_what_the_range_leaves_out_is_counted(tmp_path, parts, left, words):
    (tmp_path / "case.toml").write_text(f'{CASE}[fit]\nrange = ["2 K", "3.5 K"]\n')
    case = load_case(tmp_path / "case.toml", needs=("material", "landau"))
    found = fitted(case, {"none": 0.0, "mixing": 9.0}, "entropy", posteriors=parts)
    (text,) = caveats.ranged(dataclasses.replace(found, left_out=left))
    assert text.startswith("Only data from 2 to 3.5 K were fitted")
    assert text.endswith(f"{words} measurements {'is' if left == 1 else 'are'} left out.")


def test_priors_that_are_the_default_are_named(case):
    def taken(*keys):
        p = made(case, "heating")
        given = tuple(
            dataclasses.replace(q, prior=Prior("lognormal", (1.0, 1.0), "default"))
            if q.key in keys
            else dataclasses.replace(q, prior=Prior("lognormal", (1.0, 1.0), "stated"))
            for q in p.parameters
        )
        p = dataclasses.replace(p, parameters=given)
        found = fitted(case, {"heating": 0.0}, "undecided", posteriors={"heating": p})
        return list(caveats.defaults(found))

    assert taken() == []
    assert taken(SHIFT) == ["The case states no prior for δT: a default was used."]
    assert taken(SHIFT, KEYS[1]) == ["The case states no prior for a and δT: defaults were used."]
