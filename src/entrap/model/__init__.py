"""The theory: pure functions of parameters and state, in SI. No stepping, no files.

A module is imported when it is first used: `observables` alone needs no JAX.
"""

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from entrap.model import balance as balance
    from entrap.model import bcs as bcs
    from entrap.model import bcs_functional as bcs_functional
    from entrap.model import bcs_state as bcs_state
    from entrap.model import bcs_transition as bcs_transition
    from entrap.model import charging as charging
    from entrap.model import coefficients as coefficients
    from entrap.model import density_of_states as density_of_states
    from entrap.model import device as device
    from entrap.model import electrodynamics as electrodynamics
    from entrap.model import entropy as entropy
    from entrap.model import extraction as extraction
    from entrap.model import film as film
    from entrap.model import higgs as higgs
    from entrap.model import junction as junction
    from entrap.model import junction_limits as junction_limits
    from entrap.model import kinetics as kinetics
    from entrap.model import landau as landau
    from entrap.model import landau_extraction as landau_extraction
    from entrap.model import lifetimes as lifetimes
    from entrap.model import metal_relaxation as metal_relaxation
    from entrap.model import mixed_gap as mixed_gap
    from entrap.model import mixing_functions as mixing_functions
    from entrap.model import modes as modes
    from entrap.model import observables as observables
    from entrap.model import occupations as occupations
    from entrap.model import proximity as proximity
    from entrap.model import quench_gap as quench_gap
    from entrap.model import response as response
    from entrap.model import rothwarf_taylor as rothwarf_taylor
    from entrap.model import sample as sample
    from entrap.model import share_gap as share_gap
    from entrap.model import state as state
    from entrap.model import trap_heat as trap_heat
    from entrap.model import validity as validity

__all__ = [module.name for module in pkgutil.iter_modules(__path__)]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return importlib.import_module(f"entrap.model.{name}")
    raise AttributeError(f"module 'entrap.model' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
