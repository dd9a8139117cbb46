"""What can be seen of a state: every observable with its unit, its formula and what it needs.

This is the one place where an observable is declared. States, results, sweeps, fits, plans, tables,
figures and the JSON schema read it here. Importing this module does not import JAX: a formula looks
its functions up in `model` when it is evaluated.
"""

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from entrap import model
from entrap.core.quantities import Quantity

if TYPE_CHECKING:
    from entrap.model.device import Device
    from entrap.model.kinetics import Densities
    from entrap.model.sample import Sample


class Seen:
    """A sample in a state; its observables are attributes, each computed when it is first read.

    Args:
        sample: The sample.
        temperature: Temperature [K].
        densities: Where its electrons are [1/m^3].
        device: The junction of the trap on its film, where there is one.
        needed: What the case gives beside the sample, by the last part of its key [SI].
    """

    def __init__(
        self,
        sample: "Sample",
        temperature: Any,
        densities: "Densities",
        device: "Device | None" = None,
        **needed: Any,
    ) -> None:
        self.sample, self.temperature, self.densities = sample, temperature, densities
        self.device = device
        vars(self).update(needed)

    def __getattr__(self, name: str) -> Any:
        if name not in OBSERVABLES:
            raise AttributeError(f"{name!r} is no observable, and is not among what was given")
        value = OBSERVABLES[name].function(self)
        vars(self)[name] = value
        return value


@dataclasses.dataclass(frozen=True)
class Observable:
    """Something that can be seen of a state.

    Args:
        quantity: Its unit, symbol, meaning and source.
        function: What it is of a state [SI]; it may read the state's other observables.
        needs: Keys of the case that must be given beside the sample, as "material.NAME"; the
            function reads the number as `NAME`. Such an observable can be measured, but is no
            field of `State`.
        measured: Whether data may be of it.
        summarised: Whether a summary gives it at the start without a trap and at the end with it,
            and a figure draws it.
        diverges: Whether it is infinite where superconductivity ends: a plan then considers its
            reciprocal.
        of_normal: Whether in equilibrium it tells directly how many normal electrons are left.
        of_expansion: Whether only Landau's expansion defines it.
    """

    quantity: Quantity
    function: Callable[[Seen], Any]
    needs: tuple[str, ...] = ()
    measured: bool = True
    summarised: bool = True
    diverges: bool = False
    of_normal: bool = False
    of_expansion: bool = False


OBSERVABLES: dict[str, Observable] = {
    "superfluid_density": Observable(
        Quantity("1/m^3", "n_s", "Density of superconducting electrons", "n_s = -α_f/β"),
        lambda at: at.densities.superfluid_density,
        summarised=False,
    ),
    "normal_density": Observable(
        Quantity("1/m^3", "n_n", "Density of normal electrons in the sample", "Eq. (7)"),
        lambda at: at.densities.normal_density,
        summarised=False,
        of_normal=True,
    ),
    "trapped_density": Observable(
        Quantity("1/m^3", "n_t", "Density of electrons taken by the trap", "Eq. (7)"),
        lambda at: at.densities.trapped_density,
        measured=False,
        summarised=False,
    ),
    "alpha": Observable(
        Quantity("J", "α", "First Landau coefficient of the bare sample", "Eq. (3)", "meV"),
        lambda at: model.landau.first_coefficient(at.sample, at.temperature),
        measured=False,
        summarised=False,
        of_expansion=True,
    ),
    "alpha_effective": Observable(
        Quantity(
            "J", "α_f", "First Landau coefficient with the entropy of mixing", "Eq. (5)", "meV"
        ),
        lambda at: model.landau.effective_coefficient(
            at.sample,
            at.temperature,
            at.densities.remaining_fraction,
            at.superfluid_density,
        ),
        measured=False,
        summarised=False,
        of_expansion=True,
    ),
    "free_energy": Observable(
        Quantity("J/m^3", "F", "Free energy density, without the term of n_v", "Eqs. (4), (5)"),
        lambda at: model.landau.free_energy(
            at.sample, at.temperature, at.superfluid_density, at.normal_density
        ),
        measured=False,
        summarised=False,
        of_expansion=True,
    ),
    "gap": Observable(
        Quantity(
            "J",
            "Δ̃_g",
            "BCS gap at the effective temperature",
            "gap equation at T_c - β n_s/a",
            "meV",
        ),
        lambda at: model.device.effective_gap(
            at.sample,
            model.landau.unsaturated_density(at.sample, at.temperature, at.superfluid_density),
        ),
        summarised=False,
    ),
    "higgs_coefficient": Observable(
        Quantity("J", "-4α_f", "Static coefficient of the Higgs modes", "Eq. (14)", "meV"),
        lambda at: model.higgs.higgs_coefficient(at.alpha_effective),
        of_expansion=True,
    ),
    "higgs_mode": Observable(
        Quantity(
            "J",
            "ħω_H",
            "Energy of the Higgs mode, 2Δ̃_g",
            "theory page: 2Δ̃_g, not Eq. (14)",
            "meV",
        ),
        lambda at: model.higgs.higgs_mode(at.gap),
    ),
    "penetration_depth": Observable(
        Quantity("m", "λ", "London penetration depth", "Eq. (15)", "nm"),
        lambda at: model.electrodynamics.penetration_depth(at.superfluid_density),
        diverges=True,
    ),
    "coherence_length": Observable(
        Quantity("m", "ξ̃", "Ginzburg-Landau coherence length", "Eq. (12)", "nm"),
        lambda at: model.electrodynamics.coherence_length(at.sample, at.superfluid_density),
        diverges=True,
    ),
    "critical_field": Observable(
        Quantity("T", "B_c", "Thermodynamic critical field", "Eq. (16) corrected", "mT"),
        lambda at: model.electrodynamics.critical_field(at.sample, at.superfluid_density),
    ),
    "lower_critical_field": Observable(
        Quantity("T", "B_c1", "Lower critical field, leading logarithm", "Eq. (17) with ξ̃", "mT"),
        lambda at: model.electrodynamics.lower_critical_field(at.sample, at.superfluid_density),
    ),
    "quasiparticle_density": Observable(
        Quantity("1/m^3", "n_qp", "Density of quasiparticles", "f n_qp,eq, theory page, traps"),
        lambda at: model.device.quasiparticle_density(
            at.density_of_states,
            at.gap,
            at.temperature,
            at.densities.remaining_fraction,
        ),
        needs=("material.density_of_states",),
        summarised=False,
        of_normal=True,
    ),
}
"""Every observable by name. To add one, add an entry here; nothing else changes."""

OF_STATES = tuple(name for name, seen in OBSERVABLES.items() if not seen.needs)
"""Those that the sample and its state determine: the fields of `State` after the temperature."""

OF_EXPANSION = tuple(name for name in OF_STATES if OBSERVABLES[name].of_expansion)
"""Those of a state that only Landau's expansion defines."""

MEASURED = tuple(name for name, seen in OBSERVABLES.items() if seen.measured)
"""Those that data may be of."""

SUMMARISED = tuple(name for name in OF_STATES if OBSERVABLES[name].summarised)
"""Those that a summary gives at the start without a trap, and at the end with it."""

PLANNABLE = tuple(name for name in OF_STATES if OBSERVABLES[name].measured)
"""Those that a plan may consider."""
