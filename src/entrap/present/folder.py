"""Output folders that are complete or absent, whatever happens on the way."""

import contextlib
import ctypes
import glob
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from entrap.core.errors import InputError
from entrap.core.processes import alive

_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
_AT_CWD = -100


def claim(target: Path, *, force: bool, marks: tuple[str, ...]) -> None:
    """Refuse a target that cannot be written, before anything is computed.

    Args:
        target: The folder to be.
        force: Whether an earlier result there may be replaced.
        marks: Files by which an earlier result is known.

    Raises:
        InputError: it exists and may not be replaced, or is not a result.
    """
    if not os.path.lexists(target):
        return
    if target.is_symlink() or not target.is_dir():
        raise InputError(f"--out {target} exists and is not a folder: give another")
    if not any(target.iterdir()):
        return
    if not force:
        raise InputError(f"--out {target} exists: give another folder, or --force to replace it")
    if not any((target / mark).is_file() for mark in marks):
        raise InputError(
            f"--out {target} is not empty and holds no result of entrap: --force replaces results, "
            "not other folders; give another"
        )


@contextlib.contextmanager
def complete_folder(target: Path) -> Iterator[Path]:
    """A folder to write into, which becomes `target` in one step once the block ends well.

    Args:
        target: The folder to be; what `claim` has let pass is replaced.
    """
    target = target.absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    _sweep(target)
    work = target.parent / f".{target.name}.{os.getpid()}.partial"
    work.mkdir()
    try:
        yield work
        if target.exists():
            _exchange(work, target)
        else:
            work.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _exchange(new: Path, old: Path) -> None:
    """Swap two folders; in one step where the system can, else old goes before new comes."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
        done = rename(_AT_CWD, os.fsencode(new), _AT_CWD, os.fsencode(old), _EXCHANGE) == 0
    except (AttributeError, OSError):
        done = False
    if not done:
        aside = new.with_suffix(".old")
        old.rename(aside)
        try:
            new.rename(old)
        except OSError:
            aside.rename(old)
            raise
        shutil.rmtree(aside, ignore_errors=True)


def _sweep(target: Path) -> None:
    """Remove what runs that were killed have left."""
    for left in target.parent.glob(f".{glob.escape(target.name)}.*.partial"):
        owner = left.name.removesuffix(".partial").rpartition(".")[2]
        # In a container every run has the same id: what bears ours is an earlier one's.
        if owner.isdigit() and (int(owner) == os.getpid() or not alive(int(owner))):
            shutil.rmtree(left, ignore_errors=True)
