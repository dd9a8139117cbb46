"""Two folders that change places."""

import ctypes
import os
from pathlib import Path

_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
_AT_CWD = -100


def exchange(new: Path, old: Path) -> None:
    """Let two folders change places, in one step where the system can.

    Where it cannot, what was at `old` lies for a moment beside `new`, under the name of `new` but
    with the ending `.old`: whoever finds nothing at `old` brings it back from there.

    Raises:
        OSError: they could not change places, and both are where they were.
    """
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
        if rename(_AT_CWD, os.fsencode(new), _AT_CWD, os.fsencode(old), _EXCHANGE) == 0:
            return
    except (AttributeError, OSError):
        pass
    aside = new.with_suffix(".old")
    old.rename(aside)
    try:
        new.rename(old)
    except BaseException:
        aside.rename(old)
        raise
    aside.rename(new)
