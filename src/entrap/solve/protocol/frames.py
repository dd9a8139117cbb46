"""Numbers and margins of a result as columns, a row each."""

from collections.abc import Iterable, Mapping

from entrap.core.frame import Frame, frame_of
from entrap.solve.protocol.results import Margin, Value

_NUMBERS: dict[str, str] = {
    "name": "Name of the number",
    "value": "Its value in the unit",
    "unit": "SI unit",
    "at_least": "Whether it is a lower bound",
    "symbol": "Its letter",
    "meaning": "What it is",
    "source": "Where it is from",
}


def numbers_frame(values: Mapping[str, Value]) -> Frame:
    """Numbers by name as a frame, a row each; those with a new name only under it."""
    rows = (
        {"name": name, "value": item.value, "at_least": item.at_least}
        | {key: getattr(item.declared, key) for key in ("unit", "symbol", "meaning", "source")}
        for name, item in values.items()
        if name != item.declared.formerly
    )
    return frame_of(rows, _NUMBERS)


_MARGINS: dict[str, str] = {
    "name": "Name of the assumption",
    "inequality": "x ≤ y",
    "margin": "log10(y/x) at the worst point; empty where it is not known",
    "holds": "Whether it holds",
    "holds_until": "Highest temperature [K] up to which it holds without a break",
    "at_least": "Whether that is a lower bound",
    "meaning": "What it says",
    "source": "Where it is from",
    "missing": "What it would take to know it",
}


def margins_frame(validity: Iterable[Margin]) -> Frame:
    """Margins as a frame, a row each."""
    rows = (
        {key: getattr(m, key) for key in ("name", "margin", "holds", "holds_until", "at_least")}
        | {"inequality": m.declared.symbol, "meaning": m.declared.meaning}
        | {"source": m.declared.source, "missing": m.missing}
        for m in validity
    )
    return frame_of(rows, _MARGINS)
