"""What a trap is to reach: what a command line or a table says wrongly is refused with its key."""

import pytest

import entrap as et
from entrap.case.target import Target, targeted
from entrap.core.errors import InputError

LENGTH = "trap.film.trap_length"
SLOW = "evacuation_time < 1 ms"


@pytest.mark.parametrize(
    ("own", "reach", "free", "says"),
    [
        (None, SLOW, [LENGTH], "--free must read KEY=LOW:HIGH, not 'trap.film.trap_length'"),
        (None, "evacuation_time", [], "--target must read NAME < VALUE or NAME > VALUE, as in"),
        (
            SLOW,
            None,
            [f"{LENGTH}=1:x"],
            "`free.trap.film.trap_length` must be a number with a unit",
        ),
        (SLOW, SLOW, [f"{LENGTH}=2 um:1 um"], "a lower bound below the upper one"),
    ],
)
def test_what_a_command_line_says_wrongly_is_told(own, reach, free, says):
    with pytest.raises(InputError) as caught:
        targeted(Target(own) if own else None, reach, free)
    assert says in str(caught.value)


def test_bounds_are_a_table_of_what_the_case_states():
    with pytest.raises(InputError, match="`free` must be a table, as in"):
        Target.from_dict({"reach": SLOW, "free": 3})
    bare = et.Case(et.Material(name="Al"), trap=et.Trap())
    with pytest.raises(InputError, match="cannot be free: the case does not state it") as caught:
        Target(SLOW, {LENGTH: "1 um:2 um"}).bounds(bare)
    assert [problem.key for problem in caught.value.problems] == [f"target.free.{LENGTH}"]
