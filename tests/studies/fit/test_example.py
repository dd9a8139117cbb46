"""The example of the page on fits by its command, and what is said of other data of its sample.

All readings are as many as those of the example, so that its hypotheses, and those of the page's
block of Python, are compiled once.
"""

import dataclasses
import json
import math
import signal
from pathlib import Path

import jax
import numpy as np
import pytest

import entrap as et
from entrap.core.constants import BOLTZMANN
from entrap.model import landau_extraction
from entrap.studies.fit.comparison import MISFIT
from entrap.studies.fit.data.observations import load_data
from entrap.studies.fit.evidence import Evidence
from entrap.studies.fit.fit import fit
from entrap.studies.fit.optimum import optimum

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[3] / "examples"
CASE, DATA = EXAMPLES / "higgs-gap.toml", EXAMPLES / "data" / "gap.csv"
READ = f"{DATA} is read as comma-separated, T in K, gap in meV\n"
ASKED = 'hypotheses = ["none", "mixing", "extraction"]'


@pytest.fixture(scope="module")
def folder(call, tmp_path_factory):
    """The fit by the command: its folder with all that is in it, and what it said."""
    where = tmp_path_factory.mktemp("fit")
    (where / "case.toml").write_text(f"{CASE.read_text('utf-8')}\n[fit]\n{ASKED}\n", "utf-8")
    done = call("fit", "case.toml", DATA, "--out", "found", cwd=where)
    assert (done.code, done.err) == (0, READ)
    return where, done.out


def test_a_fit_leaves_its_numbers_its_draws_and_its_pictures(folder, whole_page, picture):
    where, out = folder
    told = json.loads((where / "found/summary.json").read_text())
    assert told["verdict"] == "entropy"
    assert told["hypotheses"][0]["name"] == "mixing"  # as docs/fits.md says
    assert told["converged"] is True
    low, high = told["posteriors"]["mixing"]["numbers"]["log_mixing_ratio"]["intervals"]["0.9"]
    assert low - 0.05 < math.log(3.5) < high + 0.05
    prior = told["posteriors"]["extraction"]["numbers"]["fit.quasiparticle_share"]["prior"]
    assert prior["origin"] == "default"
    assert told["data"]["points"] == 60
    for sentence in told["answer"]:
        assert " ".join(sentence.split()) in " ".join(out.split())
    text, figures = whole_page(where / "found/report.html")
    assert figures == 3
    assert "plain BCS" in text
    for name in ("hypotheses", "predictive-higgs-coefficient", "corner-mixing"):
        picture(where / "found" / name)
    files = sorted(p.name for p in (where / "found").glob("posterior-*.nc"))
    assert files == [f"posterior-{name}.nc" for name in ("extraction", "mixing", "none")]
    assert "H1: chains" in out


@pytest.mark.exhaustive
def test_a_fit_goes_on(folder, start):
    where, _ = folder
    again = start("fit", "case.toml", DATA, "--resume", "found", "--out", "more", cwd=where)
    _, err = again.communicate(timeout=1800)
    assert (again.returncode, err) == (0, READ)
    counts = [
        json.loads((where / name / "summary.json").read_text())["posteriors"]["mixing"]["sampler"]
        for name in ("found", "more")
    ]
    assert counts[1]["draws"] > counts[0]["draws"]


@pytest.mark.exhaustive
def test_a_fit_that_is_interrupted_leaves_nothing(folder, start):
    where, _ = folder
    process = start("fit", "case.toml", DATA, "--out", "stopped", cwd=where)
    while "chains" not in (line := process.stdout.readline()):
        assert line
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Stopped" in err
    assert "Traceback" not in err
    assert not [p for p in where.iterdir() if "stopped" in p.name]


T_C, A, NOISE = 5.0, 3.2, 0.02  # a in k_B
COLD, WARM = np.linspace(1.5, 4.5, 30), np.linspace(1.7, 4.4, 30)


def gap(temperature):
    """-4 α_f without a trap: α = a (T - T_c)."""
    return 4 * BOLTZMANN * A * (T_C - temperature)


@pytest.fixture(scope="module")
def fitted():
    """A fit of readings at COLD without the trap and at WARM with it, ln Z by Laplace."""
    case = et.load_case(CASE, ["fit.chains=8", "fit.draws=100", f"fit.{ASKED}"])
    data = load_data(DATA)

    found = {}

    def kept(target, given, seed):
        found[id(given)] = best = optimum(target, given, seed)
        return best

    def laplace(_, given, *__):
        return Evidence(found[id(given)].log_evidence, 0.1, 1)

    def run(off, on, seed):
        value = np.concatenate([off, on])
        value = value * (1 + NOISE * np.random.default_rng(seed).normal(size=len(value)))
        at = np.concatenate([COLD, WARM])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("entrap.studies.fit.fit.optimum", kept)
            patch.setattr("entrap.studies.fit.fit.evidence", laplace)
            return fit(case, dataclasses.replace(data, coordinate=at, value=value))

    return run


def test_no_effect_is_no_entropy_and_a_small_limit_on_it(fitted):
    found = fitted(gap(COLD), gap(WARM), 3)
    assert found.comparison.verdict == "no entropy"
    assert found.comparison.rows[0].name == "none"
    assert 0 < found.posteriors["mixing"].at(0.95)["log_mixing_ratio"] < 0.03
    # An n_v/n_c of 1 within a factor e was expected, and 0.01 is 4 to 5 of its deviations off.
    assert 4**2 / 2 < found.comparison.log_bayes("none", "mixing") < 6**2 / 2


def test_what_plain_theory_gives_is_not_called_an_entropy(fitted):
    share = 0.7

    @jax.jit
    def lifted(sample):
        n_s = landau_extraction.superfluid_density(sample, WARM, share, 1.0)
        return landau_extraction.unblocked(sample, WARM, n_s, share)

    more = 4 * np.asarray(lifted(et.sample(et.load_case(CASE))))
    found = fitted(gap(COLD), gap(WARM) + more, 5)
    assert found.comparison.verdict == "no entropy"
    assert found.comparison.rows[0].name == "extraction"
    low, high = (
        found.posteriors["extraction"].at(p)["fit.quasiparticle_share"] for p in (0.0005, 0.9995)
    )
    assert low < share < high


def test_data_that_nothing_explains_are_called_so(fitted):
    jump = np.where(np.arange(30) % 2, 1.15, 1.0)
    found = fitted(gap(COLD) * jump, gap(WARM) * jump, 4)
    assert found.comparison.verdict == "unexplained"
    assert all(row.misfit < MISFIT for row in found.comparison.rows)
