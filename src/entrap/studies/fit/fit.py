"""The entry point `fit`: from measurements and a case to posteriors and compared hypotheses."""

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import jax
import numpy as np

from entrap.case.case import Case
from entrap.core.errors import InputError, SolveError
from entrap.core.frame import Frame, Framed, frame_of
from entrap.core.markup import Shown
from entrap.core.quantities import number_text
from entrap.report.watching import watched
from entrap.solve.protocol.equilibrium import equilibrate
from entrap.solve.protocol.results import Margin, Value
from entrap.studies.fit.arrangement import arranged
from entrap.studies.fit.chains import Chains
from entrap.studies.fit.comparison import Comparison, compare
from entrap.studies.fit.data.observations import Observations, load_data, within
from entrap.studies.fit.evidence import Evidence, evidence
from entrap.studies.fit.hypotheses import WEIGHT, Hypothesis, hypotheses, inputs_for
from entrap.studies.fit.inputs.hypotheses import HYPOTHESES
from entrap.studies.fit.inputs.options import Fit
from entrap.studies.fit.inputs.table import DataTable
from entrap.studies.fit.needs import needed
from entrap.studies.fit.optimum import Optimum, optimum
from entrap.studies.fit.parameters import Parameter, arguments
from entrap.studies.fit.posterior import COLUMNS, Posterior, posterior, predictions_of
from entrap.studies.fit.prediction import ModelData, Target
from entrap.studies.fit.predictive import Band, Series, bands, predicted_along
from entrap.studies.fit.sampling import ROUNDS, effort, sample
from entrap.studies.fit.storage import file_of, save, saved_chains
from entrap.studies.fit.watching import Tell as Progress
from entrap.studies.fit.watching import progress as shown

MOST_READINGS = 100_000
"""Measurements of a fit, at most: memory is for so many."""
_SURELY = 2.0  # nats by which Laplace's approximation surely tells the more probable one


@dataclasses.dataclass(frozen=True, repr=False)
class Fitted(Shown, Framed):
    """Hypotheses fitted to measurements, and compared.

    Args:
        case: The case that was fitted.
        data: The measurements.
        parameters: All parameters of all hypotheses.
        posteriors: By hypothesis, in the order of the case.
        comparison: The hypotheses compared.
        bands: Predictions along each series of the data, by hypothesis.
        excluded: Hypotheses under which nothing explains the data, with the reason.
        omitted: Hypotheses for which the case lacks a number, and which.
        validity: Margins of the theory at the medians of the paper's hypothesis, over the data's
            temperatures with the trap; empty where that hypothesis was not fitted.
        left_out: Number of measurements that `fit.range` leaves out.
    """

    case: Case
    data: Observations
    parameters: tuple[Parameter, ...]
    posteriors: Mapping[str, Posterior]
    comparison: Comparison
    bands: Mapping[str, Mapping[Series, Band]]
    excluded: Mapping[str, str]
    omitted: Mapping[str, str]
    validity: tuple[Margin, ...]
    left_out: int = 0

    @property
    def succeeded(self) -> bool:
        """Whether all chains have converged on which the answer rests."""
        return not any(self.unconverged(counts=True))

    def unconverged(self, *, counts: bool) -> tuple[Posterior, ...]:
        """Those whose chains have not converged, by R-hat and effective draws.

        Args:
            counts: Whether to give those on which the answer rests, or the others: it gives no
                numbers of H1+2 where another hypothesis with an entropy is more probable.
        """
        best = self.comparison.best(True)
        idle = [name for name in self.posteriors if _takes_both(name)]
        rests = {
            name for name in self.posteriors if name not in idle or (best and name == best.name)
        }
        return tuple(
            p
            for name, p in self.posteriors.items()
            if not p.chains.converged and (name in rests) == counts
        )

    @property
    def best(self) -> Posterior:
        """The most probable hypothesis."""
        return self.posteriors[self.comparison.rows[0].name]

    def __repr__(self) -> str:
        lines = [f"Fit of {self.case.title!r} to {self.data.source}: {self.comparison.verdict}"]
        if self.comparison.verdict == "unexplained":
            return f"{lines[0]}, as no hypothesis describes the data"
        lines += [
            f"  {row.name:10}  ln B = {number_text(row.log_bayes, 4)}"
            for row in self.comparison.rows
        ]
        table = self.best.table()
        width = max(map(len, table), default=0)
        for key, found in table.items():
            middle, low, high = (
                Value(x, found.declared) for x in (found.median, *found.intervals[-1])
            )
            lines.append(f"  {key:{width}}  {middle} ({low} to {high})")
        bad = [p.hypothesis.name for p in self.unconverged(counts=True)]
        return "\n".join(lines + ([f"  not converged: {', '.join(bad)}"] if bad else []))

    def frame(self) -> Frame:
        """The posteriors of all hypotheses, a row for each number, in SI."""
        rows = (
            {"hypothesis": name, "number": key} | summary.row()
            for name, found in self.posteriors.items()
            for key, summary in found.table().items()
        )
        return frame_of(rows, COLUMNS)

    def save(self, folder: str | Path) -> None:
        """Write each posterior as `posterior-NAME.nc`, InferenceData of ArviZ."""
        for name, found in self.posteriors.items():
            save(Path(folder) / file_of(name), self.case, self.data, found)


def fit(
    case: Case,
    data: Observations | str | Path,
    *,
    resume: str | Path | None = None,
    progress: Progress | bool | None = None,
) -> Fitted:
    """Infer a case's numbers from measurements under each hypothesis, and compare these.

    Args:
        case: What is known, with priors, [data] and [fit].
        data: Measurements, or their file.
        resume: Folder of an earlier fit of the same case and data, whose chains go on.
        progress: Called as work goes on; True shows it on standard error, False nothing. Without a
            choice it is shown in a notebook and in an interactive Python.

    Raises:
        InputError: the data cannot be read, or the case lacks what they need.
        SolveError: no hypothesis explains them.

    Note:
        A fit takes seconds, or minutes where data follow an evolution. The page on fits has an
        example.
    """
    needed()
    case.require("landau")
    if not isinstance(data, Observations):
        data = load_data(data, DataTable.of(case))
    options, whole = Fit.of(case), len(data)
    if options.range is not None:
        data = within(data, *options.range)
    if len(data) > MOST_READINGS:
        raise InputError(
            f"{data.source} holds {len(data):,} measurements, and a fit takes at most "
            f"{MOST_READINGS:,}: average neighbouring ones, or leave some out"
        )
    parameters, compared, omitted = hypotheses(case, data, options)
    problems = [*_problems(case, data, parameters, compared, resume)]
    usual_count, usual_draws, *_ = effort(problems[0].target)
    count, draws = options.chains or usual_count, options.draws or usual_draws
    # Hypotheses of one entropy are one compiled function, but where the junction gives y.
    functions = {p.hypothesis.posed: p for p in reversed(problems)}
    # What compiles, imports or takes one core runs aside.
    with watched(progress, shown) as tell, _aside() as aside:
        aside.submit(lambda: [*map(import_module, ("nautilus", "arviz_base", "arviz_stats"))])
        for p in functions.values():
            aside.submit(_compile_ahead, case, data, p.target, p.given)
        sampled: dict[str, tuple[_Problem, Optimum, Chains, Future[Evidence]]] = {}
        optima, excluded = {}, {}
        for p in problems:
            name = p.hypothesis.name
            tell(name, "optimum", 0, 1)
            try:
                optima[name] = optimum(p.target, p.given, options.seed)
            except SolveError as error:
                excluded[name] = str(error)
            tell(name, "optimum", 1, 1)
        mixed = {n: o.log_evidence for n, o in optima.items() if HYPOTHESES[n].entropy}
        for p in problems:
            name = p.hypothesis.name
            if (found := optima.get(name)) is None:
                continue
            chains = sample(
                p.target, p.given, p.earlier or found, chains=count, draws=draws,
                seed=options.seed, progress=partial(tell, name, "chains"),
                # Where nothing will rest on them, chains need not be long.
                rounds=1
                if _takes_both(name) and found.log_evidence < max(mixed.values()) - _SURELY
                else ROUNDS,
            )  # fmt: skip
            integral = aside.submit(evidence, p.target, p.given, chains, options.seed)
            sampled[name] = p, found, chains, integral
        if not sampled:
            raise SolveError(next(iter(excluded.values())))
        posteriors = {}
        for name, (p, found, chains, integral) in sampled.items():
            tell(name, "evidence", 0, 1)
            posteriors[name] = posterior(
                p.target, p.given, parameters, p.hypothesis, found, chains, integral.result(),
                options.seed,
            )  # fmt: skip
            tell(name, "evidence", 1, 1)
        drawn = {
            name: bands(case, data, p.target, p.given, posteriors[name])
            for name, (p, *_) in sampled.items()
        }
    return Fitted(
        case, data, parameters, posteriors, compare(posteriors, excluded), drawn, excluded,
        omitted, _margins(case, data, posteriors.get("mixing")), whole - len(data),
    )  # fmt: skip


def _takes_both(name: str) -> bool:
    """Whether a hypothesis has an entropy and takes quasiparticles besides."""
    entry = HYPOTHESES[name]
    return bool(entry.entropy) and entry.extracts


class _Problem(NamedTuple):
    """A hypothesis over the data, as optimiser and sampler take it."""

    hypothesis: Hypothesis
    target: Target
    given: ModelData
    earlier: Chains | None


def _problems(
    case: Case, data: Observations, parameters: tuple[Parameter, ...],
    compared: tuple[Hypothesis, ...], resume: str | Path | None,
) -> Iterator[_Problem]:  # fmt: skip
    layout, points = arranged(case, data)
    options, inputs, priors = Fit.of(case), inputs_for(case), arguments(parameters)
    kinds = tuple(p.kind for p in parameters)
    most = max(len(hypothesis.free) for hypothesis in compared)
    for hypothesis in compared:
        free, fixed = hypothesis.masks(parameters)
        target = Target(
            hypothesis.choices, case.material.gap_follows, layout, kinds, options.noise,
            options.degrees_of_freedom, hypothesis.balanced, hypothesis.entry.extracts,
        )  # fmt: skip
        rows = np.zeros((most, len(free)))
        rows[np.arange(free.sum()), np.flatnonzero(free)] = 1.0
        # On the device once: so many numbers would cost more than a likelihood at each call.
        given = jax.device_put(ModelData(inputs, points, free, fixed, priors, rows))
        earlier = None
        if resume is not None:
            earlier = saved_chains(resume, case, data, hypothesis.name, list(target.keys))
        yield _Problem(hypothesis, target, given, earlier)


@contextlib.contextmanager
def _aside() -> Iterator[ThreadPoolExecutor]:
    """Two more threads; after an interruption they begin nothing new."""
    with ThreadPoolExecutor(2) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _margins(case: Case, data: Observations, found: Posterior | None) -> tuple[Margin, ...]:
    if found is None:
        return ()
    keys = [p.key for p in found.free if p.key.partition(".")[0] not in ("data", "fit")]
    medians = found.at(0.5)
    try:
        there = case.changed({WEIGHT: 1.0} | {key: medians[key] for key in keys})
    except InputError:  # the medians of single parameters may contradict one another
        return ()
    return _validity(there, data)


def _validity(there: Case, data: Observations) -> tuple[Margin, ...]:
    """Margins over the temperatures of the data with the trap."""
    kelvin = data.coordinate[np.asarray(data.on)] if data.against == "temperature" else None
    if kelvin is None or not len(kelvin):
        protocol = there.protocol
        kelvin = data.coordinate if protocol is None else [protocol.start, protocol.warm_to]
    return equilibrate(there, np.sort(kelvin)).validity


def _compile_ahead(case: Case, data: Observations, target: Target, given: ModelData) -> None:
    """Compute at the priors' middle what will be computed at the draws."""
    middle = np.zeros((1, 1, len(target.keys)))
    predictions_of(target, given, middle, np.array([0]))
    predicted_along(case, data, target, given, middle[0])
    _validity(case, data)
