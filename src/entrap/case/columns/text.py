"""Files of columns as text: encoding, comments, delimiter and decimal comma as they stand."""

import codecs
import csv
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from entrap.case.columns.cells import MOST_CELLS, Row, decimals, is_number, with_points
from entrap.case.columns.form import DELIMITERS, FileForm
from entrap.core.errors import InputError

_MOST = 200_000_000  # bytes
_SAMPLE = 200  # rows from which the delimiter is told
_DATA = re.compile(r"""\s*(\[+\s*["']?data\b["']?\s*([.\]]|$)|data\s*\.\s*[a-z_]+[\w."' -]*=)""")
_COMMENT = re.compile(r"\s*(?:#|%|//|;(?![^;]*;))")
_TOML = re.compile(r"""\s*(\[|["']?[\w-]+["']?(\s*\.\s*["']?[\w-]+["']?)*\s*=)""")
_SEPARATOR = re.compile(r'"?sep=(.)"?\s*', re.I)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TOKEN = re.compile(r'"[^"]*"|[^\s"]\S*')
_UNIT = re.compile(r"(?<=\S)[ \t]+(?=[\[(/]|in\s)|(?<=/)[ \t]+(?=\S)")
_TWO_NUMBERS = re.compile(r"\d[\s;,]+[-+<>]?[.,]?\d")

OwnForm = Callable[[str], FileForm | None]
"""The form that a file's own header, as TOML, states."""


def read_text(
    path: Path, form: FileForm, own: OwnForm = lambda _: None
) -> tuple[list[Row], str, list[str]]:
    """Rows of a text file with that of the names first, its header as TOML, and how it was read.

    Raises:
        InputError: it is no text, or its form is in doubt.
    """
    if path.stat().st_size > _MOST:
        raise InputError(f"{path} must have at most {_MOST / 1e6:g} MB: take fewer rows")
    text, encoding = _decoded(path.read_bytes(), form.encoding, str(path))
    lines = re.split(r"\r\n?|\n", text)
    first, told = 0, None
    if match := _SEPARATOR.fullmatch(lines[0]):
        first, told = 1, match[1]
    start = next((i for i, line in enumerate(lines) if line.strip().lower() == "[data]"), None)
    words: list[tuple[int, str]] = []
    if start is not None:  # as instruments write it below what they say of themselves
        first = start + 1
    while first < len(lines) and (not lines[first].strip() or _COMMENT.match(lines[first])):
        words.append((first + 1, _COMMENT.sub("", lines[first], count=1).removeprefix(" ")))
        first += 1
    begin = next((i for i, (_, line) in enumerate(words) if _DATA.match(line)), len(words))
    toml = [line for _, line in words[begin:]]
    body = [(n, x) for n, x in enumerate(lines[first:], first + 1) if not _COMMENT.match(x)]
    inner = len(lines) - first - len(body)
    last = next(((n, x) for n, x in reversed(words) if x.strip()), None)
    above = None
    if last and not _TOML.match(last[1]) and body and _all_numbers(body):
        above = last  # as numpy.savetxt writes the names
        toml = toml[: len(toml) - (len(words) - words.index(last))] if toml else []
    form = form.form_over(own("\n".join(toml)))
    if form.header is not None:
        above = None
        at = form.header - 1
        body = [(at + 1, lines[at])] if at < len(lines) else []
        body = [(at + 1, _COMMENT.sub("", body[0][1], count=1))] if body else []
        body += [(n, x) for n, x in enumerate(lines[at + 1 :], at + 2) if not _COMMENT.match(x)]
        inner = max(0, len(lines) - at - len(body))
    body = [above, *body] if above else body
    sample = list(islice(_joined(body), _SAMPLE))
    delimiter = DELIMITERS.get(form.delimiter or "") or told or _delimiter(sample)
    rows = _rows(body, delimiter, str(path))
    said = [_NAMES.get(delimiter, f'separated by "{delimiter}"') if delimiter else "one column"]
    if encoding:
        said.append(encoding)
    if above:
        said.append(f"names from the comment in row {above[0]}")
    if inner:
        said.append(f"{inner} comment{'s' * (inner > 1)} left out")
    if decimals(rows[1:], form.decimal, str(path)) == "comma":
        rows = rows[:1] + with_points(rows[1:], str(path))
        said.append("decimal commas")
    return rows, "\n".join(toml), said


_NAMES = {
    "\t": "tab-separated", ";": "semicolon-separated", ",": "comma-separated",
    " ": "separated by spaces",
}  # fmt: skip


def _decoded(content: bytes, stated: str | None, name: str) -> tuple[str, str]:
    """The text of a file, and its encoding where that is not UTF-8."""
    mark = next((code for bom, code in _MARKS if content.startswith(bom)), None)
    code = stated or mark or "utf-8"
    if stated == "utf-8" or (stated and stated.startswith("utf-16") and mark == "utf-16"):
        code = mark or stated
    try:
        text = content.decode(code)
        shown = "" if code in ("utf-8", "utf-8-sig") else code.upper()
    except UnicodeError:
        if stated or mark:
            raise InputError(
                f"{name} is not a text file in {code}: state its encoding, as in "
                'encoding = "latin-1"'
            ) from None
        text, shown = content.decode("latin-1"), "LATIN-1"
        if re.search(r"[\x7f-\x9f]", text):
            raise InputError(
                f"{name} is not a text file in UTF-8, UTF-16 or Latin-1: state its encoding, as in "
                'encoding = "cp1252"'
            ) from None
    if "\0" in text:
        raise InputError(
            f"{name} is not a text file: it holds zero bytes; if it is UTF-16 without its mark, "
            'state encoding = "utf-16-le"'
        )
    return text.removeprefix("\ufeff"), shown


def _all_numbers(body: list[tuple[int, str]]) -> bool:
    """Whether the first row that is not blank holds numbers alone, by whatever separated."""
    line = next((line for _, line in body if line.strip()), "")
    cells = re.split(r"[\t;]|\s+|,\s+" if re.search(r"[\t; ]", line.strip()) else ",", line.strip())
    return bool(cells) and all(is_number(cell) for cell in cells if cell)


def _joined(body: list[tuple[int, str]]) -> Iterator[str]:
    """Rows that are not blank; lines between quotation marks are one row."""
    row = ""
    for _, line in body:
        row = f"{row}\n{line}" if row else line
        if row.count('"') % 2 == 0:
            if row.strip():
                yield row
            row = ""
    if row.strip():
        yield row


def _split(line: str, delimiter: str) -> list[str]:
    if delimiter == " ":
        return [token.strip('"') for token in _TOKEN.findall(line)]
    try:
        return next(csv.reader(line.splitlines(keepends=True), delimiter=delimiter), [])
    except csv.Error:
        return []


def _spaced_names(line: str, count: int) -> list[str]:
    """Names between spaces, as many as there are columns, if they can be told apart so."""
    apart = [name for name in re.split(r"[ \t]{2,}", line.strip()) if name]
    if len(apart) == count:
        return [name.strip('"') for name in apart]
    kept = _UNIT.sub("\0", line.strip())  # a unit goes with what stands before it
    kept = re.sub(r"\0in\s+", "\0in\0", kept)
    joined = [name.replace("\0", " ").strip('"') for name in _TOKEN.findall(kept)]
    return joined if len(joined) == count else _split(line, " ")


def _delimiter(sample: list[str]) -> str:
    """What stands between the cells; empty where there is one column."""
    names, *rows = sample or [""]
    best, share = "", 0.0
    for delimiter in DELIMITERS.values():
        if delimiter == " " and "\t" in names:
            continue
        cells = [_split(row, delimiter) for row in rows]
        count = len(cells[0]) if cells else 0
        titles = _spaced_names(names, count) if delimiter == " " else _split(names, delimiter)
        if len(titles) < 2 or any(len(row) != len(titles) for row in cells):
            continue
        whole = [is_number(x) or not _TWO_NUMBERS.search(x) for row in cells for x in row]
        alike = sum(whole) / len(whole) if whole else 0.5
        if alike > share:
            best, share = delimiter, alike
    if best:
        return best
    return next((d for d in "\t;," if len(_split(names, d)) > 1), "")


def _rows(body: list[tuple[int, str]], delimiter: str, name: str) -> list[Row]:
    """Rows that are not blank, each with the number of its first line."""
    if delimiter in ("", " "):
        found: list[Row] = []
        for number, line in body:
            if line.strip():
                found.append((number, _split(line, " ") if delimiter else [line.strip()]))
        if delimiter and len(found) > 1:
            titles = next(line for _, line in body if line.strip())
            found[0] = found[0][0], _spaced_names(titles, len(found[1][1]))
        return found
    taken: list[int] = []

    def lines() -> Iterator[str]:
        for number, line in body:
            taken.append(number)
            yield f"{line}\n"

    rows: list[Row] = []
    cells_read = 0
    try:
        for cells in csv.reader(lines(), delimiter=delimiter, strict=True):
            if any(cell.strip() for cell in cells):
                rows.append((taken[0], cells))
            cells_read += len(cells)
            if cells_read > MOST_CELLS:
                raise InputError(f"{name} must have at most {MOST_CELLS:g} cells: take fewer rows")
            taken.clear()
    except csv.Error as error:
        at = taken[0] if taken else 1
        raise InputError(f"{name}, row {at}: is not a row of a text file ({error})") from None
    return rows
