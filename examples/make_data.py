"""Make the measurements of the worked examples anew: python examples/make_data.py [FOLDER].

Nothing in them was measured. Both are entrap's own predictions with normal noise of a fixed seed:
`gap.csv` with an entropy of mixing, n_v/n_c = 2.5; `depth.csv` without any, with a trap that cools
the film by 0.2 K, under two calibrations.
"""

import sys
from pathlib import Path

import numpy as np

import entrap as et

MEV, NM = 1.602176634e-22, 1e-9
HERE = Path(__file__).parent
NEEDS = ("material", "landau")

GAP = """\
# SYNTHETIC, made by make_data.py: the Higgs coefficient with a = 3.2 k_B, T_c = 5 K, n_v/n_c = 2.5.
# [data.columns]
# T = { quantity = "temperature", unit = "K" }
# trap = { quantity = "trap" }
# gap = { quantity = "higgs_coefficient", unit = "meV", uncertainty = "2 %" }
T,trap,gap
"""

DEPTH = """\
# SYNTHETIC, made by make_data.py: no entropy of mixing; the trap cools the film by 0.2 K; readings
# are 3 % too large in the first cool-down, 2 % too small in the second. ">900" is a lower limit.
# [data.columns]
# T = { quantity = "temperature", unit = "K" }
# trap = { quantity = "trap" }
# run = { quantity = "group" }
# depth = { quantity = "penetration_depth", unit = "nm", uncertainty = "0.5 % + 1 nm" }
# [data.groups.first]
# calibration = "lognormal(1, 0.05)"
# [data.groups.second]
# calibration = "lognormal(1, 0.05)"
T,trap,run,depth
"""


def gap(random: np.random.Generator) -> str:
    """30 points without the trap, 30 with it."""
    case = et.load_case(HERE / "higgs-gap.toml", needs=NEEDS)
    rows = []
    for trap, kelvin in (("off", np.linspace(1.5, 4.6, 30)), ("on", np.linspace(1.5, 7.5, 30))):
        found = et.equilibrate(case, kelvin)
        state = found.trapped if trap == "on" else found.bare
        read = np.asarray(state.higgs_coefficient) / MEV * (1 + 0.02 * random.normal(size=30))
        rows += [f"{t:.4f},{trap},{x:.5f}" for t, x in zip(kelvin, read, strict=True)]
    return GAP + "\n".join(rows) + "\n"


def depth(random: np.random.Generator) -> str:
    """12 points for each state of the trap in each of two cool-downs; near T_c, lower limits."""
    case = et.load_case(HERE / "nbn-depth.toml", needs=NEEDS)
    kelvin, rows = np.linspace(10.0, 15.8, 12), []
    for run, factor in (("first", 1.03), ("second", 0.98)):
        for trap, shift in (("off", 0.0), ("on", -0.2)):
            true = np.asarray(et.equilibrate(case, kelvin + shift).bare.penetration_depth) / NM
            noise = np.hypot(0.005 * factor * true, 1.0) * random.normal(size=len(kelvin))
            read = factor * true + noise
            for t, x in zip(kelvin, read, strict=True):
                rows.append(f"{t:.2f},{trap},{run},{f'{x:.2f}' if x < 900 else '>900'}")
    return DEPTH + "\n".join(rows) + "\n"


def main(folder: Path) -> None:
    """Write both files."""
    folder.mkdir(exist_ok=True)
    (folder / "gap.csv").write_text(gap(np.random.default_rng(1)), "utf-8")
    (folder / "depth.csv").write_text(depth(np.random.default_rng(2)), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "data")
