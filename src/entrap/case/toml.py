"""Case files: TOML to `CaseFile`. Every error of a file is reported at once, with key and line."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from entrap.case.case import REQUIRED
from entrap.case.casefile import CaseFile, Reader
from entrap.case.tables import TABLES, current_key, reach, with_current_keys
from entrap.core.errors import InputError, Problem

_LARGEST = 32_000  # bytes: a case file is a screen of text
_SHOWN = 40  # problems shown; more of them are one mistake made often
_DEPTH = 5  # parts of the longest name of a case, less its last
_TABLE = re.compile(r"\s*\[\[?\s*([^\]]*?)\s*\]?\]")
_KEY = re.compile(r"\s*[\"']?([A-Za-z0-9_\-. ]+?)[\"']?\s*=")


def load_case(
    path: str | Path,
    overrides: Iterable[str] = (),
    *,
    needs: Iterable[str] = REQUIRED,
    readers: Mapping[str, Reader] | None = None,
) -> CaseFile:
    """Read a case file.

    Args:
        path: A TOML file.
        overrides: Changes as in "landau.a=2 k_B"; nothing behind "=" takes the key out.
        needs: Tables that what is asked of the case cannot do without, as "trap.junction".
        readers: By name, what reads the table of a study; without one it stays as it is stated.

    Raises:
        InputError: the file cannot be read, or all that is wrong in it, with key and line.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except IsADirectoryError:
        raise InputError(
            f"{path} is a folder: give a case file, such as {path}/case.toml"
        ) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{path} cannot be read ({reason}): give an existing case file") from None
    if len(content) > _LARGEST:
        raise InputError(f"{path} is larger than a case file can be, {_LARGEST // 1000} kB")
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise InputError(
            f"{path} is not a case file: it is not UTF-8 text; save it as such"
        ) from None
    return parse_case(text, overrides, name=str(path), needs=needs, readers=readers)


def parse_case(
    text: str,
    overrides: Iterable[str] = (),
    *,
    name: str = "case",
    needs: Iterable[str] = REQUIRED,
    readers: Mapping[str, Reader] | None = None,
) -> CaseFile:
    r"""Read the TOML text of a case file as `load_case` does; messages call it by the `name`.

    Raises:
        InputError: all that is wrong, with key and line.

    Examples:
        >>> parse_case("[material]\ncritical_temperatur = 3")
        Traceback (most recent call last):
        ...
        entrap.core.errors.InputError: case, line 2: `material.critical_temperatur` is an ...
    """
    try:
        stated = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{name} is not valid TOML: {error}{_mend(text, str(error))}") from None
    except RecursionError:
        raise InputError(f"{name} is not valid TOML: tables nested too deeply") from None
    except ValueError:  # Python reads no decimal of more than 4300 digits
        raise InputError(f"{name} is not valid TOML: an integer has thousands of digits") from None
    problems: list[Problem] = []
    stated = with_current_keys(stated, problems)
    lines: dict[str, int | None] = dict(_lines(text))
    for key in tuple(lines):
        lines.setdefault(current_key(key), lines[key])
    for override in overrides:
        changed = _apply(stated, override)
        lines[changed] = None
        number, _, last = changed.rpartition(".")
        if last in ("prior", "value"):
            lines[number] = None  # a problem of its prior or value is reported for the number
        for part in _with_tables(changed):
            lines.setdefault(part, None)
    if not stated:
        tables = ", ".join(f"[{table}]" for table in TABLES)
        raise InputError(f"{name} is empty: a case has the tables {tables}")
    try:
        case = CaseFile.from_dict(stated, needs, readers)
        if not problems:
            return case
    except InputError as error:
        problems += error.problems
    shown = [_located(problem, lines, name) for problem in problems[:_SHOWN]]
    if (more := len(problems) - _SHOWN) > 0:
        shown.append(Problem(f"{name}: and {more} more."))
    raise InputError(*shown) from None


def _mend(text: str, error: str) -> str:
    """What is to be done about a line that is no TOML, where it is a mistake often made."""
    found = re.search(r"at line (\d+)", error)
    lines = text.splitlines()
    line = lines[int(found[1]) - 1] if found and int(found[1]) <= len(lines) else ""
    key, _, value = (part.strip() for part in line.partition("#")[0].partition("="))
    number = re.match(r"[-+]?[\d.]+(e[-+]?\d+)?\s*(?P<rest>.*)", value, re.IGNORECASE)
    if "Cannot overwrite" in error:
        return f": `{key}` stands there twice, keep one"
    if value.startswith(('"', "'")):
        return ": a text ends with the quote with which it begins" if "Illegal" in error else ""
    if number and re.match(r",\d", number["rest"]):
        return ": numbers have a point in place of a comma"
    if number and re.match(r"[^\W\d]|[°%/]", number["rest"]):
        return f': a value with a unit stands in quotes, as in {key} = "{value}"'
    if re.match(r"[^\W\d]", value):
        return f': a word stands in quotes, as in {key} = "{value}"'
    return ""


def _apply(stated: dict[str, Any], override: str) -> str:
    """Change one key; its name, as problems have it."""
    key, equals, value = override.partition("=")
    *tables, field = (part.strip() for part in key.split("."))
    if not equals or not (tables or field == "title"):
        raise InputError(
            f'--set must read TABLE.KEY=VALUE, as in "landau.a=2 k_B", not {override!r}'
        )
    name = current_key(".".join((*tables, field)))
    if not tables:
        stated["title"] = value
        return name
    try:
        target, last = reach(stated, name)
    except InputError as error:
        raise InputError(f"--set {override!r}: {error}") from None
    if not value.strip():
        if isinstance(target, list) or last in target:
            del target[last]
        return name
    try:
        target[last] = tomllib.loads(f"value = {value}")["value"]
    except (ValueError, RecursionError):
        target[last] = value.strip()
    return name


def _lines(text: str) -> dict[str, int]:
    """Line of each table and key; what it cannot place (inline tables) is left out."""
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if match := _TABLE.match(line):
            name = table = re.sub(r"\s*\.\s*", ".", re.sub(r"[\"']", "", match[1]))
        elif match := _KEY.match(line):
            key = re.sub(r"\s*\.\s*", ".", match[1].strip())
            name = f"{table}.{key}" if table else key
        else:
            continue
        for part in _with_tables(name):
            found.setdefault(part, number)
    return found


def _with_tables(name: str) -> list[str]:
    """A key's name and those of the tables around it, from the inside out."""
    parts = name.split(".")
    return [name, *(".".join(parts[:depth]) for depth in range(min(len(parts) - 1, _DEPTH), 0, -1))]


def _located(problem: Problem, lines: Mapping[str, int | None], name: str) -> Problem:
    nearest = next((part for part in _with_tables(problem.key) if part in lines), "")
    line = lines.get(nearest)
    if problem.key in lines and line is None:
        where = "--set: "
    else:
        where = f"{name}, line {line}: " if line else f"{name}: "
    key = problem.key if problem.key.isprintable() else ascii(problem.key)[1:-1]
    key = key if len(key) <= 60 else f"{key[:57]}..."
    end = "" if problem.text.endswith(("?", ".")) else "."
    return Problem(f"{where}{f'`{key}` ' if key else ''}{problem.text}{end}")
