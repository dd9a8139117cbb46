"""Fits that are made up: posteriors of given draws, and hypotheses of given evidence."""

import math

import numpy as np

from entrap.case.priors import Prior
from entrap.case.uncertain import uncertain
from entrap.solve.inputs import choices_of
from entrap.studies.fit.chains import Chains
from entrap.studies.fit.comparison import Comparison, Row, word
from entrap.studies.fit.data.observations import Observations
from entrap.studies.fit.evidence import Evidence
from entrap.studies.fit.fit import Fitted
from entrap.studies.fit.hypotheses import Hypothesis
from entrap.studies.fit.inputs.options import Fit
from entrap.studies.fit.inputs.table import DataGroup
from entrap.studies.fit.optimum import Optimum
from entrap.studies.fit.parameters import Parameter
from entrap.studies.fit.posterior import Posterior

CASE = """title = "Higgs gap, synthetic"
[material]
critical_temperature = { value = "5 K", prior = "lognormal(5 K, 0.1)" }
conduction_density = "1e28 1/m^3"
[mixture]
valence_ratio = { prior = "lognormal(1, 1)", value = 2.5 }
[landau]
a = { prior = "lognormal(3 k_B, 0.5)", value = "3.2 k_B" }
saturation = 1.0
"""
HEADER = """# [data.columns]
# T = { quantity = "temperature" }
# trap = { quantity = "trap" }
# omega = { quantity = "higgs_coefficient", uncertainty = "2 %" }
T [K],trap,omega
"""
KEYS = ("material.critical_temperature", "landau.a", "mixture.valence_ratio")
SHIFT = "fit.temperature_shift"


def made(case, name, *, ratio=1.2, critical=8.0, infinite=0.0, wide=0.1, **more):
    """A posterior of made-up draws about these numbers."""
    random = np.random.default_rng(0)
    entropic = name in ("mixing", "both", "degenerate")
    free = (
        (*KEYS[:2], KEYS[2]) if entropic else (*KEYS[:2], *([SHIFT] if name == "heating" else []))
    )
    keys = (*KEYS, SHIFT)
    declared = uncertain() | {f"fit.{key}": q for key, q in Fit.believed().items()}
    parameters = tuple(
        Parameter(k, declared[k], Prior("lognormal", (1.0, 1.0), "stated" if k != SHIFT else "default"), 0.0)
        for k in keys
    )  # fmt: skip
    noise = random.normal(size=(4, 50))
    draws = {key: 1 + 0.01 * noise for key in free}
    if entropic:
        higher = critical * (1 + 0.01 * noise)
        higher.flat[: int(infinite * higher.size)] = math.inf
        draws |= {"log_mixing_ratio": ratio * (1 + 0.05 * noise)}
        draws |= {"effective_critical_temperature": higher}
    u = wide * random.normal(size=(4, 50, 4))
    count = len(free)
    options = {
        "rhat": np.full(count, 1.001), "ess": np.full(count, 900.0),
        "diverging": np.zeros((4, 50), bool), "directions": (), "misfit": 0.4,
    } | more  # fmt: skip
    chains = Chains(
        u, options["diverging"], np.full((4, 50), 7), np.zeros(4), np.eye(4), np.zeros((4, 4)),
        np.ones(4), options["rhat"], options["ess"],
    )  # fmt: skip
    return Posterior(
        Hypothesis(name, choices_of(case), free), parameters,
        Optimum(np.zeros(4), np.eye(4), 0.0), chains, draws, np.zeros((4, 50, 2)),
        np.full((4, 10, 2), 0.5), options["misfit"], Evidence(0.0, 0.1, 100), options["directions"],
    )  # fmt: skip


def row(name, evidence, best, elpd=None, error=1.0, misfit=0.4, unreliable=0, p=0.0):
    log_bayes = evidence - best
    elpd = log_bayes if elpd is None else elpd
    return Row(
        name, evidence, 0.1, log_bayes, p, elpd, 1.0, elpd, error, 3.0, unreliable, misfit,
        "best" if log_bayes == 0 else word(log_bayes),
    )  # fmt: skip


def fitted(case, evidences, verdict, *, posteriors=None, tied=None, opposed=False, **more):
    """A fit with these ln Z, by hypothesis; -inf where it is excluded."""
    best = max(evidences.values())
    total = sum(math.exp(z - best) for z in evidences.values())
    elpd, misfit = more.get("elpd", {}), more.get("misfit", {})
    rows = tuple(
        row(
            name, z, best, elpd=elpd.get(name), misfit=misfit.get(name, 0.4),
            p=math.exp(z - best) / total, error=more.get("error", 1.0),
        )
        for name, z in sorted(evidences.items(), key=lambda item: -item[1])
    )  # fmt: skip
    excluded = {
        n: "No parameters explain the data." for n, z in evidences.items() if z == -math.inf
    }
    found = posteriors or {}
    found = {n: found.get(n) or made(case, n) for n in evidences if n not in excluded}
    data = Observations(
        ("higgs_coefficient",) * 2, np.array([False, True]), np.array([2.0, 3.0]), np.ones(2),
        np.zeros(2), np.full(2, 0.02), np.zeros(2), np.zeros(2, int), np.arange(2),
        {"omega": DataGroup()}, "temperature",
    )  # fmt: skip
    comparison = Comparison(rows, verdict, tied or (rows[0].name,), opposed)
    return Fitted(
        case, data, made(case, "mixing").parameters, found, comparison, {}, excluded, {},
        more.get("validity", ()),
    )  # fmt: skip
