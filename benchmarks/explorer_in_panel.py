"""Six views of the explorer and a slider as a page of Panel, timed beside it by `bench_explore.py`.

The same functions compute the same columns; Panel and Bokeh carry and draw them. Served by
`panel serve`; Panel is no member of the group `bench`: `uv pip install panel`.
"""

from typing import Any

import panel as pn
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure

import entrap as et
from entrap.studies.explore.controls import presets, with_changes
from entrap.studies.explore.picture import SHOWN, picture_of

VIEWS = {
    "electrons": ("superconducting", "untrapped", "normal", "trapped"),
    **{
        name: tuple(f"{name}.{state}" for state in ("bare", "plain", "mixed", "expansion"))
        for name, _ in SHOWN[:4]
    },
}
NAMES = [name for names in VIEWS.values() for name in names]
ENERGIES = ("energy", "energy.untrapped")


def computed(a: float) -> tuple[dict[str, Any], dict[str, Any]]:
    """Columns along the temperature, and F(n_s) at its first frame."""
    changed = with_changes(presets()["clean-set"], {"landau.a": f"{a} k_B"})
    columns = picture_of(et.Case.from_dict(changed)).columns
    share = columns["share"]
    energies = {name: columns[name][: len(share)] for name in ENERGIES}
    return {name: columns[name] for name in ("temperature", *NAMES)}, {"share": share, **energies}


def main() -> None:
    """The page."""
    slider = pn.widgets.FloatSlider(name="a in k_B", start=1.0, end=5.0, step=0.01, value=2.0)
    along, frame = (ColumnDataSource(each) for each in computed(slider.value))
    along.name = "along"
    plots = []
    for name, lines in VIEWS.items():
        plot = figure(title=name, width=520, height=300)
        for line in lines:
            plot.line("temperature", line, source=along)
        plots.append(plot)
    energy = figure(title="free energy", width=520, height=300)
    for line in ENERGIES:
        energy.line("share", line, source=frame)

    def moved(event: Any) -> None:
        along.data, frame.data = computed(event.new)

    slider.param.watch(moved, "value")
    pn.Column(slider, pn.GridBox(*plots, energy, ncols=3)).servable()


pn.extension()
main()
