"""What a case must have for its film to be computed in two dimensions; light to import."""

from entrap.case.case import Case
from entrap.case.casefile import study_of
from entrap.case.layout import Layout
from entrap.case.outlines import needs_extra
from entrap.core.errors import InputError, Problem

NEEDS = ("material", "trap.junction", "layout")
"""Tables that a film cannot do without."""


def layout_of(case: Case) -> Layout:
    """The layout of a case that has all that a film needs.

    Raises:
        InputError: it lacks something, or packages are not installed.
    """
    needs_extra()
    layout = study_of(case, Layout)
    if layout is None:
        text = "is missing: a film in two dimensions needs the table [layout]"
        raise InputError(Problem(text, "layout"))
    case.require("trap.junction")
    problems = []
    if case.trap.film is not None:
        text = "and [trap.film] both state the film: keep one"
        problems.append(Problem(text, "layout"))
    if layout.quasiparticle_diffusivity is None and case.material.diffusivity is None:
        text = "is missing: give it, or `diffusivity` in [material], from which it follows"
        problems.append(Problem(text, "layout.quasiparticle_diffusivity"))
    for key, what in (("window", "the pairs"), ("screening", "the currents")):
        if getattr(layout, key) is not None and case.landau is None:
            text = f"is missing: {what} in [layout.{key}] need Landau's coefficients"
            problems.append(Problem(text, "landau"))
    if problems:
        raise InputError(*problems)
    film_temperature(case, layout)
    return layout


def film_temperature(case: Case, layout: Layout) -> float:
    """T [K] of the film: that of the layout, or that at which the protocol starts.

    Raises:
        InputError: neither is stated, or the film is normal there.
    """
    key, temperature = "layout.temperature", layout.temperature
    if temperature is None:
        if case.protocol is None:
            raise InputError(
                Problem("is missing: give it, or a [protocol], whose start it is", key)
            )
        key, temperature = "protocol.start", case.protocol.start
    critical = case.material.critical_temperature
    if temperature >= critical:
        text = (
            f"must be less than T_c, {critical:g} K, for there to be quasiparticles to trap, but "
            f"is {temperature:g} K"
        )
        raise InputError(Problem(text, key))
    return temperature
