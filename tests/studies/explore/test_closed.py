"""The page's own engine: its functions are JAX's, and what it draws is what a run gives."""

import json
from importlib.resources import files

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from entrap.case.case import Case
from entrap.core.errors import InputError
from entrap.model.observables import OF_STATES
from entrap.solve.inputs import by_key, inputs_of
from entrap.solve.jit import quick_jit
from entrap.studies.explore.closed import (
    closed_forms,
    formulas,
    formulas_text,
    sample_numbers,
    told,
)
from entrap.studies.explore.controls import presets
from entrap.studies.explore.picture import picture_of

COUNT = 200
PAGE = files("entrap.studies.explore") / "page"
CALLED = """
import * as forms from "./forms.mjs";
const shown = (key, x) => (typeof x === "number" && !Number.isFinite(x) ? String(x) : x);
const rows = ROWS.map((row) => row.map(Number));
console.log(JSON.stringify(rows.map((row) => forms.NAME(row)), shown));
"""
DRAWN = """
import { drawn } from "./closed.mjs";
import * as sample from "./sample.mjs";
import * as forms from "./forms.mjs";
const shown = (key, x) => (x instanceof Float64Array ? [...x] : x);
let made;
try {
  made = drawn({ sample, forms, ...GIVEN }, CHANGES);
} catch (error) {
  if (!error.problems) throw error;
  made = { problems: error.problems };
}
console.log(JSON.stringify(made, shown));
"""


def case_of(name="clean-set", **tables):
    return Case.from_dict(presets()[name] | tables)


def called(run, text, name, rows):
    given = json.dumps([[str(x).replace("nan", "NaN") for x in row] for row in rows.tolist()])
    made = run(CALLED.replace("ROWS", given).replace("NAME", name), forms=text)
    return np.array([[float(x) for x in row] for row in made])


def samples(case, seed):
    """Random numbers of the case's keys, and the samples that they make."""
    keys, values = zip(*by_key(inputs_of(case)).items(), strict=True)
    random = np.random.default_rng(seed)
    numbers = np.array(values) * 10 ** random.uniform(-0.5, 0.5, (COUNT, len(keys)))
    numbers[:, keys.index("mixture.condensate_weight")] = 1.0
    function = sample_numbers(case, keys)
    return numbers, np.asarray(jax.vmap(lambda row: jnp.stack(function(*row)))(numbers)), random


def states(made, random, arguments, extra):
    """Random further arguments for samples, some of them at their ends."""
    of = dict(zip(arguments, made.T, strict=False))
    t = of["critical_temperature"] * random.uniform(0.05, 2.5, COUNT)
    f = np.where(random.random(COUNT) < 0.2, 1.0, 10 ** random.uniform(-12, 0, COUNT))
    n_s = of["conduction_density"] * random.uniform(0, 1, COUNT)
    n_n = f * (of["conduction_density"] - n_s)
    values = {"temperature": t, "remaining_fraction": f, "share": f, "superfluid_density": n_s}
    values |= {"normal_density": n_n, "trapped_density": of["conduction_density"] - n_s - n_n}
    values |= {"held": n_s, "rate": np.full(COUNT, 1e3), "start": t * 0.5}
    return np.column_stack([made, *(values[name] for name in extra)])


def apart(got, expected, scale):
    """Relative differences, at most of a scale; what is not finite must be the same."""
    same = (got == expected) | (np.isnan(got) & np.isnan(expected))
    with np.errstate(all="ignore"):
        found = np.where(same, 0.0, abs(got - expected) / np.maximum(abs(expected), scale))
    assert np.isfinite(found).all()
    return found


def drawn_of(run, case, changes):
    """The picture that the page draws by itself, or the problems of a refusal."""
    made = closed_forms(case)
    modules = {name: (PAGE / f"{name}.js").read_text("utf-8") for name in ("closed", "words")}
    modules["closed"] = modules["closed"].replace("./words.js", "./words.mjs")
    given = json.dumps({"data": made.data, "told": told()})
    text = DRAWN.replace("GIVEN", given).replace("CHANGES", json.dumps(changes))
    return run(text, sample=made.sample, forms=made.forms, **modules)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("preset", "kind"),
    [
        ("aluminium", "degenerate"),
        pytest.param("clean-set", "ideal", marks=pytest.mark.exhaustive),
        pytest.param("nbn-film", "ideal", marks=pytest.mark.exhaustive),
    ],
)
def test_the_formulas_are_those_of_jax(javascript, preset, kind):
    """To 1e-12 at 200 random samples and states; densities, which are differences, of n_c."""
    dirty = preset == "nbn-film"
    _, made, random = samples(case_of(preset), 3)
    text = formulas_text(kind, dirty)
    for name, (function, arguments) in formulas(kind, dirty).items():
        if name == "bcs" and kind != "ideal":
            continue  # only its L, a short formula, is another
        rows = states(made, random, arguments, arguments[made.shape[1] :])
        expected = quick_jit(jax.vmap(lambda row, one=function: jnp.stack(one(*row))))(rows)
        columns = {"minimum": ("density",), "seen": OF_STATES, "bcs": OF_STATES}.get(name, ())
        scale = np.zeros(expected.shape[1])
        scale[["density" in column for column in columns]] = 1.0
        scale = scale * rows[:, [arguments.index("conduction_density")]]
        found = apart(called(javascript, text, name, rows), np.asarray(expected), scale)
        assert found.max() < 1e-12, (name, found)


@pytest.mark.exhaustive
@pytest.mark.parametrize("preset", ["clean-set", "paper-estimate", "aluminium", "nbn-film"])
def test_a_sample_follows_from_the_numbers_of_its_case(javascript, preset):
    case = case_of(preset)
    numbers, made, _ = samples(case, 5)
    found = called(javascript, closed_forms(case).sample, "sample", numbers)
    assert apart(found, made, 0.0).max() < 1e-13


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rate", "end", "warming", "regimes"),
    [
        ("1e3 1/s", "22 K", "1000 s", ["pinned", "released", "normal"]),
        ("20 1/s", "7 K", "0.2 s", ["pinned"]),  # many are left, and no pair breaks
    ],
)
def test_a_picture_is_that_of_a_run(javascript, rate, end, warming, regimes):
    """Where the trap keeps up with the pairs that break: the page then draws what a run gives."""
    slowly = presets()["clean-set"]["protocol"] | {"warming_time": warming, "warm_to": end}
    case = case_of(protocol=slowly, trap={"rate": rate})
    drawn, run = drawn_of(javascript, case, {}), picture_of(case)
    assert [each["name"] for each in drawn["regimes"]] == regimes
    said = run.head["answer"][0]
    assert drawn["answer"][0] in said
    assert drawn["extent"] == pytest.approx(run.head["extent"], rel=1e-3)
    assert drawn["observables"] == [
        {**each, "units": here["units"], "diverges": here["diverges"]}
        for each, here in zip(run.head["observables"], drawn["observables"], strict=True)
    ]
    worst = {each["name"]: each["worst"] for each in run.head["margins"]}
    for each in drawn["margins"]:
        assert each["name"] == "release_stability" or each["worst"] == worst[each["name"]]
    for name, column in run.columns.items():
        if name.startswith("margin."):
            continue
        here = np.array([np.nan if x is None else x for x in drawn["columns"][name]])
        shares = name in ("superconducting", "normal", "trapped", "untrapped", "fraction")
        scale = 1.0 if shares else np.nanmax(abs(column), initial=0.0)
        # Next to T_c the run's points, between which lines are drawn, are too far apart.
        same = (abs(here - column) < 1e-3 * scale) | (np.isnan(here) & np.isnan(column))
        assert same.mean() > 0.98, name


@pytest.mark.slow
def test_what_is_typed_is_read_as_a_case_file_is(javascript):
    case = case_of()
    changes = {"material.critical_temperature": "12 K", "landau.a": "0.5", "trap.rate": "2e4 1/s"}
    changed = case_of(
        material={"critical_temperature": "12 K", "conduction_density": "1e27 1/m^3"},
        landau={"a": "0.5 k_B", "saturation": 1.0}, trap={"rate": "2e4 1/s"},
    )  # fmt: skip
    drawn = drawn_of(javascript, case, changes)
    expected = {each["key"]: each for each in closed_forms(changed).data["values"]}
    for each in drawn["values"]:
        assert each["value"] == pytest.approx(expected[each["key"]]["value"], rel=1e-14)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "text", "says"),
    [
        ("material.critical_temperature", "12000 mK", "alone or with the unit K, but is 12000 mK"),
        (
            "material.critical_temperature",
            "-1",
            "must be finite and >= 1e-06 K and <= 1e+06 K, but is -1",
        ),
        ("protocol.warm_to", "1 K", "must not be below the start, 4 K"),
        ("material.name", "Al", "is not among what the closed forms move"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(javascript, key, text, says):
    made = drawn_of(javascript, case_of(), {key: text})
    (problem,) = made["problems"]
    assert problem["key"] == key
    assert says in problem["text"]


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (lambda: case_of("nbn-junction"), r"rates of \[trap.junction\] are searched for"),
        (lambda: case_of(trap={"rate": "1e3 1/s", "pairing": 0.5}), "pairs form while"),
        (
            lambda: case_of(mixture={"valence_ratio": 0.1, "entropy": "number-fraction"}),
            "minimum needs while",
        ),
    ],
)
def test_a_case_that_closed_forms_do_not_reach_says_why(case, why):
    with pytest.raises(InputError, match=why):
        closed_forms(case())
