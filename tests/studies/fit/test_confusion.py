"""Confusion table: data made by each hypothesis, and the verdict on them.

Verdicts are those of `compare`; posteriors are Laplace's approximation about the maximum in place
of chains, so that many sets of data can be fitted.
"""

import collections

import jax
import numpy as np
import pytest

import entrap as et
from entrap.studies.fit.arrangement import arranged
from entrap.studies.fit.chains import Chains
from entrap.studies.fit.comparison import compare
from entrap.studies.fit.evidence import Evidence
from entrap.studies.fit.hypotheses import hypotheses, inputs_for
from entrap.studies.fit.optimum import optimum
from entrap.studies.fit.parameters import arguments
from entrap.studies.fit.posterior import posterior
from entrap.studies.fit.prediction import ModelData, Target
from entrap.studies.fit.target import in_blocks, prediction_at

pytestmark = pytest.mark.exhaustive

MATERIALS = {"Al": 1.175, "Nb": 9.25}  # T_c [K]; all else in units of it
OPEN = np.linspace(0.3, 0.95, 8)
NOISE = 0.01, 0.05
HYPOTHESES = "none", "mixing", "extraction", "both", "heating"
PLAIN = "none", "extraction", "heating"


def truth(name, critical, random):
    """Numbers by which data are made, without those that all hypotheses have."""
    made = {"valence_ratio": 0.0, "quasiparticle_share": 1.0, "remaining_fraction": 1.0}
    if name in ("mixing", "both"):
        made["valence_ratio"] = random.uniform(0.2, 2.0)
    if name in ("extraction", "both"):
        made["quasiparticle_share"] = random.uniform(0.5, 0.95)
    if name == "mixing":
        made["remaining_fraction"] = 0.0
    if name == "heating":
        made["temperature_shift"] = critical * random.uniform(-0.06, 0.03)
    return made


class Table:
    """Hypotheses over the data of a material, compiled once."""

    def __init__(self, critical, series, observations):
        self.critical = critical
        self.data = observations(
            *(
                series(quantity, kelvin * critical, on, absolute=1.0)
                for quantity in ("higgs_mode", "penetration_depth")
                for on, kelvin in ((False, OPEN), (True, OPEN + 0.02))
            )
        )
        tables = {
            "material": {
                "critical_temperature": {"prior": f"lognormal({critical} K, 0.05)"},
                "conduction_density": "1e28 1/m^3",
            },
            "mixture": {"valence_ratio": {"prior": "lognormal(0.5, 1.0)"}},
            "landau": {
                "a": "3 k_B", "saturation": {"prior": "lognormal(0.5, 0.3)"}, "functional": "bcs",
            },
            "fit": {"hypotheses": list(HYPOTHESES)},
        }  # fmt: skip
        case = et.CaseFile.from_dict(tables, needs=("material", "landau"))
        parameters, self.asked, _ = hypotheses(case, self.data, et.Fit.of(case))
        self.keys = [p.key.rpartition(".")[2] for p in parameters]
        layout, self.points = arranged(case, self.data)
        kinds = tuple(p.kind for p in parameters)
        self.target = Target(self.asked[0].choices, True, layout, kinds, "gaussian", 4.0)
        self.inputs = inputs_for(case)
        self.parameters = parameters

    def given(self, hypothesis, points):
        return ModelData(
            self.inputs, points, *hypothesis.masks(self.parameters), arguments(self.parameters)
        )

    def made(self, name, random):
        """Readings by a hypothesis, each quantity with noise in proportion to its median."""
        hypothesis = next(h for h in self.asked if h.name == name)
        _, fixed = hypothesis.masks(self.parameters)
        known = truth(name, self.critical, random)
        fixed = np.array([known.get(k, x) for k, x in zip(self.keys, fixed, strict=True)])
        given = self.given(hypothesis, self.points)
        given = given._replace(free=np.zeros(len(fixed), bool), fixed=fixed)
        mean = in_blocks(prediction_at, self.target, given, np.zeros((1, len(fixed)))).mean[0]
        assert np.isfinite(mean).all()
        half, share = len(mean) // 2, random.uniform(*NOISE)
        size = share * np.repeat([np.median(mean[:half]), np.median(mean[half:])], half)
        return self.points._replace(
            value=mean + size * random.normal(size=len(mean)), absolute=size
        )

    def verdict(self, points, seed):
        found = {}
        for hypothesis in self.asked:
            given = jax.device_put(self.given(hypothesis, points))
            best = optimum(self.target, given, seed)
            random = np.random.default_rng(seed)
            free = np.asarray(given.free)
            z = random.normal(size=(4, 50, len(free))) * free
            few = np.ones(int(free.sum()))
            chains = Chains(
                best.center + z @ best.scale.T, np.zeros((4, 50), bool), np.ones((4, 50)),
                best.center, best.scale, z[:, -1], np.ones(4), few, 1e3 * few,
            )  # fmt: skip
            integral = Evidence(best.log_evidence, 0.1, 1)
            found[hypothesis.name] = posterior(
                self.target, given, self.parameters, hypothesis, best, chains, integral, seed
            )
        return compare(found)


def confusion(count, series, observations):
    """Verdicts on so many sets of data of each hypothesis, materials in turn."""
    tables = [Table(critical, series, observations) for critical in MATERIALS.values()]
    random, found = np.random.default_rng(7), {}
    for name in HYPOTHESES:
        rows = [
            tables[i % len(tables)].verdict(tables[i % len(tables)].made(name, random), i)
            for i in range(count)
        ]
        found[name] = collections.Counter(row.verdict for row in rows)
        found[name]["best"] = sum(row.rows[0].name == name for row in rows)
    return found


def check(found, count):
    for name in PLAIN:
        assert found[name]["entropy"] == 0, found
    # What describes the data is not said to miss them more often than chance has it.
    assert sum(found[name]["unexplained"] for name in HYPOTHESES) <= 1 + count // 20, found
    # The true explanation comes first as a rule; an entropy is denied where there is one in few.
    assert min(found[name]["best"] for name in ("none", "extraction", "heating")) > count / 2, found
    assert found["mixing"]["no entropy"] <= count / 5, found


def test_plain_data_are_never_called_an_entropy(series, observations):
    check(confusion(50, series, observations), 50)
