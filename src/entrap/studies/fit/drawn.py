"""The figures of a fit and the names of their curves."""

from entrap.studies.fit.inputs.hypotheses import HYPOTHESES

LABELS = tuple(each.label for each in HYPOTHESES.values())
CURVES = {"hypotheses": (), "predictive-*": LABELS, "corner-*": ()}
"""Curves that each figure can have, by its name or a pattern of it."""

SERIES = {"gain": ("line", "law", "plain")}
"""Those that a series has besides."""
