"""entrap: the entropy of electron mixing in a superconductor with a quasiparticle trap.

Implements arXiv:2605.15834 (V. Kornich, 2026), corrected where its equations do not follow, and
says of every prediction how far the assumptions behind it hold.

    import entrap as et
    run = et.evolve(et.load_case("case.toml"))

What computes is imported when it is first used; importing entrap turns 64-bit numbers on in JAX.
"""

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from entrap import model as model
    from entrap.core.errors import InputError as InputError
    from entrap.core.errors import SolveError as SolveError
    from entrap.core.quantities import describe as describe
    from entrap.inputs import library as library
    from entrap.inputs import metals as metals
    from entrap.inputs.case import Case as Case
    from entrap.inputs.casefile import load_case as load_case
    from entrap.inputs.film import Film as Film
    from entrap.inputs.fit import Fit as Fit
    from entrap.inputs.fit import Plan as Plan
    from entrap.inputs.junction import Junction as Junction
    from entrap.inputs.landau import Landau as Landau
    from entrap.inputs.material import Material as Material
    from entrap.inputs.mixture import Mixture as Mixture
    from entrap.inputs.protocol import Protocol as Protocol
    from entrap.inputs.sweep import Sweep as Sweep
    from entrap.inputs.trap import Trap as Trap
    from entrap.solve.equilibrium import equilibrate as equilibrate
    from entrap.solve.evolution import evolve as evolve
    from entrap.solve.parameters import sample as sample
    from entrap.solve.results import Equilibrium as Equilibrium
    from entrap.solve.results import Evolution as Evolution
    from entrap.solve.storage import load as load
    from entrap.study.fitting.fit import Fitted as Fitted
    from entrap.study.fitting.fit import fit as fit
    from entrap.study.fitting.observations import Observations as Observations
    from entrap.study.fitting.observations import load_data as load_data
    from entrap.study.planning.plan import Planned as Planned
    from entrap.study.planning.plan import plan as plan
    from entrap.study.sweeping.sensitivity import sensitivity as sensitivity
    from entrap.study.sweeping.sensitivity import sobol as sobol
    from entrap.study.sweeping.sweep import Swept as Swept
    from entrap.study.sweeping.sweep import load_sweep as load_sweep
    from entrap.study.sweeping.sweep import sweep as sweep
    from entrap.study.trapping.design import TrapDesign as TrapDesign
    from entrap.study.trapping.design import design_trap as design_trap

_HOMES = {
    "InputError": "core.errors",
    "SolveError": "core.errors",
    "describe": "core.quantities",
    "Case": "inputs.case",
    "load_case": "inputs.casefile",
    "Film": "inputs.film",
    "Fit": "inputs.fit",
    "Plan": "inputs.fit",
    "Junction": "inputs.junction",
    "Landau": "inputs.landau",
    "Material": "inputs.material",
    "Mixture": "inputs.mixture",
    "Protocol": "inputs.protocol",
    "Sweep": "inputs.sweep",
    "Trap": "inputs.trap",
    "equilibrate": "solve.equilibrium",
    "evolve": "solve.evolution",
    "sample": "solve.parameters",
    "Equilibrium": "solve.results",
    "Evolution": "solve.results",
    "load": "solve.storage",
    "Fitted": "study.fitting.fit",
    "fit": "study.fitting.fit",
    "Observations": "study.fitting.observations",
    "load_data": "study.fitting.observations",
    "Planned": "study.planning.plan",
    "plan": "study.planning.plan",
    "Swept": "study.sweeping.sweep",
    "load_sweep": "study.sweeping.sweep",
    "sensitivity": "study.sweeping.sensitivity",
    "sobol": "study.sweeping.sensitivity",
    "sweep": "study.sweeping.sweep",
    "TrapDesign": "study.trapping.design",
    "design_trap": "study.trapping.design",
}
_MODULES = {"library": "inputs.library", "metals": "inputs.metals", "model": "model"}

__all__ = [*sorted([*_HOMES, *_MODULES])]

os.environ.setdefault("JAX_ENABLE_X64", "1")
if "jax" in sys.modules:
    sys.modules["jax"].config.update("jax_enable_x64", True)


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"entrap.{_MODULES[name]}")
    if name in _HOMES:
        return getattr(importlib.import_module(f"entrap.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'entrap' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
