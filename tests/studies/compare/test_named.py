"""Under which names samples are compared: none has that of another, or of a column."""

from pathlib import Path

import pytest

from entrap.core.errors import InputError
from entrap.studies.compare.named import MOST, named


@pytest.fixture
def there(tmp_path, monkeypatch):
    """A folder with cases and results, by their paths from it."""
    monkeypatch.chdir(tmp_path)
    made = {}
    for text in ("a/x.toml", "b/x.toml", "c/y.toml", "c/unit.toml", "d/run", "e/run"):
        path = made[text] = Path(text)
        path.parent.mkdir(exist_ok=True)
        if path.suffix:
            path.touch()
        else:
            path.mkdir()
    return made


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (("a/x.toml", "c/y.toml", "d/run"), ["x", "y", "run"]),
        (("a/x.toml", "b/x.toml", "c/y.toml"), ["a/x.toml", "b/x.toml", "y"]),
        (("d/run", "e/run"), ["d/run", "e/run"]),
        (("a/x.toml", "a/x.toml"), ["a/x.toml", "a/x.toml (2)"]),
        (("c/unit.toml", "c/y.toml"), ["unit (1)", "y"]),
    ],
)
def test_a_sample_has_the_shortest_name_that_no_other_has(there, paths, names):
    found = named([there[path] for path in paths], ())
    assert found == {name: (there[path], ()) for name, path in zip(names, paths, strict=True)}


def test_a_change_is_the_name_of_the_case_that_it_makes(there):
    one, changes = there["a/x.toml"], ("landau.a=3 k_B", "trap.rate=1e3 1/s")
    assert named([one], changes) == {"x": (one, ()), **{c: (one, (c,)) for c in changes}}
    same = named([one], (changes[0], changes[0]))
    assert [path for path, _ in same.values()] == [one] * 3


@pytest.mark.parametrize(
    ("paths", "changes", "says"),
    [
        (("a/x.toml", "c/y.toml"), ("landau.a=3 k_B",), "--set makes changed cases beside one"),
        (("d/run",), ("landau.a=3 k_B",), "--set makes changed cases beside one"),
        (("a/x.toml",), (), f"needs 2 to {MOST} results, but has 1"),
        (("a/x.toml",) * (MOST + 1), (), f"needs 2 to {MOST} results, but has {MOST + 1}"),
        (("a/x.toml",), ("landau.a=3 k_B",) * MOST, f"but has {MOST + 1}"),
    ],
)
def test_what_cannot_be_compared_is_refused(there, paths, changes, says):
    with pytest.raises(InputError, match=says):
        named([there[path] for path in paths], changes)
    assert len(named([there["a/x.toml"]] * MOST, ())) == MOST
