"""A case with other numbers runs what was compiled for the first one."""

import contextlib

import jax
import pytest

import entrap as et

JUNCTION = {"interface_resistance": "100 ohm um^2", "film_thickness": "80 nm"} | {
    "metal_thickness": "100 nm",
    "metal": "Cu",
}
CASE = {
    "material": {
        "critical_temperature": "1.2 K", "conduction_density": "1.8e29 1/m^3",
        "fermi_temperature": "1.3e5 K", "fermi_velocity": "2e6 m/s",
        "density_of_states": "1.07e47 1/J/m^3", "electron_phonon_time": "438 ns",
        "diffusivity": "60 cm^2/s",
    },
    "landau": {"a": "3 k_B", "saturation": 1.0},
    "mixture": {"valence_ratio": 0.5},
    "trap": {
        "pairing": 0.2,
        "junction": JUNCTION,
        "film": {"length": "1 mm", "width": "12 um", "trap_length": "100 um"},
    },
    "protocol": {
        "start": "0.4 K", "hold": "1 ms", "warm_to": "2 K", "warming_time": "0.1 s", "points": 32,
    },
}  # fmt: skip

CHANGES = (
    {
        "material.critical_temperature": 1.3, "mixture.valence_ratio": 0.7, "protocol.start": 0.3,
        "protocol.hold": 2e-3, "landau.a": 5e-23, "material.electron_phonon_time": 1e-7,
    },
    {
        "trap.junction.interface_resistance": 3e-10, "trap.pairing": 0.1, "material.gap": 3e-23,
        "trap.film.trap_length": 5e-5, "trap.film.length": 2e-3, "material.diffusivity": 1e-3,
    },
)  # fmt: skip


@contextlib.contextmanager
def compilations():
    """What XLA compiles meanwhile, by name of the event."""
    seen = []

    def listen(event, _, **__):
        if event.endswith("backend_compile_duration"):
            seen.append(event)

    jax.monitoring.register_event_duration_secs_listener(listen)
    try:
        yield seen
    finally:
        jax.monitoring.unregister_event_duration_listener(listen)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(et.sample, marks=pytest.mark.slow),
        lambda case: et.equilibrate(case, [0.3, 0.6, 1.5]),
        pytest.param(et.evolve, marks=pytest.mark.slow),
        pytest.param(et.design_trap, marks=pytest.mark.slow),
        lambda case: et.sweep(case, {"temperature": [0.3, 0.6]}, ["smallest_margin"]),
    ],
    ids=["sample", "equilibrate", "evolve", "design_trap", "sweep"],
)
def test_other_numbers_compile_nothing(call):
    case = et.Case.from_dict(CASE)
    jax.clear_caches()
    with compilations() as first:
        call(case)
    assert first  # else nothing was listened to
    with compilations() as again:
        for change in CHANGES:
            call(case.changed(change))
    assert again == []


def test_equilibrate_compiles_one_function():
    case = et.Case.from_dict(CASE)
    jax.clear_caches()
    with compilations() as first:
        et.equilibrate(case, [0.3, 0.6, 1.5])
    assert len(first) == 1
