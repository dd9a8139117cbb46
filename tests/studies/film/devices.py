"""A small device, for the tests of this folder."""

from entrap.case.casefile import CaseFile

UM = 1e-6
CASE = """
title = "Small pad with one trap"
[material]
name = "Al"
[trap.junction]
interface_resistance = "1000 ohm um^2"
film_thickness = "80 nm"
metal = "Cu"
metal_thickness = "100 nm"
phonon_trapping = 8
generation = "1e-4 1/s"
[layout]
temperature = "150 mK"
quasiparticle_diffusivity = "18 cm^2/s"
[[layout.shape]]
on = "film"
rectangle = { corner = ["0 um", "0 um"], size = ["300 um", "100 um"] }
[[layout.shape]]
on = "hole"
circle = { centre = ["200 um", "60 um"], radius = "12 um" }
[[layout.shape]]
on = "trap"
circle = { centre = ["60 um", "40 um"], radius = "15 um" }
[layout.probes]
junction = ["280 um", "50 um"]
[[layout.generation]]
at = ["150 um", "50 um"]
radius = "10 um"
rate = "1e-2 1/s"
burst = 1e-4
[layout.mesh]
size = "12 um"
"""


def device(**changes) -> CaseFile:
    """The case with keys of the layout and of the junction changed."""
    from entrap.app.casefile import READERS
    from entrap.case.toml import parse_case

    stated = parse_case(CASE, needs=(), readers=READERS).to_dict()
    for key, value in changes.items():
        table = stated["layout"] if key in LAYOUT_KEYS else stated["trap"]["junction"]
        table[key] = value
    return CaseFile.from_dict(stated, needs=(), readers=READERS)


LAYOUT_KEYS = {
    "shape", "probes", "generation", "mesh", "temperature", "background_rate", "placement",
    "smallest_feature", "quasiparticle_diffusivity", "file", "film", "trap", "hole",
}  # fmt: skip


STILL = [{"at": [150 * UM, 50 * UM], "radius": 10 * UM, "rate": 1e-2}]
"""The generation of the device without its burst, which takes as long as all else."""


def shapes(*more, trap=True):
    """The shapes of the device, with others."""
    stated = device().to_dict()["layout"]["shape"]
    kept = [shape for shape in stated if trap or shape["on"] != "trap"]
    return [*kept, *more]


def disc(x, y, radius, on="trap"):
    return {"on": on, "circle": {"centre": [x * UM, y * UM], "radius": radius * UM}}
