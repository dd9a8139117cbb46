"""A superconductor whose pairing strength is changed at once: pseudospins without collisions.

    ds/dt = b × s,   b = (-2Δ, 0, 2ξ)/ħ,   Δ = g Σ s_x,   s(0) = ½ (1 - 2f) (Δ_i, 0, -ξ)/E

Levels lie evenly from -W to W. s_x is even in ξ, s_y and s_z are odd: those at ξ > 0 tell all. The
energy Σ 2ξ s_z - Δ²/g is a sum of two parts, and each alone only turns the spins: the first about
z, each by its own angle, the second about x, all by the same angle, as Σ s_x stays. Steps made of
such turns keep every |s|; composed symmetrically, to order 8, they keep the energy too.

Energies are in units of Δ_i, times in units of ħ/Δ_i. Nothing relaxes: this holds for times far
shorter than those of inelastic scattering and recombination.

Source: derived on the page "What the Higgs mode follows". Pseudospins are Anderson's (1958); the
weights of the steps are those of W. Kahan and R.-C. Li (1997), recalled: a test measures the order.
"""

import dataclasses
import math
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jax import lax
from scipy.optimize import brentq, least_squares

from entrap.core.arrays import Reals
from entrap.core.errors import InputError, Problem
from entrap.core.frame import Column, Frame, Framed
from entrap.core.quantities import number_text, quantities, quantity, settle
from entrap.model.occupations import Share
from entrap.model.quench_gap import largest_quench
from entrap.solve.jit import loop_jit

_HALF = [
    0.13020248308889008088, 0.56116298177510838456, -0.38947496264484728641, 0.15884190655515560090,
    -0.39590389413323757734, 0.18453964097831570709, 0.25837438768632204729, 0.29501172360931029887,
]  # fmt: skip
_WEIGHTS = np.array([*_HALF, 1 - 2 * math.fsum(_HALF), *_HALF[::-1]])
_ROW = np.arange(len(_WEIGHTS) + 1)
_ROW = np.minimum(_ROW, _ROW[::-1])  # the same turns about z forth and back
_BLOCK = 100  # steps at a call, so that any duration is compiled once
_STEP = 0.42  # its length times √[W² + (2.5 Δ)²], Δ the larger of Δ_i and Δ_f
_LATE = 0.2  # share of the duration after which the oscillation is fitted
_FEWEST = 20  # oscillations that a fit needs


@dataclasses.dataclass(frozen=True)
class _Asked:
    log_gap_ratio: float | int = quantity("1", "ln(Δ_f/Δ_i)", "Change of the coupling")
    temperature: float | int = quantity("1", "k_B T/Δ_i", "Temperature of the start", at_least=0)
    share: float | int = quantity(
        "1", "φ", "Share of the quasiparticles left", at_least=0, at_most=1
    )
    duration: float | int = quantity("1", "t Δ_i/ħ", "How long the gap is followed", above=0)
    levels: int = quantity("1", "N", "Levels from -W to W", kind="integer", at_least=10)
    cutoff: float | int = quantity("1", "W/Δ_i", "Half width of the band", at_least=2)

    def __post_init__(self) -> None:
        settle(self)
        if self.levels % 2:
            raise InputError(Problem(f"must be even, but is {self.levels}", "levels"))
        longest = math.pi * self.levels / (2 * self.cutoff)
        if self.duration > longest:
            text = f"must be at most {longest:.4g}, after which so few levels come back in step, "
            raise InputError(Problem(f"{text}but is {self.duration:g}", "duration"))


class Quench(eqx.Module, Framed):
    """How the gap goes after a quench, and Δ_∞ [1 + a cos(ωt - c ln(Δ_∞ t) + φ)/(Δ_∞ t)^p] of it.

    What describes the oscillation is NaN where the gap does not settle at a value above 0, and
    where it oscillates less than 20 times.
    """

    time: Reals = quantity("1", "t", "Times after the quench, in units of ħ/Δ_i")
    gap: Reals = quantity("1", "Δ", "Gap at these times, in units of Δ_i")
    energy_error: float = quantity(
        "1", "δE", "Largest change of the energy, in units of N_0 Δ², Δ the largest gap there was"
    )
    norm_error: float = quantity("1", "δs/s", "Largest relative change of a pseudospin's length")
    predicted_gap: float = quantity(
        "1", "v", "Δ_∞/Δ_i by the constants of the motion of these levels; NaN if it never settles"
    )
    settled_gap: float = quantity("1", "Δ_∞", "What the gap settles at, in units of Δ_i")
    frequency: float = quantity("1", "ω", "Angular frequency of the Higgs mode, in units of Δ_i/ħ")
    decay_exponent: float = quantity("1", "p", "How the oscillation decays, as t^-p")
    amplitude: float = quantity("1", "a", "Amplitude, of the sign of Δ_i - Δ_∞")
    phase: float = quantity("1", "φ", "Phase, from -π to π")
    phase_drift: float = quantity("1", "c", "How much the phase falls behind, as ln(Δ_∞ t)")

    def frame(self) -> Frame:
        """The gap at each time."""
        known = dict(quantities(self))
        columns = ("time", "gap")
        return Frame(*(Column(n, getattr(self, n), "1", known[n].meaning) for n in columns))

    def __repr__(self) -> str:
        lines = [f"Quench followed for {number_text(self.time[-1], 4)} ħ/Δ_i"]
        names = [name for name, value in vars(self).items() if isinstance(value, float)]
        lines += [f"  {name:15} {number_text(getattr(self, name), 6)}" for name in names]
        return "\n".join(lines)


def quench(
    log_gap_ratio: float | int,
    temperature: float | int = 0.0,
    share: float | int = 1.0,
    *,
    duration: float | int = 600.0,
    levels: int = 10_000,
    cutoff: float | int = 5.0,
) -> Quench:
    """Follow the gap after the coupling was changed at once.

    Args:
        log_gap_ratio: ln(Δ_f/Δ_i) = (1/g_i - 1/g_f)/N_0: how much wider or narrower a gap the new
            coupling has at T = 0. The start is stationary at the old one.
        temperature: k_B T/Δ_i of the start; Δ_i is its own gap.
        share: φ, how much of the thermal quasiparticles is left; f = φ f_FD(E/T).
        duration: Time [ħ/Δ_i]; 2Δ_∞ oscillates once in πħ/Δ_∞.
        levels: An even number. They are dense enough for times up to πħ over their spacing.
        cutoff: W/Δ_i. Δ_∞ differs from that of an infinitely wide band by some 1/W².

    Returns:
        The gap before every step, what was conserved how well, and the oscillation at late times.

    Raises:
        InputError: an input is out of bounds, levels are too sparse for the duration, or no
            coupling between electrons has the new gap.

    Examples:
        >>> found = quench(-0.2, temperature=1.0, share=0.5, duration=300, levels=2000)
        >>> round(found.frequency / (2 * found.settled_gap), 5)
        1.0
    """
    asked = _Asked(log_gap_ratio, temperature, share, duration, levels, cutoff)
    change, duration, cutoff = asked.log_gap_ratio, asked.duration, asked.cutoff
    count = asked.levels // 2
    spacing = cutoff / count
    level = (np.arange(count) + 0.5) * spacing
    left, ratio = Share(asked.share), 1 / asked.temperature if asked.temperature else math.inf
    energy = np.hypot(level, 1)
    pairing = (1 - 2 * np.asarray(left.occupation(energy * ratio))) / energy
    inverse = spacing * pairing.sum() - change  # 1/(N_0 g_f)
    if inverse <= 0:
        most = f"{inverse + change:.4g}"
        text = f"must be below {most}, where the coupling is infinite, but is {change:g}"
        raise InputError(Problem(text, "log_gap_ratio"))

    step = _STEP / math.hypot(cutoff, 2.5 * max(1, math.exp(change)))
    blocks = math.ceil(duration / step / _BLOCK)
    step = duration / (blocks * _BLOCK)
    start = np.stack([pairing / 2, 0 * level, -level * pairing / 2])
    gap, energies, end = _evolved(start, level, spacing, inverse, step, blocks)
    time, norms = step * np.arange(len(gap)), np.linalg.norm(start, axis=0)
    limit = float(largest_quench(left, ratio))
    settled = _settled(level, spacing * pairing, change, limit)
    oscillation = [math.nan] * 6
    if duration * settled > _FEWEST * math.pi:
        oscillation = _oscillation(time, gap, change > 0)
    return Quench(
        jnp.asarray(time),
        jnp.asarray(gap),
        float(np.abs(energies - energies[0]).max() / max(1, gap.max()) ** 2),
        float(np.abs(np.linalg.norm(end, axis=0) / norms - 1).max()),
        settled,
        *oscillation,
    )


def _evolved(
    start: np.ndarray, level: np.ndarray, spacing: float, inverse: float, step: float, blocks: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gap and energy per N_0 before each of so many blocks of steps, and the spins at the end."""
    about_z = np.append(0, _WEIGHTS) + np.append(_WEIGHTS, 0)
    angle = step * about_z[: _ROW.max() + 1, None] * level
    turns, spins, seen = (np.cos(angle), np.sin(angle)), tuple(start), []
    for _ in range(blocks):
        spins, path = _block(spins, turns, level, spacing, inverse, step)
        seen.append(path)
    gap, energy = (np.concatenate(parts) for parts in zip(*seen, strict=True))
    return gap, energy, np.stack(spins)


@loop_jit
def _block(
    spins: Any, turns: Any, level: Any, spacing: Any, inverse: Any, step: Any
) -> tuple[Any, Any]:
    strength, (cosines, sines) = 2 * spacing / inverse, turns

    def turn(spins: Any, given: Any) -> tuple[Any, None]:
        (x, y, z), (weight, row) = spins, given
        common = -2 * step * weight * strength * x.sum()
        cosine, sine = jnp.cos(common), jnp.sin(common)
        y, z = cosine * y - sine * z, sine * y + cosine * z
        cosine, sine = cosines[row], sines[row]
        return (cosine * x - sine * y, sine * x + cosine * y, z), None

    def advance(spins: Any, _: None) -> tuple[Any, Any]:
        x, _, z = spins
        gap = strength * x.sum()
        energy = 4 * spacing * (level * z).sum() - gap**2 * inverse
        spins, _ = lax.scan(turn, spins, (np.append(0, _WEIGHTS), _ROW))
        return spins, (gap, energy)

    return lax.scan(advance, spins, None, length=_BLOCK)


def _settled(level: np.ndarray, weight: np.ndarray, quench: float, limit: float) -> float:
    """v of (v - 1) v Σ (1 - 2f)/[E (ξ² + v²)] = q; 0 where the gap dies out."""

    def excess(v: float) -> float:
        return (v - 1) * v * float((weight / (level**2 + v * v)).sum()) - quench

    if quench >= limit:
        return math.nan
    low, high = level[0], 2.0  # poles at levels cannot tell a gap below them
    if quench <= -limit or excess(low) > 0:
        return 0.0
    while excess(high) < 0:
        high *= 2
    root: Any = brentq(excess, low, high, xtol=1e-15)
    return float(root)


def _oscillation(time: np.ndarray, gap: np.ndarray, wider: bool) -> list[float]:
    """Δ_∞, ω, p, a, φ, c by least squares; terms of the next order in 1/t go with them."""
    late = time > _LATE * time[-1]
    t, seen = time[late], gap[late]

    def terms(numbers: np.ndarray) -> np.ndarray:
        frequency, exponent, drift = numbers
        angle = frequency * t - drift * np.log(t)
        wave = np.stack([np.cos(angle), np.sin(angle)]) / t**exponent
        double = np.stack([np.cos(2 * angle), np.sin(2 * angle)]) / t
        return np.stack([t**0, 1 / t, *wave, *wave / t, *double])

    def linear(rows: np.ndarray) -> np.ndarray:
        # No BLAS: its threads cost more than these sums.
        return np.linalg.solve(np.einsum("it,jt->ij", rows, rows), np.einsum("it,t->i", rows, seen))

    def misfit(numbers: np.ndarray) -> np.ndarray:
        rows = terms(numbers)
        return np.einsum("i,it->t", linear(rows), rows) - seen

    fitted: Any = least_squares(
        misfit, [2 * seen.mean(), 0.5, 0.0], x_scale=[1 / t[-1], 0.1, 0.1],
        xtol=1e-12, ftol=1e-12, gtol=1e-12,
    )  # fmt: skip
    frequency, exponent, drift = fitted.x
    settled, _, cosine, sine = linear(terms(fitted.x))[:4]
    sign = -1 if wider else 1
    wave = sign * complex(cosine, -sine) * np.exp(1j * drift * np.log(settled))
    amplitude = sign * abs(wave) * settled ** (exponent - 1)
    return [float(x) for x in (settled, frequency, exponent, amplitude, np.angle(wave), drift)]
