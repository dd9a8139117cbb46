"""A film that stays neutral: n_s + n_n = n_c, Eq. (2) is a constant, and mixing changes nothing."""

import numpy as np
import pytest

import entrap as et
from entrap.solve.jit import quick_jit

CASE = {
    "material": {
        "critical_temperature": 10.0,
        "conduction_density": 1e27,
        "fermi_temperature": 1e5,
    },
    "landau": {"a": "3 k_B", "saturation": 1.0},
    "mixture": {"valence_ratio": 4.0, "neutral": True},
    "trap": {"rate": 1e3, "pairing": 2.0},
    "protocol": {"start": 4.0, "hold": 0.01, "warm_to": 14.0, "warming_time": 1.0, "points": 64},
}


def case(**mixture):
    return et.Case.from_dict(CASE | {"mixture": CASE["mixture"] | mixture})


@pytest.mark.parametrize("entropy", ["ideal", "number-fraction", "degenerate"])
def test_whatever_the_entropy_would_be_there_is_none(entropy):
    made = et.sample(case(entropy=entropy, condensate_weight=1.0))
    assert made.entropy.word == "neutral"
    assert et.sample(case(neutral=False, entropy=entropy, condensate_weight=1.0)).entropy.word == (
        entropy
    )


@pytest.mark.parametrize(
    "entropy",
    [
        "ideal",
        *(pytest.param(e, marks=pytest.mark.exhaustive) for e in ("number-fraction", "degenerate")),
    ],
)
def test_mixing_has_no_effect(entropy):
    mixed = case(neutral=False, entropy=entropy, condensate_weight=1.0)
    neutral = case(entropy=entropy)
    warm = [5.0, 9.0]
    there, moved = et.equilibrate(neutral, warm), et.equilibrate(mixed, warm)
    np.testing.assert_array_equal(there.trapped.superfluid_density, there.bare.superfluid_density)
    assert (moved.trapped.superfluid_density > there.trapped.superfluid_density).all()
    sample = et.sample(neutral)
    assert float(et.model.landau.effective_critical_temperature(sample)) == 10.0
    by_bcs = quick_jit(et.model.bcs_transition.effective_critical_temperature)
    np.testing.assert_allclose(by_bcs(sample), 10.0, rtol=1e-12)


@pytest.mark.exhaustive
def test_an_evolution_is_that_without_a_trap_however_fast_electrons_would_pair():
    run = et.evolve(case())
    n_c = 1e27
    kept = run.state.superfluid_density - run.bare.superfluid_density
    assert np.abs(kept).max() < 1e-12 * n_c
    assert run.quantities["enhancement"].value == 1
    assert run.quantities["paired_electron_gain"].value == 0
    assert (
        np.abs(
            et.evolve(case(neutral=False)).state.superfluid_density - run.state.superfluid_density
        ).max()
        > 0.1 * n_c
    )


@pytest.mark.slow
def test_a_sweep_shows_it_too():
    found = et.sweep(
        case(), {"mixture.valence_ratio": [0.1, 10.0]}, ["enhancement", "superfluid_density_ratio"]
    )
    np.testing.assert_array_equal(found.data["enhancement"], 1.0)
    np.testing.assert_array_equal(found.data["superfluid_density_ratio"], 1.0)


def test_no_charge_is_to_be_paid_for():
    junction = {"interface_resistance": 1e-10, "film_thickness": 8e-8, "metal_thickness": 1e-7,
                "metal": "Cu"}  # fmt: skip
    material = CASE["material"] | {"density_of_states": 1e47, "electron_phonon_time": 1e-9}
    tables = CASE | {"trap": {"junction": junction}, "material": material}
    for neutral, holds in ((True, True), (False, False)):
        stated = tables | {"mixture": {"valence_ratio": 4.0, "neutral": neutral}}
        margins = {m.name: m for m in et.equilibrate(et.Case.from_dict(stated), 5.0).validity}
        assert margins["neutrality"].holds is holds
