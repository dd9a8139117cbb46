"""Processes of this machine: whether one still runs, and how many run at once."""

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


def cores() -> int:
    """Cores that this process may use.

    Examples:
        >>> cores() >= 1
        True
    """
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1
