"""What is read of a summary."""

import dataclasses

import pytest

from entrap.core.quantities import Quantity
from entrap.studies.compare.samples import _values

KNOWN = dataclasses.replace(Quantity("K", "T_c", "critical temperature", "a source"), display="mK")


@pytest.mark.parametrize(
    ("name", "unit", "display"),
    [("critical", "K", "mK"), ("critical", "J", None), ("another", "K", None)],
)
def test_a_number_is_shown_in_its_usual_unit_where_it_is_of_that_kind(name, unit, display):
    of = {"unit": unit, "symbol": "T_c", "meaning": "meaning", "source": "source", "value": 0.5}
    (told,) = _values({"quantities": {name: of}}, {"critical": KNOWN}).values()
    plain = Quantity(unit, "T_c", "meaning", "source")
    assert told.declared.display == (display or plain.display)
    assert (told.value, told.declared.unit, told.at_least) == (0.5, unit, False)
