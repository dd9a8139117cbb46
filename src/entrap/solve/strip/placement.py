"""Where to put traps, and how to split them, so that the film empties fastest.

The slowest rate is climbed along its gradient. Bare stretches share what is left bare as w_i²/Σw²,
traps share their total length as u_i²/Σu²: no trap leaves the strip, none overlap, and a stretch
may vanish.
"""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
import optimistix as optx

from entrap.core.arrays import Reals
from entrap.core.errors import InputError, SolveError
from entrap.core.quantities import quantity
from entrap.model.film import Strip, slowest_rate
from entrap.solve.jit import quick_jit

_TOLERANCE = 1e-10
_STEPS = 500


class Placement(eqx.Module):
    """The best that was found."""

    strip: Strip
    rate: Reals = quantity("1/s", "1/τ_w", "Decay rate of the slowest mode")


def split_equally(strip: Strip, count: int) -> Strip:
    """One strip with its traps' total length in N = `count` equal traps, equally spaced.

    Trap i is centred at L (2i + 1)/2N: each has the same bare stretch on either side.

    Raises:
        InputError: the count is less than 1.
    """
    if count < 1:
        raise InputError(f"`count` must be at least 1, but is {count}")
    share = (2 * jnp.arange(float(count)) + 1) / (2 * count)
    lengths = jnp.full(count, jnp.asarray(strip.trap_lengths, float).sum(-1) / count)
    return with_traps(strip, strip.length * share, lengths)


def with_traps(strip: Strip, centres: Reals, lengths: Reals) -> Strip:
    """The strip with other traps, by their centres from the left end and their lengths [m]."""
    return eqx.tree_at(lambda s: (s.trap_centres, s.trap_lengths), strip, (centres, lengths))


def best_split(strip: Strip, count: int) -> Placement:
    """Positions and lengths of `count` traps that empty one strip fastest.

    Of the traps that it has, only the total length matters.

    Raises:
        InputError: the count is less than 1.
        SolveError: the search did not settle.
    """
    first = split_equally(strip, count)
    placed, highest, settled = _climb(first)
    if not settled:
        raise SolveError(
            f"The best places of {count} traps were not found: the rate did not settle in {_STEPS} "
            "steps. Try fewer traps, or a trapping rate nearer to what the film can carry."
        )
    return Placement(placed, highest)


@quick_jit
def _climb(strip: Strip) -> tuple[Strip, Reals, Any]:
    count = strip.trap_lengths.shape[-1]
    total = strip.trap_lengths.sum()

    def placed(shares: tuple[Reals, Reals]) -> Strip:
        bare, traps = (part**2 / (part**2).sum() for part in shares)
        bare, traps = (strip.length - total) * bare, total * traps
        ends = jnp.cumsum(bare[:-1] + traps)
        return with_traps(strip, ends - traps / 2, traps)

    def slowness(shares: tuple[Reals, Reals], _: Any) -> Reals:
        return -jnp.log(slowest_rate(placed(shares)))

    solver = optx.BFGS(rtol=_TOLERANCE, atol=_TOLERANCE)
    ends = jnp.ones(count + 1).at[0].set(0.5**0.5).at[-1].set(0.5**0.5)
    found = optx.minimise(slowness, solver, (ends, jnp.ones(count)), max_steps=_STEPS, throw=False)
    best = placed(found.value)
    return best, slowest_rate(best), found.result == optx.RESULTS.successful
