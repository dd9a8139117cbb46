"""Plant faults in copies of the package, one at a time, and see which of them the tests notice.

    make mutants                      60 faults, spread over all rooms
    make mutants COUNT=10 SEED=3      ten others

A fault is a small change that leaves a program: a sign, a bound, a number, two labels swapped, a
word that says the opposite. Tests of the same name and room run first, then the default suite.
"""

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
SOURCE = Path("src") / "entrap"
DEFAULT = "not (gpu or slow or exhaustive or checkers)"
LIMIT = 1200  # seconds of one run: a fault that never ends is noticed

_COMPARED = {
    ast.Lt: ("<", ">"), ast.Gt: (">", "<"), ast.LtE: ("<=", ">"), ast.GtE: (">=", "<"),
    ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="), ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"), ast.Is: ("is", "is not"), ast.IsNot: ("is not", "is"),
}  # fmt: skip
_REACHED = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"),
    ast.Pow: ("**", "*"),
}  # fmt: skip
_NAMES = {
    "minimum": "maximum", "maximum": "minimum", "argmin": "argmax", "argmax": "argmin",
    "min": "max", "max": "min", "any": "all", "all": "any", "exp": "expm1", "log": "log1p",
    "sinh": "cosh", "cosh": "sinh", "first": "last", "lower": "upper", "sorted": "list",
}  # fmt: skip
_WORDS = {
    "rises": "falls", "falls": "rises", "above": "below", "below": "above", "without": "with",
    "with": "without", "more": "less", "less": "more", "longer": "shorter", "holds": "fails",
    "fails": "holds", "faster": "slower", "slower": "faster", "at most": "at least",
    "at least": "at most", "no ": "an ", "higher": "lower", "lower": "higher", "from": "to",
}  # fmt: skip
_IDLE = {"frozen", "repr", "kw_only", "strict", "static", "rich_markup_mode", "help"}


class Fault(NamedTuple):
    """A change of one file: characters `start` to `end` become `became`; `row` shows both."""

    path: Path
    line: int
    start: int
    end: int
    was: str
    became: str
    row: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.row}"


def faults(path: Path) -> list[Fault]:
    """All faults that could be planted in a file."""
    text = (ROOT / path).read_text()
    lines = [0]
    for line in text.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    rows = text.splitlines()

    def place(row: int, column: int) -> int:
        return lines[row - 1] + len(rows[row - 1].encode()[:column].decode())

    def between(low: Any, high: Any) -> tuple[int, int]:
        ends = low.end_lineno, low.end_col_offset
        return place(*ends), place(high.lineno, high.col_offset)

    found = []
    for changes in _changes(ast.parse(text)):
        low: Any
        high: Any
        for (low, high), was, became in changes:
            if isinstance(low, ast.AST):
                start, end = between(low, high)
            else:
                start, end = place(*low), place(*high)
            there = text[start:end]
            if was not in there:
                continue
            start += there.index(was)
            end = start + len(was)
            line = text.count("\n", 0, start) + 1
            first = text.rfind("\n", 0, start) + 1
            row = f"{text[first:start]}[{was} -> {became}]{text[end:].partition(chr(10))[0]}"
            found.append(Fault(path, line, start, end, was, became, row.strip()))
    return found


def _changes(tree: ast.Module) -> Iterator[list[Any]]:
    skipped = {id(x) for node in ast.walk(tree) for x in _told(node)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        whole = None
        if hasattr(node, "end_lineno"):
            whole = (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
        if isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARED:
            was, became = _COMPARED[type(node.ops[0])]
            yield [((node.left, node.comparators[0]), was, became)]
        elif isinstance(node, ast.BinOp) and type(node.op) in _REACHED:
            if isinstance(node.left, ast.Constant) and isinstance(node.left.value, str):
                continue
            was, became = _REACHED[type(node.op)]
            yield [((node.left, node.right), was, became)]
        elif isinstance(node, ast.BoolOp):
            was, became = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
            yield [((node.values[0], node.values[1]), was, became)]
        elif isinstance(node, ast.Constant) and whole:
            yield [(whole, was, became) for was, became in _values(node.value)]
        elif isinstance(node, ast.Attribute) and whole and node.attr in _NAMES:
            low = node.value.end_lineno, node.value.end_col_offset
            yield [((low, whole[1]), node.attr, _NAMES[node.attr])]
        elif isinstance(node, ast.Name) and node.id in _NAMES:
            yield [(whole, node.id, _NAMES[node.id])]


def _told(node: Any) -> Iterator[Any]:
    """What no result feels: docstrings, annotations; and f-strings, which ast places wrongly."""
    if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            yield first.value
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    if isinstance(node, ast.FunctionDef):
        for annotation in (a.annotation for a in ast.walk(node.args) if isinstance(a, ast.arg)):
            yield from ast.walk(annotation) if annotation else ()
        yield from ast.walk(node.returns) if node.returns else ()
    if isinstance(node, ast.AnnAssign):
        yield from ast.walk(node.annotation)
    if isinstance(node, ast.keyword) and node.arg in _IDLE:
        yield from ast.walk(node)
    if isinstance(node, ast.JoinedStr | ast.Raise | ast.ImportFrom | ast.Import):
        yield from ast.walk(node)


def _values(value: Any) -> Iterator[tuple[str, str]]:
    if value is True or value is False:
        yield str(value), str(not value)
    elif isinstance(value, int | float) and value:
        # One more of a hundred points, rows or iterations is no fault that anybody could notice.
        counted = isinstance(value, int) and value < 10
        yield repr(value), repr(value + 1 if counted else value * 2)
    elif isinstance(value, str):
        yield from ((was, became) for was, became in _WORDS.items() if was in value.split())


def room(path: Path) -> str:
    """Floor of a file, and of a verb its room.

    A verb is a folder of `studies`.
    """
    parts = path.relative_to(SOURCE).parts
    return "/".join(parts[:2]) if parts[0] == "studies" else parts[0]


def chosen(count: int, seed: int) -> list[Fault]:
    """Faults drawn at random, the rooms in turn."""
    draw = random.Random(seed)
    rooms: dict[str, list[Path]] = {}
    for path in sorted((ROOT / SOURCE).rglob("*.py")):
        own = path.relative_to(ROOT)
        if len(own.relative_to(SOURCE).parts) > 1 and faults(own):
            rooms.setdefault(room(own), []).append(own)
    found: list[Fault] = []
    while len(found) < count:
        for files in rooms.values():
            fault = draw.choice(faults(draw.choice(files)))
            if fault not in found:
                found.append(fault)
    return found[:count]


def noticed(copy: Path, fault: Fault, jobs: int) -> str:
    """Which tests notice a fault: those of its own module or room, others, or "" for none."""
    file = copy / fault.path
    whole = file.read_text()
    file.write_text(whole[: fault.start] + fault.became + whole[fault.end :])
    try:
        own = list(dict.fromkeys(_own(copy, fault.path)))
        if own and _failed(copy, own, jobs):
            return "its own tests"
        return "the suite" if _failed(copy, [], jobs) else ""
    finally:
        file.write_text(whole)


def _own(copy: Path, path: Path) -> Iterator[str]:
    """Tests of the module, its doctests, and those of its room."""
    inner = path.relative_to(SOURCE)
    twin = Path("tests") / inner.with_name(f"test_{inner.name}")
    for candidate in (twin, path, Path("tests") / room(path)):
        if (copy / candidate).exists():
            yield str(candidate)


def _failed(copy: Path, which: list[str], jobs: int) -> bool:
    command = [
        sys.executable, "-m", "pytest", "-x", "-q", "-n", str(jobs), "--dist", "loadfile",
        "-p", "no:cacheprovider", "-m", DEFAULT, *which,
    ]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, timeout=LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode not in (0, 5)  # 5: there was no test


def main() -> None:
    """Plant, run, and print a line for each fault and a table for each room."""
    words = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    words.add_argument("--count", type=int, default=60)
    words.add_argument("--seed", type=int, default=0)
    words.add_argument("--jobs", type=int, default=2)
    words.add_argument("--list", action="store_true", help="only show them")
    asked = words.parse_args()
    planted = chosen(asked.count, asked.seed)
    if asked.list:
        print(*planted, sep="\n")
        return
    killed: dict[str, list[bool]] = {}
    with tempfile.TemporaryDirectory() as away:
        copy = Path(away) / "entrap"
        left = shutil.ignore_patterns(".git", ".venv", "results", "site", "__pycache__")
        shutil.copytree(ROOT, copy, ignore=left)
        if _failed(copy, [], asked.jobs):
            sys.exit("The suite fails with nothing planted: mend that first.")
        for fault in planted:
            began = time.monotonic()
            by = noticed(copy, fault, asked.jobs)
            killed.setdefault(room(fault.path), []).append(bool(by))
            took = time.monotonic() - began
            print(f"{by or 'SURVIVES':14} {took:5.0f} s  {fault}", flush=True)
    print()
    for name, found in sorted(killed.items()):
        print(f"{name:16} {sum(found):3} of {len(found)}")
    every = [one for found in killed.values() for one in found]
    print(f"{'all':16} {sum(every):3} of {len(every)}, {sum(every) / len(every):.0%}")


if __name__ == "__main__":
    main()
