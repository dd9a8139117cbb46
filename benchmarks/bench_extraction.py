"""The gap where a share of the quasiparticles is left, against scipy and numpy, in one run.

The ways take turns, so that a busy machine slows all of them; medians of 7. What counts is the
ratio.

Run: .venv/bin/python benchmarks/bench_extraction.py
"""

import math
import statistics
import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from scipy.optimize import brentq

from entrap.model import bcs, extraction, mixed_gap, share_gap
from entrap.model.occupations import ChemicalPotential, Share
from entrap.solve.jit import block_jit, formula_jit

ZERO = math.pi * math.exp(-np.euler_gamma)
U = 0.25 * np.arange(32)
COSH, WEIGHT = np.cosh(U), np.where(U == 0, 0.5, 1.0) * 0.25


def by_brentq(t: np.ndarray, share: np.ndarray) -> np.ndarray:
    """A loop over scipy's root finder, the integral by a trapezoidal sum in numpy."""

    def gap(t: float, share: float) -> float:
        def excess(log: float) -> float:
            energy = ZERO * math.exp(log) / t * COSH
            return log + 2 * share * (WEIGHT / (np.exp(np.minimum(energy, 700)) + 1)).sum()

        return math.exp(brentq(excess, -60.0, 0.0, xtol=1e-13, rtol=1e-13))

    return np.array([gap(*point) for point in zip(t, share, strict=True)])


def by_numpy(t: np.ndarray, share: np.ndarray, steps: int = 25) -> np.ndarray:
    """Newton's steps for all points at once, from the right, until the last has converged."""
    log = np.zeros_like(t)
    for _ in range(steps):
        energy = (ZERO * np.exp(log) / t)[:, None] * COSH
        occupied = 1 / (np.exp(np.minimum(energy, 700)) + 1)
        value = log + 2 * share * (WEIGHT * occupied).sum(-1)
        slope = 1 - 2 * share * (WEIGHT * energy * occupied * (1 - occupied)).sum(-1)
        log = log - value / slope
    return np.exp(log)


def main() -> None:
    """Random t from 0.05 to 3 and φ from 0 to 0.6, where the naive sum still converges."""
    rng = np.random.default_rng(0)
    count = 2_000_000
    t, share = rng.uniform(0.05, 3, count), rng.uniform(0, 0.6, count)
    few = slice(0, 400), slice(0, 20_000), slice(0, 100_000)
    compiled = {
        "as in sweeps": formula_jit(share_gap.reduced_gap),
        "block_jit": block_jit(share_gap.reduced_gap),
        "jax.jit": jax.jit(share_gap.reduced_gap),
    }
    bare, mixed = formula_jit(bcs.reduced_gap), formula_jit(mixed_gap.reduced_gap)
    dirty = formula_jit(lambda share, t: extraction.superfluid_share(Share(share), t, 3.0))
    potential = formula_jit(lambda z, t: ChemicalPotential(z).reduced_gap(t))
    slope = formula_jit(jax.vmap(jax.grad(share_gap.reduced_gap, argnums=(0, 1))))
    device = jnp.asarray(t), jnp.asarray(share)
    ways: dict[str, tuple[int, Callable[[], Any]]] = {
        "scipy brentq, a loop": (400, lambda: by_brentq(t[few[0]], share[few[0]])),
        "numpy, Newton's steps at once": (20_000, lambda: by_numpy(t[few[1]], share[few[1]])),
        **{
            f"entrap, a share, {name}": (count, lambda f=f: f(*device).block_until_ready())
            for name, f in compiled.items()
        },
        "entrap, a share, both slopes too": (
            100_000, lambda: jax.block_until_ready(slope(device[0][few[2]], device[1][few[2]]))
        ),
        "entrap, a share and the entropy": (
            100_000,
            lambda: mixed(device[0][few[2]], device[1][few[2]], 0.5).block_until_ready(),
        ),
        "entrap, a chemical potential": (
            100_000, lambda: potential(device[1][few[2]], device[0][few[2]]).block_until_ready()
        ),
        "entrap, a share, dirty: 1/λ²": (
            100_000, lambda: dirty(device[1][few[2]], device[0][few[2]]).block_until_ready()
        ),
        "entrap, equilibrium (bcs.reduced_gap)": (
            count, lambda: bare(device[0]).block_until_ready()
        ),
    }  # fmt: skip
    found, exact = (
        np.asarray(compiled["jax.jit"](*device))[few[0]],
        by_brentq(t[few[0]], share[few[0]]),
    )
    print(f"largest difference to brentq: {np.abs(found / exact - 1).max():.1e}")
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _, run in ways.values():
        run()  # compiles
    for _ in range(7):
        for name, (_, run) in ways.items():
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
    rates = {name: ways[name][0] / statistics.median(times[name]) for name in ways}
    loop = rates["scipy brentq, a loop"]
    for name, rate in rates.items():
        best = ways[name][0] / min(times[name])
        print(f"{name:42}{rate / 1e6:12.4g} M/s (best {best / 1e6:.4g}){rate / loop:12.4g} x loop")


if __name__ == "__main__":
    main()
