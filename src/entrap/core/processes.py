"""Processes of this machine: whether one still runs."""

import os


def alive(process: int) -> bool:
    """Whether the process of that number runs, whoever owns it.

    Examples:
        >>> alive(os.getpid())
        True
    """
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
