"""The table [fit]: how data are fitted, and under which hypotheses."""

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

from entrap.case.case import Case
from entrap.case.casefile import study_of
from entrap.case.priors import Prior, check_difference
from entrap.case.tables import read_fields, unknown
from entrap.case.uncertain import take_priors
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import Quantity, quantities, quantity, quantity_of, settle

HYPOTHESES = ("none", "mixing", "weighted", "degenerate", "plain")
"""What the data are compared under: no entropy, the paper's, two weaker ones, and no entropy but
a trap that cools or heats."""


@dataclasses.dataclass(frozen=True)
class Fit:
    """How data are fitted.

    Args:
        hypotheses: Those that are compared; all that apply where none are named.
        priors: What is believed of its numbers before the data, by key.

    Raises:
        InputError: all that is wrong, each with its key.

    Examples:
        >>> Fit.from_dict({"noise_scale": {"prior": "lognormal(2, 0.3)"}}).noise_scale
        2.0
    """

    TABLE: ClassVar[str] = "fit"

    noise: str = quantity(
        "1",
        "",
        "Distribution of the noise",
        default="gaussian",
        kind="text",
        choices=("gaussian", "student-t"),
        example="gaussian",
    )
    degrees_of_freedom: float = quantity(
        "1",
        "ν",
        "Of Student's t: the fewer, the more outliers",
        default=4.0,
        at_least=1.0,
        at_most=1e3,
        example=4.0,
    )
    noise_scale: float = quantity(
        "1",
        "s",
        "Factor on all stated uncertainties",
        default=1.0,
        at_least=1e-3,
        at_most=1e3,
        example=1.0,
    )
    temperature_shift: float = quantity(
        "K",
        "δT",
        "By how much the trap, connected, warms the sample; cools it where negative",
        default=0.0,
        at_least=-1e6,
        at_most=1e6,
        example="0 K",
    )
    remaining_fraction: float = quantity(
        "1",
        "f",
        "Normal electrons that the trap leaves, in data taken in equilibrium",
        default=0.0,
        at_least=0.0,
        at_most=1.0,
        example=0.0,
    )
    seed: int = quantity(
        "1",
        "",
        "Of all that is drawn",
        default=0,
        kind="integer",
        at_least=0,
        at_most=2**32 - 1,
        example=0,
    )
    chains: int | None = quantity(
        "1",
        "",
        "Chains of the sampler, an even number; 16, or 8 of evolutions, where it is not given",
        default=None,
        kind="integer",
        at_least=4,
        at_most=4096,
        example=16,
    )
    draws: int | None = quantity(
        "1",
        "",
        "Draws of each chain, more until the diagnostics are met; 250, or 100 of evolutions",
        default=None,
        kind="integer",
        at_least=50,
        at_most=10**6,
        example=250,
    )
    hypotheses: tuple[str, ...] = ()
    priors: Mapping[str, Prior] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        shift = self.temperature_shift
        problems = settled(self)
        problems += named(self, "hypotheses", HYPOTHESES)
        problems += [
            Problem("has a prior, but is no number of [fit] that may have one", key)
            for key in self.priors
            if key not in self.believed()
        ]
        if not problems:
            problems += _no_difference(shift)
        if not problems and (self.chains or 0) % 2:
            problems.append(Problem(f"must be even, but is {self.chains}", "chains"))
        if problems:
            raise InputError(*problems)

    @classmethod
    def believed(cls) -> dict[str, Quantity]:
        """Declarations of the numbers that may have a prior, by key."""
        return {k: q for k, q in quantities(cls) if q.kind == "number" and k not in _CHOSEN}

    @classmethod
    def from_dict(cls, stated: Any) -> "Fit":
        """The table as a case file has it.

        Args:
            stated: Values by key, numbers with a prior as tables; a table already made is given
                back.

        Raises:
            InputError: all that is wrong, each with its key.
        """
        problems: list[Problem] = []
        priors: dict[str, Prior] = {}
        if isinstance(stated, Mapping):
            stated, priors = take_priors(stated, dict(quantities(cls)), problems, _CHOSEN)
        try:
            made = read_fields(cls, stated, priors=priors)
        except InputError as error:
            raise InputError(*problems, *error.problems) from None
        if problems:
            raise InputError(*problems)
        return made

    @classmethod
    def of(cls, case: Case) -> "Fit":
        """How a case says that its data are fitted; as by default where it does not."""
        return study_of(case, cls) or cls()

    def to_dict(self) -> dict[str, Any]:
        """The table as `from_dict` takes it; what is as by default is left out."""
        believed = {
            key: {"value": getattr(self, key), "prior": str(prior)}
            for key, prior in self.priors.items()
        }
        return changed_fields(self, ("priors",)) | believed


_CHOSEN = ("degrees_of_freedom",)
"""Numbers that are chosen, not believed."""


def changed_fields(part: Any, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """Fields of a table whose values are not those by default, as a case file has them."""
    found = {}
    for field in dataclasses.fields(part):
        value = getattr(part, field.name)
        if field.name not in without and value is not None and value != field.default:
            found[field.name] = list(value) if isinstance(value, tuple) else value
    return found


def settled(owner: Any) -> list[Problem]:
    """What is wrong with the declared fields, which are brought to SI."""
    try:
        settle(owner)
    except InputError as error:
        return list(error.problems)
    return []


def named(owner: Any, key: str, known: tuple[str, ...]) -> list[Problem]:
    """What is wrong with a list of names, which becomes a tuple."""
    stated = getattr(owner, key)
    if not isinstance(stated, list | tuple) or not all(isinstance(name, str) for name in stated):
        return [Problem(f"must be a list of names, but is {stated!r:.60}", key)]
    object.__setattr__(owner, key, tuple(stated))
    problems = [Problem(unknown(name, known, "name"), key) for name in stated if name not in known]
    return problems + ([Problem("must name each once", key)] * (len(set(stated)) < len(stated)))


def _no_difference(shift: Any) -> list[Problem]:
    try:
        check_difference(shift, quantity_of(Fit, "temperature_shift"))
    except InputError as error:
        return [Problem(p.text, "temperature_shift") for p in error.problems]
    return []
