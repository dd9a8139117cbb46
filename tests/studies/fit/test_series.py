"""The line through the gains of several samples, against numpy's own and against chance."""

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats
from tests import pinned

import entrap as et
from entrap.core.errors import InputError
from entrap.report.drawing import Undrawn
from entrap.report.look import Look
from entrap.report.written import FORMATS
from entrap.studies.fit.comparison import Comparison, Row
from entrap.studies.fit.data.observations import Observations
from entrap.studies.fit.figures import series_figures
from entrap.studies.fit.fit import Fitted
from entrap.studies.fit.inputs.table import DataGroup
from entrap.studies.fit.needs import paired
from entrap.studies.fit.pages.series import account, write
from entrap.studies.fit.series import NAMED, Series, SeriesSample, fit_series, slope_of

RATIO = np.log1p(np.array([0.1, 0.3, 0.6, 0.8, 1.0, 1.3, 1.6, 2.0]))
UNIT = np.array([3.0, 3.1, 2.9, 3.0, 3.2, 3.1, 2.8, 3.0])
ERROR = np.full(8, 0.02)


def test_the_line_is_that_of_weighted_least_squares():
    random, error = (
        np.random.default_rng(1),
        np.array([0.02, 0.05, 0.01, 0.03, 0.02, 0.01, 0.02, 0.04]),
    )
    gain = 0.8 * RATIO + 0.05 * UNIT + error * random.normal(size=8)
    found = slope_of(RATIO, UNIT, gain, error)
    rows = np.stack([RATIO, UNIT], -1) / error[:, None]
    (m, c), rest, *_ = np.linalg.lstsq(rows, gain / error, rcond=None)
    assert (found.value, found.plain) == pytest.approx((m, c))
    assert found.scatter == pytest.approx(rest[0] / 6)


def test_an_entropy_shows_and_extraction_alone_does_not():
    random = np.random.default_rng(2)
    noise = ERROR * random.normal(size=(400, 8))
    entropy = [slope_of(RATIO, UNIT, RATIO + 0.1 * UNIT + x, ERROR) for x in noise]
    assert np.mean([x.value for x in entropy]) == pytest.approx(1.0, abs=0.01)
    assert np.mean([x.significance > NAMED for x in entropy]) > 0.9
    plain = [slope_of(RATIO, UNIT, 0.1 * UNIT + x, ERROR) for x in noise]
    assert max(x.significance for x in plain) < NAMED


def test_another_share_in_each_sample_passes_for_no_entropy():
    # (1 - y) I between 0 and 0.3 at random, known to 2 %: chance alone must not reach 5 σ.
    random = np.random.default_rng(3)
    gains = random.uniform(0.0, 0.9, (4000, 8))
    sigma = np.array([slope_of(RATIO, UNIT, x, ERROR).significance for x in gains])
    assert (sigma > NAMED).sum() == 0
    # The significance is that of a normal deviate, or less.
    assert (sigma > 2).mean() < 1.5 * stats.norm.sf(2)


def test_what_cannot_be_a_series_is_refused():
    with pytest.raises(InputError, match="three samples"):
        slope_of(RATIO[:2], UNIT[:2], RATIO[:2], ERROR[:2])
    with pytest.raises(InputError, match="must differ"):
        slope_of(0.5 * UNIT, UNIT, RATIO, ERROR)
    with pytest.raises(InputError, match="three samples"):
        fit_series([])


def test_the_errors_are_those_of_the_line_and_wider_where_samples_scatter():
    random = np.random.default_rng(5)
    gain = RATIO + 0.1 * UNIT + ERROR * random.normal(size=(600, 8))
    found = [slope_of(RATIO, UNIT, x, ERROR) for x in gain]
    left = np.array([(x.value - 1.0, x.plain - 0.1) for x in found])
    rows = np.stack([RATIO, UNIT], -1) / ERROR[:, None]
    covariance = np.linalg.inv(rows.T @ rows)
    assert np.cov(left.T) == pytest.approx(covariance, rel=0.2)
    calm = min(found, key=lambda x: x.scatter)
    assert calm.covariance == pytest.approx(covariance)  # never less than the errors say
    wild = max(found, key=lambda x: x.scatter)
    assert wild.covariance == pytest.approx(wild.scatter * covariance)
    assert wild.error == pytest.approx(wild.covariance[0, 0] ** 0.5)


def made(gain, *, error=0.02, ratio=RATIO):
    """A series with these gains; its fits are empty."""
    row = Row("mixing", 0.0, 0.1, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0, 0.4, "best")
    blank = np.zeros(0)
    data = Observations(
        (), blank.astype(bool), blank, blank, blank, blank, blank, blank.astype(int),
        blank.astype(int), {"run": DataGroup()}, "temperature", source="a.csv",
    )  # fmt: skip
    samples = []
    for i, (x, u, g) in enumerate(zip(ratio, UNIT, gain, strict=False)):
        case = et.load_case("examples/higgs-gap.toml", [f"mixture.valence_ratio={np.expm1(x)}"])
        fitted = Fitted(
            case, data, (), {}, Comparison((row,), "undecided", (), False), {}, {}, {}, ()
        )
        samples.append(SeriesSample(f"film-{i + 1}", fitted, float(x), float(u), float(g), error))
    return Series.of(samples)


LAW = RATIO + 0.1 * UNIT + ERROR * np.random.default_rng(6).normal(size=8)


def test_the_answer_says_what_the_line_shows():
    shown = account(made(LAW))
    first, *rest = shown.sentences
    assert first.startswith(
        "The series shows an entropy of mixing: over 8 samples the gain L grows with ln(n/n_c) by "
        "m = "
    )
    assert "m = 1 is the paper's law and m = 0 is plain BCS theory" in first
    found = [float(x) for x in re.findall(r"m = (\S+) ± (\S+),", first)[0]]
    assert found == pytest.approx([1.0, 0.02], abs=0.06)
    assert rest[0].startswith("Common to all samples is a gain of 0.1")
    assert "as their errors explain. Another y in each sample would show" in rest[1]
    summary = shown.summary()
    assert summary["verdict"] == "entropy"
    assert summary["quantities"]["slope"]["value"] == pytest.approx(found[0], abs=0.01)
    assert [x["folder"] for x in summary["samples"]] == [f"film-{i}" for i in range(1, 9)]
    assert summary["samples"][2]["log_mixing_ratio"] == pytest.approx(np.log1p(0.6))
    page = shown.page({"gain": "<svg></svg>"})
    assert page.index(first[:40]) < page.index("film-3/report.html")
    assert "<h2>Inputs" not in page
    assert "could not be drawn" in shown.page(Undrawn(RuntimeError("no latex")))


def test_what_is_read_is_what_was_pinned(tmp_path):
    pinned.account(account(made(LAW)), "fit-series", tmp_path)


def test_another_share_in_each_sample_is_told_by_the_scatter():
    random = np.random.default_rng(7)
    shown = account(made(random.uniform(0.0, 0.9, 8)))
    assert shown.sentences[0].startswith("The series does not show an entropy of mixing")
    assert "more than their errors explain. Another y in each sample would do that" in " ".join(
        shown.sentences
    )
    assert shown.summary()["verdict"] == "undecided"


def test_few_samples_and_another_law_are_called_so():
    few = account(made(LAW[:3], ratio=RATIO[:3])).sentences
    assert "With three samples m would have to be 1,100,000 times its error" in " ".join(few)
    steep = account(made(2.0 * RATIO + LAW - RATIO)).sentences
    assert "It is not the paper's law: m lies" in " ".join(steep)


def test_the_figure_shows_gains_line_law_and_plain_theory():
    found = made(LAW)
    axes: Any = series_figures(found)["gain"].axes[0]
    assert axes.get_xlabel() == r"ln(n/$\mathregular{n_{c}}$) by the composition"
    assert axes.get_ylabel() == "L that the data ask for"
    lines = {line.get_label(): line for line in axes.lines if line.get_label()[0] != "_"}
    fitted, law, plain = lines.values()
    m, error, c, *_ = found.slope
    named = re.fullmatch(r"line: m = (\S+) ± (\S+)", fitted.get_label())
    assert named
    assert [float(x) for x in named.groups()] == pytest.approx([m, error], rel=0.05)
    x = fitted.get_xdata()
    np.testing.assert_allclose(fitted.get_ydata(), m * x + c * UNIT.mean())
    assert law.get_label() == "m = 1, c = 0: the paper's law"
    np.testing.assert_allclose(law.get_ydata(), law.get_xdata())
    assert plain.get_label() == "m = 0: plain BCS theory, no entropy"
    assert np.ptp(plain.get_ydata()) == 0
    (points,) = axes.containers
    np.testing.assert_allclose(points[0].get_xydata(), np.stack([RATIO, LAW], -1))
    (bars,) = points[2]
    ends = np.array([segment[:, 1] for segment in bars.get_segments()])
    np.testing.assert_allclose(ends[:, 1] - ends[:, 0], 0.04)
    assert [text.get_text() for text in axes.texts] == [f"film-{i}" for i in range(1, 9)]
    band = np.asarray(axes.collections[0].get_paths()[0].vertices)
    row = np.array([x[0], UNIT.mean()])
    half = (row @ found.slope.covariance @ row) ** 0.5
    at = band[np.isclose(band[:, 0], x[0]), 1]
    assert np.ptp(at) == pytest.approx(2 * half)


def test_files_of_a_series_are_pairs_of_case_and_data():
    files = [Path(x) for x in ("x/a.toml", "a.csv", "y/a.toml", "b.csv", "c.toml", "c.csv")]
    assert list(paired(files)) == ["a-1", "a-2", "c"]
    assert paired(files)["a-2"] == (Path("y/a.toml"), Path("b.csv"))
    with pytest.raises(InputError, match=r"but c\.toml, the last file, has none"):
        paired(files[:5])
    with pytest.raises(InputError, match="three samples at least, but has two"):
        paired(files[:4])
    with pytest.raises(InputError, match=r"but a\.csv is given twice"):
        paired([*files[:3], Path("a.csv"), *files[4:]])


@pytest.mark.exhaustive
@pytest.mark.parametrize("entropic", [True, False])
def test_samples_that_differ_in_their_mixing_ratio_are_one_fit(
    entropic, problem, series, observations, tmp_path
):
    random, found = np.random.default_rng(4), []
    for ratio in (0.1, 0.4, 0.9, 1.6):
        tables = {
            "title": f"ratio {ratio}",
            "material": {
                "critical_temperature": {"prior": "lognormal(5 K, 0.03)"},
                "conduction_density": "1e28 1/m^3",
            },
            "mixture": {"valence_ratio": {"prior": f"lognormal({ratio}, 2)"}},
            "landau": {"a": "3 k_B", "saturation": {"prior": "lognormal(0.5, 0.3)"}},
            "fit": {"hypotheses": ["mixing"], "chains": 8, "draws": 100},
        }
        kelvin, noise = np.linspace(3.5, 4.8, 12), {"relative": 0.01}
        data = observations(
            series("penetration_depth", kelvin, False, **noise),
            series("penetration_depth", kelvin, True, **noise),
        )
        posed = problem(tables, data)
        # Without an entropy all gains are alike, whatever the mixing ratio is.
        posed = posed.reading(posed.drawn(random, valence_ratio=ratio if entropic else 0.4))
        found.append((posed.case, posed.data))
    made = fit_series(found, names=("a", "b", "c", "d"))
    assert abs(made.slope.value - entropic) < 4 * made.slope.error + 0.02
    assert (made.slope.significance > 3) == entropic
    assert "standard deviations above 0" in repr(made)
    if entropic:
        check_saved(made, tmp_path / "out")


def check_saved(found, folder):
    found.save(folder)
    told = json.loads((folder / "summary.json").read_text("utf-8"))
    assert told["files"] == [
        "a",
        "b",
        "c",
        "d",
        "gain.png",
        "gain.svg",
        "numbers.csv",
        "report.html",
        "samples.csv",
        "summary.json",
    ]
    assert (folder / "b" / "posterior-mixing.nc").is_file()
    assert "ratio 0.4" in (folder / "b" / "report.html").read_text("utf-8")
    with pytest.raises(InputError, match="--force to replace it"):
        found.save(folder)
    # A file of the user's stays, in a sample's folder too; one that would be lost is refused.
    (folder / "b" / "notes.txt").write_text("mine", "utf-8")
    found.save(folder, force=True)
    assert (folder / "b" / "notes.txt").read_text("utf-8") == "mine"
    assert not [file for file in folder.parent.iterdir() if file.name != "out"]
    alone = dataclasses.replace(found, samples=found.samples[:1])
    write(alone, account(alone), folder.parent / "a", Look(("pdf",)), latex=False)
    drawn = {file.name for file in (folder.parent / "a").rglob("*") if file.suffix[1:] in FORMATS}
    assert {"gain.pdf", "predictive-penetration-depth.pdf"} <= drawn
    assert {Path(file).suffix for file in drawn} == {".pdf"}
