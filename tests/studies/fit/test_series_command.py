"""`entrap fit` of several samples: what it refuses, and the folder that it writes."""

import json

import numpy as np
import pytest

CASE = """
title = "ratio {ratio}"
[material]
critical_temperature = {{ prior = "lognormal(5 K, 0.03)" }}
conduction_density = "1e28 1/m^3"
[landau]
a = "3 k_B"
saturation = 0.5
[mixture]
volume_ratio = {ratio}
valence_ratio = {{ prior = "lognormal(1, 2)" }}
[fit]
hypotheses = ["mixing"]
chains = 4
draws = 50
"""
DATA = """\
# [data.columns]
# T = {{ quantity = "temperature", unit = "K" }}
# trap = {{ quantity = "trap" }}
# share = {{ quantity = "superfluid_density", unit = "1/m^3", uncertainty = "1 %" }}
T,trap,share
{rows}
"""
RATIOS = {"a": 0.1, "b": 0.6, "c": 1.4}
FILES = [f"{name}.{end}" for name in RATIOS for end in ("toml", "csv")]


@pytest.fixture
def samples(tmp_path):
    """Files of three samples, made by the paper's law: n_s = σ n_c [1 - T/T_c + L T/(a T_c)].

    They differ in the volume of a valence electron, so that their fits are compiled once.
    """
    for i, (name, ratio) in enumerate(RATIOS.items()):
        random, rows = np.random.default_rng(i), []
        for trap in ("off", "on"):
            gain = np.log1p(ratio) / 3 if trap == "on" else 0.0
            for t in np.linspace(3.5, 4.8, 8):
                n_s = 0.5e28 * (1 - t / 5 + gain * t / 5) * (1 + 0.01 * random.normal())
                rows.append(f"{t:.4f},{trap},{n_s:.6e}")
        (tmp_path / f"{name}.toml").write_text(CASE.format(ratio=ratio), "utf-8")
        (tmp_path / f"{name}.csv").write_text(DATA.format(rows="\n".join(rows)), "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("files", "text"),
    [
        (FILES[:5], "but c.toml, the last file, has none"),
        (FILES[:4], "needs three samples at least, but has two"),
        ([*FILES[:4], "c.toml", "a.csv"], "but a.csv is given twice"),
        ([*FILES[:4], "b.toml", "c.csv"], "but b.toml is given twice"),
    ],
)
def test_what_is_no_series_is_refused_in_a_sentence(call, samples, files, text):
    found = call("fit", *files, "--out", "out", cwd=samples)
    assert found.code == 2
    assert text in found.err
    assert found.err.startswith("The input is wrong:")
    assert len(found.err.splitlines()) == 2
    assert not (samples / "out").exists()


def test_samples_that_do_not_differ_or_leave_out_h1_are_refused(call, samples):
    for key, text in (
        ("mixture.volume_ratio=1", "must differ in ln(n/n_c)"),
        ('fit.hypotheses=["none"]', 'add "mixing" to `fit.hypotheses`'),
    ):
        found = call("fit", *FILES, "--set", key, "--out", "out", cwd=samples)
        assert found.code == 2
        assert text in found.err
        assert found.err.count(".csv is read as comma-separated, T in K") == 3
        assert found.err.splitlines()[-2] == "The input is wrong:"


@pytest.mark.exhaustive
def test_a_series_is_one_folder_with_a_fit_of_each_sample(call, samples, whole_page, monkeypatch):
    # How figures are laid out and written is no matter of a series.
    monkeypatch.setattr("entrap.report.style.save", lambda *_: "<svg></svg>")

    def run(*more):
        done = call("fit", *FILES, *more, cwd=samples)
        lines = [line for line in done.err.splitlines() if ".csv is read as comma" not in line]
        return done.code, " ".join(done.out.split()), "\n".join(lines)

    code, out, err = run("--out", "out", "--set", "fit.seed=3", "--figures", "svg")
    assert (code, err) == (0, "")
    told = json.loads((samples / "out" / "summary.json").read_text("utf-8"))
    assert told["answer"][0].startswith("The series does not show an entropy of mixing")
    assert told["answer"][0] in out
    assert told["version"] == json.loads((samples / "out/a/summary.json").read_text())["version"]
    assert abs(told["quantities"]["slope"]["value"] - 1) < 0.1
    assert told["quantities"]["significance"]["value"] < 5
    assert [x["folder"] for x in told["samples"]] == list(RATIOS)
    for sample, ratio in zip(told["samples"], RATIOS.values(), strict=True):
        assert sample["log_mixing_ratio"] == pytest.approx(np.log1p(ratio))
        assert abs(sample["gain"] - np.log1p(ratio)) < 5 * sample["gain_error"]
        assert sample["case"]["fit"]["seed"] == 3
        own = json.loads((samples / "out" / sample["folder"] / "summary.json").read_text("utf-8"))
        median = own["posteriors"]["mixing"]["numbers"]["log_mixing_ratio"]["median"]
        assert sample["gain"] == median
    whole_page(samples / "out" / "report.html")
    report = (samples / "out" / "report.html").read_text("utf-8")
    assert report.index("The series does not show") < report.index('href="b/report.html"')
    # The folder is kept, replaced on request, and its chains go on.
    code, _, err = run("--out", "out")
    assert code == 2
    assert "--force to replace it" in err
    (samples / "out" / "b" / "notes.txt").write_text("mine", "utf-8")
    code, _, err = run("--out", "out", "--force", "--set", "fit.seed=3", "--resume", "out",
                       "--set", "fit.draws=100", "--figures", "svg")  # fmt: skip
    assert (code, err) == (0, "")
    assert (samples / "out" / "b" / "notes.txt").read_text("utf-8") == "mine"
    made = json.loads((samples / "out/a/summary.json").read_text("utf-8"))
    before = told["samples"][0]
    assert made["posteriors"]["mixing"]["sampler"]["draws"] >= 150
    assert made["posteriors"]["mixing"]["numbers"]["log_mixing_ratio"]["median"] == pytest.approx(
        before["gain"], abs=before["gain_error"]
    )
