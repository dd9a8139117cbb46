"""What shells complete: verbs, options, keys, words, materials and results, without what computes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from entrap.app.completion import SCRIPTS, script
from entrap.case import library
from entrap.studies.sweep.names import RESULTS


@pytest.fixture
def ask(call, monkeypatch):
    """The words by which a line can go on, with what each means."""

    def words(line):
        monkeypatch.setenv("COLUMNS", "500")
        monkeypatch.setenv("_ENTRAP_COMPLETE", "complete_fish")
        monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
        monkeypatch.setenv("_TYPER_COMPLETE_ARGS", f"entrap {line}")
        done = call()
        assert (done.code, done.err) == (0, "")
        return dict(each.partition("\t")[::2] for each in done.out.splitlines() if each)

    return words


def test_keys_are_completed_with_what_they_mean(ask):
    found = ask("run case.toml --set trap.film.trap_l")
    assert found == {"trap.film.trap_length=": found["trap.film.trap_length="]}
    assert found["trap.film.trap_length="].startswith("d: Length of all traps together")
    assert "temperature=" in ask("sweep case.toml --vary t")
    assert "trap.film.trap_count=" in ask("sweep case.toml --vary trap.film.trap_c")


def test_what_stands_behind_a_key_is_completed(ask):
    assert set(ask("run c.toml --set trap.junction.metal=")) == {
        f"trap.junction.metal={metal}" for metal in ("Cu", "Ag", "Au")
    }
    keys = {f"material.name={key}" for key in library.names() if key.startswith("Nb")}
    assert set(ask("run c.toml --set material.name=Nb")) == keys
    assert set(ask("run c.toml --set landau.bcs=")) == {"landau.bcs=true", "landau.bcs=false"}


def test_verbs_options_materials_results_and_targets_are_completed(ask):
    assert {"run", "trap", "sweep", "materials"} <= set(ask(""))
    assert set(ask("trap c.toml --ta")) == {"--target"}
    assert set(ask("materials granular")) == {"granular-Al"}
    assert set(ask("sweep c.toml --result ")) == set(RESULTS)
    assert "evacuation_time" in ask("trap c.toml --target e")
    assert ask("run ") == {}  # which leaves files to the shell


@pytest.mark.parametrize("shell", SCRIPTS)
def test_the_script_of_a_shell_is_printed(call, shell):
    done = call("completion", shell)
    assert (done.code, done.out, done.err) == (0, script(shell), "")
    assert "ASK" not in done.out


def test_an_unknown_shell_is_told(call):
    done = call("completion", "tcsh")
    assert done.code == 2
    assert "SHELL must be bash, zsh or fish, but is 'tcsh'" in done.err


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_behind_an_equals_sign(tmp_path):
    (tmp_path / "completion").write_text(script("bash"))
    lines = (
        "source completion; COMP_LINE='entrap run c.toml --set material.name=granular';"
        "COMP_POINT=${#COMP_LINE}; _entrap entrap; echo ${COMPREPLY[*]}"
    )
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", lines], cwd=tmp_path, env=os.environ | {"PATH": path},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("granular-Al\n", "")
