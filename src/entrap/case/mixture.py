"""The electrons' mixture: valence electrons among the conduction electrons."""

import dataclasses

from entrap.core.errors import InputError, Problem
from entrap.core.quantities import quantity, settle


@dataclasses.dataclass(frozen=True)
class Rule:
    """What a case must and may state with an entropy of mixing.

    Args:
        needs: Keys of [material] that it cannot do without.
        volume_ratio: Whether valence electrons may take another volume.
        condensate_weight: Whether paired electrons may carry another share of it.
    """

    needs: tuple[str, ...] = ()
    volume_ratio: bool = False
    condensate_weight: bool = True


ENTROPIES = {
    "ideal": Rule(volume_ratio=True),
    "number-fraction": Rule(condensate_weight=False),
    "degenerate": Rule(needs=("fermi_temperature",)),
}
"""The entropies by their word; what they are is said by the classes of `model.entropy`."""


@dataclasses.dataclass(frozen=True)
class Mixture:
    """How many valence electrons there are, and how their entropy of mixing counts.

    Raises:
        InputError: a value is out of bounds, or both ways of stating the amount are used.

    Examples:
        >>> Mixture(valence_ratio=1.5).entropy
        'ideal'
    """

    valence_ratio: float | None = quantity(
        "1",
        "n_v/n_c",
        "Valence electrons per conduction electron",
        default=None,
        at_least=0.0,
        at_most=1e12,
        example=1.718281828,
        source="Eq. (2)",
    )
    valence_density: float | None = quantity(
        "1/m^3",
        "n_v",
        "Density of valence electrons, in place of the ratio",
        default=None,
        at_least=0.0,
        at_most=1e36,
        example="2e28 1/m^3",
        source="Eq. (2)",
    )
    volume_ratio: float = quantity(
        "1",
        "v_v/v_c",
        "Volume of a valence over that of a conduction electron before mixing",
        default=1.0,
        at_least=1e-6,
        at_most=1e6,
        example=1.0,
        source="Eq. (1), unequal cells",
    )
    entropy: str = quantity(
        "1",
        "",
        "Entropy of mixing: the paper's ideal gas, true number fractions, or degenerate",
        default="ideal",
        kind="text",
        choices=tuple(ENTROPIES),
        example="ideal",
    )
    condensate_weight: float = quantity(
        "1",
        "w_s",
        "Entropy carried by a paired electron: 1 paper, 0.5 pairs, 0 none",
        default=1.0,
        at_least=0.0,
        at_most=1.0,
        example=1.0,
    )

    def __post_init__(self) -> None:
        settle(self)
        if self.valence_ratio is not None and self.valence_density is not None:
            raise InputError(
                Problem("and `valence_density` are both given: keep one", "valence_ratio")
            )
        for key in ("volume_ratio", "condensate_weight"):
            if getattr(self, key) != 1.0 and not getattr(ENTROPIES[self.entropy], key):
                allowed = " or ".join(
                    f'"{word}"' for word, rule in ENTROPIES.items() if getattr(rule, key)
                )
                raise InputError(
                    Problem(f'other than 1 needs entropy = {allowed}, not "{self.entropy}"', key)
                )
