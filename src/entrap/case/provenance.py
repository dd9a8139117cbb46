"""Where the numbers of a table come from: a text for each key that was not stated."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from entrap.case.library import Number
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import quantities


def settle_provenance(owner: Any, table: str) -> None:
    """Check the provenance of a new frozen object, and make it its own copy.

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


def filled(owner: Any) -> frozenset[str]:
    """Keys of a table that were not stated: without them it has the same from the same source.

    Examples:
        >>> from entrap.case.material import Material
        >>> sorted(filled(Material(critical_temperature=5.0, conduction_density=1e27)))
        ['gap']
    """
    made = {field.name: getattr(owner, field.name) for field in dataclasses.fields(owner)}
    sources = made.pop("provenance")
    absent = [key for key in made if key in sources]
    while absent:
        kept = {key: value for key, value in made.items() if key not in absent}
        texts = {key: text for key, text in sources.items() if key not in absent}
        try:
            again = type(owner)(**kept, provenance=texts)
        except InputError as error:
            stated = [p.key for p in error.problems if p.key in absent] or absent
        else:
            stated = [
                key
                for key in absent
                if (getattr(again, key), again.provenance.get(key)) != (made[key], sources[key])
            ]
        if not stated:
            break
        absent.remove(stated[0])  # one alone: the others may follow from it
    return frozenset(absent)
