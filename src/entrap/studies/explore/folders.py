"""Folders of results that were named at the start: which of their files the page may read."""

import dataclasses
from pathlib import Path

from entrap.core.errors import InputError

LARGEST = 64_000_000
"""Bytes of a file, at most."""

_READ = ("summary.json", "film.vtu")


@dataclasses.dataclass(frozen=True)
class Results:
    """The folder of a result.

    Args:
        name: As the page shows it.
        path: Where it lies.
        files: Names of the files in it that the page draws from.
    """

    name: str
    path: Path
    files: tuple[str, ...]

    @classmethod
    def at(cls, path: Path) -> "Results":
        """The folder at a path.

        Raises:
            InputError: it is no folder of a result, or cannot be read.
        """
        try:
            found = sorted(file.name for file in path.iterdir() if _plain(file))
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}") from None
        files = tuple(name for name in found if name in _READ or name.endswith(".csv"))
        if "summary.json" not in files:
            raise InputError(
                f"{path} must be the folder of a result, as `entrap run` writes one, but holds no "
                "summary.json"
            )
        return cls(path.resolve().name, path, files)

    def read(self, name: str) -> bytes:
        """One of its files.

        Raises:
            InputError: it is none of those that were there at the start, or can no longer be read.
        """
        file = self.path / name
        if name not in self.files or not _plain(file):
            raise InputError(f"{self.name} has no such file")
        try:
            with file.open("rb") as opened:
                content = opened.read(LARGEST + 1)
        except OSError as error:
            raise InputError(f"{file} cannot be read: {error.strerror}") from None
        if len(content) > LARGEST:
            raise InputError(f"{name} has more than {LARGEST // 1_000_000} MB, too many to draw")
        return content


def _plain(file: Path) -> bool:
    """Whether it is a file of this folder, and not a link that may lead anywhere."""
    return file.is_file() and not file.is_symlink()
