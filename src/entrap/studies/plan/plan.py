"""The entry point `plan`: which measurement best decides between an entropy of mixing and none.

Data are simulated under both hypotheses with parameters drawn from the priors, and ln B of one over
the other is computed for each. With both equally probable beforehand, the expected information is

    I = ½ <log2 2/(1 + 1/B)> + ½ <log2 2/(1 + B)>,

the first average over data with the entropy, the second over data without: 0 bits decide nothing,
1 bit decides all. The mean of ln B is reported too, but the few strongest effects that the priors
allow dominate it. All candidates share parameters and noise, which makes their order surer than
their values.
"""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from entrap.case.case import Case
from entrap.core.arrays import Reals
from entrap.core.quantities import quantities
from entrap.model.validity import Margins
from entrap.solve.inputs import Choices
from entrap.solve.jit import block_jit
from entrap.solve.protocol.equilibrium import equilibrate
from entrap.solve.protocol.results import Margin
from entrap.studies.fit.data.observations import Observations
from entrap.studies.fit.hypotheses import hypotheses, inputs_for
from entrap.studies.fit.inputs.options import Fit
from entrap.studies.fit.inputs.table import DataGroup, DataTable
from entrap.studies.fit.parameters import Parameter, drawn, value
from entrap.studies.fit.prediction import at_equilibrium, with_parameters
from entrap.studies.plan.design import Design, design, signal
from entrap.studies.plan.gain import log_evidence
from entrap.studies.plan.inputs.options import Plan

DECIDED = 5.0
"""ln B from which evidence is called strong."""

NORMAL = "normal"
"""In place of an assumption that fails, where there is no superconductor to make one about."""

Progress = Callable[[int, int], None]


@dataclasses.dataclass(frozen=True)
class Candidate:
    """One measurement.

    Args:
        quantity: Observable.
        temperature: About which it is measured [K].
        precision: Uncertainty of a point, as a share of the bare sample's largest reading.
        information: Expected information on which hypothesis holds [bits], 1 at most.
        information_error: Its standard error.
        gain: Mean ln B for the paper's hypothesis over data simulated under it.
        gain_error: Its standard error.
        decided: Share of these data with ln B above `DECIDED`.
        cleared: Mean ln B against it over data simulated without an entropy.
        refuted: Share of those with ln B above `DECIDED` against it.
        margin: Least margin of the theory there; NaN where none is known.
        failing: The assumption that fails worst there; empty where none fails, `NORMAL` where the
            sample is normal.
    """

    quantity: str
    temperature: float
    precision: float
    information: float
    information_error: float
    gain: float
    gain_error: float
    decided: float
    cleared: float
    refuted: float
    margin: float
    failing: str


@dataclasses.dataclass(frozen=True, repr=False)
class Planned:
    """Candidate measurements, with Bayes factors of simulated data.

    Args:
        case: The case.
        design: The candidates.
        log_bayes: ln B of each simulated data set for the paper's hypothesis, simulated with an
            entropy and without, of shape (2, quantities, temperatures, precisions, draws).
        margins: Least margin of the theory at each temperature.
        failing: The assumption that fails worst at each; empty where none fails, `NORMAL` where the
            sample is normal.
        uncertain: The parameters that were uncertain under either hypothesis.
    """

    case: Case
    design: Design
    log_bayes: np.ndarray
    margins: np.ndarray
    failing: tuple[str, ...]
    uncertain: tuple[Parameter, ...]

    @property
    def validity(self) -> tuple[Margin, ...]:
        """Worst point of each assumption over the temperatures, at the numbers of the case."""
        return equilibrate(self.case, self.design.temperatures).validity

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """All candidates, the best first."""
        made = []
        with_it, without = self.log_bayes
        for q, t, p in np.ndindex(with_it.shape[:3]):
            found, against = with_it[q, t, p], -without[q, t, p]
            # log2 2/(1 + e^-x): bits in favour of what is true, negative where the data mislead.
            bits = 1 - np.logaddexp(0.0, -np.stack([found, against])) / np.log(2)
            made.append(Candidate(
                self.design.quantities[q], float(self.design.temperatures[t]),
                self.design.precisions[p], float(bits.mean()),
                float(np.sqrt(bits.var(axis=1, ddof=1).sum() / bits.shape[1]) / 2),
                float(found.mean()), float(found.std(ddof=1) / np.sqrt(len(found))),
                float((found > DECIDED).mean()), float(against.mean()),
                float((against > DECIDED).mean()), float(self.margins[t]), self.failing[t],
            ))  # fmt: skip
        return tuple(sorted(made, key=lambda c: (-c.information, -c.gain)))

    def __repr__(self) -> str:
        ranked = self.candidates
        lines = [f"Plan of {self.case.title!r}: {len(ranked)} candidates, the best"]
        lines += [
            f"  {c.information:.3f} bits  {c.quantity} about {c.temperature:.4g} K to "
            f"{100 * c.precision:.3g} %" + (f"  fails: {c.failing}" if c.failing else "")
            for c in ranked[:5]
        ]
        return "\n".join(lines)

    def save(self, path: str | Path) -> None:
        """Write a NetCDF-4 file of the Bayes factors of all simulated data."""
        self.dataset().to_netcdf(path, engine="h5netcdf")

    def dataset(self) -> Any:
        """ln B of each simulated data set as an xarray Dataset."""
        import json
        from importlib.metadata import version

        import xarray as xr

        dims = ("hypothesis", "quantity", "temperature", "precision", "draw")
        return xr.Dataset(
            {
                "log_bayes": (dims, self.log_bayes, {"long_name": "ln B of mixing over none"}),
                "margin": ("temperature", self.margins, {"long_name": "Least margin"}),
                "reference": ("quantity", self.design.references),
                "points": (("temperature", "point"), self.design.points, {"units": "K"}),
                "on": ("point", self.design.on.astype(np.int8)),
            },
            coords={
                "hypothesis": ["mixing", "none"],
                "quantity": list(self.design.quantities),
                "temperature": ("temperature", self.design.temperatures, {"units": "K"}),
                "precision": list(self.design.precisions),
            },
            attrs={
                "entrap_result": "plan",
                "entrap_version": version("entrap"),
                "entrap_case": json.dumps(self.case.to_dict()),
            },
        )


class _Target(eqx.Module):
    """What is no number of a plan: a pytree without leaves, on which jit keys."""

    choices: Choices = eqx.field(static=True)
    follows: bool = eqx.field(static=True)
    quantities: tuple[str, ...] = eqx.field(static=True)
    parameters: tuple[Parameter, ...] = eqx.field(static=True)


def plan(case: Case, *, progress: Progress | None = None) -> Planned:
    """Rank measurements by how well they would tell an entropy of mixing from none.

    Args:
        case: What is known, with priors; [plan] states what may be measured, and
            [data.groups.QUANTITY] how well that is calibrated.
        progress: Called with the number of temperatures done and planned.

    Raises:
        InputError: the case lacks a number that a plan needs.

    Note:
        A plan takes some ten seconds. The page on plans has an example.
    """
    case.require("landau")
    options = dataclasses.replace(Fit.of(case), hypotheses=("none", "mixing"))
    parameters, (none, mixing), _ = hypotheses(case, _blank(case), options)
    layout = design(case)
    # Without valence electrons the entropy is nil: one function serves both hypotheses.
    target = _Target(mixing.choices, case.material.gap_follows, layout.quantities, parameters)
    masks = [h.masks(parameters) for h in (mixing, none)]
    free, fixed = (np.stack(columns) for columns in zip(*masks, strict=True))
    inputs, draws = inputs_for(case), Plan.of(case).draws
    keys = jax.random.split(jax.random.key(options.seed), 3)
    truths = np.asarray(drawn(tuple(p.prior for p in parameters), keys[0], draws))
    noise = np.asarray(jax.random.normal(keys[1], (draws, layout.points.shape[1])))
    sigma = layout.references[:, None] * np.array(layout.precisions)
    constant = jax.device_put((inputs, free, fixed, truths, noise, sigma, layout.on, keys[2]))
    found = []
    for i, points in enumerate(layout.points):
        found.append(np.asarray(_log_bayes(target, *constant, points)))
        if progress:
            progress(i + 1, len(layout.points))
    log_bayes = np.moveaxis(np.stack(found), 0, 2)
    margins, failing = _margins(case, layout.temperatures)
    uncertain = tuple(p for p in parameters if p.key in {*none.free, *mixing.free})
    return Planned(case, layout, log_bayes, margins, failing, uncertain)


@block_jit
def _log_bayes(
    target: _Target, inputs: Any, free: Any, fixed: Any, truths: Any, noise: Any, sigma: Any,
    on: Any, key: Any, points: Any,
) -> Any:  # fmt: skip
    """ln B, of shape (simulated under, quantities, precisions, draws)."""
    priors = tuple(p.prior for p in target.parameters)

    def readings(which: Any, u: Reals) -> Reals:
        theta = jnp.stack([value(p, u[i]) for i, p in enumerate(priors)])
        theta = jnp.where(free[which], theta, fixed[which])
        return _readings(target, inputs, points, on, theta)

    def of_draw(truth: Reals, noise: Reals, key: Any) -> Reals:
        starts = jnp.stack([truth, jnp.zeros_like(truth)])

        def one(made: Any, name: Any, share: Any, fitted: Any) -> Reals:
            measured = readings(made, truth)[name] / share + noise
            return log_evidence(
                lambda u: readings(fitted, u)[name] / share, priors, free[fitted], measured,
                starts, jax.random.fold_in(key, fitted),
            )  # fmt: skip

        hyps, names = jnp.arange(2), jnp.arange(len(target.quantities))
        of_fit = jax.vmap(one, (None, None, None, 0))
        of_share = jax.vmap(of_fit, (None, None, 0, None))
        of_name = jax.vmap(of_share, (None, 0, 0, None))
        logs = jax.vmap(of_name, (0, None, None, None))(hyps, names, sigma, hyps)
        return logs[..., 0] - logs[..., 1]

    keys = jax.random.split(key, len(truths))
    found = jax.lax.map(lambda x: of_draw(*x), (truths, noise, keys), batch_size=20)
    return jnp.moveaxis(found, 0, -1)


def _readings(target: _Target, inputs: Any, points: Any, on: Any, theta: Reals) -> Reals:
    """Readings of each quantity at each point."""
    inputs, stated = with_parameters(inputs, target.parameters, theta, target.follows)
    found = at_equilibrium(target.choices, inputs, points, on)
    calibration = "data.groups.{}.calibration".format
    return jnp.stack(
        [signal(found, name) * stated.get(calibration(name), 1.0) for name in target.quantities]
    )


def _blank(case: Case) -> Observations:
    """Data of each quantity without values, whose calibration the hypotheses take up."""
    names = Plan.of(case).quantities
    stated = (DataTable.of(case) or DataTable()).groups
    groups = {name: DataGroup(stated.get(name, DataGroup()).calibration) for name in names}
    on, column, rows = np.ones(len(names), bool), np.zeros(len(names)), np.arange(len(names))
    return Observations(
        names, on, column, column, column, column, column, rows, rows, groups, "temperature"
    )


def _margins(case: Case, temperatures: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Least margin at each temperature, and the name of the one that fails."""
    found = equilibrate(case, temperatures).margins
    names = [name for name, _ in quantities(Margins) if getattr(found, name) is not None]
    columns = np.array([np.broadcast_to(getattr(found, n), temperatures.shape) for n in names])
    normal = np.atleast_1d(np.isnan(columns).all(axis=0))
    columns = np.where(np.isnan(columns), np.inf, columns)
    least, which = columns.min(axis=0), columns.argmin(axis=0)
    failing = tuple(
        NORMAL if none else names[i] if x < 0 else ""
        for i, x, none in zip(which, least, normal, strict=True)
    )
    return np.where(np.isinf(least), np.nan, least), failing
