"""Polynomials through exact values, as the model keeps them."""

import mpmath as mp


def interpolant(function, count):
    """Coefficients of the polynomial through the values at the zeros of a Chebyshev polynomial."""
    zeros = [mp.cos(mp.pi * (j + mp.mpf(1) / 2) / count) for j in range(count)]
    powers = mp.matrix([[x**k for k in range(count)] for x in zeros])
    return [float(c) for c in mp.lu_solve(powers, mp.matrix([function(x) for x in zeros]))]
