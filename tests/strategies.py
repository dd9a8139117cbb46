"""Random inputs: a strategy for every input class, and for whole cases and case files."""

import json
import math

from hypothesis import strategies as st

from entrap.core.quantities import quantities
from entrap.inputs import library
from entrap.inputs.case import LONGEST, NESTED, Case
from entrap.inputs.film import Film
from entrap.inputs.junction import Junction
from entrap.inputs.landau import Landau
from entrap.inputs.material import Material
from entrap.inputs.mixture import Mixture
from entrap.inputs.protocol import Protocol
from entrap.inputs.trap import Trap


def value(declared):
    """A value that the declaration allows, the bounds themselves included."""
    if declared.kind == "switch":
        return st.booleans()
    if declared.kind == "text":
        return st.sampled_from(declared.choices) if declared.choices else titles
    low, high = declared.at_least, declared.at_most
    if declared.kind == "integer":
        return st.integers(int(low), int(high))
    edges = st.sampled_from([low, high])
    if low == 0:
        return st.just(0.0) | edges | powers(1e-30, high)
    return edges | powers(low, high)


def powers(low, high):
    """Numbers even in the logarithm."""
    exponent = st.floats(math.log10(low), math.log10(high))
    return exponent.map(lambda x: min(max(10.0**x, low), high))


def some(table, names):
    """Keywords for some of the fields of a table."""
    declared = dict(quantities(table))
    return st.fixed_dictionaries({}, optional={name: value(declared[name]) for name in names})


def all_of(table, names):
    """Keywords for all of these fields."""
    declared = dict(quantities(table))
    return st.fixed_dictionaries({name: value(declared[name]) for name in names})


def joined(*strategies):
    """Keywords of several strategies together."""
    return st.tuples(*strategies).map(
        lambda parts: {k: v for part in parts for k, v in part.items()}
    )


titles = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=LONGEST
)

_OPTIONAL = (
    "fermi_velocity",
    "fermi_temperature",
    "gap",
    "density_of_states",
    "diffusivity",
    "kaplan_time",
)

material = st.sampled_from(library.names()).flatmap(
    lambda name: joined(
        st.just({"name": name}),
        some(Material, ("critical_temperature", *_OPTIONAL)),
        # The low-density materials of the library have no n_c of their own.
        st.just({})
        if "conduction_density" in library.load(name).values
        else all_of(Material, ("conduction_density",)),
    )
) | joined(
    all_of(Material, ("critical_temperature", "conduction_density")),
    some(Material, _OPTIONAL),
)

landau = (
    st.sampled_from(["saturation", "beta"]).flatmap(lambda key: all_of(Landau, ("a", key)))
    | st.sampled_from(["superfluid_density", "penetration_depth"]).flatmap(
        lambda key: all_of(Landau, ("critical_field", "below_critical", key))
    )
    | joined(
        all_of(Landau, ("critical_field", "below_critical")), st.just({"carrier_density": True})
    )
    | joined(some(Landau, ("mean_free_path",)), st.just({"bcs": True}))
)

mixture = st.sampled_from(["valence_ratio", "valence_density"]).flatmap(
    lambda amount: some(Mixture, (amount, "volume_ratio", "condensate_weight"))
) | st.sampled_from(["number-fraction", "degenerate"]).map(lambda entropy: {"entropy": entropy})

junction = joined(
    all_of(Junction, ("interface_resistance", "film_thickness", "metal_thickness")),
    all_of(Junction, ("metal",))
    | joined(
        some(Junction, ("metal",)),
        all_of(Junction, ("metal_density_of_states", "electron_phonon_constant")),
    ),
    some(
        Junction,
        ("trap_temperature", "broadening", "phonon_trapping", "generation", "mapping"),
    ),
    powers(1.0, 1e18).map(lambda x: {"relaxation_rate": x}),
)


@st.composite
def film(draw):
    """Keywords of a film whose traps lie inside it."""
    made = draw(
        joined(
            all_of(Film, ("length", "width")),
            some(
                Film,
                ("left_pad", "right_pad", "background_rate", "quasiparticle_diffusivity"),
            ),
            all_of(Film, ("temperature",)),
        )
    )
    length = made["length"]
    part = draw(powers(1e-2, 1.0))
    made["trap_length"] = part * length
    if draw(st.booleans()):
        made["trap_count"] = draw(value(dict(quantities(Film))["trap_count"]))
    elif draw(st.booleans()):
        made["trap_position"] = length * (part / 2 + (1 - part) * draw(st.floats(0, 1)))
    return made


trap = joined(all_of(Trap, ("rate",)), some(Trap, ("pairing_rate", "closure"))) | joined(
    all_of(Trap, ("pairing",)),
    some(Trap, ("closure",)),
    powers(1e-6, 1e18).map(lambda x: {"rate": x}),
)

protocol = joined(
    all_of(Protocol, ("start", "warm_to", "warming_time")), some(Protocol, ("hold", "points"))
).map(
    lambda p: p | {"start": min(p["start"], p["warm_to"]), "warm_to": max(p["start"], p["warm_to"])}
)

KEYWORDS = {
    Material: material,
    Landau: landau,
    Mixture: mixture,
    Trap: trap,
    Junction: junction,
    Film: film(),
    Protocol: protocol,
}
"""Keywords of each input class that are accepted together."""


@st.composite
def case_tables(draw):
    """Tables of a case that is accepted, as `Case.from_dict` takes them."""
    tables = {
        "material": draw(material),
        "landau": draw(landau),
        "protocol": draw(protocol),
    }
    optional = {
        "mixture": draw(st.none() | mixture),
        "trap": draw(st.none() | trap),
        "title": draw(st.none() | titles),
    }
    tables |= {name: part for name, part in optional.items() if part is not None}
    stated = Material(**tables["material"])
    if tables["landau"].get("below_critical", 0) >= stated.critical_temperature:
        tables["landau"]["below_critical"] = stated.critical_temperature / 2
    degenerate = tables.get("mixture", {}).get("entropy") == "degenerate"
    if (tables["landau"].get("bcs") or degenerate) and stated.fermi_temperature is None:
        tables["material"]["fermi_temperature"] = 5e4
    if "mean_free_path" in tables["landau"] and stated.fermi_velocity is None:
        tables["material"]["fermi_velocity"] = 1e6
    return tables


cases = case_tables().map(Case.from_dict)


@st.composite
def design_tables(draw):
    """Tables of a case with a junction, a film or both: all that the trap alone needs, or more."""
    tables = draw(case_tables())
    for name in draw(st.sets(st.sampled_from(["landau", "mixture", "protocol", "title"]))):
        tables.pop(name, None)
    inner = draw(st.sampled_from([("junction",), ("film",), ("junction", "film")]))
    tables["trap"] = {name: draw(KEYWORDS[NESTED[f"trap.{name}"]]) for name in inner}
    if "junction" not in inner:
        tables["trap"]["rate"] = draw(powers(1e-6, 1e18))
    needed = {"density_of_states": 1e47, "diffusivity": 1e-3, "kaplan_time": 1e-7}
    given = Material(**tables["material"])
    tables["material"] |= {key: x for key, x in needed.items() if getattr(given, key) is None}
    return tables


def toml(tables):
    """Tables as the text of a case file."""
    lines = [f"title = {word(tables['title'])}"] if "title" in tables else []
    for name, part in tables.items():
        if name != "title":
            lines += _toml_table(name, part)
    return "\n".join(lines) + "\n"


def _toml_table(name, part):
    inner = {key: x for key, x in part.items() if isinstance(x, dict)}
    lines = [f"[{name}]", *(f"{key} = {word(x)}" for key, x in part.items() if key not in inner)]
    for key, x in inner.items():
        lines += _toml_table(f"{name}.{key}", x)
    return lines


def word(x):
    """A value as TOML writes it."""
    return json.dumps(x, ensure_ascii=True) if not isinstance(x, str) else quoted(x)


def quoted(text):
    """A text as TOML writes it: like JSON, but with all of Unicode in one escape."""
    return (
        '"' + "".join(c if c.isalnum() and c.isascii() else f"\\U{ord(c):08x}" for c in text) + '"'
    )


WORKING = """\
title = "a case"

[material]
critical_temperature = "10 K"
conduction_density = "1e27 1/m^3"

[landau]
a = "2 k_B"
saturation = 1.0

[mixture]
valence_ratio = 1.718281828459045

[trap]
rate = "1e3 1/s"

[protocol]
start = "4 K"
hold = "50 ms"
warm_to = "22 K"
warming_time = "10 s"
points = 64
"""
"""A case file with nothing wrong; each of its lines is one key."""

_KEYS = [line.split(" = ")[0] for line in WORKING.splitlines() if " = " in line]

_NUMBERS = st.sampled_from(
    [
        "nan",
        "inf",
        "-inf",
        "-1",
        "-1e-300",
        "1e400",
        "-1e308",
        "9" * 400,
        "9" * 5000,
        "1e999999",
    ]
)
_UNITS = st.sampled_from(
    [
        "1 furlong",
        "1 K^K",
        "9**9**9 K",
        "1 K**9**9",
        "1 kg m^2/s^2/K/A",
        "K",
        "",
        " ",
        "1e5",
        "-3 K",
        "nan K",
        "inf K",
        "1 __import__('os')",
        "1 (((((K",
        "1 " + "K*" * 5000,
        "1e99999 K",
        "1 K; 2 K",
        "1 \u212a\u0301",
        "0x10 K",
        "1 K\x00",
        "1,5 K",
        "1_000 K",
        "١٢ K",
        "1 degC**-1",
        "1 lambda",
        "1 " + "(" * 3000,
        "1" * 20000 + " K",
        "1 K^-99999999",
        "1 %%%%",
    ]
).filter(lambda text: text != "1e5")
_KINDS = st.sampled_from(
    [
        "true",
        "[]",
        "{}",
        "[1, 2]",
        "1979-05-27",
        "07:32:00",
        "{a = {b = {c = 1}}}",
        '"true"',
        "[" * 500 + "]" * 500,
        "[[[1]]]",
    ]
)
_BAD_VALUES = _NUMBERS | _UNITS.map(quoted) | _KINDS
_KEY_LIKE = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=30)


@st.composite
def _bad_value(draw):
    key = draw(st.sampled_from([key for key in _KEYS if key != "title"]))
    return _replaced(key, f"{key} = {draw(_BAD_VALUES)}")


def _replaced(key, line):
    return "\n".join(line if row.startswith(f"{key} = ") else row for row in WORKING.split("\n"))


@st.composite
def _unknown_key(draw):
    rows = WORKING.split("\n")
    at = draw(st.integers(3, len(rows) - 1))
    key = draw(
        _KEY_LIKE.map(lambda word: f"x_{word}") | st.just("k" * 20000) | st.just('"\\u001b[2J"')
    )
    return "\n".join([*rows[:at], f"{key} = 1", *rows[at:]])


@st.composite
def _missing(draw):
    key = draw(
        st.sampled_from(
            [
                "critical_temperature",
                "conduction_density",
                "a",
                "saturation",
                "start",
                "warm_to",
                "warming_time",
            ]
        )
    )
    return _replaced(key, "")


@st.composite
def _without_table(draw):
    name = draw(st.sampled_from(["material", "landau", "protocol"]))
    return WORKING.replace(
        f"[{name}]", draw(st.sampled_from([f"[x{name}]", f"[[{name}]]", f"[{name}.a]"]))
    )


@st.composite
def _cut(draw):
    """Cut where the file is not whole: inside a string or before its last table."""
    at = draw(st.integers(0, WORKING.index("[protocol]") - 1))
    return WORKING[:at]


@st.composite
def _doubled(draw):
    key = draw(st.sampled_from(_KEYS[1:]))
    row = next(row for row in WORKING.split("\n") if row.startswith(f"{key} = "))
    return WORKING.replace(row, f"{row}\n{row}")


_JUNK = st.sampled_from(
    [
        "",
        "\n",
        "# nothing\n",
        "\r",
        "a",
        "=",
        "[",
        "]",
        "[[",
        '"',
        "'''",
        "\x00",
        "[a]\n[a]\n",
        "a = ",
        "a.b.c = 1\na.b = 2",
        "[a." + "a." * 10000 + "a]",
        "a = " + "[" * 20000,
        "a = {" + "a = {" * 5000,
        "\n".join(f"k{i} = {i}" for i in range(2000)),
        "x" * 33000,
        '{"material": {}}',
        "<xml/>",
        "material: {a: 1}",
        "a = 1979-13-45",
        'title = "\\ud800"',
    ]
)

_BINARY = st.binary(min_size=1, max_size=400).map(lambda junk: b"\xff" + junk) | st.sampled_from(
    [
        b"\xff\xfe" + WORKING.encode("utf-16-le"),
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"\x00" * 1000,
        b"\xff" * 40000,
        b"\x1f\x8b" + bytes(range(256)),
        WORKING.encode() + b"\xc3\x28",
        b"\xef\xbb\xbf" * 2 + WORKING.encode(),
    ]
)

_ENDINGS = st.sampled_from(
    [
        lambda text: text,
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.rstrip("\n"),
    ]
)

wrong_files = (
    st.tuples(
        _bad_value() | _unknown_key() | _missing() | _without_table() | _cut() | _doubled() | _JUNK,
        _ENDINGS,
    ).map(lambda made: made[1](made[0]).encode("utf-8", "surrogatepass"))
    | _BINARY
)
"""Bytes of files that are no case, each in one of many ways."""
