"""Every entry point on every combination of what a case may leave out: a result or an InputError.

That a combination is accepted is seen cheaply for all of them: what computes is replaced by a
function that says so. That what is accepted can be computed is seen on cases which together have
each pair of choices that is accepted anywhere.
"""

import contextlib
import dataclasses
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import entrap as et
from entrap.app import cli
from entrap.core.constants import BOLTZMANN
from entrap.core.quantities import quantities
from entrap.model.validity import Margins
from entrap.solve import sample as samples
from entrap.solve.protocol import equilibrium, evolve
from entrap.studies.fit import fit
from entrap.studies.fit.data.observations import Observations
from entrap.studies.fit.inputs.table import DataGroup
from entrap.studies.plan import plan
from entrap.studies.sweep import sensitivity, sweep
from entrap.studies.trap import design as trap

MATERIAL = {
    "fermi_temperature": 1e4,
    "fermi_velocity": 1e6,
    "density_of_states": 1e47,
    "electron_phonon_time": 4e-7,
    "diffusivity": 6e-3,
}
"""Optional keys of [material]."""

GAIN = "pair_gain"

CHOICES: dict[str, dict[str, Any]] = {
    **{key: {"without": {}, "with": {key: value}} for key, value in MATERIAL.items()},
    "landau": {
        "without": None,
        "direct": et.Landau(a=3 * BOLTZMANN, saturation=1.0),
        "field": et.Landau(critical_field=0.1, below_critical=0.1, carrier_density=True),
        "bcs": et.Landau(bcs=True),
        "dirty": et.Landau(bcs=True, mean_free_path=1e-8),
    },
    "protocol": {
        "without": None,
        "with": et.Protocol(start=0.4, hold=1e-3, warm_to=2.0, warming_time=0.1, points=16),
    },
    "trap": {
        "without": {},
        "rate": {"rate": 1e3},
        "junction": {
            "junction": et.Junction(1e-10, 8e-8, 1e-7, metal="Cu"),
        },
        "warm junction": {
            "junction": et.Junction(1e-10, 8e-8, 1e-7, metal="Cu", trap_temperature=0.1),
        },
    },
    "pairing": {"without": {}, "pairing": {"pairing": 0.5}, "pairing_rate": {"pairing_rate": 1e-30}},
    "film": {
        "without": {},
        "open": {"film": et.Film(1e-3, 1e-5, trap_length=1e-4)},
        "temperature": {"film": et.Film(1e-3, 1e-5, trap_length=1e-4, temperature=0.3)},
        "stated": {
            "film": et.Film(
                1e-3, 1e-5, trap_length=1e-4, trap_position=4e-4,
                quasiparticle_diffusivity=1e-3, temperature=0.3,
            )
        },
    },
    "mixture": {
        "without": et.Mixture(),
        "ratio": et.Mixture(valence_ratio=0.5),
        "degenerate": et.Mixture(valence_density=1e28, entropy="degenerate"),
    },
}  # fmt: skip
"""What a case may state or leave out, by name."""

MADE = {
    names: et.Material(
        critical_temperature=1.2, conduction_density=1e28,
        **{k: v for key, name in zip(MATERIAL, names, strict=True)
           for k, v in CHOICES[key][name].items()},
    )
    for names in itertools.product(*(CHOICES[key] for key in MATERIAL))
}  # fmt: skip
"""Materials, each made once."""


def made(material, landau, protocol, trap, pairing, film, mixture):
    """The case of these choices, which may be none."""
    parts = {"trap": trap, "pairing": pairing, "film": film}
    stated = {k: v for key, name in parts.items() for k, v in CHOICES[key][name].items()}
    return et.CaseFile(
        MADE[material],
        CHOICES["landau"][landau],
        CHOICES["protocol"][protocol],
        CHOICES["mixture"][mixture],
        et.Trap(**stated),
        studies={
            "plan": et.Plan(
                temperatures=2,
                draws=20,
                points=2,
                quantities=("higgs_coefficient",),
                against=("none",),
            ),
            "fit": et.Fit(chains=4, draws=50),
        },
    )


def combinations(materials, **few):
    """The cases that can be made, by their choices; of some choices these few alternatives."""
    rest = [few.get(key, options) for key, options in CHOICES.items() if key not in MATERIAL]
    found = {}
    for names in itertools.product(materials, *rest):
        with contextlib.suppress(et.InputError):
            found[names] = made(*names)
    return found


@pytest.fixture(scope="module")
def cases():
    """Cases of all tables; of the material's optional keys all are there, or none.

    Where all but one are there, so is what may need it. Of alternatives that differ in values alone
    there is one.
    """
    count = len(MATERIAL)
    bare = combinations(
        [names for names in MADE if names.count("with") in (0, count)],
        landau=("without", "direct", "bcs"),
        trap=("without", "rate", "junction"),
        pairing=("without", "pairing"),
        film=("without", "open", "stated"),
        mixture=("without", "degenerate"),
    )
    return bare | combinations(
        [names for names in MADE if names.count("with") == count - 1],
        landau=("direct", "bcs"),
        trap=("rate", "junction"),
        pairing=("pairing",),
        film=("stated",),
        mixture=("degenerate",),
    )


def measured(quantity, follows="equilibrium"):
    """Two readings, without the trap and with it."""
    column = np.array([0.5, 0.6])
    return Observations(
        (quantity,) * 2, np.array([False, True]), column, 1 + column, 0.1 * column, 0 * column,
        0 * column, np.zeros(2, int), np.arange(2), {quantity: DataGroup()}, "temperature", follows,
    )  # fmt: skip


TEMPERATURES = {"temperature": [0.5, 1.5]}
CRITICAL = {"material.critical_temperature": [1.1, 1.2]}
RANGES = et.Sweep({"material.critical_temperature": "1 K:1.4 K:3"})


class Needs:
    """What a case has, and of it what an entry point needs: the specification."""

    def __init__(self, case):
        trap = case.trap
        self.landau, self.protocol = case.landau is not None, case.protocol is not None
        self.states = case.material.density_of_states is not None
        film = trap.film is not None and trap.film.temperature is not None
        self.junction = trap.junction is not None and (self.protocol or film)
        measured = bool(trap.rate) and trap.film is not None and (self.protocol or film)
        self.design = self.junction or measured
        at_start = trap.junction is not None or trap.pairing is not None
        self.rates = self.landau and (self.protocol or not at_start)


Entry = tuple[Callable[[et.Case], Any], Callable[[Needs], bool]]
ENTRIES: dict[str, Entry] = {
    "sample": (et.sample, lambda has: has.landau),
    "equilibrate": (lambda case: et.equilibrate(case, [0.5, 1.5]), lambda has: has.landau),
    "evolve": (et.evolve, lambda has: has.landau and has.protocol),
    "design_trap": (et.design_trap, lambda has: has.design),
    "plan": (et.plan, lambda has: has.landau),
    "fit": (lambda case: et.fit(case, measured("penetration_depth")), lambda has: has.landau),
    "fit of quasiparticles": (
        lambda case: et.fit(case, measured("quasiparticle_density")),
        lambda has: has.landau and has.states,
    ),
    "fit along the protocol": (
        lambda case: et.fit(case, measured("penetration_depth", "protocol")),
        lambda has: has.landau and has.protocol,
    ),
    "sweep of its own": (et.sweep, lambda _: False),
    "sweep of a case": (
        lambda case: et.sweep(case, CRITICAL, ["enhancement", "trapping_rate"]),
        lambda has: has.rates,
    ),
    "sweep of the start": (
        lambda case: et.sweep(case, CRITICAL, ["trap_energy_cost"]),
        lambda has: has.rates and has.protocol,
    ),
    "sweep of validity": (
        lambda case: et.sweep(case, CRITICAL, ["validity_temperature"]),
        lambda has: has.rates,
    ),
    "sweep of states": (
        lambda case: et.sweep(case, CRITICAL, ["penetration_depth", "smallest_margin"]),
        lambda has: has.rates and has.protocol,
    ),
    "sweep of states over temperature": (
        lambda case: et.sweep(case, TEMPERATURES, ["penetration_depth", "smallest_margin"]),
        lambda has: has.rates,
    ),
    "sweep of a trap": (
        lambda case: et.sweep(case, CRITICAL, ["evacuation_time"]),
        lambda has: has.junction,
    ),
    "sweep of a trap over temperature": (
        lambda case: et.sweep(case, TEMPERATURES, ["evacuation_time"]),
        lambda has: has.junction,
    ),
    "sweep of evolutions": (
        lambda case: et.sweep(case, CRITICAL, ["final_superfluid_density"]),
        lambda has: has.landau and has.protocol,
    ),
    "sweep of gains": (
        lambda case: et.sweep(case, CRITICAL, [GAIN]),
        lambda has: has.landau and has.protocol,
    ),
    "sensitivity of a case": (
        lambda case: et.sensitivity(case, ["enhancement"]), lambda has: has.rates,
    ),
    "sensitivity of states": (
        lambda case: et.sensitivity(case, ["penetration_depth"]),
        lambda has: has.rates and has.protocol,
    ),
    "sensitivity of states at a temperature": (
        lambda case: et.sensitivity(case, ["penetration_depth"], 0.5), lambda has: has.rates,
    ),
    "sensitivity of evolutions": (
        lambda case: et.sensitivity(case, [GAIN]),
        lambda has: has.landau and has.protocol,
    ),
    "sobol": (lambda case: et.sobol(case, RANGES, ["enhancement"], 2), lambda has: has.rates),
}  # fmt: skip
"""Calls, and whether a case has what they need."""


class Reached(Exception):
    """A computation would have begun."""


WORK = (
    (samples, "sample_of"),
    (equilibrium, "_equilibrium"),
    (evolve, "_evolution"),
    (trap, "judged"),
    (trap, "rates_over_temperature"),
    (plan, "design"),
    (fit, "Target"),
    (sweep.schedule, "run"),
    (sensitivity, "_differentiated"),
)
"""Where each of them begins to compute."""


@pytest.fixture
def _stopped(monkeypatch):
    """All that computes says that it was reached, and what costs time beside it is left out."""

    def stop(*_, **__):
        raise Reached

    def at_once(func, dists, **_):
        return func(np.full((len(dists), 1), 0.5))

    for module, name in WORK:
        monkeypatch.setattr(module, name, stop)
    monkeypatch.setattr(fit, "needed", lambda: None)
    monkeypatch.setattr(sensitivity.stats, "sobol_indices", at_once)


def wrong(name, cases):
    """Choices whose outcome is not what the specification says, and what came of them."""
    call, accepted = ENTRIES[name]
    found = []
    for names, case in cases.items():
        try:
            call(case)
        except Reached:
            outcome: Any = True
        except et.InputError as error:
            outcome = False if all(p.key and p.text for p in error.problems) else error
        except BaseException as error:
            outcome = error
        if outcome is not accepted(Needs(case)):
            found.append((names, outcome))
    return found


@pytest.mark.usefixtures("_stopped")
@pytest.mark.parametrize("name", ENTRIES)
def test_what_a_case_lacks_is_refused_before_any_work(name, cases, monkeypatch):
    # That the points of a sweep are cases is checked apart, and costs the most.
    monkeypatch.setattr(sweep, "check_ends", lambda *_: None)
    assert len(cases) > 150
    assert wrong(name, cases) == []


@pytest.mark.exhaustive
@pytest.mark.usefixtures("_stopped")
@pytest.mark.parametrize("name", ENTRIES)
def test_what_any_combination_lacks_is_refused_before_any_work(name):
    found = combinations(MADE)
    assert len(found) > 5000
    assert wrong(name, found) == []


# ---------------------------------------------------------------- the command line

DATA = """# [data.columns.T]
# quantity = "temperature"
# [data.columns.depth]
# quantity = "penetration_depth"
# uncertainty = "error"
# [data.columns.error]
# quantity = "uncertainty"
# [data.columns.trap]
# quantity = "trap"
T [K], depth [nm], error [nm], trap
0.5, 60.0, 1.0, off
0.6, 61.0, 1.0, on
"""
VARY = ("--vary", "material.critical_temperature=1.1 K, 1.2 K", "--result")
VERBS: dict[str, tuple[tuple[str, ...], Callable[[Needs], bool]]] = {
    "run": ((), ENTRIES["evolve"][1]),
    "trap": ((), ENTRIES["design_trap"][1]),
    "plan": ((), ENTRIES["plan"][1]),
    "fit": (("data.csv",), ENTRIES["fit"][1]),
    "sweep": ((*VARY, "kappa"), ENTRIES["sweep of a case"][1]),
    "sweep of states": ((*VARY, "penetration_depth"), ENTRIES["sweep of states"][1]),
    "sweep of a trap": ((*VARY, "evacuation_time"), ENTRIES["sweep of a trap"][1]),
    "sweep of gains": ((*VARY, GAIN), ENTRIES["sweep of gains"][1]),
}
"""Options of each verb, and whether a case has what it needs."""


def written(tables, prefix=""):
    """Tables as TOML, each key with its dotted name."""
    for key, value in tables.items():
        if isinstance(value, dict):
            yield from written(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key} = {json.dumps(value)}"


@pytest.mark.usefixtures("_stopped")
@pytest.mark.parametrize("verb", VERBS)
def test_what_a_case_file_lacks_is_refused_before_any_work(verb, tmp_path, monkeypatch):
    monkeypatch.setattr("entrap.report.command.gc.disable", lambda: None)
    for key in ("JAX_COMPILATION_CACHE_DIR", "EQX_ON_ERROR"):
        monkeypatch.setenv(key, "")
    monkeypatch.setenv("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
    monkeypatch.chdir(tmp_path)
    Path("data.csv").write_text(DATA, "utf-8")
    options, accepted = VERBS[verb]
    cases = combinations(
        [names for names in MADE if names.count("with") == len(MATERIAL)],
        landau=("without", "direct"),
        trap=("without", "rate", "junction"),
        pairing=("without",),
        film=("without", "stated"),
        mixture=("without",),
    )
    assert len(cases) > 10
    for i, (names, case) in enumerate(cases.items()):
        Path("case.toml").write_text("\n".join(written(case.to_dict())), "utf-8")
        command = [verb.split()[0], "case.toml", *options, "--out", str(i)]
        monkeypatch.setattr("sys.argv", ["entrap", *command])
        with pytest.raises((Reached, SystemExit)) as caught:
            cli.main()
        assert (caught.type is Reached) == accepted(Needs(case)), (names, caught.value)
        assert caught.type is Reached or caught.value.code == 2


# ---------------------------------------------------------------- to the end


def covering(cases, accepted):
    """Of the accepted cases a few that together have every alternative that any of them has."""
    having = {}
    for names, case in cases.items():
        if accepted(Needs(case)):
            having[names] = set(enumerate((*names[0], *names[1:])))
    missing = set().union(*having.values())
    while missing:
        best = max(having, key=lambda names: len(missing & having[names]))
        missing -= having[best]
        yield best


def run_to_the_end(name, cases):
    """Run what an entry point accepts; a computation that fails by its numbers has run, too."""
    call, accepted = ENTRIES[name]
    chosen = list(covering(cases, accepted))
    assert len(chosen) >= 3
    for names in chosen:
        with contextlib.suppress(et.SolveError):
            call(cases[names])


@pytest.mark.parametrize("name", ["sample", "equilibrate"])
def test_what_is_accepted_can_be_computed(name, cases):
    run_to_the_end(name, cases)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", sorted(ENTRIES.keys() - {"sweep of its own"}))
def test_everything_that_is_accepted_can_be_computed(name):
    run_to_the_end(name, combinations(MADE))


@pytest.mark.parametrize("trap", ["junction", "pairing"])
def test_without_a_protocol_the_margins_are_those_of_a_trap_that_goes_on_there(trap):
    """At each temperature: as with a protocol that starts at it."""
    both = ("junction", "without") if trap == "junction" else ("rate", "pairing")
    with_all = ("with",) * len(MATERIAL)
    stated = made(with_all, "direct", "without", *both, "without", "ratio")
    alone = et.equilibrate(stated, [0.4, 0.7]).margins
    for i, kelvin in enumerate((0.4, 0.7)):
        protocol = et.Protocol(start=kelvin, warm_to=2.0, warming_time=0.1)
        there = et.equilibrate(dataclasses.replace(stated, protocol=protocol), kelvin).margins
        for name, _ in quantities(Margins):
            here, expected = getattr(alone, name), getattr(there, name)
            assert (here is None) == (expected is None), name
            if here is not None:
                np.testing.assert_allclose(here[i], expected, rtol=1e-12, err_msg=name)
