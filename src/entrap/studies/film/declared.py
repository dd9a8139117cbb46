"""Numbers of a film, each with its unit, symbol and meaning."""

from collections.abc import Iterable, Mapping

from entrap.core.quantities import Quantity

THEORY = "theory, films"


def declared(unit: str, symbol: str, meaning: str, display: str = "") -> Quantity:
    """A number of a film, with the theory page as its source."""
    return Quantity(unit, symbol, meaning, THEORY, display)


def all_declared(theory: str, rows: Mapping[str, tuple[str, str, str, str]]) -> dict[str, Quantity]:
    """Numbers by name from their unit, symbol, meaning and unit shown, with one source."""
    return {
        name: Quantity(unit, symbol, meaning, theory, display)
        for name, (unit, symbol, meaning, display) in rows.items()
    }


DECLARED = {
    "slowest_rate": declared("1/s", "1/τ_w", "Rate at which an excess finally decays"),
    "evacuation_time": declared("s", "τ_w", "Time in which an excess falls by a factor e", "ms"),
    "area_bound": declared("1/s", "s_b + Γ A_t/A", "That rate if diffusion took no time"),
    "trapping_rate": declared("1/s", "Γ", "Trapping rate of quasiparticles under a trap"),
    "quasiparticle_diffusivity": declared(
        "m^2/s", "D_qp", "Diffusion coefficient of quasiparticles", "cm^2/s"
    ),
    "trapping_length": declared("m", "λ_tr", "Diffusion under a trap before trapping", "um"),
    "mean_density": declared("1", "x", "Mean of n_qp/2N_0Δ over the film"),
    "mean_density_without_trap": declared("1", "x_0", "The same without traps"),
    "equilibrium_fraction": declared("1", "x_eq", "n_qp/2N_0Δ in equilibrium"),
    "recombination_coefficient": declared("1/s", "r", "Recombination, in dx/dt = -r x²"),
    "temperature": declared("K", "T", "Temperature of the film", "mK"),
    "trap_temperature": declared("K", "T_N", "Temperature of the warmest point of a trap", "mK"),
    "gap": declared("J", "Δ", "Gap of the film", "ueV"),
    "film_area": declared("m^2", "A", "Area of the film", "um^2"),
    "trap_area": declared("m^2", "A_t", "Area of the film under traps", "um^2"),
    "mesh_points": declared("1", "N", "Points of the mesh"),
    "mesh_error": declared("1", "", "Relative error of the slowest rate by the mesh"),
}
"""Numbers of a film that do not depend on the names of probes."""

PLACED = {
    "placed_rate": declared("1/s", "1/τ_w", "Slowest rate with the traps that were placed"),
    "placed_evacuation_time": declared("s", "τ_w", "Its inverse", "ms"),
    "placed_area_bound": declared("1/s", "s_b + Γ A_t/A", "That rate if diffusion took no time"),
    "placed_trap_area": declared("m^2", "A_t", "Area of the film under all traps then", "um^2"),
}
"""Numbers of a film with the traps that `[layout.placement]` asks for."""

_AT_PROBE = {
    "density": "",
    "density_without_trap": " without traps",
    "placed_density": " with the traps that were placed",
}


def of_probe(of: str, probe: str) -> Quantity:
    """A number of a film at a probe."""
    symbol = "x_0" if of == "density_without_trap" else "x"
    meaning = f"Quasiparticles n_qp/2N_0Δ at {probe}{_AT_PROBE[of]}"
    return declared("1", f"{symbol}({probe})", meaning)


def film_numbers(probes: Iterable[str]) -> dict[str, Quantity]:
    """All numbers of quasiparticles in a film with these probes, by name."""
    at = {f"{of}_{probe}": of_probe(of, probe) for probe in probes for of in _AT_PROBE}
    return DECLARED | PLACED | at
