"""What is too narrow for the smallest feature of a layout, and what is only a corner."""

import pytest
from shapely import box, difference, union

from entrap.case.outlines import cleaned
from entrap.core.errors import InputError

UM = 1e-6
PAD = box(0, 0, 40 * UM, 40 * UM)


def strip(length):
    """Half as wide as the smallest feature, from within the pad's right end by this length [µm]."""
    return box(39 * UM, 20 * UM, (40 + length) * UM, 20.5 * UM)


@pytest.mark.parametrize(("length", "lost"), [(10, False), (19, False), (21, True), (60, True)])
def test_a_film_loses_no_more_than_ten_squares_of_its_smallest_feature(length, lost):
    film = union(PAD, strip(length))
    if lost:
        with pytest.raises(InputError, match="is 1000 nm, but the layout has a film that is narr"):
            cleaned(film, 1 * UM)
    else:
        assert cleaned(film, 1 * UM).area == pytest.approx(PAD.area, rel=1e-6)


@pytest.mark.parametrize(("depth", "lost"), [(-19, False), (-21, True)])
def test_no_more_of_a_notch_is_filled(depth, lost):
    notched = difference(PAD, box((40 + depth) * UM, 20 * UM, 41 * UM, 20.5 * UM))
    if lost:
        with pytest.raises(InputError, match="is 1000 nm, but the layout has a gap that is narr"):
            cleaned(notched, 1 * UM)
    else:
        assert cleaned(notched, 1 * UM).area == pytest.approx(PAD.area, rel=1e-6)
