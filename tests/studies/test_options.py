"""What `--set`, `--out`, `--force` and the options of a verb do, seen where its study is called."""

import json
import os
import re
import shutil
import types
from importlib import import_module
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from tests.studies.film.devices import CASE as DEVICE

from entrap.app.casefile import load_case
from entrap.core.constants import BOLTZMANN
from entrap.report.look import Look

CASE = """title = "stated"
[material]
critical_temperature = "1.2 K"
conduction_density = "1e28 1/m^3"
density_of_states = "1e47 1/J/m^3"
electron_phonon_time = "400 ns"
diffusivity = "60 cm^2/s"
[landau]
a = { value = "3 k_B", prior = "lognormal(3 k_B, 0.3)" }
saturation = 1.0
[mixture]
valence_ratio = 0.5
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
[protocol]
start = "0.3 K"
hold = "1 ms"
warm_to = "2 K"
warming_time = "1 s"
"""
DATA = """# [data.columns]
# T = { quantity = "temperature" }
# trap = { quantity = "trap" }
# omega = { quantity = "higgs_coefficient", uncertainty = "2 %" }
T [K],trap,omega
0.4,off,1e-22
0.5,on,9e-23
"""
FILES = {"case.toml": CASE, "b.toml": CASE, "device.toml": DEVICE, "data.csv": DATA}
VARY = ("--vary", "temperature=0.1 K:1 K:3")
VERBS = {
    "run": (("case.toml",), "run.page.write_run", "case-result", "regimes"),
    "trap": (("case.toml",), "trap.page.write_design", "case-trap", "changes"),
    "sweep": (("case.toml", *VARY), "sweep.writing.write_sweep", "case-sweep", "axes"),
    "fit": (("case.toml", "data.csv"), "fit.writing.write_fit", "case-fit", "posteriors"),
    "plan": (("case.toml",), "plan.page.write_plan", "case-plan", "candidates"),
    "paper": ((), "paper.writing.write_paper", "paper-result", ""),
}
"""Arguments of each verb, what does its work, its own folder, and a key of its summary alone."""

ALL = VERBS | {
    "compare": (("case.toml", "b.toml"), "compare.page.write_comparison", "comparison", "differences"),
    "film": (("device.toml",), "film.page.write_film", "device-film", "mesh_errors"),
}  # fmt: skip
"""Those too that take no one case, or a device that is drawn."""


@pytest.fixture
def asked(call, tmp_path, monkeypatch):
    """`asked(verb, *options)`: how it left, and with what its study was called, if it was."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)

    def ask(verb, *options):
        arguments, work, *_ = ALL[verb]
        module, _, name = f"entrap.studies.{work}".rpartition(".")
        calls = []
        monkeypatch.setattr(
            import_module(module), name, lambda *a, **more: calls.append((*a, more))
        )
        done = call(verb, *arguments, *options, cwd=tmp_path)
        assert len(calls) <= 1
        done.called = bool(calls)
        if calls:
            done.case, *done.rest, done.more = calls[0]
            done.target = next(each for each in done.rest if isinstance(each, Path))
            done.look = done.more.pop("look")
        return done

    return ask


def earlier(folder, verb):
    """A folder with what marks an earlier result of a verb."""
    folder.mkdir()
    mark = {"title": "", "answer": [], "case": {}, "version": "0.4.0"}
    mark |= {"paper": "", "claims": []} if verb == "paper" else {ALL[verb][3]: []}
    name = "claims.json" if verb == "paper" else "summary.json"
    mark["files"] = [name, "report.html"]
    (folder / name).write_text(json.dumps(mark))
    (folder / "report.html").write_text("earlier")


def complaints(done):
    """Lines of standard error, but for how a file of data was read."""
    return [
        line
        for line in done.err.splitlines()
        if not re.match(r"[abd][a-z]*\.csv is read as ", line)
    ]


@pytest.mark.parametrize("verb", ALL)
def test_the_backend_of_a_notebook_is_none_of_a_command(call, tmp_path, monkeypatch, verb):
    for file, text in FILES.items():
        (tmp_path / file).write_text(text)
    arguments, work, *_ = ALL[verb]
    module, _, name = f"entrap.studies.{work}".rpartition(".")
    seen = []
    monkeypatch.setattr(
        import_module(module), name, lambda *_, **__: seen.append(os.environ["MPLBACKEND"])
    )
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    assert call(verb, *arguments, cwd=tmp_path).code == 0
    assert seen == ["agg"]


@pytest.mark.parametrize("verb", VERBS)
def test_set_changes_the_case_and_nothing_else_of_it(asked, verb):
    plain = asked(verb)
    assert (plain.code, complaints(plain)) == (0, [])
    changes = ("landau.a=2.5 k_B", "mixture.valence_ratio=7")
    done = asked(verb, *(part for change in changes for part in ("--set", change)))
    assert (done.code, complaints(done)) == (0, [])
    assert done.case.landau.a == pytest.approx(2.5 * BOLTZMANN, rel=1e-12, abs=0)
    assert done.case.mixture.valence_ratio == 7
    assert plain.case.landau.a != done.case.landau.a
    before, after = plain.case.to_dict(), done.case.to_dict()
    for tables in (before, after):
        del tables["landau"], tables["mixture"]
    assert before == after


@pytest.mark.parametrize("verb", ALL)
def test_a_result_goes_where_out_says_or_beside_the_case(asked, verb):
    assert asked(verb).target == Path(ALL[verb][2])
    assert asked(verb, "--out", "else/where").target == Path("else/where")


@pytest.mark.parametrize("verb", ALL)
def test_an_earlier_result_is_replaced_only_by_force(asked, verb, tmp_path):
    if verb == "sweep":  # whose work looks into the folder itself, which its own tests see
        assert asked(verb).more["force"] is False
        assert asked(verb, "--force").more["force"] is True
        return
    target = tmp_path / ALL[verb][2]
    earlier(target, verb)
    refused = asked(verb)
    assert (refused.code, refused.called) == (2, False)
    assert f"--out {target.name} exists: give another folder, or --force" in refused.err
    done = asked(verb, "--force")
    assert (done.code, complaints(done), done.called) == (0, [], True)
    shutil.rmtree(target)
    target.mkdir()
    (target / "thesis.tex").write_text("mine")
    refused = asked(verb, "--force")
    assert (refused.code, refused.called) == (2, False)
    assert "holds no result of entrap" in refused.err


@pytest.mark.parametrize("verb", ALL)
def test_tables_for_print_are_written_where_they_are_asked_for(asked, verb):
    assert asked(verb).more["latex"] is False
    assert asked(verb, "--latex").more["latex"] is True


@pytest.mark.parametrize("verb", ALL)
def test_figures_are_drawn_in_the_formats_that_are_asked_for(asked, verb, tmp_path):
    assert asked(verb).look.formats == ("svg", "png")
    done = asked(verb, "--figures", "pdf, png,pdf")
    assert (done.code, complaints(done), done.look.formats) == (0, [], ("pdf", "png"))
    for text, unknown in (("png,jpg", "jpg"), ("", ""), ("svg,,png", ""), ("PDF", "PDF")):
        refused = asked(verb, "--figures", text)
        assert (refused.code, refused.out, refused.called) == (2, "", False)
        head, told = refused.err.splitlines()
        assert head == "The option is wrong:"
        assert told.startswith(
            "  --figures must name formats out of svg, png, pdf, eps, with commas"
        )
        assert told.endswith(f'but has "{unknown}"')
    assert {path.name for path in tmp_path.iterdir()} == {*FILES}


ADJUSTED = {
    "run": ("free-energy", "warming", "bare, trapped, warming, sample"),
    "trap": ("rates", "escape", "trapping, near-gap, slow, recombination"),
    "sweep": ("curves", "evacuation_time", ' more; "foo" is none of them'),
    "fit": ("predictive-higgs-mode", "H2", "H0, H1, H1b, H2, H1+2"),
    "plan": ("information", "1%", "0.3%, 1%, 3%"),
    "paper": ("figure-2", "escape", "trapping, escape, relaxation, effective"),
}
"""A figure of each verb, one of its curves, and how the known ones are named."""


@pytest.mark.parametrize("verb", VERBS)
def test_style_size_axes_and_curves_reach_what_draws(asked, verb):
    figure, curve, known = ADJUSTED[verb]
    plain = asked(verb).look
    assert (plain.style, plain.settings) == ("talk", ())
    wishes = (f"{figure}.curves={curve}", f"{figure}.2.x=1:20:log", "size=8.6 cm")
    options = (part for wish in wishes for part in ("--adjust", wish))
    look = asked(verb, "--style", "paper", *options).look
    assert (look.style, look.curves(figure, (curve, "other"))) == ("paper", (curve,))
    wide, high = look.inches(figure, 10.0, 5.0)  # in a talk; two thirds of it on paper
    assert wide == pytest.approx(8.6 / 2.54)
    assert high == pytest.approx(5.0 * 2 / 3 * (wide * 1.5 / 10.0) ** 0.5)
    ((_, panel, axis),) = ((s.figure, s.panel, s.value) for s in look.axes(figure))
    assert (panel, axis.scale, axis.ends) == (2, "log", (1.0, 20.0))
    for wish, says in (
        (("--adjust", f"{figure}.curves=foo"), known),
        (("--adjust", "foo.x=log"), figure.replace("higgs-mode", "*")),
        (("--adjust", "size=8.6"), 'as in "8.6 cm"'),
        (("--style", "poster"), "talk or paper"),
    ):
        refused = asked(verb, *wish)
        assert (refused.code, refused.out, refused.called) == (2, "", False)
        assert refused.err.startswith("The option is wrong:")
        assert says in refused.err


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "sweep"])
def test_a_file_is_in_the_way_only_of_the_formats_that_are_asked_for(asked, verb, tmp_path):
    name = {"run": "margins", "trap": "rates", "plan": "information", "fit": "corner-none"}
    earlier(tmp_path / VERBS[verb][2], verb)
    (tmp_path / VERBS[verb][2] / f"{name.get(verb, 'figure-1')}.pdf").write_text("mine")
    assert asked(verb, "--force", "--figures", "svg,png").called
    refused = asked(verb, "--force", "--figures", "svg,pdf")
    assert (refused.code, refused.called) == (2, False)
    assert ".pdf, which entrap did not write" in refused.err


def test_a_fit_and_a_series_are_written_in_the_formats_that_are_asked_for(monkeypatch):
    import entrap.studies.fit.writing as writing

    found, shown = mock.Mock(samples=[]), mock.Mock()
    written = mock.Mock(return_value=[])
    for name, stub in (
        ("writing.importing_ahead", mock.MagicMock()),
        ("fit.fit", lambda *_, **__: found),
        ("series.fit_series", lambda *_, **__: found),
        ("pages.report.account", lambda _: shown),
        ("pages.series.account", lambda _: shown),
        ("pages.series.write", written),
        ("pages.caveats.unconverged", lambda _: ()),
    ):
        monkeypatch.setattr(f"entrap.studies.fit.{name}", stub)
    target = Path("out")
    look = Look(("pdf",))
    for latex in (False, True):
        writing.write_fit(found, found, target, None, look=look, latex=latex)
        shown.write.assert_called_with(target, found.save, look, latex=latex)
        writing.write_series([], [], target, None, look=look, latex=latex)
        written.assert_called_with(found, shown, target, look, latex=latex)


def test_a_force_does_not_replace_what_another_verb_cannot_have_written(asked, tmp_path):
    earlier(tmp_path / "case-trap", "trap")
    (tmp_path / "case-trap" / "rates.svg").write_text("mine")  # its summary does not list it
    refused = asked("trap", "--force")
    assert (refused.code, refused.called) == (2, False)
    assert "rates.svg, which entrap did not write" in refused.err


DRAWN = ("--vary", "landau.a=2 k_B:3 k_B", "--vary", "mixture.valence_ratio=0.1:1")


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        (("--resume",), {"resume": True}),
        (("--plot",), {"plot": True}),
        (("--sensitivity",), {"sensitivity": True}),
        (("--workers", "3"), {"workers": 3}),
        (("--scheduler", "local"), {"scheduler": "local"}),
        (("--result", "enhancement, kappa", "--result", "gap"), {"results": ("enhancement", "kappa", "gap")}),
        (("--reduce", "temperature=max"), {"reduce": {"temperature": "max"}}),
    ],
)  # fmt: skip
def test_each_option_of_a_sweep_reaches_it_and_no_other_changes(asked, options, seen):
    plain = {
        "resume": False, "plot": False, "sensitivity": False, "workers": None,
        "scheduler": "threads", "force": False, "results": (), "reduce": {}, "scheme": "grid",
        "samples": None, "seed": 0, "latex": False,
    }  # fmt: skip
    for given, expected in (((), plain), (options, plain | seen)):
        done = asked("sweep", *given)
        assert (done.code, complaints(done)) == (0, [])
        stated = done.rest[0]
        found = done.more | {key: getattr(stated, key) for key in plain if hasattr(stated, key)}
        assert found == expected
        assert stated.axes["temperature"].points == 3


def test_points_are_drawn_by_the_scheme_the_number_and_the_seed_that_are_given(asked, monkeypatch):
    monkeypatch.setitem(ALL, "sweep", (("case.toml", *DRAWN), *VERBS["sweep"][1:]))
    points = {}
    for scheme in ("sobol", "latin-hypercube"):
        for seed in (0, 5):
            stated = asked("sweep", "--scheme", scheme, "--samples", "8", "--seed", str(seed)).rest[
                0
            ]
            assert (stated.scheme, stated.samples, stated.seed) == (scheme, 8, seed)
            points[scheme, seed] = tuple(stated.values()["mixture.valence_ratio"])
    assert {len(column) for column in points.values()} == {8}
    assert len(set(points.values())) == 4


def test_a_fit_goes_on_with_the_chains_of_the_folder_that_is_given(asked):
    assert asked("fit").rest[-1] is None
    done = asked("fit", "--resume", "earlier")
    assert done.rest[-1] == Path("earlier")
    data = done.rest[0]
    np.testing.assert_array_equal(data.value, [1e-22, 9e-23])
    np.testing.assert_array_equal(data.on, [False, True])


def test_a_series_has_a_folder_of_its_own_and_the_same_changes_to_each_case(
    asked, call, tmp_path, monkeypatch
):
    asked("fit")  # for its files
    seen = types.SimpleNamespace()

    def write(samples, names, target, resume, look, latex):
        given = {"samples": samples, "names": names, "target": target, "resume": resume}
        vars(seen).update(given, look=look, latex=latex)

    monkeypatch.setattr("entrap.studies.fit.writing.write_series", write)
    more = []
    for name in "ab":
        (tmp_path / f"{name}.toml").write_text(CASE.replace("stated", name))
        (tmp_path / f"{name}.csv").write_text(DATA)
        more += [f"{name}.toml", f"{name}.csv"]
    options = ("--set", "landau.a=2 k_B", "--resume", "old", "--figures", "pdf")
    done = call("fit", "case.toml", "data.csv", *more, *options, cwd=tmp_path)
    assert (done.code, complaints(done)) == (0, [])
    assert (seen.target, seen.resume) == (Path("case-series"), Path("old"))
    assert seen.look.formats == ("pdf",)
    assert [case.title for case, _ in seen.samples] == ["stated", "a", "b"]
    assert {case.landau.a for case, _ in seen.samples} == {2 * BOLTZMANN}
    assert len(set(seen.names)) == 3


def test_the_case_of_the_paper_is_that_of_its_figure(asked):
    import entrap.studies.paper

    file = Path(entrap.studies.paper.__file__).parent / "figure-3.toml"
    assert asked("paper").case == load_case(file)
