"""Quasiparticles and the phonons that break pairs, after Rothwarf and Taylor.

    dn/dt = I + 2 β_B N - R n² - Γ n,   dN/dt = I_ω + R n²/2 - β_B N - β_e (N - N_eq)

A recombination takes two quasiparticles, R n² of them a second, and gives one phonon. N_eq is that
of detailed balance with n_eq; without trap and injection both stay there.

Source: theory page, traps; quasi-static phonons as in P. B. Fischer and G. Catelani, Phys. Rev.
Applied 19, 054087 (2023), Eqs. (47)-(50).
"""

import equinox as eqx
import jax.numpy as jnp

from entrap.core.arrays import Reals, RealsLike
from entrap.core.quantities import quantity
from entrap.model.balance import Flows, steady


class RothwarfTaylor(eqx.Module):
    """Quasiparticles and phonons that break pairs; fields broadcast together."""

    recombination_constant: RealsLike = quantity("m^3/s", "R", "Rate constant of recombination")
    pair_breaking_rate: RealsLike = quantity("1/s", "β_B", "Rate at which a phonon breaks a pair")
    escape_rate: RealsLike = quantity("1/s", "β_e", "Rate at which a phonon leaves the film")
    equilibrium_density: RealsLike = quantity(
        "1/m^3", "n_eq", "Quasiparticles in equilibrium with what is around the film", default=0.0
    )
    injection: RealsLike = quantity("1/m^3/s", "I", "Quasiparticles injected", default=0.0)
    phonon_injection: RealsLike = quantity("1/m^3/s", "I_ω", "Phonons injected", default=0.0)
    trapping_rate: RealsLike = quantity("1/s", "Γ", "Rate of trapping", default=0.0)


def equilibrium_phonons(film: RothwarfTaylor) -> Reals:
    """N_eq = R n_eq²/(2 β_B) [1/m³], by detailed balance."""
    square = jnp.asarray(film.equilibrium_density, float) ** 2
    return film.recombination_constant * square / (2 * film.pair_breaking_rate)


def phonon_trapping_factor(film: RothwarfTaylor) -> Reals:
    """F_p = 1 + β_B/β_e: how many times slower recombination is as its phonons break pairs."""
    return 1 + jnp.asarray(film.pair_breaking_rate, float) / film.escape_rate


def density_rates(
    film: RothwarfTaylor, quasiparticles: RealsLike, phonons: RealsLike
) -> tuple[Reals, Reals]:
    """dn/dt and dN/dt [1/m³/s].

    Args:
        film: Rates.
        quasiparticles: n [1/m³].
        phonons: N [1/m³].
    """
    n, many = jnp.asarray(quasiparticles, float), jnp.asarray(phonons, float)
    recombined = film.recombination_constant * n**2
    broken = film.pair_breaking_rate * many
    leaving = film.escape_rate * (many - equilibrium_phonons(film))
    return (
        film.injection + 2 * broken - recombined - film.trapping_rate * n,
        film.phonon_injection + recombined / 2 - broken - leaving,
    )


def quasi_static_flows(film: RothwarfTaylor, density: RealsLike) -> Flows:
    """Flows of y = n/density with dN/dt = 0: recombination and what balances it slow by F_p.

    Args:
        film: Rates; phonons are faster than all else.
        density: Unit of n [1/m³].

    Returns:
        Rates [1/s].
    """
    unit = jnp.asarray(density, float)
    leaving = film.pair_breaking_rate + jnp.asarray(film.escape_rate, float)
    slowed = film.recombination_constant * (film.escape_rate / leaving)
    pairs = 2 * film.phonon_injection * (film.pair_breaking_rate / leaving)
    return Flows(
        jnp.asarray(film.trapping_rate, float),
        (film.injection + pairs) / unit,
        slowed * unit,
        slowed * film.equilibrium_density**2 / unit,
    )


def steady_densities(film: RothwarfTaylor) -> tuple[Reals, Reals]:
    """n and N [1/m³] where nothing changes, in closed form.

    Args:
        film: Rates; β_e or Γ above 0.
    """
    n = steady(quasi_static_flows(film, 1.0))
    gain = film.phonon_injection + film.recombination_constant * n**2 / 2
    gain = gain + film.escape_rate * equilibrium_phonons(film)
    return n, gain / (film.pair_breaking_rate + jnp.asarray(film.escape_rate, float))
