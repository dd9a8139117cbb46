"""The protocol as an evolution in time: who is superconducting, normal and trapped, and when.

One law holds throughout. Pairs form at the rate γ n_n², and only while that lowers F; pairs break
as fast as the minimum -α_f/β recedes. So n_s is either below the minimum, and "pinned" but for
the pairing, or it is the minimum, "released"; above it, never. With n_n = f (n_c - n_s):

    pinned:    dn_n/dt = -Γ n_n - γ n_n²,      dn_s/dt = γ n_n²
    released:  n_s = -α_f/β,   D df/dt = -Γ f - (1 - f) (∂n_s/∂T) (dT/dt)/(n_c - n_s),
               D = 1 + (1 - f) (∂n_s/∂f)/(n_c - n_s)

The second follows from dn_t/dt = Γ n_n and conservation. Where D <= 0 the electrons of one broken
pair, before they are trapped, would set off the breaking of another: the branch is followed with f
at the balance of breaking and trapping, and the margin `release_stability` says so.

Source: V. Kornich, arXiv:2605.15834 (2026), Eqs. (7), (8) and Fig. 3; the law of the released
branch is derived on the theory page.
"""

from typing import Any, NamedTuple

import diffrax
import jax
import jax.numpy as jnp
import optimistix as optx
from jax import lax

from entrap.core.arrays import Reals
from entrap.core.stable import guarded
from entrap.model import landau
from entrap.model.kinetics import self_consistent_rate
from entrap.model.sample import Sample, Trapping

PINNED, RELEASED, NORMAL, FULL = 0, 1, 2, 3  # full: all n_c superconduct, none to trap
SEGMENTS = 16  # a run has two to five; more means that it does not settle

_TOLERANCE = 1e-10
_STEPS = 8192
_SLOWEST = 0.1  # least D that is integrated: below it f is at its balance within 1/(10 Γ)
_FASTEST = 1e4  # relaxations per duration that are resolved; beyond, f is at its balance
_SLACK = 1e-8  # uncertainty of f, ten times what the steps allow for
_ROOM = 1e-4  # least share of normal electrons that the rate equation of f divides by
_TINY = 1e-300  # n_n/n_c that stands for none, so that its logarithm is finite


class Ramp(NamedTuple):
    """Temperature against time, in units of the whole duration."""

    start: Reals
    warm_to: Reals
    hold: Reals

    def temperature(self, time: Reals) -> Reals:
        """T(t) [K]."""
        share = jnp.clip((time - self.hold) / (1 - self.hold), 0.0, 1.0)
        return self.start + (self.warm_to - self.start) * share

    def slope(self, holding: Reals) -> Reals:
        """dT/dt [K]."""
        return jnp.where(holding, 0.0, (self.warm_to - self.start) / (1 - self.hold))


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


class _State(NamedTuple):
    n_s: Reals
    n_n: Reals
    fraction: Reals
    minimum: Reals
    recession: Reals  # rate at which the released branch moves
    fraction_rate: Reals
    pairing: Reals  # γ n_n²
    rate: Reals  # γ
    slack: Reals  # uncertainty of the recession


def trajectory(sample: Sample, trapping: Trapping, ramp: Ramp, times: Reals) -> Trajectory:
    """Densities at `times`, and when n_s was pinned, released or gone.

    Args:
        sample: Densities in units of n_c.
        trapping: Rates per duration; the pairing rate times n_c besides.
        ramp: Temperature against time.
        times: Increasing, from 0 to 1.
    """

    # On the minimum y[0] is f Γ, of order 1 in slow warming however fast the trap is.
    scale = 1 + trapping.trap_rate

    def look(time: Reals, y: Reals, mode: Any, holding: Any) -> _State:
        temperature, slope = ramp.temperature(time), ramp.slope(holding)
        on_minimum = (mode == RELEASED) | (mode == FULL)
        n_n, n_s = jnp.exp(jnp.where(on_minimum, 0.0, y[0])), y[1]
        given = n_n / guarded(1 - n_s, 1 - n_s > 0)
        f = jnp.where(on_minimum, y[0] / scale, jnp.minimum(given, 1.0))

        def minimum(temperature: Reals, f: Reals) -> Reals:
            return landau.unbounded_density(sample, temperature, f)

        at, along_temperature = jax.jvp(minimum, (temperature, f), (1.0, 0.0))
        _, along_fraction = jax.jvp(minimum, (temperature, f), (0.0, 1.0))
        inside = (at > 0) & ((at < 1) | (mode == RELEASED))
        by_warming = jnp.where(inside, along_temperature, 0.0) * slope
        by_fraction = jnp.where(inside, along_fraction, 0.0)
        n_s = jnp.where(on_minimum, jnp.clip(at, 0.0, 1.0), n_s)
        n_n = jnp.where(on_minimum, f * (1 - n_s), n_n)
        room = jnp.maximum(1 - n_s, _ROOM)
        lag = jnp.maximum(1 + (1 - f) * by_fraction / room, _SLOWEST)
        lag = lag * jnp.maximum(1.0, trapping.trap_rate / _FASTEST)
        f_rate = (-trapping.trap_rate * f - (1 - f) * by_warming / room) / lag
        f_rate = jnp.where(mode == FULL, 0.0, f_rate)
        if trapping.closure == "self-consistent":
            affinity = sample.landau_beta * (n_s - at)
            rate = self_consistent_rate(trapping, temperature, affinity)
        elif trapping.closure == "ramp":
            rate = trapping.pairing_rate * -jnp.expm1(-trapping.trap_rate * time)
        else:
            rate = trapping.pairing_rate
        rate = jnp.where(mode == NORMAL, 0.0, rate)
        recession = by_warming + by_fraction * f_rate
        # Rounding of f, times the rate at which it relaxes, is no reason to leave the branch.
        slack = -by_fraction / lag * _SLACK
        return _State(n_s, n_n, f, at, recession, f_rate, rate * n_n**2, rate, slack)

    def field(since: Reals, y: Reals, args: tuple[Any, Any, Any]) -> Reals:
        start, mode, holding = args
        state = look(start + since, y, mode, holding)
        pinned = jnp.stack([-trapping.trap_rate - state.rate * state.n_n, state.pairing])
        on_minimum = jnp.stack([state.fraction_rate * scale, jnp.zeros_like(state.fraction_rate)])
        return jnp.where((mode == RELEASED) | (mode == FULL), on_minimum, pinned)

    def leaves(time: Reals, y: Reals, mode: Any, holding: Any) -> Reals:
        """Positive once the mode no longer holds."""
        state = look(time, y, mode, holding)
        released = jnp.maximum(state.recession - state.pairing - state.slack, -state.minimum)
        by_mode = [state.n_s - state.minimum - 1e-14, released, state.minimum, 1 - state.minimum]
        return jnp.stack(by_mode)[mode]

    def over(since: Reals, y: Reals, args: tuple[Any, Any, Any], **_: Any) -> Any:
        start, mode, holding = args
        return leaves(start + since, y, mode, holding) > 0

    def enter(state: _State, mode: Any) -> Reals:
        log_normal = jnp.log(jnp.maximum(state.n_n, _TINY))
        pinned = jnp.stack([log_normal, state.n_s])
        on_minimum = jnp.stack([state.fraction * scale, 0.0 * state.n_s])
        return jnp.where((mode == RELEASED) | (mode == FULL), on_minimum, pinned)

    def choose(state: _State) -> Any:
        """Mode at a kink of the protocol."""
        at_minimum = state.n_s >= jnp.minimum(state.minimum, 1.0) - 1e-12
        follows = at_minimum & (state.recession <= state.pairing + state.slack)
        normal = (state.minimum <= 0) & (state.n_s <= 0)
        mode = jnp.where(normal, NORMAL, jnp.where(follows, RELEASED, PINNED))
        return jnp.where(state.minimum >= 1, FULL, mode)

    uniform = jnp.linspace(0.0, 1.0, 257)[1:]
    early = jnp.geomspace(1e-4, 1e4, 161)

    def segment(carry: Any) -> Any:
        start, mode, y, out, modes_at, switches, modes, count, ok = carry
        holding = start < ramp.hold
        span = jnp.where(holding, ramp.hold, 1.0) - start
        # Where the trap is fast f is small, and so is what its error adds to n_s.
        ease = jnp.where(mode == RELEASED, jnp.clip(trapping.trap_rate / 10, 1.0, 1e2), 1.0)
        tolerance = _TOLERANCE * ease
        controller = diffrax.PIDController(tolerance, tolerance)
        newton = optx.Newton(tolerance / 100, tolerance / 100)  # else its noise rejects steps
        solver = diffrax.Kvaerno5(root_finder=newton)
        # In time since the start of the segment: its first steps may be far below 1e-16.
        solution = diffrax.diffeqsolve(
            diffrax.ODETerm(field), solver, 0.0, span, None, y, (start, mode, holding),
            saveat=diffrax.SaveAt(dense=True, t1=True), stepsize_controller=controller,
            event=diffrax.Event(over), max_steps=_STEPS, throw=False,
            adjoint=diffrax.ForwardMode(),
        )  # fmt: skip
        solved = diffrax.is_okay(solution.result)
        covered = solution.ts[-1]  # to the end, or the end of the step in which the mode is left

        def at(since: Reals) -> tuple[_State, Reals]:
            y = solution.evaluate(since)
            return look(start + since, y, mode, holding), leaves(start + since, y, mode, holding)

        # The switch is bracketed on a grid that resolves 1/Γ, then bisected to rounding.
        after = jnp.minimum(early / jnp.maximum(trapping.trap_rate, 1.0), covered)
        grid = jnp.sort(jnp.concatenate([covered * uniform, after]))
        wanted = jnp.clip(times - start, 0.0, covered)
        states, leaving = jax.vmap(at)(jnp.concatenate([wanted, grid]))
        left = leaving[len(times) :] > 0
        found, first = left.any(), jnp.argmax(left)
        low = jnp.where(first == 0, 0.0, grid[first - 1])

        def halve(_: Any, bracket: tuple[Reals, Reals]) -> tuple[Reals, Reals]:
            low, high = bracket
            middle = 0.5 * (low + high)
            beyond = at(middle)[1] > 0
            return jnp.where(beyond, low, middle), jnp.where(beyond, middle, high)

        _, high = lax.fori_loop(0, 60, halve, (low, grid[first]))
        lasted = jnp.where(found, high, covered)
        whole = ~found & (covered >= span)
        stop = jnp.where(whole, jnp.where(holding, ramp.hold, 1.0), start + lasted)

        here = (times > start) & (times <= stop)
        values = jnp.stack([states.n_s, states.n_n, states.fraction], axis=-1)[: len(times)]
        out = jnp.where(here[:, None], values, out)
        modes_at = jnp.where(here, mode, modes_at)

        y = solution.evaluate(lasted)
        last = look(stop, y, mode, holding)
        still = jnp.where(mode == FULL, RELEASED, mode)
        anew = choose(look(stop, y, still, stop < ramp.hold))
        crossed = jnp.stack([
            jnp.where(last.minimum > 0, RELEASED, NORMAL),
            jnp.where(last.minimum > 0, PINNED, NORMAL),
            PINNED,
            anew,
        ])[mode]  # fmt: skip
        # At a kink a minimum that was followed is asked anew; a pinned n_s waits until it crosses.
        kept = jnp.where((mode == RELEASED) | (mode == FULL), anew, mode)
        following = jnp.where(found, crossed, kept)
        y = enter(last, following)
        switches, modes = switches.at[count].set(start), modes.at[count].set(mode)
        return stop, following, y, out, modes_at, switches, modes, count + 1, ok & solved

    def unfinished(carry: Any) -> Any:
        return (carry[0] < 1) & (carry[7] < SEGMENTS) & carry[8]

    n_s = landau.superfluid_density(sample, ramp.start, 1.0)
    first_holding = ramp.hold > 0
    zero = jnp.zeros_like(n_s)
    begin = look(zero, jnp.stack([zero + scale, zero]), jnp.asarray(RELEASED), first_holding)
    mode = choose(begin)
    out = jnp.zeros((len(times), 3)) + jnp.stack([n_s, 1 - n_s, zero + 1.0])
    y = enter(begin, mode)
    modes_at = jnp.full(len(times), RELEASED)
    carry = (zero, mode, y, out, modes_at, jnp.full(SEGMENTS, jnp.nan),
             jnp.full(SEGMENTS, -1), 0, jnp.asarray(True))  # fmt: skip
    stop, _, _, out, modes_at, switches, modes, count, ok = lax.while_loop(
        unfinished, segment, carry
    )
    return Trajectory(out[:, 0], out[:, 1], out[:, 2], modes_at, switches, modes, count,
                      ok & (stop >= 1))  # fmt: skip
