"""What a film writes is opened by programs that others use: meshio, xugrid, pyvista and VTK."""

import json
import subprocess
from pathlib import Path

import meshio
import numpy as np
import pytest
from tests.studies.film.devices import device

import entrap as et

READERS = Path(".venv/readers/bin/python")
SCRIPT = """
import json

import pyvista
import xugrid
from vtkmodules.vtkCommonExecutionModel import vtkStreamingDemandDrivenPipeline
from vtkmodules.vtkIONetCDF import vtkNetCDFUGRIDReader

told = {}
grid = pyvista.read("film.vtu")
told["vtu"] = [grid.compute_cell_sizes()["Area"].sum(), grid["density"].max(), grid.n_points]
reader = vtkNetCDFUGRIDReader()
reader.SetFileName("film.nc")
reader.Update()
grid = pyvista.wrap(reader.GetOutput())
told["vtk"] = [grid.compute_cell_sizes()["Area"].sum(), grid["density"].max(), grid.n_points]
steps = vtkStreamingDemandDrivenPipeline.TIME_STEPS()
told["times"] = reader.GetOutputInformation(0).Get(steps)
data = xugrid.open_dataset("film.nc")
told["xugrid"] = [data.ugrid.grid.area.sum(), float(data["density"].max()), data.ugrid.grid.n_node]
told["unit"] = data["density"].attrs["units"]
told["decay"] = float(data["decay"].isel(time=0).max())
print(json.dumps(told, default=float))
"""


@pytest.fixture(scope="module")
def found():
    return et.film(device())


@pytest.fixture(scope="module")
def folder(found, tmp_path_factory):
    made = tmp_path_factory.mktemp("film")
    found.save(made / "film.nc")
    return made


def test_meshio_reads_the_fields(found, folder):
    read = meshio.read(folder / "film.vtu")
    (cells,) = read.cells
    assert (cells.type, cells.data.tolist()) == ("triangle", found.mesh.triangles.tolist())
    np.testing.assert_array_equal(read.points[:, :2], found.mesh.points)
    np.testing.assert_array_equal(read.point_data["density"], found.solution.density)


@pytest.mark.slow
def test_pyvista_vtk_and_xugrid_read_the_fields(found, folder):
    if not READERS.exists():
        pytest.skip("pyvista and xugrid are not here: `make readers` installs them")
    command = [READERS.absolute(), "-W", "ignore", "-c", SCRIPT]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    told = json.loads(run.stdout)
    area = found.quantities["film_area"].value
    wanted = [area, found.solution.density.max(), len(found.mesh.points)]
    for program in ("vtu", "vtk", "xugrid"):
        assert told[program] == pytest.approx(wanted, rel=1e-6, abs=0), program
    assert found.decay
    assert told["times"] == pytest.approx(found.decay.times.tolist(), abs=0)
    assert told["decay"] == pytest.approx(found.decay.density[0].max(), rel=1e-12, abs=0)
    assert told["unit"] == "1"
