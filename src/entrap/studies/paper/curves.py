"""The data of the paper's figures and of two more.

Its figures are sketches without numbers. Those of Figs. 1 and 3 are a case, `figure-3.toml`, which
a user may change. Every variable has `units`, as pint reads them, and a `long_name`.

Source: V. Kornich, arXiv:2605.15834 (2026), Figs. 1-3 and Eqs. (9)-(11), (14), (15), (17).
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from entrap.case.case import Case
from entrap.core.arrays import Flags, Reals, RealsLike
from entrap.core.constants import BOLTZMANN
from entrap.core.errors import InputError, Problem
from entrap.model import bcs, electrodynamics, higgs, landau
from entrap.model.kinetics import densities, paired_electron_gain
from entrap.model.sample import Sample, Trapping
from entrap.solve.inputs import choices_of, inputs_of
from entrap.solve.protocol.netcdf import Contents
from entrap.solve.sample import sample_of, trapping_of
from entrap.solve.stored import stored
from entrap.studies.paper import printed
from entrap.studies.paper.derivations import derivations

ROWS, COLUMNS = 7, 16
"""Of the atoms in Fig. 1."""


@dataclasses.dataclass(frozen=True)
class Setting:
    """The numbers of Figs. 1 and 3.

    Args:
        sample: The sample.
        trapping: Γ and γ of the grey circle.
        start: T_0, where the trap goes on [K].
        warm_to: Up to which temperature the sample is followed [K].
    """

    sample: Sample
    trapping: Trapping
    start: float
    warm_to: float


def setting(case: Case) -> Setting:
    """The numbers that a case gives to Figs. 1 and 3.

    Raises:
        InputError: it lacks a table, or its pairing has no closed form.
    """
    case.require("landau")
    protocol = case.require("protocol")
    if case.trap.closure == "self-consistent":
        problem = (
            'must be "constant" or "ramp" in Fig. 3, whose grey circle is a closed form, but is '
            '"self-consistent", which `entrap run` follows in time'
        )
        raise InputError(Problem(problem, "trap.closure"))
    if not protocol.warm_to > protocol.start:
        problem = f"must be above the start, {protocol.start:g} K, since Fig. 3 warms the sample"
        raise InputError(Problem(problem, "protocol.warm_to"))
    inputs, choices = inputs_of(case), choices_of(case)
    made = sample_of(inputs, choices)
    if not landau.superfluid_density(made, protocol.start, 1.0) > 0:
        problem = (
            f"must be below T_c, but is {protocol.start:g} K: Fig. 3 begins with a sample that is "
            "superconducting without a trap"
        )
        raise InputError(Problem(problem, "protocol.start"))
    trapping = trapping_of(inputs, choices, made)
    return Setting(made, trapping, protocol.start, protocol.warm_to)


def setup(of: Setting) -> Contents:
    """Fig. 1: atoms of two kinds in random order on one lattice.

    The share of those that give valence electrons is n_v/n, one electron an atom; where they sit is
    drawn once for all.
    """
    mixture = of.sample
    share = float(mixture.valence_density / (mixture.conduction_density + mixture.valence_density))
    count = ROWS * COLUMNS
    order = np.random.default_rng(1).permutation(count)
    valence = (order < round(share * count)).reshape(ROWS, COLUMNS)
    values = {"row": np.arange(ROWS), "column": np.arange(COLUMNS), "valence_atom": valence}
    return _contents(
        values,
        ("row", "row", "Row of the lattice"),
        ("column", "column", "Column of the lattice"),
        ("valence_atom", ("row", "column"), "Whether the atom gives a valence electron"),
    )


def density_of_states(relaxation: float = 1.0, escape: float = 1.0) -> Contents:
    """Fig. 2: densities of states of trap and superconductor, and the rates between them.

    The energies E/|Δ| leave out 1, where ν_S is infinite. Below 1 the superconductor has no states,
    so that nothing escapes to it or comes from it.

    Args:
        relaxation: Γ_r/Γ_t, for which the paper gives no number.
        escape: Γ_e/Γ_t where ν_S = ν_N, likewise.
    """
    above = np.cosh(np.linspace(0.02, np.arccosh(4.0), 240))
    energy = np.concatenate([np.linspace(0.0, 1.0, 60, endpoint=False), above])
    gapped = energy < 1
    states = np.where(gapped, 0.0, energy / np.sqrt(np.where(gapped, 2.0, energy**2 - 1)))
    metal = np.full_like(energy, 1 / np.pi)
    kernel = np.where(gapped, 0.0, relaxation / (escape * states + relaxation))

    columns = (
        ("energy", energy, "Energy in units of the gap, E/|Δ|"),
        ("metal_states", metal, "ν_N = m*/π, m* = ħ = 1"),
        ("superconductor_states", metal * states, "ν_S = ν_N E/√(E² - |Δ|²)"),
        ("trapping_rate", np.where(gapped, 0.0, 1.0), "Γ_t, in units of itself"),
        ("escape_rate", escape * states, "Γ_e/Γ_t, proportional to ν_S"),
        ("relaxation_rate", np.full_like(energy, relaxation), "Γ_r/Γ_t"),
        ("effective_rate", kernel, "Γ_r/(Γ_e + Γ_r), in units of Γ_t"),
    )
    values = {name: column for name, column, _ in columns}
    return _contents(values, *((name, "energy", meaning) for name, _, meaning in columns))


def functional(of: Setting) -> Contents:
    """Fig. 3: the functional before the trap, with it, and on warming, with the marked points.

    Densities are in units of n_c, temperatures of T_c and energies of n_c k_B T_c. The names of
    curves and points are their colours in the figure. Blue curves are at the release temperature
    T_1 and at thirds of the way from there to T̃_c, or to `warm_to` if that is less. If n_s is not
    released below `warm_to`, they are at thirds of the way there, and n_s is still held. The grey
    curve is at the temperature at which n_s is released after pairing. What is not reached is NaN.
    """
    density = np.linspace(0.0, 1.0, 201)
    sample = of.sample
    values: dict[str, Any] = dict(_evolution(sample, of.trapping, of.start, of.warm_to, density))
    values["superfluid_density"] = density
    blue = [f"blue {t:.4g}" for t in values["temperature"][2:5]]
    points = ["black 1", "black 2", "grey", "minimum", "grey released", *blue]
    energy, temperature = "Free energy in units of n_c k_B T_c", "Temperature in units of T_c"
    values |= {"curve": ["green", "red", *blue, "grey"], "point": points}
    slope = float(sample.landau_a) / BOLTZMANN
    log = sample.entropy.log_ratio(sample, of.start, sample.conduction_density)
    return _contents(
        values,
        ("curve", "curve", ""),
        ("point", "point", ""),
        ("superfluid_density", "superfluid_density", "Superconducting electrons, n_s/n_c"),
        ("free_energy", ("curve", "superfluid_density"), energy),
        ("temperature", "curve", temperature),
        ("point_density", "point", "n_s/n_c"),
        ("point_temperature", "point", temperature),
        ("point_energy", "point", energy),
        ("released", (), "Whether n_s is released below warm_to"),
        landau_a_over_k_B=slope,
        log_mixing_ratio=float(log),
    )


def kinetics() -> Contents:
    """Eqs. (9)-(11) as printed beside the exact solution of Eqs. (7), (8), for constant γ.

    The normal and the paired electrons are along `crowding`, x = γ n_n⁰/Γ, and `time`, Γt. The gain
    at late times is along `final_crowding`; from x = `threshold` on, Eq. (11) pairs more electrons
    than there are.
    """
    crowding, time = np.array([0.1, 0.5]), np.linspace(0.0, 5.0, 251)
    many = np.linspace(0.0, 1.0, 200, endpoint=False)  # Eq. (11) ends at 1
    values = _kinetics(crowding[:, None], time[None], many)
    values |= {"crowding": crowding, "time": time, "final_crowding": many}
    both, ratio = ("crowding", "time"), "Ratio of pairing to trapping, γ n_n⁰/Γ"
    return _contents(
        values,
        ("crowding", "crowding", ratio),
        ("time", "time", "Time since the trap went on, Γt"),
        ("final_crowding", "final_crowding", ratio),
        ("normal_density", both, "n_n/n_n⁰, exact"),
        ("normal_density_printed", both, "n_n/n_n⁰, Eq. (9)"),
        ("paired_density", both, "(n_s - n_s⁰)/n_n⁰, exact"),
        ("paired_density_printed", both, "(n_s - n_s⁰)/n_n⁰, Eq. (10)"),
        ("gain", "final_crowding", "(n_s(∞) - n_s⁰)/n_n⁰, exact"),
        ("gain_printed", "final_crowding", "(n_s(∞) - n_s⁰)/n_n⁰, Eq. (11)"),
        ("threshold", (), "γ n_n⁰/Γ from which Eq. (11) has n_s > n_c"),
    )


def detection(of: Setting) -> Contents:
    """What an experiment would see on warming: Higgs mode, λ and B_c1, with and without the trap.

    The numbers are those of Fig. 3. Where nothing is superconducting λ is infinite. There -4α̃ is
    NaN, and also while n_s is held, since it is then not the curvature at a minimum.
    """
    sample, critical = of.sample, float(of.sample.critical_temperature)
    # With our numbers this hits neither T_c nor T_1.
    t = np.linspace(of.start / critical, of.warm_to / critical, 311, endpoint=False)
    values = _observables(sample, of.start, t) | {"temperature": t}
    rows: list[tuple[Any, ...]] = [
        ("temperature", "temperature", "Temperature in units of T_c"),
        ("release_temperature", (), "T_1/T_c, where n_s is released"),
        ("effective_critical_temperature", (), "T̃_c/T_c"),
    ]
    for name, unit, meaning in (
        ("superfluid_density", "1/m^3", "Superconducting electrons"),
        ("higgs_coefficient", "J", "Coefficient -4α of Eq. (14)"),
        ("higgs_mode", "J", "Energy of the Higgs mode, 2Δ_g"),
        ("penetration_depth", "m", "London penetration depth"),
        ("lower_critical_field", "T", "Lower critical field"),
    ):
        rows.append((name, "temperature", f"{meaning}, with the trap", unit))
        rows.append((f"{name}_bare", "temperature", f"{meaning}, without a trap", unit))
    return _contents(values, *rows)


@stored(jax.jit)
def _evolution(
    sample: Sample, trapping: Trapping, start: RealsLike, warm_to: RealsLike, density: RealsLike
) -> dict[str, Reals | Flags]:
    n_c, critical = sample.conduction_density, sample.critical_temperature
    held = landau.superfluid_density(sample, start, 1.0)
    grey = held + paired_electron_gain(trapping, n_c - held)
    release, grey_release = landau.release_temperature(sample, jnp.stack([held, grey]))
    end = jnp.minimum(landau.effective_critical_temperature(sample), warm_to)
    released = release < end
    thirds = jnp.where(
        released,
        jnp.stack([release, (2 * release + end) / 3, (release + 2 * end) / 3]),
        start + (warm_to - start) * jnp.array([1.0, 2.0, 3.0]) / 3,
    )
    warm = jnp.where(released, landau.superfluid_density(sample, thirds), held)
    red = landau.superfluid_density(sample, start)
    n_s = jnp.concatenate([jnp.stack([held, held, grey, red, grey]), warm])
    reached = jnp.where(grey_release < warm_to, grey_release, jnp.nan)
    t = jnp.concatenate([jnp.full(4, start), reached[None], thirds])
    left = jnp.zeros_like(t).at[0].set(1.0)  # of the normal electrons
    curves = jnp.concatenate([jnp.full(2, start), thirds, reached[None]])

    def free_energy(n_s: RealsLike, t: RealsLike, left: RealsLike) -> Reals:
        n_s = jnp.asarray(n_s)
        energy = landau.free_energy(sample, t, n_s, left * (n_c - n_s))
        return energy / (n_c * BOLTZMANN * critical)

    grid = n_c * jnp.asarray(density)[None], curves[:, None], left[: curves.size, None]
    return {
        "temperature": curves / critical,
        "free_energy": free_energy(*grid),
        "point_density": n_s / n_c,
        "point_temperature": t / critical,
        "point_energy": free_energy(n_s, t, left),
        "released": released,
    }


@stored(jax.jit)
def _kinetics(crowding: RealsLike, time: RealsLike, final: RealsLike) -> dict[str, RealsLike]:
    trapping, many = (Trapping(1.0, x, "constant") for x in (crowding, final))
    exact = densities(trapping, 0.0, 1.0, time)
    return {
        "normal_density": exact.normal_density,
        "normal_density_printed": printed.normal_density(trapping, 1.0, time),
        "paired_density": exact.superfluid_density,
        "paired_density_printed": printed.paired_superfluid_density(trapping, 0.0, 1.0, time),
        "gain": paired_electron_gain(many, 1.0),
        "gain_printed": printed.final_superfluid_density(many, 0.0, 1.0),
        "threshold": derivations()["threshold"],
    }


@stored(jax.jit)
def _observables(sample: Sample, start: RealsLike, t: RealsLike) -> dict[str, Reals]:
    critical = sample.critical_temperature
    temperature = critical * jnp.asarray(t, float)
    bare = landau.superfluid_density(sample, temperature, 1.0)
    held = landau.superfluid_density(sample, start, 1.0)
    release = landau.release_temperature(sample, held)
    pinned = temperature < release
    trapped = jnp.where(pinned, held, landau.superfluid_density(sample, temperature))
    found = {
        "release_temperature": release / critical,
        "effective_critical_temperature": landau.enhancement(sample),
    }
    for suffix, n_s, alpha, formal in (
        ("", trapped, landau.effective_coefficient(sample, temperature), pinned),
        ("_bare", bare, landau.first_coefficient(sample, temperature), False),
    ):
        effective = landau.effective_temperature(sample, n_s)
        gap = jax.vmap(bcs.gap, (None, 0))(sample, effective)
        coefficient = jnp.where(formal | (n_s <= 0), jnp.nan, higgs.higgs_coefficient(alpha))
        found |= {
            "superfluid_density" + suffix: n_s,
            "higgs_coefficient" + suffix: coefficient,
            "higgs_mode" + suffix: higgs.higgs_mode(gap),
            "penetration_depth" + suffix: electrodynamics.penetration_depth(n_s),
            "lower_critical_field" + suffix: electrodynamics.lower_critical_field(sample, n_s),
        }
    return found


def _contents(values: Mapping[str, Any], *rows: tuple[Any, ...], **attributes: Any) -> Contents:
    """Variables of their values, each by name, dimensions, meaning, and unit if it has one."""
    made: dict[str, Any] = {}
    for name, dimensions, meaning, *unit in rows:
        told = {"units": unit[0] if unit else "1", "long_name": meaning} if meaning else {}
        made[name] = (dimensions, np.asarray(values[name]), told)
    along = {name: made.pop(name) for name in (*made,) if made[name][0] in (name, (name,))}
    return Contents(made, along, attributes)
