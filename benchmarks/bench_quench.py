"""The gap after a quench, 10,000 levels over 200 oscillations, against scipy in one run.

scipy's DOP853 on numpy takes the levels of the whole band or, as entrap does, those above the Fermi
energy alone; over 2 oscillations, from which 200 are reckoned. The ways take turns, so that a busy
machine slows all of them; medians of 3. What counts is the ratio.

Run: .venv/bin/python benchmarks/bench_quench.py
"""

import math
import statistics
import time
from collections.abc import Callable

import numpy as np
from scipy.integrate import solve_ivp

import entrap as et
from entrap.model.quench_gap import settled_gap_cold

LEVELS, CUTOFF, QUENCH = 10_000, 5.0, -0.5
PERIOD = math.pi / float(settled_gap_cold(QUENCH))


def by_scipy(periods: float, tolerance: float, whole: bool) -> tuple[float, float]:
    """Errors of the energy, over N_0 Δ_i², and of the norms at the end."""
    spacing = 2 * CUTOFF / LEVELS
    level = (np.arange(LEVELS) + 0.5) * spacing - CUTOFF
    if not whole:
        level = level[LEVELS // 2 :]
    copies = 1 if whole else 2
    spin = 0.5 / np.hypot(level, 1)
    start = np.stack([spin, 0 * spin, -level * spin])
    coupling = 1 / (copies * spin.sum() - QUENCH / spacing)

    def change(_: float, flat: np.ndarray) -> np.ndarray:
        x, y, z = flat.reshape(3, -1)
        gap = copies * coupling * x.sum()
        return np.concatenate([-2 * level * y, 2 * level * x + 2 * gap * z, -2 * gap * y])

    def energy(s: np.ndarray) -> float:
        sums = copies * (level @ s[2]), copies * s[0].sum()
        return spacing * (2 * sums[0] - coupling * sums[1] ** 2)

    found = solve_ivp(
        change, (0, periods * PERIOD), start.ravel(), "DOP853", [periods * PERIOD],
        rtol=tolerance, atol=tolerance * 1e-2,
    )  # fmt: skip
    end = found.y.reshape(3, -1)
    norms = np.linalg.norm(end, axis=0) / np.linalg.norm(start, axis=0)
    return abs(energy(end) - energy(start)), float(np.abs(norms - 1).max())


def by_entrap(periods: float) -> tuple[float, float]:
    """The same errors; the largest at any time of the energy."""
    found = et.quench(QUENCH, duration=periods * PERIOD, levels=LEVELS, cutoff=CUTOFF)
    return found.energy_error, found.norm_error


def main() -> None:
    """Time 200 oscillations each, compiled."""
    ways: dict[str, tuple[int, Callable[[float], tuple[float, float]]]] = {
        "scipy DOP853 to 1e-10, whole band": (2, lambda n: by_scipy(n, 1e-10, True)),
        "scipy DOP853 to 1e-10, half of it": (2, lambda n: by_scipy(n, 1e-10, False)),
        "scipy DOP853 to 1e-8, half of it": (2, lambda n: by_scipy(n, 1e-8, False)),
        "entrap": (200, by_entrap),
    }
    start = time.perf_counter()
    by_entrap(1)
    print(f"entrap, first call: {time.perf_counter() - start:.2f} s")
    times: dict[str, list[float]] = {name: [] for name in ways}
    spent: dict[str, list[float]] = {name: [] for name in ways}
    errors: dict[str, tuple[float, float]] = {}
    for _ in range(3):
        for name, (periods, run) in ways.items():
            start, cpu = time.perf_counter(), time.process_time()
            errors[name] = run(periods)
            times[name].append((time.perf_counter() - start) * 200 / periods)
            spent[name].append((time.process_time() - cpu) * 200 / periods)
    ours = statistics.median(times["entrap"])
    for name, (periods, _) in ways.items():
        wall = statistics.median(times[name])
        energy, norm = errors[name]
        print(
            f"{name:36}{wall:9.2f} s{statistics.median(spent[name]):9.2f} s of a processor"
            f"{wall / ours:8.1f} x   energy {energy:.1e}, norms {norm:.1e} after {periods}"
        )


if __name__ == "__main__":
    main()
