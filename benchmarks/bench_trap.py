"""Traps: entrap against what a user would write with scipy, in one run; medians of 5.

Run: .venv/bin/python benchmarks/bench_trap.py
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

import jax
import numpy as np
from scipy.integrate import quad
from scipy.linalg import eigh_tridiagonal

import entrap as et  # turns 64-bit numbers on
from entrap.model.film import Strip, slowest_rate
from entrap.model.junction import (
    TunnelJunction,
    bare_escape_rate,
    effective_rate,
    relaxation_rate,
    tunnelling_rate,
)

BOLTZMANN = 1.380649e-23


def median(function: Callable[[], Any], repeats: int = 5) -> float:
    """Median wall time of a call, after one to compile [s]."""
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        jax.block_until_ready(function())
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def row(name: str, seconds: float, instead: float, what: str) -> None:
    """A line of the table."""
    print(f"{name:52}{seconds:10.3g} s   {instead / seconds:10.3g} x {what}")


def rates() -> None:
    """Γ_eff of 1e5 junctions at 100 temperatures; scipy's quad takes a hundred of them."""
    rng = np.random.default_rng(0)
    count = 100_000
    junction = TunnelJunction(
        interface_resistance=10 ** rng.uniform(-12, -8, (count, 1)),
        film_thickness=rng.uniform(20e-9, 200e-9, (count, 1)),
        film_density_of_states=np.full((count, 1), 1.0735e47),
        metal_thickness=rng.uniform(20e-9, 200e-9, (count, 1)),
        metal_density_of_states=np.full((count, 1), 7.79e46),
        electron_phonon_constant=10 ** rng.uniform(8.5, 9.5, (count, 1)),
    )
    temperature = np.linspace(0.02, 0.6, 100)
    gap = rng.uniform(2.6e-23, 3.0e-23, (count, 1)) * np.ones_like(temperature)
    compiled = jax.jit(effective_rate)
    seconds = median(lambda: compiled(junction, gap, temperature))

    def by_quad(i: int, j: int) -> float:
        one = jax.tree.map(lambda field: float(np.broadcast_to(field, (count, 1))[i, 0]), junction)
        delta, thermal = gap[i, j], BOLTZMANN * temperature[j]
        back, rate = float(bare_escape_rate(one)), float(relaxation_rate(one, delta, delta))
        cubic = 3 * rate / delta**3

        def share(u: float, trapped: bool) -> float:
            energy = delta * np.cosh(u)
            relaxed = cubic * (energy**3 - (energy - delta) ** 3) / 3
            weight = np.cosh(u) * np.exp(-(energy - delta) / thermal)
            weight /= 1 + np.exp(-energy / thermal)
            return weight * (relaxed / (relaxed + back / np.tanh(u)) if trapped else 1.0)

        end = np.arccosh(1 + 40 * thermal / delta)
        caught, whole = (quad(share, 1e-12, end, (flag,), epsrel=1e-10, limit=200)[0]
                         for flag in (True, False))  # fmt: skip
        return float(tunnelling_rate(one)) * caught / whole

    some = [(int(i), int(j)) for i, j in zip(rng.integers(0, count, 100),
                                             rng.integers(0, 100, 100), strict=True)]  # fmt: skip
    start = time.perf_counter()
    wanted = np.array([by_quad(i, j) for i, j in some])
    instead = (time.perf_counter() - start) / len(some) * gap.size
    found = np.asarray(compiled(junction, gap, temperature))[tuple(zip(*some, strict=True))]
    row("Γ_eff, 1e5 junctions x 100 temperatures", seconds, instead, "scipy.integrate.quad")
    print(f"    largest relative difference {np.abs(found / wanted - 1).max():.1e}")
    warm = median(lambda: compiled(junction, gap, temperature, 0.1), 3)
    row("the same into a metal at 0.1 K", warm, seconds, "the cold metal")


def modes() -> None:
    """The slowest mode of 1e4 strips; scipy's eigh_tridiagonal on 400 cells takes a hundred."""
    rng = np.random.default_rng(0)
    count = 10_000
    trap = rng.uniform(5e-6, 200e-6, count)
    place = trap / 2 + (1e-3 - trap) * rng.uniform(0, 1, count)
    strips = Strip(1e-3, 12e-6, 0.0, 0.0, place[:, None], trap[:, None], 18e-4, 2.42e5)
    compiled = jax.jit(slowest_rate)
    seconds = median(lambda: compiled(strips))
    cells = 400
    width = 1e-3 / cells
    centres = (np.arange(cells) + 0.5) * width
    spread = 18e-4 / width**2

    def by_matrix(i: int) -> float:
        under = np.clip((trap[i] / 2 - np.abs(centres - place[i])) / width + 0.5, 0, 1)
        diagonal = 2.42e5 * under + 2 * spread
        diagonal[[0, -1]] -= spread
        found = eigh_tridiagonal(
            diagonal, np.full(cells - 1, -spread), eigvals_only=True, select="i",
            select_range=(0, 0),
        )  # fmt: skip
        return float(np.asarray(found)[0])

    start = time.perf_counter()
    wanted = np.array([by_matrix(i) for i in range(100)])
    instead = (time.perf_counter() - start) / 100 * count
    row("slowest rate of 1e4 strips", seconds, instead, "scipy.linalg.eigh_tridiagonal")
    found = np.asarray(compiled(strips))[:100]
    print(f"    largest relative difference {np.abs(found / wanted - 1).max():.1e} (its cells)")


if __name__ == "__main__":
    print(f"entrap {et.__name__}, JAX {jax.__version__}, {len(jax.devices())} device(s)")
    rates()
    modes()
