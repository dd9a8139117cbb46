"""Evolutions against closed forms: the clean set of Fig. 3 and its limits, one change at a time."""

import functools
import itertools
import math
from typing import Any

import numpy as np
import pytest
from scipy import constants as si
from scipy.integrate import solve_ivp
from scipy.optimize import brentq
from scipy.special import zeta

import entrap as et
from entrap.core.quantities import quantities
from entrap.solve.inputs import inputs_of
from entrap.solve.protocol.evolve import sample_times
from entrap.solve.protocol.results import REGIMES
from entrap.studies.run.page import account

N, CRITICAL = 1e27, 10.0
MATERIAL = {
    "critical_temperature": CRITICAL,
    "conduction_density": N,
    "fermi_velocity": 1e6,
    "fermi_temperature": 100.0,
}
CLEAN = {
    "material": MATERIAL,
    "landau": {"a": 2 * si.k, "saturation": 1.0},
    "mixture": {"valence_ratio": math.e - 1},
    "trap": {"rate": 1e3},
    "protocol": {"start": 4.0, "hold": 0.05, "warm_to": 22.0, "warming_time": 10.0},
}
"""a = 2 k_B, L = 1, t_0 = 0.4, σ = 1: theory.md's clean set, in SI."""

CHANGES = {
    "clean": {},
    "to 16 K": {"protocol": {"warm_to": 16.0}},
    "start above T_c": {"protocol": {"start": 12.0}},
    "start at T_c": {"protocol": {"start": 10.0}},
    "no trap": {"trap": {"rate": 0.0}},
    "no mixture": {"mixture": {"valence_ratio": 0.0}},
    "no hold": {"protocol": {"hold": 0.0}},
    "beyond": {"mixture": {"valence_ratio": math.expm1(2.5)}},
    "no warming": {"protocol": {"warm_to": 4.0}},
    "all paired": {"landau": {"saturation": 2.0}},
    "weight one half": {"mixture": {"condensate_weight": 0.5}, "protocol": {"warm_to": 9.0}},
    "weight none": {"mixture": {"condensate_weight": 0.0}, "protocol": {"warm_to": 9.0}},
    "number fractions": {"mixture": {"entropy": "number-fraction"}, "protocol": {"warm_to": 16.0}},
    "degenerate": {"mixture": {"entropy": "degenerate"}, "protocol": {"warm_to": 10.5}},
    "constant": {"trap": {"pairing": 0.5, "closure": "constant"}},
    "ramp": {"trap": {"pairing": 0.5}},
    "self-consistent": {"trap": {"pairing": 0.5, "closure": "self-consistent"}},
}
# Each of these is compiled anew.
every_run = pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.exhaustive)
        if "entropy" in str(changes) or name == "constant"
        else name
        for name, changes in CHANGES.items()
    ],
)


@functools.cache
def run(name):
    stated = {table: keys | CHANGES[name].get(table, {}) for table, keys in CLEAN.items()}
    return et.evolve(et.Case.from_dict(stated))


def share(name):
    return run(name).state.superfluid_density / N


def names(name):
    return [regime.name for regime in run(name).regimes]


def number(name, quantity):
    return run(name).quantities[quantity].value


def near(value, rel=1e-12, within=0.0):
    return pytest.approx(value, rel=rel, abs=within)


# What a trap of finite speed leaves: f = (dT/dt)/(Γ ...) while warming, e^(-Γ hold) before.
LAG = 1e-3


def test_the_clean_set_has_its_published_numbers():
    assert names("clean") == ["equilibrium", "emptying", "pinned", "released", "normal"]
    assert number("clean", "enhancement") == near(2)
    assert number("clean", "effective_critical_temperature") == near(20)
    assert number("clean", "log_mixing_ratio") == near(1)
    assert number("clean", "initial_superfluid_density") == near(0.6 * N)
    assert number("clean", "initial_normal_density") == near(0.4 * N)
    assert number("clean", "paired_electron_gain") == 0
    assert number("clean", "release_temperature") == near(8, 1e-9)
    assert number("clean", "trap_energy_cost") == near(0.16 * N * si.k * CRITICAL)
    assert number("clean", "higgs_coefficient_initial") == near(4.8 * si.k * CRITICAL)
    assert number("clean", "final_superfluid_density") == 0
    energy = run("clean").state.free_energy / (N * si.k * CRITICAL)
    held = np.searchsorted(run("clean").time, 0.05)
    assert energy[0] == near(-0.76)
    assert energy[held] == near(-0.60)
    assert share("clean")[held] == near(0.6)


def test_the_released_sample_follows_the_minimum():
    assert share("to 16 K")[-1] == near(0.2, LAG)
    assert run("to 16 K").state.free_energy[-1] / (N * si.k * CRITICAL) == near(
        -0.04, 0, within=LAG
    )
    assert number("to 16 K", "higgs_coefficient_final") == near(0.2 * 8 * si.k * CRITICAL, LAG)
    temperature = run("clean").state.temperature
    released = (temperature > 8.01) & (temperature < 20)
    assert np.abs(share("clean") - (1 - temperature / 20))[released].max() < LAG
    assert np.abs(share("clean") - 0.6)[temperature < 7.99].max() < 1e-12
    assert (share("clean")[temperature > 20.01] == 0).all()


@pytest.mark.parametrize("name", ["start above T_c", "start at T_c"])
def test_with_no_pairs_to_begin_with_there_are_none(name):
    assert (share(name) == 0).all()
    assert names(name) == ["equilibrium", "emptying", "normal"]
    assert number(name, "penetration_depth_initial") == math.inf
    assert number(name, "critical_field_final") == 0


def test_without_a_trap_the_sample_is_the_bare_one():
    done = run("no trap")
    for name, _ in quantities(type(done.state)):
        assert np.array_equal(
            getattr(done.state, name), getattr(done.bare, name), equal_nan=True
        ) or (
            np.allclose(getattr(done.state, name), getattr(done.bare, name), rtol=1e-9, atol=0)
        ), name
    assert names("no trap") == ["equilibrium", "normal"]
    assert done.regimes[1].start == near(0.05 + 10 * 6 / 18, 1e-9)
    assert (done.state.trapped_density == 0).all()
    tables = {table: keys for table, keys in CLEAN.items() if table != "trap"}
    absent = et.evolve(et.Case.from_dict(tables))
    assert np.array_equal(absent.state.superfluid_density, done.state.superfluid_density)
    unknown = {m.name for m in done.validity if m.margin is None}
    assert {"trap_energy", "trap_temperature", "thermal_floor", "weak_pairing"} <= unknown


def test_without_a_mixture_the_trap_changes_no_pair():
    temperature = run("no mixture").state.temperature
    assert np.abs(share("no mixture") - np.maximum(1 - temperature / 10, 0)).max() < 1e-12
    assert number("no mixture", "enhancement") == 1
    assert number("no mixture", "release_temperature") == near(4, 1e-9)
    assert names("no mixture")[-2:] == ["released", "normal"]
    assert np.array_equal(
        run("no mixture").bare.penetration_depth, run("no mixture").state.penetration_depth
    ) or (
        np.allclose(share("no mixture"), run("no mixture").bare.superfluid_density / N, atol=1e-12)
    )


def test_without_a_hold_the_warming_begins_at_once():
    done = run("no hold")
    assert done.time[0] == 0
    assert names("no hold")[0] == "equilibrium"
    assert "emptying" not in names("no hold")
    assert names("no hold")[-2:] == ["released", "normal"]
    assert number("no hold", "release_temperature") == near(8, 1e-2)
    assert number("no hold", "paired_electron_gain") == 0


def test_beyond_the_divergence_pairs_are_held_to_the_end():
    assert number("beyond", "effective_critical_temperature") == math.inf
    assert number("beyond", "enhancement") == math.inf
    assert number("beyond", "release_temperature") == math.inf
    assert names("beyond") == ["equilibrium", "emptying", "pinned"]
    assert np.abs(share("beyond") - 0.6).max() < 1e-12
    left = N - run("beyond").state.trapped_density
    assert (run("beyond").state.superfluid_density <= left * (1 + 1e-12)).all()
    assert next(m for m in run("beyond").validity if m.name == "entropy_slope").holds is False


@pytest.mark.exhaustive
def test_what_is_infinite_is_written_as_a_word():
    told = account(run("beyond")).summary()["quantities"]
    for key in ("effective_critical_temperature", "enhancement", "release_temperature"):
        assert told[key]["value"] == "inf"


def test_a_sample_that_is_not_warmed_stays_as_it_is():
    assert (run("no warming").state.temperature == 4).all()
    assert np.abs(share("no warming") - 0.6).max() < 1e-12
    assert run("no warming").regimes[-1].end == near(10.05)
    assert names("no warming") == ["equilibrium", "emptying", "pinned"]


def test_where_all_electrons_are_paired_there_is_nothing_to_trap_and_the_count_says_so():
    assert number("all paired", "initial_normal_density") == 0
    assert number("all paired", "initial_superfluid_density") == N
    assert number("all paired", "trap_energy_cost") == 0
    margins = {m.name: m for m in run("all paired").validity}
    assert margins["electron_count"].margin == near(-math.log10(1.2), 1e-9)
    assert margins["electron_count"].holds is False
    assert margins["thermal_floor"].margin == -math.inf
    assert (run("all paired").state.superfluid_density <= N).all()


@pytest.mark.parametrize(
    ("name", "weight", "bare", "initial", "final"),
    [("weight one half", 0.5, 8.0, 0.5, 0.325), ("weight none", 0.0, 10 / 1.5, 0.4, 0.1)],
)
def test_paired_electrons_that_carry_less_entropy_gain_less(name, weight, bare, initial, final):
    assert number(name, "enhancement") == near(1 / (1 - weight / 2))
    assert number(name, "bare_critical_temperature") == near(bare)
    assert share(name)[0] == near(initial)
    assert share(name)[-1] == near(final, 3 * LAG)
    assert run(name).bare.superfluid_density[-1] == 0


@pytest.mark.exhaustive
def test_true_number_fractions_smear_the_transition():
    done = run("number fractions")
    # α + β n_s = k_B T ln(1 + n_v/n_s), all trapped, in units of k_B T_c and n_c.
    root: Any = brentq(
        lambda x: 2 * (1.6 - 1) + 2 * x - 1.6 * math.log1p((math.e - 1) / x), 1e-9, 1
    )
    assert share("number fractions")[-1] == near(root, LAG)
    assert root > 0.2  # the paper's rule
    assert done.quantities["effective_critical_temperature"].value == math.inf
    assert names("number fractions") == ["equilibrium", "emptying", "pinned", "released"]
    held = done.quantities["release_temperature"].value / CRITICAL
    # Pinned at 0.6, with f = 0: released where 2 (t - 1) + 1.2 = t ln(1 + n_v/0.6).
    pull = math.log1p((math.e - 1) / 0.6)
    assert held == (near(0.8 / (2 - pull), LAG) if pull < 2 else math.inf)


@pytest.mark.exhaustive
def test_a_degenerate_gas_gains_by_the_square_of_the_temperature():
    per_kelvin = math.pi**2 / 4 / 100 * (1 - math.exp(-2 / 3))
    expected = 2 / (1 + math.sqrt(1 - 4 * per_kelvin * CRITICAL / 2))
    assert number("degenerate", "enhancement") == near(expected)
    assert number("degenerate", "trap_energy_cost") == near(0.4 * N * si.k * 16 * per_kelvin)
    minimum = (2 * (CRITICAL - 10.5) + per_kelvin * 10.5**2) / (2 * CRITICAL)
    assert minimum > 0
    assert share("degenerate")[-1] == near(minimum, 10 * LAG)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("name", "gain"),
    [
        pytest.param("constant", 1 - math.log(1.5) / 0.5, marks=pytest.mark.exhaustive),
        ("ramp", 1 - math.atan(0.5) / 0.5),
    ],
)
def test_pairs_form_while_the_sample_empties(name, gain):
    assert number(name, "paired_electron_gain") == near(0.4 * N * gain, 1e-8)
    held = 0.6 + 0.4 * gain
    assert number(name, "release_temperature") == near(2 * CRITICAL * (1 - held), 1e-7)


@pytest.mark.exhaustive
def test_the_self_consistent_closure_follows_its_equations():
    # x = n_s/n_c, y = n_n/n_c, time in 1/Γ; γ n_n⁰/Γ = 0.5 with n_n⁰ = 0.4 n_c.
    def slope(_, state):
        x, y = state
        f = y / (1 - x)
        drive = ((1 - f) * 0.4 - 2 * (x - 0.6)) / 0.4  # -μ/k_B T at t = 0.4
        pairing = 0.5 / 0.4 * max(drive, 0.0) * y**2
        return [pairing, -y - pairing]

    end = solve_ivp(slope, (0, 50), [0.6, 0.4], method="DOP853", rtol=1e-12, atol=1e-14).y[0, -1]
    assert end > 0.61
    assert number("self-consistent", "paired_electron_gain") == near((end - 0.6) * N, 1e-7)
    assert number("self-consistent", "release_temperature") == near(2 * CRITICAL * (1 - end), 1e-6)


@pytest.mark.slow
@every_run
def test_electrons_are_conserved_and_never_negative(name):
    state = run(name).state
    parts = (state.superfluid_density, state.normal_density, state.trapped_density)
    assert np.abs(sum(parts) / N - 1).max() <= 1e-12
    assert min(part.min() for part in parts) >= 0
    assert (run(name).bare.trapped_density == 0).all()


@pytest.mark.slow
@every_run
def test_every_run_is_told_in_full(name):
    done = run(name)
    protocol = done.protocol
    assert done.succeeded
    assert len(done.time) == protocol.points
    assert (np.diff(done.time) > 0).all()
    assert (done.time[0], done.time[-1]) == (0, near(protocol.hold + protocol.warming_time))
    assert done.state.temperature[0] == protocol.start
    assert done.state.temperature[-1] == near(protocol.warm_to)
    assert done.regimes[0].name == "equilibrium"
    assert done.regimes[0].start == 0
    assert done.regimes[-1].end == near(protocol.hold + protocol.warming_time)
    for before, after in itertools.pairwise(done.regimes):
        assert before.end == after.start
        assert before.name != after.name
    assert all(r.start <= r.end and r.name in REGIMES for r in done.regimes)
    assert {REGIMES[code] for code in done.regime} <= {r.name for r in done.regimes}
    assert not any(np.isnan(getattr(done.state, n)).any() for n, _ in quantities(type(done.state)))
    for part in (done.state, done.bare):
        assert all(getattr(part, n).shape == done.time.shape for n, _ in quantities(type(part)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stated", "a"),
    [
        ({"bcs": True}, 3 * math.pi**2 / (7 * zeta(3)) * si.k * CRITICAL / 100),
        (
            {"critical_field": 0.1, "below_critical": 0.5, "carrier_density": True},
            0.1**2 / si.mu_0 / (0.5 * 0.1 * N),
        ),
    ],
    ids=["bcs", "field"],
)
def test_each_route_gives_its_coefficients_and_its_minimum(stated, a):
    tables = CLEAN | {
        "landau": stated,
        "protocol": CLEAN["protocol"] | {"start": 8.0, "warm_to": 9.0},
    }
    done = et.evolve(et.Case.from_dict(tables))
    beta = a * CRITICAL / (2 * N)
    assert done.quantities["landau_a"].value == near(a, 1e-8)
    assert done.quantities["landau_beta"].value == near(beta, 1e-8)
    assert done.state.superfluid_density[0] == near(a * 2 / beta, 1e-8)
    assert done.bare.superfluid_density[-1] == near(a * 1 / beta, 1e-8)
    depth = math.sqrt(si.m_e / (si.mu_0 * si.e**2 * a * 2 / beta))
    assert done.quantities["penetration_depth_initial"].value == near(depth, 1e-8)
    field = a * 2 * math.sqrt(si.mu_0 / beta)
    assert done.quantities["critical_field_initial"].value == near(field, 1e-8)


@pytest.mark.parametrize("rate", [0.0, 1e-6, 1e3, 1e18])
@pytest.mark.parametrize("hold", [0.0, 1e-15, 0.05, 1e12])
def test_times_begin_at_0_end_with_the_protocol_and_increase(rate, hold):
    for points in (16, 17, 600):
        protocol = et.Protocol(
            start=4, warm_to=5, warming_time=max(1.0, hold), hold=hold, points=points
        )
        stated = et.Case(et.Material(**MATERIAL), protocol=protocol, trap=et.Trap(rate=rate))
        times = sample_times(inputs_of(stated), points)
        assert len(times) == points
        assert (times[0], times[-1]) == (0, near(hold + protocol.warming_time))
        assert (np.diff(times) >= 0).all()
        assert hold in times


def test_the_same_physics_in_lab_units_gives_the_same_numbers():
    lab = {
        "material": {
            "critical_temperature": "10000 mK",
            "conduction_density": "1e21 1/cm^3",
            "fermi_velocity": "1000 km/s",
            "fermi_temperature": "0.1 kK",
        },
        "landau": {"a": "2 k_B", "saturation": "100 %"},
        "mixture": {"valence_ratio": repr(math.e - 1)},
        "trap": {"rate": "1 kHz"},
        "protocol": {
            "start": "4e3 mK",
            "hold": "50 ms",
            "warm_to": "2.2e7 µK",
            "warming_time": "10000 ms",
        },
    }
    done = et.evolve(et.Case.from_dict(lab))
    for name, value in run("clean").quantities.items():
        assert done.quantities[name].value == near(value.value), name
        assert done.quantities[name].declared == value.declared


@pytest.mark.exhaustive
def test_what_was_normal_is_not_called_pinned_again():
    case = et.load_case("examples/paper-estimate-corrected.toml")
    names = [regime.name for regime in et.evolve(case).regimes]
    assert names == ["equilibrium", "emptying", "pinned", "released", "normal"]


@pytest.mark.exhaustive
def test_pairs_above_a_minimum_that_still_rises_are_pinned_until_it_falls():
    stated = {
        "trap.pairing": "2", "trap.closure": "constant", "trap.rate": "3 1/s", "landau.a": "5 k_B",
        "protocol.hold": "0.2 s", "protocol.warming_time": "40 s",
    }  # fmt: skip
    case = et.load_case("examples/clean-set.toml", [f"{k}={v}" for k, v in stated.items()])
    done = et.evolve(case)
    assert [regime.name for regime in done.regimes] == [
        "equilibrium", "emptying", "pinned", "released", "normal",
    ]  # fmt: skip
    n_s, pinned = done.state.superfluid_density, done.regimes[2]
    kept = n_s[(done.time > pinned.start) & (done.time < pinned.end)]
    assert np.ptp(kept) < 1e-9 * 1e27
    limited = et.evolve(et.load_case("examples/clean-set.toml", [
        *(f"{k}={v}" for k, v in stated.items()), "trap.pairing_limit=minimum",
    ]))  # fmt: skip
    assert done.quantities["paired_electron_gain"].value > (
        1.05 * limited.quantities["paired_electron_gain"].value
    )
