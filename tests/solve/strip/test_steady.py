"""Finite volumes of a strip against (T6), closed forms, a stiff solver and conservation."""

import dataclasses

import jax
import numpy as np
import pytest
from scipy import integrate, linalg

from entrap.core.errors import SolveError
from entrap.model.film import Sources, Strip, end_trap_density, slowest_rate
from entrap.solve.jit import quick_jit
from entrap.solve.strip.steady import steady_state
from entrap.solve.strip.volumes import positions, share_cells

UM = 1e-6
rate_of, closed_form = quick_jit(slowest_rate), quick_jit(end_trap_density)
nodes = jax.jit(positions, static_argnums=1)


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
    return jax.tree.map(lambda x: np.asarray(x, float), Strip(**(values | changes)))


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


@pytest.mark.parametrize("strip", [PADDED, TWO], ids=["one trap", "two traps"])
def test_slowest_rate_is_the_first_eigenvalue_of_the_matrix(strip):
    values = []
    for cells in (300, 600):
        count = 2 * len(strip.trap_lengths) + 1
        position = np.asarray(nodes(strip, (cells // count,) * count))
        capacity, diffusion, trapped = assembled(strip, position)
        loss = float(strip.trapping_rate) * trapped + float(strip.background_rate) * capacity
        symmetric = (diffusion + np.diag(loss)) / np.sqrt(np.outer(capacity, capacity))
        diagonals = np.diag(symmetric), np.diag(symmetric, 1)
        first = {"select": "i", "select_range": (0, 0), "eigvals_only": True}
        values.append(linalg.eigh_tridiagonal(*diagonals, **first)[0])
    # Errors go as the cells' second power: extrapolation takes them away.
    extrapolated = (4 * values[1] - values[0]) / 3
    assert extrapolated == pytest.approx(float(rate_of(strip)), rel=2e-7)


def test_cells_are_shared_among_the_stretches_that_have_a_length():
    shared = share_cells(strip_of([0, 500, 300, 0], [100, 0, 100]), 1000)
    assert [count > 0 for count in shared] == [False, True, True, False, True, True, False]
    assert sum(shared) == pytest.approx(1000, abs=8)
    assert all(count % 2 == 0 for count in shared)
    assert shared[2] > shared[4] > shared[1]


def test_detailed_balance_keeps_equilibrium():
    equilibrium, pairs = 3e-5, 6.25e6
    sources = Sources(
        pairs, pairs * equilibrium**2 + 50 * equilibrium, 2.42e5 * equilibrium
    )  # fmt: skip
    steady = steady_state(PADDED, sources, SMALL)
    assert np.allclose(steady.density, equilibrium, rtol=1e-12, atol=0)


@pytest.mark.parametrize("d", [20, 100, 400])
def test_steady_state_of_an_end_trap_is_its_closed_form(d):
    strip = strip_of([1000 - d, 0], [d])
    errors = []
    for cells in (500, 1000):
        steady = steady_state(strip, Sources(generation=1.0), (cells, cells, 0))
        expected = np.asarray(closed_form(strip, 1.0, steady.position))
        errors.append(np.abs(steady.density / expected - 1).max())
    assert errors[1] < 4e-6
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.01)
    assert steady.trapped == pytest.approx(steady.generated, rel=1e-12, abs=0)
    assert steady.generated == pytest.approx(1e-8, rel=1e-12, abs=0)


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
    assert gone == pytest.approx(come, rel=1e-12, abs=0)
    assert np.allclose(steady.density, evolved(strip, sources, steady.position), rtol=2e-6, atol=0)


def evolved(strip, sources, position):
    """x after a second, from none: it goes as 1 - e^(-t s_b) at the latest."""
    capacity, diffusion, trapped = assembled(strip, position)
    loss = float(strip.trapping_rate) * trapped + float(strip.background_rate) * capacity
    come = sources.generation * capacity + sources.backflow * trapped
    pairs = sources.recombination

    def change(_, x):
        return (come - loss * x - pairs * capacity * x**2 - diffusion @ x) / capacity

    def jacobian(_, x):
        own = np.diag(loss + 2 * pairs * capacity * x)
        return -(own + diffusion) / capacity[:, None]

    found = integrate.solve_ivp(
        change, (0.0, 1.0), np.zeros(len(position)), "BDF", [1.0], rtol=1e-8, atol=1e-16,
        jac=jacobian,
    )  # fmt: skip
    assert found.success
    return found.y[:, -1]


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
