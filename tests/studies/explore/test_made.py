"""The closed forms that lie in the package are those of its functions."""

import pytest

from entrap.studies.explore.made import FOLDER, contents


@pytest.mark.slow  # the functions are traced
def test_closed_forms_in_the_package_are_current():
    """If not: `make closed-forms` writes them."""
    for name, text in contents().items():
        assert (FOLDER / name).read_text("utf-8") == text, f"make closed-forms: {name} is old"
