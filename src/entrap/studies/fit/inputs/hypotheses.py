"""The hypotheses under which data are compared, an entry each; light to import.

All make the same prediction, with other parameters free. What the trap changes in equilibrium is

    α_f = α - (1 - f) k_B T ln(n/n_c)

with the paper's entropy of mixing, and nothing without an entropy.
"""

import dataclasses
from collections.abc import Mapping

SHIFTED, REMAINING = "fit.temperature_shift", "fit.remaining_fraction"
WEIGHT = "mixture.condensate_weight"


@dataclasses.dataclass(frozen=True)
class Explanation:
    """One explanation of the data.

    Args:
        label: Its short name.
        meaning: What it says, in words.
        entropy: Word of its entropy of mixing: "" if it has none, "stated" for that of the case.
            With an entropy, the valence electrons are inferred.
        infers: Keys that it infers besides, always.
        may_infer: Keys that it infers where the case states a prior on them.
        seen: Keys that it infers where readings depend on the normal electrons that the trap
            leaves in equilibrium.
        held: Values [SI] of parameters that it holds fixed where the case leaves them at 1.
    """

    label: str
    meaning: str
    entropy: str = ""
    infers: tuple[str, ...] = ()
    may_infer: tuple[str, ...] = (REMAINING,)
    seen: tuple[str, ...] = ()
    held: Mapping[str, float] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.label} ({self.meaning})"


HYPOTHESES: Mapping[str, Explanation] = {
    "none": Explanation("H0", "no entropy of mixing", may_infer=()),
    "mixing": Explanation("H1", "the paper's entropy of mixing", entropy="stated"),
    "weighted": Explanation(
        "H2a", "entropy of mixing, less of it in pairs (w_s)",
        entropy="ideal", may_infer=(WEIGHT, REMAINING), held={WEIGHT: 0.5},
    ),
    "degenerate": Explanation("H2b", "entropy of a degenerate gas", entropy="degenerate"),
    "plain": Explanation(
        "H3", "no entropy, the trap only heats or cools", infers=(SHIFTED,), seen=(REMAINING,)
    ),
}  # fmt: skip
"""By name, in the order in which they are compared."""
