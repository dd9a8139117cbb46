"""Another unit of temperature, density and time: the same physics, so the same numbers.

The functional, the kinetics and BCS theory hold k_B alone. So they do not change when all
temperatures are multiplied by S, all densities by Q and all times by 1/R, and with them

    energies S,   a 1,   β S/Q,   lengths (in ξ0, mean free path) Q^(-1/3),   v_F S Q^(-1/3),
    B_c √(S Q), as B_c² is an energy density,   λ Q^(-1/2),   N_0 and ν_N Q/S,   τ_0 1/R,
    Γ, Γ_i and g R,   γ R/Q,   ρ_int S/(Q R), as Γ_tr = 1/(2e² N_0 d ρ_int), thicknesses as they are,
    Σ R Q/S⁴, as κ = Σ/(48 ζ(5) ν_N k_B⁵) times an energy cubed is a rate.

Left out is what holds ħ or μ0 besides: κ and B_c1, and the margin of the proximity effect.
"""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.constants import k as boltzmann

import entrap as et

T_C, N_C = 7.0, 3e27
STATED = {
    "beta": {"a": 1.0 * boltzmann, "beta": 1.3 * boltzmann * T_C / N_C},
    "saturation": {"a": 1.5 * boltzmann, "saturation": 1.0},
    "full": {"a": 0.5 * boltzmann, "saturation": 2.0},
    "field": {"critical_field": 0.3, "below_critical": 0.4, "superfluid_density": 0.2 * N_C},
    "depth": {"critical_field": 0.2, "below_critical": 3.0, "penetration_depth": 1.5e-7},
    "carriers": {"critical_field": 0.2, "below_critical": 2.0, "carrier_density": True},
    "bcs": {"bcs": True},
    "dirty": {"bcs": True, "mean_free_path": 5e-9},
}
JUNCTION = {
    "interface_resistance": 1e-11, "film_thickness": 8e-8, "metal_thickness": 1e-7,
    "metal_density_of_states": 8e46, "electron_phonon_constant": 2e9, "relaxation_rate": 1e7,
    "phonon_trapping": 3.0, "generation": 10.0, "trap_temperature": 0.9,
}  # fmt: skip
SETS = [
    ("beta", "ramp", "ideal", None),
    ("saturation", "constant", "number-fraction", None),
    ("full", "ramp", "degenerate", None),
    ("full", "self-consistent", "ideal", None),
    ("field", "self-consistent", "number-fraction", None),
    ("depth", "constant", "ideal", None),
    ("carriers", "constant", "degenerate", None),
    ("bcs", "ramp", "number-fraction", None),
    ("dirty", "self-consistent", "degenerate", None),
    ("saturation", "ramp", "ideal", "share"),
    ("beta", "self-consistent", "degenerate", "two-fluid"),
    ("full", "constant", "number-fraction", "density"),
]
SLOW = pytest.mark.slow
RARE = pytest.mark.exhaustive

factors = st.tuples(*[st.floats(-1, 1).map(lambda x: 10.0**x)] * 3)
protocols = st.fixed_dictionaries(
    {
        # Two of three start where they might hinge on rounding: T_c, and half of it with σ = 2.
        "start": st.sampled_from([0.5 * T_C, T_C]) | st.floats(0.05, 0.95).map(lambda t: t * T_C),
        "warming": st.sampled_from([1.0, 1.3, 2.5, 6.0]),
        "warming_time": st.floats(-2, 2).map(lambda x: 10.0**x),
        "hold": st.sampled_from([0.0, 3e-4, 1.1e-3, 2e-2]),
        "share": st.sampled_from([1e-3, 0.3, 2.0]),
        "weight": st.sampled_from([1.0, 0.5, 0.0]),
        "pairing": st.sampled_from([0.0, 0.02, 1.0, 30.0]),
    }
)


def stated(route, closure, entropy, mapping, drawn):
    """Tables of a case in SI."""
    slope = STATED[route].get("a", 1e-3 * boltzmann) / boltzmann
    mixture = {"entropy": entropy, "valence_ratio": math.expm1(min(slope * drawn["share"], 3.0))}
    if entropy != "number-fraction":
        mixture["condensate_weight"] = drawn["weight"]
    trap = {"closure": closure, "pairing_rate": drawn["pairing"] * 2e3 / N_C}
    if mapping is None:
        trap["rate"] = 2e3
    else:
        trap["junction"] = JUNCTION | {"mapping": mapping}
    return {
        "material": {
            "critical_temperature": T_C, "conduction_density": N_C, "fermi_temperature": 2e3,
            "fermi_velocity": 3e5, "density_of_states": 1e47, "electron_phonon_time": 1e-8,
        },
        "landau": STATED[route],
        "mixture": mixture,
        "trap": trap,
        "protocol": {
            "start": drawn["start"], "warm_to": drawn["start"] * drawn["warming"],
            "warming_time": drawn["warming_time"], "hold": drawn["hold"], "points": 48,
        },
    }  # fmt: skip


def scaled(tables, s, q, r):
    """The same case in other units."""
    by_key = {
        "critical_temperature": s, "conduction_density": q, "fermi_temperature": s,
        "fermi_velocity": s * q ** (-1 / 3), "density_of_states": q / s, "electron_phonon_time": 1 / r,
        "beta": s / q, "superfluid_density": q, "penetration_depth": q**-0.5,
        "critical_field": math.sqrt(s * q), "below_critical": s, "mean_free_path": q ** (-1 / 3),
        "rate": r, "pairing_rate": r / q, "interface_resistance": s / (q * r),
        "metal_density_of_states": q / s, "electron_phonon_constant": r * q / s**4,
        "relaxation_rate": r, "generation": r, "trap_temperature": s,
        "start": s, "warm_to": s, "warming_time": 1 / r, "hold": 1 / r,
    }  # fmt: skip
    return {
        key: scaled(x, s, q, r) if isinstance(x, dict) else x * by_key[key] if key in by_key else x
        for key, x in tables.items()
    }


def seen(run):
    """All that an evolution says, as pure numbers."""
    material, state = run.case.material, run.state
    n_c = material.conduction_density
    energy = boltzmann * material.critical_temperature
    n_s = state.superfluid_density / n_c
    columns = {
        "n_s": n_s,
        "n_n": state.normal_density / n_c,
        "n_t": state.trapped_density / n_c,
        # As it is in F: α_f of the number fractions alone is a logarithm of what may be nothing.
        "alpha_f n_s": np.where(n_s > 0, state.alpha_effective / energy, 0.0) * n_s,
        # Its square goes as n_s where n_s vanishes; itself it would show the root of an error.
        "gap²": (state.gap / energy) ** 2,
        "free_energy": state.free_energy / (n_c * energy),
        "bare alpha_f": run.bare.alpha_effective / energy,
        "bare n_s": run.bare.superfluid_density / n_c,
        "release": run.quantities["release_temperature"].value / material.critical_temperature,
        "T̃_c": run.quantities["effective_critical_temperature"].value
        / material.critical_temperature,
        "gain": run.quantities["pair_gain"].value / n_c,
    }
    return [regime.name for regime in run.regimes], list(run.regime), columns


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("route", "closure", "entropy", "mapping"),
    [pytest.param(*each, marks=SLOW if i == 5 else RARE) for i, each in enumerate(SETS)],
)
def test_units_of_temperature_density_and_time_do_not_matter(route, closure, entropy, mapping):
    @settings(max_examples=12, deadline=None)
    @given(protocols, factors)
    def in_other_units(drawn, factors):
        # The mapping "density" has no solution from T_c on: its Newton steps in ln f overflow.
        assume(mapping != "density" or drawn["start"] < T_C)
        tables = stated(route, closure, entropy, mapping, drawn)
        names, codes, one = seen(et.evolve(et.Case.from_dict(tables)))
        other_names, other_codes, other = seen(
            et.evolve(et.Case.from_dict(scaled(tables, *factors)))
        )
        assert names == other_names
        assert codes == other_codes
        # Rounding moves the solver's steps, and between steps a stiff f is only as good as the
        # interpolation: to 2e-8, and to 5e-6 with a junction. Events and all that needs no
        # integration are not concerned.
        apart = 2e-8 if mapping is None else 5e-6
        for name, column in one.items():
            within = 1e-9 if np.ndim(column) == 0 or name.startswith("bare") else apart
            np.testing.assert_allclose(column, other[name], rtol=within, atol=within, err_msg=name)

    in_other_units()


@pytest.mark.exhaustive
@pytest.mark.parametrize("sigma", [1.5, 2.0, 2.0 * (1 + 1e-15), 2.0 * (1 - 1e-15)])
def test_where_nothing_is_normal_f_is_1_and_alpha_f_goes_on_without_a_jump(sigma):
    """σ (1 - T_0/T_c) from below 1 to exactly 1 and its neighbours in floating point."""
    start = T_C * (1 - 1 / min(sigma, 2.0))
    drawn = {"start": start, "warming": 1.8, "warming_time": 3.0, "hold": 1e-3, "share": 1e-3,
             "weight": 1.0, "pairing": 0.0}  # fmt: skip
    tables = stated("full", "ramp", "ideal", None, drawn)
    tables["landau"] = {"a": boltzmann, "saturation": sigma}
    tables["protocol"] |= {"points": 400}
    run = et.evolve(et.Case.from_dict(tables))
    full = run.state.normal_density + run.state.trapped_density <= 1e-11 * N_C
    assert full[: np.searchsorted(run.time, 1e-3)].all()
    np.testing.assert_allclose(run.trap.remaining_fraction[full & (run.time <= 1e-3)], 1.0)
    held = run.time <= 1e-3
    np.testing.assert_allclose(run.state.alpha_effective[held], run.state.alpha[held], rtol=1e-12)


def test_all_trapped_at_the_wall_has_the_alpha_of_all_trapped():
    """In equilibrium with all trapped f is 0 up to n_s = n_c, so that -4α̃ is a straight line."""
    tables = stated("full", "ramp", "ideal", None, {
        "start": 3.0, "warming": 1.0, "warming_time": 1.0, "hold": 0.0, "share": 0.3,
        "weight": 1.0, "pairing": 0.0})  # fmt: skip
    found = et.equilibrate(et.Case.from_dict(tables), np.linspace(1.0, 6.0, 51))
    assert (found.trapped.superfluid_density == N_C).any()
    assert (found.trapped.superfluid_density < N_C).any()
    np.testing.assert_allclose(np.diff(found.trapped.higgs_coefficient, 2), 0, atol=1e-12 * 1e-22)
