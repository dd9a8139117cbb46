"""Output folders that are complete or absent, whatever happens while they are written.

In a folder that exists already, only files that entrap wrote are replaced; the others stay.
"""

import contextlib
import glob
import os
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from entrap.core.errors import InputError
from entrap.core.exchange import exchange
from entrap.core.processes import alive
from entrap.report.written import MARKS, STORE, USUAL, check_foreign, check_free, owned


def claim(target: Path, *, force: bool, kind: str, formats: Collection[str] = USUAL) -> None:
    """Refuse a target folder that cannot be written, before anything is computed.

    Args:
        target: The folder to be.
        force: Whether an earlier result there may be replaced.
        kind: The verb that writes the result.
        formats: Of its figures.

    Raises:
        InputError: it exists and may not be replaced, is no result, or may not be written.
    """
    with writable(target):
        _tidy(target.absolute())
        if os.path.lexists(target):
            _check(target, force, kind, formats)
        probe(target)


@contextlib.contextmanager
def writable(target: Path, named: str = "--out", kind: str = "a folder") -> Iterator[None]:
    """What the system refuses within the block becomes an error that names the option and where."""
    try:
        yield
    except OSError as error:
        raise InputError(
            f"{named} {target} must be {kind} that can be written, but: {error.strerror or error} "
            f"({Path(error.filename or target).parent}); give another"
        ) from None


def probe(target: Path) -> None:
    """Make the folders that writing a result makes first, and take them away again.

    Raises:
        OSError: the result could not be written.
    """
    _tidy(target.absolute())
    parents = (target.absolute().parent, *target.absolute().parent.parents)
    missing = [parent for parent in parents if not os.path.lexists(parent)]
    made: list[Path] = []
    try:
        for folder in (*reversed(missing), _work(target.absolute())):
            folder.mkdir()
            made.append(folder)
    finally:
        for folder in reversed(made):
            with contextlib.suppress(OSError):  # another run may use it by now
                folder.rmdir()


@contextlib.contextmanager
def complete_folder(target: Path) -> Iterator[Path]:
    """A folder to write into, which becomes `target` in one step once the block ends well.

    What `claim` has let pass is replaced; files that entrap did not write stay.

    Raises:
        InputError: meanwhile another program has written a file with the name of a new one.
    """
    target = target.absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    _tidy(target)
    work = _work(target)
    try:
        work.mkdir()  # within: an interrupt right after it leaves nothing either
        yield work
        if target.exists() and not any(target.iterdir()):
            # In place: a shell may stand in it. Its mark comes last.
            for file in sorted(work.iterdir(), key=lambda file: (file.name in MARKS, file.name)):
                file.rename(target / file.name)
        elif target.exists():
            _refuse_lost(target, work)
            _keep(target, work)
            shutil.copymode(target, work)
            exchange(work, target)
            _keep(work, target)  # what came meanwhile
        else:
            work.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _check(target: Path, force: bool, kind: str, formats: Collection[str]) -> None:
    """Refuse what is there, unless it may be replaced."""
    if target.is_symlink() or not target.is_dir():
        raise InputError(f"--out {target} exists and is not a folder: give another")
    if os.path.ismount(target):
        raise InputError(
            f"--out {target} is the root of a file system, which cannot be replaced in one step: "
            "give a folder within it"
        )
    if not any(target.iterdir()):
        return
    if not force:
        raise InputError(f"--out {target} exists: give another folder, or --force to replace it")
    if not owned(target):
        raise InputError(
            f"--out {target} is not empty and holds no result of entrap, which a summary.json or "
            "claims.json would show: --force replaces only results of entrap; give another folder"
        )
    here = Path.cwd()
    if target.resolve() in (here, *here.parents):
        raise InputError(
            f"--out {target} is the current folder or around it, and replacing it would leave a "
            "shell in a folder that is gone: go to another folder first"
        )
    check_free(target, kind, formats)


def _keep(old: Path, new: Path) -> None:
    """Put the files of one folder that entrap did not write into the other too."""
    ours = owned(old)
    for file in old.iterdir():
        if file.name not in ours:
            new.mkdir(exist_ok=True)
            _link(file, new / file.name)
        elif _is_part(file):
            _keep(file, new / file.name)


def _refuse_lost(old: Path, new: Path) -> None:
    """Refuse a new result with the name of a file that entrap did not write."""
    ours, names = owned(old), {file.name for file in new.iterdir()}
    check_foreign(old, ({file.name for file in old.iterdir()} - ours.keys()) & names)
    for name in ours.keys() & names:
        if _is_part(old / name) and (new / name).is_dir():
            _refuse_lost(old / name, new / name)


def _is_part(file: Path) -> bool:
    """Whether a file of ours is a folder with a result of its own."""
    return file.is_dir() and file.name != STORE


def _link(old: Path, new: Path) -> None:
    """Link a file to a second place, a link as a link; of a folder, all that is not there yet."""
    if old.is_dir() and not old.is_symlink():
        new.mkdir(exist_ok=True)
        for inner in old.iterdir():
            _link(inner, new / inner.name)
        shutil.copystat(old, new)
    elif not os.path.lexists(new):
        try:
            os.link(old, new, follow_symlinks=False)
        except OSError:
            shutil.copy2(old, new, follow_symlinks=False)


def _work(target: Path) -> Path:
    return target.parent / f".{target.name}.{os.getpid()}.partial"


def _tidy(target: Path) -> None:
    """Remove what killed runs have left behind, and bring back a result that one had put aside."""
    for left in target.parent.glob(f".{glob.escape(target.name)}.*"):
        owner, _, ending = left.name.removeprefix(f".{target.name}.").partition(".")
        # In a container every run has the same id: a folder with ours is that of an earlier run.
        if not owner.isdigit() or (int(owner) != os.getpid() and alive(int(owner))):
            continue
        if ending == "old" and not os.path.lexists(target):
            left.rename(target)
        elif ending in ("old", "partial"):
            if ending == "old":  # up to 0.4 it held files that were nowhere else
                _keep(left, target)
            shutil.rmtree(left, ignore_errors=True)
