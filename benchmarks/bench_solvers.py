"""Own solvers against ready-made ones, in one process and in turns: why each of them stays.

Every part prints the medians of both, their ratio, and both errors against something finer.

Run: .venv/bin/python benchmarks/bench_solvers.py [emptying|film|release|evidence ...]
"""

import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import diffrax
import jax
import jax.numpy as jnp
import numpy as np
import optimistix as optx
from bench_kinetics import drawn
from jax import lax

import entrap as et  # turns 64-bit numbers on
from entrap.solve.jit import quick_jit
from entrap.solve.protocol import batched_ode, emptying

TURNS = 5


def in_turns(ways: dict[str, Callable[[], Any]], turns: int = TURNS) -> dict[str, Any]:
    """Median wall time [s] of each way, one turn after another, after one that compiles; results."""
    made = {name: jax.block_until_ready(way()) for name, way in ways.items()}
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(turns):
        for name, way in ways.items():
            start = time.perf_counter()
            jax.block_until_ready(way())
            spent[name].append(time.perf_counter() - start)
    return {name: (statistics.median(spent[name]), made[name]) for name in ways}


def integrated_by_diffrax(lanes: batched_ode.Lanes, tolerance: Any, stiff: Any) -> Any:
    """What `batched_ode.integrated` gives, by a vmapped `diffeqsolve`, its norm and variables ours.

    A block is stiff or not as a whole, so that but one of the two solvers runs.
    """

    def one(lane: batched_ode.Lanes, solver: Any, most: int) -> Any:
        def field(v: Any, y: Any, args: Any) -> Any:
            return args.field(v, *y)

        share = 0.3 * tolerance / lane.normal
        first = 3 * tolerance ** (1 / 8) / (0.1 + lane.quickness())
        found = diffrax.diffeqsolve(
            diffrax.ODETerm(field), solver, 0.0, 1.0, jnp.minimum(first, 1.0),
            (jnp.zeros(()), lane.onset), lane,
            stepsize_controller=diffrax.PIDController(share, share),
            saveat=diffrax.SaveAt(t1=True), max_steps=most, throw=False,
            adjoint=diffrax.ForwardMode(),
        )  # fmt: skip
        z, trapped = (column[0] for column in found.ys)
        done = diffrax.is_okay(found.result)
        return tuple(jnp.where(done, x, jnp.nan) for x in (lane.left / (1 + z), trapped))

    root = diffrax.with_stepsize_controller_tols(optx.Newton)() if False else None
    del root
    implicit = diffrax.Kvaerno5(root_finder=diffrax.VeryChord(1e-10, 1e-10))
    return lax.cond(
        stiff,
        lambda lanes: jax.vmap(lambda lane: one(lane, implicit, 5000))(lanes),
        lambda lanes: jax.vmap(lambda lane: one(lane, diffrax.Dopri8(), 5000))(lanes),
        lanes,
    )
