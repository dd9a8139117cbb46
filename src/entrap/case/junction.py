"""The trap's tunnel junction: a normal metal on the superconductor, through a barrier."""

import dataclasses

from entrap.case import kinds, metals
from entrap.case.provenance import settle_provenance, take
from entrap.core.quantities import settle


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

    interface_resistance: float = kinds.key(
        "ohm*m^2",
        "ρ_int",
        "Resistance of the barrier times its area",
        "100 ohm um^2",
        within=(1e-18, 1.0),
        display="ohm*um^2",
        source="theory, traps",
    )
    film_thickness: float = kinds.thickness(
        "d_S", "Thickness of the superconductor under the trap", "80 nm"
    )
    metal_thickness: float = kinds.thickness("d_N", "Thickness of the normal metal", "100 nm")
    metal: str | None = kinds.word(
        "Normal metal; fills in its density of states and Σ where they are not given",
        "Cu",
        default=None,
        choices=metals.NAMES,
    )
    metal_density_of_states: float = kinds.density_of_states(
        "ν_N",
        "Density of states of the normal metal for one spin",
        "7.8e46 1/J/m^3",
        source="theory, traps",
    )
    electron_phonon_constant: float = kinds.key(
        "W/m^3/K^5",
        "Σ",
        "Electron-phonon constant of the normal metal: power Σ V (T_e^5 - T_ph^5)",
        "2e9 W/m^3/K^5",
        within=(0.0, 1e15),
        default=None,
        source="theory, traps",
    )
    relaxation_rate: float = kinds.rate(
        "Γ_i", "Further relaxation in the metal, as by electrons, beside that by phonons", "0 1/s"
    )
    barrier_thickness: float | None = kinds.thickness(
        "t",
        "Thickness of the barrier; with its permittivity it says what charge may cross",
        "1 nm",
        default=None,
    )
    barrier_permittivity: float | None = kinds.number(
        "ε_r",
        "Relative permittivity of the barrier",
        10.0,
        within=(1.0, 1e6),
        default=None,
        source="theory, validity",
    )
    trap_temperature: float | None = kinds.temperature(
        "T_N",
        "Temperature of the normal metal's electrons; the film's own where it is not given",
        "50 mK",
        default=None,
        source="theory, traps",
    )
    phonon_temperature: float | None = kinds.temperature(
        "T_ph",
        "Temperature of the normal metal's phonons, from which `entrap trap` computes that of its "
        "electrons where it is not given",
        "20 mK",
        default=None,
        source="theory, traps",
    )
    dynes_broadening: float = kinds.key(
        "J",
        "Γ_D",
        "Dynes' broadening; only in densities of states that are drawn",
        "0.1 ueV",
        within=(0.0, 1e-15),
        default=0.0,
        display="meV",
        formerly="broadening",
    )
    phonon_trapping: float = kinds.number(
        "F_p",
        "How many times slower recombination is as its phonons break pairs again",
        8.0,
        within=(1.0, 1e9),
        default=1.0,
        source="theory, traps",
    )
    generation: float = kinds.rate(
        "g", "Generation of n_qp/(2 N_0 Δ) by other than the film's own phonons", "1e-4 1/s"
    )
    mapping: str = kinds.word(
        "Which normal electrons can pair: all, those of the two-fluid picture, or quasiparticles",
        "share",
        default="share",
        choices=("share", "two-fluid", "density"),
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
        kinds.refuse(
            *(
                (key, getattr(self, key) is None and getattr(self, other) is not None,
                 f"is missing: `{other}` needs it")
                for key, other in (
                    ("barrier_thickness", "barrier_permittivity"),
                    ("barrier_permittivity", "barrier_thickness"),
                )
            )
        )  # fmt: skip
        one_of = ", ".join(f'"{name}"' for name in metals.NAMES)
        message = f"is missing: give it, or a `metal` that has it ({one_of})"
        kinds.refuse(*((key, self.metal is None, message) for key in absent))
        kinds.refuse(
            (
                "electron_phonon_constant",
                not self.electron_phonon_constant and not self.relaxation_rate,
                "is 0 and so is `relaxation_rate`: a trap from which all come back traps "
                "nothing; give one of them",
            )
        )
