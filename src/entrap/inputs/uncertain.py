"""Numbers of a case that are stated with a prior, as in a = { prior = "lognormal(3 k_B, 0.5)" }."""

from collections.abc import Mapping
from typing import Any

from entrap.core.errors import InputError, Problem
from entrap.core.quantities import Quantity, quantities
from entrap.inputs.fit import Fit
from entrap.inputs.priors import Prior, parse_prior
from entrap.inputs.tables import NESTED, TABLES, unknown


def uncertain() -> dict[str, Quantity]:
    """Declarations of all keys that may have a prior, by dotted name."""
    tables = TABLES | NESTED | {"fit": Fit}
    return {
        f"{name}.{key}": declared
        for name, table in tables.items()
        for key, declared in quantities(table)
        if declared.kind == "number" and f"{name}.{key}" not in _FIXED
    }


_FIXED = ("fit.degrees_of_freedom",)


def take_priors(
    stated: Mapping[str, Any], problems: list[Problem]
) -> tuple[dict[str, Any], dict[str, Prior]]:
    """Tables with numbers where numbers with priors stood, and the priors by dotted key.

    Args:
        stated: Tables by name; a number with a prior is a table with `prior` and, if it differs
            from the prior's median, `value`.
        problems: What is wrong with them is added here.

    Examples:
        >>> stated = {"landau": {"a": {"prior": "lognormal(3 k_B, 0.5)"}, "saturation": 1.0}}
        >>> tables, priors = take_priors(stated, [])
        >>> tables["landau"]["a"], priors["landau.a"].family
        (4.141947e-23, 'lognormal')
    """
    known = uncertain()
    priors: dict[str, Prior] = {}

    def taken(name: str, value: Any) -> Any:
        key = name
        if isinstance(value, Mapping) and key in known:
            return _read(key, value, known[key], priors, problems)
        if isinstance(value, Mapping) and (name in TABLES or name in NESTED or name == "fit"):
            return {inner: taken(f"{name}.{inner}", x) for inner, x in value.items()}
        return value

    return {name: taken(name, value) for name, value in stated.items()}, priors


def _read(
    key: str,
    stated: Mapping[str, Any],
    declared: Quantity,
    priors: dict[str, Prior],
    problems: list[Problem],
) -> Any:
    wrong = [
        Problem(unknown(str(name), ("value", "prior"), "key"), f"{key}.{name}")
        for name in stated
        if name not in ("value", "prior")
    ]
    if "prior" not in stated:
        wrong.append(Problem('must have a prior, as in { prior = "lognormal(…, 0.5)" }', key))
    else:
        try:
            priors[key] = parse_prior(stated["prior"], declared)
        except InputError as error:
            wrong += [Problem(p.text, key) for p in error.problems]
    problems += wrong
    if wrong:
        return stated.get("value", declared.example or 1.0)
    return stated.get("value", priors[key].median)
