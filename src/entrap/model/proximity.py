"""Proximity effect where a thin normal film N lies on a superconducting film S, through a barrier.

Both films are thinner than the coherence length, so that each has one Usadel angle θ of the energy:

    i E sin θ_N + γ_N sin(θ_S - θ_N) = 0
    i E sin θ_S + Δ cos θ_S + γ_S sin(θ_N - θ_S) = 0,    ν_N,S(E) = Re cos θ_N,S

γ_N = ħ Γ_esc0/2 and γ_S = ħ Γ_tr/2 are the couplings that the metal and the film feel. With
w = -i E and R = √(γ_N² + w² + 2 γ_N w cos θ_S) the angle of N goes out,

    cos θ_N = (γ_N cos θ_S + w)/R,    Δ cot θ_S = w (1 + γ_S/R)

and one unknown is left. N and S share one minigap E_g. Far above γ_N, ν_S is Dynes' with the
broadening γ_S; just above Δ, thermal quasiparticles lose the share √(2 γ_S/π k_B T) of the states.

Where the trap may be put: the optimum lies 4 to 20 coherence lengths from the junction that it
protects, and beyond it the harm of the proximity effect is avoided (A. Hosseinkhani and
G. Catelani, arXiv:1712.05235, abstract).

Source: the Usadel equation with Kupriyanov and Lukichev's condition at the barrier; the forms below
are derived on the theory page, proximity effect.
"""

import jax
import jax.numpy as jnp
from jax import lax
from jax.scipy.special import digamma

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import BOLTZMANN, HBAR
from entrap.core.roots import rising_root
from entrap.core.stable import guarded, sqrt_or_zero

_DESCENT = 32  # steps in which Im E falls from above all scales to rounding
_STEPS = _DESCENT + 8
_IMAGINARY_SHARE = 1e-32  # share of E in Im E: keeps singular points finite, is 0 elsewhere

_LOWEST, _HALVINGS = -40.0, 61  # ln(T_c'/T_c) that counts as none; steps from T_c to the root

_Terms = tuple[jax.Array, jax.Array, jax.Array, jax.Array]


def coupling_energies(
    tunnelling_rate: RealsLike, bare_escape_rate: RealsLike
) -> tuple[Reals, Reals]:
    """γ_N = ħ Γ_esc0/2 of the metal and γ_S = ħ Γ_tr/2 of the film [J], in this order.

    Args:
        tunnelling_rate: Γ_tr, from the film into the metal [1/s].
        bare_escape_rate: Γ_esc0, from the metal into the film were it normal [1/s].
    """
    rates = bare_escape_rate, tunnelling_rate
    metal, film = (0.5 * HBAR * jnp.asarray(rate, float) for rate in rates)
    return metal, film


def bilayer_states(
    energy: RealsLike,
    gap: RealsLike,
    metal_coupling: RealsLike,
    film_coupling: RealsLike,
    dynes_broadening: RealsLike = 0.0,
) -> tuple[Reals, Reals]:
    """ν_N and ν_S = Re cos θ_N,S of the bilayer, over those of the normal state.

    Args:
        energy: E from the Fermi level, of either sign [J].
        gap: Δ of the film [J]; without one both densities are 1.
        metal_coupling: γ_N [J]; 0 leaves the metal normal.
        film_coupling: γ_S [J]; 0 leaves the film as BCS has it.
        dynes_broadening: Dynes' Γ_D, E → E + i Γ_D in both films [J].

    Returns:
        ν_N and ν_S, each of the broadcast shape: 0 below the minigap where nothing broadens, to
        1e-12 of |cos θ| away from the edges. Near an edge the rounding of E counts; on one, ν is
        finite (above 1e7 where it should diverge) and its slope only large.
    """
    energy, gap = jnp.abs(jnp.asarray(energy, float)), jnp.asarray(gap, float)
    superconducts = gap > 1e-30 * energy  # else 1 to rounding
    unit = guarded(gap, superconducts)
    e, below = energy / unit, (unit - energy) / unit
    metal, film = jnp.asarray(metal_coupling, float) / unit, film_coupling / unit
    lift = jnp.asarray(dynes_broadening, float) / unit + _IMAGINARY_SHARE * e + 1e-60
    e, below, metal, film, lift = jnp.broadcast_arrays(e, below, metal, film, lift)

    # Every singularity has Im E <= 0, so that cos θ_S changes little as Im E falls by a factor;
    # Newton follows it down from cos θ_S = 1 without ever leaving the physical branch.
    top = 4 * (1 + e + metal + film)
    least = jnp.maximum(1e-17 * (e + metal / (1 + metal + film)), 1e-40)
    fall = jnp.log(jnp.maximum(lift, least) / top)

    def descend(step: jax.Array, cosine: jax.Array) -> jax.Array:
        high = top * jnp.exp(fall * (step.astype(float) / _DESCENT))
        terms = _terms(e, below, metal, film, jnp.where(step < _DESCENT, high, lift))
        return _newton(cosine, lax.stop_gradient(terms))

    cosine = lax.fori_loop(0, _STEPS, descend, jnp.ones(e.shape, complex))
    cosine = lax.stop_gradient(cosine)
    # Two more carry the derivatives, the first and the second: each step doubles their order.
    terms = _terms(e, below, metal, film, lift)
    cosine = _newton(_newton(cosine, terms), terms)
    w, _, coupling, _ = terms
    root = _metal_root(cosine, w, coupling)
    # Rounding at the very edge may pick the mirror image, -conj(cos θ), of the same |Re|.
    states = jnp.abs(((coupling * cosine + w) / root).real), jnp.abs(cosine.real)
    return jnp.where(superconducts, states[0], 1.0), jnp.where(superconducts, states[1], 1.0)


def metal_states(energy: RealsLike, gap: RealsLike, metal_coupling: RealsLike) -> Reals:
    """ν_N = |Re z/√(z² - 1)|, z = E/Δ + (E/γ_N) √(1 - E²/Δ²): the metal on a thick film, γ_S → 0.

    Args:
        energy: E from the Fermi level, of either sign [J].
        gap: Δ of the film [J], > 0.
        metal_coupling: γ_N [J], > 0.

    Returns:
        ν_N, 0 below the minigap, as `bilayer_states` without film_coupling; infinite at the
        minigap. It fails around E = Δ as soon as γ_S matters there.
    """
    e = jnp.abs(jnp.asarray(energy, float)) / jnp.asarray(gap, float)
    inside = e < 1
    depth = e / metal_coupling * jnp.asarray(gap, float) * sqrt_or_zero(jnp.abs(1 - e * e))
    z = lax.complex(e + jnp.where(inside, depth, 0.0), jnp.where(inside, 0.0, -depth))
    square = (z - 1) * (z + 1)
    regular = square != 0
    ratio = z / jnp.sqrt(jnp.where(regular, square, 1.0))
    return jnp.where(regular, jnp.abs(ratio.real), jnp.inf)


def minigap(gap: RealsLike, metal_coupling: RealsLike, film_coupling: RealsLike) -> Reals:
    """E_g, the largest E with a solution θ = π/2 + i ψ of real ψ in both films.

    With e = v³ = E_g/γ_N and t = sinh ψ_S at the maximum, in units of Δ,

        t = γ_S^⅔ v + γ_N v³ √(1 + t²),    γ_S^⅔ (1 + t²) v⁴ + v⁶ + 2 t v³ = 1

    whose limits are E_g = γ_N √[(Δ - E_g)/(Δ + E_g)] for γ_S → 0, and Cooper's Δ γ_N/(γ_N + γ_S),
    reached slowly, for both far above Δ.

    Args:
        gap: Δ of the film [J]; without one there is no minigap.
        metal_coupling: γ_N [J].
        film_coupling: γ_S [J]; the slope in it, infinite at 0, is given as 0 there.

    Returns:
        Minigap [J], of the broadcast shape, to 1e-14.

    Examples:
        >>> round(float(minigap(1.0, 0.01, 0.01)), 9)
        0.009257795
    """
    gap = jnp.asarray(gap, float)
    unit = guarded(gap, gap > 0)
    metal, film = jnp.asarray(metal_coupling, float) / unit, film_coupling / unit
    pull = _two_thirds(film)
    # The unknown is what 1/e has beyond γ_N + γ_S: positive, and 1 - E_g/Δ follows without loss.
    still = lax.stop_gradient((metal, film, pull))
    guess = 1.5 * still[2] / (1 + still[0]) + 1 / (1 + 0.5 * still[0])
    rest = lax.fori_loop(0, 5, lambda _, x: _minigap_newton(x, *still), guess)
    rest = lax.stop_gradient(rest)
    for _ in range(2):
        rest = _minigap_newton(rest, metal, film, pull)
    return jnp.where(gap > 0, gap * metal / (metal + film + rest), 0.0)


def minigap_weak(gap: RealsLike, metal_coupling: RealsLike, film_coupling: RealsLike) -> Reals:
    """E_g ≃ γ_N/(1 + γ_N/Δ) [1 - (γ_S/Δ)^⅔]^(3/2), as Abrikosov and Gor'kov's gap edge.

    Args:
        gap: Δ of the film [J], > 0.
        metal_coupling: γ_N [J].
        film_coupling: γ_S [J]; the slope in it, infinite at 0, is given as 0 there.

    Returns:
        Minigap [J]; for γ_N = γ_S low by 0.02 %, 0.4 %, 2 %, 10 % at 0.001, 0.01, 0.03, 0.1 of Δ,
        and 0 from γ_S = Δ on.
    """
    gap = jnp.asarray(gap, float)
    metal, pull = jnp.asarray(metal_coupling, float), _two_thirds(film_coupling / gap)
    return metal / (1 + metal / gap) * sqrt_or_zero(1 - pull) ** 3


def critical_temperature(
    bare: RealsLike, metal_coupling: RealsLike, film_coupling: RealsLike
) -> Reals:
    """T_c' of a film under a normal metal, where the equations above are linear in Δ.

        ln(T_c/T_c') = γ_S/(γ_S + γ_N) [ψ(½ + (γ_S + γ_N)/2πk_B T_c') - ψ(½)]

    whose limit for a weak coupling is T_c - T_c' = πγ_S/4k_B.

    Args:
        bare: T_c of the film alone [K].
        metal_coupling: γ_N >= 0 [J].
        film_coupling: γ_S >= 0 [J].

    Returns:
        Temperature [K]; 0 where the metal is so large and close that no T_c is left.

    Examples:
        >>> round(float(critical_temperature(1.175, 1.3e-24, 1.3e-24)), 6)
        1.10199
    """
    bare, metal, film = jnp.broadcast_arrays(
        *(jnp.asarray(x, float) for x in (bare, metal_coupling, film_coupling))
    )
    both = metal + film
    some = both > 0
    share = film / guarded(both, some)
    pull = both / (2 * jnp.pi * BOLTZMANN * bare)
    lowest = jnp.full_like(bare, _LOWEST)
    open_ = _metal_excess(lowest, share, pull) < 0
    root = rising_root(
        _metal_excess, lowest, jnp.zeros_like(bare), (guarded(share, open_, 0.0), pull), _HALVINGS
    )
    return jnp.where(open_, bare * jnp.exp(root), 0.0)


def _metal_excess(logarithm: Reals, share: Reals, pull: Reals) -> Reals:
    """ln(T_c'/T_c) + share [ψ(½ + pull T_c/T_c') - ψ(½)], which rises with T_c'."""
    return logarithm + share * (digamma(0.5 + pull * jnp.exp(-logarithm)) - digamma(0.5))


def _terms(e: Reals, below: Reals, metal: Reals, film: Reals, lift: Reals) -> _Terms:
    """w = -i E, 1 - E/Δ, γ_N and γ_S in units of Δ, E lifted off the real axis."""
    none = jnp.zeros_like(e)
    return (
        lax.complex(lift, -e),
        lax.complex(below, -lift),
        lax.complex(metal, none),
        lax.complex(film, none),
    )


def _metal_root(cosine: jax.Array, w: jax.Array, metal: jax.Array) -> jax.Array:
    return jnp.sqrt(metal * metal + w * w + 2 * metal * w * cosine)


def _newton(cosine: jax.Array, terms: _Terms) -> jax.Array:
    """One step on cos θ_S = W/√(1 + W²), W = w (1 + γ_S/R); 1 - E/Δ keeps its digits near Δ."""
    w, below, metal, film = terms
    root = _metal_root(cosine, w, metal)
    drain = film * w / root
    whole = jnp.sqrt((below - 1j * drain) * (1 + 1j * (w + drain)))
    slope = 1 + film * metal * w * w / (root * whole) ** 3
    return cosine - (cosine - (w + drain) / whole) / lax.stop_gradient(slope)


def _two_thirds(film: RealsLike) -> Reals:
    film = jnp.asarray(film, float)
    return jnp.where(film > 0, jnp.cbrt(guarded(film, film > 0)) ** 2, 0.0)


def _minigap_newton(rest: Reals, metal: Reals, film: Reals, pull: Reals) -> Reals:
    def excess(rest: Reals) -> Reals:
        e = 1 / (metal + film + rest)
        v, edge = jnp.cbrt(e), metal * e
        left = e * (film + rest) * (1 + edge)  # 1 - (E_g/Δ)²
        t = (pull * v + edge * jnp.sqrt(left + (pull * v) ** 2)) / left
        return 1 / (pull * (1 + t * t) * v**4 + e * e + 2 * t * e) - 1

    value, slope = jax.jvp(excess, (rest,), (jnp.ones_like(rest),))
    return rest - value / slope
