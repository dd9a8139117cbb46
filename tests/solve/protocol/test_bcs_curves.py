"""Three states of plain BCS and mixing beside an evolution."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

import entrap as et
from entrap.model import balance, extraction
from entrap.model.occupations import Share
from entrap.solve.inputs import choices_of, inputs_of
from entrap.solve.jit import quick_jit
from entrap.solve.protocol.bcs_curves import bcs_curves, bcs_values, emptied_share, share_left
from entrap.solve.sample import device_of, sample_of

CLEAN = "examples/clean-set.toml"


@pytest.mark.slow
def test_a_trap_that_takes_all_leaves_the_gap_of_zero_temperature_by_plain_bcs():
    run = et.evolve(et.load_case(CLEAN))
    found = bcs_curves(run)
    assert_allclose(found.share, run.trap.remaining_fraction)
    taken = found.share < 1e-12
    assert taken.any()
    gap = run.case.material.gap
    assert_allclose(found.plain.gap[taken], gap, rtol=1e-9)
    assert (found.mixed.gap[taken] > gap * (1 + 1e-6)).all()
    assert (found.bare.gap <= gap).all()
    assert_allclose(found.plain.gap[0], found.bare.gap[0], rtol=1e-9)
    # k_B L/a = 1/2: T_c e^W(1/2), where the expansion has twice T_c
    assert_allclose(found.critical_temperature, 10 * 1.42152993588312, rtol=1e-12)


def test_the_share_that_is_left_is_taken_as_fast_as_it_comes_back():
    case = et.load_case("examples/cooled-trap.toml")
    device, sample = device_of(inputs_of(case), choices_of(case)), et.sample(case)
    assert device is not None

    @jax.jit
    def found(temperature):
        share, slope = jax.jvp(
            lambda kelvin: share_left(device, sample, kelvin), (temperature,), (jnp.ones(3),)
        )
        flows = balance.share_flows(
            device.junction, device.phonons, extraction.gap(Share(share), sample, temperature),
            temperature, device.trap_temperature,
        )  # fmt: skip
        return share, slope, flows

    kelvin = 0.6 * case.material.critical_temperature
    share, slope, flows = found(kelvin * np.array([1 - 1e-5, 1.0, 1 + 1e-5]))
    assert ((share > 0) & (share < 0.9)).all()
    taken = flows.trapping * share + flows.recombination * share**2
    assert_allclose(taken, flows.supply + flows.thermal_generation, rtol=1e-9)
    assert_allclose(slope[1], (share[2] - share[0]) / (2e-5 * kelvin), rtol=1e-6)


@pytest.mark.exhaustive
def test_a_junction_leaves_the_share_at_which_its_flows_balance():
    run = et.evolve(et.load_case("examples/cooled-trap.toml"))
    found, sample = bcs_curves(run), et.sample(run.case)
    device = device_of(inputs_of(run.case), choices_of(run.case))
    assert device is not None

    @quick_jit
    def excess(share, temperature):
        gap = extraction.gap(Share(share), sample, temperature)
        flows = balance.share_flows(
            device.junction, device.phonons, gap, temperature, device.trap_temperature
        )
        return balance.steady(flows) - share

    for i in (70, 120, 180, 230):
        temperature, share = float(run.state.temperature[i]), float(found.share[i])
        for off, sign in ((-1e-5, 1), (1e-5, -1)):
            assert np.sign(float(excess(share * (1 + off), temperature))) == sign
    assert 0.3 < found.share[-1] < 0.7  # plain BCS keeps a gap above T_c: extraction
    assert found.plain.gap[-1] > 0
    assert found.bare.gap[-1] == 0


@pytest.mark.exhaustive
def test_a_passive_trap_changes_none_of_them():
    run = et.evolve(
        et.load_case("examples/cooled-trap.toml", ["trap.junction.trap_temperature=0.3 K"])
    )
    held = run.time < run.protocol.hold
    found = bcs_curves(run)
    assert_allclose(found.share[held], np.ones(int(held.sum())), rtol=1e-9)
    assert_allclose(found.mixed.gap[held], found.bare.gap[held], rtol=1e-9)


@pytest.mark.slow
def test_a_run_that_was_read_back_has_the_same(tmp_path):
    run = et.evolve(et.load_case(CLEAN))
    run.save(tmp_path / "results.nc")
    again = bcs_curves(et.load(tmp_path / "results.nc"))
    assert np.array_equal(again.mixed.gap, bcs_curves(run).mixed.gap)


@pytest.mark.exhaustive
def test_a_sample_stated_by_its_depth_has_that_depth_in_the_cold():
    """310 nm in, 310 nm out; what the paper's straight line gives beside it says whose it is."""
    case = et.Case.from_dict(
        {
            "material": {"name": "NbTiN", "critical_temperature": "14.2 K"},
            "landau": {
                "critical_field": "20 mT",
                "below_critical": "0.75 K",
                "penetration_depth": "310 nm",
            },
            "mixture": {"valence_ratio": 0.1},
            "trap": {"rate": 1e5},
            "protocol": {"start": 2.0, "hold": 1e-3, "warm_to": 16.0, "warming_time": 10.0},
        }
    )
    run = et.evolve(case)
    told = bcs_values(bcs_curves(run))["penetration_depth_bcs_initial"]
    assert told.value == pytest.approx(310e-9, rel=1e-4)
    assert "by BCS theory" in told.declared.meaning
    expanded = run.quantities["penetration_depth_initial"]
    assert expanded.value < 250e-9
    assert "by the paper's expansion" in expanded.declared.meaning


@pytest.mark.slow
def test_the_gap_of_a_cold_sample_is_the_stated_one():
    """Not that at half the transition, where the paper's straight line runs out of electrons."""
    case = et.Case.from_dict(
        {
            "material": {"name": "Al", "gap": "180 ueV"},
            "landau": {"bcs": True},
            "protocol": {"start": 0.02, "hold": 1e-3, "warm_to": 1.5, "warming_time": 1.0},
        }
    )
    higgs = et.evolve(case).quantities["higgs_mode_initial"]
    assert higgs.value == pytest.approx(2 * 180e-6 * 1.602176634e-19, rel=1e-9)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "name", ["cooled-trap", pytest.param("nbn-junction", marks=pytest.mark.slow)]
)
def test_the_share_in_an_emptied_film_is_found_by_secants_too(name):
    case = et.load_case(f"examples/{name}.toml")
    inputs, choices = inputs_of(case), choices_of(case)
    device, sample = device_of(inputs, choices), sample_of(inputs, choices)
    kelvin = case.material.critical_temperature * np.linspace(0.1, 1.5, 29)

    def logarithm(resistance, temperature):
        own = eqx.tree_at(lambda d: d.junction.interface_resistance, device, jnp.exp(resistance))
        return emptied_share(own, sample, temperature)

    @quick_jit
    def steps(resistance, temperature):
        own = eqx.tree_at(lambda d: d.junction.interface_resistance, device, jnp.exp(resistance))
        return share_left(own, sample, temperature, 0.0)

    assert device is not None
    at = np.log(device.junction.interface_resistance)
    slopes = jax.vmap(jax.value_and_grad(logarithm, (0, 1)), (None, 0))
    value, found = quick_jit(slopes)(at, kelvin)
    assert_allclose(value, steps(at, kelvin), rtol=1e-12)
    for slope, way in zip(found, ((1e-5, 0.0), (0.0, 1e-6 * kelvin)), strict=True):
        ends = [np.asarray(steps(at + s * way[0], kelvin + s * way[1])) for s in (1, -1)]
        assert_allclose(slope, (ends[0] - ends[1]) / (2 * sum(way)), rtol=1e-4, atol=1e-8)


@pytest.mark.exhaustive
def test_no_quasiparticle_is_taken_at_and_below_zero_temperature():
    case = et.load_case("examples/cooled-trap.toml")
    inputs, choices = inputs_of(case), choices_of(case)
    found = jax.value_and_grad(emptied_share, 2)
    for kelvin in (0.0, -0.1):
        share = quick_jit(found)(device_of(inputs, choices), sample_of(inputs, choices), kelvin)
        assert share == (1.0, 0.0)
