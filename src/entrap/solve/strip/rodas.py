"""Rodas4 for C dx/dt = F(x), with accounts of what F took away, kept by the same stages.

A Rosenbrock method: no iterations, six solves a step with one matrix, L-stable, and the end of a
step is its last stage. What the account of a linear invariant loses another gains, to rounding.

Source: E. Hairer and G. Wanner, Solving Ordinary Differential Equations II, 2nd ed. (1996), IV.7
and the code RODAS, whose coefficients these are.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from entrap.core.arrays import Flags, Reals

STEPS = 20_000  # a run takes a hundred or two

_GAMMA = 0.25
_A = np.array([
    [0, 0, 0, 0, 0, 0],
    [1.544, 0, 0, 0, 0, 0],
    [0.9466785280815826, 0.2557011698983284, 0, 0, 0, 0],
    [3.314825187068521, 2.896124015972201, 0.9986419139977817, 0, 0, 0],
    [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 0, 0],
    [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 1, 0],
])  # fmt: skip
_C = np.array([
    [0, 0, 0, 0, 0, 0],
    [-5.6688, 0, 0, 0, 0, 0],
    [-2.430093356833875, -0.2063599157091915, 0, 0, 0, 0],
    [-0.1073529058151375, -9.594562251023355, -20.47028614809616, 0, 0, 0],
    [7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160, 0, 0],
    [8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136,
     -6.058818238834054, 0],
])  # fmt: skip
_END = _A[5] + np.eye(6)[5]  # the end of a step is stage 6 and its correction, the error
_FLOOR = 0.01  # x below this share of its maximum need not be known to more


class Problem(NamedTuple):
    """C dx/dt = F(x) and what is kept beside it."""

    capacity: Reals
    change: Callable[[Reals], Reals]  # F
    accounts: Callable[[Reals], Reals]  # their rates at x
    relax: Callable[[Reals, Reals, Reals], Reals]  # x, E, right: u with (E - ∂F/∂x) u = right


class Run(NamedTuple):
    """What was integrated, along the times."""

    values: Reals
    accounts: Reals
    steps: Any
    succeeded: Flags


class _Carry(NamedTuple):
    time: Reals
    x: Reals
    accounts: Reals
    step: Reals
    count: Any


def rodas4(problem: Problem, times: Reals, start: Reals, first: Reals, tolerance: Reals) -> Run:
    """x and the accounts, which are 0 at time 0, at the times asked for.

    Args:
        problem: What is integrated.
        times: Increasing, >= 0.
        start: x at time 0.
        first: Step to try first; the error decides.
        tolerance: Of a step's error, relative to x, and to 1 % of its maximum where x is smaller.
    """

    def advance(carry: _Carry, until: Reals) -> _Carry:
        left = until - carry.time
        # Two like steps at the end, lest one be a sliver.
        step = jnp.where(carry.step < left, jnp.minimum(carry.step, left / 2), left)
        step = jnp.where(carry.step * 2 < left, carry.step, step)
        x, accounts, error = _step(problem, carry.x, carry.accounts, step)
        size = jnp.maximum(jnp.abs(carry.x), jnp.abs(x))
        size = tolerance * jnp.maximum(size, _FLOOR * size.max())
        worst = jnp.max(jnp.abs(error) / jnp.maximum(size, 1e-300))
        worst = jnp.where(jnp.isfinite(worst), worst, 1e300)
        taken = worst <= 1
        growth = jnp.clip(0.9 * jnp.maximum(worst, 1e-30) ** -0.25, 0.2, 5.0)
        # A step cut short to hit a time says nothing against the longer one.
        proposed = jnp.where(taken, jnp.maximum(step * growth, carry.step), step * growth)
        end = jnp.where(step < left, carry.time + step, until)
        return _Carry(
            jnp.where(taken, end, carry.time),
            jnp.where(taken, x, carry.x),
            jnp.where(taken, accounts, carry.accounts),
            proposed,
            carry.count + 1,
        )

    def reach(carry: _Carry, until: Reals) -> tuple[_Carry, Any]:
        def short(carry: _Carry) -> Flags:
            return (carry.time < until) & (carry.count < STEPS)

        carry = lax.while_loop(short, lambda carry: advance(carry, until), carry)
        return carry, (carry.x, carry.accounts)

    rates = jax.eval_shape(problem.accounts, start)
    begin = _Carry(jnp.zeros(()), start, jnp.zeros(rates.shape), first, 0)
    last, (values, accounts) = lax.scan(reach, begin, times)
    succeeded = (last.time >= times[-1]) & jnp.isfinite(values).all()
    return Run(values, accounts, last.count, succeeded)


def _step(problem: Problem, x: Reals, accounts: Reals, step: Reals) -> tuple[Reals, Reals, Reals]:
    scale = 1 / (_GAMMA * step)

    def stage(i: Any, made: tuple[Reals, Reals]) -> tuple[Reals, Reals]:
        moves, entries = made
        a, c = jnp.asarray(_A)[i], jnp.asarray(_C)[i] / step
        at = x + a @ moves
        right = problem.change(at) + problem.capacity * (c @ moves)
        move = problem.relax(x, scale * problem.capacity, right)
        _, slope = jax.jvp(problem.accounts, (x,), (move,))
        entry = (problem.accounts(at) + slope + c @ entries) / scale
        return moves.at[i].set(move), entries.at[i].set(entry)

    made = jnp.zeros((6, *x.shape)), jnp.zeros((6, *accounts.shape))
    moves, entries = lax.fori_loop(0, 6, stage, made)
    end = jnp.asarray(_END)
    return x + end @ moves, accounts + end @ entries, moves[5]
