"""The superconductor: what is measured on the bare sample, with no trap."""

import dataclasses

from entrap.case import kinds, library
from entrap.case.provenance import filled, settle_provenance, take
from entrap.core.constants import BCS_GAP_RATIO, BOLTZMANN
from entrap.core.errors import InputError
from entrap.core.quantities import quantities, settle


@dataclasses.dataclass(frozen=True)
class Material:
    """A sample. A `name` of the library fills in what is not given.

    Raises:
        InputError: a value is out of bounds, or neither given nor in the library.

    Examples:
        >>> Material(name="Nb").critical_temperature
        9.25
        >>> Material(critical_temperature="16 K", conduction_density="1.12e29 1/m^3").gap
        3.8964...e-22
    """

    name: str | None = kinds.word(
        "Name; one of the library fills in what is not given here", "NbN", default=None
    )
    critical_temperature: float = kinds.temperature(
        "T_c",
        "Critical temperature of the bare sample",
        "10.74 K",
        default=None,
        source="α = a (T - T_c)",
    )
    conduction_density: float = kinds.key(
        "1/m^3",
        "n_c",
        "Density of conduction electrons",
        "1.12e29 1/m^3",
        within=(1e12, 1e34),
        default=None,
        source="below Eq. (3)",
    )
    fermi_velocity: float | None = kinds.key(
        "m/s",
        "v_F",
        "Fermi velocity: for ξ0 and the pair-density margin",
        "1.5e6 m/s",
        within=(1.0, 299792458.0),
        default=None,
    )
    fermi_temperature: float | None = kinds.temperature(
        "T_F",
        "Fermi temperature: for the BCS route and the degeneracy margin",
        "9e4 K",
        within=(1e-6, 1e9),
        default=None,
    )
    gap: float = kinds.key(
        "J",
        "Δ_g(0)",
        "Gap at T = 0; 1.763877 k_B T_c where it is not given",
        "1.6 meV",
        within=(1e-32, 1e-15),
        default=None,
        display="meV",
    )
    density_of_states: float | None = kinds.density_of_states(
        "N_0",
        "Normal-state density of states for one spin: for the trap's junction",
        "1.07e47 1/J/m^3",
    )
    diffusivity: float | None = kinds.diffusivity(
        "D_N", "Diffusivity of electrons in the normal state: for the trap's film", "60 cm^2/s"
    )
    electron_phonon_time: float | None = kinds.key(
        "s",
        "τ_0",
        "Electron-phonon time of Kaplan et al.: for recombination",
        "438 ns",
        within=(1e-15, 1e3),
        default=None,
        display="ns",
        formerly="kaplan_time",
    )
    provenance: dict[str, str] = dataclasses.field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        settle(self)
        settle_provenance(self, "material")
        given = {name for name, _ in quantities(self) if getattr(self, name) is not None}
        if self.name is not None:
            self._take_from_library(self.name, given)
        known = f' ("{self.name}" has none)' if self.name else ""
        message = f"is missing: give it, or the `name` of a material that has it{known}"
        needed = ("critical_temperature", "conduction_density")
        kinds.refuse(*((key, getattr(self, key) is None, message) for key in needed))
        if self.gap is None:
            gap = BCS_GAP_RATIO * BOLTZMANN * self.critical_temperature
            object.__setattr__(self, "gap", gap)
            self.provenance["gap"] = "default: BCS, 1.763877 k_B T_c"

    @property
    def in_library(self) -> bool:
        """Whether its name is one of the library; if not, nothing is filled in.

        Examples:
            >>> Material("my film", "5 K", "1e28 1/m^3").in_library
            False
        """
        try:
            return self.name is not None and bool(library.load(self.name))
        except InputError:
            return False

    @property
    def gap_follows(self) -> bool:
        """Whether the gap was not stated, so that it changes with the critical temperature."""
        return "gap" in filled(self)

    def _take_from_library(self, name: str, given: set[str]) -> None:
        try:
            entry = library.load(name)
        except InputError:
            if {"critical_temperature", "conduction_density"} <= given:
                return
            raise
        wanted = {key for key, _ in quantities(self)} - given
        if "critical_temperature" in given:
            wanted -= {"gap"}  # a tabulated gap belongs to the tabulated T_c
        for key, number in entry.values.items():
            if key in wanted:
                take(self, key, number)
