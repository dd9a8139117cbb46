"""What a fit cannot do without; light to import."""

from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from entrap.core.errors import InputError

NEEDS = ("material", "landau")
"""Tables that a case must have."""


def paired(files: Sequence[Path]) -> dict[str, tuple[Path, Path]]:
    """Case and data of each sample, by a name for its folder: that of the case's file.

    Raises:
        InputError: a case has no data, a file is given twice, or there are two samples.

    Examples:
        >>> [*paired([Path(name) for name in ("x/a.toml", "a.csv")])]
        ['a']
    """
    if len(files) % 2:
        raise InputError(
            f"each case must be followed by its data, but {files[-1]}, the last file, has none: "
            "give CASE.toml DATA for each sample"
        )
    found = Counter(map(Path.absolute, files))
    twice = [file for file in files if found[file.absolute()] > 1]
    if twice:
        raise InputError(
            f"each sample must have a case and data of its own, but {twice[0]} is given twice"
        )
    if len(files) == 4:
        raise InputError(
            "a series needs three samples at least, but has two: give more, or fit each alone"
        )
    pairs = [*zip(files[::2], files[1::2], strict=True)]
    count = Counter(case.stem for case, _ in pairs)
    return {
        case.stem if count[case.stem] == 1 else f"{case.stem}-{i + 1}": (case, data)
        for i, (case, data) in enumerate(pairs)
    }


def needed() -> None:
    """Refuse to begin without the libraries of the extra.

    Raises:
        InputError: they are not installed.
    """
    for name in ("numpyro", "nautilus", "arviz_base", "arviz_stats", "corner"):
        if find_spec(name) is None:
            raise InputError(
                f"a fit needs {name}, which is not installed: pip install 'entrap[fit]'"
            )
