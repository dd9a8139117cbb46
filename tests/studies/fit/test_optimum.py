"""The maximum from which the chains start."""

import types
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from entrap.studies.fit import optimum


def test_of_several_maxima_the_highest_is_taken(monkeypatch):
    def density(u):
        return -((u**2 - 4) ** 2) / 4 + 0.3 * u

    def found(_target, _given, u):
        return density(u[0]), np.array([-u[0] * (u[0] ** 2 - 4) + 0.3])

    monkeypatch.setattr(optimum, "value_and_slopes", found)
    given: Any = types.SimpleNamespace(free=[True], idle=0.0)
    target: Any = None
    for starts in ([1.0, -1.0], [-1.0, 1.0], [-3.0, -1.0, 2.0]):
        monkeypatch.setattr(optimum, "_starts", lambda *_, s=starts: [np.array([x]) for x in s])
        made = optimum.optimum(target, given, 0)
        best = minimize_scalar(lambda u: -density(u), bracket=(1.5, 2.5)).x
        assert made.center == pytest.approx([best], abs=1e-5)
        bent = 3 * best**2 - 4
        assert made.scale == pytest.approx(np.array([[bent**-0.5]]), rel=1e-6)
