"""About how large a number is that a case lacks, for the message that says so.

Free electrons of density n, both spins filled, have k_F = (3π² n)^(1/3), v_F = ħ k_F/m_e,
E_F = ħ² k_F²/2m_e and N_0 = 3n/4E_F for one spin. BCS theory gives a = 3.51883 k_B T_c/T_F, and
B_c(0) = Δ √(μ0 N_0) from the condensation energy B_c²/2μ0 = N_0 Δ²/2.

Source: Ashcroft and Mermin, Solid State Physics (1976), Eqs. (2.21) to (2.65).
"""

import math
from collections.abc import Iterable

from entrap.case.material import Material
from entrap.core.constants import (
    BCS_SLOPE,
    BOLTZMANN,
    ELECTRON_MASS,
    HBAR,
    VACUUM_PERMEABILITY,
)
from entrap.core.errors import Problem

ROUTES = {
    "direct": "`a` with `saturation` or `beta`",
    "field": "`critical_field` with `below_critical` and a density",
    "bcs": "`bcs = true`",
}
"""The routes to the Landau coefficients, and what states each."""


def other_routes(route: str) -> str:
    """The routes beside one, in words.

    Examples:
        >>> other_routes("bcs").partition(", ")[0]
        'the other routes are `a` with `saturation` or `beta`'
    """
    return f"the other routes are {', and '.join(x for key, x in ROUTES.items() if key != route)}"


def estimate(key: str, material: Material) -> str:
    """About how large a number of the material is, in words; empty where nothing tells.

    Examples:
        >>> estimate("fermi_temperature", Material(name="Al"))
        'free electrons of this density would have about 1.4e+05 K'
    """
    energy = _fermi_energy(material)
    known = {
        "fermi_temperature": (energy / BOLTZMANN, "K"),
        "fermi_velocity": (math.sqrt(2 * energy / ELECTRON_MASS), "m/s"),
        "density_of_states": (3 * material.conduction_density / (4 * energy), "1/J/m^3"),
    }
    if key not in known:
        return ""
    value, unit = known[key]
    return f"free electrons of this density would have about {value:.2g} {unit}"


def with_estimates(problems: Iterable[Problem], material: Material | None) -> list[Problem]:
    """The problems, with what BCS theory says of a missing slope or critical field."""
    if material is None:
        return [*problems]
    critical, energy = material.critical_temperature, _fermi_energy(material)
    fermi = material.fermi_temperature or energy / BOLTZMANN
    states = material.density_of_states or 3 * material.conduction_density / (4 * energy)
    field = math.sqrt(VACUUM_PERMEABILITY * states) * material.gap
    about = {
        "landau.a": f"by BCS theory it would be about {BCS_SLOPE * critical / fermi:.2g} k_B",
        "landau.critical_field": f"by BCS theory it would be about {field:.2g} T at T = 0, and "
        "1.74 (1 - T/T_c) times that near T_c",
    }
    return [
        Problem(f"{p.text}; {about[p.key]}", p.key)
        if p.key in about and "is missing" in p.text
        else p
        for p in problems
    ]


def _fermi_energy(material: Material) -> float:
    """E_F [J] of free electrons of the material's density."""
    wave = (3 * math.pi**2 * material.conduction_density) ** (1 / 3)
    return (HBAR * wave) ** 2 / (2 * ELECTRON_MASS)
