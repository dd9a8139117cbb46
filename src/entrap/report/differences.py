"""What differs between cases and between their results: one table, a column for each of them."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from entrap.case.case import Case
from entrap.case.tables import declarations
from entrap.core.frame import Frame, frame_of
from entrap.core.quantities import Quantity
from entrap.report.labels import quoted, unit_text
from entrap.solve.protocol.results import Margin, Value

_SAME = 1e-9  # relative difference from which two numbers are another
_MOST = 12  # digits, where fewer would show two numbers alike


class Difference(NamedTuple):
    """A number or word that is not the same in all of what is compared.

    Args:
        part: "input", "answer" or "assumption".
        name: Dotted key, or name.
        declared: What it is.
        values: One for each, in SI; None where there is none.
        texts: The same as they are shown.
    """

    part: str
    name: str
    declared: Quantity
    values: tuple[Any, ...]
    texts: tuple[str, ...]

    @property
    def factors(self) -> tuple[float, ...]:
        """Each value over the first; NaN where that is no number."""
        return tuple(_over(value, self.values[0]) for value in self.values)


def of_inputs(cases: Sequence[Case]) -> list[Difference]:
    """Keys that are not stated alike, in the order of the tables."""
    known = declarations()
    columns = [
        dict(_flat(case.to_dict()))
        | {f"{key}.prior": prior.shown(known[key]) for key, prior in case.priors.items()}
        for case in cases
    ]
    found = []
    for key in dict.fromkeys(key for column in columns for key in column):
        declared = known.get(key, Quantity("1", "", key.rpartition(".")[2].replace("_", " ")))
        found += _differing("input", key, declared, [column.get(key) for column in columns])
    return found


def of_answers(
    answers: Sequence[Mapping[str, Value]], digits: int = 4, most: int = _MOST
) -> list[Difference]:
    """Numbers of results that are not the same, by as many digits at most."""
    found = []
    for name in dict.fromkeys(name for answer in answers for name in answer):
        held = [answer.get(name) for answer in answers]
        declared = next(item.declared for item in held if item is not None)
        if name == declared.formerly:
            continue
        bounds = [item is not None and item.at_least for item in held]
        values = [None if item is None else item.value for item in held]
        found += _differing("answer", name, declared, values, (digits, most), bounds)
    return found


def of_margins(validities: Sequence[Iterable[Margin]]) -> list[Difference]:
    """Assumptions whose margins are not the same."""
    columns = [{margin.name: margin for margin in validity} for validity in validities]
    found = []
    for name in dict.fromkeys(name for column in columns for name in column):
        held = [column.get(name) for column in columns]
        declared = next(margin.declared for margin in held if margin is not None)
        values = tuple(None if margin is None else margin.margin for margin in held)
        texts = tuple("-" if x is None else f"{x:+.2f}" for x in values)
        if len(set(texts)) > 1:
            found.append(Difference("assumption", name, declared, values, texts))
    return found


def differences_frame(found: Iterable[Difference], names: Sequence[str]) -> Frame:
    """The differences as columns, a row each, the values in SI."""
    rows = (
        {"part": each.part, "name": each.name, "unit": each.declared.unit}
        | {"symbol": each.declared.symbol, "meaning": each.declared.meaning}
        | dict(zip(names, each.values, strict=True))
        for each in found
    )
    return frame_of(rows, _COLUMNS | dict.fromkeys(names, "Its value in the unit of the row"))


_COLUMNS = {
    "part": "Input, answer or assumption",
    "name": "Dotted key, or name",
    "unit": "SI unit of the row",
    "symbol": "Its letter",
    "meaning": "What it is",
}


def _differing(
    part: str,
    name: str,
    declared: Quantity,
    values: Sequence[Any],
    digits: tuple[int, int] = (6, _MOST),
    bounds: Sequence[bool] = (),
) -> list[Difference]:
    """A difference; none where the values are alike."""
    if _alike(values):
        return []
    bounds = bounds or [False] * len(values)
    texts: tuple[str, ...] = ()
    for count in digits:
        texts = tuple(
            _shown(declared, value, count, bound)
            for value, bound in zip(values, bounds, strict=True)
        )
        if len(set(texts)) > 1:
            break
    same = len(set(texts)) == 1 and digits[1] < _MOST
    return [] if same else [Difference(part, name, declared, tuple(values), texts)]


def _shown(declared: Quantity, value: Any, digits: int, bound: bool) -> str:
    if value is None:
        return "-"
    if isinstance(value, float) and declared.kind == "number":
        return unit_text(quoted(declared, value, digits, at_least=bound))
    return str(value)


def _alike(values: Sequence[Any]) -> bool:
    first = values[0]
    return all(value == first or abs(_over(value, first) - 1) <= _SAME for value in values) or all(
        isinstance(value, float) and math.isnan(value) for value in values
    )


def _over(value: Any, first: Any) -> float:
    numbers = all(isinstance(x, int | float) and not isinstance(x, bool) for x in (value, first))
    return value / first if numbers and first else math.nan


def _flat(stated: Mapping[str, Any], before: str = "") -> Iterable[tuple[str, Any]]:
    """Values by dotted key; of a number with a prior both."""
    for name, value in stated.items():
        key = f"{before}{name}"
        if name == "provenance":
            continue
        if isinstance(value, Mapping) and value.keys() == {"value", "prior"}:
            yield key, value["value"]
            yield f"{key}.prior", value["prior"]
        elif isinstance(value, Mapping):
            yield from _flat(value, f"{key}.")
        else:
            yield key, value
