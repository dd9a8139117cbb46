"""A sweep beside its case: changed by a command line, and checked at its outermost points."""

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from entrap.case.case import Case
from entrap.case.problems import collecting
from entrap.case.tables import current_key
from entrap.core.errors import InputError, Problem
from entrap.studies.sweep.inputs.axes import ends_of, read_axis
from entrap.studies.sweep.inputs.options import Sweep


def varied(
    sweep: Sweep | None,
    vary: Iterable[str] = (),
    *,
    results: Iterable[str] = (),
    reduce: Iterable[str] = (),
    **more: Any,
) -> Sweep:
    """The sweep of a case, if it has one, changed by what a command line says.

    Axes as in "landau.a=1 k_B:5 k_B:50" take the place of the one of their key, or are new.
    Reductions as in "temperature=max" come beside its own. Other fields take the place of its own,
    unless they are empty.

    Raises:
        InputError: all that is wrong.
    """
    problems: list[Problem] = []
    wrong: list[Problem] = []
    axes: dict[str, Any] = {}
    for key, text in _pairs(vary, "--vary", "KEY=START:STOP:POINTS", problems).items():
        with collecting(wrong):
            axes[current_key(key)] = read_axis(current_key(key), text)
    problems += [Problem(f"--vary: {problem}") for problem in wrong]
    words = _pairs(reduce, "--reduce", "KEY=max", problems)
    if problems:
        raise InputError(*problems)
    if sweep is None and not axes:
        raise InputError(
            "nothing varies: give --vary KEY=START:STOP:POINTS, or a table [sweep] in the case file"
        )
    made = {**vars(sweep)} if sweep else {}
    made |= {key: value for key, value in more.items() if value is not None}
    made["axes"] = {**made.get("axes", {}), **axes}
    made["reduce"] = {**made.get("reduce", {}), **words}
    made["results"] = tuple(results) or made.get("results", ())
    return Sweep(**made)


def check_ends(case: Case, sweep: Sweep) -> None:
    """Refuse a sweep whose outermost points are no valid cases.

    Those of a grid, or of what is drawn, are its corners; those of rows have the least or the
    greatest value of a key.

    Raises:
        InputError: what is wrong with them, once for each key, and where.
    """
    told: dict[str, Problem] = {}
    for point in _outermost(sweep):
        try:
            case.changed(point)
        except InputError as error:
            place = ", ".join(f"{key} = {value:g}" for key, value in point.items())
            for p in error.problems:
                told.setdefault(p.key, Problem(f"{p.text} (where {place})", p.key))
    if told:
        raise InputError(*told.values())


def _outermost(sweep: Sweep) -> Iterator[dict[str, float]]:
    """Points of a sweep at which its keys are least or greatest; `temperature` is none of them."""
    if sweep.scheme == "rows":
        values = {key: x for key, x in sweep.values().items() if key != "temperature"}
        rows = {int(row) for x in values.values() for row in (x.argmin(), x.argmax())}
        yield from ({key: float(x[row]) for key, x in values.items()} for row in sorted(rows))
        return
    axes = {key: axis for key, axis in sweep.axes.items() if key != "temperature"}
    ends = [dict.fromkeys(ends_of(key, axis)) for key, axis in axes.items()]
    yield from (dict(zip(axes, corner, strict=True)) for corner in itertools.product(*ends))


def _pairs(texts: Iterable[str], option: str, form: str, problems: list[Problem]) -> dict[str, str]:
    """Keys and what is said of them, each once."""
    found: dict[str, str] = {}
    for text in texts:
        key, equals, said = (part.strip() for part in text.partition("="))
        if not equals or not key:
            problems.append(Problem(f"{option} must read {form}, not {text!r:.60}"))
        elif key in found:
            problems.append(Problem(f"{option}: `{key}` is given twice: keep one"))
        else:
            found[key] = said
    return found
