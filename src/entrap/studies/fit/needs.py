"""What a fit cannot do without; light to import."""

from importlib.util import find_spec

from entrap.core.errors import InputError

NEEDS = ("material", "landau")
"""Tables that a case must have."""


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
