"""The branches of an evolution: the law of each in time, and when it holds no more.

One law holds throughout. Pairs form at the rate P = γ n², n being the normal electrons that can
pair (all n_n, unless a junction's mapping says fewer); pairs break as fast as the minimum -α_f/β
recedes. n_s is "pinned" but for the pairing, or it is the minimum, "released". Where pairing is
limited to the minimum, it goes on only while it lowers F, and n_s is never above the minimum. Where
it is not, as in Eqs. (7), (8), n_s may rise above it while the trap empties the sample at T_0, up
to the minimum -α̃/β that the sample then has. What is above the minimum when warming begins is
"held", without pairing, as long as the minimum still rises, and then released at once. With
n_n = f (n_c - n_s):

    pinned:    df/dt = -Γ f - P (1 - f)/(n_c - n_s),      dn_s/dt = P
    released:  n_s = -α_f/β,   D df/dt = -Γ f - (1 - f) (∂n_s/∂T) (dT/dt)/(n_c - n_s),
               D = 1 + (1 - f) (∂n_s/∂f)/(n_c - n_s)

Both follow from dn_t/dt = Γ n_n and conservation; with a junction the balance of
`entrap.model.device` stands for -Γ f. Where D <= 0 the electrons of one broken pair, before they
are trapped, would set off the breaking of another: the branch is followed with f at the balance of
breaking and trapping, and the margin `release_stability` says so.

Source: V. Kornich, arXiv:2605.15834 (2026), Eqs. (7), (8) and Fig. 3; the law of the released
branch is derived on the theory page.
"""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import lax

from entrap.core.arrays import Reals, RealsLike
from entrap.core.stable import guarded
from entrap.model import landau
from entrap.model.device import Device
from entrap.model.kinetics import NONE_LEFT, self_consistent_rate
from entrap.model.sample import Sample, Trapping
from entrap.solve.protocol.junction_table import Table, drift, flow, look_up, settled, tabulate
from entrap.solve.protocol.modes import (
    FULL,
    HELD,
    NORMAL,
    PINNED,
    RELEASED,
    Instant,
    Rates,
    Segment,
)
from entrap.solve.protocol.ramp import Ramp
from entrap.solve.protocol.relaxation import ABOVE, relaxed

TOLERANCE = 1e-11  # of the integration, which rounds what is compared here

_SLOWEST = 0.1  # least D that is integrated: below it f is at its balance within 1/(10 Γ)
_STIFF = 1e4  # forgetting beyond which what only the trap moves takes no time
_FOLD = 1e-6  # of the rate of forgetting, at which f is not held any more
_HELD = 1e-4  # f this near to the trap's balance, relative to itself, moves with it
_FEW = 1e-3  # f below which that is relative to this
_FAST = 1e3  # Γ beyond which that is at once: n_s does not rise meanwhile
_LOGARITHM = 1e-100  # share of n_c below which the derivative of a logarithm may overflow
_TINY = 1e-300  # f that stands for none, so that its logarithm is finite
_GAPLESS = 1e-8  # share of n_c whose gap keeps no trap working


class Branches(eqx.Module):
    """The laws of one protocol; densities in units of n_c, time in units of the duration."""

    sample: Sample
    trapping: Trapping
    ramp: Ramp
    table: Table | None  # of the device, in place of a constant rate
    duration: RealsLike  # [s]
    scale: Reals  # of f in y, on the minimum
    ease: Reals  # of what an error of f adds to n_s
    gone: float = eqx.field(static=True)  # n_s that is none

    @property
    def literal(self) -> bool:
        """Whether pairs form whatever the minimum is at the moment, as Eqs. (7), (8) say."""
        by_rate = self.table is None and self.trapping.closure != "self-consistent"
        return by_rate and self.trapping.pairing_limit == "none"

    def allowed(self, rate: Rates, holding: Any) -> Reals:
        """How fast the minimum may rise while n_s is taken to follow it."""
        limited = jnp.where(holding, 0.0, rate.pairing) if self.literal else rate.pairing
        return rate.slack + limited

    def rise(self, state: Instant, rate: Rates, holding: Any) -> Reals:
        """How fast the minimum rises while n_s does not follow it."""
        by_warming = state.by_temperature * self.ramp.slope(holding)
        return by_warming + state.by_fraction * state.fraction * rate.loss

    def emptied(self, state: Instant) -> Reals:
        """n_s that the minimum would have with all normal electrons trapped."""
        return self.minimum(state.temperature, jnp.zeros_like(state.fraction))

    def minimum(self, temperature: Reals, f: Reals) -> Reals:
        """n_s at which F has no slope, beyond 0 and n_c too."""
        return landau.unbounded_density(self.sample, temperature, f)

    def exchange(
        self, temperature: Reals, n_s: Reals, f: Reals
    ) -> tuple[Reals, Reals, Reals, Reals]:
        """By the trap df/dt, d(ln f)/dt and how fast an error of f is forgotten; what can pair."""
        if self.table is None:
            rate = jnp.asarray(self.trapping.trapping_rate)
            return -rate * f, -rate, rate, 1 - n_s
        flows, pairing = look_up(self.table, temperature, n_s)
        rate, forgets = (self.duration * each for each in flow(flows, f))
        return rate, rate / jnp.maximum(f, _TINY), forgets, pairing

    @eqx.filter_jit  # traced once, whatever the number of calls
    def locate(self, since: Reals, y: Reals, args: Segment) -> Instant:
        """What y stands for, at a time since the start of the segment."""
        start, temperature, mode, holding = args
        # Taken at `start + since` it would be a staircase to steps below 1e-16.
        temperature = temperature + self.ramp.slope(holding) * since
        on_minimum = (mode == RELEASED) | (mode == FULL)
        f = jnp.where(on_minimum, y[0] / self.scale, jnp.exp(jnp.where(on_minimum, 0.0, y[0])))
        f = jnp.where(mode == FULL, 1.0, f)
        at, linear = jax.linearize(self.minimum, temperature, f)
        one, none = jnp.ones_like(f), jnp.zeros_like(f)
        n_s = jnp.where(on_minimum, jnp.clip(at, 0.0, 1.0), y[1])
        along = linear(one, none), linear(none, one)
        return Instant(start + since, temperature, n_s, f * (1 - n_s), f, at, *along)

    def affinity(self, temperature: Reals, n_s: Reals, f: Reals, at: Reals) -> Reals:
        """μ = α_f + β n_s: β times the distance to the minimum, unless n_s is in α_f."""
        sample = self.sample
        near = sample.landau_beta * (n_s - at)
        if not sample.entropy.follows_density:
            return near
        # Without electrons the logarithm is infinite, and nothing is left to pair.
        some = n_s + f * (1 - n_s) > _LOGARITHM
        alpha = landau.effective_coefficient(
            sample, temperature, f, jnp.where(some, n_s, jnp.ones_like(n_s))
        )
        return jnp.where(some, alpha + sample.landau_beta * n_s, near)

    @eqx.filter_jit
    def rates(self, state: Instant, mode: Any, holding: Any) -> Rates:
        """How fast all moves, by the law of the mode."""
        time, temperature, n_s, _, f, at, by_temperature, by_fraction = state
        if self.trapping.closure == "self-consistent":
            affinity = self.affinity(temperature, n_s, f, at)
            rate = self_consistent_rate(self.trapping, temperature, affinity)
        elif self.trapping.closure == "ramp":
            rate = self.trapping.pairing_rate * -jnp.expm1(-self.trapping.trapping_rate * time)
        else:
            rate = self.trapping.pairing_rate
        rate = jnp.where((mode == NORMAL) | (mode == HELD), 0.0, rate)
        by_trap, decay, forgets, can_pair = self.exchange(temperature, n_s, f)
        pairing = rate * can_pair**2 * f
        unpaired = guarded(1 - n_s, n_s < 1)
        by_warming = by_temperature * self.ramp.slope(holding)
        # A stable branch has more normal and trapped electrons than `pull`; an unstable one that
        # starts with none gains at once the n_n that balances, √(pull · breaking/Γ).
        pull, breaking = -(1 - f) * by_fraction, jnp.maximum(-by_warming, 0.0)
        balance = jnp.sqrt(jnp.maximum(pull * breaking / self.scale, 0.0) + 1e-30)
        least = 0.5 * jnp.minimum(pull, balance)
        room = jnp.maximum(jnp.maximum(1 - at, least), 1e-13 * self.ease)
        stable = 1 - pull / room > _SLOWEST
        lag = jnp.where(stable, 1 - pull / room, _SLOWEST)
        f_rate = (by_trap - (1 - f) * by_warming / room) / lag
        # The minimum moves by (∂n_s/∂T) dT/dt + (∂n_s/∂f) df/dt; with D put in, nothing cancels.
        slow = self.trapping.trapping_rate < _FAST
        unstable = by_warming + jnp.where(slow, by_fraction * f_rate, 0.0)
        recession = jnp.where(stable, (by_warming + by_fraction * by_trap) / lag, unstable)
        error = 10 * TOLERANCE * self.ease * (1 / self.scale + f)
        return Rates(
            f_rate, recession, pairing * f,
            decay - pairing * (1 - f) / unpaired,
            -by_fraction * forgets * error / lag,
            by_trap,
            forgets,
        )  # fmt: skip

    @eqx.filter_jit
    def event_rates(self, state: Instant, mode: Any, holding: Any) -> tuple[Rates, Reals]:
        """Rates with what decides on the released branch, and whether the trap fails at once."""
        rate = self.rates(state, mode, holding)
        if self.table is None:
            return rate, -jnp.ones_like(state.fraction)
        # An f that the trap holds in balance moves with it: its own flow is the rounding's.
        # Where it turns, n_s is as pinned as it is released: its derivatives do not matter.
        here = jnp.stack([state.temperature, state.n_s, state.fraction])
        at = here, state.by_temperature, state.by_fraction, self.ramp.slope(holding)
        moves, fold = drift(self.table, *lax.stop_gradient(at))
        held = jnp.abs(rate.by_trap) < _HELD * rate.forgets * jnp.maximum(state.fraction, _FEW)
        follows = state.by_temperature * self.ramp.slope(holding) + state.by_fraction * moves
        recession = jnp.where(held, jnp.minimum(follows, rate.recession), rate.recession)
        may = held & (rate.forgets > _STIFF) & (1 - state.fraction > _FOLD)
        fails = jnp.where(may, fold, -1.0)
        return rate._replace(recession=recession), fails

    def field(self, since: Any, y: Any, args: Any) -> Reals:
        """dy/dt."""
        _, _, mode, holding = args
        rate = self.rates(self.locate(since, y, args), mode, holding)
        on_minimum = (mode == RELEASED) | (mode == FULL)
        return jnp.stack([
            jnp.where(on_minimum, rate.fraction * self.scale, rate.loss),
            jnp.where(on_minimum, 0.0, rate.pairing),
        ]) * jnp.where(mode == FULL, 0.0, 1.0)  # fmt: skip

    def event_margin(self, state: Instant, mode: Any, holding: Any) -> Reals:
        """Positive once the mode no longer holds."""
        rate, fails = self.event_rates(state, mode, holding)
        met = state.n_s - state.minimum - 1e-14
        rise = self.rise(state, rate, holding)
        if self.literal:
            met = jnp.where(holding, state.n_s - self.emptied(state) - 1e-14, met)
        elif self.trapping.closure == "self-consistent":  # passes by error alone what rises
            met = jnp.minimum(met, -rise)
        # Without a gap no trap works, and f goes back to 1.
        revives = state.minimum
        if self.table is not None:
            revives = self.minimum(state.temperature, jnp.ones_like(met)) - 2 * self.gone
        by_mode = [
            met,
            jnp.maximum(
                jnp.maximum(rate.recession - self.allowed(rate, holding), fails),
                self.gone - NONE_LEFT - state.minimum,
            ),
            revives - NONE_LEFT,
            1 - state.minimum - NONE_LEFT,
            jnp.where(holding, -1.0, jnp.maximum(-rise, state.minimum - state.n_s)),
        ]
        return jnp.stack(by_mode)[mode]

    def enter(self, state: Instant, mode: Any) -> Reals:
        """y: f times `scale` on the minimum; else ln f, which the trap lowers evenly, and n_s."""
        on_minimum = (mode == RELEASED) | (mode == FULL)
        log_f = jnp.log(jnp.maximum(state.fraction, _TINY))
        return jnp.stack([
            jnp.where(on_minimum, state.fraction * self.scale, log_f),
            jnp.where(on_minimum | (mode == NORMAL), 0.0, state.n_s),
        ])  # fmt: skip

    def choose(self, state: Instant, holding: Any) -> Any:
        """Mode at a kink of the protocol."""
        # Half of what is none: a mode that its event has just left is not chosen again.
        none = NONE_LEFT / 2
        rate, _ = self.event_rates(state, jnp.asarray(RELEASED), holding)
        at_minimum = state.n_s >= jnp.minimum(state.minimum, 1.0) - 1e-12
        follows = at_minimum & (rate.recession <= self.allowed(rate, holding))
        normal = jnp.maximum(state.minimum, state.n_s) <= none
        if self.literal:
            above = ~holding & (state.n_s - state.minimum > ABOVE)
            held = self.rates(state, jnp.asarray(HELD), holding)
            waits = above & (self.rise(state, held, holding) > 0)
            follows = jnp.where(above, ~waits, follows)
        mode = jnp.where(normal, NORMAL, jnp.where(follows, RELEASED, PINNED))
        if self.literal:
            mode = jnp.where(waits, HELD, mode)
        return jnp.where(1 - state.minimum <= none, FULL, mode)

    def follow(self, state: Instant, left: Any, args: Segment, holding: Any) -> tuple[Instant, Any]:
        """State and mode after a segment, by whether it ended as its mode was left or at a kink."""
        mode, fails = args.mode, jnp.asarray(False)
        if self.table is not None:
            # What takes 1/Γ is at once; it ends where the flows balance anew.
            turned = self.event_rates(state, mode, args.holding)[1] > -_FOLD
            fails = left & (mode == RELEASED) & turned
            f = settled(self.table, self.minimum, state.temperature, state.fraction)
            least = self.minimum(state.temperature, f)
            n_s = jnp.clip(least, 0.0, 1.0)
            fallen = state._replace(n_s=n_s, n_n=f * (1 - n_s), fraction=f, minimum=least)
            state = jax.tree.map(lambda new, old: jnp.where(fails, new, old), fallen, state)
        anew = self.choose(state, holding)
        some = state.minimum > self.gone
        released = RELEASED
        if self.literal:
            released = jnp.where(args.holding, HELD, RELEASED)
        crossed = jnp.stack([
            jnp.where(some, released, NORMAL),
            jnp.where(some, jnp.where(fails, RELEASED, PINNED), NORMAL),
            PINNED,
            anew,
            anew,
        ])[mode]  # fmt: skip
        # At a kink a minimum that was followed is asked anew; a pinned n_s waits until it crosses.
        waits = (mode == NORMAL) | (mode == PINNED)
        if self.literal:
            waits = waits & (state.n_s - state.minimum <= ABOVE)
        kept = jnp.where(waits, mode, anew)
        following = jnp.where(left, crossed, kept)
        if self.literal:
            falls = following == RELEASED
            state = jax.tree.map(
                lambda new, old: jnp.where(falls, new, old), relaxed(self.minimum, state), state
            )
        return state, following


def branches(
    sample: Sample,
    trapping: Trapping,
    ramp: Ramp,
    device: Device | None = None,
    duration: RealsLike = 1.0,
) -> Branches:
    """The laws of a protocol.

    Args:
        sample: Densities in units of n_c.
        trapping: Rates per duration; the pairing rate times n_c besides.
        ramp: Temperature against time.
        device: What gives the rate at each temperature and gap, in place of a constant one.
        duration: The duration [s], for the device's rates.
    """
    if device is not None:
        table = tabulate(device, sample, ramp.start, ramp.warm_to)
        one = jnp.ones_like(jnp.asarray(trapping.trapping_rate))  # f stays what comes back
        return Branches(sample, trapping, ramp, table, duration, one, one, _GAPLESS)
    # On the minimum f (1 + Γ) is of order 1 in slow warming, however fast the trap is.
    scale = jnp.asarray(1 + trapping.trapping_rate)
    # Where the trap is fast f is small, and so is what its error adds to n_s.
    ease = jnp.clip(jnp.asarray(trapping.trapping_rate) / 10, 1.0, 1e5)
    return Branches(sample, trapping, ramp, None, duration, scale, ease, NONE_LEFT)
