"""Case files: what is read, and how each mistake is told, with its key and line."""

import os

import pytest
from hypothesis import given
from tests.strategies import WORKING, case_of, design_tables, toml, whole_tables

from entrap.app.casefile import READERS, load_case
from entrap.case.case import REQUIRED
from entrap.case.toml import parse_case
from entrap.core.errors import InputError

DESIGN = """\
[material]
name = "Al"

[trap.junction]
interface_resistance = "100 ohm um^2"
film_thickness = "80 nm"
metal_thickness = "100 nm"
metal = "Cu"

[trap.film]
length = "1 mm"
width = "12 um"
trap_length = "100 um"
temperature = "50 mK"
"""
"""A case of the trap alone, with nothing wrong."""

ALONE = ("trap.junction", "trap.film")


def told(text, overrides=(), needs=REQUIRED):
    """The sentences with which a text is refused."""
    with pytest.raises(InputError) as caught:
        parse_case(text, overrides, name="case.toml", needs=needs, readers=READERS)
    return str(caught.value).splitlines()


def edited(*changes):
    text = WORKING
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


def test_a_file_is_the_case_that_its_tables_are(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(WORKING)
    stated = load_case(path)
    assert stated == load_case(str(path)) == parse_case(WORKING)
    assert stated.material.critical_temperature == 10
    assert stated.require("landau").a == 2 * 1.380649e-23
    assert stated.require("protocol").hold == 0.05
    assert stated.title == "a case"


@given(whole_tables())
def test_what_a_file_says_is_what_its_tables_say(tables):
    assert parse_case(toml(tables), readers=READERS) == case_of(tables)


@given(design_tables())
def test_what_a_file_says_of_a_trap_alone_is_what_its_tables_say(tables):
    assert parse_case(toml(tables), needs=(), readers=READERS) == case_of(tables, needs=())


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace(" = ", "="),
        lambda text: text.replace("[", "  [ ").replace("]", " ]"),
        lambda text: text.replace("hold =", '"hold" =').replace("start", "'start'"),
        lambda text: text.replace("\n", " # a comment = 3\n"),
    ],
)
def test_the_way_of_writing_does_not_matter(tmp_path, change):
    path = tmp_path / "case.toml"
    path.write_bytes(change(WORKING).encode())
    assert load_case(path) == parse_case(WORKING)


def test_every_mistake_is_told_at_once_each_with_its_line():
    text = edited(
        ('"10 K"', '"10 J"'),
        ("conduction_density", "conduction_densty"),
        ("1.0", "-1.0"),
        ('"1e3 1/s"', "nan"),
        ('warm_to = "22 K"', "warm_to = inf"),
        ("points = 64", "points = 4.5"),
    )
    assert told(text) == [
        "case.toml, line 5: `material.conduction_densty` is an unknown key; "
        "did you mean `conduction_density`?",
        "case.toml, line 4: `material.critical_temperature` must be a number with a unit of K, but "
        '"J" measures something else.',
        "case.toml, line 9: `landau.saturation` must be finite and >= 1e-09 and <= 1000, but is -1.0.",
        "case.toml, line 15: `trap.rate` must be finite and >= 0 1/s and <= 1e+18 1/s, but is nan.",
        "case.toml, line 20: `protocol.warm_to` must be finite and >= 1e-06 K and <= 1e+06 K, but is "
        "inf.",
        "case.toml, line 22: `protocol.points` must be a whole number, but is 4.5.",
    ]


def test_lines_are_counted_as_editors_count_them():
    for title in ("a\u2028b", "a\x85b"):
        text = edited(("a case", title), ('"4 K"', '"-4 K"'))
        assert told(text)[-1].startswith("case.toml, line 18: `protocol.start`")
    windows = edited(('"4 K"', '"-4 K"')).replace("\n", "\r\n")
    assert told(windows)[0].startswith("case.toml, line 18: `protocol.start`")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (edited(("[trap]\nrate", "trap.rate")), "line 14: `mixture.trap`"),
        (
            "trap.rate = -1\n" + edited(("[trap]\n", "\n"), ('rate = "1e3 1/s"\n', "")),
            "line 1: `trap.rate`",
        ),
        (
            "trap = {rate = -1}\n" + edited(("[trap]\n", "\n"), ('rate = "1e3 1/s"\n', "")),
            "line 1: `trap.rate`",
        ),
        (edited(("[trap]", "[tarp]")), "line 14: `tarp` is an unknown table; did you mean `trap`?"),
        (
            edited(("[trap]", "[trap.juntion]")),
            "line 14: `trap.juntion` is an unknown key; did you",
        ),
        (
            edited(("[trap]", "[trap.junction]")),
            "line 15: `trap.junction.rate` is not known here: it belongs in [trap]",
        ),
        (edited(("[trap]", "[[trap]]")), "line 14: `trap` must be a table"),
        (edited(('start = "4 K"\n', "")), "line 17: `protocol.start` is missing"),
        (edited(("saturation = 1.0", "")), "line 7: `landau.saturation`"),
        (edited(('"1e3 1/s"', '"1e3 1/s')), "not valid TOML: "),
        pytest.param(
            "a = " + 9000 * "[" + 9000 * "]",
            "not valid TOML: tables nested too deeply",
            id="nested",
        ),
        (edited(("hold", "start")), "): `start` stands there twice, keep one"),
        (edited(('"4 K"', "4 K  # cold")), 'stands in quotes, as in start = "4 K"'),
        (edited(('"4 K"', "4,2")), ": numbers have a point in place of a comma"),
        (edited(('"4 K"', "warm")), ': a word stands in quotes, as in start = "warm"'),
        (edited(('"22 K"', '"22 K')), ": a text ends with the quote with which it begins"),
        (edited(('"22 K"', '"3 K"')), "line 20: `protocol.warm_to` must not be below the start"),
    ],
)
def test_each_mistake_has_its_place(text, where):
    (sentence,) = [s for s in told(text) if where in s]
    assert sentence.startswith("case.toml")


def test_what_is_missing_is_told_by_table():
    assert told("[material]\nname = 'Nb'\n") == [
        "case.toml: `landau` is missing: a case needs the table [landau].",
        "case.toml: `protocol` is missing: a case needs the table [protocol].",
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "# a comment\n"])
def test_an_empty_file_is_told_what_a_case_has(text):
    (sentence,) = told(text)
    assert sentence.startswith("case.toml is empty: a case has the tables [material], [landau]")


def test_a_mistake_made_thousandfold_is_not_told_a_thousand_times():
    sentences = told(WORKING + "\n".join(f"k{i} = 1" for i in range(1000)))
    assert len(sentences) == 41
    assert sentences[-1] == "case.toml: and 960 more."


def test_what_would_garble_a_terminal_is_shown_escaped():
    sentences = told(WORKING + '"\\u001b[2J\\n" = 1\n' + "k" * 500 + " = 1\n")
    assert "`protocol.\\x1b[2J\\n`" in sentences[0]
    assert len(sentences) == 2
    assert max(map(len, sentences)) < 250


@pytest.mark.parametrize(
    ("override", "table", "key", "value"),
    [
        ("landau.a=3 k_B", "landau", "a", 3 * 1.380649e-23),
        ("landau.a=3e-23", "landau", "a", 3e-23),
        (" landau . a = '3e-23 J/K' ", "landau", "a", 3e-23),
        ("trap.closure=constant", "trap", "closure", "constant"),
        ("protocol.hold=", "protocol", "hold", 0.0),
        ("mixture.valence_ratio=0", "mixture", "valence_ratio", 0.0),
        ("material.name=a=b", "material", "name", "a=b"),
    ],
)
def test_an_override_changes_one_key(override, table, key, value):
    changed = parse_case(WORKING, [override])
    assert getattr(getattr(changed, table), key) == value
    plain, other = parse_case(WORKING).to_dict(), changed.to_dict()
    plain[table].pop(key, None)
    other[table].pop(key, None)
    assert other == plain


def test_overrides_make_tables_and_the_later_one_counts():
    bare = parse_case(
        "[material]\nname = 'Nb'\n",
        [
            "landau.bcs=true",
            "protocol.start=5 K",
            "protocol.warm_to=12 K",
            "protocol.warming_time=1 s",
            "title=mine",
            "protocol.start=6 K",
        ],
    )
    assert (bare.title, bare.require("protocol").start) == ("mine", 6.0)
    assert bare.require("landau").route == "bcs"


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ("landau", "--set must read TABLE.KEY=VALUE"),
        ("landau.a", "--set must read TABLE.KEY=VALUE"),
        ("landau=3", "--set must read TABLE.KEY=VALUE"),
        ("=3", "--set must read TABLE.KEY=VALUE"),
        ("", "--set must read TABLE.KEY=VALUE"),
        ("title.a=3", "`title` is not a table"),
        (
            "landau.saturatoin=2",
            "--set: `landau.saturatoin` is an unknown key; did you mean `saturation`?",
        ),
        ("landu.a=2", "--set: `landu` is an unknown table; did you mean `landau`?"),
        ("protocol.start=", "--set: `protocol.start` is missing"),
        (
            "protocol.start=4 T",
            '--set: `protocol.start` must be a number with a unit of K, but "T"',
        ),
        ("landau.a=" + "[" * 5000, "--set: `landau.a` must be a number with a unit of J/K"),
        ("landau.a=" + "9" * 5000, "--set: `landau.a` must be finite"),
        ("landau.a.b=1", "`landau.a` is not a table"),
        ("landau.b.c=1", "--set: `landau.b` is an unknown key; did you mean `bcs`?"),
        ("trap.junction=1", "--set: `trap.junction` must be a table, but is a int"),
        ("trap.juncton.metal=Cu", "--set: `trap.juncton` is an unknown key; did you mean `junc"),
        ("trap.junction.metl=Cu", "--set: `trap.junction.metl` is an unknown key; did you mean `"),
        ("trap.junction.metal=Al", '--set: `trap.junction.metal` must be "Cu", "Ag" or "Au"'),
        ("trap.junction.metal.of=Cu", '--set: `trap.junction.metal` must be "Cu", "Ag"'),
        ("trap.film.width=1 nm", "case.toml: `trap.film.length` is missing: [trap.film] needs it"),
        ("a." * 10000 + "a=1", "`a` is not known here: it belongs in [landau]"),
        ("material.penetration_depth=200 nm", "depth` is not known here: it belongs in [landau]"),
        (
            "junction.metal=Cu",
            "--set: `junction` is an unknown table; did you mean `trap.junction`?",
        ),
        ("landau.a=true", "--set: `landau.a` must be a number or a text with a unit of J/K"),
    ],
)
def test_a_wrong_override_is_told(override, says):
    sentences = told(WORKING, [override])
    assert any(says in sentence for sentence in sentences), sentences
    assert max(map(len, sentences)) < 5200 if "must read" in says else 300


def test_a_trap_alone_needs_no_more_than_it_is_asked_for(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(DESIGN)
    stated = load_case(path, needs=ALONE)
    assert stated == parse_case(DESIGN, needs=ALONE)
    assert (stated.landau, stated.protocol) == (None, None)
    assert stated.trap.junction is not None
    assert stated.trap.junction.interface_resistance == pytest.approx(1e-10, rel=1e-15, abs=0)
    assert told(DESIGN) == [
        "case.toml: `landau` is missing: a case needs the table [landau].",
        "case.toml: `protocol` is missing: a case needs the table [protocol].",
    ]
    assert told(WORKING, needs=ALONE) == [
        "case.toml, line 14: `trap.junction` is missing: a case needs the table [trap.junction].",
        "case.toml, line 14: `trap.film` is missing: a case needs the table [trap.film].",
    ]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("film_thickness =", "film_thicknes =", "line 6: `trap.junction.film_thicknes` is an unkn"),
        ('"100 ohm um^2"', '"100 ohm um"', "line 5: `trap.junction.interface_resistance` must be"),
        ('metal = "Cu"\n', "", "line 4: `trap.junction.metal_density_of_states` is missing"),
        ('"12 um"', "-1", "line 12: `trap.film.width` must be finite"),
        ('trap_length = "100 um"', "", "line 10: `trap.film.trap_length` is missing"),
        ('"100 um"', '"1.1 mm"', "line 13: `trap.film.trap_length` must not exceed the film's"),
        ("[trap.film]", "[[trap.film]]", "line 10: `trap.film` must be a table, but is a list"),
        ('temperature = "50 mK"', "", "line 10: `trap.film.temperature` is missing: give it, or"),
        (
            'name = "Al"',
            'name = "V"\nconduction_density = 1e29',
            "line 1: `material.electron_phonon_time` i",
        ),
    ],
)
def test_each_mistake_in_a_table_inside_a_table_has_its_place(old, new, sentence):
    assert DESIGN.count(old) == 1
    found = [s for s in told(DESIGN.replace(old, new), needs=ALONE) if sentence in s]
    assert len(found) == 1
    assert found[0].startswith(f"case.toml, {sentence}")


def test_an_override_reaches_a_table_inside_a_table():
    changed = parse_case(
        DESIGN,
        ["trap.junction.interface_resistance=1e-9", " trap . junction . metal = Ag"],
        needs=ALONE,
    )
    plain = parse_case(DESIGN, needs=ALONE).to_dict()
    junction = changed.require("trap.junction")
    assert (junction.interface_resistance, junction.metal) == (1e-9, "Ag")
    assert {k: v for k, v in changed.to_dict().items() if k != "trap"} == {
        k: v for k, v in plain.items() if k != "trap"
    }
    made = parse_case(WORKING, ["material.name=Al", "trap.rate=", *_as_overrides()])
    assert made.trap.junction == parse_case(DESIGN, needs=ALONE).trap.junction
    assert parse_case(DESIGN, ["trap.film="], needs=()).trap.film is None


def _as_overrides():
    rows = DESIGN[DESIGN.index("[trap.junction]") : DESIGN.index("[trap.film]")].split("\n")
    return [f"trap.junction.{row}" for row in rows if " = " in row]


def test_what_cannot_be_read_is_told(tmp_path):
    for path, says in (
        (tmp_path, "is a folder: give a case file"),
        (tmp_path / "none.toml", "cannot be read (No such file or directory)"),
        (tmp_path / ("x" * 300), "cannot be read (File name too long)"),
        (tmp_path / "file" / "under", "cannot be read (Not a directory)"),
    ):
        (tmp_path / "file").write_text("")
        with pytest.raises(InputError, match=r"case file") as caught:
            load_case(path)
        assert says in str(caught.value)


def test_no_more_of_a_file_is_read_than_a_case_can_have(tmp_path):
    endless = "/dev/zero"
    if not os.path.exists(endless):
        pytest.skip("no /dev/zero here")
    with pytest.raises(InputError, match="larger than a case file can be, 32 kB"):
        load_case(endless)
    path = tmp_path / "case.toml"
    path.write_text(WORKING + "#" * (32_000 - len(WORKING)))
    assert load_case(path) == parse_case(WORKING)
    path.write_text(WORKING + "#" * (32_001 - len(WORKING)))
    with pytest.raises(InputError, match="larger than"):
        load_case(path)


def test_what_is_not_text_is_told(tmp_path):
    path = tmp_path / "case.toml"
    for content in (WORKING.encode("utf-16"), b"\x89PNG\xff", WORKING.encode() + b"\xc3("):
        path.write_bytes(content)
        with pytest.raises(InputError, match="is not a case file: it is not UTF-8 text"):
            load_case(path)
