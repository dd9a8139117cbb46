"""Quasiparticles and phonons in time: the equations of Rothwarf and Taylor, integrated.

Breaking and recombination all but cancel where phonons follow quasiparticles, over times 1e9 of
theirs. So it is their difference that is integrated, and the total that neither changes:

    P = 2N - (R/β_B) n²,   Q = n + 2N,   dn/dt = I + β_B P - Γ n
"""

from typing import Any

import diffrax
import equinox as eqx
import jax
import jax.numpy as jnp
import optimistix as optx
from jax.core import Tracer

from entrap.core.arrays import Reals, RealsLike
from entrap.core.errors import SolveError
from entrap.core.quantities import quantity
from entrap.core.stable import guarded
from entrap.model.rothwarf_taylor import RothwarfTaylor, equilibrium_phonons
from entrap.solve.jit import quick_jit

_TOLERANCE = 1e-10
_STEPS = 16384  # ten decades of time take a thousand or two


class Populations(eqx.Module):
    """Quasiparticles and pair-breaking phonons against time."""

    time: Reals = quantity("s", "t", "Time")
    quasiparticle_density: Reals = quantity("1/m^3", "n", "Quasiparticles")
    phonon_density: Reals = quantity("1/m^3", "N", "Phonons that can break pairs")
    succeeded: Any = True
    """Whether the integration came to its end."""


def evolve_populations(
    film: RothwarfTaylor,
    quasiparticles: RealsLike,
    phonons: RealsLike,
    times: RealsLike,
    *,
    throw: bool = True,
) -> Populations:
    """n(t) and N(t); without a source or a sink n + 2N stays what it is, to rounding.

    Args:
        film: Rates, each one number, constant in time.
        quasiparticles: n at the first time [1/m³], >= 0.
        phonons: N at the first time [1/m³], >= 0.
        times: Two or more, increasing [s].
        throw: Whether a failed integration raises; else, and under `jit`, `succeeded` says so.

    Returns:
        Both densities at `times`, to 1e-8 of n + 2N.

    Raises:
        SolveError: the integration did not come to its end.
    """
    given = jax.tree.map(lambda x: jnp.asarray(x, float), (film, quasiparticles, phonons, times))
    traced = any(isinstance(leaf, Tracer) for leaf in jax.tree.leaves(given))
    found = (_integrate if traced else _quick_integrate)(*given)
    if throw and not traced and not found.succeeded:
        raise SolveError(
            "Quasiparticles and phonons did not come to the last time: rates and times lie too "
            "many decades apart. Try an earlier last time, or phonons that are quasi-static."
        )
    return found


def _integrate(film: RothwarfTaylor, n: Reals, phonons: Reals, times: Reals) -> Populations:
    span = times[-1] - times[0]
    thermal = film.equilibrium_density + 2 * equilibrium_phonons(film)
    injected = (film.injection + 2 * jnp.asarray(film.phonon_injection, float)) * span
    unit = n + 2 * phonons + thermal + injected
    unit = guarded(unit, unit > 0)
    reduced = RothwarfTaylor(
        film.recombination_constant * unit * span,
        film.pair_breaking_rate * span,
        film.escape_rate * span,
        film.equilibrium_density / unit,
        film.injection * span / unit,
        film.phonon_injection * span / unit,
        film.trapping_rate * span,
    )

    gain = reduced.recombination_constant / reduced.pair_breaking_rate

    def densities(y: Any) -> tuple[Reals, Reals]:
        """n and N: the root >= 0 of n + (R/β_B) n² = Q - P."""
        apart, total = y
        rest = jnp.maximum(total - apart, 0.0)
        n = 2 * rest / (1 + jnp.sqrt(1 + 4 * gain * rest))
        return n, (apart + gain * n**2) / 2

    def field(_: Any, y: Any, args: RothwarfTaylor) -> Any:
        apart, (n, _) = y[0], densities(y)
        excess = apart + gain * (n**2 - args.equilibrium_density**2)  # 2 (N - N_eq)
        lost = args.escape_rate * excess
        broken = args.pair_breaking_rate * apart
        change = args.injection + broken - args.trapping_rate * n
        more = 2 * args.phonon_injection - lost
        return more - broken - 2 * gain * n * change, args.injection - args.trapping_rate * n + more

    fastest = reduced.recombination_constant + reduced.pair_breaking_rate + reduced.escape_rate
    start = 2 * phonons / unit - gain * (n / unit) ** 2, (n + 2 * phonons) / unit
    at = (times - times[0]) / span
    control = diffrax.PIDController(_TOLERANCE, 1e-5 * _TOLERANCE)
    solution = diffrax.diffeqsolve(
        diffrax.ODETerm(field), diffrax.Kvaerno5(root_finder=optx.Newton(1e-8, 1e-8)),
        0.0, 1.0, 1e-2 / (1 + fastest), start, reduced,
        saveat=diffrax.SaveAt(ts=at),
        # Steps end at the times: between, the solver's interpolation is of lower order.
        stepsize_controller=diffrax.ClipStepSizeController(control, step_ts=at),
        max_steps=_STEPS, throw=False, adjoint=diffrax.ForwardMode(),
    )  # fmt: skip
    n, phonons = densities(solution.ys)
    return Populations(times, unit * n, unit * phonons, diffrax.is_okay(solution.result))


_quick_integrate = quick_jit(_integrate)
