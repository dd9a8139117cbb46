"""The figures of `entrap trap`, their panels and the names of the curves in these."""

PANELS = {
    "rates": ("trapping", "near-gap", "slow", "recombination", "thermalisation"),
    "rates-over-energy": ("tunnelling", "escape", "relaxation", "trapping"),
    "residue": ("untrapped", "equilibrium", "trapped"),
    "profile": ("trapped", "mean"),
    "survival": ("frozen", "thermal"),
    "states": ("film", "trap"),
    "minigap": ("trap",),
    "evacuation": ("end", "middle", "crossover"),
    "evacuation-over-place": ("one",),
    "evacuation-over-count": ("limit", "square", "equal"),
}
"""Curves of each panel."""

FIGURES = {
    "rates": ("rates", "rates-over-energy"),
    "residue": ("residue", "profile"),
    "survival": ("survival",),
    "states": ("states", "minigap"),
    "evacuation": ("evacuation", "evacuation-over-place", "evacuation-over-count"),
}
"""Panels of each figure."""

CURVES = {
    figure: tuple(dict.fromkeys(name for panel in panels for name in PANELS[panel]))
    for figure, panels in FIGURES.items()
}
"""Curves that each figure can have."""
