"""Designs for a target, against scipy on the closed formula (T6) and limits; what stops them."""

import dataclasses
import math
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq, minimize

import entrap as et
from entrap.case.target import Target, targeted
from entrap.core.errors import InputError
from entrap.solve.inputs import by_key
from entrap.studies.trap.design import design_trap
from entrap.studies.trap.reach import stated_changes
from entrap.studies.trap.search import Search
from entrap.studies.trap.target_answer import _doubts, settings, target_answer

FOLDER = Path(__file__).parents[3] / "examples"
LENGTH, COUNT, PLACE = (f"trap.film.trap_{name}" for name in ("length", "count", "position"))
BARRIER = "trap.junction.interface_resistance"
RATE, DIFFUSIVITY = 2.4e5, 18e-4
FILM = {"length": 1e-3, "width": 12e-6, "trap_length": 20e-6, "left_pad": 6.4e-9,
        "right_pad": 6.4e-9, "quasiparticle_diffusivity": DIFFUSIVITY, "temperature": 0.02}  # fmt: skip


@pytest.fixture(scope="module")
def case():
    """A measured rate on a strip with two equal pads: (T6) is one equation for half of it."""
    film = et.Film(**FILM)
    return et.Case(et.Material(name="Al"), trap=et.Trap(rate=RATE, film=film))


@pytest.fixture(scope="module")
def transmon():
    return et.load_case(FOLDER / "transmon-trap.toml", needs=["trap.junction"])


def mismatch(time, length):
    """(T6) of a centred trap: k tan(k l + arctan(k A/W)) = q tanh(q d/2), by which it is too slow."""
    k = 1 / math.sqrt(DIFFUSIVITY * time)
    q = math.sqrt(RATE / DIFFUSIVITY - k**2)
    arm, pad = (FILM["length"] - length) / 2, FILM["left_pad"] / FILM["width"]
    return k * math.tan(k * arm + math.atan(k * pad)) - q * math.tanh(q * length / 2)


@pytest.mark.parametrize("time", [2e-4, 1.5e-4, 1e-4])
def test_the_length_alone_is_the_root_of_the_closed_formula(case, time):
    found = et.reach_target(
        case, f"evacuation_time < {time} s", {LENGTH: (FILM["trap_length"], 0.9e-3)}
    )
    beyond = time * math.exp(-1e-3)
    ends = FILM["trap_length"], 0.9e-3
    # Where the arms are too long for such a mode, tan has passed its pole.
    longest = FILM["length"] - 2 * math.sqrt(DIFFUSIVITY * beyond) * (
        math.pi / 2 - math.atan(FILM["left_pad"] / FILM["width"] / math.sqrt(DIFFUSIVITY * beyond))
    )
    wanted = brentq(lambda d: mismatch(beyond, d), max(ends[0], longest + 1e-9), ends[1])
    assert found.reached
    assert found.changes[LENGTH] == pytest.approx(wanted, rel=1e-6)
    assert found.alone[LENGTH] == pytest.approx(wanted, rel=1e-6)
    assert found.value == pytest.approx(beyond, rel=1e-9)


@pytest.mark.exhaustive
def test_what_was_found_reaches_the_target_and_a_little_less_does_not(transmon):
    found = et.reach_target(transmon, "evacuation_time < 300 us")
    assert found.reached
    time = design_trap(found.changed(transmon)).quantities["evacuation_time"].value
    assert time == pytest.approx(found.value, rel=1e-6)
    assert 0.998 * 300e-6 < time < 300e-6
    for key, value in found.alone.items():
        asked = (
            [value]
            if key == COUNT
            else [value, found.stated[key] + 0.99 * (value - found.stated[key])]
        )
        times = [
            et.reach_target(transmon.changed({key: x}), "evacuation_time < 1 s").present
            for x in asked
        ]
        assert [time < 300e-6 for time in times] == [True, False][: len(asked)], key
    size = sum(math.log(v / found.stated[k]) ** 2 for k, v in found.changes.items())
    assert size < min(math.log(v / found.stated[k]) ** 2 for k, v in found.alone.items())


@pytest.mark.slow
def test_two_keys_change_least_as_scipy_finds_from_elsewhere(transmon):
    bounds = {LENGTH: (20e-6, 200e-6), BARRIER: (1e-10, 1e-9)}
    found = et.reach_target(transmon, "evacuation_time < 250 us", bounds)

    def time(x):
        values = {LENGTH: 20e-6 * math.exp(x[0]), BARRIER: 1e-9 * math.exp(x[1])}
        asked = et.reach_target(transmon.changed(values), "evacuation_time < 1 s")
        return math.log(asked.present / 250e-6) + 1e-3

    done = minimize(
        lambda x: x @ x, [1.5, -1.0], method="COBYLA",
        constraints=[{"type": "ineq", "fun": lambda x: -time(x)}], options={"tol": 1e-7},
    )  # fmt: skip
    own = [
        math.log(found.changes[LENGTH] / 20e-6),
        math.log(found.changes.get(BARRIER, 1e-9) / 1e-9),
    ]
    assert np.dot(own, own) <= done.fun * (1 + 1e-4)
    assert own == pytest.approx(done.x, abs=2e-3)


def test_a_longer_wait_needs_a_smaller_change(case):
    sizes = []
    for time in (2e-4, 1.5e-4, 1e-4):
        found = et.reach_target(case, f"evacuation_time < {time} s", {LENGTH: (2e-5, 9e-4)})
        sizes.append(found.changes[LENGTH])
    assert sizes == sorted(sizes)


@pytest.mark.parametrize("place", [0.44e-3, 0.56e-3])
def test_of_two_places_that_reach_it_the_nearer_is_named(case, place):
    """A trap off the middle empties a strip of equal pads more slowly, whichever way it moves."""
    aside = dataclasses.replace(case.trap.film, trap_position=place)
    asked = dataclasses.replace(case, trap=dataclasses.replace(case.trap, film=aside))
    now = design_trap(asked).quantities["evacuation_time"].value
    found = et.reach_target(asked, f"evacuation_time > {1.05 * now} s", {PLACE: (1e-4, 9e-4)})
    there, other = found.alone[PLACE], FILM["length"] - found.alone[PLACE]
    assert abs(there - place) < abs(other - place)
    times = [
        et.reach_target(asked.changed({PLACE: x}), "evacuation_time < 1 s").present
        for x in (there, other)
    ]
    assert times == pytest.approx([1.05 * now] * 2, rel=2e-3)


@pytest.mark.exhaustive
def test_a_target_that_holds_needs_no_change(case):
    found = et.reach_target(case, "evacuation_time < 1 s")
    assert (found.reached, found.changes) == (True, {})
    (said,) = target_answer(found, design_trap(case))
    assert "is reached as the case is: it has" in said


@pytest.mark.exhaustive
def test_what_stops_it_is_diffusion_or_trapping(case):
    slow = et.reach_target(case, "evacuation_time < 1 us")
    assert not slow.reached
    assert set(slow.at_bounds) >= {COUNT, LENGTH}
    # No arrangement beats the area bound, nor a perfect trap the time to diffuse to it.
    assert slow.value >= max(slow.perfect_time, slow.instant_time)
    words = " ".join(target_answer(slow, design_trap(case)))
    assert "is out of reach." in words
    assert "Trapping alone is too slow" in words or "Diffusion alone is too slow" in words
    alone = et.reach_target(case, "evacuation_time < 20 us", {LENGTH: (2e-5, 2e-4)})
    assert alone.at_bounds == (LENGTH,)
    assert alone.changes[LENGTH] == pytest.approx(2e-4)
    assert alone.perfect_time > 20e-6
    assert "Diffusion alone is too slow" in " ".join(target_answer(alone, design_trap(case)))


@pytest.mark.exhaustive
def test_the_smallest_number_of_traps_is_taken(case):
    times = [
        design_trap(case.changed({COUNT: n})).quantities["evacuation_time"].value for n in (1, 2, 3)
    ]
    between = (times[1] + times[2]) / 2
    found = et.reach_target(case, f"evacuation_time < {between} s", {COUNT: (1, 5)})
    assert found.changes == {COUNT: 3.0}
    assert found.alone == {COUNT: 3.0}
    assert settings({COUNT: 2.0}) == f'--set "{COUNT}=2" --set "{PLACE}="'


@pytest.mark.parametrize("stated", [1, 2])
def test_numbers_of_traps_are_tried_from_the_stated_one_on(case, stated):
    own = case.changed({COUNT: stated})
    length = Search.of(own, Target("evacuation_time < 1 ms", {LENGTH: (2e-5, 2e-4)}))
    assert length.counts() == [stated]
    search = Search.of(own, Target("evacuation_time < 1 ms", {COUNT: (1, 5)}))
    assert search.counts() == {1: [1, 2, 3, 4, 5], 2: [2, 3, 1, 4, 5]}[stated]


def test_several_traps_have_their_places_from_their_number(case):
    placed = case.changed({PLACE: 3e-4})
    search = Search.of(placed, Target("evacuation_time < 1 ms", {COUNT: (1, 5)}))
    places = {n: float(by_key(search.at({COUNT: n}))[PLACE]) for n in (1.0, 2.0, 5.0)}
    assert places == {1.0: 3e-4, 2.0: -1.0, 5.0: -1.0}
    for count, stated in ((1.0, {COUNT: 1.0}), (2.0, {COUNT: 2.0, PLACE: None})):
        assert stated_changes({COUNT: count}) == stated


@pytest.mark.slow
def test_a_burst_that_keeps_its_energy_decays_at_each_energy_by_itself(transmon):
    """Against quad over energies, with (T1) at each: all under the trap, nothing diffuses."""
    bare = transmon.changed({"trap.film.length": 2e-5, "trap.film.trap_length": 2e-5,
                             "trap.film.left_pad": 0.0, "trap.film.right_pad": 0.0})  # fmt: skip
    found = design_trap(bare)
    p, time = found.quantities, found.quantities["burst_time"].value
    gap, thermal = p["gap"].value, 1.380649e-23 * p["temperature"].value
    tunnelling, escape, relaxed = (
        p[name].value for name in ("tunnelling_rate", "escape_rate", "relaxation_rate")
    )

    def weight(s):
        energy = gap + s * s * thermal
        states = energy / math.sqrt(energy + gap)
        cubic = relaxed * (energy**3 - (energy - gap) ** 3) / gap**3
        back = escape * energy / max(s * math.sqrt(thermal * (energy + gap)), 1e-300)
        rate = tunnelling * cubic / (cubic + back)
        return states * math.exp(-s * s), math.exp(-rate * time)

    total = quad(lambda s: weight(s)[0], 0, 7)[0]
    left = quad(lambda s: math.prod(weight(s)), 0, 7, epsabs=0, epsrel=1e-10)[0]
    assert left / total == pytest.approx(math.exp(-1), rel=1e-4)


@pytest.mark.parametrize(
    ("reach", "free", "says"),
    [
        ("evacuation_time", {}, "must read NAME < VALUE or NAME > VALUE"),
        ("evacuation_tme < 1 ms", {}, "did you mean evacuation_time?"),
        ("evacuation_time < 1 K", {}, "must be a number with a unit of s"),
        ("evacuation_time < 0 s", {}, "must have a limit above 0"),
        ("evacuation_time < 1 ms", {"trap.film.width": "1 um:2 um"}, "is no key that can be free"),
        ("evacuation_time < 1 ms", {LENGTH: "2 um:1 um"}, "a lower bound below the upper one"),
        ("evacuation_time < 1 ms", {LENGTH: "2 um"}, 'must read "LOW : HIGH"'),
        ("evacuation_time < 1 ms", {COUNT: "1:2.5"}, "must be a whole number"),
    ],
)
def test_a_wrong_target_is_told(reach, free, says):
    with pytest.raises(InputError, match=r"reach|free") as error:
        Target(reach, free)
    assert says in str(error.value)


def test_the_command_line_changes_the_target_of_the_case():
    own = Target("evacuation_time < 1 ms", {LENGTH: (1e-6, 2e-6)})
    assert targeted(None, None, ()) is None
    assert targeted(own, None, ()) == own
    made = targeted(own, "evacuation_time < 2 ms", [f"{COUNT}=1:4"])
    assert made == Target("evacuation_time < 2 ms", {LENGTH: (1e-6, 2e-6), COUNT: (1, 4)})
    assert made is not None
    assert Target.from_dict(made.to_dict()) == made
    with pytest.raises(InputError, match="--free needs a target"):
        targeted(None, None, [f"{COUNT}=1:4"])
    with pytest.raises(InputError, match="--target must have a limit above 0, but has -5 us"):
        targeted(own, "evacuation_time < -5 us", ())


@pytest.mark.exhaustive
def test_a_case_file_states_a_target(transmon, tmp_path):
    text = (FOLDER / "transmon-trap.toml").read_text("utf-8")
    table = '[target]\nreach = "evacuation_time < 1 ms"\nfree."trap.film.trap_count" = "1 : 3"\n'
    (tmp_path / "case.toml").write_text(text + table, "utf-8")
    stated = et.load_case(tmp_path / "case.toml", needs=["trap"])
    assert Target.of(transmon) is None
    assert Target.of(stated) == Target("evacuation_time < 1 ms", {COUNT: (1, 3)})
    assert et.reach_target(stated).reached
    (tmp_path / "case.toml").write_text(text + table.replace("trap_count", "trap_cuont"), "utf-8")
    with pytest.raises(InputError, match=r"is no key that can be free; did you mean .*trap_count"):
        et.load_case(tmp_path / "case.toml", needs=["trap"])


def test_a_measured_rate_has_no_energies(case):
    with pytest.raises(InputError, match="burst_time needs"):
        et.reach_target(case, "burst_time < 1 ms")


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ({"proximity": False, "thin_film": True}, []),
        ({"thin_film": False}, ["With these changes a further assumption fails: thin film."]),
        (
            {"thin_film": False, "narrow_strip": False, "proximity": False, "x": None},
            ["With these changes further assumptions fail: thin film and narrow strip."],
        ),
    ],
)
def test_what_fails_by_the_changes_alone_is_said(after, said):
    def margins(verdicts):
        return [types.SimpleNamespace(name=name, holds=holds) for name, holds in verdicts.items()]

    design: Any = types.SimpleNamespace(margins=margins({"proximity": False}), keeps_energy=False)
    target = types.SimpleNamespace(goal="evacuation_time")
    found: Any = types.SimpleNamespace(margins=margins(after), target=target)
    assert list(_doubts(found, design)) == said


def reached(**more):
    """What a target takes, with made-up numbers, as far as its sentences read them."""
    target = types.SimpleNamespace(
        goal=more.pop("goal", "evacuation_time"), below=more.pop("below", True),
        limit=more.pop("limit", 1e-4), free=more.pop("free", {}),
    )  # fmt: skip
    return types.SimpleNamespace(
        **{
            "target": target, "present": 4e-4, "value": 1e-4, "changes": {}, "alone": {},
            "reached": True, "at_bounds": (), "perfect_time": 2e-5, "instant_time": 3e-5,
            "limits": {"barrier": 0.02, "relaxation": 0.08, "diffusion": 0.9, "background": 0.0},
            "stated": {LENGTH: 2e-5, COUNT: 1.0, BARRIER: 1e-10}, "margins": (),
            "bounds": {LENGTH: (2e-6, 2e-4), COUNT: (1, 10), BARRIER: (1e-11, 1e-9)},
        }
        | more
    )  # fmt: skip


STATED: Any = types.SimpleNamespace(margins=(), keeps_energy=False)
WAYS = "One change alone would do: "
BOUNDS = (
    "are the length of the trap from 2 µm to 200 µm, the number of traps that share it from 1 to "
    "10 and the resistance of the barrier from 10 Ω µm² to 1,000 Ω µm²."
)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({}, "The target, evacuation_time < 100 µs, is reached as the case is: it has 400 µs."),
        (
            {"goal": "evacuation_rate", "below": False, "limit": 1e3, "present": 2e3},
            "The target, evacuation_rate > 1,000 1/s, is reached as the case is: it has 2,000 1/s.",
        ),
    ],
)
def test_a_target_that_is_met_says_so_and_no_more(more, says):
    assert target_answer(reached(**more), STATED) == (says,)


@pytest.mark.parametrize(
    ("alone", "says"),
    [
        ({}, "No single change within the bounds reaches it."),
        (
            {LENGTH: 1e-4},
            f"{WAYS}the length of the trap, from 20 µm to 100 µm. Within its bounds the number of "
            "traps that share it or the resistance of the barrier alone would not.",
        ),
        (
            {LENGTH: 1e-4, COUNT: 3.0, BARRIER: 5e-11},
            f"{WAYS}the length of the trap, from 20 µm to 100 µm, the number of traps that share "
            "it, from 1 to 3 or the resistance of the barrier, from 100 Ω µm² to 50 Ω µm².",
        ),
    ],
)
@pytest.mark.parametrize("free", [{}, {LENGTH: (2e-6, 2e-4)}])
def test_what_reaches_a_target_is_told_with_what_alone_would_do(alone, says, free):
    told = target_answer(reached(changes={LENGTH: 8e-5}, alone=alone, free=free), STATED)
    how = "as given" if free else "as none were given a tenth to 10 times each value"
    assert told == (
        "The target, evacuation_time < 100 µs, is reached from 400 µs by the least change of all "
        "that may change: the length of the trap from 20 µm to 80 µm. That gives 100 µs.",
        says,
        f"The bounds, {how}, {BOUNDS}",
    )


OUT = "The target, evacuation_time < 100 µs, is out of reach. "
BEST = f"{OUT}The best design within the bounds has 100 µs, with the number of traps that share it from 1 to 10."
LIMITS = (
    " What limits it there is diffusion along the film (90 %) and relaxation in the metal (8 %)."
)
SLOW = {
    "diffusion": " Diffusion alone is too slow: traps there that took all that reach them would need "
    "200 µs. More traps, or a film in which quasiparticles diffuse faster, would help; better traps "
    "would not.",
    "trapping": " Trapping alone is too slow: if diffusion took no time, such traps would need 300 µs. "
    "Faster or longer traps would help; other places or more traps of the same length would not.",
}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (
            {"changes": {}},
            f"{OUT}No design within the bounds is better than the case, 100 µs.{LIMITS}",
        ),
        (
            {"at_bounds": (COUNT,)},
            f"{BEST} There the number of traps that share it is at its bound.{LIMITS}",
        ),
        (
            {"at_bounds": (COUNT, LENGTH), "perfect_time": 2e-4, "instant_time": 3e-4},
            f"{BEST} There the number of traps that share it and the length of the trap are at "
            f"their bounds.{LIMITS}{SLOW['diffusion']}",
        ),
        ({"instant_time": 3e-4}, f"{BEST}{LIMITS}{SLOW['trapping']}"),
        (
            {"goal": "evacuation_rate", "below": False, "limit": 1e4, "value": 8e3, "changes": {},
             "instant_time": 1.5e-4},
            "The target, evacuation_rate > 10,000 1/s, is out of reach. No design within the bounds "
            f"is better than the case, 8,000 1/s.{LIMITS}{SLOW['trapping'].replace('300', '150')}",
        ),
        (
            {"goal": "burst_time", "perfect_time": 2e-4, "instant_time": 3e-4, "changes": {}},
            "The target, burst_time < 100 µs, is out of reach. No design within the bounds is "
            f"better than the case, 100 µs.{LIMITS}",
        ),
    ],
)  # fmt: skip
def test_what_stops_a_target_is_named_with_what_would_help(more, says):
    found = reached(**({"reached": False, "changes": {COUNT: 10.0}} | more))
    assert target_answer(found, STATED)[0] == says


def test_options_make_the_changes():
    changed = {LENGTH: 8.1234567e-5, COUNT: 1.0, PLACE: 3e-4}
    one = f'--set "{LENGTH}=8.123e-05 m" --set "{COUNT}=1" --set "{PLACE}=0.0003 m"'
    assert settings(changed) == one
    assert settings({COUNT: 2.0, PLACE: 3e-4}) == f'--set "{COUNT}=2" --set "{PLACE}="'
    assert settings({}) == ""


@pytest.mark.parametrize(
    ("goal", "says"),
    [
        (
            "evacuation_time",
            ["Mind that the target is about τ_w, which quasiparticles that keep their energy do not "
             'follow: for these ask for burst_time, as in --target "burst_time < 100 µs".'],
        ),
        (
            "evacuation_rate",
            ["Mind that quasiparticles that keep their energy do not follow τ_w: for these ask for "
             "burst_time."],
        ),
        ("burst_time", []),
        ("mean_density", []),
    ],
)  # fmt: skip
@pytest.mark.parametrize("keeps", [True, False])
def test_that_quasiparticles_keep_their_energy_is_told_where_the_target_forgets_it(
    goal, says, keeps
):
    design: Any = types.SimpleNamespace(margins=(), keeps_energy=keeps)
    assert list(_doubts(reached(goal=goal), design)) == (says if keeps else [])
