"""The registry of observables: one entry is enough, and importing it stays cheap."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import entrap as et
from entrap.core.quantities import quantities
from entrap.model.observables import MEASURED, OBSERVABLES, OF_STATES, PLANNABLE, SUMMARISED, Seen
from entrap.model.state import State, bare_densities

ROOT = Path(__file__).parents[2]
NAME = "superfluid_fraction"
ENTRY = f"""    "{NAME}": Observable(
        Quantity("1", "n_s/n_c", "Superconducting share of the conduction electrons", "Eq. (7)"),
        lambda at: at.superfluid_density / at.sample.conduction_density,
    ),
"""

LOOK = """
import json, sys
import numpy as np
import jax
import entrap as et
sys.path.insert(0, "DOCS")
import tables
from entrap.solve.inputs import choices_of, inputs_of
from entrap.studies.fit.prediction import reading_of

case = et.load_case("case.toml")
run, loaded = et.evolve(case), et.load("run/results.nc")
n_c = case.material.conduction_density
data = et.load_data("data.csv")
reads = jax.jit(lambda found: reading_of("NAME", found, inputs_of(case), choices_of(case)))
swept = et.load_sweep("map/sweep.zarr")
json.dump({
    "package": et.__file__,
    "state": np.ptp(run.state.NAME - run.state.superfluid_density / n_c),
    "loaded": bool((loaded.state.NAME == run.state.NAME).all()),
    "bare": bool((loaded.bare.NAME == run.bare.NAME).all()),
    "data": [list(data.quantity), list(map(float, data.value))],
    "fitted": bool((np.asarray(reads(run.state)) == run.state.NAME).all()),
    "swept": {name: column.values.tolist() for name, column in swept.data.items()},
    "docs": "NAME" in tables.filled("<!-- table: observables -->\\n<!-- end of table -->"),
    "states": "NAME" in tables.filled("<!-- table: state -->\\n<!-- end of table -->"),
}, sys.stdout, default=float)
"""


def test_importing_the_registry_does_not_import_jax():
    code = "import sys, entrap.model.observables; sys.exit('jax' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_state_has_the_observables_that_need_no_more_than_the_sample():
    declared = dict(quantities(State))
    assert tuple(declared) == ("temperature", *OF_STATES)
    assert all(declared[name] is OBSERVABLES[name].quantity for name in OF_STATES)
    assert set(SUMMARISED) <= set(OF_STATES)
    assert set(PLANNABLE) == {name for name in MEASURED if not OBSERVABLES[name].needs}


def test_what_is_said_to_diverge_is_infinite_where_nothing_superconducts_and_nothing_else_is():
    sample = et.sample(et.load_case(ROOT / "examples/clean-set.toml"))
    temperature = 2.0 * sample.critical_temperature
    seen = Seen(sample, temperature, bare_densities(sample, temperature))
    infinite = {name for name in OF_STATES if np.isinf(getattr(seen, name))}
    assert infinite == {name for name in OF_STATES if OBSERVABLES[name].diverges}


def test_what_is_not_read_is_not_computed():
    seen = Seen(None, 5.0, None)
    with pytest.raises(AttributeError, match="'density_of_states' is no observable"):
        _ = seen.density_of_states


@pytest.mark.exhaustive
def test_a_new_observable_is_one_entry(tmp_path):
    source = tmp_path / "src/entrap"
    shutil.copytree(ROOT / "src/entrap", source, ignore=shutil.ignore_patterns("__pycache__"))
    registry = source / "model/observables.py"
    text = registry.read_text("utf-8")
    start = "OBSERVABLES: dict[str, Observable] = {\n"
    assert start in text
    registry.write_text(text.replace(start, start + ENTRY), "utf-8")
    shutil.copy(ROOT / "examples/clean-set.toml", tmp_path / "case.toml")
    columns = f'"f" = {{ quantity = "{NAME}", uncertainty = "1 %", trap = "on" }}'
    table = f'# [data.columns]\n# "T" = {{ quantity = "temperature" }}\n# {columns}\n'
    (tmp_path / "data.csv").write_text(table + "T,f\n2,0.9\n4,0.8\n", "utf-8")

    def python(*arguments):
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(tmp_path / "src")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def entrap(*arguments):
        return python("-c", "from entrap.app.cli import main; main()", *arguments)

    entrap("run", "case.toml", "--out", "run")
    entrap(
        "sweep", "case.toml", "--vary", "temperature=2,4", "--out", "map",
        "--result", f"{NAME},{NAME}_bare,{NAME}_ratio,{NAME}_final,superfluid_density",
    )  # fmt: skip
    look = LOOK.replace("NAME", NAME).replace("DOCS", str(ROOT / "docs"))
    found = json.loads(python("-c", look))
    assert found["package"] == str(source / "__init__.py")
    assert found["state"] == 0
    assert all(found[key] for key in ("loaded", "bare", "fitted", "docs", "states"))
    assert found["data"] == [[NAME, NAME], [0.9, 0.8]]
    swept = found["swept"]
    assert swept[NAME] == pytest.approx(np.array(swept["superfluid_density"]) / 1e27)
    assert swept[f"{NAME}_ratio"] == pytest.approx(
        np.array(swept[NAME]) / np.array(swept[f"{NAME}_bare"])
    )
    told = json.loads((tmp_path / "run/summary.json").read_text("utf-8"))["quantities"]
    assert told[f"{NAME}_initial"]["value"] == pytest.approx(0.6)
    assert told[f"{NAME}_final"]["value"] == 0
    made = json.loads(entrap("schema"))
    column = made["properties"]["data"]["properties"]["columns"]["additionalProperties"]
    assert NAME in column["properties"]["quantity"]["enum"]
    assert NAME in made["properties"]["plan"]["properties"]["quantities"]["items"]["enum"]
