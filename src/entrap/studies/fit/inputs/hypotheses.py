"""The hypotheses under which data are compared, an entry each; light to import.

All make the same prediction, with other parameters free. What the trap changes in equilibrium is,
near T_c,

    α_f = α - (1 - f) k_B T ln(n/n_c) - (1 - y) a T I(Δ/k_B T)

the paper's entropy of mixing, and the quasiparticles that plain BCS theory misses, of which a share
y is left. With `landau.functional = "bcs"` both act through the gap equation at every temperature.
"""

import dataclasses
from collections.abc import Mapping

SHIFTED, REMAINING = "fit.temperature_shift", "fit.remaining_fraction"
TAKEN = "fit.quasiparticle_share"


@dataclasses.dataclass(frozen=True)
class Explanation:
    """One explanation of the data.

    Args:
        label: Its short name.
        meaning: What it says, in words.
        entropy: Word of its entropy of mixing: "" if it has none, "stated" for that of the case.
            With an entropy, the valence electrons are inferred.
        extracts: Whether quasiparticles are taken, which strengthens a superconductor by itself.
            The normal electrons that the entropy counts as left are then the same share.
        infers: Keys that it infers besides, always.
        may_infer: Keys that it infers where the case states a prior on them.
        seen: Keys that it infers where readings depend on the normal electrons that the trap
            leaves in equilibrium.
    """

    label: str
    meaning: str
    entropy: str = ""
    extracts: bool = False
    infers: tuple[str, ...] = ()
    may_infer: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.label} ({self.meaning})"


HYPOTHESES: Mapping[str, Explanation] = {
    "none": Explanation("H0", "the trap changes nothing"),
    "mixing": Explanation(
        "H1", "the paper's entropy of mixing", entropy="stated", may_infer=(REMAINING,)
    ),
    "degenerate": Explanation(
        "H1b", "entropy of a degenerate gas", entropy="degenerate", may_infer=(REMAINING,)
    ),
    "extraction": Explanation(
        "H2", "plain BCS, quasiparticles are taken and there is no entropy", extracts=True
    ),
    "both": Explanation(
        "H1+2", "quasiparticles are taken, and the entropy counts too", entropy="stated",
        extracts=True,
    ),
    "heating": Explanation(
        "H3", "no entropy, the trap only heats or cools", infers=(SHIFTED,), seen=(REMAINING,)
    ),
}  # fmt: skip
"""By name, in the order in which they are compared."""

FORMER = {
    "plain": 'is now called "heating"',
    "weighted": "is no hypothesis any more: the share of the entropy that pairs carry drops out of "
    'what the trap changes, so that it was "mixing" with other priors; take it out',
}
"""What became of hypotheses of earlier versions."""
