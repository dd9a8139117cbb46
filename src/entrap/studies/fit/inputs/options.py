"""The table [fit]: how data are fitted, and under which hypotheses."""

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from entrap.case.case import Case
from entrap.case.casefile import study_of
from entrap.case.priors import Prior, check_difference
from entrap.case.problems import collecting
from entrap.case.schema import list_schema, table_schema
from entrap.case.tables import read_fields, unknown
from entrap.case.uncertain import take_priors
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import Quantity, quantities, quantity, quantity_of, settle
from entrap.core.spellings import as_stated
from entrap.core.units import si_value
from entrap.studies.fit.inputs.hypotheses import FORMER, HYPOTHESES

BALANCE = "balance"
"""In place of `quasiparticle_share`: the share that the junction leaves."""


def word(meaning: str, *choices: str, example: str, default: Any = None) -> Any:
    """Declare a text of a study's table, one of the choices where there are any."""
    return quantity(
        "1", "", meaning, default=default, kind="text", choices=choices, example=example
    )


def number(
    symbol: str, meaning: str, default: Any, bounds: tuple[Any, Any], example: Any = None,
    unit: str = "1", choices: tuple[str, ...] = (),
) -> Any:  # fmt: skip
    """Declare a number of a study's table: a whole one, where its bounds are.

    One of the `choices` may stand in its place.
    """
    low, high = bounds
    kind = "integer" if isinstance(low, int) else "number"
    shown = default if example is None else example
    return quantity(
        unit, symbol, meaning, default=default, kind=kind, at_least=low, at_most=high,
        example=shown, choices=choices,
    )  # fmt: skip


@dataclasses.dataclass(frozen=True)
class StudyOptions:
    """A table of a study whose keys all have a default; of its numbers some may have a prior."""

    TABLE: ClassVar[str]

    @classmethod
    def believed(cls) -> dict[str, Quantity]:
        """Declarations of the numbers that may have a prior, by key."""
        return {}

    @classmethod
    def from_dict(cls, stated: Any) -> Self:
        """The table as a case file has it, numbers with a prior as tables.

        Raises:
            InputError: all that is wrong, each with its key.
        """
        problems: list[Problem] = []
        more: dict[str, Any] = {}
        if isinstance(stated, Mapping):
            declared, believed = dict(quantities(cls)), cls.believed()
            chosen = declared.keys() - believed
            stated, priors = take_priors(stated, declared, problems, chosen)
            more = {"priors": priors} if believed else {}
        made = None
        with collecting(problems):
            made = read_fields(cls, stated, **more)
        if problems or made is None:
            raise InputError(*problems)
        return made

    @classmethod
    def of(cls, case: Case) -> Self:
        """The table that a case states, or that of all defaults."""
        return study_of(case, cls) or cls()

    def to_dict(self) -> dict[str, Any]:
        """The table as `from_dict` takes it; what is as by default is left out."""
        priors, found = getattr(self, "priors", {}), {}
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if field.name in priors:
                found[field.name] = {"value": value, "prior": str(priors[field.name])}
            elif field.name != "priors" and value is not None and value != field.default:
                found[field.name] = list(value) if isinstance(value, tuple) else value
        return found


@dataclasses.dataclass(frozen=True)
class Fit(StudyOptions):
    """How data are fitted.

    Args:
        hypotheses: Those that are compared; all that apply where none are named.
        range: Temperatures from which to which data are kept [K]; all where it is not given.
        priors: What is believed of its numbers before the data, by key.

    Raises:
        InputError: all that is wrong, each with its key.

    Examples:
        >>> Fit.from_dict({"noise_scale": {"prior": "lognormal(2, 0.3)"}}).noise_scale
        2.0
    """

    TABLE: ClassVar[str] = "fit"

    noise: str = word(
        "Distribution of the noise", "gaussian", "student-t", example="gaussian", default="gaussian"
    )
    degrees_of_freedom: float = number(
        "ν", "Of Student's t: the fewer, the more outliers", 4.0, (1.0, 1e3)
    )
    noise_scale: float = number("s", "Factor on all stated uncertainties", 1.0, (1e-3, 1e3))
    temperature_shift: float = number(
        "δT", "By how much the trap, connected, warms the sample; cools it where negative",
        0.0, (-1e6, 1e6), "0 K", unit="K",
    )  # fmt: skip
    remaining_fraction: float = number(
        "f", "Normal electrons that the trap leaves, in data taken in equilibrium", 0.0, (0.0, 1.0)
    )
    quasiparticle_share: float | str = number(
        "y", "Quasiparticles that the trap leaves, over those of equilibrium at that gap; inferred "
        "under extraction where it is not given, known where it is given without a prior; at each "
        "temperature from the balance of [trap.junction]",
        1.0, (0.0, 1.0), 0.9, choices=(BALANCE,),
    )  # fmt: skip
    seed: int = number("", "Of all that is drawn", 0, (0, 2**32 - 1))
    chains: int | None = number(
        "", "Chains of the sampler, an even number; 16, or 8 of evolutions, where it is not given",
        None, (4, 4096), 16,
    )  # fmt: skip
    draws: int | None = number(
        "", "Draws of each chain, more until the diagnostics are met; 250, or 100 of evolutions",
        None, (50, 10**6), 250,
    )  # fmt: skip
    hypotheses: tuple[str, ...] = ()
    range: tuple[float, float] | None = None
    priors: Mapping[str, Prior] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        shift = self.temperature_shift
        problems: list[Problem] = []
        with collecting(problems):
            settle(self)
        former = [name for name in FORMER if _names(self.hypotheses, name)]
        problems += [
            Problem(f'names "{name}", which {FORMER[name]}', "hypotheses") for name in former
        ]
        problems += [] if former else named(self, "hypotheses", tuple(HYPOTHESES))
        with collecting(problems, "range"):
            object.__setattr__(self, "range", _range(self.range))
        if self.balanced and "quasiparticle_share" in self.priors:
            message = f'is computed where it is "{BALANCE}", and has no prior: take one of them out'
            problems.append(Problem(message, "quasiparticle_share"))
        problems += [
            Problem("has a prior, but is no number of [fit] that may have one", key)
            for key in self.priors
            if key not in self.believed()
        ]
        if not problems:
            with collecting(problems, "temperature_shift"):
                check_difference(shift, quantity_of(Fit, "temperature_shift"))
        if not problems and (self.chains or 0) % 2:
            problems.append(Problem(f"must be even, but is {self.chains}", "chains"))
        if problems:
            raise InputError(*problems)

    @property
    def balanced(self) -> bool:
        """Whether the share of the quasiparticles is that of the junction's balance."""
        return self.quasiparticle_share == BALANCE

    @classmethod
    def believed(cls) -> dict[str, Quantity]:
        """Declarations of all its numbers but one, which is chosen, not inferred."""
        chosen = "degrees_of_freedom"
        return {k: q for k, q in quantities(cls) if q.kind == "number" and k != chosen}


def _range(stated: Any) -> tuple[float, float] | None:
    """Two temperatures [K], as `["0.5 K", "1.1 K"]`.

    Raises:
        InputError: they are none, or do not go up.
    """
    if stated is None:
        return None
    if not isinstance(stated, list | tuple) or len(stated) != 2:
        raise InputError(f'must be two temperatures, as ["0.5 K", "1.1 K"], but is {stated!r:.60}')
    ends = map(as_stated, stated)
    low, high = (si_value(x, "K") if isinstance(x, str) else float(x) for x in ends)
    if not 0 <= low < high:
        raise InputError(f"must go up from a temperature >= 0, but is {low:g} K to {high:g} K")
    return low, high


def _names(stated: Any, name: str) -> bool:
    return isinstance(stated, list | tuple) and name in stated


def named(owner: Any, key: str, known: tuple[str, ...]) -> list[Problem]:
    """What is wrong with a list of names, which becomes a tuple."""
    stated = getattr(owner, key)
    if not isinstance(stated, list | tuple) or not all(isinstance(name, str) for name in stated):
        return [Problem(f"must be a list of names, but is {stated!r:.60}", key)]
    object.__setattr__(owner, key, tuple(stated))
    problems = [Problem(unknown(name, known, "name"), key) for name in stated if name not in known]
    return problems + ([Problem("must name each once", key)] * (len(set(stated)) < len(stated)))


def fit_schema() -> dict[str, Any]:
    """JSON schema of the table [fit]."""
    made = table_schema(Fit, Fit.believed())
    message = "What the data are compared under; all that apply where none is named"
    temperature = {"type": ["number", "string"]}
    made["properties"]["range"] = {
        "type": "array", "items": temperature, "minItems": 2, "maxItems": 2,
        "description": "Temperatures from which to which data are kept",
    }  # fmt: skip
    made["properties"]["hypotheses"] = list_schema(HYPOTHESES, message) | {"uniqueItems": True}
    return made
