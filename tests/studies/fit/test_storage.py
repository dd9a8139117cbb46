"""Whether chains of an earlier fit may go on: only where nothing that they depend on changed."""

import pytest
from numpy import linspace

import entrap as et
from entrap.studies.fit.needs import NEEDS
from entrap.studies.fit.storage import fingerprint

TABLES = {
    "title": "One",
    "material": {
        "critical_temperature": "5 K", "conduction_density": "1e28 1/m^3",
        "fermi_temperature": "2e4 K",
    },
    "mixture": {"valence_ratio": {"prior": "lognormal(1.5, 0.6)"}},
    "landau": {"critical_field": "10 mT", "below_critical": "1 K", "penetration_depth": "50 nm"},
    "fit": {"chains": 4, "draws": 100, "seed": 4, "hypotheses": ["mixing"], "noise": "gaussian"},
}  # fmt: skip


@pytest.fixture
def data(series, observations):
    return observations(series("higgs_coefficient", linspace(2.0, 4.5, 3), True, absolute=1e-23))


def printed_of(data, *changes):
    tables = {name: dict(part) if name != "title" else part for name, part in TABLES.items()}
    for table, key, value in changes:
        tables.setdefault(table, {})[key] = value
    if changes and changes[0][0] == "title":
        tables["title"] = changes[0][2]
    return fingerprint(et.CaseFile.from_dict(tables, needs=NEEDS), data, "mixing")


@pytest.mark.parametrize(
    ("table", "key", "value"),
    [
        ("fit", "seed", 5), ("fit", "draws", 200), ("fit", "hypotheses", ["mixing", "none"]),
        ("landau", "dirty", False), ("landau", "functional", "landau"), ("mixture", "neutral", False),
        ("trap", "remaining_fraction", 0.0),
    ],
)  # fmt: skip
def test_chains_go_on_whatever_is_stated_that_they_do_not_depend_on(data, table, key, value):
    if table == "trap":  # 0.4 did not know it: of a case with a trap it is left out
        rate = ("trap", "rate", "1e3 1/s")
        assert printed_of(data, rate, (table, key, value)) == printed_of(data, rate)
        return
    assert printed_of(data, (table, key, value)) == printed_of(data)


@pytest.mark.parametrize(
    ("table", "key", "value"),
    [
        ("material", "critical_temperature", "5.1 K"),
        ("mixture", "valence_ratio", {"prior": "lognormal(1.5, 0.7)"}), ("mixture", "neutral", True),
        ("mixture", "entropy", "degenerate"),
        ("landau", "dirty", True), ("landau", "functional", "bcs"), ("landau", "critical_field", "11 mT"),
        ("trap", "remaining_fraction", 0.1), ("trap", "rate", "1e3 1/s"),
        ("fit", "chains", 8), ("fit", "noise", "student-t"),
    ],
)  # fmt: skip
def test_no_chains_go_on_once_something_changed_on_which_they_depend(data, table, key, value):
    assert printed_of(data, (table, key, value)) != printed_of(data)
