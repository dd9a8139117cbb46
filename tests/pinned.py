"""What a user is given, word for word and number by number, as it was when someone last read it.

`PIN=1` in the environment (`make pins`) writes the pins anew: read the difference before it is
committed. Of numbers within words the last digits may differ, and not how many there are. What is
pinned of a result's folder: the summary and other JSON, of each CSV the heading and four of its
rows, of netCDF four values of each array, all letters of each figure and what is drawn between
them, tables for LaTeX, and the text of the page.
"""

import csv
import dataclasses
import html
import io
import json
import math
import os
import re
import xml.etree.ElementTree as ElementTree
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path

import h5py
from matplotlib.figure import Figure
from rich.console import Console

from entrap.core.units import si_value
from entrap.report.drawing import Undrawn
from entrap.report.look import Look

PINS = Path(__file__).parent / "data" / "pinned"
_NUMBER = re.compile(r"(?<![\w.#])[-+−]?\d[\d,]*\.?\d*(?:e[-+]?\d+)?", re.IGNORECASE)
_SVG = "{http://www.w3.org/2000/svg}"
_ROUNDING = {"error": 1e-12, "residual": 1e-12}
_ROUNDING_IN = {"[A]": 1e-15, "[A/m]": 1e-9, "[rad]": 1e-9}
"""What is none of a number of this name, or in this unit."""
_STYLE = ("fill", "stroke", "stroke-width", "stroke-dasharray", "opacity")


def check(folder, name, printed="", *, exact=1e-5):
    """Compare a folder with its pin: numbers of tables to `exact`, those within words to 2 %.

    Those of figures, most of which are places in points, are compared to 0.2 %.

    What was `printed` meanwhile, by a terminal of a stated width, is pinned too.
    """
    found = contents(Path(folder))
    if printed:
        lines = printed.replace(str(Path(folder).parent), "PARENT").splitlines()
        found["terminal"] = [line.rstrip() for line in lines]
    compare(found, name, exact=exact)


def account(shown, name, parent, figures=None, *, exact=1e-5):
    """Compare what a verb writes and prints of a result, but for its data, with its pin.

    Of `figures`, where they are given, those with other names are left empty.
    """
    make = shown.figures

    def chosen(look):
        made = make(look).items()
        return {k: one if figures is None or k in figures else Figure() for k, one in made}

    shown = dataclasses.replace(shown, figures=chosen)
    drawn = shown.write(parent / name, lambda _: None, Look.of(formats=["svg"]), latex=True)
    if isinstance(drawn, Undrawn):
        raise drawn.error
    printed = io.StringIO()
    console = Console(file=printed, width=100)
    shown.print(console)
    shown.print_files(Path(name), console)  # no wider for where it lies
    check(parent / name, name, printed.getvalue(), exact=exact)


def compare(found, name, *, exact=1e-5):
    """Compare dictionaries, lists, texts and numbers with their pin."""
    found = json.loads(json.dumps(found).replace(version("entrap"), "VERSION"))
    path = PINS / f"{name}.json"
    if os.environ.get("PIN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_written(found) + "\n", "utf-8")
    problems = list(differences(found, json.loads(path.read_text("utf-8")), name, exact))
    assert not problems, "\n".join([*problems[:20], "`make pins` pins what is wanted instead"])


def contents(folder):
    """What is pinned of a folder, by the names of its files."""
    made = {"files": sorted(path.name for path in folder.iterdir())}
    for path in sorted(folder.iterdir()):
        if path.suffix == ".json":
            made[path.name] = json.loads(path.read_text("utf-8"))
        elif path.suffix == ".csv":
            rows = list(csv.reader(path.read_text("utf-8").splitlines()))
            last = len(rows) - 1
            chosen = sorted({0, 1, last // 3, 2 * last // 3, last} & set(range(len(rows))))
            made[path.name] = {
                "rows": last,
                "chosen": [rounded(rows[i], rows[0]) for i in chosen],
            }
        elif path.suffix == ".tex":
            made[path.name] = path.read_text("utf-8").splitlines()
        elif path.suffix == ".nc":
            made[path.name] = dict(_arrays(path))
        elif path.suffix == ".svg":
            drawn = ElementTree.parse(path).getroot()
            texts = [each for each in drawn.iter() if each.get("id", "").startswith("text_")]
            made[path.name] = [_placed(each) for each in texts if "".join(each.itertext()).strip()]
            made[path.name] += _strokes(drawn)
        elif path.suffix == ".html":
            text = re.sub(
                r"<(style|svg|script).*?</\1>", "", path.read_text("utf-8"), flags=re.DOTALL
            )
            lines = html.unescape(re.sub(r"<[^>]+>", "\n", text)).splitlines()
            made[path.name] = [line.strip() for line in lines if line.strip()]
    return json.loads(json.dumps(made).replace(str(folder.parent), "PARENT"))


def rounded(cells, headings):
    """A row of a table: of a change, which is a ratio less 1, what its rounding leaves.

    What is nothing but rounding, which differs from processor to processor, is 0.
    """
    made = []
    for cell, heading in zip(cells, headings, strict=True):
        least = _ROUNDING.get(heading, _ROUNDING_IN.get(heading.rpartition(" ")[2], 0.0))
        number = _number(cell)
        if number is not None and "_change" in heading:
            cell = f"{number:.12f}"
        made.append("0.0" if number is not None and abs(number) < least else cell)
    return made


def _arrays(path):
    """Of each array of a netCDF file its shape, unit, and four of its values, by its path."""
    found = []
    with h5py.File(path) as file:
        file.visititems(lambda name, part: found.append((name, part)))
        for name, part in found:
            if not isinstance(part, h5py.Dataset) or part.dtype.kind not in "biuf":
                continue
            values = part[()].ravel() + 0.0
            last = len(values) - 1
            chosen = sorted({0, last // 3, 2 * last // 3, last} & set(range(len(values))))
            unit = part.attrs.get("units", b"")
            told = unit.decode() if isinstance(unit, bytes) else str(unit)
            yield name, [str(part.shape), told, *(f"{values[i]:.9g}" for i in chosen)]


def _placed(node):
    """A text of a figure, where it stands in it, in points, its size and colour."""
    words = " ".join("".join(node.itertext()).split())
    parts = list(node.iter())
    moved = [re.search(r"translate\(([-\d.]+) ([-\d.]+)\)", x.get("transform", "")) for x in parts]
    at = [m.groups() for m in moved if m] + [(x.get("x"), x.get("y")) for x in parts if x.get("x")]
    told = {key: value for each in reversed(parts) for key, value in _told(each).items()}
    style = [told[key] for key in ("font-size", "fill") if key in told]
    return " ".join([words, "at", *(f"{float(x):.2f}" for x in at[0]), *style])


def _told(node):
    """The style of a node; all areas that are hatched alike."""
    parts = re.sub(r"url\(.*?\)", "hatched", node.get("style", "")).replace(",", " ").split("; ")
    return dict(part.split(": ", 1) for part in parts if part)


def _strokes(node):
    """Lines, marks and areas of a figure, its ticks apart: style, number, and the box around."""
    kind = re.sub(r"_\d+$", "", node.get("id", ""))
    if kind.startswith("matplotlib.axis"):
        return []
    if kind in ("", "figure", "axes", "legend", "text"):
        return [line for each in node.iterfind(f"{_SVG}g") for line in _strokes(each)]
    drawn = [each for each in node.iter() if each.get("style") and each.tag != f"{_SVG}defs"]
    defined = set(node.iterfind(f".//{_SVG}defs//*"))
    styles, points, marks = [], [], []
    for each in drawn:
        told = _told(each)
        styles.append(" ".join(f"{k} {told[k]}" for k in _STYLE if told.get(k, "none") != "none"))
        if each.get("x"):
            points.append((each.get("x"), each.get("y")))
        elif each not in defined:
            points += re.findall(r"([-\d.]+) ([-\d.]+)", each.get("d", ""))
        if each in defined:
            marks.append("".join(re.findall("[A-Zz]", each.get("d", ""))))
    columns = [[float(x) for x in column] for column in zip(*points, strict=True)]
    box = " to ".join(
        " ".join(f"{end(column):.2f}" for column in columns) for end in (min, max) if columns
    )
    return [" ".join([f"{kind} of {len(drawn)},", *dict.fromkeys(marks + styles), "from", box])]


def _written(found):
    """JSON whose short lists are one line."""

    def line(match):
        text = re.sub(r"\s*\n\s*", " ", match[0])
        return text if len(text) <= 150 else match[0]

    return re.sub(r"\[[^][{}]*\]", line, json.dumps(found, indent=1, ensure_ascii=False))


def differences(found, wanted, where, exact):
    """Where two trees of dictionaries, lists, texts and numbers differ, in words."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        for key in dict.fromkeys([*wanted, *found]):
            if (key in found) is not (key in wanted):
                yield f"{where}: {key} {'came' if key in found else 'is gone'}"
            else:
                yield from differences(found[key], wanted[key], f"{where}/{key}", exact)
    elif isinstance(found, list) and isinstance(wanted, list):
        for i, pair in enumerate(zip_longest(found, wanted)):
            yield from differences(*pair, f"{where}/{i}", exact)
    elif not _same(
        found,
        wanted,
        exact,
        0.002 if ".svg" in where else 0.02,
        _ROUNDING.get(where.rpartition("/")[2], 0.0),
    ):
        yield f"{where}: {found!r} is not {wanted!r}"


def _same(found, wanted, exact, near, least):
    if found == wanted:  # also "nan"
        return True
    one, other = _number(found), _number(wanted)
    if one is not None and other is not None:
        noise = 0.0 in (one, other) and max(abs(one), abs(other)) < 1e-12  # of a share that is none
        return noise or math.isclose(one, other, rel_tol=exact, abs_tol=least)
    if not isinstance(found, str) or not isinstance(wanted, str):
        return False
    if _NUMBER.split(found) != _NUMBER.split(wanted):
        return False
    pairs = zip(_NUMBER.findall(found), _NUMBER.findall(wanted), strict=True)
    return all(one == other or _alike(one, other, near) for one, other in pairs)


def _alike(one, other, near):
    """Whether numbers differ in their last digits, and not in how many of them are shown."""
    values, digits = [], []
    for each in (one, other):
        value, shown = _read(each), re.sub(r"\D", "", each.lower().split("e")[0])
        values.append(value)
        digits.append(len((shown if "." in each else shown.rstrip("0")).lstrip("0")))
    fewer, more = sorted(zip(digits, values, strict=True))
    cut = fewer[0] != more[0] and float(f"{more[1]:.{max(fewer[0], 1)}g}") == fewer[1]
    return math.isclose(*values, rel_tol=near, abs_tol=0.02 if near < 0.01 else 0.0) and not cut


def _number(value):
    """A number, also one in the text of a table; None where it is none."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def printed(number):
    """A number as sentences and tables have it, with commas or a power of ten."""
    return si_value(number.replace(",", ""), "1")


def _read(number):
    return float(number.replace("−", "-").replace(",", "").rstrip("."))
