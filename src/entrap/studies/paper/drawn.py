"""The figures of the paper and the names of their curves."""

CURVES = {
    "figure-1": (),
    "figure-2": ("trapping", "escape", "relaxation", "effective"),
    "figure-3": ("bare", "trapped", "warming", "paired"),
    "figure-kinetics": ("exact", "printed"),
    "figure-detection": ("bare", "trapped"),
}
"""Curves that each figure can have."""
