"""`entrap compare`: two runs and two traps over each other, and what is refused."""

import csv
import json

import pytest
from tests import pinned
from tests.strategies import WORKING

import entrap as et
from entrap.app.casefile import load_case
from entrap.studies.compare.page import account
from entrap.studies.compare.samples import Sample, sample_of


@pytest.fixture(scope="module")
def done(call, tmp_path_factory):
    """A case and the same with two changes, as one command."""
    folder = tmp_path_factory.mktemp("compare")
    (folder / "a.toml").write_text(WORKING)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "200")
        called = call(
            "compare", "a.toml", "--set", "landau.a=3 k_B", "--set", "trap.rate=2e3 1/s", "--latex",
            "--figures", "svg,png", "--out", "out", cwd=folder,
        )  # fmt: skip
    assert (called.code, called.err) == (0, "")
    called.folder = folder / "out"
    called.told = json.loads((called.folder / "summary.json").read_text("utf-8"))
    return called


def test_what_was_stated_otherwise_and_what_comes_out_is_in_summary_table_and_answer(done):
    found = {each["name"]: each for each in done.told["differences"] if each["part"] == "input"}
    assert found.keys() == {"landau.a", "trap.rate"}
    assert found["trap.rate"]["values"] == [1000.0, 1000.0, 2000.0]
    rows = list(csv.DictReader((done.folder / "differences.csv").read_text("utf-8").splitlines()))
    names = ["a", "landau.a=3 k_B", "trap.rate=2e3 1/s"]
    assert [each["name"] for each in done.told["samples"]] == names
    enhancement = next(row for row in rows if row["name"] == "enhancement")
    for name, changes in zip(names, ([], ["landau.a=3 k_B"], ["trap.rate=2e3 1/s"]), strict=True):
        case = load_case(done.folder.parent / "a.toml", changes)
        expected = float(et.evolve(case).quantities["enhancement"].value)
        assert float(enhancement[name]) == pytest.approx(expected, rel=1e-12)
    assert "landau.a (2 k_B, 3 k_B and 2 k_B)" in done.told["answer"][0]
    assert (done.folder / "differences.tex").read_text().startswith(r"\begin{tabular}")


def test_what_is_read_is_what_was_pinned(done):
    pinned.check(done.folder, "compare", done.out)


def test_there_is_a_figure_for_each_observable_with_its_numbers(done, picture, whole_page):
    text, drawn = whole_page(done.folder / "report.html")
    assert drawn == len(list(done.folder.glob("*.svg"))) >= 7
    assert "What came out" in text
    picture(done.folder / "penetration-depth")
    with (done.folder / "gap.csv").open(encoding="utf-8") as file:
        heading, first = (next(file).strip() for _ in range(2))
    assert heading == "sample,temperature [K],value [J],without_trap [J]"
    assert first.startswith("a,4.0,")


def test_a_folder_is_compared_as_its_case_would_be(call, done, monkeypatch):
    monkeypatch.setattr("entrap.report.style.save", lambda *_: "<svg></svg>")
    parent = done.folder.parent
    assert call("run", "a.toml", "--out", "run", cwd=parent).code == 0
    read = sample_of("run", parent / "run")
    ran = sample_of("a", load_case(parent / "a.toml"))
    shown = account((read, ran))
    assert [each for each in shown.more["differences"] if each["part"] == "answer"] == []
    assert shown.sentences[:2] == ("run and a are stated alike.", "What comes out is the same.")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["a.toml"], "a comparison needs 2 to 6 results, but has 1"),
        (["a.toml", "b.toml"], "b.toml is not there"),
        (["a.toml", "a.toml", "--set", "landau.a=3 k_B"], "--set makes changed cases beside one"),
        (["a.toml", "empty"], "empty holds no result of `entrap run`, `trap` or `fit`"),
        (
            ["a.toml", "t.toml"],
            "must be results of one kind, but there are a of `entrap run`; t of",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused_in_a_sentence(
    call, tmp_path, arguments, text, monkeypatch
):
    def designed(name, case):
        return Sample(name, "trap", case, {}, (), {})

    monkeypatch.setattr("entrap.studies.compare.samples._designed", designed)
    (tmp_path / "a.toml").write_text(WORKING)
    (tmp_path / "t.toml").write_text(TRAP)
    (tmp_path / "empty").mkdir()
    found = call("compare", *arguments, cwd=tmp_path)
    assert (found.code, found.out.strip()) == (2, "")
    assert text in found.err
    assert not (tmp_path / "comparison").exists()


TRAP = """
[material]
name = "Al"
[trap.junction]
interface_resistance = "100 ohm um^2"
film_thickness = "80 nm"
metal_thickness = "100 nm"
metal = "Cu"
[trap.film]
length = "1 mm"
width = "10 um"
trap_length = "100 um"
temperature = "0.1 K"
"""


@pytest.mark.exhaustive
def test_traps_are_compared_from_folders_and_from_cases(call, tmp_path):
    (tmp_path / "t.toml").write_text(TRAP)
    assert call("trap", "t.toml", "--out", "t", cwd=tmp_path).code == 0
    changed = ("--set", "trap.film.trap_length=200 um", "--out", "longer")
    assert call("trap", "t.toml", *changed, cwd=tmp_path).code == 0
    assert call("compare", "t", "longer", cwd=tmp_path).code == 0
    told = json.loads((tmp_path / "comparison" / "summary.json").read_text("utf-8"))
    found = {each["name"]: each["values"] for each in told["differences"]}
    assert found["trap.film.trap_length"] == pytest.approx([1e-4, 2e-4])
    assert found["evacuation_time"][0] > found["evacuation_time"][1]
    assert "trapping_rate" not in found
    names = {path.name for path in (tmp_path / "comparison").iterdir()}
    assert {"trapping-rate-over-temperature.svg", "centred-over-length.csv"} <= names
