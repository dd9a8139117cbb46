"""Derivatives are those of finite differences of what `evolve` says; indices those of known laws."""

import math

import jax.numpy as jnp
import numpy as np
import pytest

import entrap as et
from entrap.studies.sweep.sensitivity import DIFFERENTIABLE, sensitivities

TABLES = {
    "material": {"critical_temperature": 10, "conduction_density": 1e27},
    "landau": {"a": "2.7 k_B", "saturation": 0.9},
    "mixture": {"valence_ratio": 1.2},
    "trap": {"rate": 1e3, "pairing": 0.4, "closure": "ramp"},
    "protocol": {"start": 4, "hold": 2e-3, "warm_to": 10.0, "warming_time": 0.05, "points": 64},
}


@pytest.fixture(scope="module")
def case():
    return et.Case.from_dict(TABLES)


@pytest.mark.exhaustive
def test_derivatives_of_an_evolution_are_those_of_its_differences(case):
    names = (
        "paired_electron_gain",
        "release_temperature",
        "final_superfluid_density",
        "penetration_depth_final",
    )
    found = et.sensitivity(case, names)
    told = {(row.result, row.key): row.derivative for row in found.rows}
    keys = ("landau.a", "mixture.valence_ratio", "trap.pairing", "protocol.hold", "trap.rate")
    step = 1e-4
    for key in keys:
        table, _, name = key.partition(".")
        base = getattr(getattr(case, table), name)
        ends = [
            et.evolve(case.changed({key: base * math.exp(by)})).quantities for by in (step, -step)
        ]
        for name in names:
            wanted = (ends[0][name].value - ends[1][name].value) / (2 * step)
            scale = abs(ends[0][name].value)
            assert told.get((name, key), 0.0) == pytest.approx(wanted, rel=2e-5, abs=2e-6 * scale)


def test_results_of_an_evolution_stand_beside_those_of_closed_forms(case, monkeypatch):
    """By a stand-in for the evolution, which takes long to differentiate: it goes with the rate squared."""
    closed, evolved = "effective_critical_temperature", "release_temperature"

    def stand_in(_, names, at, count):
        slopes = np.zeros(count)
        rates = [float(at(jnp.eye(count)[i]).trap.rate) for i in range(count)]
        slopes[rates.index(max(rates))] = 2e6
        return {names[0]: slopes}, {names[0]: 1e6}

    monkeypatch.setattr("entrap.studies.sweep.sensitivity._evolved", stand_in)
    found = et.sensitivity(case, [evolved, closed])
    assert found.values[evolved] == 1e6
    assert found.values[closed] > 10
    of = {name: [row for row in found.rows if row.result == name] for name in (evolved, closed)}
    assert [(row.key, row.derivative, row.elasticity) for row in of[evolved]] == [
        ("trap.rate", 2e6, 2.0)
    ]
    told = {row.key: row.elasticity for row in of[closed]}
    assert told["material.critical_temperature"] == pytest.approx(1)


def test_derivatives_of_closed_forms_are_known(case):
    found = et.sensitivity(case, ["effective_critical_temperature", "kappa"])
    told = {(row.result, row.key): row.elasticity for row in found.rows}
    share = math.log(2.2) / 2.7  # k_B L/a
    excess = share / (1 - share)  # d ln E/d ln L
    t_c = "effective_critical_temperature"
    assert told[t_c, "material.critical_temperature"] == pytest.approx(1)
    assert told[t_c, "landau.a"] == pytest.approx(-excess)
    ratio = 1.2 / (2.2 * math.log(2.2))  # d ln L/d ln (n_v/n_c)
    assert told[t_c, "mixture.valence_ratio"] == pytest.approx(excess * ratio)
    # κ ∝ √β, β = a T_c/(σ n_c)
    assert told["kappa", "landau.a"] == pytest.approx(0.5)
    assert told["kappa", "landau.saturation"] == pytest.approx(-0.5)
    assert ("kappa", "trap.rate") not in told


@pytest.mark.exhaustive
def test_a_gap_that_was_not_stated_is_differentiated_with_the_critical_temperature(case):
    rows = et.sensitivity(case, ["higgs_mode_initial"]).rows
    told = {row.key: row.elasticity for row in rows}
    step = 1e-5
    changed = (
        case.changed({"material.critical_temperature": 10 * math.exp(by)}) for by in (step, -step)
    )
    high, low = (math.log(et.equilibrate(each, 4.0).bare.higgs_mode) for each in changed)
    assert told["material.critical_temperature"] == pytest.approx(
        (high - low) / (2 * step), rel=1e-6
    )


@pytest.mark.slow
@pytest.mark.parametrize("spacing", ["linear", "log"])
def test_indices_of_a_product_are_those_of_its_factors(case, spacing):
    # β ∝ a/σ is a product; each factor is even in what its axis is spaced in.
    ends = {"landau.a": (1, 4, 1), "landau.saturation": (0.2, 1, -1)}
    spaced = {"linear": np.linspace, "log": np.geomspace}[spacing]
    units = {"landau.a": " k_B", "landau.saturation": ""}
    axes = {
        key: f"{low}{units[key]}:{high}{units[key]}:2:{spacing}"
        for key, (low, high, _) in ends.items()
    }
    names = ["landau_beta", "kappa", "enhancement"]
    found = et.sobol(case, et.Sweep(axes), names, samples=2048)
    moments = {}
    for key, (low, high, power) in ends.items():
        x = spaced(low, high, 200_001) ** power
        moments[key] = np.var(x) / np.mean(x) ** 2
    whole = math.prod(1 + v for v in moments.values()) - 1
    told = {key: (first, total) for key, first, total in found.sobol["landau_beta"]}
    for key, variance in moments.items():
        rest = next(v for other, v in moments.items() if other != key)
        assert told[key][0] == pytest.approx(variance / whole, abs=0.03)
        assert told[key][1] == pytest.approx(variance * (1 + rest) / whole, abs=0.03)
    # A number that a result does not feel has no share of it.
    first, total = {k: (f, t) for k, f, t in found.sobol["enhancement"]}["landau.saturation"]
    assert (first, total) == (pytest.approx(0, abs=1e-9), pytest.approx(0, abs=1e-9))


@pytest.mark.slow
def test_what_has_no_indices_says_why(case):
    stated = et.Sweep({"mixture.valence_ratio": "0.1:30:2"})
    found = et.sobol(case, stated, ["enhancement", "kappa"], samples=16)
    assert found.unavailable["enhancement"] == "has no finite value on part of the ranges"
    assert found.unavailable["kappa"] == "is the same all over the ranges"
    assert found.sobol == {}


@pytest.mark.exhaustive
def test_what_moves_in_steps_is_told_apart(case):
    stated = et.Sweep({"mixture.valence_ratio": "0.1:1:2"})
    found = sensitivities(case, stated, ["worst_margin", "enhancement"])
    assert "steps" in found.unavailable["worst_margin"]
    assert {row.result for row in found.rows} == {"enhancement"}
    with pytest.raises(et.InputError, match="valid_until"):
        et.sensitivity(case, ["valid_until"])
    assert "valid_until" not in DIFFERENTIABLE


def test_one_result_of_one_axis_is_all_made_by_it(case):
    found = et.sobol(case, et.Sweep({"mixture.valence_ratio": "0.1:1:2"}), ["enhancement"])
    ((key, first, total),) = found.sobol["enhancement"]
    assert key == "mixture.valence_ratio"
    assert (first, total) == (pytest.approx(1, abs=0.01), pytest.approx(1, abs=0.01))


def test_rows_whose_box_is_no_case_keep_their_derivatives():
    landau = {"critical_field": "25 mT", "below_critical": 1, "carrier_density": True}
    mixture = {"valence_ratio": 1e-3}
    case = et.Case.from_dict(TABLES | {"landau": landau, "mixture": mixture})
    rows = {"landau.below_critical": [1, 15], "material.critical_temperature": [5, 16]}
    found = sensitivities(case, et.Sweep(rows, scheme="rows"), ["enhancement"])
    assert found.rows
    assert found.sobol == {}
    assert "must be less than T_c" in found.unavailable["enhancement"]


@pytest.mark.exhaustive
def test_a_trap_alone_has_shares_and_no_derivatives():
    case = et.load_case("examples/transmon-trap.toml", needs=["trap.junction"])
    found = sensitivities(case, et.Sweep({"temperature": "20 mK:0.5 K:2"}), ["evacuation_time"])
    assert not found.rows
    assert "entrap trap" in found.unavailable["evacuation_time"]
    assert found.sobol["evacuation_time"][0][0] == "temperature"
