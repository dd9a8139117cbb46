"""What shells complete: verbs, options, keys, words, materials and results, without what computes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from entrap.app.completion import SCRIPTS, script
from entrap.case import library
from entrap.case.target import DRAWN, DRAWN_GOALS, FREE, GOALS, JUNCTION
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


def test_verbs_options_materials_and_results_are_completed(ask):
    assert {"run", "trap", "sweep", "materials"} <= set(ask(""))
    assert set(ask("trap c.toml --ta")) == {"--target"}
    assert set(ask("materials granular")) == {"granular-Al"}
    assert set(ask("sweep c.toml --result ")) == set(RESULTS)
    assert ask("run ") == {}  # which leaves files to the shell


@pytest.mark.parametrize(
    ("verb", "goals", "keys"),
    [("trap", GOALS, FREE), ("film", DRAWN_GOALS, (*DRAWN, *JUNCTION))],
)
def test_targets_and_what_may_be_free_for_them_are_completed(ask, verb, goals, keys):
    found = ask(f"{verb} c.toml --target ")
    assert set(found) == set(goals)
    assert all(found.values())
    found = ask(f"{verb} c.toml --free ")
    assert set(found) == {f"{key}=" for key in keys}
    assert all(found.values())


@pytest.mark.parametrize("shell", SCRIPTS)
def test_the_script_of_a_shell_is_printed(call, shell):
    done = call("completion", shell)
    assert (done.code, done.out, done.err) == (0, script(shell), "")
    assert "ASK" not in done.out


def test_an_unknown_shell_is_told(call):
    done = call("completion", "tcsh")
    assert done.code == 2
    assert "SHELL must be bash, zsh or fish, but is 'tcsh'" in done.err


def told_by(shell, tmp_path, lines):
    """What a shell prints that has read its script, in a folder with a case file and a text."""
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}")
    (tmp_path / "completion").write_text(script(shell))
    (tmp_path / "case.toml").touch()
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        [shell, "-c", lines], cwd=tmp_path, env=os.environ | {"PATH": path, "HOME": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_bash_completes_behind_an_equals_sign(tmp_path):
    lines = (
        "source completion; COMP_LINE='entrap run c.toml --set material.name=granular';"
        "COMP_POINT=${#COMP_LINE}; _entrap entrap; echo ${COMPREPLY[*]}"
    )
    assert told_by("bash", tmp_path, lines) == ["granular-Al"]


def test_fish_completes_words_and_files(tmp_path):
    lines = (
        "source completion; complete -C'entrap run c.toml --set material.name=granular';"
        "complete -C'entrap run ca'"
    )
    assert told_by("fish", tmp_path, lines) == ["material.name=granular-Al", "case.toml"]


def test_zsh_completes_words_with_what_they_mean_and_files(tmp_path):
    """Its own functions, which need a terminal, say here what they are given."""
    lines = (
        "compdef() { }; _files() { print files }; _describe() { print -l ${(P)2} $3 };"
        "source ./completion; words=(entrap run c.toml --set landau.bet); CURRENT=5; _entrap;"
        "words=(entrap run ca); CURRENT=3; _entrap"
    )
    beta, unspaced, files = told_by("zsh", tmp_path, lines)
    assert beta.startswith("landau.beta=:β: Direct")
    assert (unspaced, files) == ("-S", "files")
