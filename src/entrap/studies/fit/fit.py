"""The entry point `fit`: measurements and a case → posteriors, hypotheses compared, margins."""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

import jax
import numpy as np

from entrap.case.case import Case
from entrap.core.errors import InputError, SolveError
from entrap.solve.protocol.equilibrium import equilibrate
from entrap.solve.protocol.results import Margin, Value
from entrap.studies.fit.comparison import Comparison, compare
from entrap.studies.fit.data.observations import Observations, load_data
from entrap.studies.fit.evidence import evidence
from entrap.studies.fit.hypotheses import WEIGHT, Hypothesis, hypotheses, inputs_for
from entrap.studies.fit.inputs.options import Fit
from entrap.studies.fit.inputs.table import DataTable
from entrap.studies.fit.needs import needed
from entrap.studies.fit.optimum import Optimum, optimum
from entrap.studies.fit.parameters import Parameter
from entrap.studies.fit.posterior import Posterior, posterior, told_of
from entrap.studies.fit.prediction import arranged
from entrap.studies.fit.predictive import Band, Series, bands, predicted_along
from entrap.studies.fit.sampling import Chains, prepare, sample, size
from entrap.studies.fit.storage import file_of, save, saved_chains
from entrap.studies.fit.target import ModelData, Target

Progress = Callable[[str, str, int, int], None]
"""Called with hypothesis, stage, what is done and what is to do."""


@dataclasses.dataclass(frozen=True, repr=False)
class Fitted:
    """What measurements say.

    Args:
        case: The case that was fitted.
        data: The measurements.
        parameters: All parameters of all hypotheses.
        posteriors: By hypothesis, in the order in which they were asked.
        comparison: The hypotheses compared.
        bands: Predictions along each series of the data, by hypothesis.
        excluded: Hypotheses under which nothing explains the data, and what was found instead.
        omitted: Hypotheses that were not asked, and what they lack.
        validity: Margins of the theory at the medians of the paper's hypothesis, over the data's
            temperatures with the trap; none where it was not asked.
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

    @property
    def succeeded(self) -> bool:
        """Whether the chains of all hypotheses met R-hat and the number of effective draws."""
        return all(p.chains.converged for p in self.posteriors.values())

    @property
    def best(self) -> Posterior:
        """The most probable hypothesis."""
        return self.posteriors[self.comparison.rows[0].name]

    def __repr__(self) -> str:
        lines = [f"Fit of {self.case.title!r} to {self.data.source}: {self.comparison.verdict}"]
        lines += [f"  {row.name:10}  ln B = {row.log_bayes:.4g}" for row in self.comparison.rows]
        table = self.best.table()
        width = max(map(len, table), default=0)
        for key, told in table.items():
            low, high = (Value(x, told.declared) for x in told.intervals[-1])
            lines.append(f"  {key:{width}}  {Value(told.median, told.declared)} ({low} to {high})")
        bad = [name for name, p in self.posteriors.items() if not p.chains.converged]
        return "\n".join(lines + ([f"  not converged: {', '.join(bad)}"] if bad else []))

    def save(self, folder: str | Path) -> None:
        """Write each posterior as `posterior-NAME.nc`, InferenceData of ArviZ.

        Args:
            folder: Where.
        """
        for name, found in self.posteriors.items():
            save(Path(folder) / file_of(name), self.case, self.data, found)


def fit(
    case: Case,
    data: Observations | str | Path,
    *,
    resume: str | Path | None = None,
    progress: Progress | None = None,
) -> Fitted:
    """Infer a case's numbers from measurements under each hypothesis, and compare these.

    Args:
        case: What is known; its priors, [data] and [fit] say how.
        data: Measurements, or their file.
        resume: Folder of an earlier fit of the same, whose chains go on.
        progress: Prediction what is done.

    Raises:
        InputError: the data cannot be read, or the case lacks what they need.
        SolveError: no hypothesis explains them.

    Note:
        It takes seconds, minutes where data follow an evolution. Run as an example on the page on
        fits.
    """
    needed()
    case.require("landau")
    if not isinstance(data, Observations):
        data = load_data(data, DataTable.of(case))
    options = Fit.of(case)
    parameters, asked, omitted = hypotheses(case, data, options)
    layout, points = arranged(case, data)
    inputs = inputs_for(case)
    tell = progress or (lambda *_: None)
    problems = []
    most = max(len(hypothesis.free) for hypothesis in asked)
    for hypothesis in asked:
        free, fixed = hypothesis.masks(parameters)
        target = Target(
            hypothesis.choices, case.material.gap_follows, layout, parameters, options.noise,
            options.degrees_of_freedom,
        )  # fmt: skip
        earlier = None
        if resume is not None:
            keys = [p.key for p in parameters]
            earlier = saved_chains(resume, case, data, hypothesis.name, keys)
        # On the device once: so many numbers would cost more than a likelihood at each call.
        rows = np.zeros((most, len(free)))
        rows[np.arange(free.sum()), np.flatnonzero(free)] = 1.0
        given = jax.device_put(ModelData(inputs, points, free, fixed, rows))
        problems.append((hypothesis, target, given, earlier))
    # What compiles, imports or takes one core goes on aside.
    with _aside() as aside:
        ahead = {
            p[0].choices: aside.submit(
                prepare, p[1], p[2], size(p[1], options.chains, options.draws)[0]
            )
            for p in reversed(problems)
        }
        aside.submit(_import_ahead)
        for _, target, given, _ in {p[0].choices: p for p in reversed(problems)}.values():
            aside.submit(_compile_ahead, case, data, target, given)
        begun: dict[str, Any] = {}
        excluded = {}
        for hypothesis, target, given, earlier in problems:
            name = hypothesis.name
            try:
                begun[name] = _sampled(
                    hypothesis, target, given, earlier, case, ahead[hypothesis.choices], tell
                )
            except SolveError as error:
                excluded[name] = str(error)
                continue
            chains = begun[name][-1]
            begun[name] += (aside.submit(evidence, target, given, chains, options.seed),)
        if not begun:
            raise SolveError(next(iter(excluded.values())))
        posteriors = {}
        for name, (hypothesis, target, given, found, chains, counting) in begun.items():
            tell(name, "evidence", 0, 1)
            posteriors[name] = posterior(
                target, given, hypothesis, found, chains, counting.result(), options.seed
            )
            tell(name, "evidence", 1, 1)
        drawn = {
            name: bands(case, data, target, given, posteriors[name])
            for name, (_, target, given, *_) in begun.items()
        }
    return Fitted(
        case, data, parameters, posteriors, compare(posteriors, excluded), drawn, excluded,
        omitted, _margins(case, data, posteriors.get("mixing")),
    )  # fmt: skip


@contextlib.contextmanager
def _aside() -> Iterator[ThreadPoolExecutor]:
    """Threads beside; when their user is interrupted, what has not begun is not begun."""
    with ThreadPoolExecutor(2) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _sampled(
    hypothesis: Hypothesis,
    target: Target,
    given: ModelData,
    earlier: Chains | None,
    case: Case,
    ready: Future[None],
    tell: Progress,
) -> tuple[Any, ...]:
    name, options = hypothesis.name, Fit.of(case)
    tell(name, "optimum", 0, 1)
    found: Optimum = optimum(target, given, options.seed)
    tell(name, "optimum", 1, 1)
    ready.result()
    count, draws = size(target, options.chains, options.draws)
    chains = sample(
        target,
        given,
        earlier or found,
        chains=count,
        draws=draws,
        seed=options.seed,
        progress=lambda done, planned: tell(name, "chains", done, planned),
    )
    return hypothesis, target, given, found, chains


def _margins(case: Case, data: Observations, found: Posterior | None) -> tuple[Margin, ...]:
    if found is None:
        return ()
    keys = [p.key for p in found.free if p.key.partition(".")[0] not in ("data", "fit")]
    medians = found.at(0.5)
    try:
        there = case.changed({WEIGHT: 1.0} | {key: medians[key] for key in keys})
    except InputError:  # medians that do not go together
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
    """What is asked of the draws, asked of the priors' middle."""
    middle = np.zeros((1, len(target.parameters)))
    told_of(target, given, middle)
    predicted_along(case, data, target, given, middle)
    _validity(case, data)


def _import_ahead() -> None:
    for name in ("nautilus", "arviz_base", "arviz_stats"):
        import_module(name)
