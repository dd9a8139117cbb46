"""Sweeps of the three states of BCS theory: each is what the model says of its point."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import entrap as et
from entrap.model import bcs_state as model
from entrap.solve.jit import quick_jit

bcs_state, plain_state = quick_jit(model.bcs_state), quick_jit(model.plain_state)
TEMPERATURES, LEFT = np.array([3.0, 8.0, 9.9, 13.0]), np.array([0.0, 0.3, 1.0])
NAMES = ("gap_bcs", "gap_plain", "gap_mixed", "gap_plain_ratio", "gap_mixed_ratio",
         "critical_field_mixed", "penetration_depth_plain", "remaining_share",
         "effective_critical_temperature_mixed")  # fmt: skip


@pytest.fixture(scope="module")
def swept():
    case = et.load_case("examples/clean-set.toml")
    axes = {"temperature": TEMPERATURES, "trap.remaining_fraction": LEFT}
    return et.sample(case), et.sweep(case, axes, results=list(NAMES)).data


@pytest.mark.exhaustive
def test_every_point_is_what_the_model_says_of_it(swept):
    sample, data = swept
    temperature, share = np.meshgrid(TEMPERATURES, LEFT, indexing="ij")
    bare = plain_state(sample, temperature, np.ones_like(share))
    plain = plain_state(sample, temperature, share)
    mixed = bcs_state(sample, temperature, share, share)
    for name, wanted in (
        ("gap_bcs", bare.gap),
        ("gap_plain", plain.gap),
        ("gap_mixed", mixed.gap),
        ("critical_field_mixed", mixed.critical_field),
        ("penetration_depth_plain", plain.penetration_depth),
        ("remaining_share", share),
    ):
        assert_allclose(data[name], wanted, rtol=1e-12, err_msg=name)
    with np.errstate(divide="ignore", invalid="ignore"):
        assert_allclose(data.gap_plain_ratio, np.asarray(plain.gap / bare.gap), rtol=1e-12)
        assert_allclose(data.gap_mixed_ratio, np.asarray(mixed.gap / plain.gap), rtol=1e-12)
    # k_B L/a = 1/2, T_c = 10 K: T_c e^W(1/2)
    assert_allclose(data.effective_critical_temperature_mixed, 14.2152993588312, rtol=1e-12)


@pytest.mark.exhaustive
def test_a_trap_that_leaves_all_changes_nothing(swept):
    _, data = swept
    cold = data.sel({"trap.remaining_fraction": 1.0, "temperature": 3.0})
    assert_allclose([cold.gap_plain_ratio, cold.gap_mixed_ratio], [1.0, 1.0], rtol=1e-9)


def test_what_is_left_in_equilibrium_moves_the_expansion_s_states_too():
    case = et.load_case("examples/clean-set.toml")
    found = et.sweep(
        case, {"trap.remaining_fraction": LEFT}, results=["superfluid_density"],
    ).data.superfluid_density  # fmt: skip
    # n_s/n_c = 1 - t + (1 - f) t k_B L/a at 4 K of 10 K
    assert_allclose(found / case.material.conduction_density, 0.6 + 0.2 * (1 - LEFT), rtol=1e-12)
    bare = et.equilibrate(case, 4.0).bare.superfluid_density
    assert_allclose(found[-1], bare, rtol=1e-12)


def test_the_expansion_alone_has_no_state_of_bcs():
    case = et.load_case("examples/clean-set.toml")
    with pytest.raises(et.InputError, match="alpha_mixed"):
        et.sweep(case, {"temperature": TEMPERATURES}, results=["alpha_mixed"])


@pytest.mark.exhaustive
def test_a_junction_s_share_is_its_balance_at_each_point():
    case = et.load_case("examples/cooled-trap.toml")
    found = et.sweep(
        case, {"temperature": [0.4, 0.8]}, results=["remaining_share", "gap_plain"]
    ).data
    run = et.bcs_curves(et.evolve(case))
    temperature = np.asarray(run.plain.temperature)
    wanted = np.interp([0.4, 0.8], temperature[100:], run.share[100:])
    assert_allclose(found.remaining_share, wanted, rtol=1e-3)
