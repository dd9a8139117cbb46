"""Films in two dimensions: meshes, modes and transients, in one run and by the processor's time.

The transient is compared with Crank-Nicolson's method at a fixed step, whose matrix is factorised
once, on the same mesh: time to the answer, and the worst error at 1, 10, 100 and 300 µs.

Run: .venv/bin/python benchmarks/bench_film.py
"""

import dataclasses
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from scipy.sparse import diags

from entrap.core.sparse import Factors, single_thread
from entrap.solve.plane.diffusing import Diffusion, slowest_modes, steady_state
from entrap.solve.plane.dual import Dual, dual_of
from entrap.solve.plane.esdirk import transient
from entrap.solve.plane.outline import Cover
from entrap.solve.plane.triangulation import triangulate

D, GAMMA, RECOMBINATION, GENERATION = 18e-4, 2.42e5, 6.25e6, 1e-4
TIMES = np.array([1e-6, 1e-5, 1e-4, 3e-4])


def timed(function: Callable[[], Any]) -> tuple[float, Any]:
    """Time of the processor that a call takes [s], and what it gives."""
    start = time.process_time()
    made = function()
    return time.process_time() - start, made


def pad(size: float) -> Dual:
    """A pad of 1 mm by 0.5 mm."""
    film = shapely.box(0, 0, 1e-3, 5e-4)
    return dual_of(triangulate(film, lambda at: np.full(len(at), size), 1e-5))


def posed(dual: Dual) -> Diffusion:
    """A disc of 50 µm that traps, at a corner of the pad."""
    trap = Cover(dual.mesh).areas(shapely.Point(2e-4, 1e-4).buffer(5e-5))
    return Diffusion(
        dual, D, GAMMA * trap, 0 * trap, recombination=RECOMBINATION,
        generated=GENERATION * dual.volumes,
    )  # fmt: skip


def scaling() -> None:
    """Times against the number of points."""
    print(f"{'points':>8}{'mesh':>9}{'steady':>9}{'6 modes':>9}{'burst':>9}  s;  peak memory")
    for size in (2e-5, 1e-5, 5e-6, 3e-6):
        mesh_time, dual = timed(lambda size=size: pad(size))
        problem = posed(dual)
        steady_time, steady = timed(lambda problem=problem: steady_state(problem))
        modes_time, _ = timed(lambda problem=problem: slowest_modes(problem, 6))
        start, times = burst(dual, steady)
        burst_time, _ = timed(
            lambda problem=problem, start=start, times=times: transient(problem, start, times)
        )
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        columns = (mesh_time, steady_time, modes_time, burst_time)
        print(
            f"{len(dual.volumes):8}" + "".join(f"{t:9.3g}" for t in columns) + f"{memory:9.2f} GB"
        )


def burst(dual: Dual, steady: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """x after a burst of 1e-3 in a spot of 20 µm, and times up to 3 ms."""
    away = dual.mesh.points - [7e-4, 2.5e-4]
    start = steady + 1e-3 * np.exp(-(away**2).sum(1) / (2 * 2e-5**2))
    return start, np.concatenate([[0.0], np.geomspace(1e-7, 3e-3, 60)])


def crank_nicolson(problem: Diffusion, start: np.ndarray, step: float) -> np.ndarray:
    """x at each of `TIMES` by equal steps; recombination is taken at the middle, twice."""
    volumes = problem.dual.volumes
    linear = dataclasses.replace(problem, recombination=0.0)
    factors = Factors(
        D * problem.dual.stiffness + diags(problem.losses + 2 * volumes / step, format="csc")
    )
    x, found = start, []
    for number in range(1, round(TIMES[-1] / step) + 1):
        ahead = x
        for _ in range(2):
            pairs = problem.recombination * volumes * ((x + ahead) / 2) ** 2
            ahead = x + 2 * factors.solve(linear.change(x) - pairs)
        x = ahead
        if np.isclose(number * step, TIMES, rtol=1e-9, atol=0.0).any():
            found.append(x)
    return np.array(found)


def against_crank_nicolson() -> None:
    """Time to the answer, and its error, which is relative to the largest x of each moment."""
    dual = pad(2e-5)
    problem = posed(dual)
    start, _ = burst(dual, steady_state(problem))
    times = np.concatenate([[0.0], TIMES])
    exact = transient(problem, start, times, tolerance=1e-8).density[1:]

    def worst(found: np.ndarray) -> float:
        return float((np.abs(found - exact).max(1) / exact.max(1)).max())

    ours, found = timed(lambda: transient(problem, start, times, tolerance=1e-4).density[1:])
    print(f"burst to 300 µs, {len(start)} points: {ours:.3g} s, error {worst(found):.1e}")
    for step in (1e-6, 1e-7, 1e-8):
        theirs, x = timed(lambda step=step: crank_nicolson(problem, start, step))
        text = f"  Crank-Nicolson at {step:.0e} s: {theirs:.3g} s, error {worst(x):.1e}"
        print(f"{text}: {theirs / ours:.3g} x the time")


if __name__ == "__main__":
    with single_thread():
        scaling()
        against_crank_nicolson()
