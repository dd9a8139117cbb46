"""What differs between two descriptions of a sweep, in words."""

import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np


def digest(values: np.ndarray) -> str:
    """Numbers in a few words that differ where the numbers do.

    Args:
        values: Of any shape, not empty.

    >>> digest(np.linspace(0.0, 1.0, 5))
    '5 values from 0.0 to 1.0 (...)'
    """
    told = hashlib.sha256(np.ascontiguousarray(values, dtype="<f8").tobytes()).hexdigest()[:12]
    return f"{values.size} values from {values.min()} to {values.max()} ({told})"


def differences(stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """What changed from one description to another, leaf by leaf; JSON in text is read.

    Args:
        stored: What it was.
        wanted: What it is.

    >>> differences({"case": '{"landau": {"a": 4.1e-23}}'}, {"case": '{"landau": {"a": 5e-23}}'})
    ['`case.landau.a` was 4.1e-23, is 5e-23']
    """
    was, now = dict(_leaves(stored)), dict(_leaves(wanted))
    return [
        f"`{key}` was {was.get(key, 'not given')}, is {now.get(key, 'not given')}"
        for key in sorted(was.keys() | now.keys())
        if was.get(key) != now.get(key) and str(was.get(key)) != str(now.get(key))
    ]


def _leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, str) and value[:1] in ("{", "["):
        with contextlib.suppress(ValueError):
            value = json.loads(value)
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list | tuple) and any(isinstance(inner, Mapping) for inner in value):
        for place, inner in enumerate(value):
            yield from _leaves(inner, f"{key}[{place}]")
    elif isinstance(value, list | tuple):
        yield key, ", ".join(map(str, value))
    elif value is not None:
        yield key, value
