"""Files of columns as laboratories have them: read as they lie, said back, or refused with a way out."""

import contextlib
import io
import random
import zipfile

import h5py
import numpy as np
import pyarrow as pa
import pytest
import xarray as xr
from pyarrow import parquet

from entrap.case.columns import binary, text
from entrap.case.columns.columnfile import ENDINGS, TEXT, read_columns
from entrap.case.columns.form import FileForm
from entrap.case.columns.headings import Heading
from entrap.core.errors import InputError, printable


def told(path, **form):
    """The sentences with which a file is refused, less the folder it is in."""
    with pytest.raises(InputError) as caught:
        read_columns(path, FileForm(**form))
    return [str(problem).replace(f"{path.parent}/", "") for problem in caught.value.problems]


def plain(file):
    """Names, units and cells."""
    return {h.name: (h.unit, cells) for h, cells in zip(file.headings, file.cells, strict=True)}


LAB = {"T": ("K", [1.5, 2.5]), "gap": ("meV", [3.88, 2.8])}


@pytest.mark.parametrize("ending", TEXT)
@pytest.mark.parametrize(
    ("content", "form", "rows"),
    [
        ("T [K],gap [meV]\n1.5,3.88\n2.5,2.80\n", "comma-separated", (2, 3)),
        ("sep=,\nT [K],gap [meV]\n1.5,3.88\n2.5,2.80\n", "comma-separated", (3, 4)),
        ("\ufeffT [K];gap [meV]\r\n1,5;3,88\r\n2,5;2,80\r\n", "semicolon-separated, decimal commas", (2, 3)),
        ("T [K]\tgap [meV]\n1.5\t3.88\n2.5\t2.80\n", "tab-separated", (2, 3)),
        ("T (K)\tgap (meV)\n1,5\t3,88\n2,5\t2,80\n", "tab-separated, decimal commas", (2, 3)),
        ("T, K\tgap, meV\n1,5\t3,88\n2,5\t2,80\n", "tab-separated, decimal commas", (2, 3)),
        ("T/K gap/meV\n1.5 3.88\n2.5 2.80\n", "separated by spaces", (2, 3)),
        ("  T in K   gap in meV\n   1.5        3.88\n   2.5        2.80\n", "separated by spaces", (2, 3)),
        ("T (K) gap (meV)\n1,5 3,88\n2,5 2,80\n", "separated by spaces, decimal commas", (2, 3)),
        ("% from MATLAB\nT / K, gap / meV\n1.5,3.88\n// spike\n2.5,2.80\n% end\n", "comma-separated, 2 comments left out", (3, 5)),
        ("; a comment\nT (K);gap (meV)\n1.5;3.88\n2.5;2.8\n", "semicolon-separated", (3, 4)),
        ("# T [K],gap [meV]\n1.5,3.88\n2.5,2.80\n", "comma-separated, names from the comment in row 1", (2, 3)),
        ("# numpy\n# T (K) gap (meV)\n1.5e0 3.88e0\n2.5e0 2.80e0\n", "separated by spaces, names from the comment in row 2", (3, 4)),
        ("T,gap\nK,meV\n1.5,3.88\n2.5,2.80\n", "comma-separated, units from row 2", (3, 4)),
        ("T\tgap\n(K)\t[meV]\n1.5\t3.88\n2.5\t2.80\n", "tab-separated, units from row 2", (3, 4)),
        ("T [K],gap [meV],\n1.5,3.88,\n2.5,2.80\n".replace(",\n", "\n"), "comma-separated", (2, 3)),
        ("T [K],gap [meV]\n1.5,3.88,,\n2.5,2.80,,\n", "comma-separated", (2, 3)),
        ('"T [K]","gap [meV]"\n"1,5","3,88"\n"2,5","2,80"\n', "comma-separated, decimal commas", (2, 3)),
    ],
)  # fmt: skip
def test_a_text_file_is_read_as_it_lies_and_said_back(put, ending, content, form, rows):
    file = read_columns(put(content, f"data{ending}"))
    assert plain(file) == LAB
    assert (file.form, file.rows) == (form, rows)


def test_what_an_instrument_says_of_itself_is_no_column(put):
    file = read_columns(
        put("[Header]\nTITLE,x\n[Data]\nComment,T [K],gap [meV]\n,1.5,3.88\n,2.5,2.80\n")
    )
    assert {"T": plain(file)["T"], "gap": plain(file)["gap"]} == LAB
    path = put("cooldown 5\nlock-in, 10 mV\nT [K],gap [meV]\n1.5,3.88\n2.5,2.80\n")
    assert list(plain(read_columns(path))) == ["cooldown 5"]
    assert read_columns(path).form == "one column"
    wide = put("cooldown 5, lock-in\nT [K],gap [meV],n\n1.5,3.88,1\n2.5,2.80,2\n", "wide.csv")
    assert "state `header`, the row of the names" in told(wide)[-1]
    assert plain(read_columns(path, FileForm(header=3))) == LAB


@pytest.mark.parametrize(
    ("code", "said"),
    [("utf-8", ""), ("utf-8-sig", ""), ("utf-16", ", UTF-16"), ("latin-1", ", LATIN-1"), ("cp1252", ", LATIN-1")],
)  # fmt: skip
def test_the_encoding_is_recognised(put, code, said):
    file = read_columns(put("T [°C],λ\n-270,1\n".replace("λ", "d [µm]").encode(code)))
    assert plain(file) == {"T": ("°C", [-270.0]), "d": ("µm", [1.0])}
    assert file.form == f"comma-separated{said}"


def test_an_encoding_is_stated_where_it_is_not_seen(put):
    path = put("T [K],λ [nm]\n1,2\n".encode("utf-16-le"))
    assert told(path) == [
        "data.csv is not a text file: it holds zero bytes; if it is UTF-16 without its mark, state "
        'encoding = "utf-16-le"'
    ]
    assert plain(read_columns(path, FileForm(encoding="utf-16-le")))["λ"] == ("nm", [2.0])
    assert "is not a text file in utf-8" in told(put(b"T\n\xb5\n"), encoding="utf-8")[0]
    with pytest.raises(InputError, match='must be "utf-8", '):
        FileForm(encoding="klingon")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("T;n\n1,234;5\n2,345;6\n", 'data.csv, row 2: the comma in "1,234" may stand before decimals or between thousands: state decimal = "comma" or decimal = "point" of the file'),
        ("T;n\n1,5;5\n2.5;6\n", 'data.csv has a comma in "1,5" (row 2) and a point in "2.5" (row 3): state decimal = "comma" or decimal = "point" of the file'),
        ("T;n\n1;1,234.5\n", 'data.csv, row 2: "1,234.5" has separators of thousands: write its number without them'),
        ("T;n\n1;1.234,5\n", 'data.csv, row 2: "1.234,5" has separators of thousands: write its number without them'),
        ("T;n\n1;1,234,567\n", 'data.csv, row 2: "1,234,567" has separators of thousands: write its number without them'),
    ],
)  # fmt: skip
def test_a_comma_that_may_be_either_is_refused(put, content, says):
    assert told(put(content)) == [says]


def test_the_decimal_and_the_delimiter_can_be_stated(put):
    path = put("T;n\n1,234;5\n2,345;6\n")
    assert plain(read_columns(path, FileForm(decimal="comma")))["T"] == ("", [1.234, 2.345])
    assert plain(read_columns(path, FileForm(decimal="point")))["T"] == ("", ["1,234", "2,345"])
    # One comma with another digit beside it tells that of all.
    assert plain(read_columns(put("T;n\n1,234;0,5\n")))["T"] == ("", [1.234])
    assert plain(read_columns(put("T;n\n0,234;5\n")))["T"] == ("", [0.234])
    assert "write all numbers alike" in told(put("T;n\n1,5;2.5\n"), decimal="comma")[0]
    both = put("a;b,c;d\n1;2,3;4\n")
    assert [h.name for h in read_columns(both, FileForm(delimiter="comma")).headings] == [
        "a;b",
        "c;d",
    ]
    assert read_columns(both).form.startswith("semicolon-separated")


@pytest.mark.parametrize(
    ("title", "name", "unit"),
    [
        ("T [K]", "T", "K"), ("T (K)", "T", "K"), ("T(K)", "T", "K"), ("T/K", "T", "K"), ("T / K", "T", "K"),
        ("T in K", "T", "K"), ("T, K", "T", "K"), ("T_K", "T_K", "K"), ("lambda off (nm)", "lambda off", "nm"),
        ("n (1/cm^3)", "n", "1/cm^3"), ("n / cm^-3", "n", "cm^-3"), ("R (Ω (sq))", "R", "Ω (sq)"),
        ("T", "T", ""), ("(K)", "(K)", ""), ("[K]", "[K]", ""), ("λ(T) [nm]", "λ(T)", "nm"),
    ],
)  # fmt: skip
def test_a_title_is_a_name_and_its_unit(title, name, unit):
    found = Heading.of(title)
    assert (found.title, found.name, found.unit) == (title, name, unit)


def test_a_unit_beside_a_name_is_read_or_refused_and_never_ignored():
    for title in ("d [nm]", "d (nm)", "d/nm", "d in nm", "d, nm", "d_nm", "d nm"):
        assert Heading.of(title).unit_of("m", "state it") == "nm", title
    for title in ("d [K]", "d (K)", "d/foo", "d in K", "d (a.u.)", "λ(T)", "d (off)"):
        with pytest.raises(InputError, match="must be a unit of m"):
            Heading.of(title).unit_of("m", "state it")
    for title in ("d_off", "d off", "d", "lambda_L", "d_K"):
        assert Heading.of(title).unit_of("m", "state it") == "", title
    assert Heading.of("n_v/n_c").unit_of("1", "state it") == ""
    assert Heading.of("err (%)").unit_of("m", "state it", share=True) == "%"
    with pytest.raises(InputError):
        Heading.of("err (%)").unit_of("m", "state it")


def test_a_unit_stands_in_one_place(put):
    assert told(put("T [K],n\nmK,1/m^3\n1,2\n")) == [
        "data.csv, row 2: states a unit of `T`, as the row of names does: keep one of them"
    ]


# ---------------------------------------------------------------- workbooks, NetCDF


def workbook(sheets, percent=()):
    """The bytes of a workbook, from rows by sheet; cells that are shown in per cent by place."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for place in percent:
            sheet[place].number_format = "0.0%"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


ROWS = [["T (K)", "gap", "err"], [None, "meV", None], [1.5, 3.88, 0.02], [2.5, 2.8, 0.03]]


def test_a_workbook_is_read_as_it_is_shown(put):
    path = put(
        workbook({"Tabelle1": [["# B7"], [], *ROWS], "notes": []}, ["C5", "C6"]), "data.xlsx"
    )
    file = read_columns(path)
    assert plain(file) == LAB | {"err": ("%", [2.0, 3.0])}
    assert (file.form, file.rows) == ('sheet "Tabelle1", units from row 4', (5, 6))


def test_the_row_of_the_names_of_a_sheet_can_be_stated(put):
    path = put(workbook({"a": [["cooldown 5"], ["lock-in", "10 mV"], *ROWS]}), "data.xlsx")
    file = read_columns(path, FileForm(header=3))
    assert (list(plain(file)), file.rows) == (["T", "gap", "err"], (5, 6))
    assert told(path, header=9)[0].endswith("a row of names and rows of numbers, but has none")


def test_a_sheet_is_named_where_several_hold_something(put):
    path = put(workbook({"a": ROWS, "b": ROWS[:1] + ROWS[2:]}), "data.xlsx")
    assert told(path) == ['data.xlsx has several sheets, a, b: state which, as in sheet = "a"']
    assert read_columns(path, FileForm(sheet="b")).rows == (2, 3)
    assert told(path, sheet="c") == ['data.xlsx has no sheet "c": it has a, b']


def test_per_cent_of_some_cells_alone_is_no_number(put):
    path = put(workbook({"a": ROWS}, ["C3"]), "data.xlsx")
    assert plain(read_columns(path))["err"] == ("", ["2 %", 0.03])
    path = put(workbook({"a": [["err (nm)"], [0.02]]}, ["A2"]), "data.xlsx")
    assert told(path) == [
        "data.xlsx: `err` is in nm by its title and in % by its cells: keep one of them"
    ]


@pytest.mark.parametrize(
    ("key", "value", "harms"),
    [
        ("coordinates", 3, False),
        ("coordinates", h5py.Empty("S1"), False),
        ("scale_factor", "a", True),
        ("add_offset", "b", True),
    ],
)
def test_attributes_of_the_wrong_kind_are_told_with_their_column(tmp_path, key, value, harms):
    path = tmp_path / "data.nc"
    made = {"T": ("row", np.arange(1.0, 4.0), {"units": "K"}), "d": ("row", np.ones(3))}
    xr.Dataset(made).to_netcdf(path, engine="h5netcdf")
    with h5py.File(path, "r+") as file:
        file["T"].attrs[key] = value
    if harms:
        (line,) = told(path)
        assert line.startswith("data.nc: the attributes of `T` or its values cannot be read: ")
    else:
        assert plain(read_columns(path))["T"] == ("K", [1.0, 2.0, 3.0])


def test_scales_and_fill_values_of_netcdf_are_applied(tmp_path):
    path = tmp_path / "data.nc"
    packed = {"scale_factor": 0.5, "add_offset": 1.0, "_FillValue": np.int16(-1), "dtype": "int16"}
    xr.Dataset({"T": ("row", [1.5, np.nan, 2.5]), "s": ("row", ["a", "b", "c"])}).to_netcdf(
        path, engine="h5netcdf", encoding={"T": packed}
    )
    assert plain(read_columns(path)) == {"T": ("", [1.5, None, 2.5]), "s": ("", ["a", "b", "c"])}
    xr.Dataset({"d": ("T", [1.0, 2.0])}, coords={"T": [3.0, 4.0]}).to_netcdf(
        path, engine="h5netcdf"
    )
    assert plain(read_columns(path)) == {"T": ("", [3.0, 4.0]), "d": ("", [1.0, 2.0])}


# ---------------------------------------------------------------- anything at all


def good(folder):
    """A file of each kind with nothing wrong, as bytes by ending."""
    text = "# from a magnetometer\nT (K)\tλ in nm\n1,5\t<93,88\n2,5\t92,80\n"
    made = {ending: text.encode("utf-16" if ending == ".dat" else "utf-8") for ending in TEXT}
    made[".xlsx"] = workbook({"a": ROWS})
    parquet.write_table(
        pa.table({"T [K]": [1.5, 2.5], "λ [nm]": [93.88, 92.8]}), folder / "a.parquet"
    )
    xr.Dataset({"T": ("row", [1.5, 2.5]), "λ": ("row", [93.88, 92.8])}).to_netcdf(
        folder / "a.nc", engine="h5netcdf"
    )
    return made | {f".{kind}": (folder / f"a.{kind}").read_bytes() for kind in ("parquet", "nc")}


def test_a_file_of_each_kind_has_as_many_cells_as_are_read_and_not_one_more(
    put, tmp_path, monkeypatch
):
    counts = {".csv": 6, ".xlsx": 11, ".parquet": 4, ".nc": 4}  # names count where they are cells
    whole = good(tmp_path)
    for ending, cells in counts.items():
        path = put(whole[ending], f"many{ending}")
        for most in (cells, cells - 1):
            monkeypatch.setattr(binary, "MOST_CELLS", most)
            monkeypatch.setattr(text, "MOST_CELLS", most)
            if most == cells:
                assert len(read_columns(path).rows) == 2
            else:
                assert told(path) == [
                    f"many{ending} must have at most {most} cells: take fewer rows"
                ]


def test_a_text_has_as_many_bytes_as_are_read_and_not_one_more(put, monkeypatch):
    path = put("T,n\n1,2\n")
    monkeypatch.setattr(text, "_MOST", 8)
    assert len(read_columns(path).rows) == 1
    monkeypatch.setattr(text, "_MOST", 7)
    assert told(path) == ["data.csv must have at most 7e-06 MB: take fewer rows"]


def mutated(content, draw):
    """A file that is cut, or some of whose bytes are changed, taken out or doubled."""
    found = bytearray(content)
    for _ in range(draw.randint(1, 6)):
        at = draw.randrange(len(found) + 1)
        how = draw.randrange(5)
        if how == 0:
            del found[at:]
        elif how == 1:
            found[at : at + draw.randint(1, 9)] = b""
        elif how == 2:
            found[at:at] = draw.choice(
                [
                    b",",
                    b";",
                    b"\t",
                    b"\n",
                    b'"',
                    b"#",
                    b"[data]",
                    b"\0",
                    b"\xff",
                    b"1,234",
                    b"%",
                    b"1e999",
                ]
            )
        elif how == 3:
            found[at:at] = found[at : at + draw.randint(1, 40)]
        elif at < len(found):
            found[at] = draw.randrange(256)
    return bytes(found)


def remade(content, draw):
    """A workbook whose packed parts are mutated, so that damage reaches what reads them."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        hit = draw.choice(old.namelist())
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, mutated(part, draw) if name == hit else part)
    return made.getvalue()


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("count", [25, pytest.param(400, marks=pytest.mark.slow)])
def test_no_file_gives_anything_but_columns_or_an_input_error(tmp_path, ending, count):
    draw = random.Random(ending)
    whole = good(tmp_path)[ending]
    path = tmp_path / f"data{ending}"
    read = 0
    for i in range(count):
        if i % 4 == 0:
            content = draw.randbytes(draw.randrange(400))
        elif ending == ".xlsx" and i % 4 == 1:
            content = remade(whole, draw)
        else:
            content = mutated(whole, draw)
        path.write_bytes(content)
        with contextlib.suppress(InputError):
            file = read_columns(path)
            assert all(len(cells) == len(file.rows) for cells in file.cells)
            read += 1
    assert read or ending not in TEXT, "some damage does no harm"


def test_a_sheet_of_cells_far_apart_takes_no_memory(put):
    far = workbook({"a": ROWS})
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(far)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith("sheet1.xml"):
                part = part.replace(b'r="4"', b'r="999999999999"').replace(
                    b'"A4"', b'"XFD999999999999"'
                )
            new.writestr(name, part)
    path = put(made.getvalue(), "data.xlsx")
    with contextlib.suppress(InputError):
        assert len(read_columns(path).rows) <= 3


def test_a_bomb_is_not_unpacked(put, monkeypatch):
    monkeypatch.setattr(binary, "_MOST", 1_000_000)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("xl/workbook.xml", bytes(1_000_001))
    assert told(put(made.getvalue(), "data.xlsx")) == ["data.xlsx must unpack to at most 1 MB"]


def test_what_steers_a_terminal_is_shown_escaped():
    assert printable("a\x1b[31m\u202eb\nλ") == "a\\x1b[31m\\u202eb\nλ"
