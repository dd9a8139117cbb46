"""Sentences about a film that few films have."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from entrap.solve.protocol.results import Value
from entrap.studies.film.answer import _warmed
from entrap.studies.film.declared import DECLARED


@pytest.mark.parametrize(
    ("warmth", "named", "said"),
    [
        (None, "the trap", []),
        ([0.1, 0.1], "the trap", ["The burst does not warm the trap, which stays at 100 mK."]),
        ([0.1, 0.1], "the traps", ["The burst does not warm the traps, which stay at 100 mK."]),
        (
            [0.11, 0.1321, 0.12], "the traps",
            ["The burst warms the traps from 100 mK to 132 mK at the warmest point, after 1.2 µs."],
        ),
    ],
)  # fmt: skip
def test_how_warm_a_burst_makes_the_traps_is_said(warmth, named, said):
    found: Any = SimpleNamespace(
        trap_warmth=None if warmth is None else np.array(warmth),
        decay=SimpleNamespace(times=np.array([0.0, 1.234e-6, 1.0])),
        quantities={"trap_temperature": Value(0.1, DECLARED["trap_temperature"])},
        mesh=SimpleNamespace(outlines=SimpleNamespace(traps_named=named)),
    )
    assert _warmed(found) == said
