"""Processes of this machine: whether one still runs."""

import os


def alive(process: int) -> bool:
    """Whether a process runs, whoever owns it.

    Args:
        process: Its number.

    Examples:
        >>> alive(os.getpid())
        True
    """
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
