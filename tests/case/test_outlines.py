"""What is too narrow for the smallest feature of a layout, and what is only a corner."""

import pytest
from shapely import box, difference, union

from entrap.case.layout import Layout
from entrap.case.outlines import cleaned, outlines
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


def with_terminals(*boxes):
    """Of a pad of 40 µm x 12 µm, from corners and sizes [µm]."""
    shapes = [("film", (0, 0, 40, 12)), *(("terminal", box) for box in boxes)]
    return outlines(
        Layout.from_dict({
            "shape": [
                {"on": on, "rectangle": {"corner": [x * UM, y * UM], "size": [w * UM, h * UM]}}
                for on, (x, y, w, h) in shapes
            ]
        })
    )  # fmt: skip


LEFT, RIGHT = (-1, 0, 2, 12), (39, 0, 2, 12)


def test_two_terminals_lie_over_two_sides():
    left, right = with_terminals(LEFT, RIGHT).terminals
    assert left.centroid.x == pytest.approx(0, abs=1e-12)
    assert right.centroid.x == pytest.approx(40 * UM)


@pytest.mark.parametrize(
    ("boxes", "says"),
    [
        ([LEFT], "must be two shapes, between which a current flows, but is 1: draw two"),
        ([LEFT, RIGHT, (18, -1, 4, 2)], "but is 3: draw two"),
        ([LEFT, (10, 3, 4, 4)], "is at x = 12 µm, y = 5 µm, where no side of the film's outline"),
        ([(-1, 0, 30, 12), (20, -1, 30, 14)], "two shapes that overlap at x = 24.5 µm, y = 6 µm"),
    ],
)
def test_other_terminals_are_refused_with_their_place(boxes, says):
    with pytest.raises(InputError, match=says) as caught:
        with_terminals(*boxes)
    assert {problem.key for problem in caught.value.problems} == {"layout.terminal"}
