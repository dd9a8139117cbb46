"""The data as a prediction takes them: which points show what, and where in the protocol."""

import dataclasses
from typing import Any, NamedTuple

import numpy as np

from entrap.case.case import Case
from entrap.case.protocol import Protocol
from entrap.core.errors import InputError, Problem
from entrap.model import bcs
from entrap.model.observables import OBSERVABLES
from entrap.solve.inputs import by_key, inputs_of
from entrap.studies.fit.data.observations import Observations


@dataclasses.dataclass(frozen=True)
class Layout:
    """Which points show which observable, in equilibrium or of the evolution; jit keys on it.

    Args:
        equilibrium: Indices of points in equilibrium, by observable.
        evolution: Indices of points of the evolution, by observable.
        trapped: Indices of points in equilibrium with the trap.
        groups: Names of the groups.
        limits: Whether any point is a limit.
    """

    equilibrium: tuple[tuple[str, tuple[int, ...]], ...]
    evolution: tuple[tuple[str, tuple[int, ...]], ...]
    trapped: tuple[int, ...]
    groups: tuple[str, ...]
    limits: bool


_LEAST_GAP = 0.7  # of that of the case, below half of T_c and whatever its priors
_FAR = 10.0


class Points(NamedTuple):
    """The numbers of the data, along one axis but for `times`."""

    temperature: Any  # [K]; of the protocol at that time, for data against time
    on: Any
    value: Any
    absolute: Any
    relative: Any
    limit: Any
    group: Any
    times: Any  # [s], from 0, each once: those of the evolution
    at: Any  # which of them each point is at


def arranged(case: Case, data: Observations) -> tuple[Layout, Points]:
    """The layout and the numbers of the data; [protocol] relates temperature and time.

    Raises:
        InputError: the case lacks what the data are predicted from, the protocol does not reach
            what was measured, or a group of data against time has an offset of temperature.
    """
    _refuse_unknown(case, data)
    given = by_key(inputs_of(case))
    lacking = {key: name for name in data.quantity for key in OBSERVABLES[name].needs}
    if lacking.keys() - given.keys():
        raise InputError(
            *(Problem(f"is missing: data of the {name} need it", key)
              for key, name in lacking.items() if key not in given)
        )  # fmt: skip
    count = len(data)
    temperature, times = data.coordinate, np.zeros(count)
    moving = np.zeros(count, bool)
    if data.follows == "protocol":
        protocol = case.require("protocol")
        temperature, times = _along(protocol, data)
        moving = np.asarray(data.on)
        for name, group in data.groups.items():
            if group.temperature_offset is not None:
                raise InputError(
                    f"`data.groups.{name}.temperature_offset` is for states of equilibrium; along "
                    "the protocol, put a prior on protocol.start"
                )
    if data.against == "time":
        _refuse_excess(case, data, temperature)
    unique, at = np.unique(np.append(0.0, times[moving]), return_inverse=True)
    places = np.zeros(count, int)
    places[moving] = at[1:]
    layout = Layout(
        equilibrium=_indices(data.quantity, ~moving),
        evolution=_indices(data.quantity, moving),
        trapped=tuple(np.flatnonzero(data.on & ~moving).tolist()),
        groups=tuple(data.groups),
        limits=bool((data.limit != 0).any()),
    )
    points = Points(
        temperature, data.on, data.value, data.absolute, data.relative, data.limit, data.group,
        unique, places,
    )  # fmt: skip
    return layout, Points(*map(np.asarray, points))


def _refuse_unknown(case: Case, data: Observations) -> None:
    """Refuse data that the case's functional says nothing of."""
    if case.require("landau").functional != "bcs":
        return
    for name in data.quantity:
        if OBSERVABLES[name].of_expansion:
            raise InputError(
                f"data of the {name} need Landau's expansion, which alone defines it: state "
                '`landau.functional = "landau"`, or take these data out'
            )
    if data.follows == "protocol":
        raise InputError(
            "data along the protocol need Landau's expansion, by which an evolution is computed: "
            'state `landau.functional = "landau"`, or fit data in equilibrium'
        )


def _refuse_excess(case: Case, data: Observations, temperature: np.ndarray) -> None:
    """Refuse more quasiparticles than there are in equilibrium, in which a protocol begins."""
    material = case.material
    cold = (temperature > 0) & (temperature < 0.5 * material.critical_temperature)
    of = np.array([name == "quasiparticle_density" for name in data.quantity])
    asked = np.flatnonzero(cold & of & (data.limit == 0))
    if not len(asked) or material.density_of_states is None:
        return
    gap = _LEAST_GAP * material.gap
    density = bcs.quasiparticle_density(gap, temperature[asked], material.density_of_states)
    most = np.asarray(density)
    far = np.flatnonzero(data.value[asked] > _FAR * most)
    if len(far):
        i = asked[far[0]]
        raise InputError(
            f"{data.source}, row {data.row[i]}: {data.value[i]:.3g} 1/m^3 quasiparticles are more "
            f"than in equilibrium at {temperature[i]:.3g} K, where there are {most[far[0]]:.1g} "
            "1/m^3 at most, and in equilibrium a protocol begins: an excess that was injected "
            "cannot be fitted. Leave such readings out; `entrap trap` computes how fast an excess "
            "decays"
        )


def _indices(names: tuple[str, ...], chosen: np.ndarray) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Indices of the chosen points, by observable."""
    found: dict[str, list[int]] = {}
    for i in np.flatnonzero(chosen).tolist():
        found.setdefault(names[i], []).append(i)
    return tuple((name, tuple(index)) for name, index in found.items())


def _along(protocol: Protocol, data: Observations) -> tuple[np.ndarray, np.ndarray]:
    """Temperature and time of each point on the protocol."""
    hold, warming = protocol.hold, protocol.warming_time
    rise = protocol.warm_to - protocol.start
    if data.against == "time":
        share = (data.coordinate - hold) / warming
        off = data.coordinate > (hold + warming) * (1 + 1e-12)
        unit, span = "s", f"{hold + warming:g} s"
    else:
        share = (data.coordinate - protocol.start) / rise
        off = ((share < -1e-12) | (share > 1 + 1e-12)) & np.asarray(data.on)
        unit, span = "K", f"{protocol.start:g} to {protocol.warm_to:g} K"
    if off.any():
        i = int(np.argmax(off))
        raise InputError(
            f"{data.source}, row {data.row[i]}: its {data.against}, {data.coordinate[i]:g} {unit}, "
            f"must be within the protocol's {span}"
        )
    share = np.clip(share, 0.0, 1.0)
    if data.against == "time":
        return protocol.start + rise * share, data.coordinate
    return data.coordinate, hold + warming * share
