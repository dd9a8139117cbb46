"""The figures of a sweep and the names of their curves."""

from collections.abc import Collection

from entrap.report.look import Look, refuse_unknown


def check_curves(look: Look, names: Collection[str]) -> None:
    """Refuse curves that are none of the results of a sweep.

    Raises:
        InputError: there is such a one; the results are named.
    """
    wished = [name for wish in look.settings if wish.key == "curves" for name in wish.value]
    refuse_unknown(wished, names, "--adjust curves.curves", "results of this sweep")


def curves() -> dict[str, tuple[str, ...]]:
    """Curves that each figure can have, by its name or a pattern of it."""
    from entrap.studies.sweep.names import RESULTS

    none = dict.fromkeys(("map-*", "points-*", "margins", "sensitivity"), ())
    return {"curves": tuple(RESULTS)} | none
