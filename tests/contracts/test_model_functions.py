"""What every function of the model promises: jit, vmap, broadcasting and gradients."""

import dataclasses
import functools
import importlib
import inspect
import itertools
import math
import pkgutil
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pint
import pytest
from jax.flatten_util import ravel_pytree

import entrap.model
from entrap.core.constants import BOLTZMANN
from entrap.core.quantities import quantities
from entrap.model import (
    balance,
    bcs,
    bcs_functional,
    bcs_state,
    bcs_transition,
    charging,
    coefficients,
    density_of_states,
    device,
    electrodynamics,
    entropy,
    extraction,
    film,
    higgs,
    junction,
    junction_limits,
    kinetics,
    landau,
    landau_extraction,
    lifetimes,
    metal_relaxation,
    mixed_gap,
    mixing_functions,
    modes,
    pearl,
    poisoning,
    proximity,
    quench_gap,
    response,
    rothwarf_taylor,
    share_gap,
    state,
    trap_heat,
    validity,
)
from entrap.model.occupations import ChemicalPotential, EffectiveTemperature, Share
from entrap.model.sample import Sample, Trapping
from entrap.solve.jit import quick_jit


def sample(kind="ideal"):
    return Sample(
        landau_a=3 * BOLTZMANN, landau_beta=3 * BOLTZMANN * 7 / 1e27, critical_temperature=7.0,
        conduction_density=1e27, valence_density=1.5e27, log_mixing_ratio=math.log(2.5),
        gap=1.7e-22, condensate_weight=0.9 if kind == "ideal" else 1.0,
        fermi_temperature=90.0, fermi_velocity=1e6, entropy=kind,
    )  # fmt: skip


def densities(n_s, n_n):
    return kinetics.Densities(*(jnp.asarray(n) for n in (n_s, n_n, 1e27 - n_s - n_n)))


TRAP = junction.TunnelJunction(1e-10, 8e-8, 1.07e47, 1e-7, 7.8e46, 2e9, 1e6)
PHONONS = lifetimes.Phonons(4.4e-7, 1.2, 1.07e47, 8.0)
FLOWS = balance.Flows(3.0, 0.2, 1.5, 0.4)
FILM = rothwarf_taylor.RothwarfTaylor(8e-18, 3.5e9, 2e9, 1e20, 1e26, 1e26, 1e3)
STRIP = film.Strip(
    1e-3, 1e-5, 2e-9, 5e-9, np.array([2e-4, 6e-4]), np.array([1e-4, 6e-5]), 18e-4, 2.42e5, 50.0
)


def log_ratio(of, temperature, remaining):
    return of.entropy.log_ratio(of, temperature, remaining)


def least_slope(of, temperature, remaining):
    return of.entropy.least_slope(of, temperature, remaining)


def moved(of, remaining):
    return of.entropy.moved(of, jnp.asarray(remaining, float))


DEVICE = device.Device(TRAP, PHONONS, 1e27, 0.5, 10.0, "two-fluid")
GAP, COLD = 2.9e-23, 0.15
ENTROPIES = ("ideal", "degenerate", "number-fraction")
T, N_S, N_N = 5.0, 4e26, 2e26
NOW, START = densities(N_S, N_N), densities(3e26, 7e26)


@dataclasses.dataclass(frozen=True, eq=False)
class Call:
    """A function with arguments away from its kinks; the leaves of all are numbers."""

    function: Any
    arguments: tuple[Any, ...]
    broadcasts: bool = True
    undefined: int = 1  # as the release_stability of a pinned state

    def __str__(self):
        kinds = [
            getattr(getattr(a, k), "word", getattr(a, k))
            for a in self.arguments
            for k in ("entropy", "closure")
            if hasattr(a, k)
        ]
        return "-".join(
            [self.function.__module__.rpartition(".")[2], self.function.__name__, *kinds]
        )


def of_samples(function, *coordinates):
    return [Call(function, (sample(kind), *coordinates)) for kind in ENTROPIES]


CALLS = [
    Call(balance.equilibrium_fraction, (GAP, COLD)),
    Call(balance.equilibrium_fraction_cold, (GAP, COLD)),
    Call(balance.temperature_of_fraction, (GAP, 1e-4)),
    Call(balance.temperature_of_fraction_cold, (GAP, 1e-4)),
    Call(balance.crossover_temperature, (GAP, 1e4, 5e7)),
    Call(balance.two_fluid_rate, (PHONONS, GAP, COLD, 1.8e29)),
    Call(balance.fraction_flows, (TRAP, PHONONS, GAP, COLD, 0.1, 3.0, 0.12)),
    Call(balance.share_flows, (TRAP, PHONONS, GAP, COLD, 0.1, 3.0)),
    Call(balance.rate_of_change, (FLOWS, 0.7)),
    Call(balance.steady, (FLOWS,)),
    Call(balance.steady_taken, (FLOWS,)),
    Call(balance.transient, (FLOWS, 0.7, 0.3)),
    Call(bcs.gap, (sample(), T)),
    Call(bcs.reduced_gap, (0.7,)),
    Call(bcs.temperature_of_gap_ratio, (2.0,)),
    Call(bcs.yosida, (1e-22, T)),
    Call(bcs.quasiparticle_density, (1e-22, T, 1e47)),
    Call(bcs.quasiparticle_density_cold, (1e-22, T, 1e47)),
    Call(bcs.coherence_length, (1e6, 1e-22)),
    Call(bcs_functional.free_energy, (1.2, 0.6, 0.8, 0.4, 1.1)),
    Call(bcs_functional.thermodynamic_potential, (1.2, 0.6, 0.8)),
    Call(bcs_functional.entropy_stiffness, (1.2, 0.6, 1.1)),
    *[
        Call(function, (1.1, 0.9, 0.4, 1.1))
        for function in (bcs_functional.reduced_gap, bcs_functional.superfluid_share)
    ],
    Call(bcs_functional.stationary_points, (0.7, 1.2, 0.1, 1.1), broadcasts=False),
    Call(bcs_transition.continuous_critical_temperature, (0.7,)),
    Call(bcs_transition.critical_temperature, (1.2, 0.1, 1.1)),
    Call(bcs_transition.entropy_strength, (sample(), T, 0.3)),
    Call(bcs_transition.gap, (sample(), T, 0.3, 0.9)),
    Call(bcs_transition.superfluid_density, (sample(), T, 0.3, 0.9)),
    Call(bcs_transition.effective_critical_temperature, (sample(), 0.3)),
    Call(coefficients.saturation_beta, (3 * BOLTZMANN, 7.0, 1e27)),
    Call(coefficients.field_energy, (0.1,)),
    Call(coefficients.field_slope, (0.1, 0.1, 1e27)),
    Call(coefficients.superfluid_density_near_critical, (1e27, 0.1, 7.0)),
    Call(coefficients.density_of_depth, (1e-7,)),
    Call(coefficients.bcs_coefficients, (7.0, 9e4, 1e28, 0.7)),
    Call(charging.isolated_charging_energy, (1e20, 1e-7)),
    Call(charging.barrier_charging_energy, (1e20, 1e-7, 1e-9, 10.0)),
    Call(coefficients.free_electron_temperature, (1e28,)),
    Call(coefficients.dirtiness, (1e6, 7.0, 1e-8)),
    Call(coefficients.dirty_factor, (0.7,)),
    Call(bcs_state.density_of_states, (sample(),)),
    Call(bcs_state.screening_density, (sample(),)),
    Call(bcs_state.bcs_state, (sample(), 3.0, 0.7, 0.75), undefined=4),
    Call(bcs_state.beside_plain, (sample(), 3.0, 0.7), undefined=12),
    Call(bcs_transition.gap_scale, (sample(),)),
    Call(bcs_state.plain_state, (sample(), 3.0, 0.7), undefined=4),
    Call(mixed_gap.reduced_gap, (0.9, 0.6, 0.5, 1.1)),
    Call(mixed_gap.single_gap, (0.9, 0.6, 0.5, 1.1)),
    *[
        Call(function, (1.7,))
        for function in (
            mixing_functions.stiffness,
            mixing_functions.stiffness_lost,
            mixing_functions.blocked_integral,
        )
    ],
    Call(landau_extraction.unblocked, (sample(), T, 2e26, 0.7)),
    Call(landau_extraction.superfluid_density, (sample(), T, 0.7, 0.8)),
    Call(bcs_functional.excess, (-0.2, 0.9, 0.6, 0.5, 1.1)),
    Call(share_gap.gap_function, (-0.2,)),
    Call(coefficients.screening_slope, (0.8,)),
    Call(electrodynamics.lower_field, (0.02, 2e-7, 1e-8)),
    Call(landau.unsaturated_density, (sample(), T, 1.0e27)),
    Call(device.exchange, (DEVICE, sample(), T, N_S)),
    Call(device.pairing_fraction, (DEVICE, GAP, COLD)),
    *of_samples(device.effective_gap, N_S),
    Call(device.quasiparticle_density, (1e47, GAP, COLD, 0.6)),
    Call(device.within_equilibrium, (FLOWS,)),
    Call(device.couplings, (DEVICE,)),
    Call(device.charging_energy, (DEVICE, 1e20)),
    Call(electrodynamics.penetration_depth, (N_S,)),
    Call(electrodynamics.coherence_length, (sample(), N_S)),
    Call(electrodynamics.critical_field, (sample(), N_S)),
    Call(electrodynamics.kappa, (sample(),)),
    Call(electrodynamics.lower_critical_field, (sample(), N_S)),
    Call(electrodynamics.upper_critical_field, (sample(), N_S)),
    Call(entropy.mixing_entropy, (np.array([1.0, 2.0, 4.0]),), broadcasts=False),
    Call(
        entropy.mixing_entropy_of_volumes,
        (np.array([1.0, 2.0, 4.0]), np.array([3.0, 1.0, 2.0])),
        broadcasts=False,
    ),
    Call(entropy.lattice_volumes, (8e22, 6.6e-29, 4.0)),
    Call(entropy.log_mixing_ratio, (1.5, 0.8)),
    Call(entropy.sommerfeld_entropy, (T, 90.0)),
    *of_samples(log_ratio, T, N_S),
    *of_samples(least_slope, T, N_S),
    *of_samples(moved, N_S),
    *[
        Call(function, (taken, *arguments))
        for taken in (Share(0.6), ChemicalPotential(0.5), EffectiveTemperature(0.8))
        for function, arguments in (
            (extraction.gap, (sample(), T)),
            (extraction.gap_frequency, (sample(), T)),
            (extraction.quasiparticle_density, (1e-22, T, 1e47)),
            (extraction.superfluid_share, (0.8, 0.7, 1.1)),
            (extraction.superfluid_share_dirty, (0.8, 1.1)),
        )
    ],
    Call(extraction.penetration_depth, (1e-7, 0.4)),
    Call(extraction.balanced, (Share(0.9), sample(), TRAP, PHONONS, T, 3.0)),
    Call(film.quasiparticle_diffusivity, (6e-3, GAP, COLD)),
    *[
        Call(function, (STRIP,), broadcasts=False)
        for function in (
            film.trapping_length,
            film.crossover_length,
            film.sink_velocity,
            film.area_bound,
            film.strong_rate,
            film.quick_rate,
            film.saturated_rate,
            film.slowest_rate,
        )
    ],
    Call(film.end_trap_density, (STRIP, 1.0, 9e-4), broadcasts=False),
    Call(higgs.higgs_coefficient, (-1e-23, 1e7)),
    Call(higgs.higgs_mode, (1e-22,)),
    Call(higgs.higgs_velocity, (-1e-23, 1e-22)),
    Call(higgs.higgs_dispersion, (-1e-23, 1e-22, 1e9)),
    Call(density_of_states.density_of_states, (4e-23, GAP)),
    Call(density_of_states.dynes_density_of_states, (3e-23, GAP, 1e-24)),
    Call(junction.tunnelling_rate, (TRAP,)),
    Call(junction.bare_escape_rate, (TRAP,)),
    Call(junction.escape_rate, (TRAP, 4e-23, GAP)),
    Call(junction.relaxation_rate, (TRAP, 4e-23, GAP)),
    Call(junction.spectral_rate, (TRAP, 4e-23, GAP)),
    Call(junction.backflow_parameter, (TRAP, GAP, COLD)),
    Call(junction.effective_rate, (TRAP, GAP, COLD, 0.05)),
    Call(metal_relaxation.emission_within_gap, (4e-23, GAP, 0.3)),
    Call(junction_limits.near_gap_factor, (2.0,)),
    Call(junction.mean_inverse_states, (GAP, COLD)),
    Call(junction_limits.slow_relaxation_rate, (TRAP, GAP, COLD)),
    Call(junction.survival, (TRAP, GAP, COLD, 1e-6, 0.05)),
    Call(junction.thermal_spectrum, (GAP, COLD), broadcasts=False),
    Call(junction_limits.slow_survival, (2.0,)),
    Call(kinetics.pairing_to_trapping_ratio, (Trapping(1e3, 1e-24), 4e26)),
    *[
        Call(kinetics.densities, (Trapping(1e3, 1e-24, closure), 6e26, 4e26, 7e-4))
        for closure in ("constant", "ramp")
    ],
    *[
        Call(kinetics.paired_electron_gain, (Trapping(1e3, 1e-24, closure), 4e26))
        for closure in ("constant", "ramp")
    ],
    Call(kinetics.delayed_normal_density, (Trapping(1e3, 1e-24), 2e-3, 4e26, 7e-4)),
    Call(kinetics.self_consistent_rate, (Trapping(1e3, 1e-24), T, -1e-23)),
    Call(landau.first_coefficient, (sample(), T)),
    *of_samples(landau.effective_coefficient, T, 0.3, N_S),
    *of_samples(landau.free_energy, T, N_S, N_N),
    *of_samples(landau.superfluid_density, T, 0.3),
    *of_samples(landau.unbounded_density, T, 0.7),
    Call(landau.enhancement, (sample(),)),
    *of_samples(landau.effective_critical_temperature, 0.3),
    *of_samples(landau.release_temperature, N_S),
    Call(landau.effective_temperature, (sample(), N_S)),
    *of_samples(landau.trap_energy_cost, T, N_N),
    Call(
        modes.slowest_decay,
        (np.array([0.2, 0.3, 0.4]), np.array([0.06, 0.04]), np.array([0.1, 0.2]), 100.0),
        broadcasts=False,
    ),
    Call(modes.tanh_ratio, (2.0,)),
    Call(poisoning.reduced_gap, (0.4, 0.02, 1.1)),
    Call(poisoning.superfluid_share, (0.4, 0.02, 0.7, 1.1)),
    Call(proximity.coupling_energies, (2e7, 3e7)),
    Call(proximity.bilayer_states, (1.7e-23, 1.7e-22, 1e-23, 5e-24, 1e-25)),
    Call(proximity.metal_states, (1.7e-23, 1.7e-22, 1e-23)),
    Call(proximity.minigap, (1.7e-22, 1e-23, 5e-24)),
    Call(proximity.minigap_weak, (1.7e-22, 1e-23, 5e-24)),
    Call(proximity.critical_temperature, (1.2, 1e-23, 5e-24)),
    Call(pearl.pearl_length, (1e-7, 2e-8)),
    Call(pearl.sheet_inductance, (5e-7,)),
    Call(pearl.resonance_shift, (0.4, -0.2)),
    Call(quench_gap.largest_quench, (Share(0.6), 1.3)),
    Call(quench_gap.settled_gap_cold, (-0.7,)),
    Call(quench_gap.settled_gap, (Share(0.6), 1.3, -0.3)),
    Call(response.ground_state_share, (0.7,)),
    Call(response.equilibrium_share, (2.0, 0.7)),
    Call(response.thermal_occupation, (2.0, 0.7)),
    Call(share_gap.reduced_gap, (1.1, 0.8)),
    Call(share_gap.paired_share, (2.0,)),
    Call(share_gap.blocking, (2.0,)),
    Call(lifetimes.recombination_rate, (PHONONS, GAP, COLD)),
    Call(lifetimes.recombination_rate_cold, (PHONONS, GAP, COLD)),
    Call(lifetimes.recombination_constant, (PHONONS, GAP)),
    Call(lifetimes.recombination_coefficient, (PHONONS, GAP)),
    Call(lifetimes.thermal_generation, (PHONONS, GAP, COLD)),
    Call(lifetimes.absorption_rate, (PHONONS, GAP, COLD)),
    Call(lifetimes.absorption_rate_cold, (PHONONS, GAP, COLD)),
    Call(lifetimes.emission_rate, (PHONONS, 4e-23, GAP)),
    Call(rothwarf_taylor.equilibrium_phonons, (FILM,)),
    Call(rothwarf_taylor.phonon_trapping_factor, (FILM,)),
    Call(rothwarf_taylor.density_rates, (FILM, 3e20, 2e16)),
    Call(rothwarf_taylor.quasi_static_flows, (FILM, 1e20)),
    Call(rothwarf_taylor.steady_densities, (FILM,)),
    Call(state.state, (sample(), T, NOW)),
    Call(state.bare_densities, (sample(), T)),
    Call(state.trapped_densities, (sample(), T)),
    Call(trap_heat.mean_energy, (GAP, COLD)),
    Call(trap_heat.heat_flow, (PHONONS, 8e-8, GAP, COLD, 0.2, 3.0)),
    Call(trap_heat.cooling_flow, (TRAP, 0.3, 0.1)),
    Call(trap_heat.temperature_of_heat, (TRAP, 2.0, 0.1)),
    Call(trap_heat.share_taken, (TRAP, PHONONS, GAP, COLD, 0.1, 3.0)),
    Call(trap_heat.own_temperature, (TRAP, PHONONS, GAP, 0.4, 0.1, 3.0)),
    Call(validity.margins, (sample(), Trapping(1e3, 1e-24), T, NOW, START, 4.0)),
]
calls = pytest.mark.parametrize("call", CALLS, ids=str)
# What takes seconds to compile, once for each shape.
LARGE = {
    bcs_functional.reduced_gap, bcs_functional.superfluid_share, bcs_state.bcs_state,
    bcs_state.beside_plain, bcs_state.plain_state, bcs_transition.critical_temperature,
    bcs_transition.gap, bcs_transition.superfluid_density, extraction.balanced, extraction.superfluid_share,
    landau_extraction.superfluid_density, mixed_gap.reduced_gap, poisoning.reduced_gap,
    poisoning.superfluid_share, quench_gap.settled_gap,
    trap_heat.own_temperature,
}  # fmt: skip


def by_module(apart):
    """Calls of each module, which are compiled together; those apart alone, and not in CI."""
    together = itertools.groupby(
        sorted((c for c in CALLS if c not in apart), key=_module), key=_module
    )
    alone = [pytest.param([c], marks=pytest.mark.exhaustive, id=str(c)) for c in apart]
    several = [pytest.param([*calls], id=name) for name, calls in together]
    return pytest.mark.parametrize("calls", [*several, *alone])


def _module(call):
    return call.function.__module__.rpartition(".")[2]


def twins():
    """Calls of large functions, and of one called before."""
    met = set(LARGE)
    for call in CALLS:
        if call.function in met:
            yield call
        met.add(call.function)


def numbers_of(call):
    """The numbers among the arguments, and the function of factors on them."""
    flat, restore = ravel_pytree(call.arguments)

    def scaled(factors):
        return stacked(call.function(*restore(flat * factors)))

    return np.ones(len(flat)), scaled


def stacked(result):
    return jnp.concatenate([jnp.ravel(leaf) for leaf in jax.tree.leaves(result)])


@functools.cache
def values_of(call):
    """What the function gives for factors on its numbers."""
    ones, scaled = numbers_of(call)
    values = quick_jit(scaled)
    return ones, lambda factors: np.asarray(values(factors))


def modules():
    return [
        importlib.import_module(f"entrap.model.{found.name}")
        for found in pkgutil.iter_modules(entrap.model.__path__)
    ]


def test_every_public_function_of_the_model_is_listed_here():
    public = {
        member
        for module in modules()
        for name, member in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_") and member.__module__ == module.__name__
    }
    assert public
    methods = {log_ratio, least_slope, moved}  # of entropies
    assert public == {call.function for call in CALLS} - methods


@pytest.mark.exhaustive
@calls
def test_jit_gives_the_eager_value(call):
    ones, values = values_of(call)
    eager = np.asarray(stacked(call.function(*call.arguments)))
    assert eager.dtype == float
    assert np.isfinite(eager).sum() >= len(eager) - call.undefined
    assert np.allclose(values(ones), eager, rtol=1e-12, atol=0, equal_nan=True)


@pytest.mark.exhaustive
@calls
def test_vmap_is_a_loop(call):
    ones, values = values_of(call)
    factors = 1 + 1e-3 * np.sin(np.arange(3.0 * len(ones))).reshape(3, -1)
    rows = [values(row) for row in factors]
    together = quick_jit(jax.vmap(numbers_of(call)[1]))(factors)
    assert np.allclose(together, rows, rtol=1e-12, atol=0, equal_nan=True)


def together(functions):
    """Each function of what it is given, compiled as one program."""
    return quick_jit(lambda given: [f(*one) for f, one in zip(functions, given, strict=True)])


@pytest.mark.exhaustive
@by_module([call for call in CALLS if call.function in LARGE])
def test_gradient_is_that_of_the_values(calls):
    ones, functions = zip(*map(numbers_of, calls), strict=True)
    step, most = 1e-4, max(map(len, ones))

    def values_and_slopes(function):
        return jax.jacfwd(lambda factors: (function(factors),) * 2, has_aux=True)

    computed = together([values_and_slopes(function) for function in functions])

    def values(number, k):
        """All values where one number of each call is larger by k steps."""
        moved = [(one + k * step * (np.arange(len(one)) == number),) for one in ones]
        return [np.asarray(value) for _, value in computed(moved)]

    slopes, centre = zip(*computed([(one,) for one in ones]), strict=True)
    around = [[values(number, k) for k in (1, -1, 2, -2)] for number in range(most)]
    for at, call in enumerate(calls):
        finite = np.isfinite(centre[at])
        for number in range(len(ones[at])):
            slope = np.asarray(slopes[at])[finite, number]
            up, down, far_up, far_down = (row[at][finite] for row in around[number])
            assert np.isfinite(slope).all(), call
            expected = (8 * (up - down) - (far_up - far_down)) / (12 * step)
            allowed = 1e-8 * (np.abs(expected) + np.abs(centre[at])[finite])
            assert (np.abs(slope - expected) <= allowed).all(), call


@by_module([*twins()])
def test_parameters_and_coordinates_broadcast(calls):
    """Numbers of the first argument of shape (3, 1), of the others (4,).

    At each place is what the same shapes give where all of them are those of that place.
    """
    calls = [call for call in calls if call.broadcasts]
    if not calls:
        pytest.skip("have an axis of components")
    down, along = np.linspace(0.999, 1.001, 3), np.linspace(0.998, 1.001, 4)
    computed = together([call.function for call in calls])

    def wide(down, along):
        """What each call gives, as columns of shape (3, 4)."""
        given = [
            (
                jax.tree.map(lambda x: x * down[:, None], call.arguments[0]),
                *jax.tree.map(lambda x: x * along, call.arguments[1:]),
            )
            for call in calls
        ]
        leaves = [jax.tree.leaves(found) for found in computed(given)]
        for call, columns in zip(calls, leaves, strict=True):
            for column in columns:
                assert np.broadcast_shapes(column.shape, (3, 4)) == (3, 4), call
        return [np.stack([np.broadcast_to(leaf, (3, 4)) for leaf in own]) for own in leaves]

    whole = wide(down, along)
    for (i, d), (j, a) in itertools.product(enumerate(down), enumerate(along)):
        for call, found, one in zip(calls, whole, wide(0 * down + d, 0 * along + a), strict=True):
            expected = found[:, i, j, None, None]
            assert np.allclose(one, expected, rtol=1e-12, atol=0, equal_nan=True), call


@pytest.mark.exhaustive
@pytest.mark.slow
@pytest.mark.parametrize("kind", [int, float, np.float64, jnp.float64])
def test_numbers_of_any_kind_are_taken(kind):
    taken = [call for call in CALLS if all(isinstance(a, float) for a in call.arguments)]
    assert len(taken) > 20
    for call in taken:
        result = jax.eval_shape(lambda call=call: call.function(*[kind(2)] * len(call.arguments)))
        assert {leaf.dtype for leaf in jax.tree.leaves(result)} == {np.dtype(float)}


@pytest.fixture(scope="module")
def registry():
    return pint.UnitRegistry()


@pytest.mark.parametrize(
    "owner",
    [
        Sample,
        Trapping,
        kinetics.Densities,
        state.State,
        validity.Margins,
        junction.TunnelJunction,
        lifetimes.Phonons,
        balance.Flows,
        device.TrapState,
        film.Strip,
        film.Sources,
        rothwarf_taylor.RothwarfTaylor,
    ],
)
def test_units_that_are_declared_exist(owner, registry):
    declared = dict(quantities(owner))
    numeric = {
        field.name
        for field in dataclasses.fields(owner)
        if not field.metadata.get("static") and field.name != "entropy"
    }
    assert set(declared) == numeric
    for name, one in declared.items():
        unit = registry.Quantity(1.0, "" if one.unit == "1" else one.unit)
        assert one.symbol, name
        assert one.meaning, name
        if one.display:
            assert unit.to(one.display).magnitude > 0, name
