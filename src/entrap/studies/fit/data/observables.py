"""What data may be of: fields of `State`, and the density of quasiparticles."""

from entrap.core.quantities import Quantity, quantities
from entrap.model.state import State

_OF_STATES = dict(quantities(State))

QUASIPARTICLES = Quantity(
    "1/m^3", "n_qp", "Density of quasiparticles", source="n_qp,eq f/f_eq, theory page, traps"
)


def observable(name: str) -> Quantity:
    """Declaration of an observable.

    Args:
        name: One of `entrap.studies.fit.inputs.options.OBSERVABLES`.

    Examples:
        >>> observable("penetration_depth").unit
        'm'
        >>> from entrap.studies.fit.inputs.options import OBSERVABLES
        >>> all(observable(name).unit for name in OBSERVABLES)
        True
    """
    return QUASIPARTICLES if name == "quasiparticle_density" else _OF_STATES[name]
