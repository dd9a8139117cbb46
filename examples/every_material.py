"""Every material of the library: where is the effect finite, measurable and valid?

For each, both ways to count superconducting electrons, valence ratios from 1e-6 to 20 and
temperatures from 0.06 to 1.5 T_c. Run: python examples/every_material.py FIGURE.svg
"""

import sys
from collections.abc import Iterator

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch

import entrap as et
from entrap.report.style import styled

MEASURABLE = 0.01  # relative change of the penetration depth that counts as seen
RATIO = np.geomspace(1e-6, 20, 121)
SHARE = np.linspace(0.06, 1.5, 49)  # of T_c, no nearer to it than 1 %
KINDS = (
    ("#e8e8e8", "λ changes by less than 1 %"),
    ("#56b4e9", "λ changes by more, a finite critical temperature"),
    ("#e69f00", "λ changes by more, no finite critical temperature"),
    ("#009e73", "λ changes by more, and all assumptions hold"),
)


def cases() -> Iterator[tuple[str, str, et.Case]]:
    """Each material by each count of its electrons for which the library has the numbers."""
    for name in et.library.names():
        values = et.library.load(name).values
        if "critical_field" not in values:
            continue
        critical = values["critical_temperature"].value
        # B_c ≈ 1.74 B_c(0) (1 - T/T_c), the BCS slope, a hundredth below T_c.
        landau = {"critical_field": 0.0174 * values["critical_field"].value,
                  "below_critical": 0.01 * critical}  # fmt: skip
        for count, key in (("carriers", "conduction_density"), ("λ", "penetration_depth")):
            if key not in values:
                continue
            material = {"name": name}
            if count == "carriers":
                stated = landau | {"carrier_density": True}
            else:
                depth = values["penetration_depth"].value
                stated = landau | {"penetration_depth": depth}
                if "conduction_density" not in values:  # then as many as screen
                    density = et.library.superfluid_densities(
                        et.library.load(name)
                    ).penetration_depth
                    material["conduction_density"] = density
            yield (
                name,
                count,
                et.Case.from_dict(
                    {"material": material, "landau": stated, "trap": {"rate": 1e3}},
                    needs=["material", "landau"],
                ),
            )


def kinds(case: et.Case) -> tuple[np.ndarray, np.ndarray]:
    """Which of `KINDS` each point of the map is, and how many assumptions fail there."""
    margins = [f"margin_{name}" for name in et.model.validity.Margins.__dataclass_fields__]
    found = et.sweep(
        case,
        {"mixture.valence_ratio": RATIO, "temperature": SHARE * case.material.critical_temperature},
        ["penetration_depth_ratio", "effective_critical_temperature", *margins],
    ).data
    seen = found["penetration_depth_ratio"].values < 1 - MEASURABLE
    finite = np.isfinite(found["effective_critical_temperature"].values)
    fails = sum((found[name].values < 0).astype(int) for name in margins)
    return np.where(seen, np.where(fails == 0, 3, np.where(finite, 1, 2)), 0), fails


def main(path: str) -> None:
    """Draw all maps, and say what they show."""
    maps = [(name, count, *kinds(case)) for name, count, case in cases()]
    columns = 8
    rows = -(-len(maps) // columns)
    with styled("paper"):
        figure = Figure(figsize=(13, 1.55 * rows + 0.9))
        panels = figure.subplots(rows, columns, sharex=True, sharey=True)
        for panel in panels.flat[len(maps) :]:
            panel.set_visible(False)
        for panel, (name, count, kind, _) in zip(panels.flat, maps, strict=False):
            panel.pcolormesh(RATIO, SHARE, kind.T, cmap=ListedColormap([c for c, _ in KINDS]),
                             vmin=-0.5, vmax=3.5, rasterized=True)  # fmt: skip
            panel.axhline(1, color="k", lw=0.6, ls=":")
            panel.set(xscale="log", title=f"{name}, {count}")
        figure.supxlabel("Valence electrons per conduction electron")
        figure.supylabel("T/T_c")
        figure.legend(handles=[Patch(color=c, label=text) for c, text in KINDS],
                      loc="outside upper center", ncols=4)  # fmt: skip
        figure.savefig(path, dpi=150, metadata={"Date": None} if path.endswith("svg") else None)
    for name, count, kind, fails in maps:
        first = [RATIO[(kind == i).any(axis=1)] for i in (1, 2, 3)]
        shown = [f"{r[0]:.1e} to {r[-1]:.1e}" if len(r) else "nowhere" for r in first]
        least = int(fails[kind > 0].min()) if (kind > 0).any() else -1
        print(f"{name:14}{count:9} seen and finite: {shown[0]:20} infinite: {shown[1]:20} "
              f"valid: {shown[2]:10} at least {least} fail where seen")  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "every-material.png")
