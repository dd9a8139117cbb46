"""Entropy of mixing: conduction and valence electrons as ideal gases that share a volume.

    ΔS = k_B Σ N_i ln(V/V_i) = -k_B Σ N_i ln(N_i/N)

The second form holds for equal cells, V_i ∝ N_i. What enters the Landau functional is the entropy
gained per conduction electron, k_B L with L = ln(V/V_c) = ln(n/n_c).

Source: V. Kornich, arXiv:2605.15834 (2026), Eqs. (1), (2). SI. Two components have at most
R ln 2 = 0.69 R a mole, below the 1.61 R of high-entropy alloys. A degenerate electron gas has far
less entropy than an ideal one: see `Degenerate` and `sommerfeld_entropy`.

What the Landau functional takes of an entropy is a class, an `AbstractEntropy`; `ENTROPIES` holds
them by the word of the case file. A new one is a class, its entry there, and its word in
`entrap.case.mixture`.
"""

import abc
from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import BOLTZMANN
from entrap.core.stable import guarded


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


_EQUAL = 1e-14  # 1 - k_B L/a below which both are equal, but for their rounding


class AbstractEntropy(eqx.Module):
    """An entropy of mixing: how large L is, and what follows from its form.

    The methods with a body hold for every L that depends on temperature alone. They take a
    `sample` (a `model.sample.Sample`, which imports this module), its temperature [K], the
    `remaining` conduction electrons n_s + n_n [1/m^3] and the `fraction` f of the normal electrons
    that the trap has left.
    """

    word: ClassVar[str]
    """What a case file calls it."""
    follows_density: ClassVar[bool] = False
    """Whether L changes as electrons leave the sample."""

    @abc.abstractmethod
    def log_ratio(self, sample: Any, temperature: RealsLike, remaining: RealsLike) -> Reals:
        """L, by which mixing lowers the free energy of a conduction electron, over k_B T.

        Of an ideal gas it is the entropy of mixing per electron in units of k_B.
        """

    @abc.abstractmethod
    def critical_temperature(self, sample: Any, fraction: RealsLike) -> Reals:
        """T at which α - (w_s - f) k_B T L = 0 at n_s = 0 [K]; infinite where there is none."""

    def density(
        self, sample: Any, alpha: RealsLike, temperature: RealsLike, fraction: RealsLike
    ) -> Reals:
        """n_s = -[α - (w_s - f) k_B T L]/β [1/m^3] at which F has no slope, also beyond 0 and n_c.

        `alpha` is α at that temperature [J].
        """
        temperature = jnp.asarray(temperature, float)
        entropy = BOLTZMANN * temperature * self.log_ratio(sample, temperature, 0.0)
        share = sample.condensate_weight - jnp.asarray(fraction, float)
        return -(alpha - share * entropy) / sample.landau_beta

    def moved(self, sample: Any, remaining: RealsLike) -> RealsLike:
        """What the valence electrons gain as conduction electrons leave [k_B/m^3]."""
        del sample, remaining
        return 0.0

    def release_temperature(self, sample: Any, pinned_density: RealsLike) -> Reals:
        """T at which the pinned n_s, all normal electrons trapped, is the minimum of F̃ [K].

        The sample is one whose α vanishes where α + β n_s of the actual one does.
        """
        del pinned_density
        return self.critical_temperature(sample, 0.0)

    def least_slope(self, sample: Any, temperature: RealsLike, remaining: RealsLike) -> Reals:
        """a/(w_s k_B) that must be exceeded for the critical temperature to be finite: L."""
        return self.log_ratio(sample, temperature, remaining)


class Ideal(AbstractEntropy):
    """L = ln(V/V_c), which stays while electrons leave: the paper's rule, below Eq. (4)."""

    word = "ideal"

    def log_ratio(self, sample: Any, temperature: RealsLike, remaining: RealsLike) -> Reals:
        """ln(V/V_c)."""
        del temperature, remaining
        return jnp.asarray(sample.log_mixing_ratio, float)

    def critical_temperature(self, sample: Any, fraction: RealsLike) -> Reals:
        """T̃_c = a T_c/(a - (w_s - f) k_B L) [K]."""
        share = sample.condensate_weight - jnp.asarray(fraction, float)
        return _linear_root(sample, share * jnp.asarray(sample.log_mixing_ratio, float))


class NumberFraction(AbstractEntropy):
    """L = ln(1 + n_v/(n_s + n_n)): the fractions follow the electrons that leave. Ours."""

    word = "number-fraction"
    follows_density = True

    def log_ratio(self, sample: Any, temperature: RealsLike, remaining: RealsLike) -> Reals:
        """ln(1 + n_v/(n_s + n_n)); infinite where no electron is left."""
        del temperature
        remaining, n_v = jnp.asarray(remaining, float), jnp.asarray(sample.valence_density, float)
        some = (remaining > 0) | (n_v == 0)
        return jnp.where(some, jnp.log1p(n_v / guarded(remaining, remaining > 0)), jnp.inf)

    def critical_temperature(self, sample: Any, fraction: RealsLike) -> Reals:
        """T̃_c = a T_c/(a - (1 - f) k_B ln(1 + n_v/(f n_c))), in K: n_s > 0 at all T for f = 0."""
        fraction = jnp.asarray(fraction, float)
        share = sample.condensate_weight - fraction
        left = fraction * jnp.asarray(sample.conduction_density, float)
        per_electron = self.log_ratio(sample, 1.0, left)
        trapped = (share > 0) & (jnp.asarray(sample.valence_density, float) > 0)
        finite = guarded(per_electron, jnp.isfinite(per_electron), 1e300)
        return _linear_root(sample, share * jnp.where(trapped, finite, 0.0))

    def density(
        self, sample: Any, alpha: RealsLike, temperature: RealsLike, fraction: RealsLike
    ) -> Reals:
        """The root of α + β n_s = (1-f) k_B T ln(1 + n_v/ñ_c), ñ_c = n_s + f (n_c - n_s)."""
        n_c, beta = jnp.asarray(sample.conduction_density, float), sample.landau_beta
        return n_c * _number_fraction_root(
            jnp.asarray(alpha, float) / (beta * n_c),
            BOLTZMANN * jnp.asarray(temperature, float) / (beta * n_c),
            jnp.asarray(fraction, float),
            jnp.asarray(sample.valence_density, float) / n_c,
        )

    def moved(self, sample: Any, remaining: RealsLike) -> RealsLike:
        """n_v ln(ñ/n): their ln(ñ/n) counts, ln(n/n_v) does not."""
        n_v = sample.valence_density
        left = remaining + n_v
        return n_v * jnp.log(guarded(left, left > 0) / (sample.conduction_density + n_v))

    def release_temperature(self, sample: Any, pinned_density: RealsLike) -> Reals:
        """As for `Ideal`, with the L of the pinned density: it is all that is left."""
        ratio = self.log_ratio(sample, sample.critical_temperature, pinned_density)
        return _linear_root(sample, sample.condensate_weight * ratio)


class Degenerate(AbstractEntropy):
    """L = (π²/4) (T/T_F) [1 - (V_c/V)^(2/3)]: a Fermi gas in place of an ideal one. Ours.

    T_F is that at the density in the mixture; Sommerfeld's leading order in T/T_F. As the gas
    expands its free energy falls by k_B T L, which is half of T ΔS: the other half is the thermal
    energy that it takes up.
    """

    word = "degenerate"

    def log_ratio(self, sample: Any, temperature: RealsLike, remaining: RealsLike) -> Reals:
        """(π²/4) (T/T_F) [1 - (V_c/V)^(2/3)]."""
        del remaining
        if sample.fermi_temperature is None:
            raise ValueError("The degenerate entropy needs the sample's `fermi_temperature`.")
        share = -jnp.expm1(-2 / 3 * jnp.asarray(sample.log_mixing_ratio, float))
        return sommerfeld_entropy(temperature, sample.fermi_temperature) / (2 * BOLTZMANN) * share

    def critical_temperature(self, sample: Any, fraction: RealsLike) -> Reals:
        """The lower root of a (T - T_c) = (w_s - f) k_B T L(T) ∝ T² [K]."""
        a, critical = jnp.asarray(sample.landau_a, float), sample.critical_temperature
        share = sample.condensate_weight - jnp.asarray(fraction, float)
        # In units of a and T_c: t - 1 = q t², whatever the units of the sample.
        q = share * BOLTZMANN * self.log_ratio(sample, critical, 0.0) / a
        inside = 1 - 4 * q
        root = jnp.sqrt(guarded(inside, inside > 0, 0.0) + jnp.where(inside > 0, 0.0, 1e-300))
        return jnp.where(inside >= 0, 2 * critical / (1 + root), jnp.inf)

    def least_slope(self, sample: Any, temperature: RealsLike, remaining: RealsLike) -> Reals:
        """4 L(T_c), as L ∝ T."""
        del temperature
        return 4 * self.log_ratio(sample, sample.critical_temperature, remaining)


class Neutral(AbstractEntropy):
    """L = 0: in a film that stays neutral n_s + n_n = n_c, and Eq. (2) is a constant. Ours."""

    word = "neutral"

    def log_ratio(self, sample: Any, temperature: RealsLike, remaining: RealsLike) -> Reals:
        """0: the entropy of mixing has no slope by n_s."""
        del temperature, remaining
        return jnp.zeros_like(jnp.asarray(sample.log_mixing_ratio, float))

    def critical_temperature(self, sample: Any, fraction: RealsLike) -> Reals:
        """T_c [K]."""
        return _linear_root(sample, self.log_ratio(sample, 1.0, 0.0) * fraction)


ENTROPIES: dict[str, AbstractEntropy] = {
    entropy.word: entropy for entropy in (Ideal(), NumberFraction(), Degenerate())
}
"""The entropies by the word of the case file; `case.mixture` says what a case states with each."""


def _linear_root(sample: Any, log_ratio: RealsLike) -> Reals:
    """T = a T_c/(a - k_B L) of a (T - T_c) = k_B T L [K]; infinite where k_B L >= a."""
    a = jnp.asarray(sample.landau_a, float)
    left = a - BOLTZMANN * log_ratio
    some = left > _EQUAL * a
    return jnp.where(some, a * sample.critical_temperature / guarded(left, some), jnp.inf)


@jnp.vectorize
def _number_fraction_root(alpha: Reals, energy: Reals, f: Reals, r: Reals) -> Reals:
    """n_s/n_c of α/βn_c and k_B T/βn_c, f and n_v/n_c."""
    # With y = ñ_c/n_c: y - f + (1-f) (α - pull)/βn_c = 0, pull = (1-f) k_B T ln(1 + r/y). Bisection
    # in ln y, as y may be exponentially small; the implicit rule differentiates it.
    mixed = r > 0
    left, log_r = 1 - f, jnp.log(guarded(r, mixed))

    def pull(log_y: Reals) -> Reals:
        return left * energy * jnp.logaddexp(0.0, log_r - log_y)

    def excess(log_y: Reals, _: None) -> Reals:
        return jnp.exp(log_y) - f + left * (alpha - pull(log_y))

    lacking = left * alpha - f  # where this is > 0 only the entropy keeps any electrons paired
    slow = left**2 * energy
    few = jnp.minimum(log_r, 0.0) - (lacking + 1) / guarded(slow, slow > 0)
    low = jnp.where(lacking < 0, jnp.log(guarded(-lacking, lacking < 0)), few) - 1
    high = jnp.log(2 + left * (jnp.abs(alpha) + pull(jnp.zeros_like(log_r))))
    import optimistix as optx  # a fifth of a second, and only this form needs it

    found = optx.root_find(
        excess, optx.Bisection(1e-14, 1e-14, flip=False), 0.5 * (low + high), max_steps=256,
        throw=False, options={"lower": low, "upper": high},
    ).value  # fmt: skip
    # Each form where it does not cancel: the second divides by no 1 - f.
    paired = (jnp.exp(found) - f) / guarded(left, f < 0.5)
    return jnp.where(mixed, jnp.where(f < 0.5, paired, pull(found) - alpha), -alpha)
