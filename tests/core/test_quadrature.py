"""The rule against moments, and against a pole close to its edge."""

import numpy as np
import pytest
from scipy.special import dawsn, expi, gamma

from entrap.core.quadrature import thermal_rule


@pytest.mark.parametrize(("count", "power"), [(8, 1.0), (32, 2.0), (40, 7.0)])
def test_rule_is_exact_for_powers_of_the_root(count, power):
    s, weight = thermal_rule(count, power)
    assert len(s) == count
    assert (s > 0).all()
    assert (weight > 0).all()
    for k in range(count):
        moment = gamma((k / power + 1) / 2) / 2
        assert weight @ s ** (k / power) == pytest.approx(moment, rel=1e-11, abs=0)


@pytest.mark.parametrize("a", [1e-6, 1e-3, 0.1, 3.0])
def test_crowded_nodes_resolve_a_pole_near_the_edge(a):
    """∫ e^(-s²)/(s + a) ds, its error times a: what 1 - a ∫ comes to."""
    exact = np.sqrt(np.pi) * dawsn(a) - np.exp(-a * a) * expi(a * a) / 2
    s, weight = thermal_rule(40, 7.0)
    assert a * (weight @ (1 / (s + a))) == pytest.approx(a * exact, rel=0, abs=2e-11)
    s, weight = thermal_rule(40, 1.0)
    if a < 1e-2:
        assert abs(a * (weight @ (1 / (s + a)) - exact)) > 1e-6
