"""The figures of `entrap film` and the names of the curves in these."""

CURVES = {
    "density": (),
    "slowest-mode": (),
    "gain": (),
    "mesh": (),
    "decay": ("probes", "mean"),
    "remaining-fraction": (),
    "critical-temperature": (),
    "pearl-length": (),
    "inductance-change": (),
    "resonance": (),
    "condensate": (),
    "sheet-current": (),
    "phase": (),
    "amplitude-mode": (),
    "current-phase": ("stable", "unstable", "strip"),
    "critical-state": (),
    "screening": (),
}
"""Curves that each figure can have."""
