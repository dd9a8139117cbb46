"""Files of a store: each appears in one step, and is checked as it is read.

A file that is being written bears the name of its process and machine, so that a later run can
remove what a killed one has left.
"""

import asyncio
import contextlib
import glob
import os
import shutil
import socket
import time
import uuid
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path

import google_crc32c
import numpy as np
from zarr.abc.buffer import Buffer, BufferPrototype
from zarr.abc.store import ByteRequest
from zarr.errors import ZarrUserWarning
from zarr.storage import LocalStore

from entrap.core.errors import DAMAGE, InputError, SolveError
from entrap.core.processes import alive

MARKS = "done"
"""Name of the array that has a one for each chunk that is done."""

PARTS = f"{MARKS}/.parts"
"""Folder of the files that are being written."""

_STALE = 3600.0  # s after which a file that another machine was writing is taken for abandoned


class Files(LocalStore):
    """A folder of Zarr that raises an error for a chunk that is corrupt or lost.

    Lost is what is missing though it is marked as done. It is looked for in the arrays in `grids`,
    which has the number of their chunks along each dimension.
    """

    def __init__(
        self,
        root: Path,
        *,
        read_only: bool = False,
        grids: Mapping[str, tuple[int, ...]] | None = None,
    ) -> None:
        super().__init__(root, read_only=read_only)
        self.grids = grids or {}

    async def get(
        self,
        key: str,
        prototype: BufferPrototype | None = None,
        byte_range: ByteRequest | None = None,
    ) -> Buffer | None:
        """Content of a file, or None; see `get_sync`."""
        how = {"prototype": prototype, "byte_range": byte_range}
        return await asyncio.to_thread(self.get_sync, key, **how)

    def get_sync(
        self,
        key: str,
        *,
        prototype: BufferPrototype | None = None,
        byte_range: ByteRequest | None = None,
    ) -> Buffer | None:
        """Content of a file, or None where there is none.

        Raises:
            SolveError: a chunk is corrupt or lost.
        """
        found = super().get_sync(key, prototype=prototype, byte_range=byte_range)
        wrong, (name, of_chunk, place) = "", key.partition("/c/")
        if found is None and name in self.grids:
            index = np.ravel_multi_index(tuple(map(int, place.split("/"))), self.grids[name])
            if (self.root / f"{MARKS}/c/{index}").exists():
                found = super().get_sync(key, prototype=prototype)  # it may have come since
                wrong = "is missing" if found is None else ""
        if found is not None and of_chunk and byte_range is None and not sound(found.to_bytes()):
            wrong = "is corrupt"
        if wrong:
            computed = name in (MARKS, *self.grids)
            cure = "--resume computes it again" if computed else "the sweep must be made again"
            raise SolveError(f"{self.root / key} {wrong}: {cure}")
        return found

    async def set(self, key: str, value: Buffer) -> None:
        """Write a file in one step."""
        await asyncio.to_thread(self.set_sync, key, value)

    def set_sync(self, key: str, value: Buffer) -> None:
        """Write a file in one step."""
        self._check_writable()
        target = self.root / key
        part = self.root / PARTS / partial(uuid.uuid4().hex)
        for folder in (target.parent, part.parent):
            folder.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(value.as_buffer_like())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)


def sound(data: bytes) -> bool:
    """Whether the last four bytes of a chunk's file are the checksum (CRC-32C) of the others."""
    return len(data) > 4 and google_crc32c.value(data[:-4]).to_bytes(4, "little") == data[-4:]


@contextlib.contextmanager
def reading(path: Path) -> Iterator[None]:
    """Refuse what is no store that can be read."""
    if not os.path.lexists(path):
        raise InputError(f"{path} does not exist: there is no sweep to read or go on with")
    if not path.is_dir():
        raise InputError(f"{path} is a file, not the folder of a sweep")
    try:
        with warnings.catch_warnings():
            # Other files there are no part of the sweep; a missing array is found by its name.
            warnings.simplefilter("ignore", ZarrUserWarning)
            yield
    except SolveError:  # of a chunk, which it names
        raise
    except PermissionError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    except DAMAGE:
        raise InputError(f"{path} holds no sweep of entrap that can be read") from None


def partial(stem: str) -> str:
    """Name of a file or folder while this process writes it."""
    return f"{stem}.{os.getpid()}@{socket.gethostname()}.partial"


def remove_unfinished(folder: Path, stem: str = "") -> None:
    """Remove unfinished files, whose names start with `stem`, of processes that were killed."""
    for left in folder.glob(f"{glob.escape(stem)}*@*.partial"):
        name, _, host = left.name.removesuffix(".partial").rpartition("@")
        process = int(name.rpartition(".")[2])
        # In a container every run has the same id: what bears ours is an earlier one's.
        dead = process == os.getpid() or not alive(process)
        with contextlib.suppress(FileNotFoundError):  # another run may remove it too
            stale = time.time() - left.lstat().st_mtime > _STALE
            if stale or (dead and host == socket.gethostname()):
                remove(left)


def remove(left: Path) -> None:
    """Remove a folder or a file; of a link, the link alone."""
    shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
