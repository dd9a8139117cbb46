"""Emptying, Eqs. (7)-(11): what they give as printed, and what follows from (7) and (8).

Source: V. Kornich, arXiv:2605.15834 (2026).
"""

import jax
import jax.numpy as jnp
import numpy as np

from entrap.core.arrays import Reals, RealsLike
from entrap.model import kinetics
from entrap.model.sample import Trapping
from entrap.studies.paper import printed

_nodes, _weights = np.polynomial.legendre.leggauss(64)
NODES, WEIGHTS = (_nodes + 1) / 2, _weights / 2
"""Gauss rule on 0..1."""


def emptying(
    trapping: Trapping, n_s0: RealsLike, n_n0: RealsLike, time: RealsLike
) -> dict[str, RealsLike]:
    """Eqs. (7)-(11) as printed and solved: from n_s⁰ and n_n⁰ [1/m^3], at one time [s]."""
    exact, rates = jax.jvp(
        lambda t: kinetics.densities(trapping, n_s0, n_n0, t), (time,), (jnp.ones_like(time),)
    )
    n_n, gamma = exact.normal_density, trapping.pairing_rate
    rate = jnp.asarray(trapping.trapping_rate, float)
    times = jnp.concatenate([jnp.stack([time, 0.0 * time]), NODES * time])
    n_9 = printed.normal_density(trapping, n_n0, times)
    n_10 = printed.paired_superfluid_density(trapping, n_s0, n_n0, time)
    gone = (rate * n_9[2:]) @ WEIGHTS * time
    two, delay = 2 / rate, 10 / rate
    # The integral over time is one over u = e^(-t/τ): n_n ∝ u^10 and dt = τ du/u are smooth.
    times = jnp.append(-delay * jnp.log(NODES), two)

    def slow(trapping: Trapping) -> tuple[Reals, Reals]:
        n_n = kinetics.delayed_normal_density(trapping, delay, n_n0, times)
        gamma = jnp.asarray(trapping.pairing_rate)
        return n_n[-1], (gamma * (1 - NODES) * n_n[:-1] ** 2 * delay / NODES) @ WEIGHTS / n_n0

    few, many = 1e-6, 0.9
    slow_n_n, slow_gain = slow(trapping)
    _, few_gain = slow(Trapping(rate, few * rate / n_n0, "constant"))
    unpaired = n_n0 * jnp.exp(-two * rate)
    x = jnp.array([kinetics.pairing_to_trapping_ratio(trapping, n_n0), few, many])
    cases = Trapping(rate, x * rate / n_n0, "constant")
    gains = kinetics.paired_electron_gain(cases, n_n0) / n_n0
    printed_gains = printed.final_superfluid_density(cases, 0.0, n_n0) / n_n0

    def surplus(x: Reals) -> Reals:  # of n_s over n_c, in units of n_n⁰
        return printed.final_superfluid_density(Trapping(1.0, x, "constant"), 0.0, 1.0) - 1

    threshold = jax.lax.fori_loop(
        0, 6, lambda _, x: x - surplus(x) / jax.grad(surplus)(x), jnp.asarray(0.6)
    )
    return {
        "crowding": kinetics.pairing_to_trapping_ratio(trapping, n_n0),
        "eq_7": -rate * n_n - gamma * n_n**2,
        "normal_rate": rates.normal_density,
        "eq_8": gamma * n_n**2,
        "paired_rate": rates.superfluid_density,
        "eq_9": n_9[0],
        "normal": n_n,
        "eq_9_start": n_9[1],
        "start": n_n0,
        "eq_9_slow_share": printed.delayed_normal_density(trapping, delay, n_n0, two) / unpaired,
        "slow_share": slow_n_n / unpaired,
        "eq_10": n_10,
        "paired": exact.superfluid_density,
        "eq_total": n_9[0] + n_10 + gone,
        "total": n_s0 + jnp.asarray(n_n0),
        "eq_11": n_s0 + n_n0 * printed_gains[0],
        "final": n_s0 + n_n0 * gains[0],
        "eq_11_crowded": printed_gains[2],
        "crowded": gains[2],
        "crowded_at": x[2],
        "threshold": threshold,
        "limit": x[1] / 2,
        "limit_exact": gains[1],
        "limit_ramp": few_gain,
        "limit_ramp_error": few / 2 / few_gain,
        "slowness": delay * rate,
        "limit_large": x[0] / 2,
        "limit_large_exact": gains[0],
        "rate_constants": gamma / rate,
        "slow_gain": slow_gain,
        "eq_11_gain": printed_gains[0],
        "early": -jnp.expm1(-two * rate),
    }
