"""Lists of operations as JavaScript: what numpy and JAX say, to rounding."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from jax.scipy.special import digamma

from entrap.solve.javascript import HEAD, UnknownError
from entrap.solve.javascript import javascript as text_of
from entrap.solve.operations import NUMPY, Operation, Straight, Writer
from entrap.solve.straight import straight

NUMBERS = [0.0, 0.3, -0.7, 1.0, -1.0, 2.5, 40.0, -800.0, 1e300, 1e-300, np.inf, -np.inf, np.nan]
SHOWN = """
const shown = (key, x) => (typeof x === "number" && !Number.isFinite(x) ? String(x) : x);
console.log(JSON.stringify(given.map((x) => FUNCTIONS.map((f) => f(x).map(Number))), shown));
"""


def results(run, functions, given):
    """What each function of a row of numbers gives, as an array of rows."""
    text = "\n".join([HEAD, *functions.values(), f"const given = {json.dumps(given)}.map("])
    text += "(row) => row.map(Number));" + SHOWN.replace("FUNCTIONS", f"[{','.join(functions)}]")
    made = run(text)
    return {
        name: np.array([[float(x) for x in row[k]] for row in made])
        for k, name in enumerate(functions)
    }


def texts(rows):
    return [[repr(x).replace("inf", "Infinity").replace("nan", "NaN") for x in row] for row in rows]


def test_each_operation_is_numpys(javascript):
    """All that a list may hold, of all pairs of these numbers."""
    functions, expected = {}, {}
    pairs = np.array([[x, y] for x in NUMBERS for y in NUMBERS])
    flags = pairs > 0
    for name, function in NUMPY.items():
        of_flags = name in ("and", "or", "xor", "not")
        count = getattr(function, "nin", 2)
        inputs = [Operation("input", (), "float64", i) for i in range(2)]
        zero = Operation("constant", (), "float64", np.float64(0))
        made = [*inputs, zero, *(Operation("gt", (i, 2), "bool") for i in range(2))]
        given = (3, 4) if of_flags else (0, 1)
        columns = flags.T if of_flags else pairs.T
        if name == "select":
            last, found = Operation(name, (3, 0, 1), "float64"), np.where(flags[:, 0], *pairs.T)
        elif name == "convert":
            last, found = Operation(name, (3,), "float64"), flags[:, 0].astype(float)
        else:
            last = Operation(name, given[:count], "float64")
            with np.errstate(all="ignore"):
                found = function(*columns[:count])
        expected[name] = np.asarray(found, float)
        functions[f"of_{name}"] = text_of(f"of_{name}", Straight((*made, last), (5,)))
    x, y = (Operation("input", (), "float64", i) for i in range(2))
    zero, most = (Operation("constant", (), "float64", np.float64(value)) for value in (0, 1e6))
    up = [
        x,
        y,
        zero,
        most,
        Operation("gt", (0, 2), "bool"),
        Operation("select", (4, 0, 2), "float64"),
    ]
    whole = [*up, Operation("min", (5, 3), "float64"), Operation("convert", (6,), "int64")]
    back = Operation("convert", (7,), "float64")
    rounded = np.trunc(np.minimum(np.where(flags[:, 0], pairs[:, 0], 0), 1e6))
    others = {
        "whole": ([*whole, back], rounded),
        "counted": ([*whole[:7], Operation("convert", (6,), "int32"), back], rounded),
        "ones": ([*up[:5], x, x, Operation("convert", (4,), "int64"), back], flags[:, 0]),
        "none": ([x, Operation("convert", (0,), "bool")], pairs[:, 0] != 0),
        "some": ([*whole, Operation("convert", (7,), "bool")], rounded != 0),
    }
    for i, value in enumerate((np.inf, -np.inf, np.nan, -2.5, 1e300, True, False, -3, 3)):
        kind = str(np.asarray(value).dtype)
        one = Operation("constant", (), kind, np.asarray(value).astype(kind)[()])
        others[f"constant{i}"] = [one], np.full(len(pairs), value)
    for name, (operations, column) in others.items():
        made = Straight(tuple(operations), (len(operations) - 1,))
        functions[f"of_{name}"] = text_of(f"of_{name}", made)
        expected[name] = np.asarray(column, float)
    got = results(javascript, functions, texts(pairs.tolist()))
    for name, column in expected.items():
        assert got[f"of_{name}"][:, 0] == pytest.approx(column, rel=4e-16, abs=0, nan_ok=True), name


def test_loops_stay_loops_and_bits_are_read(javascript):
    def function(x, y):
        def step(_, carried):
            a, b = carried
            return (a + b * y) / 2, jnp.where(a > 1, b, a) + y

        bits = lax.bitcast_convert_type(x, jnp.int64)
        exponent = (bits >> 52).astype(float)
        rest = lax.bitcast_convert_type((bits & 0xFFFFFFFFFFFFF) + 0x3FF0000000000000, jnp.float64)
        return [*lax.fori_loop(0, 50, step, (x, jnp.ones(()))), exponent, rest, digamma(x)]

    made = straight(function, 2, Writer(further=True))
    assert len(made.operations) < 40
    rows = np.random.default_rng(1).uniform(0.1, 60.0, (100, 2))
    got = results(javascript, {"f": text_of("f", made)}, texts(rows.tolist()))["f"]
    expected = jax.vmap(lambda row: jnp.stack(function(*row)))(rows)
    assert got == pytest.approx(np.asarray(expected), rel=1e-14, abs=1e-15)


def test_what_no_list_can_say_is_named():
    made = straight(lambda x: [lax.while_loop(lambda y: y < 9, lambda y: 2 * y, x)], 1)
    with pytest.raises(UnknownError, match="f needs while"):
        text_of("f", made)
