"""Numbers of a case that are stated with a prior, as in a = { prior = "lognormal(3 k_B, 0.5)" }."""

from collections.abc import Collection, Mapping
from typing import Any

from entrap.case.priors import Prior, parse_prior, prior_like
from entrap.case.problems import collecting
from entrap.case.tables import declarations, unknown
from entrap.core.errors import Problem
from entrap.core.quantities import Quantity


def uncertain() -> dict[str, Quantity]:
    """Declarations of all keys of the sample that may have a prior, by dotted name."""
    return {key: declared for key, declared in declarations().items() if declared.kind == "number"}


def take_priors(
    stated: Mapping[str, Any],
    declared: Mapping[str, Quantity],
    problems: list[Problem],
    chosen: Collection[str] = (),
) -> tuple[dict[str, Any], dict[str, Prior]]:
    """Tables with numbers where numbers with priors stood, and the priors by dotted key.

    A number with a prior is a table with `prior` and, if it differs from the prior's median,
    `value`. The numbers in `chosen` are chosen, not inferred, and have no prior. What is wrong is
    added to the problems.

    Examples:
        >>> stated = {"landau": {"a": {"prior": "lognormal(3 k_B, 0.5)"}, "saturation": 1.0}}
        >>> tables, priors = take_priors(stated, declarations(), [])
        >>> tables["landau"]["a"], priors["landau.a"].family
        (4.141947e-23, 'lognormal')
    """
    priors: dict[str, Prior] = {}
    tables = {key.rpartition(".")[0] for key in declared}

    def taken(name: str, value: Mapping[str, Any]) -> dict[str, Any]:
        found = {}
        for key, x in value.items():
            inner = f"{name}.{key}" if name else key
            known = declared.get(inner)
            if not isinstance(x, Mapping):
                found[key] = x
            elif known is not None and known.kind == "number" and inner not in chosen:
                found[key] = _read(inner, x, known, priors, problems)
            elif known is not None and "prior" in x:
                problems.append(Problem(f"has no prior: {_WHY[known.kind]}", inner))
            else:
                found[key] = taken(inner, x) if inner in tables else x
        return found

    return taken("", stated), priors


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
        message = f'must have a prior, as in {{ prior = "{prior_like(declared)}" }}'
        wrong.append(Problem(message, key))
    else:
        with collecting(wrong, key):
            priors[key] = parse_prior(stated["prior"], declared)
    problems += wrong
    if wrong:
        return stated.get("value", declared.example or 1.0)
    return stated.get("value", priors[key].median)
