"""A device drawn elsewhere, turned, reflected or in another file is the same device."""

import dataclasses

import gdstk
import numpy as np
import pytest
from shapely import affinity
from tests.studies.film.devices import STILL, UM, device, shapes

import entrap as et
from entrap.case.layoutparts import Shape
from entrap.case.outlines import Outlines, vertices
from entrap.core.constants import FLUX_QUANTUM
from entrap.solve.plane.condensate import Condensate, uniform_links
from entrap.solve.plane.dual import dual_of
from entrap.solve.plane.local import LocalStates
from entrap.solve.plane.triangulation import Triangulation
from entrap.studies.film.mesh import Mesh
from entrap.studies.film.solution import solve_on

TURN = 0.7
GRID = 1e-9  # m, as of most masks
MOVES = {
    "moved": lambda at: np.add(at, [1.7e-3, -0.9e-3]),
    "turned": lambda at: at @ np.array([[0.0, 1.0], [-1.0, 0.0]]),
    "reflected": lambda at: at * [-1.0, 1.0],
}


@pytest.fixture(scope="module")
def found():
    return et.film(drawn(lambda at: at))


def drawn(move, burst=1e-4):
    """The device with all that it is drawn by put elsewhere; its shapes as polygons of a mask."""
    stated = device().to_dict()["layout"]
    outlines = [(each["on"], vertices(Shape(**each))) for each in stated["shape"]]
    made = [{"on": on, "polygon": put(move, corners)} for on, corners in outlines]
    probes = {name: put(move, [at])[0] for name, at in stated["probes"].items()}
    sources = [
        each | {"at": put(move, [each["at"]])[0], "burst": burst} for each in stated["generation"]
    ]
    return device(shape=made, probes=probes, generation=sources)


def put(move, points):
    return move(np.round(np.asarray(points, float) / GRID) * GRID).tolist()


def numbers(result):
    return {
        name: value.value
        for name, value in result.quantities.items()
        if name not in ("mesh_error", "mesh_points")
    }


def test_a_moved_device_has_the_same_mesh_and_the_same_numbers(found):
    moved = et.film(drawn(MOVES["moved"]))
    same(moved, found)
    assert moved.decay
    assert found.decay
    assert moved.decay.density == pytest.approx(found.decay.density, rel=1e-9, abs=0)


def same(made, found):
    """One mesh, and what is solved on it to rounding."""
    assert (made.mesh.triangles == found.mesh.triangles).all()
    assert numbers(made) == pytest.approx(numbers(found), rel=1e-12, abs=0)
    assert made.solution.density == pytest.approx(found.solution.density, rel=1e-12, abs=0)
    assert made.solution.modes.rates == pytest.approx(found.solution.modes.rates, rel=1e-11, abs=0)


@pytest.mark.parametrize("move", ["turned", "reflected"])
def test_a_device_on_another_mesh_differs_by_the_error_that_is_stated(found, move):
    """A mesh does not turn with its device, as points are put in rows."""
    other = et.film(drawn(MOVES[move], burst=0.0))
    assert other.mesh.triangles.shape != found.mesh.triangles.shape or not np.allclose(
        other.mesh.points, MOVES[move](found.mesh.points)
    )
    here, there = numbers(found), numbers(other)
    for name, error in found.errors.items():
        stated = error + other.errors[name]
        assert there[name] == pytest.approx(here[name], rel=1.5 * stated + 1e-12, abs=0), name


def turned(found):
    """The film's mesh turned about a far point, with all that is on it."""
    cosine, sine = np.cos(TURN), np.sin(TURN)
    turn = np.array([[cosine, sine], [-sine, cosine]])
    mesh = found.mesh
    points = (mesh.points - [5e-4, -3e-4]) @ turn

    def shape(each):
        moved = affinity.translate(each, -5e-4, 3e-4)
        return affinity.affine_transform(moved, [cosine, -sine, sine, cosine, 0, 0])

    sources = tuple(
        dataclasses.replace(each, at=tuple((np.array(each.at) - [5e-4, -3e-4]) @ turn))
        for each in mesh.layout.generation
    )
    probes = {
        n: tuple((np.array(at) - [5e-4, -3e-4]) @ turn) for n, at in mesh.layout.probes.items()
    }
    layout = dataclasses.replace(mesh.layout, generation=sources, probes=probes)
    outlines = Outlines(
        shape(mesh.outlines.film), tuple(map(shape, mesh.outlines.traps)), mesh.outlines.smallest
    )
    return Mesh(layout, outlines, dual_of(Triangulation(points, mesh.triangles)), mesh.size)


def test_a_mesh_that_is_turned_has_the_same_fields_to_rounding(found):
    made = solve_on(turned(found), found.solution.sheet, 1e-4)
    before = found.solution
    assert made.modes.rates == pytest.approx(before.modes.rates, rel=1e-9, abs=0)
    assert made.density == pytest.approx(before.density, rel=1e-11, abs=0)
    for name, row in made.probes.items():
        assert row @ made.density == pytest.approx(
            before.probes[name] @ before.density, rel=1e-11, abs=0
        )
        assert made.probe_gain(name) == pytest.approx(before.probe_gain(name), rel=1e-9, abs=0)


@pytest.mark.slow
def test_maps_of_the_condensate_on_a_turned_mesh_are_the_same(found):
    case = device(temperature=1.0)
    stated = case.to_dict() | {"landau": {"bcs": True}}
    sample = et.sample(type(case).from_dict(stated, needs=(), readers={}))
    share = found.solution.density / found.solution.density.max()
    states = LocalStates(sample, 1.0, 80e-9, share.min() * 1e-3, 1e-3, 1.18)
    here, there = (
        states.at(1e-3 * share, mesh.trap_areas.sum(0) / mesh.dual.volumes)
        for mesh in (found.mesh, turned(found))
    )
    for level, length in here.pearl_length.items():
        assert there.pearl_length[level] == pytest.approx(length, rel=1e-11, abs=0)


def test_the_energy_of_a_state_in_a_field_is_the_same_on_a_turned_mesh(found):
    random, count = np.random.default_rng(0), len(found.mesh.points)
    psi = random.normal(size=count) + 1j * random.normal(size=count)
    length = 5 * UM
    field = 0.1 * FLUX_QUANTUM / (2 * np.pi * length**2)
    energies = []
    for mesh in (found.mesh, turned(found)):
        start, end = mesh.points[mesh.dual.sides].swapaxes(0, 1)
        links = uniform_links(start, end, field, tuple(mesh.points.mean(0)))
        made = Condensate(mesh.dual, length, np.ones(count), links)
        energies.append(made.energy(psi))
    assert energies[1] == pytest.approx(energies[0], rel=1e-12, abs=0)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The device as a GDS and as an OASIS file; layers are film, trap and hole."""
    folder = tmp_path_factory.mktemp("layouts")
    cell = gdstk.Cell("DEVICE")
    for each in shapes():
        layer = {"film": 1, "trap": 2, "hole": 3}[each["on"]]
        corners = put(lambda at: at / UM, vertices(Shape(**each)))
        cell.add(gdstk.Polygon(corners, layer=layer))
    library = gdstk.Library(unit=UM, precision=GRID)
    library.add(cell)
    library.write_oas(folder / "device.oas")
    library.write_gds(folder / "device.gds")
    return folder


@pytest.mark.parametrize("name", ["device.gds", "device.oas"])
def test_a_device_of_a_file_is_that_of_the_case_file(found, files, name):
    layers = {"film": "1/0", "trap": "2/0", "hole": "3/0"}
    of_file = device(shape=[], file=str(files / name), **layers, generation=STILL)
    made = et.film(of_file)
    same(made, found)
