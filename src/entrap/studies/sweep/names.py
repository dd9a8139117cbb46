"""The results that a sweep can compute, by name: what each is, and what computing it takes."""

import dataclasses
from collections.abc import Collection, Iterable, Mapping

from entrap.case.case import Case
from entrap.case.casefile import study_of
from entrap.case.layout import Layout
from entrap.core.errors import InputError, Problem
from entrap.core.nearest import nearest
from entrap.core.quantities import Quantity, former_names, quantities
from entrap.model.observables import OBSERVABLES, OF_EXPANSION, OF_STATES, SUMMARISED
from entrap.model.validity import Margins
from entrap.solve.protocol.outcome import QUANTITIES, under_both_names
from entrap.studies.film.declared import DECLARED, PLACED, film_numbers
from entrap.studies.film.needs import layout_of
from entrap.studies.film.status import STATUS
from entrap.studies.trap.needs import film_temperature
from entrap.studies.trap.performance import Performance

MARGINS = tuple(name for name, _ in quantities(Margins))
"""Assumptions in the order in which `worst_margin` counts them."""

_OF_EVOLUTION = {
    "final_superfluid_density",
    "paired_electron_gain",
    "release_temperature",
    "trap_failure_temperature",
    "survival_temperature",
    *(f"{name}_final" for name in SUMMARISED),
}


@dataclasses.dataclass(frozen=True)
class Result:
    """One result of a sweep.

    Its kind is "case" or "state" for closed forms, "trap" for those of a junction on its film,
    "evolution" for those that need an integration in time, "film" for those of a drawn film.
    """

    declared: Quantity
    kind: str


_WHOLE = (
    "Effective critical temperature of the functional that holds at every temperature, by the "
    "entropy alone"
)
_WORST = (
    "Number of the assumption with the smallest margin, counted from 0; -1 where all hold, NaN "
    "where the sample is normal"
)
_SMALLEST = "Smallest of those margins of the theory that the case determines"
_AT_WORST = ", at the worst point of the evolution"
_VALID = "Highest temperature at which all assumptions hold, every normal electron trapped"
_UNTIL = "Highest temperature up to which all assumptions hold on warming"
_ENDED = "1 where the integration came to the end of the protocol, 0 where it did not"
_DERIVED = {
    "smallest_margin": ("state", "1", "smallest margin", _SMALLEST),
    "worst_margin": ("state", "1", "assumption", _WORST),
    "remaining_share": ("state", "1", "φ", "Share of the quasiparticles that the trap leaves"),
    "effective_critical_temperature_mixed": ("case", "K", "T̃_c mixed", _WHOLE),
    "validity_temperature": ("case", "K", "T_valid", _VALID),
    "evolution_smallest_margin": ("evolution", "1", "smallest margin", _SMALLEST + _AT_WORST),
    "evolution_worst_margin": ("evolution", "1", "assumption", _WORST + _AT_WORST),
    "valid_until": ("evolution", "K", "T_valid", _UNTIL),
    "succeeded": ("evolution", "1", "", _ENDED),
}
"""Kind, unit, symbol and meaning of the results that only a sweep has."""


OF_BCS = tuple(name for name in OF_STATES if name not in OF_EXPANSION)
"""What a state has by BCS theory too, and not by Landau's expansion alone."""

_PAGE = "theory page, plain BCS beside the paper"
_BY_BCS = (
    ("bcs", "BCS", "by BCS theory, no trap"),
    ("plain", "plain", "by plain BCS theory, quasiparticles taken, no entropy"),
    ("mixed", "mixed", "by BCS theory, quasiparticles taken, with the entropy"),
)
"""End of the name, mark of the symbol and meaning of the three states of BCS theory."""


def _registry() -> dict[str, Result]:
    found = {
        name: Result(declared, "evolution" if name in _OF_EVOLUTION else "case")
        for name, declared in QUANTITIES.items()
    }
    for name in OF_STATES:
        declared = OBSERVABLES[name].quantity
        symbol, meaning = declared.symbol, declared.meaning
        bare = dataclasses.replace(declared, symbol=f"{symbol} bare", meaning=f"{meaning}, no trap")
        over_bare = f"{meaning}, over that without a trap"
        ratio = Quantity("1", f"{symbol}/{symbol} bare", over_bare, source=declared.source)
        found[name] = Result(declared, "state")
        found[f"{name}_bare"] = Result(bare, "state")
        found[f"{name}_ratio"] = Result(ratio, "state")
    for name in OF_BCS:
        declared = OBSERVABLES[name].quantity
        symbol, meaning = declared.symbol, declared.meaning
        for end, mark, words in _BY_BCS:
            by = dataclasses.replace(
                declared, symbol=f"{symbol} {mark}", meaning=f"{meaning}, {words}", source=_PAGE
            )
            found[f"{name}_{end}"] = Result(by, "state")
        for end, over, words in (
            ("plain", "bcs", "taking quasiparticles"),
            ("mixed", "plain", "the entropy"),
        ):
            ratio = Quantity(
                "1",
                f"{symbol} {end}/{symbol} {over}",
                f"{meaning}: what {words} makes of it, by BCS theory",
                source=_PAGE,
            )
            found[f"{name}_{end}_ratio"] = Result(ratio, "state")
    for name, declared in quantities(Margins):
        margin = dataclasses.replace(declared, meaning=f"Margin: {declared.meaning}")
        found[f"margin_{name}"] = Result(margin, "state")
        found[f"evolution_margin_{name}"] = Result(margin, "evolution")
    for name, (kind, unit, symbol, meaning) in _DERIVED.items():
        found[name] = Result(Quantity(unit, symbol, meaning), kind)
    for former, name in former_names(QUANTITIES).items():
        meaning = f"Former name of {name}, which goes with entrap 0.6"
        declared = dataclasses.replace(found[name].declared, meaning=meaning)
        found[former] = Result(declared, found[name].kind)
    for name, declared in quantities(Performance):
        # These need a steady state along the film, or each energy of a burst by itself.
        alone = name.startswith(("residual", "burst"))
        if name not in ("temperature", "trap_temperature") and not alone:
            found.setdefault(name, Result(declared, "trap"))
    for name, declared in (DECLARED | PLACED | {FILM_STATUS: STATUS}).items():
        if name not in ("temperature", "trap_temperature"):
            found.setdefault(name, Result(declared, "film"))
    return found


FILM_STATUS = "film_status"
"""Name of what says at which points a film was solved."""

RESULTS = _registry()
"""Every result by name, but those of a film at its probes."""


def results_of(case: Case) -> Mapping[str, Result]:
    """Every result that a case may have, by name; with a layout, those of its film."""
    layout = study_of(case, Layout)
    if layout is None:
        return RESULTS
    own = film_numbers(layout.probes) | {FILM_STATUS: STATUS}
    return {**RESULTS, **{name: Result(declared, "film") for name, declared in own.items()}}


_AT_START = {
    name
    for name, result in RESULTS.items()
    if result.kind == "case" and ("initial" in name or name == "trap_energy_cost")
}
"""Closed forms that need a protocol."""

GAINS = set(under_both_names({"paired_electron_gain": None}))
"""Names of the electrons that pair while the trap empties the sample."""


BY_BCS = {"remaining_share", "effective_critical_temperature_mixed"} | {
    f"{name}_{end}"
    for name in OF_BCS
    for end in ("bcs", "plain", "mixed", "plain_ratio", "mixed_ratio")
}
"""Names of what BCS theory gives beside the expansion."""


def default_results(case: Case, axes: Iterable[str] = ()) -> tuple[str, ...]:
    """Results of a sweep that names none; without a trap there is nothing to compare."""
    layout = study_of(case, Layout)
    drawn = [key for key in axes if key.startswith("layout.")]
    if layout is not None and (drawn or case.landau is None):
        if any(key.startswith("layout.placement.") for key in drawn):
            at = (f"placed_density_{name}" for name in layout.probes)
            return ("placed_rate", "placed_area_bound", *at, "mesh_error", FILM_STATUS)
        at = (
            f"{of}_{name}" for name in layout.probes for of in ("density", "density_without_trap")
        )
        return ("slowest_rate", "area_bound", *at, "mesh_error", FILM_STATUS)
    if case.landau is None:
        return ("evacuation_time",)
    if not case.trap.present:
        return ("superfluid_density", "penetration_depth")
    return ("enhancement", "penetration_depth_ratio")


def with_margins(names: Iterable[str], known: Mapping[str, Result] = RESULTS) -> tuple[str, ...]:
    """The names, and those of the margins that show where the theory holds.

    Results of a trap or a film alone have no such margins.
    """
    names = tuple(names)
    if all(known[name].kind in ("trap", "film") for name in names):
        return names
    evolves = any(known[name].kind == "evolution" for name in names)
    of = "evolution_" if evolves else ""
    return tuple(dict.fromkeys((*names, f"{of}smallest_margin", f"{of}worst_margin")))


def with_status(names: Iterable[str], known: Mapping[str, Result]) -> tuple[str, ...]:
    """The names, and with results of a film that of its status."""
    names = tuple(names)
    films = any(known[name].kind == "film" for name in names)
    return tuple(dict.fromkeys((*names, *([FILM_STATUS] if films else []))))


def check_results(names: Iterable[str], known: Mapping[str, Result] = RESULTS) -> tuple[str, ...]:
    """The names of results, each once and out of those that are known.

    Raises:
        InputError: one is unknown; the nearest is named.
    """
    names, problems = tuple(dict.fromkeys(names)), []
    for name in names:
        if name not in known:
            present = {each: result.declared for each, result in known.items()}
            former = former_names(present)
            near = nearest(name, {each: present[each] for each in present if each not in former})
            hint = f"did you mean {near!r}?" if near else "`entrap sweep --list` names all"
            problems.append(f"{name!r} is no result of a sweep: {hint}")
    if problems:
        raise InputError(*problems)
    return names


def check_needs(case: Case, results: Iterable[str], given: Collection[str], else_: str) -> None:
    """Refuse results that need a table, or the temperature, that the case lacks.

    Keys that are `given` vary, or have a value beside the case: they may be what it lacks. `else_`
    ends the sentence that says how to give a temperature.
    """
    names, known = set(results), results_of(case)
    kinds = {known[name].kind for name in names}
    if "film" in kinds:
        layout_of(case)
    if kinds - {"trap", "film"}:
        case.require("landau")
        paired = case.trap.pairing is not None or "trap.pairing" in given
        if case.protocol is None and (paired or case.trap.junction is not None):
            text = "is missing: the rate of a junction and `pairing` are those at its `start`"
            raise InputError(Problem(text, "protocol"))
    if "trap" in kinds:
        case.require("trap.junction")
        film_temperature(case)
    if "evolution" in kinds or names & _AT_START:
        case.require("protocol")
    if "state" in kinds and case.protocol is None and "temperature" not in given:
        text = f"is missing: give [protocol], whose start it then is, or {else_}"
        raise InputError(Problem(text, "temperature"))
