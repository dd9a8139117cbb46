"""A trap's design: how fast and how far it empties its film, what limits it, what would help."""

import dataclasses
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from entrap.case.case import Case
from entrap.core.frame import Frame, Framed
from entrap.core.markup import Curves as Drawn
from entrap.core.markup import Shown
from entrap.core.quantities import quantities
from entrap.model.film import Strip
from entrap.solve.inputs import Inputs, Static, by_key, choices_of
from entrap.solve.protocol.frames import numbers_frame
from entrap.solve.protocol.netcdf import Contents, attributes_of, columns_of
from entrap.solve.protocol.results import Margin, Value
from entrap.studies.trap.changes import Change, changes
from entrap.studies.trap.curves import (
    Curves,
    best_place,
    burst_time,
    curves,
    film_curves,
    rates_over_temperature,
)
from entrap.studies.trap.judged import judged, stated_inputs
from entrap.studies.trap.margins import margins
from entrap.studies.trap.needs import check_trap
from entrap.studies.trap.performance import OF_FILM, Performance, temperature_key
from entrap.studies.trap.residue import residue

if TYPE_CHECKING:
    from entrap.studies.trap.reach import Reached


@dataclasses.dataclass(frozen=True, repr=False)
class TrapDesign(Shown, Framed):
    """What a trap does to its film.

    Args:
        case: The case it came from.
        performance: Numbers at the film's temperature.
        limits: How much barrier, relaxation, diffusion and background set the evacuation rate: its
            logarithmic derivatives by each of their rates, which add up to 1.
        feeds: Where the quasiparticles that are left come from: the shares of the trap's own
            electrons ("back-flow"), of thermal pair breaking and of generation. Empty where it is
            not known how many are left.
        sensitivities: d ln(evacuation rate)/d ln(key) of each numeric key of the case.
        changes: Changes of the design, each made alone, the most helpful first.
        curves: What the figures show.
        margins: log10(y/x) of each assumption x ≤ y of the description.
        reached: What reaches a target, if one was asked for.
    """

    case: Case
    performance: Performance
    limits: Mapping[str, float]
    feeds: Mapping[str, float]
    sensitivities: Mapping[str, float]
    changes: tuple[Change, ...]
    curves: Curves
    margins: tuple[Margin, ...]
    reached: "Reached | None" = None

    @property
    def quantities(self) -> Mapping[str, Value]:
        """The numbers for which the case says enough, each with its declaration."""
        found = {
            name: float(getattr(self.performance, name)) for name, _ in quantities(Performance)
        }
        return {
            name: Value(found[name], declared)
            for name, declared in quantities(Performance)
            if not np.isnan(found[name])
        }

    @property
    def thermal(self) -> bool:
        """Whether heat alone makes a quasiparticle in the film, so that equilibrium counts."""
        found = self.performance
        share, density = float(found.equilibrium_fraction), float(found.pair_density)
        return self.case.trap.junction is not None and _countable(self.case, share, density)

    @property
    def keeps_energy(self) -> bool:
        """Whether quasiparticles keep their energy while they are trapped, by a decade or more.

        The decay is not exponential then, and the evacuation rate is none that is seen.
        """
        return any(m.name == "rethermalisation" and (m.margin or 0) <= -1 for m in self.margins)

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
            known = np.nan if margin.margin is None else margin.margin
            made[f"margin_{margin.name}"] = ((), known, attributes)
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

    def _drawn(self) -> Drawn | None:
        places = self.curves.over_place
        if places is None:
            return None
        times = np.asarray(places.evacuation_time) * 1e3
        along = np.asarray(places.trap_position) * 1e6
        return Drawn("centre of one trap (µm)", along, "evacuation time τ_w (ms)", {"τ_w": times})

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
        case: With a junction, or with a measured trapping rate and a film; landau and protocol may
            be left out, and the film of a junction.

    Raises:
        InputError: the case has neither, or no temperature.

    Examples:
        >>> import entrap as et
        >>> case = et.load_case("examples/transmon-trap.toml", needs=["trap.junction"])
        >>> et.design_trap(case).changes[0].name
        'trap length'
    """
    check_trap(case)
    junction, film = case.trap.junction, case.trap.film
    room = 2 * (1 if film is None else film.trap_count)
    chosen = Static(dataclasses.replace(choices_of(case), trap_count=room))
    inputs = stated_inputs(case)
    if junction is None:
        found, limits, gradient = jax.tree.map(np.asarray, judged(chosen, inputs))
        left, passive = np.nan, False
        made = jax.tree.map(np.asarray, Curves(**film_curves(found["strip"])))
        shares = {"trapping": limits.barrier}
    else:
        passive = junction.trap_temperature is None and junction.phonon_temperature is None
        # Both take a second to compile, each on one core.
        with ThreadPoolExecutor(1) as pool:
            sweep = pool.submit(rates_over_temperature, chosen, inputs, passive=passive)
            found, limits, gradient = jax.tree.map(np.asarray, judged(chosen, inputs))
            left, steady = residue(found, junction.generation)
            made = curves(chosen, inputs, found, steady, sweep.result)
        shares = {"barrier": limits.barrier, "relaxation": limits.relaxation}

    def evaluate(changed: Case) -> tuple[float, float]:
        found, _, _ = jax.tree.map(np.asarray, judged(chosen, stated_inputs(changed)))
        trap = changed.trap.junction
        left = 0.0 if trap is None else residue(found, trap.generation)[0]
        return float(found["evacuation_rate"]), left

    performance = _performance(case, found, left, made)
    counted = junction is not None and not np.isnan(performance.residual_fraction)
    present = float(found["evacuation_rate"]), left
    place = _better_place(case, found["strip"])
    shares |= {"diffusion": limits.diffusion, "background": limits.background}
    return TrapDesign(
        case=case,
        performance=performance,
        limits={name: float(share) for name, share in shares.items()},
        feeds=_feeds(found, junction.generation) if junction and counted else {},
        sensitivities=_ranked(gradient, passive=passive),
        changes=changes(case, present, float(performance.trap_temperature), place, evaluate),
        curves=made,
        margins=margins(case, performance),
    )


def _performance(
    case: Case, found: Mapping[str, Any], left: float, curves: Curves | None
) -> Performance:
    names = [name for name, _ in quantities(Performance)]
    made = dict.fromkeys(names, np.nan) | dict(found)
    if curves is not None and curves.over_burst is not None:
        made["burst_time"] = burst_time(curves.over_burst, np.exp(-1))
        made["burst_tail_time"] = burst_time(curves.over_burst, 0.01)
    if case.trap.film is None:
        made |= dict.fromkeys(OF_FILM, np.nan)
    made |= {"residual_fraction": left, "residual_density": left * made["pair_density"]}
    if case.trap.junction and not _countable(
        case, made["untrapped_fraction"], made["pair_density"]
    ):
        unknown = ("untrapped_fraction", "residual_fraction", "residual_density")
        made |= dict.fromkeys(unknown, np.nan)
    whole = Performance(**{name: jnp.asarray(made[name], float) for name in names})
    return jax.tree.map(np.asarray, whole)


def _countable(case: Case, fraction: float, pair_density: float) -> bool:
    """Whether one quasiparticle is left in the film without its trap, or some are generated.

    Without a film it is one in a square millimetre.
    """
    film, junction = case.trap.film, case.require("trap.junction")
    area = 1e-6
    if film is not None:
        area = film.length * film.width + film.left_pad + film.right_pad
    return fraction * pair_density * area * junction.film_thickness >= 1


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
    # Keys of one product have the same share: rounding must not decide their order.
    return dict(sorted(some.items(), key=lambda item: -round(abs(item[1]), 9)))
