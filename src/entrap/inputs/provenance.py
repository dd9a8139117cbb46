"""Where the numbers of a table come from: a text for each key that was not stated."""

from collections.abc import Mapping
from typing import Any

from entrap.core.errors import InputError, Problem
from entrap.core.quantities import quantities
from entrap.inputs.library import Number


def settle_provenance(owner: Any, table: str) -> None:
    """Check the provenance of a new frozen object, and make it its own copy.

    Args:
        owner: What has the field `provenance`.
        table: Its name in a case file.

    Raises:
        InputError: it is no table, or not of texts by the keys of the object.
    """
    stated = owner.provenance
    known = {name for name, _ in quantities(owner)}
    if not isinstance(stated, Mapping) or not all(
        key in known and isinstance(text, str) for key, text in stated.items()
    ):
        raise InputError(
            Problem(f"must be a table that gives keys of [{table}] a text each", "provenance")
        )
    object.__setattr__(owner, "provenance", dict(stated))


def take(owner: Any, key: str, number: Number) -> None:
    """Fill a key of a new frozen object with a published number, and say whose it is."""
    object.__setattr__(owner, key, number.value)
    owner.provenance[key] = f"{number.kind}: {number.text} [{number.source}]"
