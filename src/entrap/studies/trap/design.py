"""A trap's design: how fast and how far it empties its film, what limits it, what would help."""

import dataclasses
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from entrap.case.case import Case
from entrap.core.arrays import Reals
from entrap.core.constants import BOLTZMANN
from entrap.core.frame import Frame, Framed
from entrap.core.quantities import Quantity, quantities, quantity_of
from entrap.model.film import Strip
from entrap.model.validity import Margins
from entrap.solve.inputs import (
    Inputs,
    MixtureNumbers,
    ProtocolNumbers,
    Static,
    TrapNumbers,
    by_key,
    choices_of,
    inputs_of,
    replaced,
)
from entrap.solve.jit import quick_jit
from entrap.solve.protocol.frames import numbers_frame
from entrap.solve.protocol.netcdf import Contents, attributes_of, columns_of
from entrap.solve.protocol.results import Margin, Value
from entrap.solve.stored import stored
from entrap.studies.trap.changes import Change, changes
from entrap.studies.trap.curves import Curves, best_place, curves, rates_over_temperature
from entrap.studies.trap.needs import film_temperature, trap_temperature
from entrap.studies.trap.performance import (
    OF_FILM,
    OF_PHONONS,
    THEORY,
    Performance,
    Scales,
    along,
    rates,
    temperature_key,
)
from entrap.studies.trap.residue import residue


@dataclasses.dataclass(frozen=True, repr=False)
class TrapDesign(Framed):
    """What a trap does to its film.

    Args:
        case: The case it came from.
        performance: Numbers at the film's temperature.
        limits: How much barrier, relaxation, diffusion and background set the evacuation rate: its
            logarithmic derivatives by each of their rates, which add up to 1.
        feeds: Where the quasiparticles that are left come from: the shares of the trap's own
            electrons ("back-flow"), of thermal pair breaking and of generation.
        sensitivities: d ln(evacuation rate)/d ln(key) of each numeric key of the case.
        changes: Changes of the design, each made alone, the most helpful first.
        curves: What the figures show.
        margins: log10(y/x) of each assumption x ≤ y of the description.
    """

    case: Case
    performance: Performance
    limits: Mapping[str, float]
    feeds: Mapping[str, float]
    sensitivities: Mapping[str, float]
    changes: tuple[Change, ...]
    curves: Curves
    margins: tuple[Margin, ...]

    @property
    def _unknown(self) -> tuple[str, ...]:
        """Numbers for which the case does not state enough."""
        cold = self.case.require("trap.junction").phonon_temperature
        return (*(() if self.case.trap.film else OF_FILM), *(() if cold else OF_PHONONS))

    @property
    def quantities(self) -> Mapping[str, Value]:
        """The numbers, each with its declaration."""
        return {
            name: Value(float(getattr(self.performance, name)), declared)
            for name, declared in quantities(Performance)
            if name not in self._unknown
        }

    def save(self, path: str | Path) -> None:
        """Write a NetCDF-4 file, with the case inside."""
        self._contents().write(path)

    def dataset(self) -> Any:
        """Numbers, margins and curves as an xarray Dataset; the rest in its attributes, as JSON.

        Numbers and margins have no dimension. A curve such as `over_length` is the dimension of its
        columns, as in `centred_over_length`, and their coordinate.
        """
        return self._contents().dataset()

    def frame(self) -> Frame:
        """The numbers, a row each."""
        return numbers_frame(self.quantities)

    def curve_frames(self) -> dict[str, Frame]:
        """The curves as columns, by name, as "over_temperature"."""
        contents = self._contents()
        return {axis: contents.frame(axis) for axis in contents.coordinates}

    def _contents(self) -> Contents:
        columns = columns_of(self.performance)
        made: dict[str, Any] = {name: ((), *column) for name, column in columns.items()}
        for margin in self.margins:
            attributes = {
                "units": "1",
                "long_name": f"log10 of the margin of {margin.declared.symbol}",
                "comment": margin.declared.meaning,
                "source": margin.declared.source,
            }
            made[f"margin_{margin.name}"] = ((), margin.margin, attributes)
        coordinates: dict[str, Any] = {}
        for axis, curve in vars(self.curves).items():
            if curve is not None:
                (_, coordinate), *columns = columns_of(curve).items()
                coordinates[axis] = (axis, *coordinate)
                made |= {f"{name}_{axis}": (axis, *column) for name, column in columns}
        keys = ("name", "text", "rate_gain", "residue_gain")
        more = {
            **{name: dict(getattr(self, name)) for name in ("limits", "feeds", "sensitivities")},
            "changes": [{key: getattr(change, key) for key in keys} for change in self.changes],
        }
        attributes = {name: json.dumps(value) for name, value in more.items()}
        return Contents(made, coordinates, attributes_of(self.case, "trap") | attributes)

    def __repr__(self) -> str:
        lines = [f"Trap of {self.case.title!r}"]
        width = max(map(len, self.quantities))
        lines += [f"  {name:{width}}  {value}" for name, value in self.quantities.items()]
        shares = ", ".join(f"{name} {share:.0%}" for name, share in self.limits.items())
        lines.append(f"  limited by: {shares}")
        return "\n".join(lines)


def design_trap(case: Case) -> TrapDesign:
    """What the trap of a case does, what limits it and which one change would help most.

    Args:
        case: With a junction; its film may be left out, as may landau and protocol.

    Raises:
        InputError: the case has no junction, or no temperature.

    Examples:
        >>> import entrap as et
        >>> case = et.load_case("examples/transmon-trap.toml", needs=["trap.junction"])
        >>> et.design_trap(case).changes[0].name
        'trap length'
    """
    junction, film = case.require("trap.junction"), case.trap.film
    room = 2 * (1 if film is None else film.trap_count)
    chosen = Static(dataclasses.replace(choices_of(case), trap_count=room))
    inputs, generation = stated_inputs(case), junction.generation
    passive = junction.trap_temperature is None and junction.phonon_temperature is None

    def evaluate(changed: Case) -> tuple[float, float]:
        found, _, _ = jax.tree.map(np.asarray, _judge(chosen, stated_inputs(changed)))
        left, _ = residue(found, changed.require("trap.junction").generation)
        return float(found["evacuation_rate"]), left

    # Both take a second to compile, each on one core.
    with ThreadPoolExecutor(1) as pool:
        sweep = pool.submit(rates_over_temperature, chosen, inputs, passive=passive)
        found, limits, gradient = jax.tree.map(np.asarray, _judge(chosen, inputs))
        left, steady = residue(found, generation)
        made = curves(chosen, inputs, found, steady, sweep.result)
    performance = _performance(case, found, left)
    present = float(found["evacuation_rate"]), left
    return TrapDesign(
        case=case,
        performance=performance,
        limits={name: float(share) for name, share in vars(limits).items()},
        feeds=_feeds(found, generation),
        sensitivities=_ranked(gradient, passive=passive),
        changes=changes(
            case,
            present,
            float(performance.trap_temperature),
            _better_place(case, found["strip"]),
            evaluate,
        ),
        curves=made,
        margins=_margins(case, performance),
    )


def stated_inputs(case: Case) -> Inputs:
    """Numbers of a case, completed so that changed cases have the same structure.

    Without a film its temperature is in `protocol.start`. A trap that states no place has -1 there,
    and one whose temperature follows from its heat has NaN.

    Raises:
        InputError: the case has no junction, or no temperature.
    """
    case.require("trap.junction")
    film, temperature, given = case.trap.film, film_temperature(case), inputs_of(case)
    own = trap_temperature(case, temperature)
    filled: dict[str, Any] = {"trap.junction.trap_temperature": own}
    if film is None:
        filled["protocol"] = ProtocolNumbers(temperature, temperature, 0.0, 0.0)
    else:
        placed = film.trap_centres[0] if film.trap_position is not None else -1.0
        filled |= {"trap.film.temperature": temperature, "trap.film.trap_position": placed}
    trap = TrapNumbers(junction=given.trap.junction, film=given.trap.film)
    return replaced(Inputs(given.material, MixtureNumbers(), trap, None, None), filled)


@stored(quick_jit)
def _judge(chosen: Static, inputs: Any) -> tuple[dict[str, Any], Scales, Any]:
    """Rates, and the logarithmic derivatives of the slowest by the scales and by each key."""

    def logarithm(inputs: Any, scales: Scales) -> tuple[Reals, Any]:
        found = rates(inputs, chosen.choices, scales)
        found |= along(found["strip"])
        return jnp.log(found["evacuation_rate"]), found

    inputs = jax.tree.map(lambda x: jnp.asarray(x, float), inputs)
    ones = jax.tree.map(jnp.asarray, Scales())
    (gradient, limits), found = jax.grad(logarithm, argnums=(0, 1), has_aux=True)(inputs, ones)
    return found, limits, jax.tree.map(jnp.multiply, gradient, inputs)


def _performance(case: Case, found: Mapping[str, Any], left: float) -> Performance:
    made = {
        **found,
        "residual_fraction": left,
        "residual_density": left * found["pair_density"],
        **(dict.fromkeys(OF_FILM, np.nan) if case.trap.film is None else {}),
    }
    names = [name for name, _ in quantities(Performance)]
    whole = Performance(**{name: jnp.asarray(made[name], float) for name in names})
    return jax.tree.map(np.asarray, whole)


def _better_place(case: Case, strip: Strip) -> float | None:
    """The best place of a single trap, unless it is there already."""
    film = case.trap.film
    if film is None or film.trap_count > 1 or film.trap_length == film.length:
        return None
    best = best_place(strip)
    return None if abs(best - film.trap_centres[0]) < 1e-3 * film.length else best


def _feeds(found: Mapping[str, Any], generation: float) -> dict[str, float]:
    """Sources of quasiparticles, averaged over the film, as shares of their sum."""
    background, thermal = float(found["strip"].background_rate), found["equilibrium_fraction"]
    made = {
        "back-flow": (found["area_bound"] - background) * found["floor_fraction"],
        "pair breaking": (found["recombination_coefficient"] * thermal + background) * thermal,
        "generation": generation,
    }
    total = sum(made.values())
    return {name: float(value / total) if total > 0 else 0.0 for name, value in made.items()}


def _ranked(gradient: Inputs, *, passive: bool) -> dict[str, float]:
    """Logarithmic derivatives by dotted key, the strongest first, but for the number of traps.

    A passive trap is as warm as the film: its temperature changes with the film's.
    """
    found = {key: float(x) for key, x in by_key(gradient).items() if key != "trap.film.trap_count"}
    if passive:
        found[temperature_key(gradient)] += found.pop("trap.junction.trap_temperature")
    some = {key: value for key, value in found.items() if abs(value) > 1e-9}
    return dict(sorted(some.items(), key=lambda item: -abs(item[1])))


def _margins(case: Case, found: Performance) -> tuple[Margin, ...]:
    """log10(y/x) of each inequality x <= y on which the description rests."""
    p = {name: float(getattr(found, name)) for name, _ in quantities(Performance)}
    warm, thermal = BOLTZMANN * p["trap_temperature"], BOLTZMANN * p["temperature"]
    coupling = max(p["metal_coupling"] / p["gap"], p["film_coupling"] / thermal)
    recombination = p["recombination_coefficient"] * p["residual_fraction"]
    sides: dict[str, tuple[Quantity, float, float]] = {
        "trap_temperature": (quantity_of(Margins, "trap_temperature"), warm, p["gap"] / 3),
        "proximity": (quantity_of(Margins, "proximity"), coupling, 0.1),
        "rethermalisation": (_RETHERMALISATION, p["trapping_rate"], p["thermalisation_rate"]),
        "weak_recombination": (_RECOMBINATION, recombination, p["evacuation_rate"] / 10),
    }
    film = case.trap.film
    if film is not None:
        thickness = case.require("trap.junction").film_thickness
        for name, assumption, size in (
            ("narrow_strip", _NARROW, film.width),
            ("thin_film", _THIN, thickness),
        ):
            crossed = size**2 / p["quasiparticle_diffusivity"]
            sides[name] = (assumption, crossed, 1 / p["trapping_rate"])
    made = []
    for name, (assumption, x, y) in sides.items():
        with np.errstate(divide="ignore"):
            margin = float(np.log10(y) - np.log10(x))
        made.append(Margin(name, margin, p["temperature"] if margin >= 0 else None, assumption))
    return tuple(made)


_RETHERMALISATION, _RECOMBINATION, _NARROW, _THIN = (
    Quantity("1", symbol, meaning, THEORY)
    for symbol, meaning in (
        (
            "Γ ≤ 1/τ_s",
            "Quasiparticles rethermalise before they are trapped; if not, the decay is not "
            "exponential, and it slows down towards its end",
        ),
        (
            "r x ≤ 1/(10 τ_w)",
            "Recombination, which the evacuation rate leaves out, is slow compared with it",
        ),
        ("W²/D_qp ≤ 1/Γ", "The strip is narrow enough to be described in one dimension"),
        ("d_S²/D_qp ≤ 1/Γ", "The film is so thin that quasiparticles reach the barrier at once"),
    )
)
