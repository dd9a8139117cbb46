"""`entrap compare`: what its page, its summary and the terminal show, and how they are written."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table
from rich.text import Text

from entrap.case.case import Case
from entrap.core.errors import InputError
from entrap.core.frame import Frame, frame_of
from entrap.core.quantities import Quantity
from entrap.report.ahead import importing_ahead
from entrap.report.differences import (
    Difference,
    differences_frame,
    of_answers,
    of_inputs,
    of_margins,
)
from entrap.report.drawing import check_drawn
from entrap.report.labels import listed
from entrap.report.latex import tabular
from entrap.report.look import Look
from entrap.report.result import Account
from entrap.report.terminal import console as terminal
from entrap.report.terminal import table
from entrap.solve.protocol.results import strict
from entrap.studies.compare.answer import answer
from entrap.studies.compare.samples import Sample, sample_of

_PARTS = {"input": "What was stated", "answer": "What came out", "assumption": "Assumptions"}
_ROWS = 12  # of each part on the terminal


def write_comparison(
    stated: Mapping[str, Path | Case],
    target: Path,
    *,
    look: Look,
    latex: bool,
) -> None:
    """Read or compute the samples, write the folder `target` and print what differs.

    Args:
        stated: Folder of each result, or its case, by name.
        target: Folder to be, which `folder.claim` has let pass.
        look: Of the figures.
        latex: Whether the table is written for print too.

    Raises:
        InputError: a folder holds no result, or they are of different kinds.
        OSError: the folder cannot be written.
    """
    console = terminal()
    with console.status("comparing and drawing"):
        with importing_ahead("entrap.studies.compare.figures"):
            samples = tuple(sample_of(name, each) for name, each in stated.items())
            check_kinds(samples)
        shown = account(samples)
        shown.print(console)
        drawn = shown.write(target, lambda _: None, look, latex=latex)
    shown.print_files(target, console)
    check_drawn(target, drawn)


def check_kinds(samples: Sequence[Sample]) -> None:
    """Refuse to compare results of different verbs.

    Raises:
        InputError: they are.
    """
    kinds = dict.fromkeys(sample.kind for sample in samples)
    if len(kinds) > 1:
        which = "; ".join(
            f"{listed([s.name for s in samples if s.kind == kind])} of `entrap {kind}`"
            for kind in kinds
        )
        raise InputError(f"what is compared must be results of one kind, but there are {which}")


def account(samples: Sequence[Sample]) -> Account:
    """What is shown of a comparison."""
    from entrap.studies.compare.figures import comparison_figures, hypothesis_of, observables

    names, drawn = [sample.name for sample in samples], observables(samples)
    # What posteriors give to no more digits is no difference.
    precision = {"most": 4} if samples[0].kind == "fit" else {}
    found = [
        *of_inputs([sample.case for sample in samples]),
        *of_answers([sample.values for sample in samples], **precision),
        *of_margins([sample.validity for sample in samples]),
    ]
    title = f"Comparison of {listed(names)}"
    fits = samples[0].kind == "fit"
    return Account(
        case=None,
        sentences=answer(samples, found),
        values={},
        validity=(),
        template="studies/compare/compare.html",
        figures=partial(comparison_figures, samples),
        context={
            "title": title,
            "names": names,
            "samples": samples,
            "parts": {words: _of(found, part) for part, words in _PARTS.items()},
            "observables": [name.replace("_", "-") for name in drawn],
            "hypotheses": [hypothesis_of(s, samples) for s in samples] if fits else [],
        },
        more={
            "title": title,
            "samples": [
                {"name": s.name, "kind": s.kind, "title": s.case.title, "case": s.case.to_dict()}
                for s in samples
            ],
            "differences": [_summary(each) for each in found],
        },
        tables={
            "differences": differences_frame(found, names),
            **({"posteriors": _posteriors(samples)} if fits else {}),
            **{name.replace("_", "-"): _curves(samples, name) for name in drawn},
        },
        printed=lambda: {"differences": printed(found, names)},
        data="differences.csv",
        before=[Text(title, style="bold"), *_tables(found, names)],
        after=(),
    )


def _of(found: Sequence[Difference], part: str) -> list[Difference]:
    return [each for each in found if each.part == part]


def _summary(each: Difference) -> dict[str, Any]:
    values = [strict(x) if isinstance(x, float) else x for x in each.values]
    declared = {key: getattr(each.declared, key) for key in ("unit", "symbol", "meaning")}
    return {"part": each.part, "name": each.name, "values": values} | declared


def printed(found: Sequence[Difference], names: Sequence[str]) -> str:
    """The differences as a LaTeX table."""
    rows = (
        (each.declared.meaning, each.declared.symbol or each.name, *each.texts) for each in found
    )
    return tabular(("Number", "Symbol", *names), rows, right=names)


def _tables(found: Sequence[Difference], names: Sequence[str]) -> Iterator[Table | Text]:
    """A table for each part, for the terminal: of the assumptions, those that hold in some."""
    for part, words in _PARTS.items():
        rows = _of(found, part)
        if part == "assumption":
            rows = [each for each in rows if len({_holds(x) for x in each.values}) > 1]
        # A title is long, and the columns have names.
        rows = [each for each in rows if each.name != "title"]
        if not rows:
            continue
        some = table(f"\n{words}", "", *names, wrapped=[""], numbers=names)
        for each in rows[:_ROWS]:
            some.add_row(Text(each.name), *map(Text, each.texts))
        yield some
        if len(rows) > _ROWS:
            yield Text(f"and {len(rows) - _ROWS} more, in differences.csv")


def _holds(margin: float | None) -> bool | None:
    return None if margin is None else margin >= 0


def _curves(samples: Sequence[Sample], name: str) -> Frame:
    """An observable of all samples, a row each point, with what was read there."""
    held = [s for s in samples if name in s.curves]
    first = held[0].curves[name]
    along = "temperature" if first.along.unit == "K" else first.along.symbol
    bare = dataclasses.replace(first.declared, meaning=f"{first.declared.meaning}, no trap")
    columns: dict[str, Quantity | str] = {"sample": "Its name", along: first.along}
    columns["value"] = first.declared
    columns["without_trap"] = bare
    if first.readings is not None:
        width = dataclasses.replace(first.declared, meaning="One standard deviation of it")
        columns |= {"reading": first.declared, "deviation": width}
    rows = []
    for sample in held:
        curve = sample.curves[name]
        none = [None] * len(curve.x)
        parts = [curve.x, curve.y, none if curve.beside is None else curve.beside]
        if first.readings is not None:
            read = curve.readings
            parts += [none, none] if read is None else [read.value, read.deviation]
        lists = (np.asarray(part, object).tolist() for part in parts)
        rows += [
            dict(zip(columns, (sample.name, *point), strict=True))
            for point in zip(*lists, strict=True)
        ]
    return frame_of(rows, columns)


def _posteriors(samples: Sequence[Sample]) -> Frame:
    """Median and intervals of each number of the fits, a row each sample and number."""
    from entrap.studies.compare.figures import hypothesis_of

    rows = [
        (sample.name, hypothesis, key, declared.unit, *interval.tolist())
        for sample in samples
        for hypothesis in [hypothesis_of(sample, samples)]
        for key, (declared, interval) in sample.posteriors[hypothesis].items()
    ]
    return frame_of([dict(zip(_POSTERIOR, row, strict=True)) for row in rows], _POSTERIOR)


_POSTERIOR: dict[str, Quantity | str] = {
    "sample": "Its name",
    "hypothesis": "Under which the number was inferred",
    "number": "Its name",
    "unit": "SI unit of the columns behind it",
    "median": "Half of the posterior lies below it",
    "low_50": "Where the middle half begins",
    "high_50": "Where it ends",
    "low_90": "Where the middle nine tenths begin",
    "high_90": "Where they end",
}
