"""The electrons' mixture: valence electrons among the conduction electrons."""

import dataclasses

from entrap.case import kinds
from entrap.core.quantities import either, settle


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

    valence_ratio: float | None = kinds.number(
        "n_v/n_c",
        "Valence electrons per conduction electron",
        1.718281828,
        within=(0.0, 1e12),
        default=None,
        source="Eq. (2)",
    )
    valence_density: float | None = kinds.key(
        "1/m^3",
        "n_v",
        "Density of valence electrons, in place of the ratio",
        "2e28 1/m^3",
        within=(0.0, 1e36),
        default=None,
        source="Eq. (2)",
    )
    volume_ratio: float = kinds.number(
        "v_v/v_c",
        "Volume of a valence over that of a conduction electron before mixing",
        1.0,
        within=(1e-6, 1e6),
        default=1.0,
        source="Eq. (1), unequal cells",
    )
    entropy: str = kinds.word(
        "Entropy of mixing: the paper's ideal gas, true number fractions, or degenerate",
        "ideal",
        default="ideal",
        choices=tuple(ENTROPIES),
    )
    condensate_weight: float = kinds.number(
        "w_s",
        "Entropy carried by a paired electron: 1 paper, 0.5 pairs, 0 none",
        1.0,
        within=(0.0, 1.0),
        default=1.0,
    )

    band_gap: float | None = kinds.key(
        "J",
        "E_g",
        "Gap above the valence electrons, where they fill a band",
        "1 eV",
        within=(0.0, 1e-16),
        default=None,
        display="eV",
        source="theory, validity",
    )
    neutral: bool = kinds.switch(
        "Whether the film stays neutral: as many normal electrons come back as leave it, the "
        "entropy of mixing is constant and has no effect",
        source="theory, validity",
    )

    def __post_init__(self) -> None:
        settle(self)
        both = self.valence_ratio is not None and self.valence_density is not None
        rules = [("valence_ratio", both, "and `valence_density` are both given: keep one")]
        for key in ("volume_ratio", "condensate_weight"):
            allowed = [word for word, rule in ENTROPIES.items() if getattr(rule, key)]
            broken = getattr(self, key) != 1.0 and self.entropy not in allowed
            words = either(allowed)
            message = f'other than 1 needs entropy = {words}, not "{self.entropy}"'
            rules.append((key, broken, message))
        kinds.refuse(*rules)
