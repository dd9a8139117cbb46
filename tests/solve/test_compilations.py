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


TEMPERATURES = [0.3 + 0.07 * i for i in range(13)]
"""So many that no other test has compiled for them before."""


def compiles_once(call, case, changes=CHANGES):
    with compilations() as first:
        call(case)
    assert first  # else nothing was listened to
    with compilations() as again:
        for change in changes:
            call(case.changed(change))
    assert again == []


def test_a_sweep_of_other_numbers_compiles_nothing():
    temperatures = {"temperature": TEMPERATURES}
    compiles_once(
        lambda case: et.sweep(case, temperatures, ["smallest_margin"]), et.Case.from_dict(CASE)
    )


@pytest.mark.exhaustive
@pytest.mark.parametrize("call", [et.sample, et.design_trap, et.evolve])
def test_other_numbers_of_an_evolution_and_a_trap_compile_nothing(call):
    """Their shapes are those of other tests too, so that what these compiled is forgotten."""
    jax.clear_caches()
    if call is et.evolve:
        case = et.load_case("examples/cooled-trap.toml")  # in which no pairing is stated
        changes = [{k: x for k, x in some.items() if k != "trap.pairing"} for some in CHANGES]
        compiles_once(call, case, changes)
    else:
        compiles_once(call, et.Case.from_dict(CASE))


def test_equilibrate_compiles_its_parts_and_one_function_and_nothing_for_other_numbers():
    case = et.Case.from_dict(CASE)
    with compilations() as first:
        et.equilibrate(case, TEMPERATURES)
    assert 0 < len(first) <= 2  # the parts of such a case may be there already
    with compilations() as again:
        for change in CHANGES:
            et.equilibrate(case.changed(change), TEMPERATURES)
    assert again == []
    by_beta = et.Case.from_dict(CASE | {"landau": {"a": "3 k_B", "beta": "2.8e-52 J m^3"}})
    with compilations() as other_keys:
        et.equilibrate(by_beta, TEMPERATURES)
    assert len(other_keys) == 1  # its parts
