"""Gauss rules for thermal averages of what is singular at, or near, the edge of a spectrum."""

import numpy as np


def thermal_rule(count: int, power: float) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of ∫_0^∞ e^(-s²) f(s) ds, Gaussian in w = s^(1/power).

    Args:
        count: Number of nodes.
        power: How strongly nodes crowd at s = 0: poles of f at s = -a, a as small as
            count^(-2 power), are integrated over as well as smooth f are.

    Returns:
        Nodes s > 0 and weights, the factor e^(-s²) among them.

    Examples:
        >>> s, weight = thermal_rule(32, 2.0)
        >>> round(float((weight * s).sum()), 12)
        0.5
    """
    z, fine = np.polynomial.legendre.leggauss(4 * count)
    end = 6.8 ** (1 / power)  # e^(-s²) is 1e-20 there
    w = end * (z + 1) / 2
    measure = fine * w ** (power - 1) * np.exp(-(w ** (2 * power)))
    measure *= np.sqrt(np.pi) / 2 / measure.sum()
    # Polynomials orthonormal in the measure: w among them has the nodes as its eigenvalues.
    basis, _ = np.linalg.qr(
        np.polynomial.legendre.legvander(z, count - 1) * np.sqrt(measure)[:, None]
    )
    nodes, vectors = np.linalg.eigh(basis.T @ (w[:, None] * basis))
    return nodes**power, (vectors.T @ (basis.T @ np.sqrt(measure))) ** 2
