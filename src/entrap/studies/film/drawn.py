"""The figures of `entrap film` and the names of the curves in these."""

CURVES = {
    "density": (),
    "slowest-mode": (),
    "gain": (),
    "mesh": (),
    "decay": ("probes", "mean"),
    "condensate": (),
    "sheet-current": (),
    "phase": (),
    "amplitude-mode": (),
    "screening": (),
}
"""Curves that each figure can have."""
