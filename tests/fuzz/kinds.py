"""Kinds of inputs for the fuzzer: how each is made, and what takes it."""

import contextlib
import functools
import io
import json
import lzma
import re
import shutil
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from tests.contracts import test_broken_files as broken
from tests.fuzz import questions
from tests.fuzz.fuzz import ROOT, Found, Kind, fault_of
from tests.studies.test_options import CASE, DATA, VARY, VERBS

import entrap as et
from entrap.app import cli
from entrap.app.casefile import load_case
from entrap.case.casefile import CaseFile
from entrap.studies.fit.data.observations import load_data
from entrap.studies.fit.inputs.table import DataTable
from entrap.studies.fit.needs import NEEDS
from entrap.studies.fit.storage import saved_chains
from entrap.studies.sweep.inputs.axes import ends_of, plain_axis, read_axis
from entrap.studies.sweep.inputs.keys import declared

Draw = np.random.Generator

EXAMPLES = tuple(
    file.read_text("utf-8")
    for file in (*sorted((ROOT / "examples").glob("*.toml")), broken.DATA / "fit.toml")
)
TABLES = ("material", "landau", "mixture", "trap", "protocol", "trap.junction", "sweep", "fit")
NASTY = (
    "1", "0.5", '"1 K"', '"2 K"', '"0.1 1/s"', '"2 k_B"', "1e27", "false", '"Nb"',
    "nan", "inf", "-inf", "1e400", "-1", "0", "1e-320", "9" * 400, "true", "[]", "{}", '""', "''",
    '"3 furlongs"', '"K"', '" 4 K"', '"4 K K"', '"4  K"', '"1e999 K"', '"-0.0 K"', '"4,2 K"',
    '"4 °C"', '"4 mK/s"', '"1/0 K"', '"4 K^400"', '"4 m^^3"', '"(((("', '"4 " ', '"\\u001b[31m"',
    '"\\u202e4 K"', '"\\u0000"', '"日本 K"', '"١ K"', '"½ K"', '"2**99999999 K"', '"1_0 K"',
    "[[[[1]]]]", "{a={b={c={d={e=1}}}}}", "1979-05-27", "07:32:00", '"lognormal(1 K, 2)"',
    '{ prior = "normal(5 K, 1e-300 K)" }', '{ prior = "uniform(2 K, 1 K)" }', '{ prior = "(" }',
    '{ prior = "lognormal(5 K, nan)" }', '{ prior = 3 }', '{ value = "4 K" }', '["1 K", "2 K"]',
    '"1:2:3"', '"1 K:2 K:1e9:log"', '"@nowhere.csv"', '"@.:T"', '"' + "x" * 5000 + '"', "1e308",
)  # fmt: skip
"""Values that a file may state by mistake or on purpose."""

LETTERS = "abKTnm_. =:;,#%[]{}\"'\\/-+0123456789eE\t\n\r\0\x1b\ufeff\u202eµΩ²é日"


def some(draw: Draw, choices: Any) -> Any:
    """One of these."""
    return choices[int(draw.integers(len(choices)))]


def scrambled(text: str, draw: Draw) -> str:
    """A text with a few characters changed, taken out or put in; or a piece doubled or gone."""
    for _ in range(int(draw.choice([1, 1, 2, 8]))):
        at = int(draw.integers(len(text) + 1))
        end = min(len(text), at + int(draw.choice([0, 1, 1, 5, 60])))
        piece = "".join(some(draw, LETTERS) for _ in range(int(draw.choice([0, 1, 3]))))
        if draw.random() < 0.15:
            piece = text[at:end] * int(draw.choice([2, 3, 40]))
        text = text[:at] + piece + text[end:]
    return text


# Case files


def case_text(draw: Draw) -> str:
    """A case file of the examples, in which something is wrong, or nothing."""
    lines = some(draw, EXAMPLES).splitlines()
    for _ in range(int(draw.choice([0, 1, 1, 2]))):
        stated = [i for i, line in enumerate(lines) if "=" in line and line[0] not in "#["] or [0]
        at, how = some(draw, stated), draw.random()
        key, _, value = lines[at].partition("=")
        if how < 0.45:
            lines[at] = f"{key}= {some(draw, NASTY)}"
        elif how < 0.6:
            lines[at] = f"{key}={scrambled(value, draw)}"
        elif how < 0.7:
            lines[at] = f"{scrambled(key.strip(), draw)} ={value}"
        elif how < 0.8:
            lines[at] = ""
        elif how < 0.9:
            lines.insert(at, some(draw, lines))
        else:
            lines.insert(at, f"[{some(draw, TABLES)}{some(draw, ('', '.x', '.provenance'))}]")
    text = "\n".join(lines)
    return scrambled(text, draw) if draw.random() < 0.2 else text


def make_case(draw: Draw, folder: Path) -> Any:
    """A case file, options of `--set`, and what is needed of it."""
    path, content = folder / "case.toml", case_text(draw).encode("utf-8", "surrogatepass")
    if draw.random() < 0.05:
        content = bytes(draw.integers(256, size=int(draw.integers(2000))).tolist())
    path.write_bytes(content)
    keys = [f"{table}.{key}" for table in TABLES for key in ("rate", "a", "gap", "x.y")]
    keys += ["", "title", "trap.junction.metal", "a.b.c.d.e.f.g.h", "material.gap.prior"]
    count = int(draw.choice([0, 0, 0, 1, 2]))
    overrides = [f"{some(draw, keys)}={some(draw, NASTY)}" for _ in range(count)]
    needs = some(draw, (("material",), ("material", "landau", "protocol"), NEEDS))
    (folder / "input.txt").write_text(repr((overrides, needs)))
    return path, overrides, needs


def take_case(given: Any, _: Path) -> None:
    """Read it; what is read is said and stored without loss."""
    path, overrides, needs = given
    case = load_case(path, overrides, needs=needs)
    assert repr(case)
    if CaseFile.from_dict(case.to_dict(), needs=needs) != case:
        raise Found("what is stored is another case")
    for table in (et.Sweep, et.Fit, et.Plan, DataTable):
        table.of(case)


# Data


def columns(draw: Draw, wanted: list[str]) -> dict[str, list[Any]]:
    """Columns of measurements, some with cells that are no number."""
    rows = int(draw.choice([0, 1, 2, 7, 7, 40]))
    odds = float(draw.choice([0.0, 0.0, 0.06]))
    names = ["T", "T [K]", "T (K)", "lambda/nm", "lam", "gap [meV]", "omega", "trap", "err (%)",
             "B in mT", "t (s)", "", "T", "x" * 300, "日本", "\x1b[31m", "[data]", "a,b", 'a"b']  # fmt: skip
    chosen = [*wanted] if draw.random() < 0.8 else ["T"]
    chosen += [some(draw, names) for _ in range(int(draw.choice([0, 0, 1, 3])))]
    odd = ["", "nan", "inf", "-", "1e400", "1,5", "1.000,5", "<3", "> 2 nm", "on", "off", "5 %",
           "3 nm", "\0", "\x1b[31m", "1979-05-27", "=1+1", None, 1e300, -1.0, True]  # fmt: skip
    made = {}
    for name in chosen:
        cells: list[Any] = np.sort(draw.uniform(1, 9, rows)).round(3).tolist()
        if name == "trap":
            cells = [some(draw, ("on", "off")) for _ in range(rows)]
        for i in range(rows):
            if draw.random() < odds:
                cells[i] = some(draw, odd)
        made[name] = cells
    return made


def text_file(draw: Draw, path: Path, wanted: list[str]) -> None:
    """A text in one of many dialects, with a header of its own or none."""
    table, comma = columns(draw, wanted), draw.random() < 0.2
    mark = some(draw, (",", ";", "\t", " ", "|", ", ")) if not comma else some(draw, (";", "\t"))
    rows = [[*table], *map(list, zip(*table.values(), strict=True))]
    lines = [mark.join("" if x is None else str(x) for x in row) for row in rows]
    if comma:
        lines[1:] = [line.replace(".", ",") for line in lines[1:]]
    head = [
        "# [data.columns]", '# T = { quantity = "temperature" }',
        f'# {[*table][-1]} = {{ quantity = "higgs_coefficient", uncertainty = "2 %" }}',
    ]  # fmt: skip
    before = some(
        draw, ((), (), head, ("# made by hand",), ("sep=;",), ("[Header]", "x,1", "[Data]"))
    )
    if draw.random() < 0.15:
        lines.insert(1, mark.join(some(draw, ("K", "nm", "", "%")) for _ in table))
    text = some(draw, ("\n", "\r\n", "\r")).join([*before, *lines, ""])
    if draw.random() < 0.3:
        text = scrambled(text, draw)
    code = some(
        draw, ("utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252", "utf-8", "utf-16-le")
    )
    path.write_bytes(text.encode(code, "replace"))


def workbook(draw: Draw, path: Path, wanted: list[str]) -> None:
    """A workbook of a sheet or two."""
    import openpyxl

    book = openpyxl.Workbook()
    for _ in range(int(draw.choice([1, 1, 2]))):
        sheet: Any = book.create_sheet()
        table = columns(draw, wanted)
        rows = [[*table], *map(list, zip(*table.values(), strict=True))]
        for row in rows:
            with contextlib.suppress(openpyxl.utils.exceptions.IllegalCharacterError):
                sheet.append(row)
    book.save(path)


def parquet(draw: Draw, path: Path, wanted: list[str]) -> None:
    """Columns of one kind each."""
    import pyarrow
    from pyarrow import parquet

    made = {}
    for name, cells in columns(draw, wanted).items():
        numbers = [x if isinstance(x, float) else None for x in cells]
        made[name] = some(draw, (numbers, [str(x) for x in cells], [[x] for x in numbers]))
    parquet.write_table(pyarrow.table(made), path)


def netcdf(draw: Draw, path: Path, wanted: list[str]) -> None:
    """Variables, whose attributes may be of the wrong kind."""
    import h5py
    import xarray as xr

    made = {}
    for name, cells in columns(draw, wanted).items():
        if re.fullmatch(r"\w+", name):
            numbers = [x if isinstance(x, float) else np.nan for x in cells]
            made[name] = ("row", np.array(numbers, float), {"units": some(draw, ("K", "nm", "x"))})
    xr.Dataset(made).to_netcdf(path, engine="h5netcdf")
    odd = (3, "a", np.nan, [1, 2], h5py.Empty("S1"), b"\xff", "row", "", np.float32(0))
    names = ("units", "scale_factor", "add_offset", "_FillValue", "coordinates", "dtype", "entrap")
    with h5py.File(path, "r+") as file:
        for name in file:
            if draw.random() < 0.4:
                file[name].attrs[some(draw, names)] = some(draw, odd)
    if draw.random() < 0.3:
        some(draw, (broken.attribute_changed, broken.variable_changed))(path, draw)


FORMATS: dict[str, Callable[[Draw, Path, list[str]], None]] = {
    ".csv": text_file, ".tsv": text_file, ".txt": text_file, ".dat": text_file,
    ".xlsx": workbook, ".parquet": parquet, ".nc": netcdf,
}  # fmt: skip
DATA_TABLES: tuple[Any, ...] = (
    None,
    {"columns": {"T": {"quantity": "temperature"},
                 "lam": {"quantity": "penetration_depth", "uncertainty": "2 %", "trap": "off"}}},
    {"columns": {"T": {"quantity": "temperature"}, "trap": {"quantity": "trap"},
                 "err (%)": {"quantity": "uncertainty"},
                 "omega": {"quantity": "higgs_coefficient", "uncertainty": "err (%)"}}},
    {"columns": {"T": {"quantity": "time", "unit": "ms"},
                 "gap": {"quantity": "gap", "uncertainty": "0.1 meV", "trap": "on"}}},
    {"delimiter": "tab", "columns": {"T": {"quantity": "temperature"}, "lam": {
        "quantity": "penetration_depth", "uncertainty": "2 %", "trap": "off"}}},
)  # fmt: skip


def make_data(draw: Draw, folder: Path) -> Any:
    """A file of data and the table that says what it holds."""
    weights = np.array([4, 1, 2, 2, 1, 1, 1])
    ending = [*FORMATS][int(draw.choice(7, p=weights / weights.sum()))]
    path = folder / f"data{ending}"
    stated = DATA_TABLES[int(draw.choice(5, p=[0.2, 0.25, 0.25, 0.2, 0.1]))]
    wanted = ["T", "omega"] if stated is None else [*stated["columns"]]
    FORMATS[ending](draw, path, wanted)
    if draw.random() < (0.1 if ending in (".csv", ".tsv", ".txt", ".dat") else 0.4):
        some(draw, (broken.bytes_changed, broken.head_changed, broken.cut_short))(path, draw)
    (folder / "input.txt").write_text(repr(stated))
    return path, stated


def take_data(given: Any, _: Path) -> None:
    """Read it; what is read is of one length and finite."""
    path, stated = given
    read = load_data(path, None if stated is None else DataTable.from_dict(stated))
    numbers = (read.coordinate, read.value, read.absolute, read.relative)
    if not all(len(x) == len(read) and np.isfinite(x).all() for x in numbers):
        raise Found("numbers of the data are not finite")
    if fault := fault_of(read.read_as):
        raise Found(fault)


# Saved results


@functools.cache
def whole(name: str) -> bytes:
    """A saved result."""
    return lzma.decompress((broken.DATA / f"{name}.xz").read_bytes())


@functools.cache
def fitted() -> Any:
    """Case and data of the saved posterior."""
    case = load_case(broken.DATA / "fit.toml", needs=NEEDS)
    return case, load_data(broken.DATA / "fit.csv", DataTable.of(case))


def make_result(draw: Draw, folder: Path) -> Any:
    """A saved result with something broken in it."""
    kind = some(draw, [*broken.FILES])
    path = folder / f"{kind}.nc"
    path.write_bytes(whole(broken.FILES[kind]))
    some(draw, broken.MUTATIONS)(path, draw)
    return kind, path


def take_result(given: Any, _: Path) -> None:
    """Load it, and look at all of it."""
    kind, path = given
    if kind == "posterior":
        case, data = fitted()
        saved_chains(path, case, data, "mixing", broken.KEYS)
    else:
        broken.look(path)


def make_store(draw: Draw, folder: Path) -> Any:
    """The store of a sweep with something broken in it."""
    store = folder / "sweep.zarr"
    shutil.copytree(broken.DATA / "sweep" / "sweep.zarr", store)
    broken.store_changed(store, draw)
    return store


def take_store(store: Any, _: Path) -> None:
    """Load it, and all its numbers."""
    swept = et.load_sweep(store)
    assert repr(swept)
    swept.data.load()


# Axes of sweeps


def make_axis(draw: Draw, folder: Path) -> Any:
    """A key and what is given for it."""
    keys = ["mixture.valence_ratio", "temperature", "trap.rate", "landau.a", "protocol.start"]
    key = some(draw, keys) if draw.random() < 0.9 else scrambled(some(draw, keys), draw)
    texts = ["0.01:20:200:log", "1 K:9 K:5", "1, 2, 4", "1:2", "@data.csv:T", "2 k_B, 3 k_B",
             "1:1:1", "1:2:1e9", "1:2:3:4", ":::", "@", "1:-1:9:log", "1e-320:1e308:7:log"]  # fmt: skip
    stated = scrambled(some(draw, texts), draw) if draw.random() < 0.7 else some(draw, NASTY)
    (folder / "input.txt").write_text(repr((key, stated)))
    return key, stated


def take_axis(given: Any, folder: Path) -> None:
    """Read it; what is stored is the same again."""
    key, stated = given
    with contextlib.chdir(folder):
        axis = read_axis(key, stated)
        if read_axis(key, plain_axis(axis)) != axis:
            raise Found("what is stored is another axis")
        low, high = ends_of(key, axis)
    assert declared(key)
    if not low <= high:
        raise Found(f"an axis from {low} to {high}")


# Command lines


def make_command(draw: Draw, folder: Path) -> Any:
    """Arguments, some of which make no sense, and the files that they name."""
    (folder / "case.toml").write_text(CASE if draw.random() < 0.7 else case_text(draw), "utf-8")
    (folder / "data.csv").write_text(DATA if draw.random() < 0.7 else scrambled(DATA, draw))
    there = some(draw, ("", "", "empty", "mine", "result"))
    if there:
        (folder / "there").mkdir()
        if there == "mine":
            (folder / "there" / "thesis.tex").write_text("mine")
        if there == "result":
            told = {"title": "", "answer": [], "case": {}, "version": "0.4.0", "regimes": []}
            (folder / "there" / "summary.json").write_text(json.dumps(told))
    verb = some(draw, (*VERBS, "materials", "schema", "show", "nonsense"))
    arguments = [verb, *(VERBS[verb][0] if verb in VERBS else ())]
    words = ["--out", "there", "case.toml", "data.csv", "/dev/null", "/proc/x", ".", "..", "x" * 300,
             "--force", "--set", "landau.a=2 k_B", "title=a", "--figures", "svg", "png,gif", "--plot",
             "--resume", "--vary", "temperature=1:2:3", *VARY, "--result", "enhancement", "gap,x",
             "--reduce", "temperature=max", "--scheme", "sobol", "--samples", "-3", "--seed", "1e9",
             "--workers", "0", "--list", "--help", "--version", "", "-", "--", "Nb", "tin", "\x1b[31m",
             "日本", "--scheduler", "nowhere", "--sensitivity", "case.toml/under"]  # fmt: skip
    for _ in range(int(draw.choice([0, 1, 2, 3, 6]))):
        arguments.insert(int(draw.integers(1, len(arguments) + 1)), some(draw, words))
    if draw.random() < 0.2:
        at = int(draw.integers(len(arguments)))
        arguments[at] = scrambled(arguments[at], draw).replace("\0", "")
    (folder / "input.txt").write_text(repr(arguments))
    return arguments


def take_command(arguments: Any, folder: Path) -> None:
    """Call it, but for the work itself; it leaves with 0, 1 or 2 and says why."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.ExitStack() as stack:
        for _, work, *_ in VERBS.values():
            module, _, name = f"entrap.studies.{work}".rpartition(".")
            stack.enter_context(mock.patch.object(import_module(module), name))
        stack.enter_context(mock.patch.object(sys, "argv", ["entrap", *arguments]))
        stack.enter_context(mock.patch("entrap.report.command.prepare"))
        stack.enter_context(contextlib.chdir(folder))
        stack.enter_context(contextlib.redirect_stdout(out))
        stack.enter_context(contextlib.redirect_stderr(err))
        code: Any = 0
        try:
            cli.main()
        except SystemExit as left:
            code = left.code or 0
    if code not in (0, 1, 2):
        raise Found(f"it leaves with {code}")
    # Typer repeats a wrong argument as the user has typed it.
    told = err.getvalue() if not err.getvalue().startswith("Usage:") else "usage"
    if code and (fault := fault_of(told)):
        raise Found(f"{err.getvalue()}\n{fault}")
    if "thesis.tex" in str(list(folder.iterdir())) and not (folder / "there/thesis.tex").exists():
        raise Found("a file of the user is gone")


KINDS = {
    "cases": Kind(0.3, make_case, take_case),
    "data": Kind(0.3, make_data, take_data),
    "results": Kind(0.12, make_result, take_result),
    "stores": Kind(0.06, make_store, take_store),
    "axes": Kind(0.12, make_axis, take_axis),
    "commands": Kind(0.1, make_command, take_command),
    **questions.KINDS,
}
"""All kinds, by name."""
