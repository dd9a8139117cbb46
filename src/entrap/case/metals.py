"""Normal metals that traps are made of: published numbers, each with its source.

`data/metals.csv` holds them (a number a row, SI); its source codes are those of the library of
materials, in `data/sources.csv`.
"""

import functools
from collections.abc import Mapping
from types import MappingProxyType

from entrap.case.library import Number, read_numbers
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import either

NAMES = ("Cu", "Ag", "Au")
"""Symbols of the metals, as a case file states them."""

UNITS: Mapping[str, str] = MappingProxyType(
    {
        "sommerfeld_coefficient": "J/mol/K^2",
        "molar_volume": "m^3/mol",
        "density_of_states": "1/J/m^3",
        "electron_phonon_constant": "W/m^3/K^5",
    }
)
"""Quantities of a metal and their SI units. The density of states is for one spin,
N_0 = 3 γ/(2 π² k_B² V_mol), and includes the phonon enhancement; the electron-phonon constant is Σ
of the power Σ V (T_e^5 - T_ph^5)."""


def load(name: str) -> Mapping[str, Number]:
    """Numbers of a metal by quantity.

    Raises:
        InputError: no metal here has that name.

    Examples:
        >>> copper = load("Cu")
        >>> f"{copper['density_of_states'].value:.3g}"
        '7.77e+46'
        >>> load("Ag")["electron_phonon_constant"].verified
        False
    """
    if name not in NAMES:
        one_of = either(NAMES)
        raise InputError(Problem(f'must be {one_of}, but is "{name[:40]}"', "metal"))
    return _metals()[name]


@functools.cache
def _metals() -> Mapping[str, Mapping[str, Number]]:
    numbers = read_numbers("metals.csv", "metal")
    return {name: MappingProxyType(quantities) for name, quantities in numbers.items()}
