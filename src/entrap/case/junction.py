"""The trap's tunnel junction: a normal metal on the superconductor, through a barrier."""

import dataclasses

from entrap.case import metals
from entrap.case.provenance import settle_provenance, take
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import quantity, settle


@dataclasses.dataclass(frozen=True)
class Junction:
    """A barrier and the metal behind it. A `metal` fills in its two constants if not given.

    Raises:
        InputError: a value is out of bounds, a constant is neither given nor of a known metal, or
            nothing relaxes in the metal.

    Examples:
        >>> trap = Junction("100 ohm um^2", "80 nm", "100 nm", metal="Cu")
        >>> f"{trap.interface_resistance:.0e} {trap.electron_phonon_constant:.0e}"
        '1e-10 2e+09'
        >>> trap.provenance["electron_phonon_constant"]
        'textbook: Constants of a public two-temperature model, ... [S43]'
    """

    interface_resistance: float = quantity(
        "ohm*m^2",
        "ρ_int",
        "Resistance of the barrier times its area",
        display="ohm*um^2",
        at_least=1e-18,
        at_most=1.0,
        example="100 ohm um^2",
        source="theory, traps",
    )
    film_thickness: float = quantity(
        "m",
        "d_S",
        "Thickness of the superconductor under the trap",
        display="nm",
        at_least=1e-10,
        at_most=1e-2,
        example="80 nm",
        source="theory, traps",
    )
    metal_thickness: float = quantity(
        "m",
        "d_N",
        "Thickness of the normal metal",
        display="nm",
        at_least=1e-10,
        at_most=1e-2,
        example="100 nm",
        source="theory, traps",
    )
    metal: str | None = quantity(
        "1",
        "",
        "Normal metal; fills in its density of states and Σ where they are not given",
        default=None,
        kind="text",
        choices=metals.NAMES,
        example="Cu",
    )
    metal_density_of_states: float = quantity(
        "1/J/m^3",
        "ν_N",
        "Density of states of the normal metal for one spin",
        default=None,
        at_least=1e40,
        at_most=1e52,
        example="7.8e46 1/J/m^3",
        source="theory, traps",
    )
    electron_phonon_constant: float = quantity(
        "W/m^3/K^5",
        "Σ",
        "Electron-phonon constant of the normal metal: power Σ V (T_e^5 - T_ph^5)",
        default=None,
        at_least=0.0,
        at_most=1e15,
        example="2e9 W/m^3/K^5",
        source="theory, traps",
    )
    relaxation_rate: float = quantity(
        "1/s",
        "Γ_i",
        "Further relaxation in the metal, as by electrons, beside that by phonons",
        default=0.0,
        at_least=0.0,
        at_most=1e18,
        example="0 1/s",
        source="theory, traps",
    )
    trap_temperature: float | None = quantity(
        "K",
        "T_N",
        "Temperature of the normal metal; the film's own where it is not given",
        default=None,
        at_least=1e-6,
        at_most=1e6,
        example="50 mK",
        source="theory, traps",
    )
    dynes_broadening: float = quantity(
        "J",
        "Γ_D",
        "Dynes' broadening; only in densities of states that are drawn",
        default=0.0,
        display="meV",
        at_least=0.0,
        at_most=1e-15,
        example="0.1 ueV",
        formerly="broadening",
    )
    phonon_trapping: float = quantity(
        "1",
        "F_p",
        "How many times slower recombination is as its phonons break pairs again",
        default=1.0,
        at_least=1.0,
        at_most=1e9,
        example=8.0,
        source="theory, traps",
    )
    generation: float = quantity(
        "1/s",
        "g",
        "Generation of n_qp/(2 N_0 Δ) by other than the film's own phonons",
        default=0.0,
        at_least=0.0,
        at_most=1e18,
        example="1e-4 1/s",
        source="theory, traps",
    )
    mapping: str = quantity(
        "1",
        "",
        "What the paper's n_n is: a share of the thermal n_n, two-fluid, or n_qp itself",
        default="share",
        kind="text",
        choices=("share", "two-fluid", "density"),
        example="share",
        source="theory, traps",
    )
    provenance: dict[str, str] = dataclasses.field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        settle(self)
        settle_provenance(self, "trap.junction")
        constants = {
            "metal_density_of_states": "density_of_states",
            "electron_phonon_constant": "electron_phonon_constant",
        }
        absent = [key for key in constants if getattr(self, key) is None]
        if self.metal is not None:
            numbers = metals.load(self.metal)
            for key in absent:
                take(self, key, numbers[constants[key]])
        elif absent:
            one_of = ", ".join(f'"{name}"' for name in metals.NAMES)
            raise InputError(
                *(
                    Problem(f"is missing: give it, or a `metal` that has it ({one_of})", key)
                    for key in absent
                )
            )
        if not self.electron_phonon_constant and not self.relaxation_rate:
            raise InputError(
                Problem(
                    "is 0 and so is `relaxation_rate`: a trap from which all come back traps "
                    "nothing; give one of them",
                    "electron_phonon_constant",
                )
            )
