"""Polynomials through exact values, and rules of exact moments, as the model keeps them."""

import mpmath as mp


def interpolant(function, count):
    """Coefficients of the polynomial through the values at the zeros of a Chebyshev polynomial."""
    zeros = [mp.cos(mp.pi * (j + mp.mpf(1) / 2) / count) for j in range(count)]
    powers = mp.matrix([[x**k for k in range(count)] for x in zeros])
    return [float(c) for c in mp.lu_solve(powers, mp.matrix([function(x) for x in zeros]))]


def gauss_rule(moments):
    """Nodes and weights of half as many as there are moments, by Chebyshev's algorithm."""
    count = len(moments) // 2
    diagonal, beside = [moments[1] / moments[0]], [mp.mpf(0)]
    before, now = [mp.mpf(0)] * len(moments), moments
    for k in range(1, count):
        ahead = [mp.mpf(0)] * len(moments)
        for i in range(k, len(moments) - k):
            ahead[i] = now[i + 1] - diagonal[-1] * now[i] - beside[-1] * before[i]
        diagonal.append(ahead[k + 1] / ahead[k] - now[k] / now[k - 1])
        beside.append(ahead[k] / now[k - 1])
        before, now = now, ahead
    matrix = mp.diag(diagonal)
    for k in range(1, count):
        matrix[k, k - 1] = matrix[k - 1, k] = mp.sqrt(beside[k])
    nodes, vectors = mp.eigsy(matrix)
    weights = [moments[0] * vectors[0, i] ** 2 for i in range(count)]
    pairs = sorted(zip(nodes, weights, strict=True))
    return [float(x) for x, _ in pairs], [float(w) for _, w in pairs]
