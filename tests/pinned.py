"""What a user is given, word for word and number by number, as it was when someone last read it.

`PIN=1` in the environment (`make pins`) writes the pins anew: read the difference before it is
committed. What is pinned of a result's folder: the summary and other JSON, of each CSV the heading
and four of its rows, all letters of each figure, and the text of the page.
"""

import csv
import html
import json
import math
import os
import re
import xml.etree.ElementTree as ElementTree
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path

from entrap.core.units import si_value

PINS = Path(__file__).parent / "data" / "pinned"
_NUMBER = re.compile(r"(?<![\w.])[-+−]?\d[\d,]*\.?\d*(?:e[-+]?\d+)?", re.IGNORECASE)
_TEXT = "{http://www.w3.org/2000/svg}text"


def check(folder, name, printed="", *, exact=1e-5):
    """Compare a folder with its pin: numbers of tables to `exact`, those within words to 2 %.

    What was `printed` meanwhile, by a terminal of a stated width, is pinned too.
    """
    found = contents(Path(folder))
    if printed:
        lines = printed.replace(str(Path(folder).parent), "PARENT").splitlines()
        found["terminal"] = [line.rstrip() for line in lines]
    compare(found, name, exact=exact)


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
            made[path.name] = {"rows": last, "chosen": [rows[i] for i in chosen]}
        elif path.suffix == ".svg":
            drawn = ElementTree.parse(path).getroot()
            made[path.name] = [_placed(node) for node in drawn.iter(_TEXT)]
        elif path.suffix == ".html":
            text = re.sub(
                r"<(style|svg|script).*?</\1>", "", path.read_text("utf-8"), flags=re.DOTALL
            )
            lines = html.unescape(re.sub(r"<[^>]+>", "\n", text)).splitlines()
            made[path.name] = [line.strip() for line in lines if line.strip()]
    return json.loads(json.dumps(made).replace(str(folder.parent), "PARENT"))


def _placed(node):
    """The letters of a figure, and where they stand in it, in points."""
    words = " ".join("".join(node.itertext()).split())
    moved = re.search(r"translate\(([-\d.]+) ([-\d.]+)\)", node.get("transform", ""))
    at = moved.groups() if moved else (node.get("x", "nan"), node.get("y", "nan"))
    return " ".join([words, "at", *(f"{float(x):.2f}" for x in at)])


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
    elif not _same(found, wanted, exact):
        yield f"{where}: {found!r} is not {wanted!r}"


def _same(found, wanted, exact):
    one, other = _number(found), _number(wanted)
    if one is not None and other is not None:
        noise = 0.0 in (one, other) and max(abs(one), abs(other)) < 1e-12  # of a share that is none
        return noise or math.isclose(one, other, rel_tol=exact)
    if not isinstance(found, str) or not isinstance(wanted, str):
        return found == wanted
    if _NUMBER.split(found) != _NUMBER.split(wanted):
        return False
    pairs = zip(_NUMBER.findall(found), _NUMBER.findall(wanted), strict=True)
    return all(math.isclose(_read(one), _read(other), rel_tol=0.02) for one, other in pairs)


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
