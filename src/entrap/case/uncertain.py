"""Numbers of a case that are stated with a prior, as in a = { prior = "lognormal(3 k_B, 0.5)" }."""

from collections.abc import Mapping
from typing import Any

from entrap.case.priors import Prior, parse_prior, prior_like
from entrap.case.tables import NESTED, TABLES, unknown
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import Quantity, quantities
from entrap.studies.fit.inputs.options import Fit, Plan

_FIXED = ("fit.degrees_of_freedom", "plan.start", "plan.stop")
"""Numbers that are chosen, not believed."""


def uncertain() -> dict[str, Quantity]:
    """Declarations of all keys that may have a prior, by dotted name."""
    return {
        key: declared
        for key, declared in _keys().items()
        if declared.kind == "number" and key not in _FIXED
    }


def _keys() -> dict[str, Quantity]:
    tables = TABLES | NESTED | {"fit": Fit, "plan": Plan}
    return {f"{name}.{key}": q for name, table in tables.items() for key, q in quantities(table)}


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
    known, declared = uncertain(), _keys()
    priors: dict[str, Prior] = {}

    def taken(name: str, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        if name in known:
            return _read(name, value, known[name], priors, problems)
        if name in TABLES or name in NESTED or name in ("fit", "plan"):
            inner = {key: x for key, x in value.items() if not misplaced(f"{name}.{key}", x)}
            return {key: taken(f"{name}.{key}", x) for key, x in inner.items()}
        return value

    def misplaced(name: str, value: Any) -> bool:
        """Whether it is a prior on what has none, which is told."""
        found = isinstance(value, Mapping) and "prior" in value
        if found and name in declared and name not in known:
            problems.append(Problem(f"has no prior: {_WHY[declared[name].kind]}", name))
            return True
        return False

    return {name: taken(name, value) for name, value in stated.items()}, priors


_WHY = {
    "number": "it is chosen, not inferred; give a number",
    "integer": "it is a whole number; give one",
    "text": "it is a word; give one",
    "switch": "it is a switch; give true or false",
}


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
        told = f'must have a prior, as in {{ prior = "{prior_like(declared)}" }}'
        wrong.append(Problem(told, key))
    else:
        try:
            priors[key] = parse_prior(stated["prior"], declared)
        except InputError as error:
            wrong += [Problem(p.text, key) for p in error.problems]
    problems += wrong
    if wrong:
        return stated.get("value", declared.example or 1.0)
    return stated.get("value", priors[key].median)
