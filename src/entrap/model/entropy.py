"""Entropy of mixing: conduction and valence electrons as ideal gases that share a volume.

    ΔS = k_B Σ N_i ln(V/V_i) = -k_B Σ N_i ln(N_i/N)

The second form holds for equal cells, V_i ∝ N_i. What enters the Landau functional is the entropy
gained per conduction electron, k_B L with L = ln(V/V_c) = ln(n/n_c).

Source: V. Kornich, arXiv:2605.15834 (2026), Eqs. (1), (2). SI. Two components have at most
R ln 2 = 0.69 R a mole, below the 1.61 R of high-entropy alloys. A degenerate electron gas has far
less entropy than an ideal one: see `degenerate_log_ratio` and `sommerfeld_entropy`.
"""

import jax.numpy as jnp

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import BOLTZMANN
from entrap.core.stable import guarded
from entrap.model.sample import Sample


def mixing_entropy(amounts: RealsLike, axis: int = -1) -> Reals:
    """ΔS = -k_B Σ N_i ln(N_i/N) of K components in equal cells, Eq. (2).

    Args:
        amounts: Numbers N_i of particles, the components along `axis`; 0 is allowed.
        axis: Axis of the components.

    Returns:
        Entropy [J/K], or [J/K/m^3] where the amounts are densities.

    Examples:
        >>> from entrap.core.constants import BOLTZMANN
        >>> round(float(mixing_entropy(jnp.array([0.5, 0.5])) / BOLTZMANN), 6)
        0.693147
    """
    return mixing_entropy_of_volumes(amounts, amounts, axis)


def mixing_entropy_of_volumes(amounts: RealsLike, volumes: RealsLike, axis: int = -1) -> Reals:
    """ΔS = k_B Σ N_i ln(V/V_i), V = Σ V_i, Eq. (1).

    Args:
        amounts: Numbers N_i of particles, the components along `axis`.
        volumes: Volumes V_i they filled before [any unit], of the same shape; 0 if empty.
        axis: Axis of the components.

    Returns:
        Entropy [J/K].
    """
    amounts = jnp.moveaxis(jnp.asarray(amounts, float), axis, -1)
    volumes = jnp.moveaxis(jnp.asarray(volumes, float), axis, -1)
    # ln(V/V_i) = ln(1 + others/V_i): nothing cancels, whatever the share.
    own = jnp.eye(volumes.shape[-1], dtype=bool)
    others = jnp.where(own, 0.0, volumes[..., None, :]).sum(-1)
    some = volumes > 0
    logs = jnp.where(some, jnp.log1p(others / guarded(volumes, some)), 0.0)
    return BOLTZMANN * (amounts * logs).sum(-1)


def lattice_volumes(atoms: RealsLike, cell_volume: RealsLike, atoms_per_cell: RealsLike) -> Reals:
    """V_i = N_i v_i/η_i: volume of N_i atoms in cells of v_i that hold η_i atoms each.

    Args:
        atoms: Numbers of atoms; each gives z electrons, so N_i electrons are z_i times this.
        cell_volume: Volumes of the unit cells [m^3].
        atoms_per_cell: Atoms in a unit cell: 1 simple cubic, 2 bcc, 4 fcc.

    Returns:
        Volumes [m^3]; give them to `mixing_entropy_of_volumes` with the numbers of electrons.
    """
    return jnp.asarray(atoms, float) * cell_volume / atoms_per_cell


def log_mixing_ratio(valence_ratio: RealsLike, volume_ratio: RealsLike = 1.0) -> Reals:
    """L = ln(V/V_c) = ln(1 + (n_v/n_c) (v_v/v_c)), which is ln(n/n_c) for equal cells.

    Args:
        valence_ratio: Valence electrons per conduction electron, n_v/n_c >= 0.
        volume_ratio: Volume of a valence over that of a conduction electron before mixing.

    Returns:
        L, a pure number.

    Examples:
        >>> float(log_mixing_ratio(0.0))
        0.0
    """
    return jnp.log1p(jnp.asarray(valence_ratio, float) * volume_ratio)


def sommerfeld_entropy(temperature: RealsLike, fermi_temperature: RealsLike) -> Reals:
    """s = (π²/2) k_B T/T_F per electron of a degenerate gas [J/K]; bounds any mixing entropy."""
    return BOLTZMANN * jnp.pi**2 / 2 * jnp.asarray(temperature, float) / fermi_temperature


def degenerate_log_ratio(sample: Sample, temperature: RealsLike) -> Reals:
    """(π²/2) (T/T_F) [1 - (V_c/V)^(2/3)]: what replaces L when the gas is degenerate.

    Args:
        sample: Its Fermi temperature holds at the density in the mixture.
        temperature: Temperature [K].

    Returns:
        Entropy of expansion per conduction electron in units of k_B.

    Note:
        Not in the paper; Sommerfeld's leading order in T/T_F.
    """
    share = -jnp.expm1(-2 / 3 * jnp.asarray(sample.log_mixing_ratio, float))
    fermi_temperature = sample.fermi_temperature
    if fermi_temperature is None:
        raise ValueError("The degenerate entropy needs the sample's `fermi_temperature`.")
    return sommerfeld_entropy(temperature, fermi_temperature) / BOLTZMANN * share


def log_ratio(sample: Sample, temperature: RealsLike, remaining: RealsLike) -> Reals:
    """Entropy of mixing per conduction electron, in units of k_B, by the sample's convention.

    Args:
        sample: Its `entropy` says which: "ideal" is L, the paper's rule.
        temperature: Temperature [K].
        remaining: Conduction electrons still in the sample, n_s + n_n [1/m^3]; matters for
            "number-fraction" alone, ln(1 + n_v/(n_s + n_n)).

    Returns:
        A pure number, of the broadcast shape.

    Note:
        The paper keeps ln(V/V_c) while electrons leave (below Eq. (4)); "number-fraction" lets
        the fractions follow.
    """
    if sample.entropy == "degenerate":
        return degenerate_log_ratio(sample, temperature)
    if sample.entropy == "number-fraction":
        remaining, n_v = jnp.asarray(remaining, float), jnp.asarray(sample.valence_density, float)
        some = (remaining > 0) | (n_v == 0)
        return jnp.where(some, jnp.log1p(n_v / guarded(remaining, remaining > 0)), jnp.inf)
    return jnp.asarray(sample.log_mixing_ratio, float)
