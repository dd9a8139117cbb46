"""Finite volumes of a strip against (T6), matrix exponentials, stiff solvers and conservation."""

import dataclasses
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, linalg

from entrap.core.errors import InputError, SolveError
from entrap.model.film import Sources, Strip, area_bound, end_trap_density, slowest_rate
from entrap.solve.jit import quick_jit
from entrap.solve.strip import rodas
from entrap.solve.strip.steady import slowest_mode, steady_state, transient
from entrap.solve.strip.volumes import Grid, share_cells

UM = 1e-6
rate_of = quick_jit(slowest_rate)


def strip_of(bare, traps, pads=(0.0, 0.0), **changes):
    """A strip from its stretches in turn, and A/W of its pads, all in µm."""
    bare, traps = (np.array(part, float) * UM for part in (bare, traps))
    ends = np.cumsum(bare[:-1] + traps)
    values = {
        "length": bare.sum() + traps.sum(), "width": 1e-5,
        "left_pad": pads[0] * 1e-5 * UM, "right_pad": pads[1] * 1e-5 * UM,
        "trap_centres": ends - traps / 2, "trap_lengths": traps,
        "diffusivity": 18e-4, "trapping_rate": 2.42e5, "background_rate": 0.0,
    }  # fmt: skip
    return jax.tree.map(lambda x: jnp.asarray(x, float), Strip(**(values | changes)))


PADDED = strip_of([300, 600], [100], (200, 1600 / 3), background_rate=50.0)
TWO = strip_of([100, 500, 200], [60, 40], (30, 0), background_rate=10.0)
SMALL = (20, 20, 20)  # cells of the small problems that other solvers share


def assembled(strip, position):
    """Capacities, diffusion matrix and lengths under traps of the nodes, put together by hand."""
    widths = np.diff(position)
    middles = (position[:-1] + position[1:]) / 2
    under = np.zeros(len(widths), bool)
    for centre, length in zip(strip.trap_centres, strip.trap_lengths, strict=True):
        under |= abs(middles - float(centre)) < float(length) / 2
    capacity, trapped = np.zeros(len(position)), np.zeros(len(position))
    diffusion = np.zeros((len(position), len(position)))
    for i, h in enumerate(widths):
        for node in (i, i + 1):
            capacity[node] += h / 2
            trapped[node] += h / 2 * under[i]
        block = np.array([[1, -1], [-1, 1]]) * float(strip.diffusivity) / h
        diffusion[i : i + 2, i : i + 2] += block
    capacity[0] += float(strip.left_pad / strip.width)
    capacity[-1] += float(strip.right_pad / strip.width)
    return capacity, diffusion, trapped


@pytest.mark.parametrize(
    ("strip", "rate"),
    [
        (strip_of([980, 0], [20]), 2475.426014),
        (strip_of([450, 450], [100]), 11834.56593),
        (strip_of([300, 600], [100], (200, 1600 / 3)), 3228.979763),
        (PADDED, 3278.979763),
        (TWO, None),
    ],
    ids=["end", "centre", "pads", "background", "two"],
)
def test_slowest_mode_decays_at_the_root_of_the_transcendental_equation(strip, rate):
    mode = slowest_mode(strip)
    assert float(mode.rate) == pytest.approx(float(rate_of(strip)), rel=2e-9)
    if rate:
        assert float(mode.rate) == pytest.approx(rate, rel=2e-9)
    assert float(mode.density.max()) == pytest.approx(1, rel=1e-15)
    assert float(mode.density.min()) > 0


def test_slowest_mode_converges_with_the_fourth_power_of_the_cells():
    exact = float(rate_of(PADDED))
    errors = [abs(float(slowest_mode(PADDED, (n, n, n)).rate) / exact - 1) for n in (32, 64, 128)]
    assert errors[0] / errors[1] == pytest.approx(16, rel=0.1)
    assert errors[1] / errors[2] == pytest.approx(16, rel=0.1)


@pytest.mark.parametrize("strip", [PADDED, TWO], ids=["one trap", "two traps"])
def test_slowest_mode_is_the_first_eigenvector(strip):
    mode = slowest_mode(strip, 300)
    capacity, diffusion, trapped = assembled(strip, np.asarray(mode.position))
    loss = float(strip.trapping_rate) * trapped + float(strip.background_rate) * capacity
    symmetric = (diffusion + np.diag(loss)) / np.sqrt(np.outer(capacity, capacity))
    values, vectors = linalg.eigh_tridiagonal(
        np.diag(symmetric), np.diag(symmetric, 1), select="i", select_range=(0, 0)
    )
    shape = vectors[:, 0] / np.sqrt(capacity)
    shape /= shape[np.argmax(abs(shape))]
    assert np.allclose(mode.density, shape, rtol=1e-8)
    # Extrapolation takes away the error of these cells, which is of their second power.
    assert float(mode.rate) == pytest.approx(values[0], rel=1e-3)
    assert float(mode.rate) != pytest.approx(values[0], rel=1e-7)


@pytest.mark.slow
def test_slowest_mode_has_the_gradient_of_the_transcendental_root():
    cells = share_cells(TWO, 800)
    found = quick_jit(jax.grad(lambda strip: slowest_mode(strip, cells).rate))(TWO)
    expected = quick_jit(jax.grad(slowest_rate))(TWO)
    for field in dataclasses.fields(Strip):
        pair = getattr(found, field.name), getattr(expected, field.name)
        scale = np.abs(expected.length) * 1e-9 if field.name.startswith("trap_") else 0.0
        assert np.allclose(*pair, rtol=1e-6, atol=scale), field.name


def test_slowest_mode_of_a_batch_without_a_trap_and_with_perfect_sinks():
    cells = share_cells(PADDED, 400)
    rates = jnp.array([0.0, 1e-3, 1e5, 1e12])
    found = quick_jit(
        jax.vmap(lambda r: slowest_mode(dataclasses.replace(PADDED, trapping_rate=r), cells).rate)
    )(rates)
    assert float(found[0]) == pytest.approx(50, rel=1e-12)
    exact = [float(rate_of(dataclasses.replace(PADDED, trapping_rate=r))) for r in rates]
    assert np.allclose(found[:3], exact[:3], rtol=1e-7)
    assert float(found[3]) == pytest.approx(exact[3], rel=1e-3)


def test_cells_are_shared_among_the_stretches_that_have_a_length():
    shared = share_cells(strip_of([0, 500, 300, 0], [100, 0, 100]), 1000)
    assert [count > 0 for count in shared] == [False, True, True, False, True, True, False]
    assert sum(shared) == pytest.approx(1000, abs=8)
    assert all(count % 2 == 0 for count in shared)
    assert shared[2] > shared[4] > shared[1]


def decayed(strip, initial, times, position):
    """x at the times by the exponential of the matrix."""
    capacity, diffusion, trapped = assembled(strip, position)
    loss = float(strip.trapping_rate) * trapped + float(strip.background_rate) * capacity
    matrix = -(diffusion + np.diag(loss)) / capacity[:, None]
    return np.array([linalg.expm(matrix * t) @ initial for t in times])


@pytest.mark.parametrize("strip", [PADDED, strip_of([700, 200], [100])], ids=["pads", "bare"])
def test_transient_is_the_exponential_of_the_matrix(strip):
    times = np.array([0.0, 1e-7, 1e-5, 3e-4, 2e-3])
    run = transient(strip, times, lambda z: 1e-3 * (1 + np.cos(3e3 * z)), None, SMALL, 1e-9)
    expected = decayed(strip, run.density[0], times, run.position)
    assert np.allclose(run.density, expected, rtol=3e-8, atol=0)
    assert np.array_equal(run.density[0], 1e-3 * (1 + np.cos(3e3 * run.position)))


def test_transient_with_recombination_is_that_of_a_stiff_solver():
    sources, times = Sources(6.25e6, 2e-2, 1.5), np.array([1e-6, 1e-4, 1e-3, 5e-3])
    run = transient(PADDED, times, 1e-3, sources, SMALL, 1e-9)
    capacity, diffusion, trapped = assembled(PADDED, run.position)

    def change(_, x):
        loss = (2.42e5 * trapped + 50 * capacity) * x + 6.25e6 * capacity * x**2
        return (2e-2 * capacity + 1.5 * trapped - loss - diffusion @ x) / capacity

    start = np.full(len(run.position), 1e-3)
    found = integrate.solve_ivp(
        change, (0, times[-1]), start, "Radau", times, rtol=1e-10, atol=1e-16
    )
    assert found.success
    assert np.allclose(run.density, found.y.T, rtol=1e-7, atol=0)


@given(
    recombination=st.floats(2, 8), generation=st.floats(-6, 3), back=st.floats(-6, 3),
    background=st.floats(-2, 4), start=st.floats(-9, -1), span=st.floats(-8, 1),
)  # fmt: skip
@settings(max_examples=25)
def test_no_quasiparticle_is_lost(recombination, generation, back, background, start, span):
    strip = dataclasses.replace(PADDED, background_rate=jnp.asarray(10.0**background))
    sources = Sources(10.0**recombination, 10.0**generation, 10.0**back)
    times = 10.0**span * np.array([0.1, 0.3, 0.6, 1.0])
    run = transient(strip, times, 10.0**start, sources, SMALL, 1e-6)
    size = run.initial_content + run.generated + run.returned
    assert (abs(run.imbalance) <= 1e-12 * size).all()
    for account in (run.content, run.trapped, run.lost, run.recombined):
        assert (account > 0).all()
    area = float(strip.width * strip.length + strip.left_pad + strip.right_pad)
    assert run.initial_content == pytest.approx(10.0**start * area, rel=1e-13)
    assert run.generated[-1] == pytest.approx(10.0 ** (generation + span) * area, rel=1e-13)
    assert run.returned[-1] == pytest.approx(10.0 ** (back + span) * 1e-9, rel=1e-13)


def test_flows_solve_what_densities_do_and_lose_nothing():
    film = Grid.of(TWO, Sources(), share_cells(TWO, 2000))
    right = jnp.sin(jnp.arange(1.0, len(film.capacity) + 1)) ** 2
    for span in (1e-9, 1e-5, 1e-1):
        excess = film.capacity / span
        flows, densities = film.by_flow(excess, right), film.by_density(excess, right)
        assert np.allclose(flows, densities, rtol=1e-7, atol=0)
        assert float((excess * flows).sum()) == pytest.approx(float(right.sum()), rel=3e-15)


def test_ten_decay_times_on_2000_cells():
    rate = float(rate_of(PADDED))
    times = np.linspace(0.0, 10 / rate, 101)
    run = transient(PADDED, times, 1e-4)
    assert run.density.shape == (101, len(run.position))
    assert len(run.position) == pytest.approx(2000, abs=10)
    assert run.steps < 300  # 0.5 ms each on one core
    assert (abs(run.imbalance) <= 1e-12 * run.initial_content).all()
    late = np.log(run.content[50] / run.content[100]) / (times[100] - times[50])
    assert late == pytest.approx(rate, rel=1e-6)
    gone = run.trapped[-1] + run.lost[-1]
    assert gone == pytest.approx(run.initial_content * (1 - 1.2e-5), rel=1e-4)
    mode = slowest_mode(PADDED, share_cells(PADDED, 2000)).density
    assert np.allclose(run.density[-1] / run.density[-1].max(), mode, rtol=1e-7)


@pytest.mark.parametrize("tolerance", [1e-5, 1e-7])
def test_tolerance_is_kept(tolerance):
    times = np.array([1e-5, 1e-3, 3e-3])
    sources = Sources(6.25e6, 2e-2, 1.5)
    rough = transient(PADDED, times, 1e-3, sources, SMALL, tolerance)
    exact = transient(PADDED, times, 1e-3, sources, SMALL, 1e-11)
    error = np.abs(rough.density / exact.density - 1).max()
    assert tolerance / 1e4 < error < 5 * tolerance
    assert rough.steps < exact.steps


def test_detailed_balance_keeps_equilibrium():
    equilibrium, pairs = 3e-5, 6.25e6
    sources = Sources(
        pairs, pairs * equilibrium**2 + 50 * equilibrium, 2.42e5 * equilibrium
    )  # fmt: skip
    run = transient(PADDED, np.array([1e-4, 1.0]), equilibrium, sources, SMALL)
    assert np.allclose(run.density, equilibrium, rtol=1e-12, atol=0)
    steady = steady_state(PADDED, sources, SMALL)
    assert np.allclose(steady.density, equilibrium, rtol=1e-12, atol=0)


def test_uniform_film_recombines_as_one_volume():
    strip = dataclasses.replace(PADDED, trapping_rate=0.0, background_rate=0.0)
    times = np.array([1e-5, 1e-3, 1.0])
    run = transient(strip, times, 1e-2, Sources(6.25e6), SMALL, 1e-9)
    expected = 1e-2 / (1 + 6.25e6 * 1e-2 * times)
    assert np.allclose(run.density, expected[:, None], rtol=1e-7)


@pytest.mark.parametrize("d", [20, 100, 400])
def test_steady_state_of_an_end_trap_is_its_closed_form(d):
    strip = strip_of([1000 - d, 0], [d])
    errors = []
    for cells in (1000, 2000):
        steady = steady_state(strip, Sources(generation=1.0), share_cells(strip, cells))
        expected = np.asarray(end_trap_density(strip, 1.0, steady.position))
        errors.append(np.abs(steady.density / expected - 1).max())
    assert errors[1] < 4e-6
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.01)
    assert steady.trapped == pytest.approx(steady.generated, rel=1e-12)
    assert steady.generated == pytest.approx(1e-8, rel=1e-12)


@pytest.mark.parametrize("recombination", [0.0, 1e-200, 1.0, 6.25e6, 1e14])
@pytest.mark.parametrize("trapping_rate", [0.0, 1e-6, 2.42e5, 1e15])
def test_steady_state_is_where_the_evolution_ends(recombination, trapping_rate):
    strip = dataclasses.replace(PADDED, trapping_rate=trapping_rate)
    sources = Sources(recombination, 1e-3, 1e-6 * trapping_rate)
    steady = steady_state(strip, sources, SMALL)
    gone, come = (
        steady.trapped + steady.lost + steady.recombined,
        steady.generated + steady.returned,
    )
    assert gone == pytest.approx(come, rel=1e-12)
    # x goes as 1 - e^(-t s_b) at the latest.
    run = transient(strip, np.array([0.1, 1.0]), 0.0, sources, SMALL)
    assert np.allclose(run.density[-1], steady.density, rtol=2e-6, atol=0)


def test_steady_state_of_a_film_that_hardly_loses():
    strip = dataclasses.replace(PADDED, trapping_rate=0.0, background_rate=1e-9)
    steady = steady_state(strip, Sources(generation=1e-12))
    assert np.allclose(steady.density, 1e-3, rtol=1e-9)
    only_pairs = dataclasses.replace(strip, background_rate=0.0)
    steady = steady_state(only_pairs, Sources(4.0, 1e-12))
    assert np.allclose(steady.density, 5e-7, rtol=1e-9)


def test_steady_state_asks_for_a_loss():
    strip = dataclasses.replace(PADDED, trapping_rate=0.0, background_rate=0.0)
    with pytest.raises(SolveError, match="must be trapped, lost or recombine"):
        steady_state(strip, Sources(generation=1.0), SMALL)


def test_evolution_that_overflows_says_so():
    with pytest.raises(SolveError, match="did not come to its end"):
        transient(PADDED, 1.0, 1e308, Sources(1e300), SMALL)


@pytest.mark.parametrize("times", [[-1.0, 1.0], [0.0, 0.0], [1.0, math.inf], [1.0, math.nan]])
def test_times_must_increase(times):
    with pytest.raises(InputError, match="`times` must be finite, >= 0 s and increase, but are"):
        transient(PADDED, times, 1e-3, None, SMALL)


def test_there_must_be_an_initial_value_for_each_node():
    with pytest.raises(InputError, match=r"each of the 61 nodes, but has the shape \(7,\)"):
        transient(PADDED, 1.0, np.ones(7), None, SMALL)


def test_rodas_has_order_four_with_an_error_estimate_of_order_three():
    # Two numbers that feed each other, and an account of the first: all of order 4.
    def change(x):
        return jnp.stack([-(x[0] ** 2) * x[1], x[0] - x[1] ** 2])

    def relax(x, excess, right):
        jacobian = jax.jacfwd(change)(x)
        return jnp.linalg.solve(jnp.diag(excess) - jacobian, right)

    problem = rodas.Problem(jnp.ones(2), change, lambda x: x[:1] ** 3, relax)
    step = quick_jit(lambda h: rodas._step(problem, jnp.array([1.0, 0.3]), jnp.zeros(1), h))

    def exact(h):
        return integrate.solve_ivp(
            lambda _, y: [-(y[0] ** 2) * y[1], y[0] - y[1] ** 2, y[0] ** 3], (0, h),
            [1.0, 0.3, 0.0], "DOP853", rtol=1e-13, atol=1e-15,
        ).y[:, -1]  # fmt: skip

    errors, estimates = [], []
    for h in (0.0125, 0.025, 0.05):
        x, account, estimate = step(h)
        errors.append(np.abs(np.append(x, account) - exact(h)))
        estimates.append(np.abs(estimate).max())
    for one, other in zip(errors[1:], errors[:-1], strict=True):
        assert (one / other > 2**4.3).all()
    for one, other in zip(estimates[1:], estimates[:-1], strict=True):
        assert math.log2(one / other) == pytest.approx(4, abs=0.4)


@pytest.mark.parametrize("first", [1e-9, 1e-3, 0.1, 1.0, 30.0, 100.0])
def test_rodas_keeps_its_tolerance_whatever_it_tries_first(first):
    problem = rodas.Problem(
        jnp.ones(1),
        lambda x: -(x**2),
        lambda x: x**2,
        lambda x, excess, right: right / (excess + 2 * x),
    )
    run = quick_jit(lambda first: rodas.rodas4(
        problem, jnp.array([1.0, 100.0]), jnp.ones(1), first, jnp.asarray(1e-8)
    ))(first)  # fmt: skip
    assert run.succeeded
    assert np.allclose(run.values[:, 0], [1 / 2, 1 / 101], rtol=3e-8, atol=0)
    assert np.allclose(run.values + run.accounts, 1, rtol=1e-14, atol=0)


def test_area_bound_is_the_initial_rate_of_a_uniform_film():
    run = transient(PADDED, np.array([1e-12]), 1e-3, None, SMALL)
    lost = (run.trapped[0] + run.lost[0]) / (1e-12 * run.initial_content)
    assert lost == pytest.approx(float(area_bound(PADDED)), rel=1e-6)
