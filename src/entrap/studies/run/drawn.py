"""The figures of `entrap run` and the names of their curves."""

FREE_ENERGY = ("bare", "trapped", "warming", "sample")
DENSITIES = ("superfluid", "normal", "trapped", "bare")
OBSERVABLE = ("bare", "plain", "mixed", "expansion", "expansion-bare")

MEASURED = ("bare", "plain", "mixed")

CURVES = {
    "observables": OBSERVABLE,
    "free-energy": FREE_ENERGY,
    "densities": DENSITIES,
    "margins": (),
    "measured-*": MEASURED,
}
"""Curves that each figure can have."""
