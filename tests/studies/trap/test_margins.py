"""The margin of a thermal shape, against diffusion and trapping of each energy by itself."""

import functools

import jax.numpy as jnp
import numpy as np
import pytest
import scipy.sparse as sp
import scipy.sparse.linalg as spl

import entrap as et
from entrap.case.film import Film
from entrap.core.quantities import quantities
from entrap.model.junction import TunnelJunction, spectral_rate, thermal_spectrum
from entrap.solve.jit import quick_jit
from entrap.studies.trap.margins import margins
from entrap.studies.trap.performance import Performance

GAP, DIFFUSIVITY, TEMPERATURE = 2.76e-23, 18e-4, 0.2
JUNCTION = TunnelJunction(1e-9, 80e-9, 1.07e47, 100e-9, 7.77e46, 2e9)
spectrum, trapping_rate = quick_jit(thermal_spectrum), quick_jit(spectral_rate)


@functools.cache
def case(length, background):
    film = Film(length, 12e-6, trap_length=20e-6, background_rate=background, temperature=0.2)
    return et.Case(et.Material(name="Al"), trap=et.Trap(junction=et.Junction(
        1e-9, 80e-9, 100e-9, metal="Cu"), film=film))  # fmt: skip


def slowest(length, thermalising, background=0.0):
    """Slowest rate of half a strip with a trap amid it, and the same of a thermal shape.

    At each energy D(ε) n'' - Γ(ε) n; all are drawn anew from the thermal ones at one rate.
    """
    energies, shares = (np.asarray(x) for x in spectrum(GAP, TEMPERATURE))
    some = shares > 1e-7
    energies, shares = energies[some], shares[some] / shares[some].sum()
    states = np.sqrt(1 - (GAP / energies) ** 2)
    diffusing = DIFFUSIVITY * states / (shares @ states)
    trapping = np.asarray(trapping_rate(JUNCTION, energies, GAP, 0.15))
    edges = np.concatenate([np.linspace(0, 10e-6, 11), 10e-6 + (length / 2 - 10e-6)
                            * np.linspace(0, 1, 41)[1:] ** 2])  # fmt: skip
    cells, centres = np.diff(edges), (edges[1:] + edges[:-1]) / 2
    links = 1 / np.diff(centres)
    spread = sp.diags([np.r_[links, 0] + np.r_[0, links], -links, -links], [0, 1, -1])
    volumes, covered = sp.diags(cells), sp.diags(np.where(centres < 10e-6, cells, 0.0))

    def rate(matrix, weight):
        return spl.eigsh(matrix.tocsc(), k=1, M=weight.tocsc(), sigma=0)[0][0] + background

    root = np.sqrt(shares)
    drawn = thermalising * (np.eye(len(root)) - np.outer(root, root))
    whole = sp.kron(sp.diags(diffusing), spread) + sp.kron(sp.diags(trapping), covered)
    whole = whole + sp.kron(drawn, volumes)
    mean = DIFFUSIVITY * spread + (shares @ trapping) * covered
    return rate(whole, sp.kron(sp.eye(len(root)), volumes)), rate(mean, volumes)


@pytest.mark.parametrize(
    ("length", "thermalising", "background"),
    [(1e-3, 8.7e3, 0.0), (1e-3, 4e2, 0.0), (1e-2, 8.7e3, 0.0), (1e-2, 8.7e3, 1e6)],
)
def test_the_decay_is_that_of_a_thermal_shape_where_the_margin_holds(
    length, thermalising, background
):
    found, thermal = slowest(length, thermalising, background)
    made = dict.fromkeys((name for name, _ in quantities(Performance)), 1.0)
    made |= {"evacuation_rate": thermal, "thermalisation_rate": thermalising}
    made["trapping_rate"] = 9.2e5
    performance = Performance(**{name: jnp.asarray(x, float) for name, x in made.items()})
    (margin,) = (
        m.margin
        for m in margins(case(length, background), performance)
        if m.name == "rethermalisation"
    )
    assert margin is not None
    share = (found - background) / (thermal - background)
    # Of a well-mixed film it is 1 - x var(Γ)/Γ² + ..., x = 10^-margin.
    if margin > 1:
        assert share > 0.95
    elif margin < -1:
        assert share < 0.15
    else:
        assert 0.4 < share < 0.9
