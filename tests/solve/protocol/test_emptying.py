"""Emptying of many parameter sets against scipy on the rate equations, and against closed limits."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from entrap.core.constants import BOLTZMANN
from entrap.model import kinetics, landau
from entrap.model.entropy import Degenerate
from entrap.model.sample import Sample, Trapping
from entrap.solve.jit import quick_jit
from entrap.solve.protocol import batched_ode as lanes
from entrap.solve.protocol import emptying
from entrap.solve.protocol.emptying import BLOCK, emptied, emptied_sets
from entrap.solve.protocol.integrate import trajectory
from entrap.solve.protocol.ramp import Ramp

CRITICAL, DENSITY, RATE, FERMI = 7.0, 1e27, 1e3, 40.0
ENTROPIES = ("ideal", "degenerate", "number-fraction")


def arrays(tree):
    return jax.tree.map(lambda x: jnp.asarray(x, float), tree)


def given_set(
    a=2.0, valence=np.e - 1, saturation=1.0, start=0.4, pairing=0.5, decays=2.0, entropy="ideal",
    weight=1.0, rate=RATE,
):  # fmt: skip
    """a in k_B, T in T_c, pairing x = γ n_n⁰/Γ, hold in 1/Γ; the arguments of `emptied`."""
    a = a * BOLTZMANN
    sample = Sample(
        a, a * CRITICAL / (saturation * DENSITY), CRITICAL, DENSITY, valence * DENSITY,
        np.log1p(valence), 1e-22, weight, FERMI, entropy=entropy,
    )  # fmt: skip
    slope, beta, start = a * CRITICAL * (np.asarray(start) - 1), sample.landau_beta, start
    if entropy == "ideal":
        slope = slope - (weight - 1) * BOLTZMANN * start * CRITICAL * np.log1p(valence)
    normal = DENSITY - np.clip(-slope / beta, 0, DENSITY)
    trapping = Trapping(rate, pairing * rate / np.maximum(normal, 1e10), "self-consistent")
    return arrays((sample, trapping, start * CRITICAL, decays / rate))


def shares(densities):
    """n_s, n_n, n_t in n_c."""
    columns = densities.superfluid_density, densities.normal_density, densities.trapped_density
    return np.stack([np.asarray(column) / DENSITY for column in columns])


def by_scipy(sample, trapping, temperature, hold, method="DOP853"):
    """The rate equations as they are written, in units of n_c and 1/Γ."""
    a, beta, critical, n_c, n_v, log_ratio, weight = (
        float(x) for x in (
            sample.landau_a, sample.landau_beta, sample.critical_temperature,
            sample.conduction_density, sample.valence_density, sample.log_mixing_ratio,
            sample.condensate_weight,
        )
    )  # fmt: skip
    temperature, thermal = float(temperature), BOLTZMANN * float(temperature)
    rate = float(trapping.trapping_rate)
    pairs = float(trapping.pairing_rate) * n_c / rate
    if sample.entropy.word == "degenerate":
        log_ratio = np.pi**2 / 4 * temperature / FERMI * (1 - np.exp(-2 * log_ratio / 3))

    def affinity(n_s, n_t):
        f = (1 - n_s - n_t) / (1 - n_s)
        mixing = log_ratio
        if sample.entropy.word == "number-fraction":
            mixing = np.log((1 - n_t + n_v / n_c) / (1 - n_t))
        landau_part = a * (temperature - critical) + beta * n_c * n_s
        return landau_part / thermal - (weight - f) * mixing

    def change(_, y):
        normal = 1 - y[0] - y[1]
        return pairs * max(-affinity(*y), 0) * normal**2, normal

    end = rate * float(hold)
    bare = -a * (temperature - critical) / (beta * n_c)
    if sample.entropy.word == "ideal":
        bare += (weight - 1) * log_ratio * thermal / (beta * n_c)
    n_s, n_t, begin = float(np.clip(bare, 0, 1)), 0.0, 0.0
    if n_s == 1:
        return np.array([1.0, 0.0, 0.0])
    if affinity(0.0, 0.0) > 0 and n_s == 0:  # a kink: steps end there
        trapped = -np.expm1(-end)
        if affinity(0.0, trapped) > 0:
            return np.array([0.0, 1 - trapped, trapped])
        n_t = brentq(lambda share: affinity(0.0, share), 0.0, trapped, xtol=1e-16)
        begin = -np.log1p(-n_t)
    first = min(1e-3 / (1 + pairs), (end - begin) / 2)
    tight = {"rtol": 1e-13, "atol": 1e-15, "first_step": first}
    run = solve_ivp(change, (begin, end), [n_s, n_t], method=method, **tight)
    assert run.success
    return np.array([run.y[0, -1], 1 - run.y[:, -1].sum(), run.y[1, -1]])


SETS = {
    "clean": {},
    "early": {"decays": 0.01},
    "late": {"decays": 30.0},
    "crowded": {"pairing": 30.0},
    "far from the divergence": {"a": 20.0, "valence": 0.1, "pairing": 3.0},
    "far beyond it": {"a": 0.01, "valence": 9.0, "pairing": 3.0},
    "cold": {"start": 0.05, "pairing": 5.0},
    "few normal": {"saturation": 1.6, "pairing": 3.0},
    "warm, pairs in the end": {"start": 1.2, "valence": 3.0, "pairing": 3.0},
    "hardly any left": {"start": 1.0, "valence": 1e-3, "pairing": 1.0, "decays": 40.0},
    "warm, none yet": {"start": 1.2, "valence": 3.0, "pairing": 3.0, "decays": 0.1},
    "too warm": {"start": 3.0, "valence": 0.5, "pairing": 3.0},
}


@pytest.mark.parametrize("entropy", ["degenerate", "number-fraction"])
@pytest.mark.parametrize("name", SETS)
def test_densities_solve_the_rate_equations(name, entropy):
    arguments = given_set(**SETS[name], entropy=entropy)
    assert_allclose(shares(emptied(*arguments)), by_scipy(*arguments), rtol=0, atol=1e-12)


def test_slow_and_fast_sets_in_blocks_and_pages_solve_the_rate_equations(monkeypatch):
    monkeypatch.setattr(emptying, "BLOCK", 4)
    monkeypatch.setattr(emptying, "_PAGE", 6)
    fast = {"pairing": 1e3, "a": 3.0, "valence": 0.8}  # n_s keeps to the minimum
    cases = [fast, *SETS.values()]
    default = {"a": 2.0, "valence": np.e - 1, "saturation": 1.0, "start": 0.4, "pairing": 0.5,
               "decays": 2.0}  # fmt: skip
    whole = {key: np.array([case.get(key, x) for case in cases]) for key, x in default.items()}
    found = shares(emptied_sets(*given_set(**whole), tolerance=1e-12))
    expected = np.transpose([by_scipy(*given_set(**case)) for case in cases])
    assert_allclose(found, expected, rtol=0, atol=3e-12)


def test_pairs_form_from_where_the_trap_has_made_up_for_what_is_lacking():
    valence, lacking = np.geomspace(1e-2, 1e3, 6)[:, None], np.geomspace(1e-3, 5.0, 7)
    valence, lacking = np.broadcast_arrays(valence, lacking)
    onset = quick_jit(emptying._onset)
    u = np.asarray(onset(np.log1p(valence), valence, lacking))
    assert (u > 0).all()
    met = u < 0.99  # beyond, 1 - u has no digits left
    assert met.sum() > 25
    assert_allclose((u * np.log1p(valence / (1 - u)))[met], lacking[met], rtol=1e-12)
    assert_allclose(onset(valence, None, lacking), np.minimum(lacking / valence, 1.0), rtol=1e-15)
    assert (onset(np.log1p(valence), valence, -lacking) == 0).all()  # pairs form at once


@pytest.mark.slow
@pytest.mark.parametrize("weight", [0.0, 0.5])
@pytest.mark.parametrize("start", [0.4, 1.1])
def test_lighter_condensate_solves_the_rate_equations(weight, start):
    arguments = given_set(weight=weight, start=start, valence=6.0, pairing=3.0)
    assert_allclose(shares(emptied(*arguments)), by_scipy(*arguments), rtol=0, atol=1e-12)


@pytest.mark.exhaustive
@pytest.mark.parametrize("entropy", ENTROPIES)
@pytest.mark.parametrize("pairing", [1e3, 1e4, 1e5])
def test_fast_pairing_solves_the_rate_equations(pairing, entropy):
    arguments = given_set(a=3.0, valence=0.8, pairing=pairing, entropy=entropy)
    expected = by_scipy(*arguments, method="Radau")
    assert_allclose(shares(emptied(*arguments)), expected, rtol=0, atol=3e-12)


@pytest.mark.slow
def test_density_is_that_of_the_checked_reference():
    # Γ t = 2, x = 0.5, L = 1, T = 0.4 K, β = 2 k_B K/n_c; DOP853 at 3e-14.
    beta = 2.7612980000000003e-50
    sample = Sample(2 * 1.380649e-23, beta, 1.0, 1e27, (np.e - 1) * 1e27, 1.0, 1e-23)
    trapping = Trapping(1000.0, 1.25e-24, "self-consistent")
    found = emptied(sample, trapping, 0.4, 0.002)
    assert float(found.superfluid_density) == pytest.approx(6.251428336332946e26, rel=1e-13)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "case",
    [
        {"a": 3.0, "valence": 0.3},
        {},
        {"pairing": 20.0},
        {"entropy": "number-fraction"},
    ],
)
def test_emptying_is_the_hold_of_an_evolution(case):
    sample, trapping, temperature, hold = given_set(**case)
    ramp = Ramp(temperature, 2 * temperature, jnp.asarray(0.5))
    reduced = dataclasses.replace(
        sample,
        landau_beta=sample.landau_beta * DENSITY,
        conduction_density=jnp.ones(()),
        valence_density=sample.valence_density / DENSITY,
    )
    per_run = Trapping(
        trapping.trapping_rate * 2 * hold,
        trapping.pairing_rate * 2 * hold * DENSITY,
        "self-consistent",
    )
    found = quick_jit(trajectory)(reduced, per_run, ramp, jnp.linspace(0.0, 1.0, 41))
    expected = found.superfluid[20], found.normal[20]
    ours = shares(emptied(sample, trapping, temperature, hold))
    assert found.succeeded
    assert_allclose(ours[:2], expected, rtol=0, atol=3e-11)  # the evolution's own tolerance


@pytest.mark.slow
@pytest.mark.parametrize(
    "case",
    [{"pairing": 0.5}, {"pairing": 40.0, "a": 3.0}, {"start": 1.2, "valence": 3.0, "pairing": 9.0}],
)
def test_long_hold_ends_where_the_trajectory_in_the_trapped_density_does(case):
    # In units of n_n⁰, dn_n/dn_t = -1 - x n_n [-μ/k_B T]₊ has no time in it: n_n = 0 is the end.
    sample, trapping, temperature, hold = given_set(**case, decays=1e3)
    before = emptied(sample, trapping, temperature, 0.0)
    n_n0 = float(before.normal_density) / DENSITY
    thermal = BOLTZMANN * float(temperature)
    lacking = float(sample.landau_a) * max(float(temperature) - CRITICAL, 0) / thermal
    restoring = float(sample.landau_beta) * DENSITY * n_n0 / thermal
    log_ratio = float(sample.log_mixing_ratio)

    def change(n_t, y):
        total = y[0] + n_t
        drive = log_ratio * n_t / total - lacking - restoring * (1 - total)
        return [-1 - case["pairing"] * y[0] * max(drive, 0)]

    def empty(_, y):
        return y[0]

    empty.terminal = True
    onset = lacking / log_ratio
    run = solve_ivp(
        change, (onset, 1.0), [1 - onset], method="DOP853", rtol=1e-13, atol=1e-15, events=empty
    )
    expected = n_n0 * (run.t_events[0][0] if len(run.t_events[0]) else 1.0)
    for time in (hold, 1e9 * hold):
        n_s, n_n, n_t = shares(emptied(sample, trapping, temperature, time))
        assert n_t == pytest.approx(expected, rel=0, abs=1e-12)
        assert n_s == pytest.approx(1 - expected, rel=0, abs=1e-12)
        assert n_n == 0


@pytest.mark.slow
def test_late_normal_electrons_decay_with_the_trap_to_the_smallest_numbers():
    early, late = (
        float(emptied(*given_set(pairing=20.0, decays=decays)).normal_density)
        for decays in (50.0, 600.0)
    )
    assert late / early == pytest.approx(np.exp(-550.0), rel=1e-12, abs=0)


@pytest.mark.slow
@pytest.mark.parametrize("decays", [1e-3, 0.7, 5.0, 1e6])
@pytest.mark.parametrize("valence", [0.05, 5.0])
def test_slow_pairing_is_first_order_perturbation(decays, valence):
    # f = e^(-Γt) drives: x L ∫ u (1 - u) du pairs, and each electron's odds to pair are x L ∫ u du.
    pairing, log_ratio = 1e-6, np.log1p(valence)
    arguments = given_set(pairing=pairing, valence=valence, decays=decays, start=0.4)
    n_s, n_n, n_t = shares(emptied(*arguments))
    u, left = -np.expm1(-decays), np.exp(-decays)
    paired = pairing * log_ratio * u**2 * (1 / 2 - u / 3)
    assert n_s == pytest.approx(0.6 + 0.4 * paired, rel=0, abs=1e-12)
    assert n_t == pytest.approx(0.4 * (u - paired - left * pairing * log_ratio * (-u**2 / 2)),
                                rel=0, abs=1e-12)  # fmt: skip
    assert n_n == pytest.approx(0.4 * left * (1 - pairing * log_ratio * u**2 / 2), rel=1e-11)


@pytest.mark.slow
def test_no_pairing_leaves_the_exponential():
    for entropy in ENTROPIES:
        found = shares(emptied(*given_set(pairing=0.0, decays=0.3, entropy=entropy)))
        expected = [0.6, 0.4 * np.exp(-0.3), -0.4 * np.expm1(-0.3)]
        assert_allclose(found, expected, rtol=1e-14)


@pytest.mark.slow
@pytest.mark.parametrize("changes", [{"trapping_rate": 0.0}, {"hold": 0.0}, {"both": 0.0}])
@pytest.mark.parametrize("start", [0.4, 1.2])
def test_without_a_trap_or_a_time_equilibrium_stays(changes, start):
    sample, trapping, temperature, hold = given_set(start=start, pairing=9.0)
    if "hold" not in changes:
        trapping = dataclasses.replace(trapping, trapping_rate=jnp.zeros(()))
    if "trapping_rate" not in changes:
        hold = jnp.zeros(())
    n_s = max(1 - start, 0)
    found = shares(emptied(sample, trapping, temperature, hold))
    assert_allclose(found, [n_s, 1 - n_s, 0], rtol=0, atol=2e-16)


@pytest.mark.slow
def test_number_fractions_where_no_electron_is_left_are_no_obstacle():
    start, pairing = np.linspace(1.0, 1.5, 4096), np.tile([0.0, 1e-30], 2048)
    case = {"start": start, "pairing": pairing, "valence": 5.0, "entropy": "number-fraction"}
    found = shares(emptied(*given_set(**case, decays=1e9)))
    rounding = 4 * np.finfo(float).eps  # how much of it there is depends on the processor
    assert_allclose(found.T, np.tile([0, 0, 1], (4096, 1)), rtol=0, atol=rounding)


@pytest.mark.slow
def test_where_all_superconduct_nothing_is_trapped():
    assert shares(emptied(*given_set(saturation=3.0, pairing=9.0))).tolist() == [1, 0, 0]


@pytest.mark.slow
@pytest.mark.parametrize("entropy", ENTROPIES)
def test_above_the_critical_temperature_pairs_wait_for_the_trap(entropy):
    case = {"start": 1.1, "a": 1.0, "valence": 30.0, "entropy": entropy, "pairing": 3.0}
    sample, _, temperature, _ = given_set(**case)
    # Where F first falls with n_s: f at which the minimum leaves 0.
    minimum = quick_jit(lambda f: landau.unbounded_density(sample, temperature, f))
    onset = brentq(lambda f: float(minimum(f)), 1e-9, 1 - 1e-9)
    before, after = (
        shares(emptied(*given_set(**case, decays=-np.log(f)))) for f in (onset + 1e-6, onset - 1e-2)
    )
    assert_allclose(before, [0, onset + 1e-6, 1 - onset - 1e-6], rtol=0, atol=1e-15)
    assert after[0] > 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("entropy", ENTROPIES)
@pytest.mark.parametrize("pairing", [1e8, 1e12])
def test_very_fast_pairing_keeps_to_the_minimum(pairing, entropy):
    arguments = given_set(a=9.0, valence=0.3, decays=0.4, pairing=pairing, entropy=entropy)
    n_s, n_n, n_t = shares(emptied(*arguments))
    of_left = quick_jit(landau.unbounded_density)
    minimum = float(of_left(arguments[0], arguments[2], n_n / (1 - n_s))) / DENSITY
    assert n_s == pytest.approx(minimum, rel=0, abs=3 / pairing + 2e-12)
    assert n_s > 0.6001
    assert n_t > 0.1


sets = st.fixed_dictionaries({
    "a": st.floats(-3, 2).map(lambda x: 10**x),
    "valence": st.floats(-4, 2).map(lambda x: 10**x),
    "saturation": st.floats(0.1, 3.0),
    "start": st.floats(0.05, 1.5),
    "pairing": st.just(0.0) | st.floats(-6, 12).map(lambda x: 10**x),
    "decays": st.just(0.0) | st.floats(-6, 12).map(lambda x: 10**x),
    "entropy": st.sampled_from(ENTROPIES),
})  # fmt: skip


@quick_jit
def of_equilibrium(sample, temperature, found):
    """n_s of equilibrium in n_c, and α_f + β n_s of what was found."""
    n_n, n_t = found.normal_density, found.trapped_density
    f = n_n / jnp.where(n_n + n_t > 0, n_n + n_t, 1.0)
    alpha = landau.effective_coefficient(sample, temperature, f, found.superfluid_density)
    affinity = alpha + sample.landau_beta * found.superfluid_density
    return landau.superfluid_density(sample, temperature, 1.0) / DENSITY, affinity


@pytest.mark.slow
@settings(max_examples=100)
@given(sets)
def test_densities_stay_in_bounds_and_pairs_form_only_while_that_lowers_the_free_energy(case):
    sample, trapping, temperature, hold = given_set(**case)
    found = emptied(sample, trapping, temperature, hold)
    n_s, n_n, n_t = shares(found)
    assert n_s + n_n + n_t == pytest.approx(1, rel=0, abs=4e-16)
    start, affinity = map(float, of_equilibrium(sample, temperature, found))
    unpaired = (1 - start) * np.exp(-case["decays"])
    assert start - 2e-16 <= n_s <= 1  # computed in another order
    assert 0 <= n_n <= unpaired * (1 + 1e-11)
    assert 0 <= n_t <= (1 - start) * -np.expm1(-case["decays"]) + 1e-12
    if n_s - start > 1e-12:
        by_tolerance = 2e-12 * float(sample.landau_beta) * DENSITY
        by_rounding = 1e-14 * BOLTZMANN * float(temperature) / (n_n + n_t)
        assert affinity <= by_tolerance + by_rounding


@pytest.mark.slow
@settings(max_examples=50)
@given(sets)
def test_tolerance_is_kept(case):
    arguments = given_set(**case)
    fine = shares(emptied(*arguments))
    for tolerance in (1e-10, 1e-6):
        coarse = shares(emptied(*arguments, tolerance=tolerance))
        assert_allclose(coarse, fine, rtol=0, atol=tolerance)


def many(count, entropy="ideal", most=4):
    rng = np.random.default_rng(3)
    return given_set(
        a=10 ** rng.uniform(-1, 1, count), valence=10 ** rng.uniform(-2, 1, count),
        saturation=rng.uniform(0.5, 2, count), start=rng.uniform(0.1, 1.3, count),
        pairing=10 ** rng.uniform(-3, most, count), decays=10 ** rng.uniform(-2, 2, count),
        entropy=entropy,
    )  # fmt: skip


def chosen(tree, here):
    return jax.tree.map(lambda column: column[here] if column.ndim else column, tree)


@pytest.mark.exhaustive
@pytest.mark.parametrize("entropy", ["ideal", "number-fraction"])
def test_batch_is_one_by_one(entropy):
    arguments = many(BLOCK + 1, entropy, most=1)
    together = shares(emptied(*arguments))
    axes = jax.tree.map(lambda column: 0 if column.ndim else None, arguments)
    mapped = shares(jax.vmap(emptied, in_axes=axes)(*arguments))
    assert_allclose(mapped, together, rtol=0, atol=1e-13)
    for i in range(0, BLOCK, 5):
        alone = shares(emptied(*chosen(arguments, i)))
        assert_allclose(together[:, i], alone, rtol=0, atol=1e-13)


@pytest.mark.exhaustive
@pytest.mark.parametrize("count", [1, BLOCK + 1])
def test_padding_of_blocks_does_not_matter(count):
    arguments = many(2 * BLOCK)  # the fastest too, which rounding leads along other steps
    whole, part = emptied(*arguments), emptied(*chosen(arguments, slice(0, count)))
    assert_allclose(shares(part), shares(whole)[:, :count], rtol=0, atol=1e-12)


@pytest.mark.exhaustive
@pytest.mark.parametrize("threads", [1, 3])
def test_sets_on_threads_are_the_batch(monkeypatch, threads):
    monkeypatch.setattr(emptying, "_PAGE", 96)
    arguments = many(2 * BLOCK)
    whole = shares(emptied(*arguments))
    for count in (1, 95, 96, 97, 2 * BLOCK):
        part = chosen(arguments, slice(0, count))
        found = emptied_sets(*part, tolerance=1e-12, threads=threads)
        assert isinstance(found.superfluid_density, np.ndarray)
        assert_allclose(shares(found), whole[:, :count], rtol=0, atol=1e-12)


@pytest.mark.exhaustive
def test_sets_broadcast_like_the_rest(monkeypatch):
    monkeypatch.setattr(emptying, "_PAGE", 96)
    sample, trapping, temperature, _ = given_set()
    times = np.linspace(0.0, 3e-3, 5)[:, None]
    rates = dataclasses.replace(trapping, trapping_rate=np.geomspace(10.0, 1e4, 7))
    found = emptied_sets(sample, rates, temperature, times, tolerance=1e-12)
    expected = emptied(sample, rates, temperature, times)
    assert shares(found).shape == shares(expected).shape == (3, 5, 7)
    assert_allclose(shares(found), shares(expected), rtol=0, atol=1e-13)
    assert shares(emptied_sets(sample, trapping, temperature, np.zeros((2, 0)))).shape == (3, 2, 0)


def names_of(arguments):
    """Each number, by the path to it."""
    return [
        jax.tree_util.keystr(path) for path, _ in jax.tree_util.tree_leaves_with_path(arguments)
    ]


def changed(arguments, index, factor):
    leaves, tree = jax.tree.flatten(arguments)
    return jax.tree.unflatten(tree, [x * factor if i == index else x for i, x in enumerate(leaves)])


def slope(arguments, index, along=None):
    """Values, and derivatives by the logarithm of one number, or by what is given."""
    leaves, tree = jax.tree.flatten(arguments)
    tangent = [jnp.zeros_like(x) for x in leaves]
    tangent[index] = leaves[index] if along is None else arrays(along)
    return map(shares, jax.jvp(emptied, arguments, jax.tree.unflatten(tree, tangent)))


@pytest.mark.exhaustive
@pytest.mark.parametrize("entropy", ENTROPIES)
@pytest.mark.parametrize(
    "case",
    [
        {"pairing": 3.0},
        {"pairing": 1e4, "a": 3.0, "valence": 0.8},
        {"start": 1.1, "valence": 9.0, "pairing": 3.0},
    ],
)
def test_forward_derivatives_are_finite_differences(case, entropy):
    arguments = given_set(**case, entropy=entropy)
    moves = 0
    for index, name in enumerate(names_of(arguments)):
        if name.endswith("condensate_weight") and entropy == "number-fraction":
            continue  # these count electrons one by one
        _, found = slope(arguments, index)
        step = 1e-4
        above, below, far, near = (
            shares(emptied(*changed(arguments, index, 1 + k * step))) for k in (1, -1, 2, -2)
        )
        # Of fourth order: what is left is the tolerance over the step.
        expected = (8 * (above - below) - (far - near)) / (12 * step)
        assert_allclose(found, expected, rtol=1e-7, atol=3e-8, err_msg=name)
        moves += np.abs(expected).max() > 1e-3
    assert moves >= 7


@pytest.mark.exhaustive
@pytest.mark.parametrize("entropy", ENTROPIES)
@pytest.mark.parametrize(
    "case",
    [
        {"pairing": 0.0}, {"decays": 0.0}, {"decays": 1e9}, {"valence": 0.0},
        {"saturation": 3.0}, {"start": 1.0}, {"start": 1.2, "valence": 0.0}, {"start": 1.2, "decays": 0.0}, {"start": 2.0},
        {"rate": 0.0}, {"pairing": 1e12}, {"start": 1.2, "pairing": 0.0, "decays": 1e9},
    ],
)  # fmt: skip
def test_derivatives_are_finite_in_every_limit(case, entropy):
    case = dict(case)
    rate = case.pop("rate", RATE)
    sample, trapping, temperature, hold = given_set(**case, entropy=entropy)
    trapping = dataclasses.replace(trapping, trapping_rate=arrays(rate))
    arguments = sample, trapping, temperature, hold
    for index in range(len(jax.tree.leaves(arguments))):
        value, derivative = slope(arguments, index, 1.0)
        assert np.isfinite(value).all()
        assert np.isfinite(derivative).all()


@pytest.mark.exhaustive
def test_slope_in_the_mixing_is_that_of_slow_pairing_where_nothing_mixes():
    arguments = given_set(valence=0.0, pairing=0.3, decays=1.0)
    index = [name.endswith("log_mixing_ratio") for name in names_of(arguments)].index(True)
    _, found = slope(arguments, index, 1.0)
    restoring = 2.0 * 0.4 / 0.4  # β n_n⁰/k_B T

    def change(u, y):
        return [0.3 * (u - restoring * y[0]) * (1 - u)]

    run = solve_ivp(change, (0, -np.expm1(-1.0)), [0.0], rtol=1e-12, atol=1e-14)
    assert found[0] == pytest.approx(0.4 * run.y[0, -1], rel=1e-9)


@pytest.mark.slow
def test_what_is_not_known_is_nan_and_harms_no_other():
    start, pairing = np.array([[0.4, 0.5], [np.nan, 0.5], [0.4, np.nan], [0.4, 0.5]]).T
    found = shares(emptied(*given_set(start=start, pairing=pairing)))
    assert np.isnan(found).tolist() == [[False, True, True, False]] * 3
    assert_allclose(found[:, 0], shares(emptied(*given_set())), rtol=0, atol=1e-14)


class Leaving(Degenerate):
    """An L that changes as electrons leave, in a way that nobody has written down."""

    word, follows_density = "leaving", True


@pytest.mark.parametrize("function", [emptied, emptied_sets])
@pytest.mark.parametrize("closure", ["constant", "ramp"])
def test_other_closures_and_entropies_are_refused(function, closure):
    sample, trapping, temperature, hold = given_set()
    other = dataclasses.replace(trapping, closure=closure)
    with pytest.raises(ValueError, match=f'must be "self-consistent", but is "{closure}"'):
        function(sample, other, temperature, hold)

    sample = dataclasses.replace(sample, entropy=Leaving())
    with pytest.raises(ValueError, match='The entropy "leaving" changes as electrons leave'):
        function(sample, trapping, temperature, hold)


@pytest.mark.slow
@pytest.mark.parametrize("closure", ["constant", "ramp"])
def test_other_closures_have_a_form(closure):
    _, trapping, _, hold = given_set()
    trapping = dataclasses.replace(trapping, closure=closure)
    assert kinetics.densities(trapping, 6e26, 4e26, hold).normal_density > 0


@pytest.mark.parametrize("function", [emptied, emptied_sets])
def test_tolerance_below_rounding_is_refused(function):
    for tolerance in (1e-14, 0.0, np.nan):
        with pytest.raises(ValueError, match="must be at least 1e-13"):
            function(*given_set(), tolerance=tolerance)


@pytest.mark.slow
def test_what_does_not_come_to_its_end_is_nan(monkeypatch):
    monkeypatch.setattr(lanes, "STEPS", 20)
    emptying._emptied.clear_cache()
    hard = given_set(a=3.0, valence=0.8, pairing=np.array([1e-3, 1e5]))
    found = shares(emptied(*hard))
    emptying._emptied.clear_cache()
    assert np.isnan(found).tolist() == [[False, True]] * 3
