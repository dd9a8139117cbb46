"""The hypotheses over one case and its data: which parameters each infers, and which it fixes."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from entrap.case.case import Case
from entrap.case.mixture import ENTROPIES
from entrap.case.priors import Prior
from entrap.case.uncertain import uncertain
from entrap.core.errors import InputError
from entrap.model.observables import OBSERVABLES
from entrap.solve.inputs import Choices, by_key, choices_of, inputs_of, replaced
from entrap.studies.fit.data.observations import Observations
from entrap.studies.fit.inputs.hypotheses import (
    HYPOTHESES,
    REMAINING,
    SHIFTED,
    TAKEN,
    Explanation,
)
from entrap.studies.fit.inputs.options import BALANCE, Fit
from entrap.studies.fit.parameters import Parameter
from entrap.studies.fit.prediction import FitInputs, FitNumbers


@dataclasses.dataclass(frozen=True)
class Hypothesis:
    """One explanation of the data of a case.

    Args:
        name: One of `HYPOTHESES`.
        choices: The case's choices under it.
        free: Keys of its free parameters.
        held: Values of fixed parameters [SI], where they are not those of the case.
        balanced: Whether the junction's balance gives the share of the quasiparticles.
    """

    name: str
    choices: Choices
    free: tuple[str, ...]
    held: Mapping[str, float] = dataclasses.field(default_factory=dict)
    balanced: bool = False

    @property
    def posed(self) -> tuple[Choices, bool, bool]:
        """What hypotheses have in common that are one compiled function."""
        return self.choices, self.balanced, self.entry.extracts

    @property
    def entry(self) -> Explanation:
        """Its short name, meaning and entropy."""
        return HYPOTHESES[self.name]

    def masks(self, parameters: Sequence[Parameter]) -> tuple[np.ndarray, np.ndarray]:
        """Which parameters are free, and the values at which the others are fixed."""
        free = np.array([p.key in self.free for p in parameters])
        return free, np.array([self.held.get(p.key, p.fixed) for p in parameters], float)


WEIGHT = "mixture.condensate_weight"


def hypotheses(
    case: Case, data: Observations, options: Fit
) -> tuple[tuple[Parameter, ...], tuple[Hypothesis, ...], dict[str, str]]:
    """All parameters, the hypotheses to compare, and why others are left out.

    Raises:
        InputError: the case names a hypothesis and lacks a number that it needs, or has no junction
            from which the share of the quasiparticles could be computed.
    """
    case.require("landau")
    stated = {**case.priors} | {f"fit.{key}": prior for key, prior in options.priors.items()}
    valence = _valence(case)
    electrons = getattr(case.mixture, valence.partition(".")[2])
    extra = {
        valence: Prior("lognormal", (electrons, 1.0) if electrons else (0.1, 2.0), "default"),
        SHIFTED: Prior("normal", (0.0, 0.1 * case.material.critical_temperature), "default"),
        REMAINING: Prior("uniform", (0.0, 1.0), "default"),
        TAKEN: Prior("uniform", (0.0, 1.0), "default"),
    }
    common = {key: prior for key, prior in stated.items() if key not in (*extra, WEIGHT)}
    if all(key.startswith("fit.") for key in common):
        common |= _defaults(case, data)
    declared = uncertain() | {f"fit.{key}": declared for key, declared in Fit.believed().items()}
    fixed = by_key(inputs_for(case)) | {valence: 0.0}
    for name, group in data.groups.items():
        for word, quantity, prior in group.stated():
            key = f"data.groups.{name}.{word}"
            common[key], declared[key], fixed[key] = prior, quantity, prior.median
    # In equilibrium a reading may depend on how many normal electrons the trap leaves.
    seen = [on and OBSERVABLES[name].of_normal for name, on, _ in data.series()]
    sees_normal = data.follows != "protocol" and any(seen)
    # A share that the case states and does not doubt was measured.
    takes = TAKEN in stated or options.quasiparticle_share == 1.0
    chosen, omitted = _chosen(case, data, options)
    found = []
    for name in chosen:
        entry = HYPOTHESES[name]
        free = [*common, *([valence] if entry.entropy else []), *entry.infers]
        free += [TAKEN] if entry.extracts and takes else []
        free += [key for key in entry.may_infer if key in stated]
        free += entry.seen if sees_normal else ()
        held = {REMAINING: 1.0} if entry.extracts else {TAKEN: 1.0}
        choices, balanced = _choices(case, entry), entry.extracts and options.balanced
        found.append(Hypothesis(name, choices, tuple(dict.fromkeys(free)), held, balanced))
    # Hypotheses without an entropy fix the valence electrons, at 0.
    used = dict.fromkeys([*(key for h in found for key in (*h.free, *h.held)), valence])
    priors = extra | common | stated
    parameters = tuple(Parameter(key, declared[key], priors[key], fixed[key]) for key in used)
    return parameters, tuple(found), omitted


def inputs_for(case: Case) -> FitInputs:
    """The numbers of a case, with w_s = 1: it drops out of what a trap changes."""
    inputs, valence = inputs_of(case), _valence(case)
    held = {WEIGHT: 1.0, valence: by_key(inputs).get(valence, 0.0)}
    options = Fit.of(case)
    stated = [getattr(options, field.name) for field in dataclasses.fields(FitNumbers)]
    # A share that the junction's balance gives is not of these numbers.
    numbers = FitNumbers(*(1.0 if number == BALANCE else number for number in stated))
    return FitInputs(**vars(replaced(inputs, held)), fit=numbers)


def _valence(case: Case) -> str:
    stated = case.mixture.valence_density is not None
    return f"mixture.valence_{'density' if stated else 'ratio'}"


def _choices(case: Case, entry: Explanation) -> Choices:
    choices, entropy = choices_of(case), entry.entropy or "ideal"
    if entropy == "stated":
        own = {other.entropy for other in HYPOTHESES.values()}
        entropy = "ideal" if choices.entropy in own else choices.entropy
    return dataclasses.replace(choices, entropy=entropy)


def _chosen(case: Case, data: Observations, options: Fit) -> tuple[tuple[str, ...], dict[str, str]]:
    """Names of the hypotheses to compare, and what others lack where the case names none.

    Without a reading with the trap all would say the same.
    """
    lacking = {}
    for name, entry in HYPOTHESES.items():
        if entry.extracts and data.follows == "protocol":
            lacking[name] = "it is for data in equilibrium, and these follow the protocol"
            continue
        needs = ENTROPIES[entry.entropy].needs if entry.entropy in ENTROPIES else ()
        missing = [f"material.{key}" for key in needs if getattr(case.material, key) is None]
        if missing:
            lacking[name] = f"give {' and '.join(missing)}"
    for name in options.hypotheses:
        if name in lacking:
            raise InputError(f'`fit.hypotheses` names "{name}", which needs more: {lacking[name]}')
    chosen, left_out = options.hypotheses, {}
    if not chosen and data.bare:
        others = [name for name in HYPOTHESES if name != "none"]
        chosen, left_out = ("none",), dict.fromkeys(others, "no reading is with the trap")
    elif not chosen:
        chosen, left_out = tuple(name for name in HYPOTHESES if name not in lacking), lacking
    extracts = any(HYPOTHESES[name].extracts for name in chosen)
    if options.balanced and extracts and case.trap.junction is None:
        raise InputError(
            f'`fit.quasiparticle_share = "{BALANCE}"` needs the table [trap.junction], from which '
            "the share is computed: add it, state the share as a number, or leave it out"
        )
    return chosen, left_out


def _defaults(case: Case, data: Observations) -> dict[str, Prior]:
    """Wide priors about the sample's numbers, for a case that states none."""
    landau, trap = case.require("landau"), case.trap
    wide = {"material.critical_temperature": (case.material.critical_temperature, 0.05)}
    for key, spread in {
        "a": 0.5, "saturation": 0.5, "beta": 0.5, "critical_field": 0.2,
        "superfluid_density": 0.5, "penetration_depth": 0.2,
    }.items():  # fmt: skip
        if getattr(landau, key) is not None:
            wide[f"landau.{key}"] = getattr(landau, key), spread
    if landau.bcs and case.material.fermi_temperature is not None:
        wide["material.fermi_temperature"] = case.material.fermi_temperature, 0.3
    if data.follows == "protocol":
        for key in ("rate", "pairing", "pairing_rate"):
            if getattr(trap, key):
                wide[f"trap.{key}"] = getattr(trap, key), 1.0
        if trap.junction is not None:
            wide["trap.junction.interface_resistance"] = trap.junction.interface_resistance, 0.5
    return {key: Prior("lognormal", pair, "default") for key, pair in wide.items()}
