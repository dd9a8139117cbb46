"""Films in two dimensions: how fast and where a device empties, and where a trap helps most."""

import dataclasses
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from entrap.case.case import Case
from entrap.case.layout import Layout
from entrap.case.outlines import outlines
from entrap.case.target import Target
from entrap.core.frame import Column, Frame, Framed
from entrap.core.markup import Curves, Shown
from entrap.report.watching import Told, telling, watched
from entrap.solve.plane.diffusing import Flows, flows
from entrap.solve.plane.esdirk import Transient
from entrap.solve.plane.sheet import sheet_of
from entrap.solve.protocol.frames import numbers_frame
from entrap.solve.protocol.results import Margin, Value
from entrap.studies.film.asked import check_asked
from entrap.studies.film.decay import decay_of, trap_warmth
from entrap.studies.film.declared import DECLARED, of_probe
from entrap.studies.film.gradients import Slopes, junction_slopes, slopes
from entrap.studies.film.kept import Kept
from entrap.studies.film.local import LocalMaps, local_maps
from entrap.studies.film.local_numbers import local_margins, local_values
from entrap.studies.film.margins import margins
from entrap.studies.film.mesh import Mesh
from entrap.studies.film.needs import film_temperature, layout_of
from entrap.studies.film.placement import Placed, place_traps, placed_values
from entrap.studies.film.places import Place, best_place, probe_places
from entrap.studies.film.reach import FilmReached, reach_on_film
from entrap.studies.film.refinement import differences, refined, trapping_length
from entrap.studies.film.screened import Screened, screened
from entrap.studies.film.screened_numbers import screened_margins, screened_values
from entrap.studies.film.solution import Solution
from entrap.studies.film.window import Condensed, condensed
from entrap.studies.film.window_numbers import window_margins, window_values


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class FilmResult(Shown, Framed):
    """What quasiparticles do in a device drawn in two dimensions.

    Args:
        case: The case it came from.
        solution: Fields on the finest mesh.
        errors: Relative error of each number by the mesh, from a second mesh of twice the size.
        margins: log10(y/x) of each assumption x ≤ y of the description.
        decay: x after the bursts that the layout states; None where it states none.
        slopes: Which way each trap should be moved and grown.
        junction_slopes: d ln(number)/d ln(p) of barrier and thicknesses, by number.
        placed: Traps that were placed as the layout asks; None where it does not.
        local: The condensate at each point; None where the case has no Landau coefficients.
        window: The condensate in the layout's window; None where it has none.
        screening: How the film screens the layout's field; None where it states none.
        reached: What the target takes; None where none is asked for.
    """

    case: Case
    solution: Solution
    errors: Mapping[str, float]
    margins: tuple[Margin, ...]
    decay: Transient | None
    slopes: tuple[Slopes, ...]
    junction_slopes: Mapping[str, Mapping[str, float]]
    placed: Placed | None
    local: LocalMaps | None = None
    window: Condensed | None = None
    screening: Screened | None = None
    reached: FilmReached | None = None

    @property
    def mesh(self) -> Mesh:
        """The finest mesh."""
        return self.solution.mesh

    @property
    def layout(self) -> Layout:
        """The layout."""
        return self.mesh.layout

    @property
    def closed(self) -> bool:
        """Whether there is film from which nothing decays."""
        return self.solution.modes.rates[0] <= 0

    @property
    def flows(self) -> Flows:
        """What comes and goes in the steady state [m²/s]."""
        return flows(self.solution.problem, self.solution.density)

    @property
    def quantities(self) -> Mapping[str, Value]:
        """The numbers, each with its declaration."""
        found, sheet = self.solution, self.solution.sheet
        volumes, areas = self.mesh.dual.volumes, self.mesh.trap_areas.sum(0)
        rate = float(found.modes.rates[0])
        under = areas > 0
        numbers = {
            "slowest_rate": rate,
            "evacuation_time": 1 / rate if rate > 0 else np.inf,
            "area_bound": found.area_bound,
            "trapping_rate": sheet.trapping_rate,
            "quasiparticle_diffusivity": sheet.diffusivity,
            "trapping_length": trapping_length(sheet),
            "mean_density": found.problem.mean(found.density),
            "mean_density_without_trap": found.problem.mean(found.bare),
            "equilibrium_fraction": sheet.equilibrium_fraction,
            "recombination_coefficient": sheet.recombination_coefficient,
            "temperature": sheet.temperature,
            "trap_temperature": found.trap_temperature[under].max() if under.any() else np.nan,
            "gap": sheet.gap,
            "film_area": volumes.sum(),
            "trap_area": areas.sum(),
            "mesh_points": len(volumes),
            "mesh_error": self.errors["slowest_rate"],
        }
        made = {
            name: Value(x if isinstance(x, int) else float(x), DECLARED[name])
            for name, x in numbers.items()
            if not np.isnan(x)
        }
        for name, row in found.probes.items():
            for of, x in (("density", found.density), ("density_without_trap", found.bare)):
                made[f"{of}_{name}"] = Value(float(row @ x), of_probe(of, name))
        made |= {} if self.placed is None else placed_values(self.placed)
        made |= {} if self.local is None else local_values(self.local)
        made |= {} if self.window is None else window_values(self.window)
        return made | ({} if self.screening is None else screened_values(self.screening))

    def frame(self) -> Frame:
        """The numbers, a row each."""
        return numbers_frame(self.quantities)

    @property
    def mean_decay(self) -> np.ndarray:
        """Mean of x over the film at each time after the bursts."""
        volumes = self.mesh.dual.volumes
        return np.zeros(0) if self.decay is None else self.decay.density @ volumes / volumes.sum()

    @cached_property
    def best_place(self) -> Place | None:
        """Where a small further trap would raise the slowest rate most."""
        return best_place(self.solution)

    @cached_property
    def probe_places(self) -> Mapping[str, Place | None]:
        """Where it would lower x at each probe most."""
        return probe_places(self.solution)

    @cached_property
    def shift(self) -> np.ndarray | None:
        """δf/f of the layout's resonator at each time after the bursts; None without both."""
        if self.decay is None or self.local is None or self.local.resonator is None:
            return None
        return self.local.shift_after(self.decay.density)

    @cached_property
    def trap_warmth(self) -> np.ndarray | None:
        """T_N of the warmest point of a trap at each time after the bursts [K].

        None where no burst, or the traps' temperature, is stated.
        """
        return None if self.decay is None else trap_warmth(self.solution, self.decay)

    def decay_frame(self) -> Frame:
        """x after the bursts at each time: its mean over the film, and at each probe."""
        assert self.decay is not None
        at = {
            f"density_{name}": self.decay.density @ row
            for name, row in self.solution.probes.items()
        }
        shift = () if self.shift is None else (self.shift,)
        warmth = () if self.trap_warmth is None else (self.trap_warmth,)
        meaning = "Shift of the resonance from that of the steady state, by plain BCS theory"
        return Frame(
            Column("time", self.decay.times, "s", "Time since the burst"),
            Column("mean_density", self.mean_decay, "1", "Mean of x over the film"),
            *(Column(name, x, "1", "x at the probe") for name, x in at.items()),
            *(Column("resonance_shift", x, "1", meaning) for x in shift),
            *(Column("trap_temperature", x, "K", "Of the warmest point of a trap") for x in warmth),
        )

    def save(self, path: str | Path) -> None:
        """Write a .nc file (UGRID) with the case inside, and a .vtu file beside it.

        The window's fields are in files of their own beside these.
        """
        from entrap.studies.film.storage import fields_of, write_fields
        from entrap.studies.film.window_numbers import window_fields

        fields = fields_of(self)
        for each in {Path(path), Path(path).with_suffix(".vtu")}:
            write_fields(each, self.mesh, fields, self)
            if self.window is not None:
                beside = each.with_name(f"{each.stem}-window{each.suffix}")
                write_fields(beside, self.window.mesh, window_fields(self.window))

    def attributes(self) -> dict[str, str]:
        """What a file has beside its fields, as JSON."""
        told = {"errors": dict(self.errors), "probes": self.layout.probes}
        return {name: json.dumps(value) for name, value in told.items()}

    def _drawn(self) -> Curves | None:
        if self.decay is None:
            return None
        lines = {"mean of x over the film": self.mean_decay}
        return Curves("time since the burst (µs)", self.decay.times * 1e6, "x = n_qp/2N_0Δ", lines)

    def __repr__(self) -> str:
        lines = [f"Film of {self.case.title!r}, {self.mesh!r}"]
        width = max(map(len, self.quantities))
        lines += [f"  {name:{width}}  {value}" for name, value in self.quantities.items()]
        return "\n".join(lines)


def film(
    case: Case,
    target: Target | str | None = None,
    *,
    kept: str | Path | None = None,
    progress: Told | bool | None = None,
) -> FilmResult:
    """How fast the film of a case with a layout empties, where quasiparticles stay, what helps.

    Args:
        case: With a junction and a layout.
        target: What is to be reached, as "evacuation_time < 100 us"; that of the case's own table
            [target] where it is None.
        kept: File in which the steps of a long burst are kept while it is followed; a run that was
            killed goes on from there.
        progress: Called with what is being done, in words; True shows it on standard error, False
            nothing. Without a choice a notebook and an interactive Python show it.

    Raises:
        InputError: the case lacks something, its layout is no film, or the target cannot be read.
        SolveError: there is no steady state.
    """
    layout = layout_of(case)
    asked = Target(target) if isinstance(target, str) else target or Target.of(case)
    if asked is not None:
        check_asked(asked, layout)
    steps = None if kept is None else Kept.of(Path(kept), case, layout)
    with watched(progress, partial(telling, doing="meshing")) as tell:
        return _film(case, layout, asked, steps, tell)


def _film(
    case: Case, layout: Layout, asked: Target | None, steps: Kept | None, tell: Told
) -> FilmResult:
    temperature = film_temperature(case, layout)
    with ThreadPoolExecutor(1) as aside:
        read = aside.submit(outlines, layout)
        sheet = sheet_of(case, layout, temperature)
        shapes = read.result()
    generation = case.require("trap.junction").generation
    (solution, coarse), errors = refined(layout, shapes, sheet, generation, tell)
    decays, decay = solution.modes.rates[0] > 0, decay_of(solution, steps, tell)
    if layout.window is not None:
        tell("solving the condensate in the window")
    assumed, window = margins(solution), condensed(case, solution)
    maps = local_maps(case, (solution, coarse), decay)
    if maps is not None:
        errors |= differences(maps[0].numbers, maps[1].numbers)
        assumed += local_margins(maps[0], solution)
    if window is not None:
        errors = errors | {name: x for name, x in window.errors.items() if not np.isnan(x)}
        assumed += window_margins(window, temperature)
    if (screening := screened(None if maps is None else maps[0], solution)) is not None:
        errors = errors | dict(screening.errors)
        assumed += screened_margins(screening, temperature)
    if layout.placement is not None:
        tell("placing traps")
    placed = place_traps(solution, layout.placement)
    reached = None
    if asked is not None:
        tell(f"looking for what reaches {asked.reach}")
        reached = reach_on_film(case, asked, solution, coarse)
    return FilmResult(
        case,
        solution,
        errors,
        # Of assumptions that several descriptions share the first is that of all the film.
        tuple({margin.name: margin for margin in reversed(assumed)}.values())[::-1],
        decay=decay,
        slopes=slopes(solution) if decays else (),
        junction_slopes=junction_slopes(solution) if decays else {},
        placed=placed,
        local=None if maps is None else maps[0],
        window=window,
        screening=screening,
        reached=reached,
    )
