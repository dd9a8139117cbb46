"""The model's closed forms as JavaScript: what the page draws with while no server answers.

They are traced from the functions of `entrap.model` themselves. They reach a trap that is stated by
its rate Γ, where no pairs form meanwhile: it leaves f = e^(-Γt) of the normal electrons, and takes
those of pairs that break while the sample warms up at once.
"""

import dataclasses
import functools
import json
from collections.abc import Callable, Sequence
from typing import Any

import equinox as eqx
import jax.numpy as jnp

from entrap.case.case import Case
from entrap.case.tables import declarations
from entrap.core.constants import BCS_GAP_RATIO, BOLTZMANN
from entrap.core.errors import InputError
from entrap.core.quantities import quantities
from entrap.core.units import unit_factor
from entrap.model import bcs_transition, coefficients, entropy, landau
from entrap.model.bcs_state import bcs_state
from entrap.model.kinetics import Densities
from entrap.model.observables import OBSERVABLES, OF_STATES
from entrap.model.sample import Sample, Trapping
from entrap.model.state import bare_densities, state
from entrap.model.validity import Margins, margins
from entrap.report.grades import GRADES, UNKNOWN
from entrap.report.labels import units_of
from entrap.solve.inputs import by_key, choices_of, inputs_of, replaced
from entrap.solve.javascript import HEAD, UnknownError, javascript
from entrap.solve.operations import Straight, TooLongError, Writer
from entrap.solve.protocol.bcs_curves import WHOLE
from entrap.solve.protocol.outcome import QUANTITIES
from entrap.solve.sample import sample_of
from entrap.solve.stored import stored_text
from entrap.solve.straight import straight
from entrap.studies.explore.controls import shown_values
from entrap.studies.explore.picture import FRAMES, OF_DEVICES, POINTS, SHARES, SHOWN, declared_texts

_LONGEST = 20_000  # operations
_SAMPLE = tuple(name for name, _ in quantities(Sample))
_NUMBERS = {
    **{
        name: QUANTITIES[name]
        for name in ("enhancement", "effective_critical_temperature", "release_temperature")
    },
    "effective_critical_temperature_mixed": WHOLE,
}
_MARGINS = tuple(name for name, _ in quantities(Margins) if name != "proximity")

Function = Callable[..., Sequence[Any]]


@dataclasses.dataclass(frozen=True)
class ClosedForms:
    """A case for the page's own engine.

    Args:
        sample: The text of the module with the numbers of the sample, of those of the case.
        forms: The text of the module with the formulas, of the numbers of the sample.
        data: The numbers of the case, and what moves them.
    """

    sample: str
    forms: str
    data: dict[str, Any]

    @property
    def modules(self) -> tuple[str, str]:
        """The texts of both modules."""
        return self.sample, self.forms


def closed_forms(case: Case) -> ClosedForms:
    """What the page needs to draw a case by itself.

    Raises:
        InputError: the closed forms do not reach the case; the text says why.
    """
    given = case.require("landau")
    case.require("protocol")
    _within_reach(case)
    numbers, choices = by_key(inputs_of(case)), choices_of(case)
    try:
        kind = "neutral" if choices.neutral else choices.entropy
        forms = formulas_text(kind, choices.dirty or given.mean_free_path is not None)
        sample = _module({"sample": (sample_numbers(case, tuple(numbers)), tuple(numbers))})
    except (UnknownError, TooLongError) as error:
        raise InputError(f"This case cannot be drawn by closed forms alone: {error}") from None
    return ClosedForms(sample, forms, _data(case, numbers))


def _within_reach(case: Case) -> None:
    reasons = {
        "the rates of [trap.junction] are searched for, where a stated trap.rate is not": (
            case.trap.junction is not None
        ),
        "pairs form while the trap works, which takes steps in time": bool(
            case.trap.pairing or case.trap.pairing_rate
        ),
    }
    for reason, holds in reasons.items():
        if holds:
            raise InputError(f"This case cannot be drawn by closed forms alone: {reason}")


def _complete(sample: Sample) -> Sample:
    """The sample with a number in each field: NaN where what needs it is not known."""
    fermi = sample.fermi_temperature
    if fermi is None:
        fermi = coefficients.free_electron_temperature(sample.conduction_density)
    unknown = {
        name: jnp.nan for name in ("fermi_velocity", "band_gap") if getattr(sample, name) is None
    }
    return dataclasses.replace(sample, fermi_temperature=fermi, **unknown)


def sample_numbers(case: Case, keys: Sequence[str]) -> Function:
    """The numbers of a sample, in the order of its fields, of those of the case, by key."""
    inputs, choices = inputs_of(case), choices_of(case)

    def function(*numbers: Any) -> Sequence[Any]:
        stated = replaced(inputs, dict(zip(keys, numbers, strict=True)))
        made = _complete(sample_of(stated, choices))
        return [jnp.asarray(getattr(made, name), float) for name in _SAMPLE]

    return function


def _module(functions: dict[str, tuple[Function, Sequence[str]]], names: Any = None) -> str:
    """A module of functions of a row of numbers, each with the names of its arguments."""
    texts = [javascript(name, _listed(*one)) for name, one in functions.items()]
    given = {name: list(arguments) for name, (_, arguments) in functions.items()}
    constants = [f"const takes = {json.dumps(given)}, gives = {json.dumps(names or {})};"]
    exports = f"export {{ takes, gives, {', '.join(functions)} }};\n"
    head = "// Made by entrap of the functions of entrap.model; not to be edited.\n"
    return "\n".join([head + HEAD, *constants, *texts, exports])


def _listed(function: Function, arguments: Sequence[str]) -> Straight:
    return straight(function, len(arguments), Writer(_LONGEST, further=True))


def formulas(kind: str, dirty: bool) -> dict[str, tuple[Function, Sequence[str]]]:
    """The closed forms: functions of the numbers of a sample and others, and the names of these.

    Args:
        kind: The entropy, as a case file names it.
        dirty: Whether the sample has disorder.
    """
    count = len(_SAMPLE)

    def of_sample(function: Callable[..., Sequence[Any]]) -> Function:
        def flat(*numbers: Any) -> Sequence[Any]:
            fields = dict(zip(_SAMPLE, numbers[:count], strict=True))
            if not dirty:
                fields["dirtiness"] = jnp.zeros(())
            made = entropy.Neutral() if kind == "neutral" else kind
            return function(Sample(**fields, entropy=made), *numbers[count:])

        return flat

    def numbers(sample: Sample, held: Any) -> Sequence[Any]:
        return [
            landau.enhancement(sample),
            landau.effective_critical_temperature(sample),
            landau.release_temperature(sample, held),
            bcs_transition.effective_critical_temperature(sample),
        ]

    def seen(sample: Sample, temperature: Any, *densities: Any) -> Sequence[Any]:
        return _columns(state(sample, temperature, Densities(*densities)))

    def by_bcs(sample: Sample, temperature: Any, share: Any, f: Any) -> Sequence[Any]:
        return _columns(bcs_state(sample, temperature, share, f, quick=True, clean=not dirty))

    def assumptions(
        sample: Sample, rate: Any, start: Any, temperature: Any, *densities: Any
    ) -> Sequence[Any]:
        found = margins(
            sample,
            Trapping(rate, 0.0),
            temperature,
            Densities(*densities),
            bare_densities(sample, start),
            start,
        )
        # What is not known of a sample is NaN here, and so is what depends on it.
        unknown = {"pair_density": sample.fermi_velocity, "filled_band": sample.band_gap}
        for name, number in unknown.items():
            known = jnp.where(jnp.asarray(number) > 0, getattr(found, name), jnp.nan)
            found = eqx.tree_at(lambda m, name=name: getattr(m, name), found, known)
        nothing = jnp.asarray(jnp.nan)
        made = (getattr(found, name) for name in _MARGINS)
        return [nothing if column is None else column for column in made]

    densities = "superfluid_density", "normal_density", "trapped_density", "remaining_fraction"
    made = {
        "minimum": (
            lambda s, t, f: [landau.superfluid_density(s, t, f)],
            ("temperature", "remaining_fraction"),
        ),
        "energy": (
            lambda s, t, n_s, n_n: [landau.free_energy(s, t, n_s, n_n)],
            ("temperature", *densities[:2]),
        ),
        "numbers": (numbers, ("held",)),
        "seen": (seen, ("temperature", *densities)),
        "bcs": (by_bcs, ("temperature", "share", "remaining_fraction")),
        "margins": (assumptions, ("rate", "start", "temperature", *densities)),
    }
    return {name: (of_sample(one), (*_SAMPLE, *more)) for name, (one, more) in made.items()}


@functools.cache
def formulas_text(kind: str, dirty: bool) -> str:
    """The module of `formulas`.

    Raises:
        UnknownError: one of them needs what JavaScript is not written for.
    """
    names = {"seen": OF_STATES, "bcs": OF_STATES, "margins": _MARGINS, "numbers": tuple(_NUMBERS)}
    return stored_text(
        f"closed forms, {kind}, {dirty}", lambda: _module(formulas(kind, dirty), names)
    )


def _columns(made: Any) -> list[Any]:
    return [getattr(made, name) for name in OF_STATES]


def _data(case: Case, numbers: dict[str, Any]) -> dict[str, Any]:
    """The numbers of a case, and what moves them."""
    values = []
    for each in shown_values(case, OF_DEVICES):
        declared = declarations()[each["key"]]
        factor = unit_factor(each["unit"], declared.unit) if each["unit"] else 1.0
        limits = {"above": declared.above, "least": declared.at_least, "most": declared.at_most}
        values.append(each | {"factor": factor, "si": declared.unit} | limits)
    return {
        "title": case.title,
        "numbers": {key: float(value) for key, value in numbers.items()},
        "gapPerKelvin": BCS_GAP_RATIO * BOLTZMANN if case.material.gap_follows else None,
        "values": values,
    }


@functools.cache
def told() -> dict[str, Any]:
    """What the page says of the results of any case."""
    observables = [
        {"name": name, "first": first, "units": units_of(OBSERVABLES[name].quantity)}
        | {"diverges": OBSERVABLES[name].diverges}
        | declared_texts(OBSERVABLES[name].quantity)
        for name, first in SHOWN
    ]
    judged = [
        {"name": name} | declared_texts(declared)
        for name, declared in quantities(Margins)
        if name in _MARGINS
    ]
    results = [
        {"name": name, "unit": "" if declared.unit == "1" else declared.unit}
        | declared_texts(declared)
        for name, declared in _NUMBERS.items()
    ]
    return {
        "observables": observables,
        "margins": judged,
        "results": results,
        "lows": [each.low for each in GRADES[1:]],
        "words": [each.word for each in (*GRADES, UNKNOWN)],
        "points": POINTS,
        "frames": FRAMES,
        "shares": SHARES,
        "boltzmann": BOLTZMANN,
    }
