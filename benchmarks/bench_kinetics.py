"""Emptying 1e5 parameter sets: entrap against what a user would write with scipy, in one run.

The sets: a of 0.1 to 10 k_B, n_v/n_c of 0.01 to 10, T_0 of 0.1 to 1.3 T_c, holds of 0.1 to 100/Γ,
pairing x of 0.01 to 10, and to 1e4 in a second set, where n_s may keep to the minimum. Medians of
5, taken in turn.

Run: .venv/bin/python benchmarks/bench_kinetics.py
"""

import os
import statistics
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import numpy as np
from scipy.integrate import solve_ivp

import entrap as et  # turns 64-bit numbers on
from entrap.core.constants import BOLTZMANN
from entrap.model.sample import Sample, Trapping
from entrap.solve.protocol.emptying import emptied_sets

COUNT, LOOPED, STACKED = 100_000, 300, 20_000
DENSITY = 1e27


class Sets(NamedTuple):
    """Reduced numbers of the sets: energies in k_B T, densities in n_c, time in 1/Γ."""

    bare: np.ndarray  # α
    stiffness: np.ndarray  # β n_c
    log_ratio: np.ndarray
    pairing: np.ndarray  # γ n_c/Γ
    decays: np.ndarray
    n_s: np.ndarray

    def change(self, n_s: Any, n_n: Any) -> tuple[Any, Any]:
        """The rate equations, as they are written."""
        f = n_n / (1 - n_s)
        affinity = self.bare - (1 - f) * self.log_ratio + self.stiffness * n_s
        pairs = self.pairing * np.maximum(-affinity, 0.0) * n_n**2
        return pairs, -n_n - pairs

    def some(self, here: Any) -> "Sets":
        """A part of the sets."""
        return Sets(*(column[here] for column in self))


def drawn(most: float) -> tuple[Sets, tuple[Any, ...]]:
    """The sets, reduced and as entrap takes them."""
    rng = np.random.default_rng(0)
    a = 10 ** rng.uniform(-1, 1, COUNT)
    valence = 10 ** rng.uniform(-2, 1, COUNT)
    start, saturation = rng.uniform(0.1, 1.3, COUNT), rng.uniform(0.5, 1.0, COUNT)
    decays, x = 10 ** rng.uniform(-1, 2, COUNT), 10 ** rng.uniform(-2, most, COUNT)
    rate, critical = 10 ** rng.uniform(2, 6, COUNT), 10.0
    n_s = np.maximum(saturation * (1 - start), 0.0)
    pairing = x / (1 - n_s)
    reduced = Sets(
        a * (start - 1) / start, a / (saturation * start), np.log1p(valence), pairing, decays, n_s
    )
    sample = Sample(
        a * BOLTZMANN, a * BOLTZMANN * critical / (saturation * DENSITY), critical, DENSITY,
        valence * DENSITY, np.log1p(valence), 1e-22,
    )  # fmt: skip
    trapping = Trapping(rate, pairing * rate / DENSITY, "self-consistent")
    return reduced, (sample, trapping, start * critical, decays / rate)


def one_by_one(sets: Sets, begin: np.ndarray, method: str, rtol: float, atol: float) -> np.ndarray:
    """n_s and n_n, a call of scipy's a set; n_s is what it was until `begin`."""
    how: dict[str, Any] = {"method": method, "rtol": rtol, "atol": atol}
    ends = []
    for i in range(len(sets.n_s)):
        bare, stiffness, log_ratio, pairing, decays, n_s = (float(column[i]) for column in sets)

        def change(
            _: float,
            y: np.ndarray,
            bare: float = bare,
            stiffness: float = stiffness,
            log_ratio: float = log_ratio,
            pairing: float = pairing,
        ) -> tuple[float, float]:
            n_s, n_n = float(y[0]), float(y[1])
            affinity = bare - (1 - n_n / (1 - n_s)) * log_ratio + stiffness * n_s
            pairs = pairing * max(-affinity, 0.0) * n_n * n_n
            return pairs, -n_n - pairs

        start = min(float(begin[i]), decays)
        run = solve_ivp(change, (start, decays), (n_s, (1 - n_s) * np.exp(-start)), **how)
        ends.append(run.y[:, -1])
    return np.array(ends).T


def exactly(sets: Sets) -> np.ndarray:
    """n_s and n_n to 1e-13: with n_s = 0 no step passes the kink at which pairs begin to form."""
    waits = np.where(sets.n_s > 0, 0.0, np.minimum(sets.bare / sets.log_ratio, 1.0))
    with np.errstate(divide="ignore"):
        begin = -np.log1p(-waits)
    return one_by_one(sets, begin, "DOP853", 1e-13, 1e-15)


def stacked(sets: Sets, group: int, method: str, rtol: float, atol: float) -> np.ndarray:
    """n_s and n_n, a call of scipy's a group of sets that end together."""
    how: dict[str, Any] = {"method": method, "rtol": rtol, "atol": atol}
    # Of the orders tried the fastest: those with the kink apart, then by the hold.
    order = np.lexsort((sets.decays, sets.n_s > 0))
    ends = np.empty((2, len(order)))
    for begin in range(0, len(order), group):
        here = order[begin : begin + group]
        part = sets.some(here)

        def change(_: float, y: np.ndarray, part: Sets = part) -> np.ndarray:
            rates = part.change(*y.reshape(2, -1))
            return (np.stack(rates) * part.decays).ravel()

        y = np.concatenate([part.n_s, 1 - part.n_s])
        run = solve_ivp(change, (0.0, 1.0), y, t_eval=[1.0], **how)
        ends[:, here] = run.y[:, -1].reshape(2, -1)
    return ends


def timed(function: Callable[[], Any]) -> tuple[float, Any]:
    """Wall time [s] and what came out."""
    start = time.perf_counter()
    made = function()
    return time.perf_counter() - start, made


def compare(most: float) -> None:
    """A table: rates, ratios, errors."""
    sets, arguments = drawn(most)
    few, part = sets.some(slice(LOOPED)), sets.some(slice(STACKED))
    loose, at_once = {"rtol": 1e-8, "atol": 1e-10}, np.zeros(LOOPED)
    first, _ = timed(lambda: emptied_sets(*arguments, tolerance=1e-8))
    ways: dict[str, tuple[int, Callable[[], Any]]] = {
        "entrap, 2 threads": (COUNT, lambda: emptied_sets(*arguments, tolerance=1e-8)),
        "entrap, 1 thread": (COUNT, lambda: emptied_sets(*arguments, tolerance=1e-8, threads=1)),
        "entrap to 1e-12": (COUNT, lambda: emptied_sets(*arguments, tolerance=1e-12)),
        "scipy LSODA, one by one": (LOOPED, lambda: one_by_one(few, at_once, "LSODA", **loose)),
    }
    if most <= 1:  # beyond, the explicit ones hardly end
        for method, group in (("RK45", 1000), ("RK45", 4000), ("DOP853", 1000)):
            ways[f"scipy {method}, {group} stacked"] = (
                STACKED,
                lambda method=method, group=group: stacked(part, group, method, **loose),
            )
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    made = {}
    for turn in range(6):
        for name, (_, function) in ways.items():
            spent, made[name] = timed(function)
            if turn:  # the first compiles, or warms up
                seconds[name].append(spent)
    exact = exactly(few)
    medians = {name: statistics.median(spent) for name, spent in seconds.items()}
    rates = {name: count / medians[name] for name, (count, _) in ways.items()}
    best, whole = rates["entrap, 2 threads"], medians["entrap, 2 threads"]
    print(f"\npairing up to 1e{most:g}; compiled in {max(first - whole, 0.0):.1f} s")
    print(f"{'':30}{'sets/s':>12}{'entrap is':>14}{'largest error':>16}{'median':>10}")
    for name, rate in rates.items():
        found = made[name]
        if not isinstance(found, np.ndarray):
            found = np.stack([found.superfluid_density, found.normal_density]) / DENSITY
        error = np.abs(found[:, :LOOPED] - exact).max(0)
        errors = f"{error.max():16.1e}{np.median(error):10.1e}"
        print(f"{name:30}{rate:12.0f}{best / rate:12.1f} x{errors}")


if __name__ == "__main__":
    load = os.getloadavg()[0]
    print(f"entrap {et.__name__}, JAX {jax.__version__}, {os.cpu_count()} cores, load {load:.1f}")
    for most in (1, 4):
        compare(most)
