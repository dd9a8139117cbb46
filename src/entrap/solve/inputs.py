"""The numbers of a case as one tree that goes through JAX, and beside it what the case decides.

`entrap.solve.sample` makes of them what the model's functions take.
"""

import dataclasses
import functools
import types
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import equinox as eqx
import jax

from entrap.case.case import Case
from entrap.case.tables import NESTED, TABLES
from entrap.core.arrays import RealsLike
from entrap.core.constants import BCS_GAP_RATIO, BOLTZMANN
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import quantities

Tree = TypeVar("Tree", bound=eqx.Module)
Part = TypeVar("Part")

_INSIDE = {name.rpartition(".")[2] for name in NESTED}
_NO_PART = {"points"}  # how many results there are has no part in what they are


@functools.cache
def _numbers_of(table: type) -> Any:
    """The class of a table's numbers: its numeric keys and the tables inside it, as fields.

    None stands for what a case does not give.
    """
    numeric = {key for key, q in quantities(table) if q.kind in ("number", "integer")} - _NO_PART
    kept = [f for f in dataclasses.fields(table) if f.name in numeric | _INSIDE]
    body = {f.name: f.default for f in kept if f.default is not dataclasses.MISSING} | {
        "__annotations__": {f.name: RealsLike | None if f.name in numeric else Any for f in kept},
        "__doc__": f"Numbers of a {table.__name__}.",
        "__module__": __name__,
    }
    return types.new_class(
        f"{table.__name__}Numbers", (eqx.Module,), exec_body=lambda empty: empty.update(body)
    )


if TYPE_CHECKING:  # a checker knows their fields as those of the table
    from entrap.case.film import Film as FilmNumbers
    from entrap.case.junction import Junction as JunctionNumbers
    from entrap.case.landau import Landau as LandauNumbers
    from entrap.case.material import Material as MaterialNumbers
    from entrap.case.mixture import Mixture as MixtureNumbers
    from entrap.case.protocol import Protocol as ProtocolNumbers
    from entrap.case.trap import Trap as TrapNumbers
else:
    MaterialNumbers, LandauNumbers, MixtureNumbers, TrapNumbers, ProtocolNumbers = (
        _numbers_of(table) for table in TABLES.values()
    )
    JunctionNumbers, FilmNumbers = (_numbers_of(table) for table in NESTED.values())


class Inputs(eqx.Module):
    """Numbers of a case in SI, named as its keys are; they broadcast together and may be traced."""

    material: MaterialNumbers
    mixture: MixtureNumbers
    trap: TrapNumbers
    landau: LandauNumbers | None
    protocol: ProtocolNumbers | None


@dataclasses.dataclass(frozen=True)
class Choices:
    """What a case decides that is not a number."""

    route: str
    carriers: bool
    entropy: str
    closure: str
    mapping: str = "share"
    pairing_limit: str = "none"
    trap_count: int = 1
    dirty: bool = False
    neutral: bool = False
    functional: str = "landau"


class Static(eqx.Module):
    """Choices of a case as a pytree without leaves: jit keys on them."""

    choices: Choices = eqx.field(static=True)


def inputs_of(case: Case) -> Inputs:
    """The numbers of a case."""
    return Inputs(**{name: _numbers(getattr(case, name)) for name in TABLES})


def _numbers(part: Any) -> Any:
    """A number as a float, and the numbers of a table; None where nothing is given."""
    if part is None or not dataclasses.is_dataclass(part):
        return part if part is None else float(part)
    kind = _numbers_of(type(part))
    names = (field.name for field in dataclasses.fields(kind))
    return kind(**{name: _numbers(getattr(part, name)) for name in names})


def by_key(inputs: eqx.Module) -> dict[str, Any]:
    """The numbers that are given, by dotted key."""
    leaves = jax.tree.leaves_with_path(inputs)
    return {jax.tree_util.keystr(p, simple=True, separator="."): leaf for p, leaf in leaves}


def replaced(inputs: Tree, values: Mapping[str, Any], gap_follows: bool = False) -> Tree:
    """Numbers with values by dotted key [SI] in place of their own; they have the keys' tables.

    If the `gap_follows`, a critical temperature that changes alone changes the gap with it, by BCS
    theory.
    """
    if gap_follows and "material.gap" not in values and "material.critical_temperature" in values:
        critical = values["material.critical_temperature"]
        values = {**values, "material.gap": BCS_GAP_RATIO * BOLTZMANN * critical}
    own: dict[str, Any] = {}
    inner: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        table, _, name = key.partition(".")
        if name:
            inner.setdefault(table, {})[name] = value
        else:
            own[key] = value
    own |= {table: replaced(getattr(inputs, table), part) for table, part in inner.items()}
    return dataclasses.replace(inputs, **own)


def required(part: Part | None, name: str) -> Part:
    """A table or a number that a case may lack.

    Entry points check before any work what they need; this names what such a check has missed.

    Raises:
        InputError: the case lacks it.
    """
    if part is None:
        raise InputError(Problem("is missing: what is computed from this case needs it", name))
    return part


def choices_of(case: Case) -> Choices:
    """What a case decides that is not a number."""
    return Choices(
        route=case.landau.route if case.landau else "",
        carriers=bool(case.landau and case.landau.carrier_density),
        dirty=bool(case.landau and case.landau.dirty),
        functional=case.landau.functional if case.landau else "landau",
        entropy=case.mixture.entropy,
        neutral=case.mixture.neutral,
        closure=case.trap.closure,
        mapping=case.trap.junction.mapping if case.trap.junction else "share",
        pairing_limit=case.trap.pairing_limit or ("minimum" if case.trap.limited else "none"),
        trap_count=case.trap.film.trap_count if case.trap.film else 1,
    )
