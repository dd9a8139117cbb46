"""Draws docs/images/plain-bcs.svg: what plain BCS theory gives, and what the entropy adds.

python examples/plain_bcs.py plain-bcs
"""

import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import entrap as et
from entrap.report.labels import typeset
from entrap.report.style import BLACK, BLUE, GREY, ORANGE, draw, save, styled


def picture() -> Figure:
    """The Higgs mode and the penetration depth of the clean set on warming."""
    run = et.evolve(et.load_case(Path(__file__).with_name("clean-set.toml")))
    three, warm = et.bcs_curves(run), run.time >= run.protocol.hold
    temperature = run.state.temperature[warm]
    with styled():
        figure = Figure(figsize=(9.0, 3.9))
        for axes, name, unit, factor, top in zip(
            figure.subplots(1, 2),
            ("higgs_mode", "penetration_depth"),
            ("Higgs mode 2Δ_g (meV)", "Penetration depth λ (nm)"),
            (1 / 1.602176634e-22, 1e9),
            (np.inf, 800.0),
            strict=True,
        ):
            columns = [
                factor * np.asarray(getattr(state, name))[warm]
                for state in (run.state, three.bare, three.plain, three.mixed)
            ]
            expansion, bare, plain, mixed = (np.where(c > top, np.nan, c) for c in columns)
            expanded = "the paper's expansion, with the trap"
            draw(
                axes, temperature,
                ("expansion", expansion, BLACK, (0, (5, 2)), expanded, 1.0),
                ("bare", bare, GREY, "-", "without a trap"),
                ("mixed", mixed, BLUE, "-", "with the trap and the entropy"),
                ("plain", plain, ORANGE, "-.", "with the trap, plain BCS"),
            )  # fmt: skip
            axes.set(xlabel="Temperature T (K)", ylabel=typeset(unit))
        handles = figure.axes[0].get_legend_handles_labels()
        figure.legend(*handles, loc="outside lower center", ncols=2)
    return figure


if __name__ == "__main__":
    save(picture(), Path(sys.argv[1]))
