"""Rows of a sweep's points, whose numbers must fit together as those of a case do."""

import numpy as np
import pytest

import entrap as et
from entrap.core.errors import InputError
from entrap.studies.sweep.laying import _check_rows

CLEAN, TRAP = "examples/clean-set.toml", "examples/transmon-trap.toml"
NEEDS = ("material",)


@pytest.mark.parametrize(
    ("example", "fixed", "key", "last", "beyond", "says"),
    [
        (CLEAN, {}, "protocol.start", 22.0, 22.01, "protocol"),
        (TRAP, {}, "trap.film.trap_length", 1e-3, 1.001e-3, "must not exceed the film's length"),
        (TRAP, {}, "trap.film.trap_position", 990e-6, 990.001e-6, "must be between 1e-05 m and"),
        (TRAP, {}, "trap.film.trap_position", 10e-6, 9.999e-6, "must be between 1e-05 m and"),
        (CLEAN, {"trap.rate": 0.0}, "trap.pairing", 0.0, 0.1, "trap"),
    ],
)
def test_the_first_row_that_is_no_case_is_named(example, fixed, key, last, beyond, says):
    case = et.load_case(example, needs=NEEDS)
    rows = {name: np.full(3, value) for name, value in fixed.items()}
    _check_rows(case, rows | {key: np.full(3, last)})
    with pytest.raises(InputError) as told:
        _check_rows(case, rows | {key: np.array([last, beyond, beyond])})
    assert says in str(told.value)
    assert "(in row 2 of the points)" in str(told.value)
