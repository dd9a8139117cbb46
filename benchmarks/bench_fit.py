"""Fits: effective samples per second against emcee on the same likelihood, and cold to report.

The problem: the Higgs coefficient, 30 points without a trap and 30 with it, 2 % noise; a, T_c and
n_v/n_c are unknown. Data and case are those of the example. Run:
.venv/bin/python benchmarks/bench_fit.py [samples|cold|kinetic]
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import emcee
import jax
import numpy as np

import entrap as et  # turns 64-bit numbers on
from entrap.studies.fit.arrangement import arranged
from entrap.studies.fit.chains import diagnostics
from entrap.studies.fit.hypotheses import hypotheses, inputs_for
from entrap.studies.fit.inputs.options import Fit
from entrap.studies.fit.optimum import optimum
from entrap.studies.fit.parameters import arguments
from entrap.studies.fit.sampling import sample
from entrap.studies.fit.target import ModelData, Target, densities_at

EXAMPLES = Path(__file__).parents[1] / "examples"
BOLTZMANN, MEV = 1.380649e-23, 1.602176634e-22
REPEATS = 5


def problem() -> tuple[et.Case, Any, Target, ModelData]:
    """The paper's hypothesis over the example's data."""
    case = et.load_case(EXAMPLES / "higgs-gap.toml", needs=("material", "landau"))
    data = et.load_data(EXAMPLES / "data" / "gap.csv")
    parameters, asked, _ = hypotheses(case, data, Fit.of(case))
    layout, points = arranged(case, data)
    mixing = next(h for h in asked if h.name == "mixing")
    target = Target(
        mixing.choices,
        True,
        layout,
        tuple(p.kind for p in parameters),
        "gaussian",
        4.0,
        extracts=mixing.entry.extracts,
    )
    numbers = ModelData(inputs_for(case), points, *mixing.masks(parameters), arguments(parameters))
    return case, data, target, jax.device_put(numbers)


def plain_density(data: Any) -> Any:
    """What a user would write: the same posterior in numpy, in logarithms of the parameters."""
    t, on, y = data.coordinate, data.on, data.value
    middle, width = np.log([5.0, 3 * BOLTZMANN, 1.0]), np.array([0.1, 0.5, 1.0])

    def density(theta: np.ndarray) -> np.ndarray:
        z = (theta - middle) / width
        critical, a, ratio = np.exp(theta).T[:, :, None]
        entropy = np.where(on, BOLTZMANN * t * np.log1p(ratio), 0.0)
        # n_s/n_c lies between 0 and 1, and beta is a T_c/n_c.
        share = np.clip((a * (critical - t) + entropy) / (a * critical), 0.0, 1.0)
        made = 4 * a * critical * share
        with np.errstate(divide="ignore", invalid="ignore"):
            chi = ((y - made) / (0.02 * made)) ** 2 / 2 + np.log(0.02 * made)
        found = -chi.sum(axis=-1) - (z**2).sum(axis=-1) / 2
        return np.where(np.isfinite(found), found, -np.inf)

    return density


def row(name: str, seconds: float, effective: float, ours: float) -> None:
    """A line of the table."""
    rate = effective / seconds
    line = f"{name:44}{seconds:8.2f} s {effective:10,.0f} {rate:12,.0f}/s"
    print(f"{line}   entrap is {ours / rate:8.3g} x")


def samples() -> None:
    """Effective draws, the least of the three parameters, per second after compilation."""
    _, data, target, given = problem()
    free = np.flatnonzero(given.free)
    rates = []
    found = optimum(target, given, 0)
    sample(target, given, found, chains=16, draws=250, seed=0)
    for seed in range(1, REPEATS + 1):
        start = time.perf_counter()
        chains = sample(
            target, given, optimum(target, given, seed), chains=16, draws=2000, seed=seed
        )
        rates.append((time.perf_counter() - start, float(chains.ess.min())))
    seconds, effective = (statistics.median(x) for x in zip(*rates, strict=True))
    ours = statistics.median(e / s for s, e in rates)
    print(f"{'sampler':44}{'time':>10} {'effective':>10} {'rate':>14}")
    row("entrap: optimum, warm-up, 16 x 2,000 draws", seconds, effective, ours)

    plain = plain_density(data)
    draws = chains.u.reshape(-1, chains.u.shape[-1])[:, free]
    keys = [target.keys[i] for i in free]
    theta = _logarithms(given, draws, free)
    order = [
        keys.index(k)
        for k in ("material.critical_temperature", "landau.a", "mixture.valence_ratio")
    ]
    theta = theta[:, order]

    def entrap_density(theta: np.ndarray) -> np.ndarray:
        u = np.zeros((len(theta), len(target.keys)))
        u[:, free[order]] = (theta - np.log([5.0, 3 * BOLTZMANN, 1.0])) / [0.1, 0.5, 1.0]
        return np.asarray(densities_at(target, given, u))

    apart = np.ptp(entrap_density(theta[:64]) - plain(theta[:64]))
    print(f"both posteriors differ by a constant, to {apart:.1e}")
    for name, density in (
        ("emcee, 32 walkers, numpy, vectorized", plain),
        ("emcee, 32 walkers, entrap's likelihood", entrap_density),
    ):
        walkers = theta[:: len(theta) // 32][:32]  # begun in the posterior: no burn-in is counted
        sampler = emcee.EnsembleSampler(32, 3, density, vectorize=True)
        density(walkers[:16])
        start = time.perf_counter()
        sampler.run_mcmc(walkers, 4000)
        took = time.perf_counter() - start
        chain = np.moveaxis(sampler.get_chain(), 0, 1)  # (walkers, steps, parameters)
        _, ess = diagnostics(chain)
        row(name, took, float(ess.min()), ours)
        times = sampler.get_autocorr_time(quiet=True)
        row("   by emcee's own autocorrelation time", took, 32 * 4000 / float(times.max()), ours)


def _logarithms(given: ModelData, u: np.ndarray, free: np.ndarray) -> np.ndarray:
    medians, widths = np.asarray(given.priors)[free].T
    return np.log(medians) + widths * u


def cold() -> None:
    """`entrap fit` of five hypotheses and of four, from nothing compiled to the report."""
    case, data = EXAMPLES / "higgs-gap.toml", EXAMPLES / "data" / "gap.csv"
    _timed(case, data)
    _timed(case, data, "--set", 'fit.hypotheses=["none","mixing","extraction","heating"]')


def _timed(case: Path, data: Path, *more: str) -> None:
    """The command in a new process with empty caches, and again with what it keeps."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"XDG_CACHE_HOME": folder}
        command = [
            str(Path(sys.executable).parent / "entrap"), "fit", str(case), str(data), "--out",
            f"{folder}/out", "--force", *more,
        ]  # fmt: skip
        for name in ("cold to report, nothing compiled", "again", "again"):
            start, spent = time.perf_counter(), os.times()
            subprocess.run(command, env=environment, check=True, capture_output=True)
            now = os.times()
            cpu = now[2] + now[3] - spent[2] - spent[3]
            print(f"{name:44}{time.perf_counter() - start:8.2f} s {cpu:8.2f} s of CPU")


KINETIC = """
[material]
critical_temperature = "10 K"
conduction_density = "1e27 1/m^3"
[landau]
a = "2 k_B"
saturation = 1.0
[mixture]
valence_ratio = { prior = "lognormal(1, 1)", value = 1.7 }
[trap]
rate = { prior = "lognormal(800 1/s, 0.5)", value = "1000 1/s" }
[protocol]
start = "4 K"
hold = "50 ms"
warm_to = "16 K"
warming_time = "5 s"
"""


def kinetic() -> None:
    """Ten densities against time, n_v/n_c and the trap's rate unknown: cold to the report."""
    with tempfile.TemporaryDirectory() as folder:
        case, data = Path(folder) / "case.toml", Path(folder) / "data.csv"
        case.write_text(KINETIC)
        run = et.evolve(et.load_case(case))
        random = np.random.default_rng(0)
        noise = 'unit = "1/m^3", uncertainty = "3 %", trap = "on"'
        columns = (
            'time = { quantity = "time", unit = "s" }',
            f'n_n = {{ quantity = "normal_density", {noise} }}',
            f'n_s = {{ quantity = "superfluid_density", {noise} }}',
        )
        lines = ["# [data]", '# follows = "protocol"', '# allow = ["missing"]', "# [data.columns]"]
        lines += [f"# {column}" for column in columns] + ["time,n_n,n_s"]
        for name, times in (
            ("normal_density", np.array([0.2, 0.7, 1.5, 3.0]) * 1e-3),
            ("superfluid_density", np.linspace(0.5, 4.5, 6)),
        ):
            true = np.exp(np.interp(times, run.time, np.log(getattr(run.state, name) + 1e-300)))
            read = true * (1 + 0.03 * random.normal(size=len(times)))
            ends = "{:.6g},{:.6g}," if name == "normal_density" else "{:.6g},,{:.6g}"
            lines += [ends.format(t, y) for t, y in zip(times, read, strict=True)]
        data.write_text("\n".join(lines) + "\n")
        _timed(case, data)


if __name__ == "__main__":
    wanted = sys.argv[1:] or ["samples", "cold", "kinetic"]
    for name in wanted:
        print(f"-- {name}")
        {"samples": samples, "cold": cold, "kinetic": kinetic}[name]()
