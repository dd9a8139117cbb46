"""The closed forms that lie in the package are those of its functions."""

import math
import re

import pytest

from entrap.studies.explore.made import FOLDER, contents

NUMBER = re.compile(r"\d+\.?\d*(?:e[-+]?\d+)?")


@pytest.mark.slow  # the functions are traced
def test_closed_forms_in_the_package_are_current():
    """If not: `make closed-forms` writes them. Constants are rounded as the processor does."""
    for name, text in contents().items():
        kept = (FOLDER / name).read_text("utf-8")
        assert NUMBER.split(kept) == NUMBER.split(text), f"make closed-forms: {name} is old"
        for one, other in zip(NUMBER.findall(kept), NUMBER.findall(text), strict=True):
            assert math.isclose(float(one), float(other), rel_tol=1e-13), name
