"""What is traced is kept for the next process, and whatever becomes of it no result changes."""

import io
import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from entrap.model.kinetics import Densities
from entrap.solve import stored as kept
from entrap.solve.inputs import Choices, Static
from entrap.solve.jit import block_jit, quick_jit

TRACED = []


def shares(chosen, density, given):
    """Results of all kinds of trees; the number of its runs is that of its tracings."""
    TRACED.append(chosen.choices.route)
    total = jnp.exp(density) + given["more"]
    made = Densities(total, total / 3, jnp.sin(total), None)
    return {"made": made, "sum": (total.sum(), [jnp.isfinite(total)])}


def called_back(x):
    return jax.pure_callback(np.sin, jax.ShapeDtypeStruct((), float), x)


def arguments(route="a", size=3):
    chosen = Choices(route=route, carriers=False, entropy="ideal", closure="ramp")
    return Static(chosen), np.linspace(0.1, 1.0, size), {"more": 2.0}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where programs are kept in this test, as by the command line."""
    monkeypatch.setattr(kept, "_folder", lambda: tmp_path / "programs")
    TRACED.clear()
    return tmp_path / "programs"


def anew(*given, jit=quick_jit, function=shares):
    """The result of a process that has traced nothing yet."""
    return kept.stored(jit)(function)(*given)


def same(one, other):
    assert jax.tree.structure(one) == jax.tree.structure(other)
    for a, b in zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True):
        assert np.asarray(a).dtype == np.asarray(b).dtype
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("jit", [quick_jit, block_jit])
def test_the_next_process_traces_nothing_and_finds_the_same(folder, jit):
    plain = jit(shares)(*arguments())
    TRACED.clear()
    first = anew(*arguments(), jit=jit)
    assert len(TRACED) == 1
    second = anew(*arguments(), jit=jit)
    assert len(TRACED) == 1
    assert isinstance(second["made"], Densities)
    assert len([*folder.iterdir()]) == 1
    same(plain, first)
    same(plain, second)


@pytest.mark.parametrize(
    "other", [arguments(route="b"), arguments(size=4), (*arguments()[:2], {"more": 2})]
)
def test_other_choices_shapes_and_types_have_their_own(folder, other):
    anew(*arguments())
    same(quick_jit(shares)(*other), anew(*other))
    assert len([*folder.iterdir()]) == 2


def test_a_program_is_read_once_for_many_calls(folder):
    function = kept.stored(quick_jit)(shares)
    function(*arguments())
    for file in folder.iterdir():
        file.unlink()
    function(*arguments())
    assert len(TRACED) == 1


DAMAGES = {
    "nothing": slice(0),
    "half": slice(200),
    "without its end": slice(-1),
    "without its beginning": slice(1, None),
}


@pytest.mark.parametrize("damage", [*DAMAGES, "another bit", "noise"])
def test_a_damaged_file_is_traced_and_written_again(folder, damage):
    expected = anew(*arguments())
    (file,) = folder.iterdir()
    good = file.read_bytes()
    flipped = good[:-9] + bytes([good[-9] ^ 1]) + good[-8:]
    others = {"another bit": flipped, "noise": bytes(range(256)) * 8}
    file.write_bytes(others[damage] if damage in others else good[DAMAGES[damage]])
    same(expected, anew(*arguments()))
    assert len(TRACED) == 2
    same(expected, anew(*arguments()))
    assert len(TRACED) == 2


def test_the_file_of_another_function_is_not_taken_for_this_one(folder):
    anew(*arguments(route="b"))
    (other,) = folder.iterdir()
    expected = anew(*arguments())
    (own,) = {*folder.iterdir()} - {other}
    own.write_bytes(other.read_bytes())
    same(expected, anew(*arguments()))
    assert TRACED == ["b", "a", "a"]


def test_another_version_or_source_is_traced_anew(folder, monkeypatch):
    anew(*arguments())
    monkeypatch.setattr(kept, "_origin", lambda: "another")
    anew(*arguments())
    assert len(TRACED) == len([*folder.iterdir()]) == 2


def test_an_edited_module_is_another_source(tmp_path):
    (tmp_path / "inner").mkdir()
    module = tmp_path / "inner/module.py"
    module.write_text("a = 1")
    before = kept._sources(tmp_path)
    assert before == kept._sources(tmp_path) != ""
    module.write_text("a = 2")
    assert kept._sources(tmp_path) != before
    module.write_text("a = 1")
    module.rename(tmp_path / "module.py")
    assert kept._sources(tmp_path) != before
    assert kept._sources(tmp_path / "inner") == ""


def test_settings_of_jax_are_part_of_what_a_program_follows_from(monkeypatch):
    kept._origin.cache_clear()
    before = kept._origin()
    monkeypatch.setenv("XLA_FLAGS_OF_A_TEST", "1")
    kept._origin.cache_clear()
    after = kept._origin()
    monkeypatch.undo()
    kept._origin.cache_clear()
    assert before == kept._origin() != after


@pytest.mark.parametrize("at", ["folder", "parent"])
def test_where_nothing_can_be_written_nothing_is_lost(folder, at):
    (folder if at == "folder" else folder.parent / "x").write_text("a file")
    if at == "parent":
        folder.symlink_to(folder.parent / "x" / "nowhere")
    before = {*folder.parent.iterdir()}
    same(quick_jit(shares)(*arguments()), anew(*arguments()))
    assert {*folder.parent.iterdir()} == before


def test_a_disk_that_fills_up_leaves_no_part_behind(folder, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    same(quick_jit(shares)(*arguments()), anew(*arguments()))
    assert [*folder.iterdir()] == []


def test_many_at_once_leave_one_good_file(folder):
    expected, ready = quick_jit(shares)(*arguments()), threading.Barrier(4)

    def one(_):
        ready.wait()
        return anew(*arguments())

    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(one, range(4)):
            same(expected, found)
    assert len([*folder.iterdir()]) == 1
    TRACED.clear()
    same(expected, anew(*arguments()))
    assert TRACED == []


def test_what_calls_back_into_python_is_compiled_and_not_kept(folder):
    assert anew(np.asarray(0.5), function=called_back) == np.sin(0.5)
    assert not folder.exists()


def test_what_is_known_by_its_address_alone_is_not_kept(folder):
    class Chosen(eqx.Module):
        factor: object = eqx.field(static=True)

        def __call__(self, x):
            return 2 * x

    assert anew(Chosen(object()), np.asarray(0.5), function=Chosen.__call__) == 1.0
    assert not folder.exists()


def test_only_classes_of_results_are_read_from_a_file():
    for wrong in (os.system, Path("x"), np.float64(1.0)):
        with pytest.raises(pickle.UnpicklingError, match="no class of a result"):
            kept._Reader(io.BytesIO(pickle.dumps(wrong))).load()


def test_nothing_is_kept_unless_jax_keeps_what_it_compiles(tmp_path, monkeypatch):
    monkeypatch.setenv("EQX_ON_ERROR", "nan")
    before = jax.config.jax_compilation_cache_dir
    jax.config.update("jax_compilation_cache_dir", None)
    assert kept._folder() is None
    jax.config.update("jax_compilation_cache_dir", str(tmp_path))
    try:
        assert kept._folder() == tmp_path / "programs"
        monkeypatch.setenv("EQX_ON_ERROR", "raise")
        assert kept._folder() is None
    finally:
        jax.config.update("jax_compilation_cache_dir", before)


@pytest.mark.exhaustive
@pytest.mark.parametrize("verb", ["run", "trap"])
def test_a_cache_of_any_kind_changes_no_result(verb, tmp_path):
    """Beside an empty one: without one, with a full, a damaged and an unwritable one."""
    example = {"run": "clean-set", "trap": "transmon-trap"}[verb]
    case = Path(__file__).parents[2] / f"examples/{example}.toml"
    cache = tmp_path / "cache"

    def results(name, folder=cache):
        command = [Path(sys.executable).with_name("entrap"), verb, case, "--out", name]
        environment = os.environ | {"JAX_COMPILATION_CACHE_DIR": str(folder)}
        told = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        )
        assert told.stderr == ""
        return {
            file.name: file.read_bytes()
            for file in (tmp_path / name).iterdir()
            if file.suffix in (".nc", ".json", ".html")
        }

    expected = results("empty")
    programs = {file: file.stat().st_size for file in (cache / "programs").iterdir()}
    assert programs
    assert results("without", "") == expected
    assert results("full") == expected
    assert {file: file.stat().st_size for file in programs} == programs
    for file in cache.rglob("*-*"):
        file.write_bytes(b"damaged" + file.read_bytes()[:500])
    assert results("damaged") == expected
    (tmp_path / "file").write_text("")
    assert results("unwritable", tmp_path / "file") == expected


def test_a_text_is_written_once_for_each_name(folder):
    texts = iter(["first", "second", "third"])
    made = [kept.stored_text(name, lambda: next(texts)) for name in ("a", "a", "b", "a")]
    assert made == ["first", "first", "second", "first"]
    for file in folder.iterdir():
        file.write_bytes(b"damaged" + file.read_bytes())
    assert kept.stored_text("a", lambda: next(texts)) == "third"
