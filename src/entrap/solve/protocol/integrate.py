"""The protocol as an evolution in time: who is superconducting, normal and trapped, and when.

Each branch of `regimes` is integrated until its law holds no more; there the next begins. What the
branches are, and the source, is said there.
"""

from typing import Any, NamedTuple

import diffrax
import jax
import jax.numpy as jnp
from jax import lax

from entrap.core.arrays import Reals, RealsLike
from entrap.model import landau
from entrap.model.device import Device
from entrap.model.sample import Sample, Trapping
from entrap.solve.protocol.crossing import StageNewton, first_crossing
from entrap.solve.protocol.modes import RELEASED, Instant, Segment
from entrap.solve.protocol.ramp import Ramp
from entrap.solve.protocol.regimes import TOLERANCE, branches

SEGMENTS = 16  # a run has two to five; more means that it does not settle
_STEPS = 1024  # a segment takes fifty to a few hundred


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
    laws = branches(sample, trapping, ramp, device, duration)
    # With a device this is its first rate: what it becomes sets no scale, only what is integrated.
    trapping_rate = jnp.asarray(trapping.trapping_rate)

    # Not the methods themselves: they are pytrees, which diffrax takes apart at every turn.
    def field(since: Any, y: Any, args: Any) -> Reals:
        return laws.field(since, y, args)

    def over(since: Reals, y: Reals, args: Segment, **_: Any) -> Any:
        return laws.event_margin(laws.locate(since, y, args), args.mode, args.holding) > 0

    def segment(carry: Any) -> Any:
        start, temperature, mode, y, out, modes_at, switches, modes, count, ok = carry
        holding = start < ramp.hold
        args = Segment(start, temperature, mode, holding)
        span = jnp.where(holding, ramp.hold, 1.0) - start
        tolerance = TOLERANCE * jnp.where(mode == RELEASED, laws.ease, 0.1)
        newton = StageNewton(TOLERANCE, TOLERANCE, added=tolerance / 10, cauchy_termination=False)
        # In time since the start of the segment: its first steps may be far below 1e-16.
        solution = diffrax.diffeqsolve(
            diffrax.ODETerm(field), diffrax.Kvaerno5(root_finder=newton),
            0.0, span, 1e-3 * span / (1 + trapping_rate * span), y, args,
            saveat=diffrax.SaveAt(dense=True, t1=True), event=diffrax.Event(over),
            # Over longer steps what a stiff f does between their ends would not be known.
            stepsize_controller=diffrax.PIDController(
                tolerance, tolerance, factormax=3.0,
                dtmax=None if laws.table is None else span / 256,
            ),
            max_steps=_STEPS * (1 if laws.table is None else 8),
            throw=False, adjoint=diffrax.ForwardMode(),
        )  # fmt: skip
        solved = diffrax.is_okay(solution.result)
        ends: Any = solution.ts
        steps: Any = solution.interpolation
        covered = ends[-1]  # to the end, or the end of the step in which the mode is left

        def at(since: Reals) -> Instant:
            return laws.locate(since, solution.evaluate(since), args)

        states = jax.vmap(at)(jnp.clip(times - start, 0.0, covered))

        def margin(since: Reals) -> Reals:
            return laws.event_margin(at(since), mode, holding)

        # Between steps a stiff f is as good as the interpolation: it is left in the last one.
        known = jnp.zeros_like(covered)
        if laws.table is not None:
            event = solution.result == diffrax.RESULTS.event_occurred
            accepted = jnp.maximum(solution.stats["num_accepted_steps"] - 1, 0)
            known = jnp.where(event, steps.ts[accepted], known)
        found, lasted = first_crossing(margin, covered, trapping_rate, known)
        whole = ~found & (covered >= span)
        stop = jnp.where(whole, jnp.where(holding, ramp.hold, 1.0), start + lasted)

        here = (times > start) & (times <= stop)
        # Where f goes back to 1 within a step the interpolation overshoots: by 1.4e-6 at most in a
        # hundred random junctions; at a constant rate never.
        f = jnp.clip(states.fraction, 0.0, 1.0)
        values = jnp.stack([states.n_s, f * (1 - states.n_s), f], axis=-1)
        out = jnp.where(here[:, None], values, out)
        modes_at = jnp.where(here, mode, modes_at)

        last, following = laws.follow(at(lasted), found, args, stop < ramp.hold)
        y = laws.enter(last, following)
        switches, modes = switches.at[count].set(start), modes.at[count].set(mode)
        count, ok = count + 1, ok & solved
        return stop, last.temperature, following, y, out, modes_at, switches, modes, count, ok

    def unfinished(carry: Any) -> Any:
        return (carry[0] < 1) & (carry[8] < SEGMENTS) & carry[9]

    n_s = landau.superfluid_density(sample, ramp.start, 1.0)
    zero = jnp.zeros_like(n_s)
    holding = ramp.hold > 0
    y = jnp.stack([zero + laws.scale, zero])
    begin = laws.locate(zero, y, Segment(zero, zero + ramp.start, jnp.asarray(RELEASED), holding))
    mode = laws.choose(begin, holding)
    out = jnp.zeros((len(times), 3)) + jnp.stack([n_s, 1 - n_s, zero + 1.0])
    y = laws.enter(begin, mode)
    modes_at = jnp.full(len(times), RELEASED)
    carry = (zero, begin.temperature, mode, y, out, modes_at, jnp.full(SEGMENTS, jnp.nan),
             jnp.full(SEGMENTS, -1), 0, jnp.asarray(True))  # fmt: skip
    stop, _, _, _, out, modes_at, switches, modes, count, ok = lax.while_loop(
        unfinished, segment, carry
    )
    return Trajectory(out[:, 0], out[:, 1], out[:, 2], modes_at, switches, modes, count,
                      ok & (stop >= 1))  # fmt: skip
