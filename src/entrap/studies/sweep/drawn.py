"""The figures of a sweep and the names of their curves."""


def curves() -> dict[str, tuple[str, ...]]:
    """Curves that each figure can have, by its name or a pattern of it."""
    from entrap.studies.sweep.names import RESULTS

    none = dict.fromkeys(("map-*", "points-*", "margins", "sensitivity"), ())
    return {"curves": tuple(RESULTS)} | none
