"""Case files: the tables of studies beside the sample, and keys under their former names."""

import dataclasses

import pytest
from tests.strategies import WORKING, case_of

import entrap as et
from entrap.app.casefile import READERS
from entrap.case.case import Case
from entrap.case.casefile import CaseFile
from entrap.case.tables import STUDIES, declarations
from entrap.case.toml import parse_case
from entrap.core.errors import InputError

MATERIAL = {"critical_temperature": 10.0, "conduction_density": 1e27, "density_of_states": 1e47}
JUNCTION = {
    "interface_resistance": 1e-10,
    "film_thickness": 8e-8,
    "metal_thickness": 1e-7,
    "metal": "Cu",
}
SWEEP = {"axes": {"mixture.valence_ratio": [0.5, 1.0]}}
RENAMED = {
    "material": ("kaplan_time", "electron_phonon_time"),
    "trap.junction": ("broadening", "dynes_broadening"),
}


def stated(time="electron_phonon_time", broadening="dynes_broadening"):
    """Tables of a case with a junction, its two renamed keys under these names."""
    return {
        "material": MATERIAL | {time: 4e-7, "provenance": {time: "a paper"}},
        "trap": {"junction": JUNCTION | {broadening: 1e-26}},
    }


def refused(function, *arguments, **more):
    with pytest.raises(InputError) as caught:
        function(*arguments, **more)
    return {problem.key: problem.text for problem in caught.value.problems}


# ---------------------------------------------------------------- studies


def test_every_reserved_table_has_a_reader_and_no_other():
    assert tuple(READERS) == STUDIES


def test_what_is_wrong_in_all_tables_is_told_at_once():
    tables = {
        "material": MATERIAL | {"gapp": 1},
        "fit": {"noise": "white", "noise_scale": {"prior": "white(1)"}},
        "sweep": {"axes": {"landau.b": [1.0]}},
        "plan": {"start": -1.0},
        "data": {"rows": 1},
    }
    assert set(refused(case_of, tables, ())) == {
        "material.gapp", "fit.noise", "fit.noise_scale", "sweep.axes.landau.b", "plan.start",
        "data.rows",
    }  # fmt: skip


def test_a_sample_alone_has_no_tables_of_studies():
    told = refused(Case.from_dict, {"material": MATERIAL, "sweep": SWEEP}, ())
    assert told == {
        "sweep": "is the table of a study, and no part of the sample: use CaseFile.from_dict"
    }


def test_a_table_that_no_one_has_read_is_read_when_its_study_begins():
    raw = CaseFile.from_dict({"material": MATERIAL, "fit": {"seed": 7}, "sweep": SWEEP}, ())
    assert raw.to_dict()["fit"] == {"seed": 7}
    assert et.Fit.of(raw).seed == 7
    assert et.Sweep.of(raw) == et.Sweep(**SWEEP)
    wrong = CaseFile.from_dict({"material": MATERIAL, "fit": {"seeed": 7}}, ())
    assert refused(et.Fit.of, wrong) == {"fit.seeed": "is an unknown key; did you mean `seed`?"}
    assert "sweep.axes" in refused(et.sweep, dataclasses.replace(raw, studies={"sweep": {}}))


def test_what_no_table_states_is_as_by_default():
    bare = Case.from_dict({"material": MATERIAL}, ())
    assert (et.Fit.of(bare), et.Plan.of(bare), et.Sweep.of(bare)) == (et.Fit(), et.Plan(), None)


def test_a_case_file_without_studies_equals_its_sample_and_one_with_them_does_not():
    sample = Case.from_dict({"material": MATERIAL}, ())
    assert sample == CaseFile.of(sample, {}) == sample
    assert sample != CaseFile.of(sample, {"fit": et.Fit()})
    seeded = CaseFile.of(sample, {"fit": et.Fit(seed=1)})
    assert seeded != CaseFile.of(sample, {"fit": et.Fit()})
    assert seeded == CaseFile.of(sample, {"fit": {"seed": 1}})


@pytest.mark.parametrize(
    ("name", "part", "says"),
    [
        ("swep", SWEEP, "did you mean `sweep`?"),
        ("swep", et.Sweep(**SWEEP), "did you mean `sweep`?"),
        ("fit", et.Sweep(**SWEEP), "must be the table [fit], but is a Sweep"),
        ("fit", 3, "must be the table [fit], but is a int"),
    ],
)
def test_what_is_no_study_is_refused(name, part, says):
    told = refused(CaseFile, et.Material(**MATERIAL), studies={name: part})
    assert says in told[f"studies.{name}"]


def test_a_changed_case_keeps_its_studies_and_changes_theirs():
    made = CaseFile(et.Material(**MATERIAL), studies={"sweep": et.Sweep(**SWEEP)})
    hotter = made.changed({"material.critical_temperature": 12.0})
    assert hotter.material.critical_temperature == 12.0
    assert hotter.studies == made.studies
    other = made.changed({"sweep.axes.mixture.valence_ratio": [3.0], "fit.seed": 4})
    assert other.studies["sweep"] == et.Sweep({"mixture.valence_ratio": [3.0]})
    assert et.Fit.of(other).seed == 4
    assert made.studies["sweep"] == et.Sweep(**SWEEP)
    assert set(refused(made.changed, {"sweep.axes.landau.b": [3.0]})) == {"sweep.axes.landau.b"}


# ---------------------------------------------------------------- former names


def test_each_renamed_key_is_among_the_declarations():
    found = {
        (k.rpartition(".")[0], q.formerly, k.rpartition(".")[2])
        for k, q in declarations().items()
        if q.formerly
    }
    assert found == {(table, *names) for table, names in RENAMED.items()}


def test_a_former_name_states_the_same_case():
    made = Case.from_dict(stated(), ())
    assert Case.from_dict(stated("kaplan_time", "broadening"), ()) == made
    assert (made.material.electron_phonon_time, made.require("trap.junction").dynes_broadening) == (
        4e-7,
        1e-26,
    )
    assert made.material.provenance["electron_phonon_time"] == "a paper"
    assert CaseFile.from_dict(stated("kaplan_time", "broadening"), ()) == made
    believed = {"prior": "lognormal(4e-7, 0.5)"}
    priors = [
        Case.from_dict({"material": MATERIAL | {name: believed}}, ())
        for name in RENAMED["material"]
    ]
    assert priors[0] == priors[1]
    assert list(priors[0].priors) == ["material.electron_phonon_time"]


def test_a_former_name_can_be_changed_and_swept():
    made = Case.from_dict(stated(), ())
    changed = made.changed({"material.kaplan_time": 1e-7})
    assert changed == made.changed({"material.electron_phonon_time": 1e-7})
    swept = et.Sweep({"material.kaplan_time": [1e-7, 2e-7]}, reduce={"material.kaplan_time": "max"})
    assert list(swept.axes) == list(swept.reduce) == ["material.electron_phonon_time"]
    both = {"material.kaplan_time": [1e-7], "material.electron_phonon_time": [1e-7]}
    assert set(refused(et.Sweep, both)) == {"axes.material.electron_phonon_time"}


@pytest.mark.parametrize("table", RENAMED)
def test_a_key_under_both_names_is_refused(table):
    old, new = RENAMED[table]
    tables = stated()
    part = tables["material"] if table == "material" else tables["trap"]["junction"]
    part[old] = part[new]
    assert refused(Case.from_dict, tables, ()) == {
        f"{table}.{old}": f"is the former name of `{new}`, which is given too: keep one of them"
    }


def test_a_file_under_a_former_name_is_told_of_with_its_line_and_overridden():
    text = WORKING.replace("[landau]", "kaplan_time = 4e-7\n\n[landau]")
    line = text[: text.index("kaplan_time")].count("\n") + 1
    made = parse_case(text)
    assert made == parse_case(text.replace("kaplan_time", "electron_phonon_time"))
    for name in RENAMED["material"]:
        changed = parse_case(text, [f"material.{name}=1 us"])
        assert changed.material.electron_phonon_time == pytest.approx(1e-6, rel=1e-15, abs=0)
    with pytest.raises(InputError, match=f"line {line}: `material.electron_phonon_time` must be"):
        parse_case(text.replace("4e-7", "-1"))
    twice = text.replace("kaplan_time", "electron_phonon_time = 1e-7\nkaplan_time")
    with pytest.raises(InputError) as caught:
        parse_case(twice.replace('"10 K"', '"10 J"'))
    assert [p.text.split("`")[1] for p in caught.value.problems] == [
        "material.kaplan_time", "material.critical_temperature",
    ]  # fmt: skip
