"""The protocol as an evolution in time: who is superconducting, normal and trapped, and when.

One law holds throughout. Pairs form at the rate γ n_n², and only while that lowers F; pairs break
as fast as the minimum -α_f/β recedes. So n_s is either below the minimum, and "pinned" but for
the pairing, or it is the minimum, "released"; above it, never. With n_n = f (n_c - n_s):

    pinned:    df/dt = -Γ f - γ n_n f (1 - f),      dn_s/dt = γ n_n²
    released:  n_s = -α_f/β,   D df/dt = -Γ f - (1 - f) (∂n_s/∂T) (dT/dt)/(n_c - n_s),
               D = 1 + (1 - f) (∂n_s/∂f)/(n_c - n_s)

Both follow from dn_t/dt = Γ n_n and conservation; with a junction the balance of
`entrap.model.device` stands for -Γ f. Where D <= 0 the electrons of one broken pair, before they
are trapped, would set off the breaking of another: the branch is followed with f at the balance of
breaking and trapping, and the margin `release_stability` says so.

Source: V. Kornich, arXiv:2605.15834 (2026), Eqs. (7), (8) and Fig. 3; the law of the released
branch is derived on the theory page.
"""

from typing import Any, NamedTuple

import diffrax
import jax
import jax.numpy as jnp
from jax import lax

from entrap.core.arrays import Reals, RealsLike
from entrap.model import landau
from entrap.model.device import Device
from entrap.model.kinetics import self_consistent_rate
from entrap.model.sample import Sample, Trapping
from entrap.solve.ramp import Ramp
from entrap.solve.stages import StageNewton, first_crossing
from entrap.solve.tabulated import drift, flow, settled, tabulate

PINNED, RELEASED, NORMAL, FULL = 0, 1, 2, 3  # full: all n_c superconduct, none to trap
SEGMENTS = 16  # a run has two to five; more means that it does not settle

_TOLERANCE = 1e-11
_STEPS = 1024  # a segment takes fifty to a few hundred
_SLOWEST = 0.1  # least D that is integrated: below it f is at its balance within 1/(10 Γ)
_STIFF = 1e4  # forgetting beyond which what only the trap moves takes no time
_FOLD = 1e-6  # of the rate of forgetting, at which f is not held any more
_HELD = 1e-4  # f this near to the trap's balance, relative to itself, moves with it
_FEW = 1e-3  # f below which that is relative to this
_FAST = 1e3  # Γ beyond which that is at once: n_s does not rise meanwhile
_TINY = 1e-300  # f that stands for none, so that its logarithm is finite
_GONE = 1e-12  # share of n_c that is none: rounding does not decide whether n_s is 0 or n_c
_GAPLESS = 1e-8  # share of n_c whose gap keeps no trap working


class Trajectory(NamedTuple):
    """What was integrated, densities in units of n_c, time in units of the duration."""

    superfluid: Reals
    normal: Reals
    fraction: Reals
    mode: Any
    switches: Reals
    modes: Any
    count: Any
    succeeded: Any


class _Segment(NamedTuple):
    start: Reals
    temperature: Reals
    mode: Any
    holding: Any


class _State(NamedTuple):
    time: Reals
    temperature: Reals
    n_s: Reals
    n_n: Reals
    fraction: Reals
    minimum: Reals
    by_temperature: Reals  # ∂/∂T of the minimum
    by_fraction: Reals  # ∂/∂f of the minimum


class _Rates(NamedTuple):
    fraction: Reals
    recession: Reals  # of the released branch
    pairing: Reals
    loss: Reals  # of ln f, pinned
    slack: Reals  # uncertainty of the recession
    by_trap: Reals  # of f
    forgets: Reals  # an error of f


def trajectory(
    sample: Sample,
    trapping: Trapping,
    ramp: Ramp,
    times: Reals,
    device: Device | None = None,
    duration: RealsLike = 1.0,
) -> Trajectory:
    """Densities at `times`, and when n_s was pinned, released or gone.

    Args:
        sample: Densities in units of n_c.
        trapping: Rates per duration; the pairing rate times n_c besides.
        ramp: Temperature against time.
        times: Increasing, from 0 to 1.
        device: What gives the rate at each temperature and gap, in place of a constant one.
        duration: The duration [s], for the device's rates.
    """
    # With a device this is its first rate: what it becomes sets no scale, only what is integrated.
    trap_rate = jnp.asarray(trapping.trap_rate)
    # On the minimum y[0] is f (1 + Γ), of order 1 in slow warming however fast the trap is;
    # else it is ln f, which the trap lowers evenly.
    scale = 1 + trap_rate
    # Where the trap is fast f is small, and so is what its error adds to n_s.
    ease = jnp.clip(trap_rate / 10, 1.0, 1e5)
    table, gone = None, _GONE
    if device is not None:
        gone = _GAPLESS
        scale, ease = jnp.ones_like(scale), jnp.ones_like(ease)  # f stays what comes back
        table = tabulate(device, sample, ramp.start, ramp.warm_to)

    def minimum(temperature: Reals, f: Reals) -> Reals:
        return landau.unbounded_density(sample, temperature, f)

    def exchange(temperature: Reals, n_s: Reals, f: Reals) -> tuple[Reals, Reals, Reals]:
        """By the trap: df/dt, d(ln f)/dt, and the rate at which an error of f is forgotten."""
        if table is None:
            return -trap_rate * f, -trap_rate, trap_rate
        rate, forgets = flow(table, temperature, n_s, f)
        return duration * rate, duration * rate / jnp.maximum(f, _TINY), duration * forgets

    @jax.jit  # traced once, whatever the number of calls
    def locate(since: Reals, y: Reals, args: _Segment) -> _State:
        start, temperature, mode, holding = args
        # Taken at `start + since` it would be a staircase to steps below 1e-16.
        temperature = temperature + ramp.slope(holding) * since
        on_minimum = (mode == RELEASED) | (mode == FULL)
        f = jnp.where(on_minimum, y[0] / scale, jnp.exp(jnp.where(on_minimum, 0.0, y[0])))
        f = jnp.where(mode == FULL, 1.0, f)
        at, linear = jax.linearize(minimum, temperature, f)
        one, none = jnp.ones_like(f), jnp.zeros_like(f)
        n_s = jnp.where(on_minimum, jnp.clip(at, 0.0, 1.0), y[1])
        along = linear(one, none), linear(none, one)
        return _State(start + since, temperature, n_s, f * (1 - n_s), f, at, *along)

    @jax.jit
    def rates(state: _State, mode: Any, holding: Any) -> _Rates:
        time, temperature, n_s, n_n, f, at, by_temperature, by_fraction = state
        if trapping.closure == "self-consistent":
            affinity = sample.landau_beta * (n_s - at)
            rate = self_consistent_rate(trapping, temperature, affinity)
        elif trapping.closure == "ramp":
            rate = trapping.pairing_rate * -jnp.expm1(-trap_rate * time)
        else:
            rate = trapping.pairing_rate
        rate = jnp.where(mode == NORMAL, 0.0, rate)
        by_warming = by_temperature * ramp.slope(holding)
        # A stable branch has more normal and trapped electrons than `pull`; an unstable one that
        # starts with none gains at once the n_n that balances, √(pull · breaking/Γ).
        pull, breaking = -(1 - f) * by_fraction, jnp.maximum(-by_warming, 0.0)
        least = 0.5 * jnp.minimum(pull, jnp.sqrt(jnp.maximum(pull * breaking / scale, 0.0) + 1e-30))
        room = jnp.maximum(jnp.maximum(1 - at, least), 1e-13 * ease)
        stable = 1 - pull / room > _SLOWEST
        lag = jnp.where(stable, 1 - pull / room, _SLOWEST)
        by_trap, decay, forgets = exchange(temperature, n_s, f)
        f_rate = (by_trap - (1 - f) * by_warming / room) / lag
        # The minimum moves by (∂n_s/∂T) dT/dt + (∂n_s/∂f) df/dt; with D put in, nothing cancels.
        unstable = by_warming + jnp.where(trap_rate < _FAST, by_fraction * f_rate, 0.0)
        recession = jnp.where(stable, (by_warming + by_fraction * by_trap) / lag, unstable)
        error = 10 * _TOLERANCE * ease * (1 / scale + f)
        return _Rates(
            f_rate, recession, rate * n_n**2,
            decay - rate * n_n * (1 - f),
            -by_fraction * forgets * error / lag,
            by_trap,
            forgets,
        )  # fmt: skip

    @jax.jit
    def turns(state: _State, mode: Any, holding: Any) -> tuple[_Rates, Reals]:
        """Rates with what decides on the released branch, and whether the trap fails at once."""
        rate = rates(state, mode, holding)
        if table is None:
            return rate, -jnp.ones_like(state.fraction)
        # An f that the trap holds in balance moves with it: its own flow is the rounding's.
        # Where it turns, n_s is as pinned as it is released: its derivatives do not matter.
        here = jnp.stack([state.temperature, state.n_s, state.fraction])
        at = here, state.by_temperature, state.by_fraction, ramp.slope(holding)
        moves, fold = drift(table, *lax.stop_gradient(at))
        held = jnp.abs(rate.by_trap) < _HELD * rate.forgets * jnp.maximum(state.fraction, _FEW)
        follows = state.by_temperature * ramp.slope(holding) + state.by_fraction * moves
        recession = jnp.where(held, jnp.minimum(follows, rate.recession), rate.recession)
        may = held & (rate.forgets > _STIFF) & (1 - state.fraction > _FOLD)
        fails = jnp.where(may, fold, -1.0)
        return rate._replace(recession=recession), fails

    def field(since: Any, y: Any, args: Any) -> Reals:
        _, _, mode, holding = args
        rate = rates(locate(since, y, args), mode, holding)
        on_minimum = (mode == RELEASED) | (mode == FULL)
        return jnp.stack([
            jnp.where(on_minimum, rate.fraction * scale, rate.loss),
            jnp.where(on_minimum, 0.0, rate.pairing),
        ]) * jnp.where(mode == FULL, 0.0, 1.0)  # fmt: skip

    def leaves(state: _State, mode: Any, holding: Any) -> Reals:
        """Positive once the mode no longer holds."""
        rate, fails = turns(state, mode, holding)
        met = state.n_s - state.minimum - 1e-14
        if trapping.closure == "self-consistent":  # such pairs pass by error alone what rises
            rise = state.by_temperature * ramp.slope(holding)
            rise = rise + state.by_fraction * state.fraction * rate.loss
            met = jnp.minimum(met, -rise)
        # Without a gap no trap works, and f goes back to 1.
        revives = state.minimum
        if table is not None:
            revives = minimum(state.temperature, jnp.ones_like(met)) - 2 * gone
        by_mode = [
            met,
            jnp.maximum(
                jnp.maximum(rate.recession - rate.pairing - rate.slack, fails),
                gone - _GONE - state.minimum,
            ),
            revives - _GONE,
            1 - state.minimum - _GONE,
        ]
        return jnp.stack(by_mode)[mode]

    def over(since: Reals, y: Reals, args: _Segment, **_: Any) -> Any:
        return leaves(locate(since, y, args), args.mode, args.holding) > 0

    def enter(state: _State, mode: Any) -> Reals:
        on_minimum = (mode == RELEASED) | (mode == FULL)
        log_f = jnp.log(jnp.maximum(state.fraction, _TINY))
        return jnp.stack([
            jnp.where(on_minimum, state.fraction * scale, log_f),
            jnp.where(on_minimum | (mode == NORMAL), 0.0, state.n_s),
        ])  # fmt: skip

    def choose(state: _State, holding: Any) -> Any:
        """Mode at a kink of the protocol."""
        rate, _ = turns(state, jnp.asarray(RELEASED), holding)
        at_minimum = state.n_s >= jnp.minimum(state.minimum, 1.0) - 1e-12
        follows = at_minimum & (rate.recession <= rate.pairing + rate.slack)
        normal = (state.minimum <= 0) & (state.n_s <= 0)
        mode = jnp.where(normal, NORMAL, jnp.where(follows, RELEASED, PINNED))
        return jnp.where(state.minimum >= 1, FULL, mode)

    def segment(carry: Any) -> Any:
        start, temperature, mode, y, out, modes_at, switches, modes, count, ok = carry
        holding = start < ramp.hold
        args = _Segment(start, temperature, mode, holding)
        span = jnp.where(holding, ramp.hold, 1.0) - start
        tolerance = _TOLERANCE * jnp.where(mode == RELEASED, ease, 0.1)
        newton = StageNewton(_TOLERANCE, _TOLERANCE, added=tolerance / 10, cauchy_termination=False)
        # In time since the start of the segment: its first steps may be far below 1e-16.
        solution = diffrax.diffeqsolve(
            diffrax.ODETerm(field), diffrax.Kvaerno5(root_finder=newton),
            0.0, span, 1e-3 * span / (1 + trap_rate * span), y, args,
            saveat=diffrax.SaveAt(dense=True, t1=True), event=diffrax.Event(over),
            # Over longer steps what a stiff f does between their ends would not be known.
            stepsize_controller=diffrax.PIDController(
                tolerance, tolerance, factormax=3.0, dtmax=None if table is None else span / 256
            ),
            max_steps=_STEPS * (1 if table is None else 8),
            throw=False, adjoint=diffrax.ForwardMode(),
        )  # fmt: skip
        solved = diffrax.is_okay(solution.result)
        ends: Any = solution.ts
        steps: Any = solution.interpolation
        covered = ends[-1]  # to the end, or the end of the step in which the mode is left

        def at(since: Reals) -> _State:
            return locate(since, solution.evaluate(since), args)

        states = jax.vmap(at)(jnp.clip(times - start, 0.0, covered))

        def margin(since: Reals) -> Reals:
            return leaves(at(since), mode, holding)

        # Between steps a stiff f is as good as the interpolation: it is left in the last one.
        known = jnp.zeros_like(covered)
        if table is not None:
            event = solution.result == diffrax.RESULTS.event_occurred
            accepted = jnp.maximum(solution.stats["num_accepted_steps"] - 1, 0)
            known = jnp.where(event, steps.ts[accepted], known)
        found, lasted = first_crossing(margin, covered, trap_rate, known)
        whole = ~found & (covered >= span)
        stop = jnp.where(whole, jnp.where(holding, ramp.hold, 1.0), start + lasted)

        here = (times > start) & (times <= stop)
        f = jnp.clip(states.fraction, 0.0, 1.0)
        values = jnp.stack([states.n_s, f * (1 - states.n_s), f], axis=-1)
        out = jnp.where(here[:, None], values, out)
        modes_at = jnp.where(here, mode, modes_at)

        last, fails = at(lasted), jnp.asarray(False)
        if table is not None:
            # What takes 1/Γ is at once; it ends where the flows balance anew.
            fails = found & (mode == RELEASED) & (turns(last, mode, holding)[1] > -_FOLD)
            f = settled(table, minimum, last.temperature, last.fraction)
            least = minimum(last.temperature, f)
            n_s = jnp.clip(least, 0.0, 1.0)
            fallen = last._replace(n_s=n_s, n_n=f * (1 - n_s), fraction=f, minimum=least)
            last = jax.tree.map(lambda new, old: jnp.where(fails, new, old), fallen, last)
        anew = choose(last, stop < ramp.hold)
        crossed = jnp.stack([
            jnp.where(last.minimum > gone, RELEASED, NORMAL),
            jnp.where(last.minimum > gone, jnp.where(fails, RELEASED, PINNED), NORMAL),
            PINNED,
            anew,
        ])[mode]  # fmt: skip
        # At a kink a minimum that was followed is asked anew; a pinned n_s waits until it crosses.
        kept = jnp.where((mode == RELEASED) | (mode == FULL), anew, mode)
        following = jnp.where(found, crossed, kept)
        y = enter(last, following)
        switches, modes = switches.at[count].set(start), modes.at[count].set(mode)
        count, ok = count + 1, ok & solved
        return stop, last.temperature, following, y, out, modes_at, switches, modes, count, ok

    def unfinished(carry: Any) -> Any:
        return (carry[0] < 1) & (carry[8] < SEGMENTS) & carry[9]

    n_s = landau.superfluid_density(sample, ramp.start, 1.0)
    zero = jnp.zeros_like(n_s)
    holding = ramp.hold > 0
    y = jnp.stack([zero + scale, zero])
    begin = locate(zero, y, _Segment(zero, zero + ramp.start, jnp.asarray(RELEASED), holding))
    mode = choose(begin, holding)
    out = jnp.zeros((len(times), 3)) + jnp.stack([n_s, 1 - n_s, zero + 1.0])
    y = enter(begin, mode)
    modes_at = jnp.full(len(times), RELEASED)
    carry = (zero, begin.temperature, mode, y, out, modes_at, jnp.full(SEGMENTS, jnp.nan),
             jnp.full(SEGMENTS, -1), 0, jnp.asarray(True))  # fmt: skip
    stop, _, _, _, out, modes_at, switches, modes, count, ok = lax.while_loop(
        unfinished, segment, carry
    )
    return Trajectory(out[:, 0], out[:, 1], out[:, 2], modes_at, switches, modes, count,
                      ok & (stop >= 1))  # fmt: skip
