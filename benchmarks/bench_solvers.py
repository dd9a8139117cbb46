"""Why entrap's own solvers stay: each against the ready-made one, in one process, in turns.

Run: .venv/bin/python benchmarks/bench_solvers.py [emptying] [switches] [evidence] [places]
"""

import inspect
import sys
import time
import types
from collections.abc import Callable
from functools import partial
from typing import Any

import diffrax
import jax
import jax.flatten_util
import jax.numpy as jnp
import lineax as lx
import numpy as np
import optimistix as optx
from bench_kinetics import drawn
from jax import lax

from entrap.case.casefile import CaseFile
from entrap.core.constants import BOLTZMANN
from entrap.model.film import Strip
from entrap.model.sample import Sample, Trapping
from entrap.solve.jit import block_jit, quick_jit
from entrap.solve.protocol import batched_ode, emptying, integrate
from entrap.solve.protocol.ramp import Ramp
from entrap.solve.strip.placement import best_split
from entrap.studies.plan import gain, plan
from entrap.studies.trap.curves import best_place

TURNS = 5


def in_turns(ways: dict[str, Callable[[], Any]]) -> dict[str, tuple[float, float, Any]]:
    """Time of the first call and least of the others [s], taken in turn, and what came out."""
    first, made = {}, {}
    for name, way in ways.items():
        start = time.perf_counter()
        made[name] = jax.block_until_ready(way())
        first[name] = time.perf_counter() - start
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(TURNS):
        for name, way in ways.items():
            start = time.perf_counter()
            jax.block_until_ready(way())
            spent[name].append(time.perf_counter() - start)
    return {name: (first[name], min(spent[name]), made[name]) for name in ways}


def variant(module: types.ModuleType, *swaps: tuple[str, str], **names: Any) -> Any:
    """The module with parts of its text replaced, and with more names to use in them."""
    text = inspect.getsource(module)
    for one, other in swaps:
        if one not in text:
            raise ValueError(f"{module.__name__} no longer has {one!r}")
        text = text.replace(one, other)
    made = types.ModuleType(f"{module.__name__}_{len(sys.modules)}")
    made.__dict__.update(names)
    sys.modules[made.__name__] = made
    exec(compile(text, made.__name__, "exec"), made.__dict__)
    return made


class TwoByTwo(lx.AbstractLinearSolver):
    """Cramer's rule: what a general solver costs here is its overhead."""

    def init(self, operator: Any, options: Any) -> Any:
        """The matrix."""
        del options
        return operator.as_matrix()

    def compute(self, state: Any, vector: Any, options: Any) -> Any:
        """The solution."""
        del options
        (a, b), (c, d) = state
        (x, y), back = jax.flatten_util.ravel_pytree(vector)
        solved = jnp.stack([d * x - b * y, a * y - c * x]) / (a * d - b * c)
        return back(solved), lx.RESULTS.successful, {}

    def transpose(self, state: Any, options: Any) -> Any:
        """Of the matrix."""
        return state.T, options

    def conj(self, state: Any, options: Any) -> Any:
        """It is real."""
        return state, options

    def assume_full_rank(self) -> bool:
        """It is."""
        return True


def by_diffrax(solver: Any, tolerance: float) -> Callable[[batched_ode.Lanes], Any]:
    """`batched_ode.integrated` by a vmapped `diffeqsolve`, in the same variables and norm."""

    def one(lane: batched_ode.Lanes) -> Any:
        share = 0.3 * tolerance / lane.normal
        first = jnp.minimum(3 * tolerance ** (1 / 8) / (0.1 + lane.quickness()), 1.0)
        found = diffrax.diffeqsolve(
            diffrax.ODETerm(lambda v, y, args: args.field(v, *y)), solver, 0.0, 1.0, first,
            (jnp.zeros(()), lane.onset), lane, saveat=diffrax.SaveAt(t1=True), max_steps=5000,
            stepsize_controller=diffrax.PIDController(
                share, share, norm=lambda y: jnp.maximum(jnp.abs(y[0]), jnp.abs(y[1]))
            ),
            throw=False, adjoint=diffrax.ForwardMode(),
        )  # fmt: skip
        z, trapped = jax.tree.map(lambda column: column[0], found.ys)
        done = diffrax.is_okay(found.result)
        return tuple(jnp.where(done, x, jnp.nan) for x in (lane.left / (1 + z), trapped))

    return jax.vmap(one)


def over_blocks(way: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Compiled for rows of sets that step together."""
    return block_jit(lambda rows: lax.map(way, rows))


def emptying_sets() -> None:
    """16,384 sets with x up to 1e4, sorted into blocks of 256: those that are stiff, and not."""
    count = 16_384
    _, arguments = drawn(4)
    some = jax.tree.map(lambda c: c[:count] if np.ndim(c) else c, arguments)
    lanes, *_ = jax.jit(emptying._reduced)(*some)
    order = np.argsort(np.asarray(lanes.quickness()))
    rows = jax.tree.map(lambda c: c[order].reshape(-1, emptying.BLOCK), lanes)
    relaxed = np.asarray(rows.relaxation())
    tolerance = 1e-8
    for name, here in (("soft", relaxed.max(1) < 200), ("stiff", relaxed.min(1) > 200)):
        part = jax.tree.map(lambda c, here=here: c[here], rows)
        chord = optx.Chord(tolerance, tolerance, linear_solver=TwoByTwo())
        newton = optx.Newton(tolerance, tolerance, linear_solver=TwoByTwo())
        theirs: dict[str, Any] = {"Dopri8": diffrax.Dopri8()}
        if name == "stiff":
            theirs = {
                "Kvaerno5, chord": diffrax.Kvaerno5(root_finder=chord),
                "Kvaerno5, Newton": diffrax.Kvaerno5(root_finder=newton),
            }
        made: dict[str, Any] = {"entrap": partial(batched_ode.integrated, tolerance=tolerance)}
        made |= {key: by_diffrax(solver, tolerance) for key, solver in theirs.items()}
        exact = over_blocks(partial(batched_ode.integrated, tolerance=1e-13))(part)
        found = in_turns({key: partial(over_blocks(way), part) for key, way in made.items()})
        base = found["entrap"][1]
        print(f"\nemptying, {name}: {part.normal.size} sets to {tolerance:g}")
        for key, (first, seconds, ends) in found.items():
            error = max(
                float(np.nanmax(np.abs(a - b) * part.normal))
                for a, b in zip(ends, exact, strict=True)
            )
            print(
                f"  {key:20}{part.normal.size / seconds:12,.0f} sets/s  {seconds / base:6.2f} x"
                f"  first call {first:5.1f} s  error {error:.1e}  failed {np.isnan(ends[0]).sum()}"
            )


OWN_NEWTON = (
    "StageNewton(TOLERANCE, TOLERANCE, added=tolerance / 10, cauchy_termination=False)"
)  # fmt: skip
OWN_TOLERANCE = "TOLERANCE * jnp.where"
OWN_SEARCH = "first_crossing(margin, covered, trapping_rate, known)"


def by_event(root: str) -> tuple[tuple[str, str], ...]:
    """What to replace so that diffrax finds where a mode is left."""
    return (
        ("args.holding) > 0", "args.holding)"),
        ("def over(since: Reals, y: Reals, args: Segment", "def over(t, y, args"),
        ("laws.locate(since, y, args), args.mode", "laws.locate(t, y, args), args.mode"),
        ("diffrax.Event(over)", f"diffrax.Event(over, {root})"),
        (OWN_SEARCH, "solution.result == diffrax.RESULTS.event_occurred, covered"),
    )


def protocols(closure: str, count: int) -> list[Any]:
    """Random samples, traps and ramps."""
    rng, made = np.random.default_rng(1), []
    for _ in range(count):
        a, ratio = 10 ** rng.uniform(-0.5, 1) * BOLTZMANN, 10 ** rng.uniform(-1, 0.5)
        saturation, start = rng.uniform(0.5, 1), rng.uniform(0.1, 0.95)
        ramp = Ramp(start, rng.uniform(1.2, 3), rng.uniform(0.02, 0.5))
        rate = 10 ** rng.uniform(0.5, 5)
        pairing = 10 ** rng.uniform(-2, 3) * rate / (1 - saturation * (1 - start))
        sample = Sample(
            a, a / saturation, 1.0, 1.0, np.expm1(ratio), ratio, 1.76 * BOLTZMANN,
            fermi_temperature=1e3, entropy="ideal",
        )  # fmt: skip
        numbers = sample, Trapping(rate, pairing, closure), ramp
        made.append(jax.tree.map(lambda x: jnp.asarray(x, float), numbers))
    return made


def switches() -> None:
    """When the branches of 40 random evolutions end, and which come to their end at all."""
    ways = {
        "reference": variant(integrate, (OWN_TOLERANCE, f"0.1 * {OWN_TOLERANCE}")),
        "entrap": integrate,
        "Event, Newton": variant(integrate, *by_event("optx.Newton(1e-12, 1e-12)"), optx=optx),
        "Event, bisection": variant(
            integrate, *by_event("optx.Bisection(1e-15, 1e-15, flip='detect')"), optx=optx
        ),
        "optimistix' Newton": variant(
            integrate, (OWN_NEWTON, "optx.Newton(tolerance / 10, tolerance / 10)"), optx=optx
        ),
        "diffrax' VeryChord": variant(
            integrate, (OWN_NEWTON, "diffrax.VeryChord(tolerance / 10, tolerance / 10)")
        ),
    }  # fmt: skip
    times = jnp.linspace(0.0, 1.0, 41)
    for closure in ("self-consistent", "ramp"):
        cases, found = protocols(closure, 40), {}
        print(f"\nswitches, closure {closure}: 40 evolutions")
        for name, module in ways.items():
            run = quick_jit(module.trajectory)
            start = time.perf_counter()
            jax.block_until_ready(run(*cases[0], times))
            first = time.perf_counter() - start
            start = time.perf_counter()
            found[name] = [jax.tree.map(np.asarray, run(*case, times)) for case in cases]
            each = (time.perf_counter() - start) / len(cases)
            failed = sum(not one.succeeded for one in found[name])
            errors = [
                np.abs(one.switches - best.switches)[: int(one.count)].max()
                for one, best in zip(found[name], found["reference"], strict=True)
                if np.array_equal(one.modes, best.modes)
            ]
            print(
                f"  {name:20}{1e3 * each:7.1f} ms  first call {first:4.1f} s  failed {failed:2d}"
                f"  other branches {len(cases) - len(errors):2d}  switch off by"
                f" {np.median(errors):.1e}, at most {max(errors):.1e}"
            )


OWN_CLIMB = (
    "        return jax.lax.fori_loop(0, _STEPS, climb, jax.tree.map(jnp.asarray, nothing))\n"
)
THEIR_CLIMB = """
        def residual(u: Any, _: Any) -> Any:  # the priors here are normal in u
            u = jnp.where(free, u, start)
            made = model(u)
            off = jnp.where(jnp.isfinite(made), measured - made, 1e3)
            return jnp.concatenate([off, jnp.where(free, u, 0.0)])

        solver = optx.LevenbergMarquardt(1e-6, 1e-6)
        best = optx.least_squares(residual, solver, start, max_steps=64, throw=False).value
        best = jnp.where(free, best, start)
        return best, *look(best)
"""
PLANNED = """
[material]
critical_temperature = { prior = "lognormal(5 K, 0.05)" }
conduction_density = 1e28
[landau]
a = { prior = "lognormal(3 k_B, 0.3)" }
saturation = 1.0
[mixture]
valence_ratio = { prior = "lognormal(0.3, 0.5)" }
[plan]
start = 2.0
stop = 4.5
temperatures = 3
draws = 60
points = 3
quantities = ["higgs_coefficient", "penetration_depth"]
precisions = [0.01, 0.1]
"""


def evidence() -> None:
    """A plan of 12 candidates, its maxima by our steps or by optimistix' Levenberg-Marquardt."""
    import tomllib

    case = CaseFile.from_dict(tomllib.loads(PLANNED), needs=("material", "landau"))
    other = variant(gain, (OWN_CLIMB, THEIR_CLIMB), optx=optx)
    swap = "from entrap.studies.plan.gain import", f"from {other.__name__} import"
    ways = {"entrap": plan, "optimistix": variant(plan, swap)}
    # Progress, which a block makes wait, is all that `in_turns` needs of it.
    found = in_turns({k: (lambda m=m: m.plan(case).log_bayes) for k, m in ways.items()})
    print("\nevidence: a plan of 12 candidates, 60 draws")
    for name, (first, seconds, made) in found.items():
        off = np.abs(made - found["entrap"][2])
        print(
            f"  {name:20}{seconds:7.2f} s  {seconds / found['entrap'][1]:5.2f} x  first call"
            f" {first:5.1f} s  ln B differs by {np.median(off):.1e}, at most {off.max():.1e}"
        )


def places() -> None:
    """The best place of a trap: read off what draws the curves, or by climbing the gradient."""
    padded = Strip(
        1e-3, 12e-6, 6400e-12, 0.0, jnp.array([500e-6]), jnp.array([20e-6]), 18e-4, 4e5
    )  # fmt: skip
    padded = jax.tree.map(lambda x: jnp.asarray(x, float), padded)
    ways = {
        "the curves' values": lambda: best_place(padded),
        "BFGS": lambda: float(best_split(padded, 1).strip.trap_centres[0]),
    }
    print("\nthe place of one trap")
    for name, (first, seconds, made) in in_turns(ways).items():
        print(
            f"  {name:20}{1e6 * made:12.5f} µm  {1e3 * seconds:7.1f} ms  first call {first:4.1f} s"
        )


if __name__ == "__main__":
    parts = {
        "emptying": emptying_sets, "switches": switches, "evidence": evidence, "places": places,
    }  # fmt: skip
    for part in sys.argv[1:] or parts:
        parts[part]()
