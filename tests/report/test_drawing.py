"""A result does not depend on its figures."""

import threading

import pytest
from matplotlib import rc_context
from matplotlib.figure import Figure

from entrap.core.errors import InputError, SolveError
from entrap.report.ahead import importing_ahead
from entrap.report.drawing import Undrawn, check_drawn, draw_all
from entrap.report.style import styled


def drawing(_=None):
    with styled():
        figure = Figure(figsize=(4, 3))
        figure.subplots().set_ylabel("$n_s$ (1/m³)")
    return {"first": figure}


def test_what_is_drawn_ahead_says_nothing_whatever_matplotlib_is_set_to(capfd):
    with rc_context({"text.usetex": True}):
        with importing_ahead():
            pass
    assert capfd.readouterr() == ("", "")


def test_nothing_is_drawn_behind_a_computation_that_has_failed():
    with pytest.raises(SolveError), importing_ahead("csv"):
        raise SolveError("it did not succeed")
    assert [thread.name for thread in threading.enumerate() if "run" in thread.name] == []


@pytest.mark.parametrize(
    ("failure", "raised", "says"),
    [
        (None, SolveError, r"The figures could not be drawn \(ValueError: .*\). All other results"),
        (InputError("x.y=log cannot be"), InputError, "x.y=log cannot be. All other results are"),
    ],
)
def test_what_cannot_be_drawn_leaves_no_figure_and_all_else(tmp_path, failure, raised, says):
    (tmp_path / "results.nc").write_text("kept")

    def figures(look):
        if failure:
            raise failure
        wrong = drawing(look)["first"]
        wrong.axes[0].set_title("$\\nonsense$")
        return drawing(look) | {"second": wrong}

    drawn = draw_all(figures, tmp_path)
    assert isinstance(drawn, Undrawn)
    assert {file.name for file in tmp_path.iterdir()} == {"results.nc"}
    with pytest.raises(raised, match=says):
        check_drawn(tmp_path, {"first": "<svg>"}, drawn)
    check_drawn(tmp_path, draw_all(drawing, tmp_path))


def test_whoever_draws_the_files_are_the_same(tmp_path, monkeypatch):
    def figures(look):
        return {name: drawing(look)["first"] for name in ("a", "b", "c", "d")}

    files = []
    for cores in (1, 3):
        monkeypatch.setattr("entrap.report.divided.cores", lambda cores=cores: cores)
        (folder := tmp_path / str(cores)).mkdir()
        texts = draw_all(figures, folder, meanwhile=lambda folder=folder: (folder / "x").touch())
        assert [*texts] == ["a", "b", "c", "d"]
        assert all(text.startswith("<?xml") for text in texts.values())
        files.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert files[0] == files[1]
    assert {*files[0]} == {"x", *(f"{name}.{kind}" for name in texts for kind in ("svg", "png"))}


def test_what_is_done_meanwhile_may_fail_and_is_done_without_figures(tmp_path):
    def fails():
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        draw_all(drawing, tmp_path, meanwhile=fails)
    with pytest.raises(OSError, match="the disk is full"):
        draw_all(lambda _: 1 / 0, tmp_path, meanwhile=fails)
