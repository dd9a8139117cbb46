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
    from entrap.app.casefile import load_case as load_case
    from entrap.case import library as library
    from entrap.case import metals as metals
    from entrap.case.case import Case as Case
    from entrap.case.casefile import CaseFile as CaseFile
    from entrap.case.film import Film as Film
    from entrap.case.junction import Junction as Junction
    from entrap.case.landau import Landau as Landau
    from entrap.case.material import Material as Material
    from entrap.case.mixture import Mixture as Mixture
    from entrap.case.protocol import Protocol as Protocol
    from entrap.case.trap import Trap as Trap
    from entrap.core.errors import InputError as InputError
    from entrap.core.errors import SolveError as SolveError
    from entrap.core.quantities import describe as describe
    from entrap.solve.inputs import sample as sample
    from entrap.solve.protocol.equilibrium import equilibrate as equilibrate
    from entrap.solve.protocol.evolve import evolve as evolve
    from entrap.solve.protocol.load import load as load
    from entrap.solve.protocol.results import Equilibrium as Equilibrium
    from entrap.solve.protocol.results import Evolution as Evolution
    from entrap.studies.fit.data.observations import Observations as Observations
    from entrap.studies.fit.data.observations import load_data as load_data
    from entrap.studies.fit.fit import Fitted as Fitted
    from entrap.studies.fit.fit import fit as fit
    from entrap.studies.fit.inputs.options import Fit as Fit
    from entrap.studies.plan.inputs.options import Plan as Plan
    from entrap.studies.plan.plan import Planned as Planned
    from entrap.studies.plan.plan import plan as plan
    from entrap.studies.sweep.inputs.options import Sweep as Sweep
    from entrap.studies.sweep.sensitivity import sensitivity as sensitivity
    from entrap.studies.sweep.sensitivity import sobol as sobol
    from entrap.studies.sweep.sweep import Swept as Swept
    from entrap.studies.sweep.sweep import load_sweep as load_sweep
    from entrap.studies.sweep.sweep import sweep as sweep
    from entrap.studies.trap.design import TrapDesign as TrapDesign
    from entrap.studies.trap.design import design_trap as design_trap

_HOMES = {
    "InputError": "core.errors",
    "SolveError": "core.errors",
    "describe": "core.quantities",
    "Case": "case.case",
    "CaseFile": "case.casefile",
    "load_case": "app.casefile",
    "Film": "case.film",
    "Fit": "studies.fit.inputs.options",
    "Plan": "studies.plan.inputs.options",
    "Junction": "case.junction",
    "Landau": "case.landau",
    "Material": "case.material",
    "Mixture": "case.mixture",
    "Protocol": "case.protocol",
    "Sweep": "studies.sweep.inputs.options",
    "Trap": "case.trap",
    "equilibrate": "solve.protocol.equilibrium",
    "evolve": "solve.protocol.evolve",
    "sample": "solve.inputs",
    "Equilibrium": "solve.protocol.results",
    "Evolution": "solve.protocol.results",
    "load": "solve.protocol.load",
    "Fitted": "studies.fit.fit",
    "fit": "studies.fit.fit",
    "Observations": "studies.fit.data.observations",
    "load_data": "studies.fit.data.observations",
    "Planned": "studies.plan.plan",
    "plan": "studies.plan.plan",
    "Swept": "studies.sweep.sweep",
    "load_sweep": "studies.sweep.sweep",
    "sensitivity": "studies.sweep.sensitivity",
    "sobol": "studies.sweep.sensitivity",
    "sweep": "studies.sweep.sweep",
    "TrapDesign": "studies.trap.design",
    "design_trap": "studies.trap.design",
}
_MODULES = {"library": "case.library", "metals": "case.metals", "model": "model"}

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
