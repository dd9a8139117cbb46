"""A sweep is what `evolve` and `equilibrate` say of each of its points, however it is laid out."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import entrap as et
from entrap.core.quantities import quantities
from entrap.model.film import Strip, slowest_rate
from entrap.model.state import State
from entrap.model.validity import Margins
from entrap.solve.protocol.outcome import QUANTITIES
from entrap.studies.sweep.laying import lay_out
from entrap.studies.sweep.names import GAINS, MARGINS, RESULTS
from entrap.studies.sweep.pages.survey import survey
from entrap.studies.trap.performance import film_temperature, junction_of

ROOT = Path(__file__).parents[3]
OF_PHONONS = ("holding_flow", "free_trap_temperature")

STATES = [name for name, _ in quantities(State) if name != "temperature"]
OF_CASE = tuple(name for name in QUANTITIES if RESULTS[name].kind == "case")
EVOLVED = tuple(name for name, result in RESULTS.items() if result.kind == "evolution")

BASE = {
    "material": {
        "critical_temperature": "10 K",
        "conduction_density": "1e27 1/m^3",
        "fermi_velocity": "1e6 m/s",
        "fermi_temperature": "5e4 K",
    },
    "mixture": {"valence_ratio": 1.5},
    "trap": {"rate": "1e3 1/s", "pairing": 0.3},
    "protocol": {
        "start": "4 K",
        "hold": "5 ms",
        "warm_to": "15 K",
        "warming_time": "100 ms",
        "points": 64,
    },
}
ROUTES = {
    "direct": {"a": "2 k_B", "saturation": 1.0},
    "field": {"critical_field": "0.1 T", "below_critical": "0.5 K", "penetration_depth": "300 nm"},
    "carriers": {"critical_field": "0.1 T", "below_critical": "0.5 K", "carrier_density": True},
    "bcs": {"bcs": True, "mean_free_path": "10 nm"},
}
RANGES = {
    "material.critical_temperature": (5.0, 20.0),
    "material.conduction_density": (1e26, 1e28),
    "material.fermi_velocity": (1e5, 2e6),
    "mixture.valence_ratio": (1e-6, 20.0),
    "trap.rate": (1e1, 1e5),
    "trap.pairing": (0.0, 3.0),
    "protocol.start": (1.0, 9.0),
    "protocol.hold": (0.0, 0.05),
    "temperature": (0.5, 30.0),
}
OF_ROUTE = {
    "direct": {"landau.a": (1e-23, 1e-22), "landau.saturation": (0.5, 1.0)},
    "field": {"landau.critical_field": (0.01, 1.0), "landau.penetration_depth": (5e-8, 1e-6)},
    "carriers": {"landau.below_critical": (0.1, 2.0)},
    "bcs": {"landau.mean_free_path": (1e-10, 1e-7)},
}


def case_of(route="direct", entropy="ideal", closure="ramp", **more):
    tables = {**BASE, "landau": ROUTES[route], **more}
    tables["mixture"] = tables["mixture"] | {"entropy": entropy}
    tables["trap"] = tables["trap"] | {"closure": closure}
    return et.Case.from_dict(tables)


@st.composite
def axes_of(draw, route, keys, sizes):
    """Random values of these keys: so many of each."""
    ranges = RANGES | OF_ROUTE[route]
    made = {}
    for key, size in zip(keys, sizes, strict=True):
        values = st.floats(*ranges[key], allow_subnormal=False)
        made[key] = draw(st.lists(values, min_size=size, max_size=size, unique=True))
    return made


def points_of(laid):
    """Every point of a sweep: its place, its case, its temperature."""
    sizes = [len(laid.axes[key]) for key in laid.kept] if laid.grid else [laid.shape[0]]
    for place in np.ndindex(*sizes):
        names = laid.kept if laid.grid else ("point",)
        at = dict(zip(names, place, strict=True))
        indices = at if laid.grid else dict.fromkeys(laid.axes, at["point"])
        stated = {key: float(laid.axes[key][i]) for key, i in indices.items() if "." in key}
        case = laid.case.changed(stated)
        column = laid.axes.get("temperature")
        if column is None:
            temperature = case.protocol.start
        else:
            temperature = float(column[at["temperature" if laid.grid else "point"]])
        yield place, case, temperature


def close(one, other, scale=0.0):
    """Equal to 1e-12 of their size, or both without a number."""
    one, other = float(one), float(other)
    if not (math.isfinite(one) and math.isfinite(other)):
        return one == other or (math.isnan(one) and math.isnan(other))
    return abs(one - other) <= 1e-12 * max(abs(one), abs(other), scale)


# What is compiled depends on the keys, the lengths and the names: the values alone are random.
@pytest.mark.parametrize(
    ("route", "entropy", "scheme", "keys"),
    [
        ("direct", "degenerate", "grid", ["landau.a", "mixture.valence_ratio", "temperature"]),
        ("field", "ideal", "rows", ["landau.penetration_depth", "trap.rate", "temperature"]),
        *(
            pytest.param(*each, marks=pytest.mark.exhaustive)
            for each in (
                ("direct", "number-fraction", "grid", ["landau.saturation", "protocol.start"]),
                ("carriers", "ideal", "grid", ["landau.below_critical", "mixture.valence_ratio"]),
                (
                    "bcs",
                    "ideal",
                    "grid",
                    ["material.critical_temperature", "landau.mean_free_path"],
                ),
            )
        ),
    ],
)
@settings(max_examples=3)
@given(data=st.data())
def test_every_point_is_what_equilibrate_says_of_it(route, entropy, scheme, keys, data):
    sizes = [3] * len(keys) if scheme == "rows" else [2, 3, 1][: len(keys)]
    axes = data.draw(axes_of(route, keys, sizes))
    case = case_of(route, entropy)
    names = [*STATES, *(f"{name}_bare" for name in STATES)]
    margins = [f"margin_{name}" for name in MARGINS]
    found = et.sweep(case, axes, [*names, *margins], scheme=scheme)
    laid = lay_out(case, et.Sweep(axes, tuple(names), scheme))
    for place, point, temperature in points_of(laid):
        there = et.equilibrate(point, temperature)
        # Where n_s vanishes its last digits are those of a difference.
        n_s = float(there.trapped.superfluid_density), float(there.bare.superfluid_density)
        n_c = point.material.conduction_density
        assume(all(x == 0 or x > 1e-3 * n_c for x in n_s))
        for name in names:
            states = there.bare if name.endswith("_bare") else there.trapped
            wanted = getattr(states, name.removesuffix("_bare"))
            scale = n_c if "density" in name else 0.0
            scale = abs(float(there.bare.alpha)) if name.startswith("alpha") else scale
            scale = 1e3 * abs(float(wanted)) if name.startswith(("free", "higgs")) else scale
            assert close(found.data[name].values[place], wanted, scale), (name, place)
        for name in MARGINS:
            wanted = getattr(there.margins, name)
            wanted = math.nan if wanted is None else wanted
            assert close(found.data[f"margin_{name}"].values[place], wanted, 1.0), name


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("closure", "keys"),
    [
        ("self-consistent", ["landau.a", "protocol.start", "trap.pairing"]),
        ("ramp", ["mixture.valence_ratio", "trap.rate", "protocol.hold"]),
        ("constant", ["material.critical_temperature", "mixture.valence_ratio"]),
    ],
)
@settings(max_examples=2)
@given(data=st.data())
def test_every_point_is_what_evolve_says_of_it(closure, keys, data):
    case = case_of(closure=closure)
    axes = data.draw(axes_of("direct", keys, [2] * len(keys)))
    found = et.sweep(case, axes, [*EVOLVED, *OF_CASE])
    laid = lay_out(case, et.Sweep(axes, EVOLVED))
    n_c = case.material.conduction_density
    for place, point, _ in points_of(laid):
        there = et.evolve(point)
        told = {name: float(column.values[place]) for name, column in found.data.items()}
        for name, value in there.quantities.items():
            scale = n_c if "density" in name or name in GAINS else 0.0
            assert close(told[name], value.value, scale), (name, place)
        margins = {margin.name: margin for margin in there.validity}
        for name in MARGINS:
            wanted = margins[name].margin
            wanted = math.nan if wanted is None else wanted
            assert close(told[f"evolution_margin_{name}"], wanted, 1.0), name
        known = [m for m in there.validity if m.margin is not None]
        if not known:  # normal from start to end
            for name in ("valid_until", "evolution_smallest_margin", "evolution_worst_margin"):
                assert math.isnan(told[name])
            continue
        until = [m.holds_until for m in known]
        wanted = math.nan if None in until else min(t for t in until if t is not None)
        assert close(told["valid_until"], wanted)
        least = min(known, key=lambda m: math.inf if m.margin is None else m.margin)
        assert least.margin is not None
        assert close(told["evolution_smallest_margin"], least.margin, 1.0)
        worst = MARGINS.index(least.name) if least.margin < 0 else -1
        assert told["evolution_worst_margin"] == worst
        assert told["succeeded"] == 1


@pytest.mark.slow
def test_a_sample_that_survives_the_warm_up_ends_exactly_there():
    """T̃_c is 10.3 K, and infinite. As many points as above are compiled with them."""
    protocol = BASE["protocol"] | {"hold": "10 ms", "warm_to": "14 K", "warming_time": "1 s"}
    case = case_of(closure="self-consistent", protocol=protocol)
    ratio = "mixture.valence_ratio"
    axes = {ratio: [0.1, 20.0], "landau.a": ["3 k_B"], "trap.pairing": [0.1, 0.2, 0.3, 0.4]}
    found = et.sweep(case, axes, ["survival_temperature"])
    survival = found.data["survival_temperature"]
    np.testing.assert_allclose(survival.sel({ratio: 20.0}), 14.0, rtol=1e-12)
    assert (survival.sel({ratio: 0.1}) < 10.5).all()
    reached = survey(found).ranges["survival_temperature"]
    assert reached.least
    assert reached.largest
    assert (reached.least.at_least, reached.largest.at_least) == (False, True)


REDUCED = [
    "superfluid_density", "coherence_length_bare", "margin_landau_region", "free_energy",
    "margin_trap_energy",
]  # fmt: skip
"""The same in all tests of reductions, so that they are traced once."""


def test_a_reduction_is_that_of_the_whole_map():
    case, names = case_of(), REDUCED[:-1]
    axes = {"mixture.valence_ratio": "1e-3:3:7:log", "temperature": "1:25:41"}
    whole = et.sweep(case, axes, REDUCED).data
    for how in ("max", "min", "mean", "argmax", "argmin"):
        found = et.sweep(case, axes, REDUCED, reduce={"temperature": how}).data
        for name in names:
            column = whole[name].where(np.isfinite(whole[name]) | (how != "mean"))
            if how.startswith("arg"):
                best = getattr(column, how.removeprefix("arg"))("temperature")
                first = (column == best).argmax("temperature").values
                wanted = whole["temperature"].values[first]
            else:
                wanted = getattr(whole[name], how)("temperature").values
            np.testing.assert_allclose(found[name].values, wanted, rtol=1e-13, err_msg=how)


def test_reduced_axes_may_be_longer_than_a_block(monkeypatch):
    case, axes = case_of(), {"mixture.valence_ratio": "0.1:3:5", "temperature": "1:25:101"}
    wanted = {
        how: et.sweep(case, axes, REDUCED, reduce={"temperature": how}).data["free_energy"]
        for how in ("max", "mean", "argmin")
    }
    monkeypatch.setattr("entrap.studies.sweep.laying.CLOSED_BLOCK", 64)
    for how, column in wanted.items():
        found = et.sweep(case, axes, REDUCED, reduce={"temperature": how})
        np.testing.assert_allclose(found.data["free_energy"], column, rtol=1e-14)


@pytest.mark.parametrize("reduce", [{"temperature": "mean"}, {}])
def test_what_is_nan_everywhere_stays_nan(reduce):
    case = case_of(mixture={"valence_ratio": 1.0}, trap={"rate": 0.0, "pairing": 0.0})
    axes = {"landau.a": [1e-23, 2e-23], "temperature": "1:5:3"}
    found = et.sweep(case, axes, REDUCED, reduce=reduce)
    assert np.isnan(found.data["margin_trap_energy"]).all()


@settings(max_examples=15)
@given(
    lengths=st.lists(st.integers(1, 9), min_size=1, max_size=4),
    limits=st.tuples(st.integers(1, 60), st.integers(1, 30)),
)
def test_chunks_and_blocks_cover_every_point_once(lengths, limits):
    keys = ["landau.a", "temperature", "protocol.start", "trap.rate"]
    stated = et.Sweep(
        {
            key: [1e-23 * (i + 1) for i in range(n)]
            if key == "landau.a"
            else [1.0 + i for i in range(n)]
            for key, n in zip(keys, lengths, strict=False)
        },
        ("alpha",),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("entrap.studies.sweep.laying.CLOSED_CHUNK", limits[0])
        patch.setattr("entrap.studies.sweep.laying.CLOSED_BLOCK", limits[1])
        laid = lay_out(case_of(), stated)
    seen = np.zeros(laid.shape, int)
    for index in range(laid.chunks):
        region = laid.region(index)
        for part in laid.blocks(region):
            seen[part] += 1
            shapes = np.broadcast_shapes(*(v.shape for v in laid.values((), part).values()))
            assert math.prod(shapes) <= max(limits[1], 1)
    assert (seen == 1).all()


@pytest.mark.slow
def test_a_gap_that_was_not_stated_follows_the_critical_temperature():
    axes = {"material.critical_temperature": [5.0, 10.0]}
    found = et.sweep(case_of(), axes, ["higgs_mode_initial"])
    assert found.data["higgs_mode_initial"][1] > 1.5 * found.data["higgs_mode_initial"][0]
    stated = case_of(material=BASE["material"] | {"gap": "1 meV"})
    kept = et.sweep(
        stated, axes | {"protocol.start": [0.01]}, ["higgs_mode_initial"], scheme="grid"
    )
    np.testing.assert_allclose(kept.data["higgs_mode_initial"], 2 * 1.602176634e-22, rtol=1e-3)


@pytest.mark.slow
@settings(max_examples=20)
@given(ratio=st.floats(1e-3, 5.0), a=st.floats(1.2, 20.0), weight=st.sampled_from([0.5, 1.0]))
def test_all_margins_hold_just_below_the_validity_temperature_and_not_above(ratio, a, weight):
    material = {"critical_temperature": 10, "conduction_density": 1e27}
    case = case_of(
        material=material,
        landau={"a": f"{a} k_B", "saturation": 1.0},
        mixture={"valence_ratio": ratio, "condensate_weight": weight},
        trap={"rate": 1e3},
    )
    found = et.sweep(case, {"protocol.start": [4.0]}, ["validity_temperature"])
    valid = float(found.data["validity_temperature"][0])
    critical = float(et.model.landau.effective_critical_temperature(et.sample(case)))
    highest = critical if math.isfinite(critical) else 17.64
    asked = np.linspace(0.02, 0.999, 40) * highest
    below, above = valid * (1 - 1e-9), min(valid * (1 + 1e-9), highest)
    held = et.equilibrate(case, np.nan_to_num([*asked, below, above], nan=1.0)).margins
    known = [getattr(held, name) for name, _ in quantities(Margins)]
    columns = np.broadcast_arrays(*(x for x in known if x is not None), np.full(42, np.inf))
    *least, least_below, least_above = np.fmin.reduce(columns)
    if math.isnan(valid):
        assert np.max(least) < 0
        return
    assert least_below >= 0
    assert least_above < 0 or valid > highest * (1 - 1e-6)
    assert (np.array(least)[asked > valid * (1 + 1e-9)] < 0).all()


@pytest.mark.parametrize(
    ("axes", "results", "more", "message"),
    [
        ({"mixture.valence_rato": [1.0]}, [], {}, "did you mean `mixture.valence_ratio`"),
        ({"mixture.valence_ratio": [1.0]}, ["enhancment"], {}, "did you mean 'enhancement'"),
        ({"mixture.valence_ratio": [-1.0]}, [], {}, ">= 0"),
        ({"protocol.start": [16.0]}, [], {}, "the protocol warms"),
        ({"protocol.points": [16, 32]}, [], {}, "protocol.points"),
        ({"mixture.valence_density": [1e26]}, [], {}, "both given"),
        (
            {"temperature": [1.0], "trap.rate": [1.0]},
            ["alpha"],
            {"reduce": {"temperature": "max", "trap.rate": "min"}},
            "the same for all",
        ),
        (
            {"trap.rate": [1.0]},
            ["paired_electron_gain"],
            {"reduce": {"trap.rate": "max"}},
            "point by point",
        ),
        ({"trap.rate": [1.0]}, [], {"scheduler": "local"}, "`out` is missing"),
    ],
)
def test_what_is_wrong_is_told_before_anything_runs(axes, results, more, message):
    with pytest.raises(et.InputError, match=message):
        et.sweep(case_of(), axes, results, **more)


@pytest.mark.exhaustive
def test_every_point_of_a_trap_is_what_its_design_says():
    case = et.load_case("examples/transmon-trap.toml", needs=["trap.junction"])
    axes = {
        "trap.junction.interface_resistance": [1e-11, 3e-10],
        "trap.film.trap_length": [1e-5, 4e-5],
        "temperature": [0.02, 0.15, 5.0],
    }
    names = tuple(name for name, result in RESULTS.items() if result.kind == "trap")
    found = et.sweep(case, axes, names)
    laid = lay_out(case, et.Sweep(axes, names))
    for place, point, temperature in points_of(laid):
        if temperature > 1.2:
            assert all(np.isnan(column.values[place]) for column in found.data.values())
            continue
        there = et.design_trap(point.changed({"trap.film.temperature": temperature})).quantities
        for name in names:
            value = found.data[name].values[place]
            if name in OF_PHONONS:  # the case does not say how warm the metal's phonons are
                assert np.isnan(value), (name, place)
            else:
                assert close(value, there[name].value), (name, place)


@pytest.mark.exhaustive
def test_a_passive_trap_is_as_warm_as_its_film():
    case = et.load_case(
        "examples/transmon-trap.toml", ["trap.junction.trap_temperature="], needs=["trap.junction"]
    )
    # As many points as above, with which they are compiled.
    axes = {"temperature": np.linspace(0.05, 0.3, 12)}
    found = et.sweep(case, axes, ["floor_fraction", "equilibrium_fraction"])
    ratio = found.data["floor_fraction"] / found.data["equilibrium_fraction"]
    np.testing.assert_allclose(ratio, 1.0, rtol=1e-9)


FILM = ["trap.film.length=1 mm", "trap.film.width=10 um", "trap.film.trap_length=0.1 mm"]
FILM += ["trap.film.quasiparticle_diffusivity=1 cm^2/s"]
PASSIVE, WARM = ["trap.junction.trap_temperature="], {"protocol.start": 13.0}


@pytest.mark.parametrize(
    ("changes", "axes", "film", "trap"),
    [
        ([], {"trap.junction.metal_thickness": 1e-7}, 12.0, 4.0),
        ([], WARM, 13.0, 4.0),
        ([], {"temperature": 9.0}, 9.0, 4.0),
        (FILM, WARM, 13.0, 4.0),
        (FILM, WARM | {"trap.film.temperature": 6.0}, 6.0, 4.0),
        ([*FILM, "trap.film.temperature=5 K"], WARM, 5.0, 4.0),
        ([*FILM, "trap.film.temperature=5 K"], {"temperature": 9.0}, 9.0, 4.0),
        (PASSIVE, WARM, 13.0, 13.0),
        ([*PASSIVE, *FILM, "trap.film.temperature=5 K"], WARM, 5.0, 5.0),
        (PASSIVE, WARM | {"trap.junction.trap_temperature": 3.0}, 13.0, 3.0),
        # What its heat makes of it, where the phonons are held.
        ([*PASSIVE, "trap.junction.phonon_temperature=2 K"], WARM, 13.0, np.nan),
        (PASSIVE, WARM | {"trap.junction.phonon_temperature": 2.0}, 13.0, np.nan),
    ],
)
def test_film_and_trap_are_as_warm_as_an_axis_or_the_case_says(changes, axes, film, trap):
    case = et.load_case("examples/nbn-junction.toml", changes)
    swept = et.Sweep({key: [value] for key, value in axes.items()}, ("trapping_rate",))
    found = lay_out(case, swept).trap_at(axes)
    own = junction_of(found).trap_temperature
    np.testing.assert_array_equal([film_temperature(found), own], [film, trap])


def test_rows_that_are_no_cases_are_told():
    axes = {"protocol.start": [4.0, 8.0, 9.0], "protocol.warm_to": [5.0, 7.0, 20.0]}
    with pytest.raises(et.InputError, match="row 2"):
        et.sweep(case_of(), axes, ["enhancement"], scheme="rows")


@pytest.mark.exhaustive
def test_what_pairs_while_emptying_is_what_evolve_says_though_it_is_alone():
    case = case_of(closure="self-consistent")
    axes = {
        "landau.a": [2e-23, 5e-23],
        "trap.pairing": [0.01, 0.4, 300.0],
        "protocol.hold": [0.0, 2e-3],
    }
    alone = et.sweep(case, axes, ["paired_electron_gain", "pair_gain"])
    laid = lay_out(case, et.Sweep(axes, ("paired_electron_gain", "pair_gain")))
    assert laid.gains_only
    n_c = case.material.conduction_density
    for place, point, _ in points_of(laid):
        wanted = et.evolve(point).quantities["paired_electron_gain"].value
        for name in ("paired_electron_gain", "pair_gain"):
            assert close(alone.data[name].values[place], wanted, n_c), (name, place)


@pytest.mark.parametrize(
    ("closure", "results", "alone"),
    [
        ("self-consistent", ("paired_electron_gain",), True),
        ("self-consistent", ("pair_gain", "enhancement"), True),
        ("self-consistent", ("paired_electron_gain", "survival_temperature"), False),
        ("self-consistent", ("enhancement",), False),
        ("ramp", ("paired_electron_gain",), False),
        ("ramp", ("enhancement",), False),
    ],
)
def test_only_what_pairs_while_emptying_is_computed_where_no_more_is_asked(closure, results, alone):
    axes = {"trap.rate": [1e2, 1e3]}
    laid = lay_out(case_of(closure=closure), et.Sweep(axes, results))
    assert laid.gains_only is alone


@pytest.mark.exhaustive
def test_a_table_that_only_axes_state_counts_as_one_of_the_case():
    case = et.load_case("examples/nbn-junction.toml", ["material.diffusivity=1 cm^2/s"])
    film = {"trap.film.length": 1e-3, "trap.film.width": 1e-5, "trap.film.trap_length": 1e-4}
    axes = {key: [value, 2 * value] for key, value in film.items()}
    found = et.sweep(case, axes, ["evacuation_time"], scheme="rows").data["evacuation_time"]
    for row in (0, 1):
        there = case.changed({key: values[row] for key, values in axes.items()})
        wanted = et.design_trap(there).quantities["evacuation_time"].value
        assert close(found.values[row], wanted), row


def test_what_is_measured_at_the_start_needs_a_protocol():
    stated = {name: table for name, table in case_of().to_dict().items() if name != "protocol"}
    case = et.Case.from_dict(stated, needs=["landau"])
    with pytest.raises(et.InputError, match="`protocol` is missing"):
        et.sweep(case, {"temperature": [4.0]}, ["penetration_depth"])


def test_all_axes_reduced_leave_one_number():
    axes = {"mixture.valence_ratio": "0.1:3:5", "temperature": "1:25:11"}
    whole = et.sweep(case_of(), axes, REDUCED).data["free_energy"]
    found = et.sweep(case_of(), axes, REDUCED, reduce=dict.fromkeys(axes, "min")).data[
        "free_energy"
    ]
    assert found.shape == ()
    assert float(found) == pytest.approx(float(whole.min()), rel=1e-13)


@pytest.mark.slow
def test_a_store_whose_case_has_a_key_under_its_former_name_is_gone_on_with(tmp_path):
    tables = case_of().to_dict()
    tables["material"]["electron_phonon_time"] = 4e-7
    case, axes = et.Case.from_dict(tables), {"mixture.valence_ratio": [0.5, 1.0]}
    store = tmp_path / "sweep.zarr"
    made = et.sweep(case, axes, ["enhancement"], out=store).data.load()
    described = store / "zarr.json"
    text = described.read_text("utf-8")
    assert text.count("electron_phonon_time") == 1
    described.write_text(text.replace("electron_phonon_time", "kaplan_time"), "utf-8")
    again = et.sweep(case, axes, ["enhancement"], out=store, resume=True).data
    np.testing.assert_array_equal(again["enhancement"], made["enhancement"])
    assert et.load_sweep(store).case == case


@pytest.mark.exhaustive
def test_numbers_of_traps_are_those_of_their_strips():
    case = et.load_case(ROOT / "examples/transmon-trap.toml", needs=["trap.junction"])
    counts = [1.0, 2.0, 4.0]
    found = et.sweep(case, {"trap.film.trap_count": counts}, ["evacuation_rate"])
    film, rate = case.require("trap.film"), float(et.design_trap(case).performance.trapping_rate)
    for count, swept in zip(counts, found.data["evacuation_rate"].values, strict=True):
        centres = film.length * (2 * np.arange(count) + 1) / (2 * count)
        strip = Strip(
            film.length, film.width, film.left_pad, film.right_pad, centres,
            np.full(int(count), film.trap_length / count), film.quasiparticle_diffusivity, rate,
        )  # fmt: skip
        assert swept == pytest.approx(float(slowest_rate(strip)), rel=1e-10)
