"""Several samples of different mixing ratio: only an entropy makes the gain grow with ln(n/n_c).

Each sample is fitted alone, under the paper's hypothesis and the others. The L_i that its data ask
for, all of the gain read as an entropy, is then set against the ln(n/n_c) of its own case:

    L_i = m ln(n/n_c)_i + c a_i/k_B

m = 1 is the paper's law. Plain BCS theory, from which a share 1 - y of the quasiparticles is taken,
gives (1 - y) I in units of a/k_B whatever the mixing ratio: m = 0. With another y in each sample
they scatter about the line by more than their errors: the error of m grows with the scatter, and
its significance is that of Student's t with the degrees of freedom that are left.
"""

import dataclasses
import math
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import stats

from entrap.case.case import Case
from entrap.core.constants import BOLTZMANN
from entrap.core.errors import InputError
from entrap.core.frame import Frame, Framed, frame_of
from entrap.core.quantities import Quantity, number_text
from entrap.report import folder
from entrap.report.drawing import check_drawn
from entrap.report.look import LOOK
from entrap.report.written import USUAL, check_foreign, owned
from entrap.solve.sample import sample
from entrap.studies.fit.comparison import MISFIT
from entrap.studies.fit.data.observations import Observations
from entrap.studies.fit.fit import Fitted, Progress, fit
from entrap.studies.fit.inputs.options import Fit
from entrap.studies.fit.parameters import coordinate, value
from entrap.studies.fit.posterior import Posterior

_INFORMED = 0.3  # largest error of a gain over that of its prior, which draws it to the line
NAMED = 5.0
"""Standard deviations from which a slope names an entropy."""


class Slope(NamedTuple):
    """A line through the gains of several samples.

    Args:
        value: m.
        error: Its standard deviation.
        plain: c, what is common to all samples [a/k_B].
        significance: Standard deviations by which m is above 0.
        scatter: χ² of the line over its degrees of freedom.
        covariance: Of m and c, wider where the samples scatter, of shape (2, 2).
    """

    value: float
    error: float
    plain: float
    significance: float
    scatter: float
    covariance: np.ndarray


def slope_of(log_ratio: np.ndarray, unit: np.ndarray, gain: np.ndarray, error: np.ndarray) -> Slope:
    """The line gain = m log_ratio + c unit, by least squares.

    Args:
        log_ratio: ln(n/n_c) of each sample, by its composition.
        unit: a/k_B of each sample.
        gain: L that its data ask for.
        error: Standard deviation of the gain.

    Raises:
        InputError: there are fewer than three samples, or all have the same mixing ratio.
    """
    check_series(log_ratio, unit)
    rows = np.stack([log_ratio, unit], axis=-1) / error[:, None]
    covariance = np.linalg.inv(rows.T @ rows)
    value, plain = covariance @ rows.T @ (gain / error)
    left = len(gain) - 2
    scatter = float((((gain - value * log_ratio - plain * unit) / error) ** 2).sum() / left)
    covariance = covariance * max(scatter, 1.0)
    deviation = math.sqrt(covariance[0, 0])
    # How far another share in each sample scatters them is not known beforehand: Student's t.
    sigma = float(stats.norm.isf(stats.t.sf(float(value) / deviation, left)))
    return Slope(float(value), deviation, float(plain), sigma, scatter, covariance)


def check_series(log_ratio: np.ndarray, unit: np.ndarray) -> None:
    """Refuse samples through which no line can be drawn; the arguments are those of `slope_of`.

    Raises:
        InputError: there are fewer than three samples, or all have the same mixing ratio.
    """
    if len(log_ratio) < 3:
        raise InputError(f"a series needs three samples at least, but has {len(log_ratio)}")
    rows = np.stack([log_ratio, unit], axis=-1)
    if np.linalg.matrix_rank(rows, tol=1e-9 * np.abs(rows).max()) < 2:
        raise InputError("the samples of a series must differ in ln(n/n_c), and not as their a do")


@dataclasses.dataclass(frozen=True)
class SeriesSample:
    """One sample of a series.

    Args:
        name: Of its folder.
        fitted: The fit of its data.
        log_ratio: ln(n/n_c) by its composition.
        unit: a/k_B of its case.
        gain: L that its data ask for.
        error: Standard deviation of the gain.
    """

    name: str
    fitted: Fitted
    log_ratio: float
    unit: float
    gain: float
    error: float

    @classmethod
    def of(cls, name: str, fitted: Fitted) -> "SeriesSample":
        """A sample whose data were fitted.

        Raises:
            InputError: the paper's hypothesis does not describe them, or they say little more of
                the gain than its prior.
        """
        p = fitted.posteriors.get("mixing")
        if p is None or p.misfit < MISFIT:
            raise InputError(
                f"the gain of {fitted.case.title!r} is not known, as the paper's hypothesis (H1) "
                "was not fitted to its data or does not describe them: fit this sample alone to "
                "see why, or leave it out"
            )
        found = p.table()["log_mixing_ratio"]
        believed = _believed(p, fitted.case)
        if found.deviation > _INFORMED * believed:
            raise InputError(
                f"the data of {fitted.case.title!r} say too little of its gain: they give L to "
                f"{number_text(found.deviation, 2)}, and its prior alone to "
                f"{number_text(believed, 2)}, which draws it to "
                "what the composition says: give `mixture.valence_ratio` a wider prior, or leave "
                "this sample out"
            )
        return cls(name, fitted, *stated(fitted.case), found.median, found.deviation)


def _believed(p: Posterior, case: Case) -> float:
    """Standard deviation of L by the prior on the valence electrons."""
    (valence,) = (q for q in p.free if q.key.startswith("mixture.valence_"))
    shares = (np.arange(400) + 0.5) / 400
    ratio = np.asarray(value(valence.prior, coordinate(valence.prior, shares)))
    if valence.key.endswith("density"):
        ratio = ratio / case.material.conduction_density
    return float(np.log1p(ratio).std())


def stated(case: Case) -> tuple[float, float]:
    """ln(n/n_c) and a/k_B of a case."""
    of = sample(case)
    return float(of.log_mixing_ratio), float(of.landau_a) / BOLTZMANN


_COLUMNS: dict[str, Quantity | str] = {
    "name": "Folder of its fit",
    "title": "Title of its case",
    "data": "File of its measurements",
    "log_ratio": Quantity("1", "ln(n/n_c)", "By its composition"),
    "unit": Quantity("1", "a/k_B", "Landau's slope of its case"),
    "gain": Quantity("1", "L", "Gain that its data ask for"),
    "error": Quantity("1", "σ_L", "Standard deviation of the gain"),
    "verdict": "Of its own fit",
}


@dataclasses.dataclass(frozen=True, repr=False)
class Series(Framed):
    """Samples fitted one by one, and the line through their gains.

    Args:
        samples: Each with its fit.
        slope: The line.
    """

    samples: tuple[SeriesSample, ...]
    slope: Slope

    @classmethod
    def of(cls, samples: Sequence[SeriesSample]) -> "Series":
        """The line through samples.

        Raises:
            InputError: there are too few samples, or they do not differ.
        """
        rows = [(each.log_ratio, each.unit, each.gain, each.error) for each in samples]
        return cls(tuple(samples), slope_of(*np.array(rows).T))

    @property
    def verdict(self) -> str:
        """Word "entropy", or "undecided" where m is not 5 standard deviations above 0."""
        return "entropy" if self.slope.significance >= NAMED else "undecided"

    def frame(self) -> Frame:
        """The samples, a row each."""
        rows = (
            vars(each) | {"title": each.fitted.case.title, "data": each.fitted.data.source}
            | {"verdict": each.fitted.comparison.verdict}
            for each in self.samples
        )  # fmt: skip
        return frame_of(rows, _COLUMNS)

    def __repr__(self) -> str:
        m, error, plain, sigma, scatter, _ = self.slope
        text = (
            f"Over {len(self.samples)} samples the gain grows with ln(n/n_c) by {number_text(m)} ± "
            f"{number_text(error, 2)} (1 is the paper's law, 0 plain BCS theory), by Student's t "
            f"{sigma:.1f} "
            f"standard deviations above 0; {number_text(plain)} a/k_B are common to all, and χ² "
            f"per degree of freedom is {number_text(scatter, 2)}. "
        )
        if self.verdict == "entropy":
            return text + "The series shows an entropy of mixing."
        return text + f"The series does not show an entropy: that takes {NAMED:g}."

    def save(self, folder: str | Path, *, force: bool = False) -> None:
        """Write the folder that `entrap fit` writes of a series.

        Args:
            folder: What to write.
            force: Whether an earlier result there may be replaced.

        Raises:
            InputError: the folder exists and may not be replaced, or cannot be written.
            SolveError: all else is written, but figures cannot be drawn.
        """
        from entrap.studies.fit.pages.series import account, write

        names = [each.name for each in self.samples]
        claim_series(Path(folder), names, force=force)
        drawn = write(self, account(self), Path(folder), LOOK, latex=False)
        check_drawn(Path(folder), *drawn)


def claim_series(
    target: Path, names: Sequence[str], *, force: bool, formats: Collection[str] = USUAL
) -> None:
    """Refuse a folder into which a series of samples of these names cannot be written.

    Raises:
        InputError: it may not be written, or a file of another program is where a sample would be.
    """
    folder.claim(target, force=force, kind="series", formats=formats)
    if target.is_dir():
        there = {file.name for file in target.iterdir()} - owned(target).keys()
        check_foreign(target, there & set(names))


def fit_series(
    samples: Sequence[tuple[Case, Observations | str | Path]],
    *,
    names: Sequence[str] = (),
    resume: str | Path | None = None,
    progress: Callable[[str], Progress | None] | None = None,
) -> Series:
    """Fit several samples that differ in their mixing ratio, and say whether an entropy shows.

    Args:
        samples: The case and the measurements of each. `mixture.valence_ratio` is what is known of
            its composition; its prior should be wide, as it is what the data are asked for.
        names: Of each sample, by which its folder is called.
        resume: Folder of an earlier fit of the series, whose chains go on.
        progress: Called with the title of each sample; gives what is called as its fit goes on.

    Raises:
        InputError: there are too few samples, they do not differ, or H1 does not describe one.
        SolveError: no hypothesis explains the data of one.
    """
    names = names or [f"sample-{i + 1}" for i in range(len(samples))]
    if len(set(names)) < len(names) or len(names) != len(samples):
        raise InputError("each sample of a series must have a name of its own")
    known = np.array([stated(case) for case, _ in samples]).reshape(-1, 2)
    check_series(*known.T)
    for case, _ in samples:
        if (compared := Fit.of(case).hypotheses) and "mixing" not in compared:
            raise InputError(
                'the gain of a sample is that of the paper\'s hypothesis: add "mixing" to '
                f"`fit.hypotheses` of {case.title!r}"
            )
    found = []
    for name, (case, data) in zip(names, samples, strict=True):
        tell = progress(case.title) if progress else None
        earlier = None if resume is None else Path(resume) / name
        found.append(SeriesSample.of(name, fit(case, data, resume=earlier, progress=tell)))
    return Series.of(found)
