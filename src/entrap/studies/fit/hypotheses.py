"""The hypotheses that are compared: the same prediction with other parameters free.

none        no entropy of mixing: the trap changes nothing in equilibrium
mixing      the paper's: α_f = α - (1 - f) k_B T ln(n/n_c)
weighted    a paired electron carries the share w_s of it, half where the case states no other
degenerate  the entropy of a degenerate gas in its place
plain       no entropy; the trap warms or cools the sample by δT and leaves the fraction f of n_n
"""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from entrap.case.case import Case
from entrap.case.priors import Prior
from entrap.case.uncertain import uncertain
from entrap.core.errors import InputError
from entrap.core.quantities import Quantity
from entrap.model.entropy import ENTROPIES
from entrap.model.observables import OBSERVABLES
from entrap.solve.inputs import Choices, by_key, choices_of, inputs_of, replaced
from entrap.studies.fit.data.observations import Observations
from entrap.studies.fit.inputs.options import HYPOTHESES, Fit
from entrap.studies.fit.inputs.table import CALIBRATION as FACTOR
from entrap.studies.fit.inputs.table import OFFSET as KELVINS
from entrap.studies.fit.parameters import Parameter
from entrap.studies.fit.prediction import CALIBRATION, LEFT, OFFSET, SHIFT, FitInputs, FitNumbers

SHIFTED, REMAINING, WEIGHT = f"fit.{SHIFT}", f"fit.{LEFT}", "mixture.condensate_weight"

ENTROPIC = ("mixing", "weighted", "degenerate")
"""The hypotheses with an entropy of mixing."""

LABELS = {
    "none": ("H0", "no entropy of mixing"),
    "mixing": ("H1", "the paper's entropy of mixing"),
    "weighted": ("H2a", "entropy of mixing, less of it in pairs (w_s)"),
    "degenerate": ("H2b", f"entropy of {ENTROPIES['degenerate'].meaning}"),
    "plain": ("H3", "no entropy, the trap only heats or cools"),
}
"""Short name and meaning of each hypothesis."""


@dataclasses.dataclass(frozen=True)
class Hypothesis:
    """One explanation of the data.

    Args:
        name: One of `HYPOTHESES`.
        choices: The case's choices under it.
        free: Keys of its free parameters.
        held: Values of fixed parameters [SI], where they are not those of the case.
    """

    name: str
    choices: Choices
    free: tuple[str, ...]
    held: Mapping[str, float] = dataclasses.field(default_factory=dict)

    @property
    def entropic(self) -> bool:
        """Whether it has an entropy of mixing."""
        return self.name in ENTROPIC

    def masks(self, parameters: Sequence[Parameter]) -> tuple[np.ndarray, np.ndarray]:
        """Which parameters are free, and the values at which the others are fixed."""
        free = np.array([p.key in self.free for p in parameters])
        return free, np.array([self.held.get(p.key, p.fixed) for p in parameters], float)

    @property
    def label(self) -> str:
        """Its short name."""
        return LABELS[self.name][0]

    @property
    def meaning(self) -> str:
        """Its meaning in words."""
        return LABELS[self.name][1]


def hypotheses(
    case: Case, data: Observations, options: Fit
) -> tuple[tuple[Parameter, ...], tuple[Hypothesis, ...], dict[str, str]]:
    """All parameters, the hypotheses to compare, and why others are left out.

    Raises:
        InputError: the case names a hypothesis and lacks a number that it needs.
    """
    case.require("landau")
    known = uncertain() | {f"fit.{key}": declared for key, declared in Fit.believed().items()}
    stated = {**case.priors} | {f"fit.{key}": prior for key, prior in options.priors.items()}
    valence = _valence(case)
    electrons = getattr(case.mixture, valence.partition(".")[2])
    extra = {
        valence: Prior("lognormal", (electrons, 1.0) if electrons else (0.1, 2.0), "default"),
        WEIGHT: Prior("uniform", (0.0, 1.0), "default"),
        SHIFTED: Prior("normal", (0.0, 0.1 * case.material.critical_temperature), "default"),
        REMAINING: Prior("uniform", (0.0, 1.0), "default"),
    }
    common = {key: prior for key, prior in stated.items() if key not in extra}
    if all(key.startswith("fit.") for key in common):
        common |= _defaults(case, data)
    groups = _nuisances(data)
    fixed = by_key(inputs_for(case)) | {valence: 0.0, WEIGHT: 1.0}
    fixed |= {key: float(key.endswith(CALIBRATION)) for key in groups}
    declared = known | {key: quantity for key, (quantity, _) in groups.items()}
    chosen, omitted = _chosen(case, options)
    always = (*common, *groups)
    left = (REMAINING,) if REMAINING in stated else ()
    seen = left or ((REMAINING,) if _sees_normal(data) else ())
    free = {
        "none": always,
        "mixing": (*always, valence, *left),
        "weighted": (*always, valence, *((WEIGHT,) if WEIGHT in stated else ()), *left),
        "degenerate": (*always, valence, *left),
        "plain": (*always, SHIFTED, *seen),
    }
    weight = case.mixture.condensate_weight
    held = {"weighted": {WEIGHT: 0.5 if weight == 1.0 else weight}}
    used = [key for name in chosen for key in (*free[name], *held.get(name, ()))]
    priors = extra | common | stated | {key: prior for key, (_, prior) in groups.items()}
    parameters = tuple(
        Parameter(key, declared[key], priors[key], fixed[key])
        # Hypotheses without an entropy fix the valence electrons, at 0.
        for key in dict.fromkeys((*used, valence))
    )
    found = tuple(
        Hypothesis(n, _choices(case, n), tuple(dict.fromkeys(free[n])), held.get(n, {}))
        for n in chosen
    )
    return parameters, found, omitted


def inputs_for(case: Case) -> FitInputs:
    """The numbers of a case, w_s = 1: only the hypothesis "weighted" has another."""
    inputs, valence = inputs_of(case), _valence(case)
    held = {WEIGHT: 1.0, valence: by_key(inputs).get(valence, 0.0)}
    options = Fit.of(case)
    numbers = FitNumbers(options.temperature_shift, options.remaining_fraction, options.noise_scale)
    return FitInputs(**vars(replaced(inputs, held)), fit=numbers)


def _valence(case: Case) -> str:
    stated = case.mixture.valence_density is not None
    return f"mixture.valence_{'density' if stated else 'ratio'}"


def _choices(case: Case, name: str) -> Choices:
    choices, entropy = choices_of(case), "ideal"
    if name in ENTROPIES:
        entropy = name
    elif name == "mixing" and choices.entropy not in HYPOTHESES:  # else it is one of its own
        entropy = choices.entropy
    return dataclasses.replace(choices, entropy=entropy)


def _chosen(case: Case, options: Fit) -> tuple[tuple[str, ...], dict[str, str]]:
    """Names of the hypotheses to compare, and what others lack where the case names none."""
    lacking = {}
    for name in HYPOTHESES:
        needs = ENTROPIES[name].needs if name in ENTROPIES else ()
        missing = [f"material.{key}" for key in needs if getattr(case.material, key) is None]
        if missing:
            lacking[name] = f"give {' and '.join(missing)}"
    for name in options.hypotheses:
        if name in lacking:
            raise InputError(f'`fit.hypotheses` names "{name}", which needs more: {lacking[name]}')
    if options.hypotheses:
        return options.hypotheses, {}
    return tuple(name for name in HYPOTHESES if name not in lacking), lacking


def _nuisances(data: Observations) -> dict[str, tuple[Quantity, Prior]]:
    found = {}
    for name, group in data.groups.items():
        if group.calibration is not None:
            found[f"data.groups.{name}.{CALIBRATION}"] = FACTOR, group.calibration
        if group.temperature_offset is not None:
            found[f"data.groups.{name}.{OFFSET}"] = KELVINS, group.temperature_offset
    return found


def _sees_normal(data: Observations) -> bool:
    """Whether a reading in equilibrium depends on how many normal electrons the trap leaves."""
    return data.follows != "protocol" and any(
        on and OBSERVABLES[name].of_normal for name, on, _ in data.series()
    )


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
