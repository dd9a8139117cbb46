"""By how much each assumption of the theory holds or fails.

Each is an inequality x <= y; its margin is log10(y/x): +1 is a decade of room, a negative margin a
failed assumption. A margin is shown, never enforced. In a normal state there is nothing to assume,
and every margin is NaN.

Source: V. Kornich, arXiv:2605.15834 (2026), as quoted at each field; for the trap and the release
of a pinned state, the theory page.
"""

from typing import Any

import equinox as eqx
import jax.numpy as jnp

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import BOLTZMANN, VORTEX_CORE
from entrap.core.quantities import quantity
from entrap.core.stable import guarded
from entrap.model import bcs, coefficients, electrodynamics, landau
from entrap.model.device import Device, charging_energy, couplings
from entrap.model.entropy import Degenerate, Neutral
from entrap.model.kinetics import (
    NONE_LEFT,
    Densities,
    paired_electron_gain,
    pairing_to_trapping_ratio,
)
from entrap.model.sample import Sample, Trapping


def _margin(inequality: str, meaning: str, source: str) -> Any:
    return quantity("1", inequality, meaning, default=None, source=source)


class Margins(eqx.Module):
    """log10(y/x) of each inequality x <= y; None where an input that it needs is not given.

    New ones come last: stored sweeps count them by their number.
    """

    trap_temperature: Reals | None = _margin(
        "k_B T ≤ Δ̃_g/3",
        "The trap is cold enough to have empty states below the gap; its own T, where given",
        '"the metallic trap will stop functioning properly around the superconducting transition"',
    )
    trap_energy: Reals | None = _margin(
        "k_B T L ≤ Δ̃_g",
        "Falling into the trap repays the entropy that a quasiparticle takes away",
        "Fig. 3: T ΔS_n must be repaid",
    )
    entropy_slope: Reals | None = _margin(
        "w_s k_B L ≤ a",
        "A finite effective critical temperature exists",
        '"the coefficient a should be larger than the correction"',
    )
    classical_entropy: Reals | None = _margin(
        "T_F ≤ T or, if degenerate, T ≤ T_F",
        "The electrons are an ideal gas, so that their entropy of mixing is k_B L each, or with "
        'entropy = "degenerate" a degenerate one; T_F is that of free electrons where it is not '
        "given",
        "Eqs. (1), (2)",
    )
    landau_region: Reals | None = _margin(
        "1 - T_eff/T_c ≤ 0.3",
        "Near enough to the transition for the Landau expansion",
        "Eq. (3)",
    )
    pair_density: Reals | None = _margin(
        "2 ξ0⁻³ ≤ n_s",
        "At least one Cooper pair in a coherence volume",
        '"n_s ~ ξ0⁻³ at the very least"',
    )
    thermal_floor: Reals | None = _margin(
        "n_c Y(T) ≤ n_n⁰/10",
        "Equilibrium at the trap's T, or a junction's balance f_∞ (n_c - n_s), leaves few normal",
        '"n_n ≈ 0"',
    )
    weak_pairing: Reals | None = _margin(
        "γ n_n⁰/Γ ≤ 0.1",
        "Pairing is slow against trapping, as Eqs. (9)-(11) need",
        "Eqs. (9)-(11)",
    )
    electron_count: Reals | None = _margin(
        "n_s ≤ n_c - n_t",
        "No more superconducting electrons than there are",
        "conservation",
    )
    proximity: Reals | None = _margin(
        "γ_N ≤ Δ̃_g/10, γ_S ≤ k_B T/10",
        "The barrier is weak: the trap stays normal, and the film keeps its states at the gap",
        "theory page, proximity effect",
    )
    release_stability: Reals | None = _margin(
        "k_B T L (1 - f) ≤ β (n_c - n_s)",
        "Once released, freed quasiparticles do not set off the breaking of further pairs",
        "theory page, stability of the released branch",
    )
    downhill_pairing: Reals | None = _margin(
        "n_s after emptying ≤ -α̃(T_0)/β",
        "The pairs that Eqs. (7), (8) form do not pass the minimum that the emptied sample has",
        "Eqs. (5), (8)",
    )
    filled_band: Reals | None = _margin(
        "ln(n/n_v) ≤ e^(-E_g/k_B T)",
        "The valence electrons can mix: in a filled band all but e^(-E_g/k_B T) of them cannot",
        "theory page, validity",
    )
    neutrality: Reals | None = _margin(
        "e² n_t d²/2ε0 or e² n_t d t/ε_r ε0 ≤ k_B T L",
        "Entropy pays for the charge that the trapped electrons leave behind, in an isolated film "
        "or, where that is less, across the barrier",
        "theory page, validity",
    )
    large_kappa: Reals | None = _margin(
        "0.497 ≤ ln κ/10",
        "The core of a vortex adds little to the leading logarithm of B_c1",
        "Eq. (17); theory page, validity",
    )


OF_TRAP = (
    "neutrality",
    "trap_temperature",
    "trap_energy",
    "thermal_floor",
    "weak_pairing",
    "downhill_pairing",
    "proximity",
    "release_stability",
)
"""Those about the trap, which are NaN without one."""


def margins(
    sample: Sample,
    trapping: Trapping,
    temperature: RealsLike,
    densities: Densities,
    initial: Densities,
    initial_temperature: RealsLike,
    gap: RealsLike | None = None,
    device: Device | None = None,
    steady_fraction: RealsLike | None = None,
) -> Margins:
    """Margins of a state that began at `initial`, where the trap went on.

    Args:
        sample: The sample; without v_F and E_g the margins that need them are None.
        trapping: Rates; without a trap the margins about it are NaN.
        temperature: Temperature of the state [K].
        densities: Where its electrons are [1/m^3].
        initial: Where they were when the trap went on [1/m^3].
        initial_temperature: Temperature at which it went on [K].
        gap: Gap of the state, where it is known already [J].
        device: The junction; its trap may be colder than the sample, and it says what charge costs.
        steady_fraction: What it leaves in time of the normal electrons, where that is known.

    Returns:
        Margins of the broadcast shape; -inf where y is 0, +inf where x is 0, NaN where the sample
        is normal.
    """
    temperature = jnp.asarray(temperature, float)
    n_s, n_n = jnp.asarray(densities.superfluid_density, float), densities.normal_density
    n_c = sample.conduction_density
    effective = landau.effective_temperature(sample, n_s)
    if gap is None:
        gap = jnp.where(n_s > 0, bcs.gap(sample, effective), 0.0)
    gap = jnp.asarray(gap, float)
    energy = BOLTZMANN * temperature
    per_electron = sample.entropy.log_ratio(sample, temperature, n_s + n_n)
    # Infinite only where no electron is left: there is no gap either, which decides.
    mixing = energy * guarded(per_electron, jnp.isfinite(per_electron))
    # The wall n_c stops n_s at T_0 where -α/β asks for more: the count shows what it asked for.
    wanted = jnp.maximum(
        n_s, jnp.where(densities.trapped_density > 0, 0.0,
                       landau.unbounded_density(sample, initial_temperature, 1.0)),
    )  # fmt: skip
    counted = n_s + n_n
    # Where all that is asked for is there, the two differ by their rounding.
    wanted = jnp.where(wanted <= counted * (1 + 1e-12), jnp.minimum(wanted, counted), wanted)
    left = densities.remaining_fraction
    taken = jnp.where(1 - left < 1e-14, 0.0, 1 - left)  # none, but for rounding
    released = n_s >= landau.unbounded_density(sample, temperature, left) * (1 - 1e-9)
    slope = sample.entropy.least_slope(sample, temperature, n_s + n_n)
    needed = sample.condensate_weight * BOLTZMANN * slope
    made = {
        "entropy_slope": _log(sample.landau_a, needed),
        "landau_region": _log(
            0.3, (sample.critical_temperature - effective) / sample.critical_temperature
        ),
        "large_kappa": _large_kappa(sample),
        "electron_count": _log(counted, wanted),
    }
    fermi = sample.fermi_temperature
    if fermi is None:
        fermi = coefficients.free_electron_temperature(n_c)
    degenerate = isinstance(sample.entropy, Degenerate)
    least, most = (temperature, fermi) if degenerate else (fermi, temperature)
    made["classical_entropy"] = _log(most, least)
    if sample.band_gap is not None:
        made["filled_band"] = _filled_band(sample, sample.band_gap, energy)
    if sample.fermi_velocity is not None:
        volume = bcs.coherence_length(sample.fermi_velocity, sample.gap) ** 3
        made["pair_density"] = _log(n_s, 2 / volume)
    trap_energy = energy
    if device is not None and device.trap_temperature is not None:
        trap_energy = BOLTZMANN * jnp.asarray(device.trap_temperature, float)
    if steady_fraction is None:
        floor = n_c * bcs.yosida(gap, trap_energy / BOLTZMANN)
    else:
        floor = steady_fraction * (n_c - n_s)
    about_trap = {
        "trap_temperature": _log(gap / 3, trap_energy),
        "trap_energy": _log(gap, mixing),
        "thermal_floor": _log(initial.normal_density / 10, floor),
        "downhill_pairing": _downhill(sample, trapping, initial, initial_temperature),
        "weak_pairing": _log(0.1, pairing_to_trapping_ratio(trapping, initial.normal_density)),
        "release_stability": jnp.where(
            released & (n_s > 0),
            _log(sample.landau_beta * (n_c - n_s), mixing * taken),
            jnp.inf,
        ),
    }
    if device is not None:
        metal, film = couplings(device)
        charged = charging_energy(device, densities.trapped_density)
        neutral = isinstance(sample.entropy, Neutral)
        about_trap["neutrality"] = _log(mixing, jnp.where(neutral, 0.0, charged))
        about_trap["proximity"] = jnp.minimum(_log(gap / 10, metal), _log(energy / 10, film))
    trapped = jnp.asarray(trapping.trapping_rate) > 0
    for name, value in about_trap.items():
        made[name] = jnp.where(trapped, value, jnp.nan)
    superconducts = n_s > NONE_LEFT * n_c
    shape = jnp.broadcast_shapes(superconducts.shape, *(value.shape for value in made.values()))
    return Margins(**{
        name: jnp.broadcast_to(jnp.where(superconducts, value, jnp.nan), shape)
        for name, value in made.items()
    })  # fmt: skip


def _downhill(
    sample: Sample, trapping: Trapping, initial: Densities, temperature: RealsLike
) -> Reals:
    """Pairs that are formed only while that lowers F never pass the minimum."""
    if trapping.closure == "self-consistent" or trapping.pairing_limit == "minimum":
        return jnp.asarray(jnp.inf)
    gained = paired_electron_gain(trapping, initial.normal_density)
    most = landau.unbounded_density(sample, temperature, 0.0)
    return _log(most, jnp.where(gained > 0, initial.superfluid_density + gained, 0.0))


def _filled_band(sample: Sample, band_gap: RealsLike, energy: Reals) -> Reals:
    """The exponential is far below the smallest number: its logarithm is taken at once."""
    n_v = jnp.asarray(sample.valence_density, float)
    some = n_v > 0
    mixed = jnp.log1p(sample.conduction_density / guarded(n_v, some))
    thermal = band_gap / energy
    return jnp.where(some, -thermal / jnp.log(10.0) - jnp.log10(mixed), jnp.inf)


def _large_kappa(sample: Sample) -> Reals:
    """NaN for κ <= 1, where there is no B_c1."""
    kappa = electrodynamics.kappa(sample)
    second = kappa > 1
    return jnp.where(second, _log(jnp.log(guarded(kappa, second)) / 10, VORTEX_CORE), jnp.nan)


def _log(y: RealsLike, x: RealsLike) -> Reals:
    """log10(y/x), +inf for x <= 0 and -inf for y <= 0, with finite gradients."""
    y, x = jnp.broadcast_arrays(jnp.asarray(y, float), jnp.asarray(x, float))
    value = jnp.log10(guarded(y, y > 0) / guarded(x, x > 0))
    return jnp.where(x <= 0, jnp.inf, jnp.where(y <= 0, -jnp.inf, value))
