"""Films against closed forms on ever finer meshes and other programs: tables for the docs.

Each number is computed on three meshes, and the order is that at which its error falls with the
size of triangles, from the first to the last of them. `make validation` writes the tables of
docs/films-validation.md.

Run: .venv/bin/python benchmarks/validate_film.py [--write] [superscreen] [tdgl [steady]]
"""

import contextlib
import importlib.util
import io
import math
import re
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from bench_film import pytdgl_square, pytdgl_state
from scipy.integrate import quad, solve_bvp
from scipy.optimize import brentq
from scipy.special import ellipe, ellipk

from entrap.core.constants import (
    BOLTZMANN,
    ELECTRON_MASS,
    FLUX_QUANTUM,
    HBAR,
    VACUUM_PERMEABILITY,
)
from entrap.core.sparse import single_thread
from entrap.solve.plane.amplitude import amplitude_modes
from entrap.solve.plane.bridge import Bridge
from entrap.solve.plane.condensate import Condensate, rim_cost, uniform_links
from entrap.solve.plane.critical_current import critical_current
from entrap.solve.plane.diffusing import Diffusion, slowest_modes, steady_state
from entrap.solve.plane.dual import Dual, dual_of
from entrap.solve.plane.minimising import minimum, stationary
from entrap.solve.plane.nucleation import transition_temperature
from entrap.solve.plane.outline import Cover
from entrap.solve.plane.screening import Screening
from entrap.solve.plane.triangulation import triangulate
from entrap.solve.plane.vortices import vortices

PAGE = Path(__file__).parents[1] / "docs/films-validation.md"
D, GAMMA = 18e-4, 2.42e5
UPPER = FLUX_QUANTUM / (2 * np.pi)  # B_c2 of a ξ of 1 m


def meshed(film: Any, size: Any) -> Dual:
    """Finite volumes with triangles of a size, or of a size that depends on the place."""
    sizes = size if callable(size) else lambda at: np.full(len(at), size)
    least = float(np.asarray(sizes(shapely.get_coordinates(film))).min())
    return dual_of(triangulate(film, sizes, 0.3 * least))


def disc(radius: float, size: float) -> Any:
    """A polygon with the area of a disc."""
    count = math.ceil(2 * np.pi * radius / size)
    angles = 2 * np.pi * np.arange(count) / count
    reach = radius / np.sqrt(np.sinc(2 / count))
    return shapely.Polygon(reach * np.stack([np.cos(angles), np.sin(angles)], axis=1))


def condensate(dual: Dual, field: float = 0.0, **more: Any) -> Condensate:
    """With a coherence length of 1 and a field in units of B_c2."""
    start, end = dual.mesh.points[dual.sides].swapaxes(0, 1)
    links = uniform_links(start, end, field * UPPER)
    return Condensate(dual, 1.0, np.ones(len(dual.volumes)), links, **more)


def strip_rate(trap: float, length: float) -> float:
    """The slowest rate of a strip with a trap at its end: k tan k l = κ tanh κ d."""
    most = np.pi / 2 / (length - trap) * (1 - 1e-12)

    def root(k: float) -> float:
        kappa = np.sqrt(GAMMA / D - k**2)
        return k * np.tan(k * (length - trap)) - kappa * np.tanh(kappa * trap)

    k: Any = brentq(root, 1e-3, most, xtol=1e-12, rtol=1e-14)
    return D * float(k) ** 2


Found = tuple[float, int]
"""A number, and the points of the mesh that it was computed on."""


def strip(size: float, first: float, last: float) -> Found:
    """That of a strip of 1 mm by 12 µm with a trap from one place to another."""
    dual = meshed(shapely.box(0, 0, 1e-3, 12e-6), size)
    covered = Cover(dual.mesh).areas(shapely.box(first, 0, last, 12e-6))
    made = slowest_modes(Diffusion(dual, D, GAMMA * covered, 0 * covered)).rates[0]
    return float(made), len(dual.volumes)


T_C, SLOPE, MIXED = 10.0, 3 * BOLTZMANN, 1.2 * BOLTZMANN
LENGTH = HBAR / np.sqrt(8 * ELECTRON_MASS * SLOPE * T_C)
HIGHEST = SLOPE * T_C / (SLOPE - MIXED)


def well(trap: float, whole: float) -> float:
    """T_c [K] of a film that is all mixed over its first part: k tan k w = κ tanh κ (W - w)."""
    unit = np.sqrt(8 * ELECTRON_MASS) / HBAR * LENGTH

    def numbers(temperature: float) -> tuple[float, float]:
        bare = SLOPE * (temperature - T_C)
        return unit * np.sqrt(MIXED * temperature - bare), unit * np.sqrt(bare)

    def mismatch(temperature: float) -> float:
        k, kappa = numbers(temperature)
        return k * np.tan(k * trap) - kappa * np.tanh(kappa * (whole - trap))

    low, high = T_C * (1 + 1e-9), HIGHEST * (1 - 1e-12)
    if numbers(low)[0] * trap > np.pi / 2:
        start: Any = brentq(lambda t: numbers(t)[0] * trap - np.pi / 2, low, high)
        low = float(start) * (1 + 1e-9)
    found: Any = brentq(mismatch, low, high, xtol=1e-12)
    return float(found)


def transition(size: float, trap: float, whole: float) -> Found:
    """The same on a mesh that need not follow the trap."""

    def sizes(at: np.ndarray) -> np.ndarray:
        away = np.abs(at[:, 0] / LENGTH - trap)
        return LENGTH * np.clip(size / 2 + 0.2 * away, size / 2, size)

    dual = meshed(shapely.box(0, 0, whole * LENGTH, 2 * LENGTH), sizes)
    under = shapely.box(0, 0, trap * LENGTH, 2 * LENGTH)
    slope = SLOPE - MIXED * Cover(dual.mesh).areas(under) / dual.volumes
    made = transition_temperature(dual, lambda t: (slope * t - SLOPE * T_C, slope), HIGHEST)[0]
    return made, len(dual.volumes)


def vortex_energy() -> float:
    """E of one vortex in the middle of a disc of 8 ξ: f'' + f'/r = f/r² - f + f³."""

    def equation(r: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.array([y[1], -y[1] / r + y[0] / r**2 - y[0] * (1 - y[0] ** 2)])

    r = np.linspace(1e-6, 8.0, 800)
    guess = np.array([np.tanh(r / 1.5), 1 / np.cosh(r / 1.5) ** 2 / 1.5])
    found = solve_bvp(equation, lambda a, b: np.array([a[0], b[1]]), r, guess, tol=1e-8)

    def density(r: float) -> float:
        f, slope = found.sol(r)
        return r * (slope**2 + f**2 / r**2 - f**2 + f**4 / 2)

    whole = quad(density, 1e-6, 8.0, epsabs=1e-10, epsrel=1e-10, limit=200)[0]
    return 2 * np.pi * whole


def vortex(size: float) -> Found:
    """The same on a mesh."""
    dual = meshed(disc(8.0, size), size)
    x, y = dual.mesh.points.T
    start = np.tanh(np.hypot(x, y)) * np.exp(1j * np.arctan2(y, x))
    return stationary(condensate(dual), start).energy, len(x)


def wall(size: float) -> Found:
    """The lowest amplitude mode at a wall that breaks all pairs."""
    dual = meshed(shapely.box(0, 0, 12, 1), size)
    cost = rim_cost(dual, 1e-8, on=lambda at: at[:, 0] < 1e-9)
    made = condensate(dual, wall=cost)
    state = minimum(made, np.tanh(dual.mesh.points[:, 0] / np.sqrt(2)).astype(complex))
    return float(amplitude_modes(made, state.psi, 1)[0][0]), len(cost)


def depairing(size: float) -> Found:
    """The critical current of a uniform strip, over its width."""
    dual = meshed(shapely.box(0, 0, 6, 1.5), size)
    x = dual.mesh.points[:, 0]
    first, second = (np.flatnonzero(np.isclose(x, end)) for end in (0.0, 6.0))
    ends = np.zeros(len(first)), np.zeros(len(second))
    made = Bridge(condensate(dual), (first, second), ends)
    found = critical_current(made, np.ones(len(x), complex)).critical.current
    return found / 1.5, len(x)


def disc_moments(lengths: Sequence[float], count: int = 400) -> list[float]:
    """-μ0 m/R³B of discs by Λ K + ∫ G K dr' + B r/2μ0 = 0 in rings, finer at the rim."""
    ends = 1 - (1 - np.linspace(0, 1, count + 1)) ** 2.5
    ends[0] = 0.0
    low, high = ends[:-1], ends[1:]
    middle = (low + high) / 2
    nodes, weights = np.polynomial.legendre.leggauss(10)

    def between(r: float, q: np.ndarray) -> np.ndarray:
        m = np.minimum(4 * r * q / (r + q) ** 2, 1 - 1e-15)
        k = np.sqrt(m)
        return np.sqrt(q / r) / (2 * np.pi) * ((2 / k - k) * ellipk(m) - 2 / k * ellipe(m))

    def integral(r: float, start: float, end: float) -> float:
        at = (start + end) / 2 + (end - start) / 2 * nodes
        return float((end - start) / 2 * (weights * between(r, at)).sum())

    matrix = np.array([[integral(r, a, b) for a, b in zip(low, high, strict=True)] for r in middle])
    grades = np.linspace(0, 1, 13) ** 5
    for i, r in enumerate(middle):
        for j in range(max(0, i - 1), min(count, i + 2)):
            # The logarithm at r is approached by ever shorter parts.
            near, *fars = (
                (r, low[j], high[j])
                if i == j
                else ((low[j], high[j]) if j > i else (high[j], low[j]))
            )
            matrix[i, j] = sum(
                integral(r, *sorted((near + a * (far - near), near + b * (far - near))))
                for far in fars
                for a, b in pairwise(grades)
            )
    shells = np.pi * middle**2 * (high - low)
    return [
        float(shells @ np.linalg.solve(length * np.eye(count) + matrix, middle / 2))
        for length in lengths
    ]


def screened(size: float, length: float) -> Found:
    """The same of a disc whose triangles are finer at its rim."""
    dual = disc_dual(size)
    film = Screening(dual, np.full(len(dual.mesh.triangles), length))
    return -VACUUM_PERMEABILITY * film.moment(film.stream(1.0)), len(dual.volumes)


def disc_dual(size: float) -> Dual:
    """A disc of radius 1; at the rim triangles shrink with the square of the size."""

    def sizes(at: np.ndarray) -> np.ndarray:
        return np.clip(0.3 * size + 0.25 * (1 - np.hypot(*at.T)), 0.3 * size, size)

    return meshed(disc(1.0, 0.3 * size), sizes)


def ring(size: float) -> Found:
    """The kinetic inductance of a flat ring, over μ0Λ."""
    dual = meshed(shapely.difference(disc(1.5, size), disc(0.5, size)), size)
    kinetic = Screening(dual, np.full(len(dual.mesh.triangles), 100.0)).inductances[1]
    return float(kinetic[0, 0]) / VACUUM_PERMEABILITY / 100.0, len(dual.volumes)


Row = tuple[str, str, Callable[[float], Found], Sequence[float], float]


def rows() -> list[Row]:
    """Test, closed form, our number, sizes of triangles, and the exact number."""
    half = strip_rate(5e-5, 5e-4)
    tenth, one = disc_moments((0.1, 1.0))
    return [
        (
            "slowest rate, strip with a trap of 20 µm at its end (1/s)",
            "k tan kl = κ tanh κd", lambda h: strip(h, 1e-3 - 20e-6, 1e-3),
            (4e-6, 2e-6, 1e-6), strip_rate(20e-6, 1e-3),
        ),
        (
            "slowest rate, trap of 100 µm in the middle (1/s)", "the same, of half",
            lambda h: strip(h, 4.5e-4, 5.5e-4), (4e-6, 2e-6, 1e-6), half,
        ),
        *(
            (
                f"T_c, trap over {w:g} ξ0 of {whole:g} ξ0 (K)", "k tan kw = κ tanh κ(W - w)",
                lambda h, w=w, whole=whole: transition(h, w, whole), (0.5, 0.25, 0.125),
                well(w, whole),
            )
            for w, whole in ((5.0, 25.0), (2.0, 25.0), (40.0, 100.0))
        ),
        ("energy of a vortex in a disc of 8 ξ", "radial equation", vortex, (0.5, 0.25, 0.125),
         vortex_energy()),
        ("amplitude mode at a wall", "3/2", wall, (0.25, 0.125, 0.0625), 1.5),
        ("critical current of a strip, K/(Φ0/2πμ0Λξ)", "2/3√3", depairing, (0.5, 0.25, 0.125),
         2 / (3 * math.sqrt(3))),
        ("kinetic inductance of a ring, L_k/μ0Λ", "2π/ln(b/a)", ring, (0.25, 0.125, 0.0625),
         2 * math.pi / math.log(3)),
        ("moment of a disc, Λ = R", "integral equation", lambda h: screened(h, 1.0),
         (0.2, 0.1, 0.05), one),
        ("moment of a disc, Λ = R/10", "integral equation", lambda h: screened(h, 0.1),
         (0.2, 0.1, 0.05), tenth),
        ("moment of a disc, Λ = 0", "8/3", lambda h: screened(h, 0.0), (0.2, 0.1, 0.05), 8 / 3),
    ]  # fmt: skip


def closed_forms() -> str:
    """The table of the closed forms."""
    lines = [
        "| test | exact | by | points | error | order |",
        "|---|---|---|---|---|---|",
    ]
    for name, form, ours, sizes, exact in rows():
        found, points = zip(*(ours(size) for size in sizes), strict=True)
        errors = [each / exact - 1 for each in found]
        # Triangles shrink as the square root of what the points grow by.
        order = 2 * math.log(abs(errors[0] / errors[-1])) / math.log(points[-1] / points[0])
        told = ", ".join(f"{error:.1e}" for error in errors)
        count = ", ".join(f"{each:,}" for each in points)
        lines.append(f"| {name} | {exact:.9g} | {form} | {count} | {told} | {order:.1f} |")
        print(lines[-1], flush=True)
    return "\n".join(lines)


def rounding() -> str:
    """The table of what holds but for rounding, on one mesh."""
    film = shapely.box(0, 0, 3e-4, 1e-4).difference(shapely.Point(2e-4, 6e-5).buffer(12e-6))
    dual = meshed(film, 5e-6)
    trap = Cover(dual.mesh).areas(shapely.Point(6e-5, 4e-5).buffer(15e-6))
    thermal = 1e-5
    even = Diffusion(
        dual, D, GAMMA * trap, GAMMA * thermal * trap, recombination=6e6, thermal=thermal,
        background=10.0,
    )  # fmt: skip
    same = float(np.abs(steady_state(even) / thermal - 1).max())
    made = condensate(meshed(shapely.box(-3, -2, 3, 2), 0.5), 0.3)
    x, y = made.dual.mesh.points.T
    psi = np.exp(1j * x * y) * (1 + 0.1 * x)
    turn = 0.3 * x - 0.2 * y
    (i, j), links = made.dual.sides.T, made.links
    moved = Condensate(made.dual, 1.0, made.strength, links + turn[j] - turn[i])
    gauge = abs(moved.energy(psi * np.exp(1j * turn)) / made.energy(psi) - 1)
    state = minimum(made, np.ones(len(x), complex))
    other = condensate(made.dual, -0.3)
    mirrored = abs(minimum(other, np.ones(len(x), complex)).energy / state.energy - 1)
    lines = [
        "| what holds | relative error |",
        "|---|---|",
        f"| a trap as warm as the film leaves x = x_eq | {same:.0e} |",
        f"| the gauge of A changes no energy | {gauge:.0e} |",
        f"| nor does the sign of the field | {mirrored:.0e} |",
        f"| the equation of a state, largest ∂E/∂ψ* over V | {state.residual:.0e} |",
    ]
    print("\n".join(lines), flush=True)
    return "\n".join(lines)


def superscreen() -> str:
    """Moments of a disc at Λ = R/10 by SuperScreen, and by ours on as many points."""
    import superscreen as peer
    from superscreen.geometry import circle

    exact = disc_moments((0.1,))[0]
    lines = [
        "| program | points | -μ0 m/R³B at Λ = R/10 | off by | time (s) |",
        "|---|---|---|---|---|",
    ]
    for edge in (0.08, 0.04):
        layer = peer.Layer("base", Lambda=0.1, z0=0)
        film = peer.Polygon("disc", layer="base", points=circle(1.0, points=301))
        device = peer.Device("disc", layers=[layer], films=[film], length_units="um")
        device.make_mesh(max_edge_length=edge, smooth=100)
        start = time.process_time()
        with contextlib.redirect_stderr(io.StringIO()):
            found = peer.solve(
                device, applied_field=peer.sources.ConstantField(1.0), field_units="mT",
                current_units="uA",
            )[-1]  # fmt: skip
        took = time.process_time() - start
        stream, mesh = found.film_solutions["disc"].stream, device.meshes["disc"]
        moment = float(np.asarray(stream) @ mesh.vertex_areas) * 1e-6 * 1e-12  # µA µm²
        value = -VACUUM_PERMEABILITY * moment / (1e-6**3 * 1e-3)
        lines.append(
            _disc_row(f"SuperScreen {peer.__version__}", len(mesh.sites), value, exact, took)
        )
    for size in (0.08, 0.04):
        dual = disc_dual(size)
        film = Screening(dual, np.full(len(dual.mesh.triangles), 0.1))
        start = time.process_time()
        value = -VACUUM_PERMEABILITY * film.moment(film.stream(1.0))
        took = time.process_time() - start
        lines.append(_disc_row("entrap", len(dual.volumes), value, exact, took))
    print("\n".join(lines), flush=True)
    return "\n".join(lines)


def _disc_row(name: str, points: int, value: float, exact: float, took: float) -> str:
    return f"| {name} | {points:,} | {value:.5f} | {value / exact - 1:+.1e} | {took:.2g} |"


def pytdgl(until: float) -> str:
    """A square of 10 ξ with a hole at 0.46 B_c2 by pyTDGL, and our minimum on its mesh."""
    import tdgl

    device, made = pytdgl_square()
    start = time.process_time()
    state = minimum(made, np.ones(len(made.volumes), complex))
    ours = time.process_time() - start
    took, psi = pytdgl_state(device, made, until)
    theirs = made.energy(psi)
    apart = np.abs(np.abs(psi) - np.abs(state.psi)).max()
    counts = [len(vortices(made, each).points) for each in (state.psi, psi)]
    lines = [
        f"| program, {len(made.volumes):,} sites | E | off by | vortices | time (s) |",
        "|---|---|---|---|---|",
        f"| entrap, minimum | {state.energy:.6f} | | {counts[0]} | {ours:.2g} |",
        f"| pyTDGL {tdgl.__version__}, {until:g} τ0 | {theirs:.6f} | "
        f"{theirs / state.energy - 1:+.1e}, of ψ {apart:.1e} | {counts[1]} | {took:.3g} |",
    ]
    print("\n".join(lines), flush=True)
    return "\n".join(lines)


def written(page: str, name: str, table: str) -> str:
    """A page with a table in its place."""
    mark, end = f"<!-- validation: {name} -->", "<!-- end of validation -->"
    place = re.compile(f"{re.escape(mark)}\n.*?{re.escape(end)}", re.S)
    return place.sub(lambda _: f"{mark}\n\n{table}\n\n{end}", page)


def main(asked: Sequence[str]) -> None:
    """The tables that are asked for, or those that need no other program."""
    known: dict[str, Callable[[], str]] = {
        "closed forms": closed_forms,
        "rounding": rounding,
        "superscreen": superscreen,
        "tdgl": lambda: pytdgl(1000 if "steady" in asked else 50),
    }
    for name, table in known.items():
        peer = name in ("superscreen", "tdgl")
        if peer and name not in asked:
            continue
        if peer and importlib.util.find_spec(name) is None:
            print(f"{name} is not installed: nothing to compare with")
            continue
        if not peer and {"superscreen", "tdgl"} & {*asked}:
            continue
        found = table()
        if "--write" in asked:
            PAGE.write_text(written(PAGE.read_text("utf-8"), name, found), "utf-8")


if __name__ == "__main__":
    with single_thread():
        main(sys.argv[1:])
