"""What a comparison says first: what was stated otherwise, what differs most, and what fails."""

from types import SimpleNamespace
from typing import Any

import pytest

from entrap.core.quantities import Quantity
from entrap.report.differences import Difference
from entrap.studies.compare.answer import answer

VALUES = {"a": (1.0, 3.0), "b": (5.0, 0.5), "c": (2.0, 2.5), "d": (1.0, 0.01), "e": (4.0, 4.1)}
NAMES = ("one", "other")


def told(inputs=(), answers=(), fails=((), ()), checked=True):
    """The sentences about these keys and numbers, of samples of which these assumptions fail."""
    found = [
        Difference(part, name, Quantity("1", name, f"Number {name}"), VALUES.get(name, (None, 2.0)),
                   tuple(map(str, VALUES.get(name, ("-", 2.0)))))
        for part, names in (("input", inputs), ("answer", answers), ("assumption", ("a",)))
        for name in names
    ]  # fmt: skip
    samples: Any = [
        SimpleNamespace(
            name=name,
            validity=[SimpleNamespace(name=m, holds=m not in own) for m in "uvw" if checked],
        )
        for name, own in zip(NAMES, fails, strict=True)
    ]
    return answer(samples, found)


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ((), "one and other are stated alike."),
        (("title",), "one and other are stated alike."),
        (("title", "a"), "What was stated differs, in one and other, in a (1.0 and 3.0)."),
        (("f", "b"), "What was stated differs, in one and other, in f (not stated and 2.0) and "
                     "b (5.0 and 0.5)."),
        ((*"abcd",), "What was stated differs, in one and other, in a (1.0 and 3.0), b (5.0 and "
                     "0.5), c (2.0 and 2.5) and d (1.0 and 0.01)."),
        ((*"abcdef",), "What was stated differs, in one and other, in a (1.0 and 3.0), b (5.0 and "
                       "0.5), c (2.0 and 2.5), d (1.0 and 0.01) and 2 more."),
    ],
)  # fmt: skip
def test_keys_that_were_stated_otherwise_are_named_four_at_most(names, says):
    assert told(names)[0] == says


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ((), "What comes out is the same."),
        (("a",), "One number of the answers differs, in one and other: Number a, a: 1.0 and 3.0."),
        (("f",), "One number of the answers differs, in one and other: Number f, f: - and 2.0."),
        (("a", "d"), "2 numbers of the answers differ, in one and other: Number d, d: 1.0 and "
                     "0.01; Number a, a: 1.0 and 3.0."),
        (("f", "a"), "2 numbers of the answers differ, these by the largest factors, in one and "
                     "other: Number a, a: 1.0 and 3.0."),
        ((*"abcde",), "5 numbers of the answers differ, these by the largest factors, in one and "
                      "other: Number d, d: 1.0 and 0.01; Number b, b: 5.0 and 0.5; Number a, a: "
                      "1.0 and 3.0; Number c, c: 2.0 and 2.5."),
    ],
)  # fmt: skip
def test_the_largest_factor_comes_first_whether_a_number_rises_or_falls(names, says):
    assert told(answers=names)[1] == says


@pytest.mark.parametrize(
    ("fails", "says"),
    [
        (("", ""), "No assumption that can be checked fails in any of them."),
        (("u", "u"), "u fails in all of them."),
        (("uv", "vu"), "u and v fail in all of them."),
        (("uv", "u"), "u fails in all of them; v fails also in one."),
        (("", "wv"), "v and w fail in other."),
        (("u", "w"), "u fails in one; w fails in other."),
    ],
)
def test_what_fails_in_all_of_them_is_told_apart_from_what_fails_in_some(fails, says):
    assert told(fails=fails)[2:] == (says,)


def test_of_what_has_no_assumptions_nothing_is_said_about_them():
    assert len(told(checked=False)) == 2
