"""The fuzzer itself: it notices what is wrong, and a few of its inputs of each cheap kind."""

import numpy as np
import pytest
from tests.fuzz.fuzz import REFUSED, Kind, fault_of, tried
from tests.fuzz.kinds import KINDS


@pytest.mark.parametrize("name", ["cases", "data", "axes", "questions"])
def test_an_input_is_used_or_refused_in_sentences(name, tmp_path):
    seen = []
    for number in range(40):
        (folder := tmp_path / str(number)).mkdir()
        seen.append(tried(KINDS[name], np.random.default_rng([7, number]), folder))
    assert set(seen) == {None, REFUSED}


def test_links_are_taken_or_refused(tmp_path):
    assert tried(KINDS["links"], np.random.default_rng(7), tmp_path) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("T must be above 0 K.", ""),
        ("", "nothing is said"),
        ("held up to inf K", '"inf K" is said'),
        ("T = nan K", '"nan K" is said'),
        ("\x1b[31m", "control characters are said"),
        ("long " * 9000, "45000 characters are said"),
    ],
)
def test_what_is_wrong_with_a_sentence_is_noticed(text, fault):
    assert fault_of(text) == fault


def test_a_traceback_and_what_is_printed_by_the_way_are_noticed(tmp_path):
    def take(given, _):
        if given == "print":
            print("by the way")
        else:
            raise KeyError(given)

    for given, says in (("print", "something was printed"), ("break", "KeyError: 'break'")):
        kind = Kind(1.0, lambda *_, given=given: given, take)
        assert says in (tried(kind, np.random.default_rng(0), tmp_path) or "")
