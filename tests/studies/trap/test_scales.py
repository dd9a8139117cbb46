"""Factors on what may limit a trap reach the numbers that they name, and no others."""

from pathlib import Path

import jax
import pytest

import entrap as et
from entrap.solve.inputs import choices_of, inputs_of
from entrap.studies.trap.performance import Scales, scaled_device

CASE = Path(__file__).parents[3] / "examples" / "transmon-trap.toml"


@pytest.mark.parametrize(
    ("scales", "changed"),
    [
        (Scales(), {}),
        (Scales(barrier=4.0), {"interface_resistance": 0.25}),
        (Scales(relaxation=3.0), {"electron_phonon_constant": 3.0, "relaxation_rate": 3.0}),
        (Scales(diffusion=2.0, background=5.0), {}),
    ],
)
def test_each_factor_is_on_its_own_rate(scales, changed):
    case = et.load_case(CASE, ["trap.junction.relaxation_rate='3e6 1/s'"], needs=["trap.junction"])
    inputs, choices = inputs_of(case), choices_of(case)
    plain = scaled_device(inputs, choices).junction
    found = scaled_device(inputs, choices, scales).junction
    assert float(plain.relaxation_rate) == 3e6
    for name in vars(plain):
        if name in changed or all(
            isinstance(x, float | jax.Array) for x in (getattr(plain, name), getattr(found, name))
        ):
            ratio = float(getattr(found, name)) / float(getattr(plain, name) or 1.0)
            assert ratio == pytest.approx(changed.get(name, 1.0 if getattr(plain, name) else 0.0))
