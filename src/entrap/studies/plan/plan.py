"""The entry point `plan`: which measurement best decides whether there is an entropy of mixing.

Removing quasiparticles strengthens a superconductor by plain BCS theory too, so that a measurement
has to tell the paper's entropy from that as well as from nothing. Data are simulated under each of
these hypotheses, with parameters drawn from the priors, and are compared under each, as
`entrap fit` would. A candidate is worth the `information` that it is expected to give. The mean of
ln B is reported too, but the few strongest effects that the priors allow dominate it. All
candidates share parameters and noise, which makes their order surer than their values.
"""

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from entrap.case.case import Case
from entrap.core.frame import Frame, Framed, frame_of
from entrap.core.quantities import Quantity, number_text, quantities
from entrap.model.validity import Margins
from entrap.report.watching import counting, watched
from entrap.solve.protocol.equilibrium import equilibrate
from entrap.solve.protocol.results import Margin
from entrap.studies.fit.data.observations import Observations
from entrap.studies.fit.hypotheses import hypotheses
from entrap.studies.fit.inputs.options import Fit
from entrap.studies.fit.inputs.table import DataGroup, DataTable
from entrap.studies.fit.parameters import Parameter
from entrap.studies.plan.design import Design, design
from entrap.studies.plan.information import against, information, log_bayes
from entrap.studies.plan.inputs.options import ENTROPIC, Plan
from entrap.studies.plan.simulation import Progress, log_evidences

DECIDED = 5.0
"""ln B from which evidence is called strong."""

NORMAL = "normal"
"""In place of an assumption that fails, where there is no superconductor to make one about."""

_EXPANSION = ("landau_region",)  # margins of Landau's expansion alone


@dataclasses.dataclass(frozen=True)
class Candidate:
    """One measurement.

    Args:
        quantity: Observable.
        temperature: About which it is measured [K].
        precision: Uncertainty of a point, as a share of the bare sample's largest reading.
        information: Expected information on whether there is an entropy [bits], 1 at most.
        information_error: Its standard error.
        against: The same were one hypothesis without an entropy the only one, by its name [bits].
        gain: Mean ln B for the paper's hypothesis over data simulated under it.
        gain_error: Its standard error. The few strongest effects that the priors allow dominate it.
        typical: Median ln B over these data.
        decided: Share of these data with ln B above `DECIDED`.
        cleared: Mean ln B against it over data simulated without an entropy.
        typical_against: Median of that.
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
    against: Mapping[str, float]
    gain: float
    gain_error: float
    typical: float
    decided: float
    cleared: float
    typical_against: float
    refuted: float
    margin: float
    failing: str


_COLUMNS: dict[str, Quantity | str] = {
    "quantity": "Observable",
    "temperature": Quantity("K", "T", "About which it is measured"),
    "precision": Quantity("1", "", "Uncertainty over the bare sample's largest reading"),
    "information": Quantity("1", "", "Expected information on an entropy [bits]"),
    "information_error": Quantity("1", "", "Its standard error [bits]"),
    "gain": Quantity("1", "ln B", "Mean ln B over data simulated with an entropy"),
    "gain_error": Quantity("1", "", "Its standard error"),
    "typical": Quantity("1", "ln B", "Median ln B over these data"),
    "decided": Quantity("1", "", "Share of these data with strong evidence"),
    "cleared": Quantity("1", "ln B", "Mean ln B against it over data without an entropy"),
    "typical_against": Quantity("1", "ln B", "Median of that"),
    "refuted": Quantity("1", "", "Share of those with strong evidence against it"),
    "margin": Quantity("1", "", "Least margin of the theory there"),
    "failing": "Assumption that fails worst there",
}


@dataclasses.dataclass(frozen=True, repr=False)
class Planned(Framed):
    """Candidate measurements, with the evidence of simulated data.

    Args:
        case: The case.
        design: The candidates.
        hypotheses: Names of those compared, the one with an entropy first.
        log_evidence: ln Z, less a constant of each data set, of shape (simulated under, fitted
            under, quantities, temperatures, precisions, draws).
        margins: Least margin of the theory at each temperature.
        failing: The assumption that fails worst at each; empty where none fails, `NORMAL` where the
            sample is normal.
        uncertain: The parameters that were uncertain under any hypothesis.
    """

    case: Case
    design: Design
    hypotheses: tuple[str, ...]
    log_evidence: np.ndarray
    margins: np.ndarray
    failing: tuple[str, ...]
    uncertain: tuple[Parameter, ...]

    @property
    def log_bayes(self) -> np.ndarray:
        """ln B for an entropy, over all without one, of shape (simulated under, ..., draws)."""
        return log_bayes(self.log_evidence)

    @property
    def validity(self) -> tuple[Margin, ...]:
        """Worst point of each assumption over the temperatures, at the numbers of the case."""
        worst = equilibrate(self.case, self.design.temperatures).validity
        return tuple(m for m in worst if m.name not in _omitted(self.case))

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """All candidates, the best first."""
        logs = self.log_bayes
        bits, errors = information(logs)
        each = {
            name: against(self.log_evidence, i)
            for i, name in enumerate(self.hypotheses[1:], start=1)
        }
        made = []
        for q, t, p in np.ndindex(bits.shape):
            found, without = logs[0, q, t, p], -logs[1:, q, t, p]
            made.append(Candidate(
                self.design.quantities[q], float(self.design.temperatures[t]),
                self.design.precisions[p], float(bits[q, t, p]), float(errors[q, t, p]),
                {name: float(alone[q, t, p]) for name, alone in each.items()},
                float(found.mean()), float(found.std(ddof=1) / np.sqrt(len(found))),
                float(np.median(found)), float((found > DECIDED).mean()), float(without.mean()),
                float(np.median(without)), float((without > DECIDED).mean()),
                float(self.margins[t]), self.failing[t],
            ))  # fmt: skip
        return tuple(sorted(made, key=lambda c: (-c.information, -c.gain)))

    def __repr__(self) -> str:
        ranked = self.candidates
        lines = [f"Plan of {self.case.title!r}: {len(ranked)} candidates, the best"]
        lines += [
            f"  {c.information:.3f} bits  {c.quantity} about {number_text(c.temperature, 4)} K to "
            f"{number_text(100 * c.precision)} %" + (f"  fails: {c.failing}" if c.failing else "")
            for c in ranked[:5]
        ]
        return "\n".join(lines)

    def frame(self) -> Frame:
        """The candidates, a row each, the best first."""
        against = {
            f"against_{name}": Quantity("1", "", f"Information were {name} the only rival [bits]")
            for name in self.hypotheses[1:]
        }
        rows = (
            vars(c) | {f"against_{name}": bits for name, bits in c.against.items()}
            for c in self.candidates
        )
        return frame_of(rows, _COLUMNS | against)

    def save(self, path: str | Path) -> None:
        """Write a NetCDF-4 file of `dataset`."""
        # Not to the path at once: xarray would lock it, which not every file system can.
        Path(path).write_bytes(self.dataset().to_netcdf(engine="h5netcdf"))

    def dataset(self) -> Any:
        """ln Z and ln B of each simulated data set as an xarray Dataset."""
        import json
        from importlib.metadata import version

        import xarray as xr

        dims = ("quantity", "temperature", "precision", "draw")
        evidence = {"long_name": "ln Z, less a constant of each data set"}
        bayes = {"long_name": "ln B of an entropy of mixing over all hypotheses without one"}
        return xr.Dataset(
            {
                "log_evidence": (("hypothesis", "fitted", *dims), self.log_evidence, evidence),
                "log_bayes": (("hypothesis", *dims), self.log_bayes, bayes),
                "margin": ("temperature", self.margins, {"long_name": "Least margin"}),
                "reference": ("quantity", self.design.references),
                "points": (("temperature", "point"), self.design.points, {"units": "K"}),
                "on": ("point", self.design.on.astype(np.int8)),
            },
            coords={
                "hypothesis": list(self.hypotheses),
                "fitted": list(self.hypotheses),
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


def plan(case: Case, *, progress: Progress | bool | None = None) -> Planned:
    """Rank measurements by how well they would tell an entropy of mixing from plain BCS theory.

    Args:
        case: What is known, with priors; [plan] states what may be measured and what an entropy is
            to be told from, [fit] how many quasiparticles are left if that is known, and
            [data.groups.QUANTITY] how well a quantity is calibrated.
        progress: Called with the number of temperatures done and planned; True shows it on
            standard error, False nothing. Without a choice a notebook and an interactive Python
            show it.

    Raises:
        InputError: the case lacks a number that a plan needs, or names a quantity that its
            functional does not define.

    Note:
        A plan takes about a minute of one core, half of it to compile, and more with
        `landau.functional = "bcs"`. The page on fits has an example.
    """
    case.require("landau")
    names = (ENTROPIC, *Plan.of(case).against)
    layout = design(case)
    options = dataclasses.replace(Fit.of(case), hypotheses=names)
    parameters, compared, _ = hypotheses(case, _blank(case, layout), options)
    with watched(progress, partial(counted, total=len(layout.temperatures))) as tell:
        logs = log_evidences(case, layout, parameters, compared, tell)
    margins, failing = _margins(case, layout.temperatures)
    free = {key for hypothesis in compared for key in hypothesis.free}
    uncertain = tuple(p for p in parameters if p.key in free)
    return Planned(case, layout, names, logs, margins, failing, uncertain)


@contextlib.contextmanager
def counted(console: Console, total: int) -> Iterator[Progress]:
    """Show how many temperatures are done."""
    with counting(console, "temperatures", total) as tell:
        yield lambda *_: tell(1)


def _blank(case: Case, layout: Design) -> Observations:
    """Data of each quantity without values, whose calibration the hypotheses take up."""
    names = layout.quantities
    stated = (DataTable.of(case) or DataTable()).groups
    groups = {name: DataGroup(stated.get(name, DataGroup()).calibration) for name in names}
    on, column, rows = np.ones(len(names), bool), np.zeros(len(names)), np.arange(len(names))
    return Observations(
        names, on, column, column, column, column, column, rows, rows, groups, "temperature"
    )


def _omitted(case: Case) -> tuple[str, ...]:
    """Assumptions that the case's functional does not make."""
    return _EXPANSION if case.require("landau").functional == "bcs" else ()


def _margins(case: Case, temperatures: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Least margin at each temperature, and the name of the one that fails."""
    found = equilibrate(case, temperatures).margins
    names = [
        name
        for name, _ in quantities(Margins)
        if getattr(found, name) is not None and name not in _omitted(case)
    ]
    columns = np.array([np.broadcast_to(getattr(found, n), temperatures.shape) for n in names])
    normal = np.atleast_1d(np.isnan(columns).all(axis=0))
    columns = np.where(np.isnan(columns), np.inf, columns)
    least, which = columns.min(axis=0), columns.argmin(axis=0)
    failing = tuple(
        NORMAL if none else names[i] if x < 0 else ""
        for i, x, none in zip(which, least, normal, strict=True)
    )
    return np.where(np.isinf(least), np.nan, least), failing
