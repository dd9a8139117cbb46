"""What [fit] says reaches what is done: seeds, chains, draws, noise, range and hypotheses."""

from importlib import import_module

import numpy as np
import pytest
from tests.studies.fit.made import CASE, HEADER, fitted, made

from entrap.app.casefile import load_case
from entrap.studies.fit.evidence import Evidence
from entrap.studies.fit.optimum import Optimum

ROWS = "".join(f"{t},{trap},1e-22\n" for t in (2.0, 3.0, 4.0) for trap in ("off", "on"))


@pytest.fixture
def done(tmp_path, monkeypatch):
    """`done(lines of [fit])`: with what each stage of a fit was called, and what was fitted."""
    (tmp_path / "data.csv").write_text(HEADER + ROWS)
    fit = import_module("entrap.studies.fit.fit")

    def run(stated=""):
        (tmp_path / "case.toml").write_text(f"{CASE}[fit]\n{stated}\n")
        case = load_case(tmp_path / "case.toml", needs=("material", "landau"))
        calls = {}

        def stage(name, made_up):
            def call(*arguments, **named):
                calls.setdefault(name, []).append((*arguments, named))
                return made_up(*arguments)

            monkeypatch.setattr(fit, name, call)

        begun = Optimum(np.zeros(4), np.eye(4), 0.0)
        stage("_compile_ahead", lambda *_: None)
        stage("optimum", lambda *_: begun)
        stage("sample", lambda *_: made(case, "mixing").chains)
        stage("evidence", lambda *_: Evidence(0.0, 0.1, 100))
        stage("posterior", lambda _, __, ___, hypothesis, *____: made(case, hypothesis.name))
        stage("bands", lambda *_: {})
        stage("_margins", lambda *_: ())
        stage("compare", lambda *_: fitted(case, {"mixing": 0.0}, "entropy").comparison)
        return calls, fit.fit(case, tmp_path / "data.csv")

    return run


@pytest.mark.parametrize(("stated", "seed"), [("", 0), ("seed = 11", 11)])
def test_the_seed_is_that_of_all_that_is_drawn(done, stated, seed):
    calls, _ = done(stated)
    assert {call[2] for call in calls["optimum"]} == {seed}
    assert {call[-1]["seed"] for call in calls["sample"]} == {seed}
    assert {call[3] for call in calls["evidence"]} == {seed}
    assert {call[7] for call in calls["posterior"]} == {seed}


def test_chains_and_draws_are_as_many_as_are_stated(done):
    calls, _ = done("chains = 6\ndraws = 70")
    assert {(call[-1]["chains"], call[-1]["draws"]) for call in calls["sample"]} == {(6, 70)}
    usual, _ = done()
    ((chains, draws),) = {(call[-1]["chains"], call[-1]["draws"]) for call in usual["sample"]}
    assert (chains, draws) not in {(6, 70), (6, draws), (chains, 70)}


def test_the_noise_is_of_the_stated_kind(done):
    for stated, kind in (
        ("", "gaussian"), ('noise = "student-t"\ndegrees_of_freedom = 7.5', "student-t"),
    ):  # fmt: skip
        calls, _ = done(stated)
        targets = [call[0] for call in calls["optimum"]]
        assert {target.noise for target in targets} == {kind}
        if stated:
            assert {target.freedom for target in targets} == {7.5}


def test_the_hypotheses_and_the_data_are_those_that_are_named(done):
    _, found = done('hypotheses = ["none", "mixing"]\nrange = ["2.5 K", "4.5 K"]')
    assert set(found.posteriors) == {"none", "mixing"}
    assert (len(found.data), found.left_out) == (4, 2)
    assert found.data.coordinate.min() == 3.0
    _, whole = done()
    assert set(whole.posteriors) == {"mixing", "none", "extraction", "both", "heating"}
    assert (len(whole.data), whole.left_out) == (6, 0)


def test_a_number_of_the_noise_that_is_stated_is_held_and_one_with_a_prior_is_free(done):
    held, _ = done("noise_scale = 1.7")
    free, _ = done('noise_scale = { prior = "lognormal(1, 0.3)" }')
    for calls, of in ((held, False), (free, True)):
        target, given, *_ = calls["optimum"][0]
        inferred = {
            key for key, free_ in zip(target.keys, np.asarray(given.free), strict=True) if free_
        }
        assert ("fit.noise_scale" in inferred) is of
    _, given, *_ = held["optimum"][0]
    assert float(given.inputs.fit.noise_scale) == 1.7
