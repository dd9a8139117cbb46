"""Films in two dimensions: meshes, modes and transients, in one run and by the processor's time.

The transient is compared with Crank-Nicolson's method at a fixed step, whose matrix is factorised
once, on the same mesh: time to the answer, and the worst error at 1, 10, 100 and 300 µs. The
condensate of a film with a hole in a field is compared with what pyTDGL reaches in time, on
pyTDGL's mesh and by one energy, where it is installed: `uv pip install tdgl`.

With "scaling" only times and memory against the number of points are printed, each of a process of
its own, up to 5e5 points; and by which power of that number the times grow.

Run: .venv/bin/python benchmarks/bench_film.py [scaling | condensate [steady]]
"""

import contextlib
import dataclasses
import importlib.util
import io
import logging
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from scipy.sparse import diags

from entrap.core.constants import FLUX_QUANTUM, VACUUM_PERMEABILITY
from entrap.core.sparse import Factors, single_thread
from entrap.solve.plane.condensate import Condensate, uniform_links
from entrap.solve.plane.cooling import carried, zero_field
from entrap.solve.plane.diffusing import Diffusion, slowest_modes, steady_state
from entrap.solve.plane.dual import Dual, dual_of
from entrap.solve.plane.esdirk import transient
from entrap.solve.plane.minimising import minimum
from entrap.solve.plane.outline import Cover
from entrap.solve.plane.screening import Screening
from entrap.solve.plane.triangulation import Triangulation, triangulate
from entrap.solve.plane.vortices import vortices

D, GAMMA, RECOMBINATION, GENERATION = 18e-4, 2.42e5, 6.25e6, 1e-4
_FIELD = 0.15  # mT, of the film that pyTDGL solves: 0.46 B_c2
TIMES = np.array([1e-6, 1e-5, 1e-4, 3e-4])
SIZES = (2e-5, 1e-5, 5e-6, 2e-6, 1e-6)  # m
LARGE = 5_000  # points, from which powers are told


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
    """Times and memory against the number of points, and the powers by which the times grow."""
    print(f"{'points':>8}{'mesh':>9}{'steady':>9}{'6 modes':>9}{'burst':>9}  s;  peak memory")
    rows = []
    # No process has what another took, so that each peak of memory is its own.
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as process:
        for count, *times, memory in process.map(of_size, SIZES):
            print(f"{count:8}" + "".join(f"{t:9.3g}" for t in times) + f"{memory:9.2f} GB")
            rows.append([count, *times])
    points, *columns = np.log(rows).T
    large = points > np.log(LARGE)
    powers = [np.polyfit(points[large], column[large], 1)[0] for column in columns]
    print("   power" + "".join(f"{power:9.2f}" for power in powers) + f"  beyond {LARGE:,} points")


def of_size(size: float) -> tuple[float, ...]:
    """Points, times of mesh, steady state, modes and burst [s], and memory [GB] of a pad."""
    with single_thread():
        mesh_time, dual = timed(lambda: pad(size))
        problem = posed(dual)
        steady_time, steady = timed(lambda: steady_state(problem))
        modes_time, _ = timed(lambda: slowest_modes(problem, 6))
        start, times = burst(dual, steady)
        burst_time, _ = timed(lambda: transient(problem, start, times))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return len(dual.volumes), mesh_time, steady_time, modes_time, burst_time, memory


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


def posed_condensate(dual: Dual, field: float) -> Condensate:
    """A film whose coherence length is 1, in a field in units of B_c2."""
    start, end = dual.mesh.points[dual.sides].swapaxes(0, 1)
    links = uniform_links(start, end, field * FLUX_QUANTUM / (2 * np.pi))
    return Condensate(dual, 1.0, np.ones(len(dual.volumes)), links)


def condensates() -> None:
    """A square with a hole at 0.46 B_c2, from no vortex: times against its width.

    A mesh of twice the size comes first, whose state is carried to the finer one.
    """
    print(f"{'width':>8}{'points':>8}{'coarse':>9}{'fine':>9}  s; E, vortices, |g|/V")
    for wide, size in ((10, 0.25), (20, 0.25), (40, 0.3125)):
        film = shapely.difference(
            shapely.box(-wide / 2, -wide / 2, wide / 2, wide / 2), shapely.Point(0, 0).buffer(1.5)
        )

        def meshed(h: float, film: Any = film) -> Condensate:
            dual = dual_of(triangulate(film, lambda at: np.full(len(at), h * (1 + 1e-3)), 0.1))
            return posed_condensate(dual, 0.4558)

        rough, made = meshed(2 * size), meshed(size)
        first, state = timed(lambda rough=rough: minimum(rough, zero_field(rough)))
        cover, field = Cover(rough.dual.mesh), 0.4558 * FLUX_QUANTUM / (2 * np.pi)
        second, state = timed(
            lambda made=made, psi=state.psi, cover=cover, field=field: minimum(
                made, carried(cover, psi, made.dual.mesh.points, field, (0.0, 0.0))
            )
        )
        count = len(vortices(made, state.psi).points)
        text = f"{state.energy:.4f}, {count}, {state.residual:.0e}"
        print(f"{wide:6} ξ{len(made.volumes):8}{first:9.3g}{second:9.3g} s; {text}")


def pytdgl_square() -> tuple[Any, Condensate]:
    """A square of 10 ξ with a hole as a device of pyTDGL, and as ours on its mesh in 0.15 mT."""
    import tdgl
    from tdgl.geometry import box, circle

    logging.disable(logging.CRITICAL)
    layer = tdgl.Layer(coherence_length=1.0, london_lambda=2.0, thickness=0.1, gamma=1)
    film = tdgl.Polygon("film", points=box(10, 10)).resample(401).buffer(0)
    hole = tdgl.Polygon("hole", points=circle(1.5)).resample(101)
    device = tdgl.Device("film", layer=layer, film=film, holes=[hole], length_units="um")
    device.make_mesh(max_edge_length=0.5, smooth=100)
    mesh = device.mesh
    sides = np.sort(mesh.edge_mesh.edges, axis=1)
    order = np.lexsort(sides.T[::-1])
    weights = (mesh.edge_mesh.dual_edge_lengths / mesh.edge_mesh.edge_lengths)[order]
    dual = Dual(Triangulation(mesh.sites, mesh.elements), mesh.areas, sides[order], weights)
    return device, posed_condensate(dual, _FIELD / device.Bc2.to("mT").magnitude)


def pytdgl_state(device: Any, made: Condensate, until: float) -> tuple[float, np.ndarray]:
    """What pyTDGL reaches in so many τ0: the processor's time [s], and ψ."""
    import tdgl

    options = tdgl.SolverOptions(
        solve_time=until, output_file=str(Path(tempfile.mkdtemp()) / "out.h5"), field_units="mT",
        current_units="uA", save_every=1000,
    )  # fmt: skip
    with contextlib.redirect_stderr(io.StringIO()):  # its bars
        took, found = timed(lambda: tdgl.solve(device, options, applied_vector_potential=_FIELD))
    psi = np.asarray(found.tdgl_data.psi, complex)
    return took, min((psi, psi.conj()), key=made.energy)  # of both signs of charge


def against_pytdgl(steady: bool) -> None:
    """Time and energy on pyTDGL's mesh of a square of 10 ξ with a hole."""
    if importlib.util.find_spec("tdgl") is None:
        print("pyTDGL is not installed: nothing to compare with")
        return
    mesh_time, (device, made) = timed(pytdgl_square)
    ours, state = timed(lambda: minimum(made, np.ones(len(made.volumes), complex)))
    print(f"{len(made.volumes)} sites (meshed in {mesh_time:.3g} s):")
    print(f"  minimum: {ours:.3g} s, E {state.energy:.6f}, |g|/V {state.residual:.0e}")
    for until in (50, 200, *([1000] if steady else [])):
        took, psi = pytdgl_state(device, made, until)
        nearby = minimum(made, psi)
        apart, above = (
            (made.energy(psi) - least) / abs(least) for least in (state.energy, nearby.energy)
        )
        text = f"  pyTDGL to {until} τ0: {took:.3g} s ({took / ours:.0f} x), E {apart:+.1e} off"
        print(f"{text}, {above:+.1e} above the minimum below it")


def screening_discs() -> None:
    """A disc of radius 1 in a field: -μ0 m/R³B at Λ = 0.1 R, which is 1.49495."""
    for size in (0.2, 0.1, 0.07):
        angles = np.linspace(0, 2 * np.pi, int(2 * np.pi / (0.3 * size)) + 1)[:-1]
        reach = 1 / np.sqrt(np.sinc(2 / len(angles)))
        rim = shapely.Polygon(reach * np.stack([np.cos(angles), np.sin(angles)], axis=1))

        def sizes(at: np.ndarray, size: float = size) -> np.ndarray:
            return np.clip(0.3 * size + 0.25 * (1 - np.hypot(*at.T)), 0.3 * size, size)

        dual = dual_of(triangulate(rim, sizes, 0.3 * size))
        film = Screening(dual, np.full(len(dual.mesh.triangles), 0.1))
        took, stream = timed(lambda film=film: film.stream(1.0))
        moment = -VACUUM_PERMEABILITY * film.moment(stream)
        error = moment / 1.49495 - 1
        print(f"disc of {len(dual.volumes)} points: {took:.3g} s, {moment:.5f}, {error:+.1e} off")


if __name__ == "__main__":
    with single_thread():
        if "condensate" not in sys.argv:
            scaling()
        if "scaling" not in sys.argv:
            if "condensate" not in sys.argv:
                against_crank_nicolson()
            condensates()
            against_pytdgl("steady" in sys.argv)
            screening_discs()
