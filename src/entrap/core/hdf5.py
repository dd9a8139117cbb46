"""What must hold of an HDF5 file before it is read: on some broken ones HDF5 never ends."""

import mmap
import struct
from pathlib import Path

_HEAP = b"GCOL\x01\0\0\0"  # begins a heap of texts: name, version 1
_HEADER = 16  # bytes before the first object of a heap, and of each object


def require_sound_heaps(path: str | Path) -> None:
    """Check that the heaps in which a file keeps its texts can be gone through.

    HDF5 goes from object to object by their sizes; one that is free and of size 0 keeps it there
    for ever.

    Raises:
        ValueError: a heap is damaged.
    """
    with Path(path).open("rb") as file:
        if not file.seek(0, 2):
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw:
            at = raw.find(_HEAP)
            while at >= 0:
                _go_through(raw, at)
                at = raw.find(_HEAP, at + len(_HEAP))


def _go_through(raw: mmap.mmap, at: int) -> None:
    """From object to object of the heap that begins there, as HDF5 does."""
    here, last = at + _HEADER, len(raw) - _HEADER
    end = at + struct.unpack_from("<Q", raw, at + 8)[0] if at <= last else 0
    while here + _HEADER <= end and here <= last:
        index, size = struct.unpack_from("<H6xQ", raw, here)
        if index == 0 and size < _HEADER:
            raise ValueError("its heap of texts is damaged")
        here += size if index == 0 else _HEADER + -(-size // 8) * 8
