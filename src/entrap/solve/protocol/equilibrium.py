"""States of equilibrium on the branches of Fig. 3, at any temperature."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from entrap.case.case import Case
from entrap.core.arrays import RealsLike
from entrap.core.errors import InputError
from entrap.core.spellings import as_stated
from entrap.core.units import si_value
from entrap.model.state import bare_densities, state, trapped_densities
from entrap.model.validity import margins
from entrap.solve.jit import quick_jit
from entrap.solve.protocol.results import Equilibrium
from entrap.solve.sample import Parts, parts, trapping
from entrap.solve.stored import stored


def equilibrate(case: Case, temperature: RealsLike | Sequence[float] | str) -> Equilibrium:
    """Minima of F without a trap and of F̃ with the normal electrons trapped, but for a fraction.

    Args:
        case: The case, with its Landau coefficients. The margins about its trap are those of the
            rates at the protocol's start, or at each temperature itself without a protocol.
        temperature: Temperatures [K], of any shape, or one as text with its unit.

    Returns:
        States and margins of that shape.

    Raises:
        InputError: the case has no table [landau], or a temperature is not a number > 0.

    Examples:
        >>> import entrap as et
        >>> case = et.load_case("examples/clean-set.toml")
        >>> round(float(et.equilibrate(case, "12 K").trapped.superfluid_density) / 1e27, 9)
        0.4
    """
    case.require("landau")
    stated = as_stated(temperature)
    if isinstance(stated, list) and stated and isinstance(stated[0], str):
        stated = [si_value(text, "K") for text in stated]
    kelvin = np.asarray(si_value(stated, "K") if isinstance(stated, str) else stated, float)
    if not (np.isfinite(kelvin) & (kelvin > 0)).all():
        raise InputError(f"`temperature` must be finite and > 0 K, but is {temperature!r}")
    start = kelvin if case.protocol is None else case.protocol.start
    found = _equilibrium(parts(case), start, kelvin, case.trap.remaining_fraction)
    bare, trapped, worst = jax.tree.map(np.asarray, found)
    return Equilibrium(case, bare, trapped, worst)


@stored(quick_jit)
def _equilibrium(parts: Parts, start: Any, temperature: Any, left: Any) -> Any:
    sample, rates = parts.sample, trapping(parts, start)
    bare, trapped = (
        bare_densities(sample, temperature),
        trapped_densities(sample, temperature, left),
    )
    pair = jax.tree.map(lambda *s: jnp.stack(s), bare, trapped)
    both = state(sample, temperature, pair)
    return (
        jax.tree.map(lambda column: column[0], both),
        jax.tree.map(lambda column: column[1], both),
        margins(sample, rates, temperature, trapped, bare, temperature, device=parts.device),
    )
