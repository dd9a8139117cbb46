"""Closed forms by numpy, by machine code and by XLA: the same, but for what rounding makes of them."""

import logging

import jax
import numpy as np
import pytest

import entrap as et
from entrap.solve import mapped
from entrap.solve.operations import NUMPY
from entrap.studies.sweep import kernel, maps
from entrap.studies.sweep.laying import lay_out
from entrap.studies.sweep.names import BY_BCS, RESULTS

CLOSED = [name for name, one in RESULTS.items() if one.kind in ("case", "state")]
CLOSED = [name for name in CLOSED if name not in BY_BCS and name != "validity_temperature"]
EPS = np.finfo(float).eps
FEW = [
    "superfluid_density", "penetration_depth", "coherence_length", "lower_critical_field",
    "enhancement", "margin_entropy_slope", "margin_landau_region", "margin_electron_count",
    "worst_margin", "penetration_depth_ratio",
]  # fmt: skip
CASES = [
    ("clean-set", FEW),
    pytest.param("aluminium", CLOSED, marks=pytest.mark.slow),
    *(
        pytest.param(name, CLOSED, marks=pytest.mark.exhaustive)
        for name in ("clean-set", "higgs-gap", "nbn-carriers", "paper-estimate")
    ),
]


def rows(case, count):
    """Points from deep in the superconducting state to the normal one, and at the limits."""
    rng = np.random.default_rng(1)
    critical = case.material.critical_temperature
    axes = {
        "temperature": rng.uniform(0.05, 1.6, count) * critical,
        "mixture.valence_ratio": 10 ** rng.uniform(-6, 0.5, count),
        "trap.remaining_fraction": rng.choice([0.0, 0.3, 1.0], count),
    }
    axes["temperature"][:2] = 1e-3 * critical, 50 * critical
    axes["mixture.valence_ratio"][2:4] = 0.0, 1e3
    return axes


def by_hand(made, inputs, rng=None):
    """Outputs of a list, each operation off by a unit of rounding where there are random numbers."""
    found = []
    with np.errstate(all="ignore"):
        for one in made.operations:
            operands = [found[i] for i in one.operands]
            if one.name in ("input", "constant"):
                value = inputs[one.value] if one.name == "input" else one.value
            elif one.name == "convert":
                value = NUMPY["convert"](*operands, one.kind)
            else:
                value = NUMPY[one.name](*operands)
                if rng is not None and one.kind == "float64" and one.name not in ("select", "neg"):
                    value = value * (1 + EPS * rng.choice([-1, 0, 1], np.shape(value)))
            found.append(value)
    return [found[i] for i in made.outputs]


@pytest.mark.parametrize(("name", "results"), CASES)
@pytest.mark.parametrize("small", [1 << 16, 0], ids=["numpy", "machine code"])
def test_closed_results_are_those_of_jax_to_rounding(monkeypatch, name, results, small):
    """Four units in the last place, beside what one unit in each operation makes of a result."""
    monkeypatch.setattr(mapped, "SMALL", small)
    case = et.load_case(f"examples/{name}.toml")
    laid = lay_out(case, et.Sweep(rows(case, 300), tuple(results), "rows"))
    values = laid.values((), (slice(0, 300),))
    inputs, temperature = laid.at(values)
    leaves, tree = jax.tree.flatten((inputs, temperature))
    made, done, rest = maps._split(laid, laid.results, leaves, tree)
    assert made is not None
    assert done == laid.results
    assert not rest
    found = [np.empty(300) for _ in done]
    made(leaves, found)
    expected = kernel.closed_block(kernel.Request(laid.choices, done), inputs, temperature)
    exact = by_hand(made.made, leaves)
    rng = np.random.default_rng(0)
    shaken = [by_hand(made.made, leaves, rng) for _ in range(8)]
    for i, result in enumerate(done):
        one, other = found[i], np.asarray(expected[i])
        np.testing.assert_array_equal(np.isnan(one), np.isnan(other), result)
        np.testing.assert_array_equal(np.isinf(one), np.isinf(other), result)
        finite = np.isfinite(one)
        with np.errstate(all="ignore"):
            spread = np.max([np.abs(s[i] - exact[i]) for s in shaken], axis=0)
            allowed = 4 * np.spacing(np.abs(other)) + 4 * np.nan_to_num(spread, posinf=0.0)
            far = finite & ~(np.abs(one - other) <= np.broadcast_to(allowed, one.shape))
        assert not far.any(), (result, one[far], other[far])


@pytest.mark.slow
def test_a_sweep_says_who_computes_what(caplog):
    case = et.load_case("examples/clean-set.toml")
    axes = {"mixture.valence_ratio": [0.5, 1.0]}
    maps._found.cache_clear()
    with caplog.at_level(logging.INFO, "entrap.studies.sweep.maps"):
        both = et.sweep(case, axes, ["validity_temperature", "enhancement"])
    assert "numpy computes enhancement, by" in caplog.text
    assert "XLA computes validity_temperature, which takes loops" in caplog.text
    for name in ("validity_temperature", "enhancement"):
        alone = et.sweep(case, axes, [name]).data[name]
        np.testing.assert_array_equal(both.data[name], alone)


@pytest.mark.slow
@pytest.mark.parametrize("how", ["max", "min", "mean", "argmax", "argmin"])
def test_reductions_of_both_ways_are_those_of_the_whole_map(monkeypatch, how):
    case = et.load_case("examples/clean-set.toml")
    axes = {"temperature": np.linspace(1, 20, 41)}
    for small, backend in ((1 << 16, "cpu"), (0, "cpu"), (0, "gpu")):
        monkeypatch.setattr(mapped, "SMALL", small)
        monkeypatch.setattr(jax, "default_backend", lambda backend=backend: backend)
        maps._found.cache_clear()
        found = et.sweep(case, axes, ["margin_landau_region"], reduce={"temperature": how})
        column = et.sweep(case, axes, ["margin_landau_region"]).data["margin_landau_region"].values
        place = {"argmax": np.nanargmax, "argmin": np.nanargmin}
        if how in place:
            expected = axes["temperature"][place[how](column, axis=0)]
        else:
            expected = getattr(np, f"nan{how}")(column, axis=0)
        np.testing.assert_allclose(found.data["margin_landau_region"], expected, rtol=1e-13)
    maps._found.cache_clear()
    assert np.isnan(column).any()  # in the normal state, which a reduction leaves out


def test_a_grid_is_what_its_rows_are_whoever_computes_it(monkeypatch, caplog):
    case = et.load_case("examples/clean-set.toml")
    axes = {"temperature": np.linspace(1, 20, 9), "mixture.valence_ratio": np.linspace(0.1, 1, 7)}
    points = dict(
        zip(axes, (x.ravel() for x in np.meshgrid(*axes.values(), indexing="ij")), strict=True)
    )
    names = ["superfluid_density", "enhancement"]
    found = {}
    for who, small, there, backend in (
        ("numpy", 1 << 16, True, "cpu"),
        ("machine code", 0, True, "cpu"),
        ("XLA", 0, False, "cpu"),
        ("XLA on a graphics card", 1 << 16, True, "gpu"),
    ):
        monkeypatch.setattr(mapped, "SMALL", small)
        monkeypatch.setattr(maps, "SMALL", small)
        monkeypatch.setattr(maps.importlib.util, "find_spec", lambda _, there=there: there or None)
        monkeypatch.setattr(jax, "default_backend", lambda backend=backend: backend)
        maps._found.cache_clear()
        caplog.clear()
        with caplog.at_level(logging.INFO, "entrap.studies.sweep.maps"):
            found[who, "grid"] = et.sweep(case, axes, names).data
            found[who, "rows"] = et.sweep(case, points, names, scheme="rows").data
        assert f"{who.partition(' on ')[0]} computes superfluid_density" in caplog.text
        assert ("superfluid_density, enhancement on the gpu" in caplog.text) == (backend == "gpu")
        lacks = "with entrap[scale] it would take a fraction of the time" in caplog.text
        assert lacks == (not there)
    maps._found.cache_clear()
    for name in names:
        expected = found["XLA", "grid"][name].values
        assert expected.shape == (9, 7)
        for (_, scheme), data in found.items():
            shape = (9, 7) if scheme == "grid" else (63,)
            assert data[name].shape == shape
            np.testing.assert_allclose(data[name].values.reshape(9, 7), expected, rtol=1e-12)
