"""What BCS theory, charge and real metals say about the paper's premises.

Where a premise needs a sample we take aluminium with a film of copper on it, of the library.
"""

import math
from typing import Any

import jax
import jax.numpy as jnp

from entrap.case import library, metals
from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import (
    BCS_GAP_RATIO,
    BOLTZMANN,
    ELECTRON_MASS,
    ELEMENTARY_CHARGE,
    VACUUM_PERMITTIVITY,
)
from entrap.model import bcs, bcs_functional, bcs_transition, entropy, junction, lifetimes
from entrap.model.share_gap import paired_share, reduced_gap
from entrap.solve.stored import stored
from entrap.studies.paper.estimates import (
    BELOW_CRITICAL,
    DENSITY,
    FERMI_VELOCITY,
    FILM,
    GAP,
    KELVIN,
    RATIO,
)

BAND_GAP = 1e-2 * ELEMENTARY_CHARGE  # [J] our choice: less than that of usual semiconductors
BARRIER, PERMITTIVITY = 1e-9, 10.0  # [m], 1: our choice, an oxide
RESISTANCE = 100e-12  # [ohm m^2] our choice: 100 Ω µm²
THICKNESS = 80e-9  # [m] our choice, of the aluminium
WARM, COLD = 0.9, 0.5  # T/T_c, our choice
LATE = 5.0  # Γt, our choice
SHARE, ABOVE = 0.5, 2.0  # our choice: φ, and T/T_c where only a minimum above T_c is left


def premises() -> dict[str, RealsLike]:
    """Numbers that decide about premises, by name, in SI."""
    return _numbers() | _materials()


@stored(jax.jit)  # as in `derivations`
def _numbers() -> dict[str, RealsLike]:
    return _charge() | _bands() | _quasiparticles() | _trap() | _minimum()


def _materials() -> dict[str, RealsLike]:
    """How many materials of the library have a >= k_B ln 2, and the largest a/k_B."""
    slopes = [library.landau_slopes(library.load(name)) for name in library.names()]
    carriers = [max(filter(None, (s.carriers, s.bcs)), default=0.0) for s in slopes]
    screening = [s.penetration_depth or 0.0 for s in slopes]
    return {
        "materials": len(slopes),
        "materials_steep": sum(a >= math.log(2) for a in carriers),
        "materials_steepest": max(carriers),
        "materials_screening": sum(a >= math.log(2) for a in screening),
    }


def _charge() -> dict[str, RealsLike]:
    """Electrons whose removal as charge k_B T ln 20 pays for: e² n d²/2ε0, across a barrier."""
    paid = BOLTZMANN * KELVIN * math.log(RATIO) * VACUUM_PERMITTIVITY / ELEMENTARY_CHARGE**2
    critical = GAP / (BCS_GAP_RATIO * BOLTZMANN)
    return {
        "removable": 2 * paid / FILM**2,
        "removable_barrier": paid * PERMITTIVITY / (FILM * BARRIER),
        "to_remove": DENSITY * (1 - 2 * BELOW_CRITICAL / critical),
    }


def _bands() -> dict[str, RealsLike]:
    """Entropy of an electron in a filled band; L where a cell of the conductor has two atoms."""
    empty = jax.nn.sigmoid(-BAND_GAP / (BOLTZMANN * KELVIN))  # a state at the top of the band
    ratio = RATIO - 1
    atoms = jnp.array([1.0, ratio])  # conductor, and what gives the valence electrons
    per_cell = jnp.array([2.0, 1.0])

    def log_ratio(cells: Reals) -> Reals:
        volumes = entropy.lattice_volumes(atoms, cells, per_cell)
        return entropy.log_mixing_ratio(ratio, volumes[1] / ratio / volumes[0])

    return {
        "band_entropy": -empty * jnp.log(empty) - (1 - empty) * jnp.log1p(-empty),
        "band_entropy_printed": math.log(RATIO / ratio),
        "cell_log": log_ratio(per_cell),  # an atom has the same volume in both
        "cell_log_same_cells": log_ratio(jnp.ones(2)),
        "body_centred": _atoms_of_body_centred_cell(),
    }


def _atoms_of_body_centred_cell() -> float:
    """η: the cell's volume by its share that touching spheres fill, π√3/8, over that of one."""
    radius = math.sqrt(3) / 4  # in edges: along the diagonal they touch
    return math.pi * math.sqrt(3) / 8 / (4 / 3 * math.pi * radius**3)


def _quasiparticles() -> dict[str, RealsLike]:
    """n_n/n_qp of aluminium, and for the paper's v_F and gap."""
    values = library.load("Al").values
    critical = values["critical_temperature"].value
    gap = BCS_GAP_RATIO * BOLTZMANN * critical * bcs.reduced_gap(WARM)
    own = GAP / (BCS_GAP_RATIO * BOLTZMANN)
    own_t = 1 - BELOW_CRITICAL / own
    fast = ELECTRON_MASS * FERMI_VELOCITY**2 / 2 / BOLTZMANN

    def ratio(gap: RealsLike, temperature: RealsLike, fermi: float) -> Reals:
        states = 3 / (4 * BOLTZMANN * fermi)  # of one spin, per electron
        return bcs.yosida(gap, temperature) / bcs.quasiparticle_density(gap, temperature, states)

    return {
        "one": 1.0,
        "normal_ratio": ratio(gap, WARM * critical, values["fermi_temperature"].value),
        "normal_ratio_paper": ratio(GAP * bcs.reduced_gap(own_t), own_t * own, fast),
    }


def _trap() -> dict[str, RealsLike]:
    """Copper on aluminium: escape against relaxation, and how a burst decays."""
    film, copper = library.load("Al").values, metals.load("Cu")
    critical = film["critical_temperature"].value
    states = film["density_of_states"].value
    metal = junction.TunnelJunction(
        interface_resistance=RESISTANCE,
        film_thickness=THICKNESS,
        film_density_of_states=states,
        metal_thickness=FILM,
        metal_density_of_states=copper["density_of_states"].value,
        electron_phonon_constant=copper["electron_phonon_constant"].value,
    )
    phonons = lifetimes.Phonons(film["electron_phonon_time"].value, critical, states)
    t = jnp.array([COLD, WARM])
    temperature = t * critical
    gap = BCS_GAP_RATIO * BOLTZMANN * critical * bcs.reduced_gap(t)
    rate = junction.effective_rate(metal, gap, temperature)
    lifted = rate / lifetimes.absorption_rate(phonons, gap, temperature)
    relaxed = junction.relaxation_rate(metal, gap, gap)
    crossing = _crossing(metal, gap)

    def left(time: RealsLike) -> Reals:
        return junction.survival(metal, gap[0], temperature[0], time)

    return {
        "escape_at_edge": _escape_share(metal, 1.0001, gap)[0],
        "escape_plain": (junction.bare_escape_rate(metal) / relaxed)[0],
        "escape_until": crossing[0],
        "escape_until_warm": crossing[1],
        "rate_average": rate[0],
        "rate_at_start": -jax.grad(left)(0.0),
        "decay_printed": math.exp(-LATE),
        "decay": left(LATE / rate[0]),
        "decay_against_phonons": lifted[0],
        "decay_against_phonons_warm": lifted[1],
    }


def _escape_share(metal: junction.TunnelJunction, energy: RealsLike, gap: Reals) -> Reals:
    """Γ_e/Γ_r at an energy in units of the gap."""
    energy = jnp.asarray(energy, float) * gap
    escape = junction.escape_rate(metal, energy, gap)
    return escape / junction.relaxation_rate(metal, energy, gap)


def _crossing(metal: junction.TunnelJunction, gap: Reals) -> Reals:
    """E/Δ up to which Γ_e > Γ_r, by bisection: their ratio falls with energy."""

    def halve(_: Any, ends: tuple[Reals, Reals]) -> tuple[Reals, Reals]:
        low, high = ends
        middle = (low + high) / 2
        more = _escape_share(metal, middle, gap) > 1
        return jnp.where(more, middle, low), jnp.where(more, high, middle)

    ends = jnp.ones_like(gap), jnp.full_like(gap, 100.0)
    return jax.lax.fori_loop(0, 60, halve, ends)[0]


def _minimum() -> dict[str, RealsLike]:
    """The gap above T_c by extraction alone, and n_s at k_B L = a by expansion and in full."""
    gaps = jnp.linspace(0.0, 1.5, 301)  # Δ/Δ0, in steps fine enough to tell a minimum from none
    least = gaps[jnp.argmin(bcs_functional.free_energy(ABOVE, gaps, 1.0, 1.0))]
    return {
        "zero": 0.0,
        "plain_gap": reduced_gap(ABOVE, SHARE),
        "landau_share": 1.0,  # α̃ = -a T_c at every T, where -α̃/β is a T_c/β
        "full_share": paired_share(BCS_GAP_RATIO * least / ABOVE),
        "full_critical": bcs_transition.continuous_critical_temperature(1.0),
    }
