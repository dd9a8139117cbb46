"""The polynomials of the functional of BCS and mixing, against sums in high precision."""

import mpmath as mp
import numpy as np
import pytest
from tests.model.compiled import compiled
from tests.model.interpolants import interpolant

from entrap.core.constants import BCS_GAP_RATIO
from entrap.model import mixing_functions as functions

stiffness, lost, blocked = map(
    compiled, (functions.stiffness, functions.stiffness_lost, functions.blocked_integral)
)


def over_energies(function, r):
    """∫_0^∞ du of a function of cosh u that falls as e^(-r cosh u), by the trapezoidal rule."""
    step = mp.mpf(1) / 10 / mp.sqrt(max(r / 2, 1))
    steps = range(1, int(mp.acosh(1 + 80 / r) / step) + 2)
    return step * (function(mp.mpf(1)) / 2 + mp.fsum(function(mp.cosh(step * k)) for k in steps))


def exact_stiffness(r):
    def falls(c):
        f = 1 / (mp.exp(r * c) + 1)
        return f * (1 - f) * ((1 - 2 * f) * r * c - 1) * c

    return 2 * mp.pi**2 / (7 * mp.zeta(3)) * 2 * over_energies(falls, r) / r


def exact_rest(r):
    """π²/3 - K(r)."""
    return 4 * r**2 * over_energies(lambda c: (c * c - 1) / (mp.exp(r * c) + 1), r)


@pytest.mark.parametrize("r", [1e-3, 0.1, 1.3, 2.49, 2.51, 4.0, 9.0, 40.0, 300.0])
def test_they_are_the_integrals(r):
    with mp.workdps(35):
        r = mp.mpf(r)
        s, k = exact_stiffness(r), mp.pi**2 / 3 - exact_rest(r)
        whole = k + r**2 * (mp.log(r / (mp.pi * mp.exp(-mp.euler))) - mp.mpf(1) / 2)
        wanted = [float(x) for x in (s, 1 - s, k, whole)]
    rounding = 1e-14 + 3e-16 * float(r)  # e^-r has r of them
    assert float(stiffness(float(r))) == pytest.approx(wanted[0], rel=rounding, abs=0)
    assert float(lost(float(r))) == pytest.approx(wanted[1], rel=1e-14, abs=0)
    series, beyond = (float(x) for x in blocked(float(r)))
    assert (series == 0) == (r > 2.5)
    assert (beyond == 0) == (r < 2.5)
    assert series + beyond == pytest.approx(wanted[2 if r > 2.5 else 3], rel=1e-14, abs=0)


def test_coefficients_are_those_of_exact_values():
    with mp.workdps(50):
        weights, product = [], mp.mpf(1)  # of G = Σ g_k (r/2π)^2k
        for k in range(1, 300):
            product *= 1 - mp.mpf(1) / (2 * k)
            weights.append(
                -((-1) ** k) * product * (mp.mpf(2) ** (2 * k + 1) - 1) * mp.zeta(2 * k + 1)
            )
        join, slope = mp.mpf(functions._JOIN) / (2 * mp.pi), 2 * mp.pi**2 / (7 * mp.zeta(3))

        def series(weight, first):
            return lambda u: mp.fsum(
                weight(k) * weights[k - 1] * ((u + 1) / 2 * join**2) ** (k - first)
                for k in range(first, 300)
            )

        def beyond(function):
            bend = mp.mpf(functions._BEND)
            return lambda x: function(2 * (functions._JOIN + bend) / (x + 1) - bend)

        wanted = {
            "_LOST": series(lambda k: -2 * k**2 * slope * join**2 / (2 * mp.pi) ** 2, 2),
            "_BLOCKED": series(lambda k: mp.mpf(1) / (k + 1), 1),
            "_STIFF": beyond(lambda r: exact_stiffness(r) * mp.exp(r) * mp.sqrt(r)),
            "_KINETIC": beyond(lambda r: exact_rest(r) * mp.exp(r) / mp.sqrt(r)),
        }
        for name, function in wanted.items():
            kept = getattr(functions, name)
            assert interpolant(function, len(kept)) == list(kept), name


def test_branches_meet():
    low, high = 2.5 * (1 - 1e-15), 2.5
    assert float(stiffness(low)) == pytest.approx(float(stiffness(high)), rel=1e-14)
    joined = 2.5**2 * (np.log(2.5 / BCS_GAP_RATIO) - 0.5)
    assert float(blocked(low)[0]) == pytest.approx(float(blocked(high)[1]) + joined, rel=1e-14)


def test_at_the_ends():
    assert float(stiffness(0.0)) == 1.0
    assert float(lost(1e-8)) == pytest.approx(functions.CURVATURE * 1e-16, rel=1e-12, abs=0)
    assert float(stiffness(800.0)) < 1e-300
