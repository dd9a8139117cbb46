"""What a film and its traps are at one temperature: the coefficients of the equations in a plane.

The trap's own temperature T_N is stated, or that of the film, or follows from the heat that it gets

    Σ d_N (T_N⁵ - T_ph⁵) = ⟨E⟩ 2N_0Δ d_S (Γ x - b)

at each point of the trap by itself: heat is not conducted along the metal.

Source: theory page, films and traps.
"""

import dataclasses
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from entrap.case.case import Case
from entrap.case.layout import Layout
from entrap.core.arrays import Reals
from entrap.model import balance, bcs, film, lifetimes, trap_heat
from entrap.model.device import Device, couplings
from entrap.solve.inputs import choices_of, inputs_of, required
from entrap.solve.jit import quick_jit
from entrap.solve.sample import device_of
from entrap.solve.stored import stored

PARTS = ("interface_resistance", "film_thickness", "metal_thickness")
"""Numbers of the junction by which Γ and b have derivatives."""

_TABLE = 64  # temperatures of the trap
_HALVINGS = 50


@dataclasses.dataclass(frozen=True, eq=False)
class Sheet:
    """Coefficients at one temperature of the film, in SI.

    Args:
        numbers: Those that do not depend on the trap's temperature, by name.
        trapping_rate: Γ [1/s] at the temperature stated, or of the film.
        returned: b = Γ(T_N) x_eq(T_N) [1/s] there.
        slopes: d ln Γ/d ln p and db/d ln p [1/s] of each of `PARTS`.
        table: Temperatures T_N [K], Γ and b; None where T_N is stated.
        phonon_temperature: T_ph of the metal [K], where it is stated.
    """

    numbers: Mapping[str, float]
    trapping_rate: float
    returned: float
    slopes: Mapping[str, tuple[float, float]]
    table: tuple[np.ndarray, np.ndarray, np.ndarray] | None
    phonon_temperature: float | None

    def __getattr__(self, name: str) -> float:
        numbers = self.__dict__.get("numbers", {})
        if name in numbers:
            return numbers[name]
        raise AttributeError(name)

    def under_traps(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """T_N [K], Γ [1/s] and b [1/s] where x quasiparticles are under a trap."""
        if self.table is None:
            same = np.ones_like(x)
            return self.trap_temperature * same, self.trapping_rate * same, self.returned * same
        warm, (of_rate, of_back) = self.table[0], self.logarithms
        low, high = np.full_like(x, warm[0]), np.full_like(x, warm[-1])
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            brought = np.exp(of_rate(1 / middle)) * x - np.exp(of_back(1 / middle))
            cooled = self.cooling * (middle**5 - np.asarray(self.phonon_temperature) ** 5)
            over = cooled > self.heat * brought
            low, high = np.where(over, low, middle), np.where(over, middle, high)
        own = (low + high) / 2
        return own, np.exp(of_rate(1 / own)), np.exp(of_back(1 / own))

    @cached_property
    def logarithms(self) -> tuple[Any, Any]:
        """ln Γ and ln b over 1/T_N, where T_N is not stated: activated rates are smooth so."""
        from scipy.interpolate import PchipInterpolator

        assert self.table is not None
        warm, rate, back = (column[::-1] for column in self.table)
        logs = (np.log(rate), np.log(np.maximum(back, 1e-300)))
        return PchipInterpolator(1 / warm, logs[0]), PchipInterpolator(1 / warm, logs[1])


def sheet_of(case: Case, layout: Layout, temperature: float) -> Sheet:
    """The coefficients of a case at a temperature of its film [K].

    Raises:
        InputError: the case has no junction, or neither D_qp nor D_N.
    """
    stated = case.require("trap.junction")
    inputs = inputs_of(case)
    device = required(device_of(inputs, choices_of(case)), "trap.junction")
    cold = stated.phonon_temperature
    passive = stated.trap_temperature is None and cold is not None
    own = stated.trap_temperature or temperature
    grid = np.full(_TABLE, own)
    if passive and cold is not None:
        grid = np.geomspace(
            min(cold, temperature), 0.9 * case.material.critical_temperature, _TABLE
        )
    device = dataclasses.replace(device, trap_temperature=own)
    numbers, rate, back, slopes = jax.tree.map(
        np.asarray,
        _coefficients(device, inputs.material.gap, float(temperature), own, jnp.asarray(grid)),
    )
    made = {name: float(value) for name, value in numbers.items()}
    normal = case.material.diffusivity
    diffusivity = layout.quasiparticle_diffusivity
    if diffusivity is None:
        normal = required(normal, "layout.quasiparticle_diffusivity")
        diffusivity = float(film.quasiparticle_diffusivity(normal, made["gap"], temperature))
    made |= {
        "temperature": temperature,
        "trap_temperature": own,
        "diffusivity": diffusivity,
        "film_thickness": stated.film_thickness,
    }
    return Sheet(
        numbers=made,
        trapping_rate=made.pop("trapping_rate"),
        returned=made.pop("returned"),
        slopes={name: (float(a), float(b)) for name, (a, b) in slopes.items()},
        table=(grid, rate, back) if passive else None,
        phonon_temperature=cold,
    )


@stored(quick_jit)
def _coefficients(
    device: Device, gap: Any, temperature: Any, own: Any, grid: Any
) -> tuple[dict[str, Reals], Reals, Reals, dict[str, tuple[Reals, Reals]]]:
    """Numbers at T and T_N; Γ and b over a grid of T_N; their logarithmic derivatives."""
    metal, phonons = device.junction, device.phonons
    gap = gap * bcs.reduced_gap(temperature / phonons.critical_temperature)
    thermal = balance.equilibrium_fraction(gap, temperature)

    def rates(metal: Any, own: Any) -> tuple[Reals, Reals]:
        found = balance.fraction_flows(metal, phonons, gap, temperature, own)
        return jnp.asarray(found.trapping), jnp.asarray(found.supply)

    def scaled_rates(factors: dict[str, Reals]) -> tuple[tuple[Reals, Reals], Any]:
        scaled = {name: getattr(metal, name) * factor for name, factor in factors.items()}
        rate, back = rates(dataclasses.replace(metal, **scaled), own)
        return (jnp.log(rate), back), (rate, back)

    ones = {name: jnp.ones(()) for name in PARTS}
    slopes, (rate, back) = jax.jacfwd(scaled_rates, has_aux=True)(ones)
    energy = trap_heat.mean_energy(gap, temperature)
    pairs = 2 * phonons.film_density_of_states * gap
    in_metal, in_film = couplings(device)
    numbers = {
        "gap": gap,
        "trapping_rate": rate,
        "returned": back,
        "equilibrium_fraction": thermal,
        "recombination_coefficient": lifetimes.recombination_coefficient(phonons, gap),
        "thermalisation_rate": lifetimes.absorption_rate(phonons, gap, temperature),
        "pair_density": pairs,
        "metal_coupling": in_metal,
        "film_coupling": in_film,
        "heat": energy * pairs * metal.film_thickness,
        "cooling": metal.electron_phonon_constant * metal.metal_thickness,
    }
    made = {name: jnp.asarray(value, float) for name, value in numbers.items()}
    over_grid = jax.vmap(lambda own: rates(metal, own))(grid)
    parts = {name: (slopes[0][name], slopes[1][name]) for name in PARTS}
    return made, *over_grid, parts
