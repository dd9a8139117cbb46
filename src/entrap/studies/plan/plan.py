"""The entry point `plan`: which measurement tells the paper's hypothesis from none, and where.

Data are made up under both hypotheses, parameters drawn from the priors, and ln B of one over the
other found for each. What a measurement tells, both being as probable beforehand, is

    I = ½ <log2 2/(1 + 1/B)> + ½ <log2 2/(1 + B)>,

averaged under either: 0 bits where nothing is told, 1 where all is. The mean of ln B itself is
given too, but a few strong effects among those that the priors allow make most of it. All
candidates see the same parameters and noise: their order is more certain than their values.
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
from entrap.solve.inputs import Choices, replaced
from entrap.solve.jit import block_jit
from entrap.solve.protocol.equilibrium import equilibrate
from entrap.solve.protocol.results import Margin
from entrap.studies.fit.data.observations import Observations
from entrap.studies.fit.hypotheses import hypotheses, inputs_for
from entrap.studies.fit.inputs.options import Fit
from entrap.studies.fit.inputs.table import DataGroup, DataTable
from entrap.studies.fit.parameters import Parameter, drawn, value
from entrap.studies.fit.prediction import CALIBRATION, at_equilibrium
from entrap.studies.plan.design import Design, design, signal
from entrap.studies.plan.gain import log_evidence
from entrap.studies.plan.inputs.options import Plan

DECIDED = 5.0
"""ln B from which evidence is called strong."""

Progress = Callable[[int, int], None]


@dataclasses.dataclass(frozen=True)
class Candidate:
    """One measurement.

    Args:
        quantity: Observable.
        temperature: About which it is measured [K].
        precision: Uncertainty of a point, as a share of the bare sample's largest reading.
        information: What is expected to be learned of which hypothesis holds [bits], 1 at most.
        information_error: Its standard error.
        gain: Mean ln B for the paper's hypothesis over data made up under it.
        gain_error: Its standard error.
        decided: Share of these data with ln B above `DECIDED`.
        cleared: Mean ln B against it over data made up without an entropy.
        refuted: Share of those with ln B above `DECIDED` against it.
        margin: Least margin of the theory there; NaN where none can be said.
        failing: The assumption that it is of, where it fails.
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
    """Candidates by what they would tell.

    Args:
        case: The case.
        design: The candidates.
        log_bayes: ln B of each made-up data set for the paper's hypothesis, made under it and
            under none, of shape (2, quantities, temperatures, precisions, draws).
        margins: Least margin of the theory at each temperature.
        failing: The assumption that fails worst at each, or nothing.
        parameters: All parameters, with their priors.
        free: Which of them were uncertain.
    """

    case: Case
    design: Design
    log_bayes: np.ndarray
    margins: np.ndarray
    failing: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    free: tuple[bool, ...]

    @property
    def asked(self) -> tuple[Parameter, ...]:
        """What was uncertain, under either hypothesis."""
        return tuple(p for p, free in zip(self.parameters, self.free, strict=True) if free)

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
            # log2 2/(1 + e^-x): bits for what is true, negative where the data mislead.
            bits = 1 - np.logaddexp(0.0, -np.stack([found, against])) / np.log(2)
            made.append(
                Candidate(
                    self.design.quantities[q],
                    float(self.design.temperatures[t]),
                    self.design.precisions[p],
                    float(bits.mean()),
                    float(np.sqrt(bits.var(axis=1, ddof=1).sum() / bits.shape[1]) / 2),
                    float(found.mean()),
                    float(found.std(ddof=1) / np.sqrt(len(found))),
                    float((found > DECIDED).mean()),
                    float(against.mean()),
                    float((against > DECIDED).mean()),
                    float(self.margins[t]),
                    self.failing[t],
                )
            )
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
        """Write a NetCDF-4 file of all made-up Bayes factors.

        Args:
            path: File to write.
        """
        self.dataset().to_netcdf(path, engine="h5netcdf")

    def dataset(self) -> Any:
        """ln B of each made-up data set as an xarray Dataset."""
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


@dataclasses.dataclass(frozen=True)
class _Asked:
    """What is not a number; jit keys on it."""

    choices: Choices
    follows: bool
    quantities: tuple[str, ...]
    parameters: tuple[Parameter, ...]


class _Static(eqx.Module):
    asked: _Asked = eqx.field(static=True)


def plan(case: Case, *, progress: Progress | None = None) -> Planned:
    """Rank measurements by how well they would tell an entropy of mixing from none.

    Args:
        case: What is known; its priors say how well, its [plan] what may be measured, and
            [data.groups.QUANTITY] how well that is calibrated.
        progress: Called with temperatures done and all.

    Raises:
        InputError: the case lacks what it needs.

    Examples:
        A plan takes some ten seconds; see the page on plans.
    """
    case.require("landau")
    options = dataclasses.replace(Fit.of(case), hypotheses=("none", "mixing"))
    parameters, (none, mixing), _ = hypotheses(case, _blank(case), options)
    layout = design(case)
    # Without valence electrons no entropy is of consequence: one function serves both.
    asked = _Asked(mixing.choices, case.material.gap_follows, layout.quantities, parameters)
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
        found.append(np.asarray(_log_bayes(_Static(asked), *constant, points)))
        if progress:
            progress(i + 1, len(layout.points))
    log_bayes = np.moveaxis(np.stack(found), 0, 2)
    margins, failing = _margins(case, layout.temperatures)
    uncertain = tuple(bool(column.any()) for column in free.T)
    return Planned(case, layout, log_bayes, margins, failing, parameters, uncertain)


@block_jit
def _log_bayes(
    chosen: _Static, inputs: Any, free: Any, fixed: Any, truths: Any, noise: Any, sigma: Any,
    on: Any, key: Any, points: Any,
) -> Any:  # fmt: skip
    """ln B, of shape (made under, quantities, precisions, draws)."""
    asked = chosen.asked
    priors = tuple(p.prior for p in asked.parameters)

    def readings(which: Any, u: Reals) -> Reals:
        theta = jnp.stack([value(p, u[i]) for i, p in enumerate(priors)])
        theta = jnp.where(free[which], theta, fixed[which])
        return _readings(asked, inputs, points, on, theta)

    def of_draw(truth: Reals, noise: Reals, key: Any) -> Reals:
        starts = jnp.stack([truth, jnp.zeros_like(truth)])

        def one(made: Any, name: Any, share: Any, fitted: Any) -> Reals:
            measured = readings(made, truth)[name] / share + noise
            return log_evidence(
                lambda u: readings(fitted, u)[name] / share, priors, free[fitted], measured,
                starts, jax.random.fold_in(key, fitted),
            )  # fmt: skip

        hyps, names = jnp.arange(2), jnp.arange(len(asked.quantities))
        of_fit = jax.vmap(one, (None, None, None, 0))
        of_share = jax.vmap(of_fit, (None, None, 0, None))
        of_name = jax.vmap(of_share, (None, 0, 0, None))
        logs = jax.vmap(of_name, (0, None, None, None))(hyps, names, sigma, hyps)
        return logs[..., 0] - logs[..., 1]

    keys = jax.random.split(key, len(truths))
    found = jax.lax.map(lambda x: of_draw(*x), (truths, noise, keys), batch_size=20)
    return jnp.moveaxis(found, 0, -1)


def _readings(asked: _Asked, inputs: Any, points: Any, on: Any, theta: Reals) -> Reals:
    """What is read at each point, of each quantity."""
    stated = {p.key: x for p, x in zip(asked.parameters, theta, strict=True)}
    ours = {key: x for key, x in stated.items() if not key.startswith("data.")}
    inputs = replaced(inputs, ours, asked.follows)
    found = at_equilibrium(asked.choices, inputs, points, on)
    factors = [stated.get(f"data.groups.{name}.{CALIBRATION}", 1.0) for name in asked.quantities]
    return jnp.stack(
        [signal(found, name) * c for name, c in zip(asked.quantities, factors, strict=True)]
    )


def _blank(case: Case) -> Observations:
    """Data of each quantity, with its calibration: what the hypotheses know to be uncertain."""
    names = Plan.of(case).quantities
    count = len(names)
    table = DataTable.of(case)
    stated = table.groups if table else {}
    groups = {
        name: dataclasses.replace(stated.get(name, DataGroup()), temperature_offset=None)
        for name in names
    }
    column = np.zeros(count)
    return Observations(
        names, np.ones(count, bool), column, column, column, column, column,
        np.arange(count), np.arange(count), groups, "temperature",
    )  # fmt: skip


def _margins(case: Case, temperatures: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Least margin at each temperature, and the name of the one that fails."""
    found = equilibrate(case, temperatures).margins
    names = [name for name, _ in quantities(Margins) if getattr(found, name) is not None]
    columns = np.array([np.broadcast_to(getattr(found, n), temperatures.shape) for n in names])
    columns = np.where(np.isnan(columns), np.inf, columns)
    least, which = columns.min(axis=0), columns.argmin(axis=0)
    failing = tuple(names[i] if x < 0 else "" for i, x in zip(which, least, strict=True))
    return np.where(np.isinf(least), np.nan, least), failing
