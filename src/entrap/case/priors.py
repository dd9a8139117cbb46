"""Priors on the numbers of a case, as a case file states them: "lognormal(3 k_B, 0.5)"."""

import dataclasses
import math
import re
from collections.abc import Callable, Mapping
from statistics import NormalDist

from entrap.core.errors import InputError
from entrap.core.quantities import Quantity
from entrap.core.units import in_unit, si_value

_CALL = re.compile(r"\s*([a-z-]+)\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)\s*\Z")
_LEADING = re.compile(r"\s*[+-]?[\d.]+(?:[eE][+-]?\d+)?\s*(\S.*)?\Z", re.S)
_TAIL = 5e-5  # of the prior's probability, at each end, may lie beyond what the key allows
_LARGEST = 1e300


@dataclasses.dataclass(frozen=True)
class _Family:
    """What a family's arguments are: all but a "number" bear the key's unit, a "unit" any sign."""

    arguments: tuple[tuple[str, str], ...]
    quantile: Callable[..., float]


def _special(function: str, *arguments: float) -> float:
    from scipy import special

    return float(getattr(special, function)(*arguments))


FAMILIES: Mapping[str, _Family] = {
    "normal": _Family(
        (("mean", "unit"), ("standard deviation", "width")),
        lambda p, mean, sd: mean + sd * NormalDist().inv_cdf(p),
    ),
    "lognormal": _Family(
        (("median", "scale"), ("standard deviation of the logarithm", "number")),
        lambda p, median, s: median * math.exp(s * NormalDist().inv_cdf(p)),
    ),
    "half-normal": _Family(
        (("scale", "scale"),), lambda p, scale: scale * NormalDist().inv_cdf((1 + p) / 2)
    ),
    "exponential": _Family((("mean", "scale"),), lambda p, mean: -mean * math.log1p(-p)),
    "uniform": _Family(
        (("low", "unit"), ("high", "unit")), lambda p, low, high: low + p * (high - low)
    ),
    "log-uniform": _Family(
        (("low", "scale"), ("high", "scale")), lambda p, low, high: low * (high / low) ** p
    ),
    "gamma": _Family(
        (("shape", "number"), ("scale", "scale")),
        lambda p, shape, scale: scale * _special("gammaincinv", shape, p),
    ),
    "beta": _Family(
        (("a", "number"), ("b", "number")), lambda p, a, b: _special("betaincinv", a, b, p)
    ),
}
"""Families of priors by name."""


@dataclasses.dataclass(frozen=True)
class Prior:
    """What is believed of a number before the data.

    Args:
        family: One of `FAMILIES`.
        arguments: Its arguments [SI].
        origin: "stated", or "default" where the case states none.

    Examples:
        >>> Prior("lognormal", (2.0, 0.5)).median
        2.0
    """

    family: str
    arguments: tuple[float, ...]
    origin: str = "stated"

    def quantile(self, share: float) -> float:
        """The value [SI] below which this share of the probability lies."""
        try:
            return FAMILIES[self.family].quantile(share, *self.arguments)
        except OverflowError:
            return math.inf

    @property
    def median(self) -> float:
        """Half of the probability is below it [SI]."""
        return self.quantile(0.5)

    def __str__(self) -> str:
        return f"{self.family}({', '.join(f'{x!r}' for x in self.arguments)})"

    def shown(self, declared: Quantity) -> str:
        """The prior in the unit in which people quote the number.

        Examples:
            >>> from entrap.case.landau import Landau
            >>> from entrap.core.quantities import quantity_of
            >>> a = quantity_of(Landau, "a")
            >>> parse_prior("lognormal(3 k_B, 0.5)", a).shown(a)
            'lognormal(3 k_B, 0.5)'
        """
        unit = declared.display or declared.unit
        numbers = []
        for x, (_, kind) in zip(self.arguments, FAMILIES[self.family].arguments, strict=True):
            if kind == "number" or unit == "1":
                numbers.append(f"{x:.6g}")
            else:
                numbers.append(f"{in_unit(x, declared.unit, declared.display):.6g} {unit}")
        return f"{self.family}({', '.join(numbers)})"


def parse_prior(text: object, declared: Quantity) -> Prior:
    """A prior on a number from its text, a family with arguments, as in "uniform(1 K, 5 K)".

    Arguments without a unit are in SI.

    Raises:
        InputError: it is no family with such arguments, or goes beyond what the number may be.

    Examples:
        >>> parse_prior("uniform(0, 20)", Quantity("1", "x", "A number")).quantile(0.25)
        5.0
    """
    match = _CALL.match(text) if isinstance(text, str) else None
    if not match:
        raise InputError(f'must be a prior, as in "{prior_like(declared)}", but is {text!r:.60}')
    name, inside = match[1], match[2]
    if name not in FAMILIES:
        raise InputError(f'has no prior "{name}": known are {", ".join(FAMILIES)}')
    family = FAMILIES[name]
    given = [part.strip() for part in inside.split(",")] if inside.strip() else []
    wanted = ", ".join(word for word, _ in family.arguments)
    if len(given) != len(family.arguments):
        raise InputError(f"must be {name}({wanted}), but has {len(given)} arguments")
    problems, numbers = [], []
    for part, (word, kind) in zip(given, family.arguments, strict=True):
        try:
            numbers.append(_argument(part, kind, declared))
        except InputError as error:
            problems += [f"has a prior whose {word} {p.text}" for p in error.problems]
    if problems:
        raise InputError(*problems)
    if name in ("uniform", "log-uniform") and not numbers[0] < numbers[1]:
        raise InputError(f"has a prior that must go from low to high, but reads {text}")
    prior = Prior(name, tuple(numbers))
    _check_reach(prior, declared)
    return prior


def prior_like(declared: Quantity) -> str:
    """A prior that a number may have, for messages.

    Examples:
        >>> prior_like(Quantity("K", "T", "A temperature", at_least=0.0, example="4 K"))
        'lognormal(4 K, 0.5)'
        >>> prior_like(Quantity("1", "f", "A fraction", at_least=0.0, at_most=1.0))
        'uniform(0, 1)'
    """
    unit = "" if declared.unit == "1" else f" {declared.unit}"
    if (declared.at_least or 0.0) < 0:
        return f"normal(0{unit}, 1{unit})"
    if declared.at_most == 1 and declared.unit == "1":
        return "uniform(0, 1)"
    if not declared.example or not declared.read(declared.example):
        return f"exponential(1{unit})"
    return f"lognormal({declared.example}, 0.5)"


def check_difference(stated: object, declared: Quantity) -> None:
    """Refuse a difference of temperatures in a unit whose zero is elsewhere, as in "5 degC".

    Raises:
        InputError: it is such a text.
    """
    match = _LEADING.match(stated) if isinstance(stated, str) and declared.unit == "K" else None
    if match and match[1] and si_value(f"0 {match[1]}", "K"):
        raise InputError(f'is a difference of temperatures: give it in K, not as "{stated:.40}"')


def _argument(part: str, kind: str, declared: Quantity) -> float:
    """An argument [SI]."""
    number = si_value(part, "1" if kind == "number" else declared.unit)
    if kind == "width" or (kind != "number" and (declared.at_least or 0.0) < 0):
        check_difference(part, declared)
    if not math.isfinite(number) or (kind != "unit" and not 0 < number < _LARGEST):
        must = "finite" if kind == "unit" else "finite and > 0"
        raise InputError(f'must be {must}, but is "{part}"')
    return number


def _check_reach(prior: Prior, declared: Quantity) -> None:
    """Refuse a prior with weight where the number may not be."""
    ends = prior.quantile(_TAIL), prior.quantile(1 - _TAIL)
    if prior.family in ("uniform", "log-uniform"):
        ends = prior.arguments[0], prior.arguments[1]
    low = declared.at_least if declared.above is None else declared.above
    within = (low is None or ends[0] >= low) and (
        declared.at_most is None or ends[1] <= declared.at_most
    )
    if not within or not all(map(math.isfinite, (*ends, prior.median))):
        unit = "" if declared.unit == "1" else f" {declared.unit}"
        raise InputError(
            f"must be {declared.bounds or 'finite'}, but its prior reaches from {ends[0]:.4g} to "
            f"{ends[1]:.4g}{unit}: give a narrower one, or another family"
        )
