"""`entrap plan` from its case to its folder: a small one, with the numbers of its own evidence."""

import json

import numpy as np
import pytest
import xarray as xr
from scipy.special import logsumexp
from tests import pinned

from entrap.app.casefile import load_case
from entrap.studies.plan.plan import plan

CASE = """title = "A small plan"
[material]
critical_temperature = { value = "5 K", prior = "lognormal(5 K, 0.05)" }
conduction_density = "1e28 1/m^3"
[landau]
a = { value = "3 k_B", prior = "lognormal(3 k_B, 0.3)" }
saturation = 1.0
[mixture]
valence_ratio = { value = 0.3, prior = "lognormal(0.3, 0.5)" }
[plan]
start = "2 K"
stop = "4.5 K"
temperatures = 2
draws = 20
points = 2
quantities = ["higgs_coefficient"]
precisions = [0.1, 0.02]
against = ["none"]
"""


@pytest.fixture(scope="module")
def done(call, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plan")
    (folder / "case.toml").write_text(CASE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "200")  # a row of a table is a line
        called = call("plan", "case.toml", "--figures", "svg,png,pdf", "--latex", cwd=folder)
    assert (called.code, called.err) == (0, "")
    called.folder = folder / "case-plan"
    called.told = json.loads((called.folder / "summary.json").read_text("utf-8"))
    return called


def test_the_folder_holds_the_evidence_the_numbers_a_page_and_the_figures(
    done, whole_page, picture
):
    figures = ("information", "bayes-factors")
    assert {path.name for path in done.folder.iterdir()} == {
        "plan.nc", "summary.json", "report.html", "candidates.csv", "assumptions.csv",
        "inputs.csv", "candidates.tex",
        *(f"{name}.{end}" for name in figures for end in ("png", "svg", "pdf")),
    }  # fmt: skip
    for name in figures:
        picture(done.folder / name)
    text, drawn = whole_page(done.folder / "report.html")
    assert drawn == 2
    assert "A small plan" in text
    assert done.told["case"]["plan"]["draws"] == 20


def test_what_is_read_is_what_was_pinned(done):
    pinned.check(done.folder, "plan", done.out)


def test_the_candidates_are_those_of_the_evidence_that_is_saved(done):
    with xr.open_dataset(done.folder / "plan.nc", engine="h5netcdf") as data:
        log_z = data["log_evidence"].load()
    assert list(log_z["fitted"].values) == ["mixing", "none"]
    told = done.told["candidates"]
    assert len(told) == 4
    bits = [c["information"]["value"] for c in told]
    assert bits == sorted(bits, reverse=True)
    assert bits[0] > 0.5  # a fine measurement of the paper's effect
    assert bits[-1] < bits[0] - 0.1
    for c in told:
        z = log_z.sel(
            quantity=c["quantity"], temperature=c["temperature"]["value"], precision=c["precision"]
        )
        with_it, without = (z.sel(hypothesis=name) for name in ("mixing", "none"))
        gain = with_it.sel(fitted="mixing") - with_it.sel(fitted="none")
        loss = without.sel(fitted="none") - without.sel(fitted="mixing")
        assert c["mean_log_bayes"]["value"] == pytest.approx(float(gain.mean()), rel=1e-9)
        assert c["strong"] == pytest.approx(float((gain > 5).mean()))
        assert c["strong_against"] == pytest.approx(float((loss > 5).mean()))
        lost = [logsumexp([np.zeros(20), -x.values], axis=0).mean() for x in (gain, loss)]
        assert c["information"]["value"] == pytest.approx(1 - np.mean(lost) / np.log(2), rel=1e-9)
        assert c["against"] == {"none": pytest.approx(c["information"]["value"], rel=1e-9)}


def test_the_terminal_has_the_answer_and_a_row_for_each_candidate(done):
    rows = [" ".join(row.split()) for row in done.out.splitlines()]
    said = " ".join(done.out.split())
    for sentence in done.told["answer"]:
        assert " ".join(sentence.split()) in said
    places = []
    for c in done.told["candidates"]:
        theory = f"✗ {c['fails']}" if c["fails"] else "holds"
        row = (
            f"{c['read']} {c['temperature']['value']:.4g} K {100 * c['precision']:.3g} % "
            f"{c['information']['value']:.3f} {c['against']['none']:.2f} {theory}"
        )
        assert row in rows
        places.append(rows.index(row))
    assert places == sorted(places)
    assert "case-plan/report.html, summary.json, plan.nc, tables as CSV and the figures" in said
    assert "reading about uncertainty bits from H0 theory" in rows


def test_a_plan_is_the_same_for_the_same_seed_alone(done):
    with xr.open_dataset(done.folder / "plan.nc", engine="h5netcdf") as data:
        saved = data["log_evidence"].values
    for seed, same in ((0, True), (5, False)):
        changes = [f"fit.seed={seed}"]
        file = done.folder.parent / "case.toml"
        stated = load_case(file, changes, needs=("material", "landau"))
        assert (plan(stated).log_evidence == saved).all() == same
