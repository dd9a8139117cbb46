"""What is compared, each under a name of its own; light to import."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from entrap.core.errors import InputError

MOST = 6
"""Samples that can be told apart in a figure."""

_TAKEN = ("part", "name", "unit", "symbol", "meaning")  # columns of the table of differences


def named(paths: Sequence[Path], changes: Sequence[str]) -> dict[str, tuple[Path, tuple[str, ...]]]:
    """Path and changes of each sample by name: of its folder or file, or the change.

    Raises:
        InputError: there are too few or too many, one is not there, or changes have no one case.

    Examples:
        >>> one = Path("examples/clean-set.toml")
        >>> [*named([one], ["landau.a=3 k_B"])]
        ['clean-set', 'landau.a=3 k_B']
    """
    for path in paths:
        if not path.exists():
            raise InputError(f"{path} is not there: give folders of results, or case files")
    asked = [(path, ()) for path in paths]
    if changes:
        if len(paths) != 1 or paths[0].suffix != ".toml":
            raise InputError("--set makes changed cases beside one case file: give that alone")
        asked += [(paths[0], (change,)) for change in changes]
    if not 2 <= len(asked) <= MOST:
        raise InputError(
            f"a comparison needs 2 to {MOST} results, but has {len(asked)}: give further folders "
            "or case files, or change one case file by --set"
        )
    names = [_name(path, change) for path, change in asked]
    counts = Counter(names)
    for i, (path, change) in enumerate(asked):
        if counts[names[i]] > 1 and not change:
            names[i] = str(path)
        if names[i] in _TAKEN or names.count(names[i]) > 1:
            names[i] = f"{names[i]} ({i + 1})"
    return dict(zip(names, asked, strict=True))


def _name(path: Path, changes: tuple[str, ...]) -> str:
    if changes:
        return changes[0]
    return path.absolute().name if path.is_dir() else path.stem
