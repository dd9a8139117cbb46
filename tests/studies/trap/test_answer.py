"""Sentences about a trap that few traps have, of designs with made-up numbers."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from entrap.case.tables import declarations
from entrap.core.quantities import quantities
from entrap.solve.protocol.results import Value
from entrap.studies.trap import answer
from entrap.studies.trap.changes import Change
from entrap.studies.trap.performance import Performance
from entrap.studies.trap.target_answer import settings


def design(film=True, **more) -> Any:
    """As much of a design as a sentence reads."""
    found = more.pop("found", {})
    junction = more.pop("junction", {"metal": "Cu"})
    strip = SimpleNamespace(trap_length=2e-4, width=1e-5)
    made = {"limits": {}, "changes": (), "margins": (), "feeds": {}, "keeps_energy": False,
            "thermal": False, "performance": SimpleNamespace(**found)}  # fmt: skip
    trap = SimpleNamespace(
        film=strip if film else None, junction=junction and SimpleNamespace(**junction)
    )
    case = SimpleNamespace(trap=trap, require=lambda _: trap.junction)
    return SimpleNamespace(**made | {"case": case} | more)


def change(name, rate, residue=0.0):
    case: Any = None
    return Change(name, f"a changed {name}", case, rate, residue)


@pytest.mark.parametrize(
    ("limits", "metal", "says"),
    [
        ({}, "Cu", "What limits it is not known: the rate does not change with any of its parts."),
        ({"barrier": 0.004}, "Cu", "What limits it is not known: the rate does not change with any "
                                   "of its parts."),
        ({"barrier": 0.005, "relaxation": 0.2, "diffusion": 0.7, "background": 0.095}, "Au",
         "How fast this is depends on diffusion along the film (70 %), relaxation in the gold "
         "(20 %), loss without the trap (10 %) and the barrier (0 %)."),
        ({"trapping": 0.6, "relaxation": 0.4}, "Pd",
         "How fast this is depends on trapping under the trap (60 %) and relaxation in the metal "
         "(40 %)."),
        ({"relaxation": 1.0}, "Ag", "How fast this is depends on relaxation in the silver (100 %)."),
    ],
)  # fmt: skip
def test_what_limits_a_trap_is_told_by_its_share(limits, metal, says):
    assert answer._limits(design(limits=limits, junction={"metal": metal})) == says


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ((change("width", 0.009),), "None of the changes that were tried would empty the film "
                                    "faster by 1 % or more."),
        ((change("trap temperature", 0.5),), "None of the changes that were tried would empty the "
                                             "film faster by 1 % or more."),
        ((change("width", 0.5),), "The change that would help most is a changed width: the film "
                                  "would empty 50 % faster."),
        ((change("width", 0.5), change("length", 0.01), change("metal", -0.2)),
         "The change that would help most is a changed width: the film would empty 50 % faster. "
         "The next best is a changed length (1 % faster)."),
        ((change("a", 0.5), change("b", 0.4), change("c", 0.3), change("d", 0.2), change("e", 0.1),
          change("f", 0.05), change("g", 0.04), change("h", 0.0), change("i", -0.009)),
         "The change that would help most is a changed a: the film would empty 50 % faster. The "
         "next best changes, each made alone, are a changed b (40 % faster), a changed c (30 % "
         "faster), a changed d (20 % faster), a changed e (10 % faster) and a changed f (5 % "
         "faster). By a changed h or a changed i the rate would change by less than 1 %."),
    ],
)  # fmt: skip
def test_what_would_help_is_ranked_and_what_would_not_is_named(changes, says):
    assert answer._help(design(changes=changes)) == says


@pytest.mark.parametrize(
    ("junction", "found", "film", "says"),
    [
        ({}, {}, True, "The trap is taken to be as warm as the film: give "
         "trap.junction.phonon_temperature to learn how warm it gets by itself."),
        ({"trap_temperature": 0.05}, {}, True, "The film under the trap brings 2 pW to it, which is "
         "held at 50 mK: give trap.junction.phonon_temperature to learn how warm it gets by itself."),
        ({"phonon_temperature": 0.02}, {}, False, "The film under the trap brings 1 fW in each "
         "µm² to it, which its phonons at 20 mK take off: its electrons warm to 80 mK."),
        ({"phonon_temperature": 0.02, "trap_temperature": 0.05}, {"holding_flow": -2e-3}, True,
         "The trap is held at 50 mK by a heater of 4 pW; left alone, with phonons at 20 mK, it "
         "cools to 80 mK."),
        ({"phonon_temperature": 0.02, "trap_temperature": 0.05}, {"holding_flow": 2e-3}, True,
         "Held at 50 mK the trap costs 4 pW of cooling; left alone, with phonons at 20 mK, it warms "
         "to 80 mK."),
    ],
)  # fmt: skip
def test_how_warm_a_trap_is_and_what_that_costs(junction, found, film, says):
    stated = {"trap_temperature": None, "phonon_temperature": None} | junction
    numbers = {"trap_temperature": 0.05, "free_trap_temperature": 0.08, "heat_flow": 1e-3} | found
    assert answer._heat(design(film, junction=stated, found=numbers)) == says


LEFT = {"residual_fraction": 1e-7, "untrapped_fraction": 3e-6, "residual_density": 1e18}
STEADY = (
    "In the steady state x = n_qp/2N_0Δ = 10⁻⁷ is left, or 1 quasiparticle in 1 µm³: 30 times "
    "fewer than without the trap. Of these, "
)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"junction": None}, "How many quasiparticles are left in the steady state does not follow "
         "from a measured rate: for that, describe the trap's barrier and metal in "
         "[trap.junction]."),
        ({"found": LEFT | {"residual_fraction": 0.0}}, "The trap leaves nothing: there is no source "
         "of quasiparticles at that temperature."),
        ({"feeds": {"back-flow": 0.2, "generation": 0.8}}, f"{STEADY}80 % come from generation."),
        ({"feeds": {"back-flow": 0.996, "pair breaking": 0.004}},
         f"{STEADY}all come from the trap, whose own electrons flow back."),
        ({"found": LEFT | {"residual_density": 2.5e18}, "feeds": {"generation": 1.0}},
         f"{STEADY}all come from generation.".replace("1 quasiparticle ", "2.5 quasiparticles ")),
        ({"feeds": {"pair breaking": 1.0}, "changes": (change("trap temperature", 0.0, 0.009),)},
         f"{STEADY}all come from pairs that heat breaks."),
        ({"feeds": {"pair breaking": 1.0}, "changes": (change("trap temperature", 0.0, 3.0),)},
         f"{STEADY}all come from pairs that heat breaks. With a changed trap temperature, there "
         "would be 4 times fewer than now."),
    ],
)  # fmt: skip
def test_what_is_left_is_told_with_its_source(more, says):
    assert answer._left(design(**{"found": LEFT} | more)) == says


def test_that_nothing_but_heat_makes_quasiparticles_is_told_with_the_option_that_mends_it():
    told = answer._left(design(found=LEFT | {"residual_fraction": np.nan}))
    assert "is not known: heat alone makes less than one in the film" in told
    assert '--set "trap.junction.generation=' in told


RATES = {"thermalisation_rate": 2e3, "evacuation_rate": 5e4, "equilibrium_fraction": 1e-8}
SLOW = (
    "the film empties (at 50,000 1/s) before quasiparticles rethermalise (at 2,000 1/s), so that "
    "the decay is not exponential and slows down towards its end"
)


@pytest.mark.parametrize(
    ("trap", "more", "says"),
    [
        (0.1, {}, []),
        (0.2, {}, ["the trap is warmer than the film and brings quasiparticles into it"]),
        (0.2, {"feeds": {"back-flow": 0.009}}, []),
        (0.1, {"thermal": True}, ["the trap is as warm as the film and cannot take it below "
                                  "equilibrium, x_eq = 10⁻⁸"]),
        (0.05, {"thermal": True}, []),
        (0.05, {"fails": ("rethermalisation", "thin_film")},
         [SLOW, "the film is too thick to be described as a sheet"]),
        (0.05, {"fails": ("rethermalisation",), "keeps_energy": True}, []),
        (0.05, {"fails": ("proximity", "trap_temperature", "weak_recombination", "narrow_strip")},
         ["the barrier lets pairs through: film and trap change each other's states",
          "the trap is too warm to have empty states below the gap",
          "recombination, which τ_w does not include, is not slow beside it",
          "the strip is too wide to be described in one dimension"]),
    ],
)  # fmt: skip
def test_what_is_to_be_minded_of_a_trap(trap, more, says):
    fails = more.pop("fails", ())
    margins = [SimpleNamespace(name=name, holds=False) for name in fails]
    margins += [SimpleNamespace(name=name, holds=holds) for name, holds in (("thin_film", True), ("proximity", None))]  # fmt: skip
    found = RATES | {"temperature": 0.1, "trap_temperature": trap}
    assert answer._caveats(design(found=found, margins=margins, **more)) == says


TIMES = {"temperature": 0.1, "evacuation_time": 2e-4, "trapping_length": 3e-5, "burst_time": 1e-4,
         "burst_tail_time": 1e-3}  # fmt: skip
KEEP = (
    "At 100 mK quasiparticles keep their energy while they are trapped: phonons lift them off the "
    "edge of the gap at 2,000 1/s, and {}. So their number does not fall exponentially: of a burst "
    "{}, 1/e is left within 100 µs and 1 % within 1 ms. Only if something else kept them thermal "
    "would it fall by a factor e in {} = 200 µs, to which the rest of this answer refers."
)


@pytest.mark.parametrize(
    ("more", "time", "says"),
    [
        ({}, 2e-4, "At 100 mK an excess of quasiparticles in the film decays by a factor e in τ_w = "
         "200 µs. Under the trap they are trapped at Γ = 900,000 1/s, after they have gone about "
         "λ_tr = 30 µm."),
        ({"film": False}, 2e-4, "At 100 mK the quasiparticles of a film that lies wholly under the "
         "trap decay by a factor e in 1/Γ = 200 µs, since they are trapped at Γ = 900,000 1/s."),
        ({"keeps_energy": True}, np.inf, "At 100 mK an excess of quasiparticles does not decay: none "
         "is trapped, and none lost."),
        ({"keeps_energy": True}, 2e-4, KEEP.format("the trap empties the film sooner", "in the film",
                                                   "τ_w")),
        ({"keeps_energy": True, "film": False}, 2e-4,
         KEEP.format("the trap takes them at Γ = 900,000 1/s",
                     "in a film that lies wholly under the trap", "1/Γ")),
    ],
)  # fmt: skip
def test_how_fast_a_film_empties_is_told_as_quasiparticles_keep_their_energy_or_not(
    more, time, says
):
    known = dict(quantities(Performance))
    values = {k: Value(x, known[k]) for k, x in (TIMES | {"evacuation_time": time}).items()}
    found = RATES | {"trapping_rate": 9e5}
    assert answer._speed(design(found=found, quantities=values, **more)) == says


@pytest.mark.parametrize(
    ("changes", "options"),
    [
        (
            {"trap.film.trap_position": 0.25},
            '--set "trap.film.trap_position=0.25 {unit}"',
        ),
        (
            {"trap.film.trap_count": 1.0, "trap.film.trap_position": 0.25},
            '--set "trap.film.trap_count=1" --set "trap.film.trap_position=0.25 {unit}"',
        ),
        (
            {"trap.film.trap_count": 3.0, "trap.film.trap_position": 0.25},
            '--set "trap.film.trap_count=3" --set "trap.film.trap_position="',
        ),
    ],
)
def test_options_place_one_trap_and_leave_several_to_be_placed(changes, options):
    unit = declarations()["trap.film.trap_position"].unit
    assert settings(changes) == options.replace("{unit}", unit)
