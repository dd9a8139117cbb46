"""Maps: `entrap.sweep` against what a user would write with numpy, numexpr or numba, in one run.

Eight quantities and three margins, eleven columns, over four inputs; medians of 5.

Run: .venv/bin/python benchmarks/bench_sweep.py [map] [reduce] [scale]
"""

import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numba
import numexpr
import numpy as np

import entrap as et
from entrap.studies.sweep.chunk import fill
from entrap.studies.sweep.laying import lay_out

K_B, M_E, E, HBAR, MU_0 = (
    1.380649e-23,
    9.1093837139e-31,
    1.602176634e-19,
    1.054571817e-34,
    4e-7 * np.pi,
)
N_C = 1e27
CORES = os.cpu_count() or 1
RESULTS = (
    "superfluid_density", "penetration_depth", "coherence_length", "critical_field",
    "lower_critical_field", "higgs_coefficient", "effective_critical_temperature", "enhancement",
    "margin_entropy_slope", "margin_landau_region", "margin_electron_count",
)  # fmt: skip
CASE = et.Case.from_dict(
    {
        "material": {"critical_temperature": 10, "conduction_density": N_C},
        "landau": {"a": "3 k_B", "saturation": 1.0},
        "trap": {"rate": 1e3},
    },
    needs=("material", "landau"),
)
RANGES = {
    "mixture.valence_ratio": (0.1, 1.7),
    "landau.a": (2 * K_B, 4 * K_B),
    "material.critical_temperature": (8.0, 12.0),
    "temperature": (2.0, 14.0),
}


def naive(r: Any, a: Any, t_c: Any, t: Any) -> tuple[Any, ...]:
    """The map as one writes it first."""
    log = np.log1p(r)
    beta = a * t_c / N_C
    alpha = a * (t - t_c) - K_B * t * log
    n_s = np.clip(-alpha / beta, 0, N_C)
    depth = np.where(n_s > 0, np.sqrt(M_E / (MU_0 * E**2 * n_s)), np.inf)
    length = np.where(n_s > 0, HBAR / np.sqrt(8 * M_E * beta * n_s), np.inf)
    field = n_s * np.sqrt(MU_0 * beta)
    kappa = 2 * M_E / (E * HBAR) * np.sqrt(2 * beta / MU_0)
    lower = np.where(kappa > 1, field * np.log(kappa) / (np.sqrt(2) * kappa), np.nan)
    critical = np.where(a > K_B * log, a * t_c / (a - K_B * log), np.inf)
    slope = np.log10(a / (K_B * log))
    region = np.where(n_s > 0, np.log10(0.3 * a * t_c / (beta * n_s)), np.inf)
    count = np.where(n_s > 0, np.log10(n_s / np.maximum(n_s, 0)), -np.inf)
    return (n_s, depth, length, field, lower, -4 * alpha, critical, critical / t_c,
            slope, region, count)  # fmt: skip


def blocked(inputs: list[np.ndarray], outputs: list[np.ndarray], block: int = 1 << 14) -> None:
    """The same in blocks with scratch and `out=`: what one writes last; a thread for each core."""

    def work(start: int) -> None:
        np.seterr(all="ignore")
        scratch = [np.empty(block) for _ in range(6)]
        for low in range(start, len(inputs[0]), CORES * block):
            part = slice(low, min(low + block, len(inputs[0])))
            r, a, t_c, t = (column[part] for column in inputs)
            n_s, depth, length, field, lower, higgs, critical, ratio, slope, region, count = (
                column[part] for column in outputs
            )
            log, beta, alpha, x, y, z = (s[: len(r)] for s in scratch)
            np.log1p(r, out=log)
            np.multiply(a, t_c, out=x)
            np.multiply(x, 1 / N_C, out=beta)
            np.multiply(log, K_B, out=z)
            np.subtract(t, t_c, out=alpha)
            np.multiply(alpha, a, out=alpha)
            np.multiply(z, t, out=y)
            np.subtract(alpha, y, out=alpha)
            np.multiply(alpha, -4, out=higgs)
            np.divide(alpha, beta, out=n_s)
            np.negative(n_s, out=n_s)
            np.clip(n_s, 0, N_C, out=n_s)
            np.divide(M_E / (MU_0 * E**2), n_s, out=depth)
            np.sqrt(depth, out=depth)
            np.multiply(beta, n_s, out=y)
            np.divide(HBAR**2 / (8 * M_E), y, out=length)
            np.sqrt(length, out=length)
            np.divide(0.3 * x, y, out=region)
            np.log10(region, out=region)
            np.sqrt(beta, out=y)
            np.multiply(n_s, y, out=field)
            np.multiply(field, MU_0**0.5, out=field)
            np.multiply(y, 2 * M_E / (E * HBAR) * (2 / MU_0) ** 0.5, out=y)
            np.log(y, out=lower)
            np.multiply(lower, field, out=lower)
            np.divide(lower, y, out=lower)
            np.multiply(lower, 2**-0.5, out=lower)
            np.divide(a, z, out=slope)
            np.log10(slope, out=slope)
            np.subtract(a, z, out=y)
            np.divide(x, y, out=critical)
            np.divide(critical, t_c, out=ratio)
            np.maximum(n_s, 0, out=y)
            np.divide(n_s, y, out=count)
            np.log10(count, out=count)

    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(work, range(0, CORES * block, block)))


def by_numexpr(inputs: list[np.ndarray], outputs: list[np.ndarray]) -> None:
    """The same, an expression a column."""
    r, a, t_c, t = inputs
    names = {"r": r, "a": a, "t_c": t_c, "t": t, "K": K_B, "N": N_C}
    beta, alpha = "(a*t_c/N)", "(a*(t-t_c)-K*t*log1p(r))"
    kappa = f"({2 * M_E / (E * HBAR) * (2 / MU_0) ** 0.5!r}*sqrt({beta}))"
    n_s = f"where(-{alpha}/{beta}<0,0,where(-{alpha}/{beta}>N,N,-{alpha}/{beta}))"
    numexpr.evaluate(n_s, names, out=outputs[0])
    names["n"] = outputs[0]
    critical = "where(a>K*log1p(r),a*t_c/(a-K*log1p(r)),inf)"
    names["inf"] = np.inf
    for text, out in zip(
        (
            f"sqrt({M_E / (MU_0 * E**2)!r}/n)",
            f"{HBAR / (8 * M_E) ** 0.5!r}/sqrt({beta}*n)",
            f"n*{MU_0**0.5!r}*sqrt({beta})",
            f"n*{MU_0**0.5!r}*sqrt({beta})*log({kappa})/({2**0.5!r}*{kappa})",
            f"-4*{alpha}",
            critical,
            f"{critical}/t_c",
            "log10(a/(K*log1p(r)))",
            f"log10(0.3*a*t_c/({beta}*n))",
            "log10(n/where(n>0,n,0))",
        ),
        outputs[1:],
        strict=True,
    ):
        numexpr.evaluate(text, names, out=out)


@numba.njit(parallel=True, fastmath=False, error_model="numpy")
def by_numba(r: Any, a: Any, t_c: Any, t: Any, out: Any) -> None:
    """The same, a loop over all cores."""
    for i in numba.prange(r.size):
        log = np.log1p(r[i])
        beta = a[i] * t_c[i] / N_C
        alpha = a[i] * (t[i] - t_c[i]) - K_B * t[i] * log
        n_s = min(max(-alpha / beta, 0.0), N_C)
        root = np.sqrt(beta)
        kappa = 2 * M_E / (E * HBAR) * np.sqrt(2 / MU_0) * root
        field = n_s * np.sqrt(MU_0) * root
        critical = a[i] * t_c[i] / (a[i] - K_B * log) if a[i] > K_B * log else np.inf
        out[0, i] = n_s
        out[1, i] = np.sqrt(M_E / (MU_0 * E**2 * n_s)) if n_s > 0 else np.inf
        out[2, i] = HBAR / np.sqrt(8 * M_E * beta * n_s) if n_s > 0 else np.inf
        out[3, i] = field
        out[4, i] = field * np.log(kappa) / (np.sqrt(2) * kappa) if kappa > 1 else np.nan
        out[5, i] = -4 * alpha
        out[6, i] = critical
        out[7, i] = critical / t_c[i]
        out[8, i] = np.log10(a[i] / (K_B * log))
        out[9, i] = np.log10(0.3 * a[i] * t_c[i] / (beta * n_s)) if n_s > 0 else np.inf
        out[10, i] = np.log10(n_s / max(n_s, 0.0)) if n_s > 0 else -np.inf


def median(function: Callable[[], Any], repeats: int = 5) -> float:
    """Median wall time of a call, after one to compile and to touch the memory [s]."""
    return medians({"": function}, repeats)[""][0]


def medians(
    functions: dict[str, Callable[[], Any]], repeats: int = 5
) -> dict[str, tuple[float, float]]:
    """Median wall and CPU times of calls that take turns, after one of each [s].

    Taking turns, all meet the same load of the machine; CPU times hardly depend on it.
    """
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in functions}
    for turn in range(repeats + 1):
        for name, function in functions.items():
            gc.collect()
            wall, cpu = time.perf_counter(), time.process_time()
            function()
            if turn:
                times[name].append((time.perf_counter() - wall, time.process_time() - cpu))
    return {
        name: (statistics.median(w for w, _ in t), statistics.median(c for _, c in t))
        for name, t in times.items()
    }


def streamed(points: int, outputs: np.ndarray) -> Callable[[], None]:
    """Copies 4 columns into all the others, on all cores: what memory allows at most."""
    inputs = np.ones((4, points))

    def work(core: int) -> None:
        part = slice(core * points // CORES, (core + 1) * points // CORES)
        for i, out in enumerate(outputs):
            np.copyto(out[part], inputs[i % 4][part])

    def call() -> None:
        with ThreadPoolExecutor(CORES) as pool:
            list(pool.map(work, range(CORES)))

    return call


def row(name: str, points: float, seconds: float, instead: float, cpu: float = 0.0) -> None:
    """A line of the table: the rate, and by how much it is that of naive numpy."""
    rate = points / seconds / 1e6
    spent = f"{cpu / points * 1e9:9.3g} ns of CPU a point" if cpu else ""
    print(f"{name:46}{rate:9.3g} M points/s{rate / instead:9.3g} x naive{spent}", flush=True)


def maps(points: int = 100_000_000, share: int = 10) -> None:
    """(a) A map in memory."""
    rng = np.random.default_rng(0)
    few = points // share
    inputs = [rng.uniform(*ends, few) for ends in RANGES.values()]
    outputs = np.zeros((len(RESULTS), few))

    def by_hand() -> None:
        with np.errstate(all="ignore"):
            naive(*inputs)

    rows = {
        "naive numpy": by_hand,
        "numexpr": lambda: by_numexpr(inputs, list(outputs)),
        "numba prange": lambda: by_numba(*inputs, out=outputs),
        "numpy in blocks with scratch": lambda: blocked(inputs, list(outputs)),
        "memory stream, 4 read and 11 written": streamed(few, outputs),
        "entrap, rows of points": _entrap(dict(zip(RANGES, inputs, strict=True)), "rows"),
    }
    found = medians(rows)
    slow = few / found["naive numpy"][0] / 1e6
    print(f"{few:.0e} points side by side, into memory that is there:")
    for name, (wall, cpu) in found.items():
        row(name, few, wall, slow, cpu)
    side = round(points**0.25)
    grid = {key: np.linspace(*ends, side) for key, ends in RANGES.items()}
    ways = {"memory stream, 4 read and 11 written": streamed(side**4, np.zeros((11, side**4)))}
    ways["entrap, grid"] = _entrap(grid, "grid")
    print(f"a grid of {side**4:.0e} points, into memory that is there:")
    for name, (wall, cpu) in medians(ways).items():
        row(name, side**4, wall, slow, cpu)
    del ways
    wall, cpu = medians({"": lambda: et.sweep(CASE, grid, RESULTS)})[""]
    row("entrap.sweep, the same, memory not yet touched", side**4, wall, slow, cpu)


def _entrap(axes: dict[str, Any], scheme: str) -> Callable[[], None]:
    """The sweep's own loop into memory that is there already, as a store's buffers are."""
    laid = lay_out(CASE, et.Sweep(axes, RESULTS, scheme))
    columns = {name: np.zeros(laid.shape) for name in RESULTS}

    def chunk(index: int) -> None:
        region = laid.region(index)
        fill(laid, region, {name: column[region] for name, column in columns.items()})

    def call() -> None:
        with ThreadPoolExecutor(CORES) as pool:
            list(pool.map(chunk, range(laid.chunks)))

    return call


def reductions(points: int = 100_000_000) -> None:
    """(b) The largest field over temperature: no map is written."""
    side = round(points**0.25)
    grid = {key: np.linspace(*ends, side) for key, ends in RANGES.items()}
    few = {key: values[: max(side // 2, 1)] for key, values in grid.items()}

    def by_numpy() -> Any:
        r, a, t_c, t = np.meshgrid(*few.values(), indexing="ij")
        alpha = a * (t - t_c) - K_B * t * np.log1p(r)
        beta = a * t_c / N_C
        field = np.clip(-alpha / beta, 0, N_C) * np.sqrt(MU_0 * beta)
        return field.max(axis=3)

    count = len(few["temperature"]) ** 4
    slow = count / median(by_numpy) / 1e6
    print(f"naive numpy, {count:.0e} points, max over an axis: {slow:.3g} M points/s")
    for key in ("temperature", "mixture.valence_ratio"):
        seconds = median(
            lambda key=key: et.sweep(CASE, grid, ["critical_field"], reduce={key: "max"})
        )
        row(f"entrap.sweep, max over {key}, {side**4:.0e} points", side**4, seconds, slow)


def scaling() -> None:
    """(d) One and two workers: the same work, and twice the work for two."""
    for scheduler in ("threads", "local"):
        times = {}
        for workers, factor in ((1, 1), (2, 1), (2, 2)):
            axes = {
                "trap.rate": np.geomspace(1e2, 1e5, 64),
                "mixture.valence_ratio": np.linspace(0.1, 1.5, 192 * factor),
            }
            case = et.load_case(Path(__file__).parents[1] / "examples/clean-set.toml")
            with tempfile.TemporaryDirectory() as folder:
                et.sweep(case, {k: v[:16] for k, v in axes.items()}, ["paired_electron_gain"])
                start = time.perf_counter()
                et.sweep(case, axes, ["paired_electron_gain", "valid_until"],
                         out=Path(folder) / "sweep.zarr", scheduler=scheduler,
                         workers=workers)  # fmt: skip
                times[workers, factor] = time.perf_counter() - start
        one = times[1, 1]
        print(
            f"{scheduler:8} 1 worker {one:6.3g} s; 2 workers {times[2, 1]:6.3g} s, strong scaling "
            f"{one / times[2, 1]:.2f}; twice the work {times[2, 2]:6.3g} s, weak scaling "
            f"{one / times[2, 2]:.2f}",
            flush=True,
        )


if __name__ == "__main__":
    parts = {"map": maps, "reduce": reductions, "scale": scaling}
    for chosen in sys.argv[1:] or parts:
        parts[chosen]()
