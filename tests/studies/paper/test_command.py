"""`entrap paper`: its folder, what the report says, `--set`, and what it refuses."""

import html
import json
import re
import shutil
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from tests import pinned

import entrap
from entrap.app.casefile import load_case
from entrap.core.quantities import number_text
from entrap.report.drawing import Undrawn
from entrap.report.labels import as_html, unit_text
from entrap.studies.paper import claims as paper
from entrap.studies.paper.answer import paper_answer
from entrap.studies.paper.page import derivation_link, paper_page

ROOT = Path(__file__).parents[3]
FIGURES = ("figure-1", "figure-2", "figure-3", "figure-kinetics", "figure-detection")


@pytest.fixture(scope="module")
def result(call, tmp_path_factory):
    folder = tmp_path_factory.mktemp("paper")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "3000")  # a row of a table is a line
        done = call("paper", "--out", "out", "--figures", "pdf,png,svg", "--latex", cwd=folder)
    assert (done.code, done.err) == (0, "")
    return folder / "out", done.out


@pytest.fixture(scope="module")
def claims(result):
    return json.loads((result[0] / "claims.json").read_text("utf-8"))["claims"]


def words(text):
    """Text of HTML in one line, without its marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split())


def rows(folder):
    text = (folder / "report.html").read_text("utf-8")
    found = re.findall(r'<tr id="claim-([^"]+)">(.*?)</tr>', text, flags=re.S)
    return dict(found)


def test_folder_is_complete_and_its_figures_are_drawn(result, picture):
    folder, _ = result
    drawn = {f"{name}.{end}" for name in FIGURES for end in ("png", "svg", "pdf", "nc")}
    tables = {
        "claims", "inputs", "figure-1", "figure-2", "figure-3-curve", "figure-3-point",
        "figure-3-curve-superfluid-density", "figure-kinetics-crowding-time",
        "figure-kinetics-final-crowding", "figure-detection",
    }  # fmt: skip
    assert {file.name for file in folder.iterdir()} == (
        drawn | {"report.html", "claims.json", "claims.tex", *(f"{name}.csv" for name in tables)}
    )
    for name in FIGURES:
        picture(folder / name)


def test_what_is_read_is_what_was_pinned(result):
    pinned.check(result[0], "paper", result[1])


def test_a_report_without_figures_says_that_they_could_not_be_drawn(result):
    case = load_case(ROOT / "examples/clean-set.toml")
    page = paper_page(
        case, paper.claims(), Undrawn(RuntimeError("no latex")), result[0], released=True
    )
    assert "could not be drawn" in page


def test_report_is_one_whole_page_with_every_figure(result, whole_page):
    text, figures = whole_page(result[0] / "report.html")
    assert figures == len(FIGURES)
    for sentence in paper_answer(paper.claims()):
        assert words(as_html(sentence)) in text


def test_report_has_each_claim_with_place_words_numbers_verdict_and_derivation(result, claims):
    told = rows(result[0])
    assert list(told) == [claim["id"] for claim in claims]
    for claim in claims:
        row = told[claim["id"]]
        text = words(row)
        for key in ("where", "statement", "quote", "note"):
            assert words(as_html(claim[key])) in text, (claim["id"], key)
        assert claim["verdict"] in text
        assert claim["derivation"] in text
        assert number_text(claim["ours"], 4) in text
        printed = claim["printed"]
        assert ("-" if printed is None else number_text(printed, 4)) in text
        assert all(erratum in text for erratum in claim["errata"].split(", "))


def test_each_number_and_verdict_stands_in_its_column(result, claims, tables, shown):
    found = tables(result[0] / "report.html")
    heads = ("where", "what the paper says, and what we find", "printed", "ours", "verdict")
    printed = [row.split() for row in result[1].splitlines()]
    for row, claim in zip(found[heads], claims, strict=True):
        numbers = [
            number(claim["printed"], claim["printed_unit"]), number(claim["ours"], claim["unit"])
        ]  # fmt: skip
        assert row[0] == f"{shown(claim['where'])} {claim['id']}"
        assert row[1].startswith(shown(claim["statement"]))
        assert row[2:4] == numbers, claim["id"]
        assert row[4] == f"{claim['verdict']} {claim['errata']}".strip()
        errata = f" ({claim['errata']})" if claim["errata"] else ""
        line = (
            f"{claim['where']} {claim['statement']} {' '.join(numbers)} {claim['verdict']}{errata}"
        )
        assert line.split() in printed, claim["id"]
    counts = found["verdict", "claims", ""]
    assert [row[0] for row in counts] == list(paper.VERDICTS)
    for verdict, count, ids in counts:
        named = [claim["id"] for claim in claims if claim["verdict"] == verdict]
        assert (count, ids.split()) == (str(len(named)), named)


def number(value, unit):
    """A number of a claim as its tables have it."""
    return (
        "-"
        if value is None
        else number_text(value, 4) + ("" if unit == "1" else f" {unit_text(unit)}")
    )


def test_the_answer_has_the_counts_and_the_numbers_of_the_claims(claims):
    by_id = {claim["id"]: claim for claim in claims}
    first, equations, premises = paper_answer(paper.claims())
    words = {"agrees": "agree", "order of magnitude": "have the right order of magnitude",
             "does not follow": "do not follow", "printed form is wrong": "are wrong as printed"}  # fmt: skip
    for verdict, said in words.items():
        count = sum(claim["verdict"] == verdict for claim in claims)
        assert re.search(rf"(?<!\d){count} {said}", first)
    right, wrong = (
        {int(n) for n in re.findall(r"\((\d+)\)", part)} for part in equations.split("Wrong")
    )
    assert right | wrong == set(range(1, 18))
    assert not right & wrong
    for equation in wrong:
        assert any(
            claim["where"] == f"Eq. ({equation})" and claim["verdict"] == "printed form is wrong"
            for claim in claims
        )
    gap, normal = by_id["minimum-by-entropy"]["ours"], by_id["normal-quasiparticles"]["ours"]
    assert f"has at 2 T_c a gap of {gap:.2f} of that at T = 0" in premises
    (told,) = re.findall(r"there are (\S+) normal electrons to a quasiparticle", premises)
    assert pinned.printed(told) == pytest.approx(normal, rel=0.006)
    charge = by_id["pairs-kept"]
    (gone, can) = re.findall(
        r"electrons go, (.+?) per m³ would have to leave as charge, and (.+?) can", premises
    )[0]
    assert pinned.printed(gone) == pytest.approx(charge["printed"], rel=0.006)
    assert pinned.printed(can) == pytest.approx(charge["ours"], rel=0.006)
    assert charge["printed"] > 10 * charge["ours"]


def test_derivation_links_lead_to_sections_that_exist(result, claims):
    folder, _ = result
    target = ROOT / "results" / "paper"
    for claim in claims:
        page, section = claim["derivation"].split("#")
        text = (ROOT / "docs" / page).read_text("utf-8")
        assert section in anchors(text), claim["derivation"]
        address = derivation_link(claim["derivation"], target)
        file, _, at = address.partition("#")
        assert at == section
        assert (target / file).resolve().is_file()
    links = re.findall(r'Derivation: <a href="([^"]+)"', (folder / "report.html").read_text())
    assert len(links) == len(claims)


def anchors(markdown):
    """Identifiers of headings, stated or as the toc extension makes them."""
    found = set()
    for heading in re.findall(r"^#+ (.+)$", markdown, flags=re.M):
        stated = re.search(r"{ #([\w-]+) }$", heading)
        slug = re.sub(r"[^\w\s-]", "", heading).strip().lower()
        found.add(stated[1] if stated else re.sub(r"[-\s]+", "-", slug))
    return found


def test_installed_package_without_docs_names_the_section_and_links_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(entrap, "__file__", str(tmp_path / "lib" / "entrap" / "__init__.py"))
    assert derivation_link("theory.md#e4", tmp_path / "out") == ""


def test_built_docs_are_linked_where_there_are_any(monkeypatch, tmp_path):
    monkeypatch.setattr(entrap, "__file__", str(tmp_path / "src" / "entrap" / "__init__.py"))
    for file in ("docs/theory.md", "site/theory/index.html"):
        (tmp_path / file).parent.mkdir(parents=True)
        (tmp_path / file).touch()
        link = derivation_link("theory.md#e4", tmp_path / "results" / "paper")
        assert link == f"../../{file}#e4"


def test_terminal_tells_every_claim_and_the_counts(result, claims):
    text = " ".join(result[1].split())
    assert text.count("agrees") == sum(c["verdict"] == "agrees" for c in claims)
    assert f"Of {len(claims)} claims of the paper" in text
    assert "19 are wrong as printed" in text
    assert "Wrong as printed are (6), (9), (10), (11), (13), (16)." in text


@pytest.mark.parametrize("released", [True, False])
def test_the_page_says_whether_the_pairs_are_released_and_of_which_case(tmp_path, released, tables):
    with as_file(files("entrap.studies.paper") / "figure-3.toml") as path:
        case = load_case(path, ["landau.a=2.88 k_B"])
    drawn = dict.fromkeys(FIGURES, "<svg></svg>")
    page = tmp_path / "report.html"
    page.write_text(paper_page(case, paper.claims(), drawn, tmp_path, released=released), "utf-8")
    text = words(page.read_text("utf-8"))
    assert ("it never becomes the minimum" in text) is not released
    assert (
        "is held until it is the minimum, at T 1" in text or "minimum, at T1" in text
    ) is released
    rows = {row[0]: row for row in tables(page)["key", "symbol", "value", "meaning", "where from"]}
    assert rows["landau.a"][2] == "2.88 kB"


@pytest.mark.exhaustive
def test_set_changes_the_case_of_figure_3_and_no_verdict(call, tmp_path):
    done = call(
        "paper", "--out", tmp_path / "out", "--set", "landau.a=2.88 k_B",
        "--set", "mixture.valence_ratio=19", "--figures", "svg",
    )  # fmt: skip
    assert (done.code, done.err) == (0, "")
    with xr.open_dataset(tmp_path / "out" / "figure-3.nc", engine="h5netcdf") as data:
        assert not data["released"]
        added = data.point_energy.sel(point="black 2") - data.point_energy.sel(point="black 1")
        assert float(added) == pytest.approx(0.4 * 0.4 * np.log(20), rel=1e-9)
    told = json.loads((tmp_path / "out" / "claims.json").read_text("utf-8"))
    assert told["claims"] == json.loads(json.dumps(paper.as_json(paper.claims())))
    assert told["case"]["mixture"]["valence_ratio"] == 19
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "it never becomes the minimum" in page
    assert "2.88 k<sub>B</sub>" in page


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("landau.slope=2", "`landau.slope` is an unknown key"),
        ("landau.a=-1 k_B", "`landau.a` must be"),
        ("trap.closure=self-consistent", "`trap.closure` must be"),
        ("protocol.warm_to=1 K", "`protocol.warm_to` must not be below the start"),
        ("a", "--set must read TABLE.KEY=VALUE"),
    ],
)
def test_wrong_set_is_refused_in_a_sentence_and_nothing_is_written(call, tmp_path, override, said):
    done = call("paper", "--out", "out", "--set", override, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert said in " ".join(done.err.split())
    assert not (tmp_path / "out").exists()


@pytest.mark.exhaustive
def test_force_replaces_an_earlier_result_and_keeps_what_is_not_entraps(call, tmp_path, result):
    shutil.copytree(result[0], tmp_path / "out")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    again = call("paper", "--out", "out", cwd=tmp_path)
    assert again.code == 2
    assert call("paper", "--out", "out", "--force", cwd=tmp_path).code == 0
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"


def test_report_of_someone_else_beside_an_old_result_is_not_replaced(call, tmp_path, result):
    shutil.copytree(result[0], tmp_path / "out")
    mark = tmp_path / "out" / "claims.json"
    old = json.loads(mark.read_text("utf-8"))
    del old["files"]  # as 0.4 wrote it, which had no report
    mark.write_text(json.dumps(old), "utf-8")
    (tmp_path / "out" / "report.html").write_text("mine")
    done = call("paper", "--out", "out", "--force", cwd=tmp_path)
    assert done.code == 2
    assert "report.html" in done.err
    assert (tmp_path / "out" / "report.html").read_text() == "mine"
