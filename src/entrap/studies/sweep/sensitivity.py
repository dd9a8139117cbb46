"""What a result depends on: its derivatives at the base case, and Sobol's indices over the ranges.

    ∂r/∂ln p = p ∂r/∂p    by forward-mode differentiation, through closed forms and evolutions
    S_i, S_Ti             the shares of r's variance that are due to an axis alone, and in all

Source: for the indices, I. M. Sobol', Math. Comput. Simul. 55, 271 (2001), as in scipy.stats.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from scipy import stats

from entrap.case.case import Case
from entrap.core.arrays import Reals
from entrap.core.errors import InputError, SolveError
from entrap.core.frame import Frame, Framed, frame_of
from entrap.model.observables import SUMMARISED
from entrap.solve.inputs import Inputs, by_key, choices_of, inputs_of, replaced, required
from entrap.solve.jit import quick_jit
from entrap.solve.protocol.evolve import evolution_of, sample_times
from entrap.solve.protocol.outcome import regimes_of
from entrap.studies.sweep.inputs.axes import Range, ends_of
from entrap.studies.sweep.inputs.options import Sweep
from entrap.studies.sweep.kernel import closed_forms
from entrap.studies.sweep.names import GAINS, RESULTS, check_needs, check_results, results_of
from entrap.studies.sweep.sweep import sweep

DIFFERENTIABLE = (
    *GAINS,
    "final_superfluid_density",
    "release_temperature",
    *(f"{name}_final" for name in SUMMARISED),
)
"""Results of an evolution that have derivatives; others are sample points or counts."""

_STEPS = ("worst_margin", "validity_temperature")


@dataclasses.dataclass(frozen=True)
class Sensitivity:
    """A result's dependence on the number p of the case that bears a dotted key.

    The derivative ∂r/∂ln p is in the result's unit; the elasticity ∂ln r/∂ln p is NaN where r is 0.
    """

    result: str
    key: str
    derivative: float
    elasticity: float


@dataclasses.dataclass(frozen=True)
class Sensitivities(Framed):
    """Derivatives of all results, largest first, and Sobol's indices where ranges are given.

    The values are those at the base case. By result, `sobol` has (key, first-order index, total
    index) of each axis, and `unavailable` says why there are no derivatives or no indices.
    """

    rows: tuple[Sensitivity, ...]
    values: Mapping[str, float]
    sobol: Mapping[str, tuple[tuple[str, float, float], ...]] = dataclasses.field(
        default_factory=dict
    )
    unavailable: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def frame(self) -> Frame:
        """A row for each result and number of the case that it depends on."""
        rows = [vars(row) | {"first": None, "total": None} for row in self.rows]
        rows += [
            {"result": name, "key": key, "derivative": None, "elasticity": None}
            | {"first": first, "total": total}
            for name, shares in self.sobol.items()
            for key, first, total in shares
        ]
        return frame_of(rows, _COLUMNS)


_COLUMNS = {
    "result": "What is computed",
    "key": "The number p of the case",
    "derivative": "∂r/∂ln p at the case itself, in the unit of the result",
    "elasticity": "∂ln r/∂ln p there",
    "first": "Share of the variance that the axis makes alone",
    "total": "Share that it makes in all",
}


def sensitivities(case: Case, stated: Sweep, results: Iterable[str]) -> Sensitivities:
    """Derivatives at the case, and indices over a sweep's ranges, of the results that have them."""
    known = results_of(case)
    names = check_results(results, known)
    temperature = None
    if case.protocol is None and "temperature" in stated.axes:
        temperature = float(np.mean(ends_of("temperature", stated.axes["temperature"])))
    why: dict[str, list[str]] = {name: [] for name in names}
    for name in names:
        if known[name].kind in ("trap", "film"):
            why[name].append(f"`entrap {known[name].kind}` shows what it depends on")
        elif not _has_derivative(name):
            why[name].append("changes in steps, so that it has no derivative")
    smooth = [name for name in names if not why[name]]
    # The sweep itself is done by now: what fails here must not take the rest away.
    over = Sensitivities((), {})
    try:
        at_case = sensitivity(case, smooth, temperature)
    except SolveError:
        closed = [name for name in smooth if RESULTS[name].kind != "evolution"]
        for name in {*smooth} - {*closed}:
            why[name].append("the evolution of the case itself did not reach its end")
        at_case = sensitivity(case, closed, temperature)
    try:
        # Hundreds of films would take hours.
        quick = [name for name in names if known[name].kind != "film"]
        over = sobol(case, stated, quick) if quick else over
        for name, reason in over.unavailable.items():
            why[name].append(reason)
    except InputError as error:
        for name in names:
            why[name].append(f"some points between the axes' values are no case: {error}")
    unavailable = {name: "; ".join(reasons) for name, reasons in why.items() if reasons}
    return Sensitivities(at_case.rows, at_case.values, over.sobol, unavailable)


def _has_derivative(name: str) -> bool:
    kind = RESULTS[name].kind
    return name in DIFFERENTIABLE or (kind in ("case", "state") and name not in _STEPS)


def sensitivity(
    case: Case, results: Iterable[str], temperature: float | None = None
) -> Sensitivities:
    """∂(result)/∂(ln parameter) at a case, for each of its numbers that is not 0.

    The results are named as those of a sweep. The temperature [K] is that of the states of
    equilibrium, otherwise the protocol's start.

    Raises:
        InputError: a result is unknown, or changes in steps.
        SolveError: the evolution did not reach its end.

    Examples:
        >>> import entrap as et
        >>> case = et.load_case("examples/clean-set.toml")
        >>> found = et.sensitivity(case, ["effective_critical_temperature"])
        >>> {row.key: round(row.elasticity, 6) for row in found.rows}["landau.a"]
        -1.0
    """
    names = check_results(results)
    steps = [name for name in names if not _has_derivative(name)]
    if steps:
        raise InputError(
            f"{', '.join(steps)} changes in steps, or is of a trap or a film alone, and has no "
            "derivative here: leave it out of the sensitivities"
        )
    given = () if temperature is None else ("temperature",)
    check_needs(case, names, given, "give `temperature`")
    inputs, choices = inputs_of(case), choices_of(case)
    # The film has no part in these results, and where a number is 0 its logarithm has none.
    stated = {k: x for k, x in by_key(inputs).items() if x and not k.startswith("trap.film.")}
    keys = list(stated)
    evolved = tuple(name for name in names if RESULTS[name].kind == "evolution")
    closed = tuple(name for name in names if name not in evolved)
    if temperature is None:  # without a protocol none of these results depends on it
        temperature = np.nan if case.protocol is None else case.protocol.start

    def at(shift: Reals) -> Inputs:
        """Numbers p (1 + shift): their derivatives at 0 are those by ln p."""
        moved = {key: x * (1 + by) for (key, x), by in zip(stated.items(), shift, strict=True)}
        if case.material.gap_follows:
            ratio = moved["material.critical_temperature"] / case.material.critical_temperature
            moved["material.gap"] = moved["material.gap"] * ratio
        return replaced(inputs, moved)

    def at_shift(shift: Reals) -> tuple[dict[str, Reals], dict[str, Reals]]:
        forms = closed_forms(choices, at(shift), jnp.asarray(temperature, float))
        values = {name: jnp.asarray(forms[name], float) for name in closed}
        return values, values

    slopes, values = _differentiated(at_shift, len(keys)) if closed else ({}, {})
    if evolved:
        of_evolution = _evolved(case, evolved, at, len(keys))
        slopes, values = slopes | of_evolution[0], values | of_evolution[1]
    rows = []
    for name in names:
        value = float(values[name])
        made = [
            Sensitivity(name, key, float(d), float(d) / value if value else np.nan)
            for key, d in zip(keys, slopes[name], strict=True)
            if np.isfinite(d) and abs(d) > 1e-12 * abs(value)
        ]
        rows += sorted(made, key=lambda row: (-abs(row.derivative), row.key))
    return Sensitivities(tuple(rows), {name: float(values[name]) for name in names})


def sobol(case: Case, stated: Sweep, results: Iterable[str], samples: int = 256) -> Sensitivities:
    """Sobol's first-order and total indices of results over a sweep's ranges.

    A range is logarithmic where the axis is spaced so. The base sample has so many `samples`, a
    power of 2, of samples (axes + 2) points in all.

    Returns:
        Indices without rows; `unavailable` says of a result that is somewhere infinite or NaN, or
        the same everywhere, why it has none.
    """
    names = check_results(results)
    ranges = {
        key: Range(*ends_of(key, axis), 1, getattr(axis, "spacing", "linear"))
        for key, axis in stated.axes.items()
    }
    why: dict[str, str] = {}

    def func(unit: np.ndarray) -> np.ndarray:
        axes = {key: axis.at(u) for (key, axis), u in zip(ranges.items(), unit, strict=True)}
        found = sweep(case, axes, names, scheme="rows", progress=False)
        values = np.stack([found.data[name].values for name in names])
        for name, column in zip(names, values, strict=True):
            if not np.isfinite(column).all():
                why.setdefault(name, "has no finite value on part of the ranges")
            elif np.ptp(column) <= 1e-12 * np.abs(column).max():
                why.setdefault(name, "is the same all over the ranges")
        # A result without a number must not take the others' indices away. The last result stands
        # twice: scipy fails for a single result of a single axis.
        return np.where(np.isfinite(values), values, 0.0)[[*range(len(names)), -1]]

    dists = [stats.uniform()] * len(ranges)
    indices = stats.sobol_indices(func=func, n=samples, dists=dists, rng=np.random.default_rng(0))
    first, total = (
        np.reshape(order, (-1, len(ranges))).tolist()
        for order in (indices.first_order, indices.total_order)
    )
    shares = {
        name: tuple(sorted(zip(ranges, first[i], total[i], strict=True), key=lambda row: -row[2]))
        for i, name in enumerate(names)
        if name not in why
    }
    return Sensitivities((), {}, shares, why)


def _evolved(case: Case, names: tuple[str, ...], at: Any, count: int) -> Any:
    """Derivatives and values of results of the evolution."""
    protocol = case.require("protocol")
    choices, inputs = choices_of(case), inputs_of(case)
    time = sample_times(inputs, protocol.points)
    emptying = time <= protocol.hold

    def at_shift(shift: Reals) -> tuple[dict[str, Any], Any]:
        moved = at(shift)
        there = required(moved.protocol, "protocol")
        held, warming = there.hold, there.warming_time
        # The times of the results move with the hold and the warm-up to which they belong.
        early = jnp.asarray(time) * (held / protocol.hold if protocol.hold else 1.0)
        late = held + (time - protocol.hold) * (warming / protocol.warming_time)
        out = evolution_of(choices, moved, jnp.where(emptying, early, late))
        low, high = there.start, there.warm_to
        found = dict.fromkeys(GAINS, out["paired_electron_gain"])
        found["release_temperature"] = out["release_temperature"]
        found["final_superfluid_density"] = out["state"].superfluid_density[-1]
        found |= {f"{name}_final": getattr(out["state"], name)[-1] for name in SUMMARISED}
        found = {name: found[name] for name in names}
        found["switched"] = low + (high - low) * jnp.maximum(out["switches"] - held, 0.0) / warming
        return found, (found, out)

    slopes, (values, out) = _differentiated(at_shift, count)
    if not out["succeeded"]:
        raise SolveError(
            "The evolution did not reach its end, so that it has no sensitivities: try a longer "
            "warming time or a slower trap."
        )
    if "release_temperature" in names:
        regimes = regimes_of(required(inputs.protocol, "protocol"), case.trap.present, time, out)
        starts = [regime.start for regime in regimes if regime.name == "released"]
        if starts:
            place = int(np.nanargmin(np.abs(out["switches"] - starts[-1])))
            values["release_temperature"] = values["switched"][place]
            slopes["release_temperature"] = slopes["switched"][place]
    return slopes, values


def _differentiated(at_shift: Callable[[Reals], Any], count: int) -> Any:
    """Derivatives of a function at zero shifts, and what else it returns."""
    found = quick_jit(jax.jacfwd(at_shift, has_aux=True))(jnp.zeros(count))
    return jax.tree.map(np.asarray, found)
