"""Random inputs: a strategy for every input class, and for whole cases and case files."""

import dataclasses
import json
import math

from hypothesis import strategies as st

from entrap.app.casefile import READERS
from entrap.case import library
from entrap.case.case import LONGEST, NESTED, REQUIRED
from entrap.case.casefile import CaseFile
from entrap.case.film import Film
from entrap.case.junction import Junction
from entrap.case.landau import Landau
from entrap.case.material import Material
from entrap.case.mixture import Mixture
from entrap.case.priors import Prior
from entrap.case.protocol import Protocol
from entrap.case.trap import Trap
from entrap.case.uncertain import uncertain
from entrap.core.quantities import quantities
from entrap.model.observables import MEASURED, PLANNABLE
from entrap.studies.fit.inputs.hypotheses import HYPOTHESES
from entrap.studies.fit.inputs.options import Fit
from entrap.studies.fit.inputs.table import ALLOWANCES, DataColumn, DataGroup, DataTable
from entrap.studies.plan.inputs.options import Plan


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
    if low < 0:
        return edges | st.floats(low, high)
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
    "electron_phonon_time",
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
    lambda amount: some(Mixture, (amount, "volume_ratio", "condensate_weight", "band_gap"))
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
        ("trap_temperature", "dynes_broadening", "phonon_trapping", "generation", "mapping"),
    ),
    st.just({}) | all_of(Junction, ("barrier_thickness", "barrier_permittivity")),
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


@st.composite
def prior(draw, declared):
    """Keywords of a prior that lies within the bounds of a number."""
    low = declared.above if declared.at_least is None else declared.at_least
    high, share = declared.at_most, draw(st.floats(0.1, 0.9))
    families = ["normal", "uniform"]
    if low < 0:
        middle = (2 * share - 1) * high
    else:
        floor = low or 1e-20 * high
        middle = floor * (high / floor) ** share
        families += ["lognormal", "log-uniform"]
        families += ["half-normal", "exponential", "gamma"] * (low == 0)
        families += ["beta"] * (low == 0 and high >= 1)
    room = min(middle - low, high - middle) * draw(st.floats(1e-3, 0.2))
    factor = 1 + draw(st.floats(1e-3, 0.2)) if low >= 0 else 2.0
    shape = draw(st.floats(0.5, 20.0))
    arguments = {
        "normal": (middle, room),
        "uniform": (middle - room, middle + room),
        "lognormal": (middle, math.log(factor) / 4),
        "log-uniform": (middle / factor, min(middle * factor, high)),
        "half-normal": (high * share / 20,),
        "exponential": (high * share / 20,),
        "gamma": (shape, high * share / 200),
        "beta": (shape, draw(st.floats(0.5, 20.0))),
    }
    family = draw(st.sampled_from(families))
    return {"family": family, "arguments": arguments[family]}


def prior_text(declared):
    """A prior of a number as a case file has it, in SI."""
    return prior(declared).map(
        lambda p: f"{p['family']}({', '.join(repr(x) for x in p['arguments'])})"
    )


column_names = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs")),
    min_size=1,
    max_size=8,
)
_UNCERTAINTIES = st.sampled_from(["2 %", "0.01 meV", "2 % + 0.01 meV", "another column"])
_SWITCHES = st.sampled_from(["on", "off"])
_UNITS_OF_DATA = {"unit": st.sampled_from(["nm", "mK", "a unit is read with its file"])}
_READING = {"quantity": st.sampled_from(MEASURED), "uncertainty": _UNCERTAINTIES}
reading = st.fixed_dictionaries(
    _READING, optional=_UNITS_OF_DATA | {"trap": _SWITCHES, "group": column_names}
)
data_column = (
    reading
    | st.sampled_from(["trap", "group", "limit"]).map(lambda role: {"quantity": role})
    | st.fixed_dictionaries(
        {"quantity": st.sampled_from(["temperature", "time", "uncertainty"])},
        optional=_UNITS_OF_DATA,
    )
)
data_group = st.fixed_dictionaries(
    {}, optional={key: prior_text(declared) for key, declared in quantities(DataGroup)}
)


@st.composite
def data_table(draw):
    """A table [data], as a case file has it."""
    named = draw(st.lists(column_names, min_size=6, max_size=6, unique=True).map(iter))
    roles = draw(st.sets(st.sampled_from(["trap", "group", "limit", "uncertainty"])))
    of = {role: next(named) for role in sorted(roles)}
    columns = {name: {"quantity": role} for role, name in of.items()}
    columns[next(named)] = {"quantity": draw(st.sampled_from(["temperature", "time"]))}
    made = draw(reading)
    made |= {} if "trap" in of else {"trap": draw(_SWITCHES)}
    made |= {"uncertainty": of["uncertainty"]} if "uncertainty" in of else {}
    for role in {"trap", "group"} & of.keys():
        made.pop(role, None)
    columns[next(named)] = made
    optional = {
        "groups": st.dictionaries(column_names, data_group, min_size=1, max_size=2),
        "follows": st.sampled_from(["equilibrium", "protocol"]),
        "allow": st.lists(st.sampled_from(ALLOWANCES), min_size=1, unique=True),
    }
    return draw(st.fixed_dictionaries({"columns": st.just(columns)}, optional=optional))


def _fields(made):
    return {field.name: getattr(made, field.name) for field in dataclasses.fields(made)}


def _listed(stated):
    """Keywords as a case file has them."""
    return {key: list(x) if isinstance(x, tuple) else x for key, x in stated.items()}


fit = joined(
    some(Fit, [name for name, _ in quantities(Fit) if name != "chains"]),
    st.integers(2, 2048).map(lambda half: {"chains": 2 * half}),
    st.lists(st.sampled_from(list(HYPOTHESES)), unique=True).map(
        lambda x: {"hypotheses": tuple(x)}
    ),
)
plan = joined(
    some(Plan, [name for name, _ in quantities(Plan) if name not in ("start", "stop")]),
    st.tuples(powers(1e-6, 1e5), st.floats(1.1, 10.0)).map(
        lambda drawn: {"start": drawn[0], "stop": drawn[0] * drawn[1]}
    ),
    st.lists(st.sampled_from(PLANNABLE), min_size=1, unique=True).map(
        lambda names: {"quantities": tuple(names)}
    ),
    st.lists(powers(1e-4, 0.5), min_size=1, max_size=3).map(
        lambda shares: {"precisions": tuple(shares)}
    ),
)

KEYWORDS = {
    Material: material,
    Landau: landau,
    Mixture: mixture,
    Trap: trap,
    Junction: junction,
    Film: film(),
    Protocol: protocol,
    DataColumn: data_column,
    DataGroup: data_group.map(lambda stated: _fields(DataGroup(**stated))),
    DataTable: data_table().map(lambda stated: _fields(DataTable.from_dict(stated))),
    Fit: fit,
    Plan: plan,
    Prior: st.sampled_from(list(uncertain().values())).flatmap(prior),
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


@st.composite
def whole_tables(draw):
    """Tables of a case with all that a fit reads: priors, data, options."""
    tables = draw(case_tables())
    optional = {"data": data_table(), "fit": fit.map(_listed), "plan": plan.map(_listed)}
    tables |= draw(st.fixed_dictionaries({}, optional=optional))
    known = uncertain() | {f"fit.{key}": q for key, q in Fit.believed().items()}
    stated = [
        (name, key)
        for name, part in tables.items()
        if name != "title"
        for key in part
        if f"{name}.{key}" in known
    ]
    for name, key in draw(st.sets(st.sampled_from(stated), max_size=3)) if stated else ():
        believed = {"prior": draw(prior_text(known[f"{name}.{key}"]))}
        # Medians need not fit together; what the options say always does.
        if name != "fit" or draw(st.booleans()):
            believed["value"] = tables[name][key]
        tables[name] = {**tables[name], key: believed}
    return tables


def case_of(tables, needs=REQUIRED):
    """The case of tables as a case file has them, those of studies read by their rooms."""
    return CaseFile.from_dict(tables, needs, READERS)


cases = whole_tables().map(case_of)


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
    needed = {"density_of_states": 1e47, "diffusivity": 1e-3, "electron_phonon_time": 1e-7}
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
    inner = {key: x for key, x in part.items() if isinstance(x, dict) and "prior" not in x}
    lines = [f"[{name}]"]
    lines += [f"{bare(key)} = {word(x)}" for key, x in part.items() if key not in inner]
    for key, x in inner.items():
        lines += _toml_table(f"{name}.{bare(key)}", x)
    return lines


def bare(key):
    """A key as TOML writes it."""
    return key if key.replace("_", "a").isalnum() and key.isascii() else quoted(key)


def word(x):
    """A value as TOML writes it."""
    if isinstance(x, dict):
        return f"{{ {', '.join(f'{key} = {word(inner)}' for key, inner in x.items())} }}"
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
