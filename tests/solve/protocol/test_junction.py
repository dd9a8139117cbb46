"""An evolution whose trap is a junction: its rate, its own electrons and its failure."""

import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import expit

import entrap as et
from entrap.model import balance as balances
from entrap.model import device as devices
from entrap.model import landau
from entrap.solve.inputs import choices_of, inputs_of
from entrap.solve.jit import quick_jit
from entrap.solve.sample import device_of, sample_of

# Of the same choices and points as examples/cooled-trap.toml, for which others compile too.
CASE = """
[material]
critical_temperature = "10 K"
conduction_density = "1e27 1/m^3"
fermi_velocity = "1e6 m/s"
fermi_temperature = "1e5 K"
density_of_states = "3e47 1/J/m^3"
electron_phonon_time = "20 us"

[landau]
a = "{a} k_B"
saturation = 1.0

[mixture]
valence_ratio = {ratio}

{trap}
[trap.junction]
interface_resistance = "{resistance} ohm um^2"
film_thickness = "50 nm"
metal = "Cu"
metal_thickness = "100 nm"
mapping = "{mapping}"
{more}

[protocol]
start = "{start} K"
hold = "{hold} s"
warm_to = "{warm_to} K"
warming_time = "{warming} s"
"""
STATED = {
    "a": 2.0, "ratio": 1.0, "resistance": 1e4, "mapping": "share", "trap": "", "start": 4.0, "hold": 1e-3,
    "warm_to": 14.0, "warming": 2e-3, "more": 'trap_temperature = "1 K"',
}  # fmt: skip


PAIRING = '[trap]\npairing_rate = "2e-23 m^3/s"\nclosure = "constant"\n'


def case(**keys):
    from entrap.case.toml import parse_case

    return parse_case(CASE.format(**(STATED | keys)))


def balance(stated, temperature, n_s):
    inputs, choices = inputs_of(stated), choices_of(stated)
    sample = sample_of(inputs, choices)
    found = quick_jit(devices.exchange)(device_of(inputs, choices), sample, temperature, n_s)
    return found, sample


def stepped(stated, steps=4000):
    """The law in small steps: the trap moves f, then pairs break until n_s is the minimum."""
    inputs, choices = inputs_of(stated), choices_of(stated)
    sample, device = sample_of(inputs, choices), device_of(inputs, choices)
    n_c = float(sample.conduction_density)
    a, beta = float(sample.landau_a), float(sample.landau_beta) * n_c
    energy = 1.380649e-23 * float(sample.log_mixing_ratio)

    def minimum(temperature, f):
        bare = a * (temperature - 10.0) - (1 - f) * energy * temperature
        return min(max(-bare / beta, 0.0), 1.0)

    def broken(f, temperature, both):
        n_s = minimum(temperature, f)
        return both - f * (1 - n_s) - n_s

    # Rates on a grid of T and n_s, from the model: what is tested is how they are used.
    temperatures, shares = np.linspace(4.0, 14.0, 161), np.linspace(0.0, 1.0, 161)[:-1]
    grid = np.meshgrid(temperatures, shares, indexing="ij")
    found = devices.exchange(device, sample, grid[0], grid[1] * n_c)
    gap = devices.effective_gap(sample, grid[1] * n_c)
    pairing = 1 - grid[1]
    assert device is not None
    if device.mapping != "share":
        pairing = np.minimum(pairing, devices.pairing_fraction(device, gap, grid[0]))
    columns = [
        np.broadcast_to(np.asarray(x), grid[0].shape)
        for x in (found.trapping, found.supply, found.recombination, pairing)
    ]
    pairing_rate = n_c * (stated.trap.pairing_rate or 0.0)

    def rates(temperature, n_s):
        i = min(int((temperature - 4.0) / (temperatures[1] - 4.0)), 159)
        j = min(int(n_s / shares[1]), 158)
        u = (temperature - temperatures[i]) / (temperatures[1] - 4.0)
        v = (n_s - shares[j]) / shares[1]
        return [
            (1 - u) * ((1 - v) * c[i, j] + v * c[i, j + 1])
            + u * ((1 - v) * c[i + 1, j] + v * c[i + 1, j + 1])
            for c in columns
        ]  # fmt: skip

    protocol = stated.require("protocol")
    hold, duration = protocol.hold, protocol.hold + protocol.warming_time
    time = np.linspace(0.0, duration, steps + 1)
    f, n_s, out = 1.0, minimum(4.0, 1.0), []
    for t, dt in zip(time, np.diff(time, append=time[-1] + time[1]), strict=True):
        temperature = 4.0 + 10.0 * np.clip((t - hold) / protocol.warming_time, 0, 1)
        if minimum(temperature, f) < n_s:
            # Electrons of pairs that break are normal: n_n = f (1 - n_s) grows by as much.
            both = f * (1 - n_s) + n_s
            at = temperature, both
            f = brentq(broken, f, 1.0, at, xtol=1e-14) if broken(1.0, *at) < 0 else 1.0
            n_s = minimum(temperature, f)
        out.append((t, n_s, f))
        gamma, supply, rho, can = rates(temperature, n_s)
        pairs = max(min(pairing_rate * (f * can) ** 2 * dt, minimum(temperature, f) - n_s), 0.0)
        # Exactly over the step, its rates held: a Riccati equation.
        gain = supply + rho
        total = np.sqrt(gamma**2 + 4 * rho * gain)
        left, theta = np.exp(-total * dt), -np.expm1(-total * dt) / total
        f = (f * (1 + left - gamma * theta) + 2 * gain * theta) / (
            1 + left + (gamma + 2 * rho * f) * theta)  # fmt: skip
        f, n_s = (f * (1 - n_s) - pairs) / (1 - n_s - pairs), n_s + pairs
    return np.array(out).T


@pytest.mark.exhaustive
@pytest.mark.parametrize("keys", [
    {"mapping": "two-fluid", "trap": PAIRING},
    *(pytest.param(keys, marks=pytest.mark.exhaustive) for keys in (
        {"more": 'trap_temperature = "3 K"\ngeneration = "1e3 1/s"'},
        {"mapping": "density", "trap": PAIRING}, {"trap": PAIRING}, {"a": 3.0, "ratio": 0.5},
    )),
])  # fmt: skip
def test_an_evolution_is_the_law_in_small_steps(keys):
    stated = case(**keys)
    run = et.evolve(stated)
    time, n_s, f = stepped(stated)
    n_c = stated.material.conduction_density
    # As the gap closes the trap fails within steps: there the steps, not the law, would be seen.
    seen = (run.state.superfluid_density > 0.02 * n_c) | (run.state.temperature > 13.0)
    seen &= (run.time > 20 * time[1]) | (run.time == 0)
    for found, wanted in (
        (run.state.superfluid_density / n_c, n_s),
        (run.trap.remaining_fraction, f),
    ):
        assert_allclose(found[seen], np.interp(run.time, time, wanted)[seen], rtol=0, atol=4e-3)


@pytest.mark.slow
@pytest.mark.parametrize(
    "more", [pytest.param("", marks=pytest.mark.exhaustive), 'trap_temperature = "4 K"\n']
)
def test_a_trap_as_warm_as_the_film_changes_nothing_at_its_temperature(more):
    run = et.evolve(case(more=more))
    held = run.time <= run.protocol.hold
    for name in ("superfluid_density", "normal_density"):
        found, bare = getattr(run.state, name)[held], getattr(run.bare, name)[held]
        assert_allclose(found, bare, rtol=1e-12)
    assert_allclose(run.trap.remaining_fraction[held], 1.0, rtol=1e-12)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("mapping", "closure"),
    [
        pytest.param(mapping, closure, marks=() if i == j == 1 else pytest.mark.exhaustive)
        for i, mapping in enumerate(("share", "two-fluid", "density"))
        for j, closure in enumerate(("constant", "ramp", "self-consistent"))
    ],
)
def test_a_trap_that_warms_with_the_film_never_does_anything(mapping, closure):
    pairing = f'[trap]\npairing = 0.5\nclosure = "{closure}"\n'
    run = et.evolve(case(more="", mapping=mapping, trap=pairing))
    n_s, bare = run.state.superfluid_density, run.bare.superfluid_density
    assert_allclose(n_s, bare, rtol=1e-11, atol=1e-8 * float(bare[0]))
    assert np.isnan(run.quantities["trap_failure_temperature"].value)
    assert np.isnan(run.quantities["survival_temperature"].value)
    assert abs(run.quantities["paired_electron_gain"].value) < 1e-12 * 1e27


@pytest.mark.slow
def test_a_long_hold_ends_in_the_steady_state():
    stated = case(hold=1.0)
    run = et.evolve(stated)
    at = np.searchsorted(run.time, 1.0)
    found, _ = balance(stated, 4.0, run.state.superfluid_density[at])
    wanted = float(balances.steady(found))
    assert 0.05 < wanted < 0.3
    assert_allclose(run.trap.remaining_fraction[at], wanted, rtol=1e-7)


@pytest.mark.exhaustive
def test_without_recombination_and_back_flow_it_is_a_constant_rate():
    stated = case(more='trap_temperature = "1e-3 K"')
    stated = dataclasses.replace(
        stated, material=dataclasses.replace(stated.material, electron_phonon_time=1e3)
    )
    with_junction = et.evolve(stated)
    rate = with_junction.quantities["trapping_rate"].value
    constant = dataclasses.replace(stated, trap=et.Trap(rate=rate))
    held = with_junction.time <= stated.require("protocol").hold
    decays = np.exp(-rate * with_junction.time[held])
    assert_allclose(with_junction.trap.remaining_fraction[held], decays, rtol=1e-6, atol=1e-8)
    works = et.evolve(constant).quantities["trap_failure_temperature"]
    assert works.value == pytest.approx(stated.require("protocol").warm_to, rel=1e-12)
    assert works.at_least


@pytest.mark.slow
def test_warmed_slowly_n_s_is_that_of_the_steady_fraction_until_the_trap_fails():
    stated = case(hold=1.0, warming=100.0)
    run = et.evolve(stated)
    _, sample = balance(stated, 4.0, 5e26)
    n_s = run.state.superfluid_density
    minimum = quick_jit(landau.superfluid_density)
    least = np.asarray(minimum(sample, run.state.temperature, run.trap.steady_fraction))
    warm = run.time > 1.0
    assert_allclose(n_s[warm], np.minimum.accumulate(np.minimum(least, n_s[0])[warm]),
                    atol=1e-3 * float(n_s[0]))  # fmt: skip
    fails = run.quantities["trap_failure_temperature"].value
    assert 4.0 < fails < 14.0
    assert_allclose(np.interp(fails, run.state.temperature[warm],
                              run.trap.remaining_fraction[warm]), 0.5, atol=1e-9)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "mapping",
    ["share", *(pytest.param(o, marks=pytest.mark.exhaustive) for o in ("two-fluid", "density"))],
)
def test_electrons_are_conserved_and_the_trap_gives_back(mapping):
    run = et.evolve(case(mapping=mapping))
    state = run.state
    total = state.superfluid_density + state.normal_density + state.trapped_density
    assert_allclose(total, 1e27, rtol=1e-12)
    assert (np.diff(state.superfluid_density) <= 1e-9 * 1e27).all()
    assert run.succeeded


@pytest.mark.parametrize("supply", [0.2, 2.9, 7.0, 90.0])
def test_no_supply_leaves_more_normal_electrons_than_there_are(supply):
    flows = balances.Flows(3.0, supply, 1.5, 1.5)
    whole, left, bounded = map(float, left_of(flows))
    assert_allclose(left, min(whole, 1.0), rtol=1e-12)
    assert_allclose(bounded, 0.0, atol=1e-13)


@quick_jit
def left_of(flows):
    """What all flows leave, what those within equilibrium leave, and how fast that changes."""
    bounded = devices.within_equilibrium(flows)
    left = balances.steady(bounded)
    return balances.steady(flows), left, balances.rate_of_change(bounded, left)


@pytest.mark.parametrize("mapping", ["two-fluid", "density"])
def test_what_can_pair_is_what_the_mapping_counts(mapping):
    stated = case(mapping=mapping)
    device = device_of(inputs_of(stated), choices_of(stated))
    gap, thermal = 1.5 * 1.380649e-23 * 10.0, 1.380649e-23 * 6.0

    def occupied(x):
        return expit(-np.hypot(x, gap / thermal))

    def slope(x):
        return 2 * occupied(x) * (1 - occupied(x))

    integral = quad(slope if mapping == "two-fluid" else occupied, 0, 60, epsabs=0)[0]
    # Y = 2∫dx (-∂f/∂x), n_qp = 4 N_0 k_B T ∫dx f, N_0 = 3e47 1/J/m^3 of one spin.
    wanted = integral if mapping == "two-fluid" else 4 * 3e47 * thermal * integral / 1e27
    assert_allclose(float(quick_jit(devices.pairing_fraction)(device, gap, 6.0)), wanted, rtol=1e-9)
