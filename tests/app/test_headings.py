"""Over each error stands what is wrong: the case, an option, the data, a package, the folder."""

import importlib.util

import pytest
from tests.studies.film.devices import CASE as DEVICE
from tests.studies.test_options import CASE, DATA, VARY


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A case, a device and data, what cannot be used, and packages that are not there."""
    (tmp_path / "case.toml").write_text(CASE)
    (tmp_path / "device.toml").write_text(DEVICE)
    (tmp_path / "data.csv").write_text(DATA)
    (tmp_path / "broken.csv").write_text(DATA.replace("on", "maybe"))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.tex").write_text("mine")
    found = importlib.util.find_spec
    lacking = ("shapely", "numpyro")
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name in lacking else found(name, *a)
    )
    monkeypatch.setattr("entrap.studies.fit.needs.find_spec", importlib.util.find_spec)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "heading", "says"),
    [
        (("run", "case.toml", "--set", "landau.a=2 K"), "The case is wrong", "landau.a"),
        (("run", "none.toml"), "The case is wrong", "none.toml"),
        (("trap", "case.toml", "--set", "trap.junction="), "The case is wrong", "trap"),
        (("run", "case.toml", "--style", "loud"), "The option is wrong", "loud"),
        (("run", "case.toml", "--figures", "gif"), "The option is wrong", "gif"),
        (("run", "case.toml", "--data", "broken.csv"), "The data are wrong", "maybe"),
        (("fit", "case.toml", "case.toml", "data.csv"), "The input is wrong", "followed by its"),
        (("film", "device.toml"), "A package is missing", "shapely"),
        (("plan", "case.toml"), "A package is missing", "numpyro"),
        (("fit", "case.toml", "data.csv"), "A package is missing", "numpyro"),
        (("trap", "case.toml", "--target", "speed < 3"), "The target is wrong", "speed"),
        (("sweep", "case.toml"), "The sweep is wrong", "nothing varies"),
        (("sweep", "case.toml", *VARY, "--result", "gaap"), "The sweep is wrong", "gaap"),
        (("show", "none"), "The sweep cannot be drawn", "none"),
        (("compare", "none"), "The input is wrong", "none"),
        (("materials", "Unobtainium"), "The name is not known", "Unobtainium"),
        *(
            ((verb, *given, "--out", "mine"), "The result cannot be written", "--out mine")
            for verb, given in {
                "run": ("case.toml",), "trap": ("case.toml",), "plan": ("case.toml",),
                "sweep": ("case.toml", *VARY), "fit": ("case.toml", "data.csv"), "paper": (),
                "compare": ("case.toml", "--set", "landau.a=2 k_B"),
            }.items()
        ),
    ],
)  # fmt: skip
def test_each_kind_of_error_has_its_heading(call, folder, arguments, heading, says):
    done = call(*arguments, cwd=folder)
    first, *told = done.err.splitlines()
    assert (done.code, first) == (2, f"{heading}:")
    assert says in " ".join(told)
    assert (folder / "mine/thesis.tex").read_text() == "mine"
