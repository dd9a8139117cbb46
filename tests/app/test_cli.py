"""The command line: every wrong use is told in a sentence, with its exit code, and writes nothing."""

import contextlib
import errno
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from tests.strategies import WORKING, wrong_files
from typer.main import get_command

from entrap.app import cli
from entrap.app.casefile import case_schema
from entrap.case import library
from entrap.core.errors import SolveError
from entrap.core.quantities import number_text


@pytest.fixture
def case(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(WORKING)
    return path


def refused(done, *says, code=2):
    """It left with this code and a short message that says so."""
    assert done.code == code, done.err
    assert "Traceback" not in done.err
    assert done.out == ""
    lines = done.err.strip("\n").split("\n")
    assert 2 <= len(lines) <= 60
    assert max(map(len, lines)) < 600
    for words in says:
        assert words in done.err, done.err
    return lines


@pytest.fixture(scope="module")
def warm(call, tmp_path_factory):
    """What reads units is imported: what follows is the time of a mistake alone."""
    folder = tmp_path_factory.mktemp("warm")
    (folder / "case.toml").write_text(WORKING.replace('"4 K"', '"4 T"'))
    refused(call("run", "case.toml", cwd=folder), "line 18: `protocol.start`")


@settings(
    max_examples=settings().max_examples // 2,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(wrong_files)
@example(WORKING.replace("1.0", "0x" + "f" * 5000).encode())
@example(WORKING.replace("1.0", "9" * 5000).encode())
@example(b'title = "a\\u0000b"\n')
@example(b"[trap]\nprovenance = 3\n")
def test_a_wrong_case_file_is_told_and_nothing_is_written(call, warm, content):
    del warm
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.toml"
        path.write_bytes(content)
        done = call("run", "case.toml", "--out", "result", cwd=folder)
        head, *told = refused(done, "case.toml")
        places = "" if len(told) == 1 else f", in {len(told)} places"
        assert head == f"The case is wrong{places}:"
        assert all(re.match(r"  case\.toml(, line \d+)?[: ]", line) for line in told)
        assert all(line.isprintable() for line in told)
        assert os.listdir(folder) == ["case.toml"]


def test_a_sentence_is_one_line_however_narrow_the_terminal(call, case, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    case.write_text(WORKING.replace('"4 K"', '"-4 K"'), "utf-8")
    head, *told = call("run", case, cwd=case.parent).err.splitlines()
    assert head == "The case is wrong:"
    assert len(told) == 1
    assert len(told[0]) > 60


def test_a_process_tells_a_wrong_case_without_loading_what_computes(tmp_path, environment):
    wrong = [
        ('"4 K"', '"4 T"', 'line 18: `protocol.start` must be a number with a unit of K, but "T"'),
        ('"4 K"', '"-4 K"', "line 18: `protocol.start` must be finite and >= 1e-06 K"),
        ('"4 K"', "nan", "line 18: `protocol.start` must be finite"),
        ("[trap]", "[tarp]", "line 14: `tarp` is an unknown table; did you mean `trap`?"),
        ("rate =", "rte =", "line 15: `trap.rte` is an unknown key; did you mean `rate`?"),
        ('"10 K"', '"10 K', "is not valid TOML"),
        ("1.0", "1.0\nbcs = true", "line 7: `landau` must state one route"),
    ]
    names = [f"case-{i}.toml" for i in range(len(wrong))]
    for name, (old, new, _) in zip(names, wrong, strict=True):
        assert WORKING.count(old) == 1
        (tmp_path / name).write_text(WORKING.replace(old, new))
    done = _watched(tmp_path, environment, *(["run", name] for name in names))
    assert done.stdout.splitlines() == [*["left with 2"] * len(wrong), "loaded: none"]
    assert "Traceback" not in done.stderr
    told = re.findall(r"(case-\d\.toml.*)", done.stderr)
    for name, (*_, says) in zip(names, wrong, strict=True):
        assert any(line.startswith(name) and says in line for line in told), (name, done.stderr)
    assert sorted(os.listdir(tmp_path)) == names


def test_what_computes_nothing_loads_nothing_that_computes(tmp_path, environment):
    commands = [["--help"], ["run", "--help"], ["schema"], ["--version"], ["materials"]]
    done = _watched(tmp_path, environment, *commands)
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines.count("left with 0") == len(commands)
    assert lines[-1] == "loaded: none"


def _watched(folder, environment, *commands):
    """A process of these commands that says at its end which of the slow packages it has loaded."""
    script = (
        "import sys\n"
        "from entrap.app.cli import main\n"
        f"for arguments in {commands!r}:\n"
        "    sys.argv = ['entrap', *arguments]\n"
        "    try:\n"
        "        main()\n"
        "    except SystemExit as left:\n"
        "        print('left with', left.code or 0)\n"
        "slow = ('jax', 'diffrax', 'equinox', 'matplotlib', 'xarray', 'h5py')\n"
        "print('loaded:', *([s for s in slow if s in sys.modules] or ['none']))\n"
    )
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_file_that_is_not_there_is_told(call, tmp_path):
    refused(call("run", "none.toml", cwd=tmp_path), "none.toml cannot be read", "No such file")
    refused(call("run", tmp_path, cwd=tmp_path), "is a folder: give a case file")
    refused(call("run", "", cwd=tmp_path), "is a folder")
    assert not list(tmp_path.iterdir())


def test_a_file_that_may_not_be_read_is_told(call, case):
    case.chmod(0)
    if os.access(case, os.R_OK):  # root may
        case = Path("/proc/self/mem")
        if not case.exists():
            pytest.skip("nothing here that root may not read")
    refused(call("run", case, cwd="/tmp"), "cannot be read (")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--nonsense"],
        ["nonsense"],
        ["run"],
        ["run", "case.toml", "--nonsense"],
        ["run", "case.toml", "x"],
        ["run", "case.toml", "--out"],
        ["schema", "x"],
        ["run", "case.toml", "--set"],
        [],
    ],
)
def test_wrong_arguments_are_told(call, case, arguments):
    done = call(*arguments, cwd=case.parent)
    assert done.code == 2
    assert "Traceback" not in done.err
    assert re.search("Usage: entrap|requires an argument", done.err + done.out)
    assert os.listdir(case.parent) == ["case.toml"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            "landau.saturatoin=2",
            "--set: `landau.saturatoin` is an unknown key; did you mean `saturation`?",
        ),
        ("landua.a=2", "--set: `landua` is an unknown table; did you mean `landau`?"),
        ("landau.a", "--set must read TABLE.KEY=VALUE"),
        ("=", "--set must read TABLE.KEY=VALUE"),
        ("protocol.start=", "--set: `protocol.start` is missing"),
        ("landau.saturation=", "`landau.saturation` or `beta` must be given"),
        ("protocol.warm_to=1 K", "--set: `protocol.warm_to` must not be below the start"),
        ("trap.rate=[[", "--set: `trap.rate` must be a number with a unit of 1/s"),
    ],
)
def test_a_wrong_override_is_told(call, case, change, says):
    refused(call("run", case, "--set", change, cwd=case.parent), says)
    assert os.listdir(case.parent) == ["case.toml"]


@pytest.fixture
def untouched(tmp_path):
    """Everything under a folder, to compare with."""
    return lambda: {p: p.read_bytes() if p.is_file() else None for p in tmp_path.rglob("*")}


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_what_is_no_earlier_result_is_not_replaced(call, case, untouched, force):
    folder = case.parent
    (folder / "file").write_text("mine")
    (folder / "mine").mkdir()
    (folder / "mine" / "thesis.tex").write_text("mine")
    (folder / "marked" / "summary.json").mkdir(parents=True)
    (folder / "link").symlink_to(folder / "mine")
    (folder / "nowhere").symlink_to(folder / "gone")
    before = untouched()
    for name, says in (
        ("file", "exists and is not a folder"),
        ("link", "exists and is not a folder"),
        ("nowhere", "exists and is not a folder"),
        (".", "" if force else "--force to replace it"),
        (
            "mine",
            "holds no result of entrap" if force else "exists: give another folder, or --force",
        ),
        (
            "marked",
            "holds no result of entrap" if force else "exists: give another folder, or --force",
        ),
    ):
        refused(call("run", "case.toml", "--out", name, *force, cwd=folder), says, f"--out {name}")
        assert untouched() == before


def test_an_earlier_result_is_not_replaced_unasked(call, case, untouched):
    (case.parent / "case-result").mkdir()
    (case.parent / "case-result" / "summary.json").write_text("{}")
    before = untouched()
    for chosen in ([], ["--out", "case-result"], ["--out", "./case-result/"]):
        refused(
            call("run", "case.toml", *chosen, cwd=case.parent), "exists: give another folder, or"
        )
    assert untouched() == before


def test_a_wrong_case_is_told_before_a_wrong_folder(call, tmp_path):
    (tmp_path / "case.toml").write_text("")
    refused(call("run", "case.toml", "--out", "case.toml", cwd=tmp_path), "case.toml is empty")


def test_the_schema_is_printed(call):
    import json

    done = call("schema")
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == json.loads(json.dumps(case_schema()))


def test_the_version_is_the_installed_one(call):
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    assert call("--version").out == f"entrap {project['project']['version']}\n"


def test_materials_are_listed_with_the_sources_of_their_numbers(call, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    listed = call("materials")
    assert listed.code == 0
    for key in library.names():
        assert re.search(rf"^{re.escape(key)} ", listed.out, re.M), key
        shown = call("materials", key)
        assert (shown.code, shown.err) == (0, "")
        for name, number in library.load(key).values.items():
            assert re.search(
                rf"^{name} +{re.escape(number_text(number.value, 6))} .*\[{re.escape(number.source)}",
                shown.out,
                re.M,
            )


def test_a_material_that_is_not_there_is_told(call):
    refused(call("materials", "Nb3Sm"), 'did you mean "Nb3Sn"?')


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (SolveError("It stops."), "The computation failed:\n  It stops.\n"),
        (FloatingPointError("Too large."), "The computation failed:\n  Too large.\n"),
        (MemoryError(), "The computation failed:\n  MemoryError\n"),
        (OverflowError("x"), "The computation failed:\n  x\n"),
        (
            OSError(errno.ENOSPC, "No space left on device", "a/b"),
            "The result cannot be written:\n  No space left on device (a/b): nothing was left "
            "behind; free some space or give another --out\n",
        ),
        (OSError("odd"), "The result cannot be written:\n  odd: nothing was left behind; "),
    ],
)
def test_what_stops_a_command_is_said_and_it_leaves_with_1(call, monkeypatch, error, says):
    def stop(**options):
        assert options["prog_name"] == "entrap"
        raise error

    monkeypatch.setattr(cli, "app", stop)
    monkeypatch.setattr(os, "dup2", lambda *_: None)
    done = call("run", "case.toml")
    assert done.code == 1
    assert done.err.startswith(says)
    assert bool(done.err) == bool(says)


def test_that_the_standard_output_is_full_is_not_said_of_the_result(monkeypatch, capfd):
    monkeypatch.setattr(sys, "argv", ["entrap", "schema"])
    with open("/dev/full", "w") as full, contextlib.redirect_stdout(full):
        with pytest.raises(SystemExit, match="1"):
            cli.main()
        full.close()  # and nothing more is said at the end
    said = capfd.readouterr().err
    assert "The standard output cannot be written:\n  No space left on device: a result" in said
    assert "nothing was left behind" not in said


def test_a_name_that_the_library_does_not_know_is_told(call, case, monkeypatch):
    monkeypatch.setattr("entrap.studies.run.page.write_run", lambda *_, **__: None)
    assert call("run", case, cwd=case.parent).err == ""
    done = call("run", case, "--set", "material.name=my film", cwd=case.parent)
    assert done.code == 0
    assert done.err == (
        '"my film" is not a material of the library, so that nothing is filled in: '
        "`entrap materials` lists those that are\n"
    )


def test_a_width_of_nothing_counts_as_unknown(call, monkeypatch):
    usual = call("materials", "Al").out
    monkeypatch.setenv("COLUMNS", "0")
    assert call("materials", "Al").out == usual != ""


def test_an_error_that_nobody_foresaw_is_told_as_python_tells_it(call, monkeypatch, capsys):
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)  # typer sets its own
    monkeypatch.setattr("entrap.app.materials.print_materials", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError) as caught:
        call("materials")
    sys.excepthook(caught.type, caught.value, caught.tb)
    first, *_, last = capsys.readouterr().err.splitlines()
    assert first == "Traceback (most recent call last):"
    assert last == "ZeroDivisionError: division by zero"


def test_a_reader_that_leaves_ends_the_command_with_1_and_without_a_word(
    monkeypatch, tmp_path, capsys
):
    def stop(**_):
        raise BrokenPipeError

    monkeypatch.setattr(cli, "app", stop)
    with (tmp_path / "out").open("w") as out:
        monkeypatch.setattr("sys.stdout", out)
        with pytest.raises(SystemExit) as left:
            cli.main()
        print("what nobody reads", file=out, flush=True)
    assert left.value.code == 1
    assert (tmp_path / "out").read_text() == ""
    assert capsys.readouterr().err == ""


def test_the_schema_is_readable_as_it_is_printed(call):
    printed = call("schema").out
    assert "Δ" in printed  # letters, not their codes
    assert len(printed.splitlines()) > 100


def test_nothing_is_done_besides_unless_it_is_asked_for():
    command: Any = get_command(cli.app)
    options = {
        f"{name} {option.opts[0]}": option.default
        for name, verb in command.commands.items()
        for option in verb.params
        if getattr(option, "is_flag", False)
    }
    assert len(options) > 20
    assert {name for name, default in options.items() if default} == {"explore --browser"}
