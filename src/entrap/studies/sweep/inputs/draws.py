"""Points drawn between the ends of ranges: a Latin hypercube, or Sobol's sequence."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from entrap.studies.sweep.inputs.axes import Range

if TYPE_CHECKING:
    import numpy as np

SAMPLED = ("latin-hypercube", "sobol")
"""Schemes whose points are drawn."""


def drawn(
    ranges: Mapping[str, Range], scheme: str, count: int, seed: int
) -> "dict[str, np.ndarray]":
    """Values of each key at each point [SI], even in the logarithm of a range spaced so.

    Args:
        ranges: By key; their points do not count.
        scheme: One of `SAMPLED`; Sobol's points are scrambled.
        count: How many points; a power of 2 for "sobol".
        seed: Points are the same for the same seed.

    Examples:
        >>> values = drawn({"trap.rate": Range(1.0, 1e4, spacing="log")}, "sobol", 4, seed=0)
        >>> sorted(int(math.log10(x)) for x in values["trap.rate"])
        [0, 1, 2, 3]
    """
    import numpy as np
    from scipy.stats import qmc

    if scheme == "sobol":
        unit = qmc.Sobol(len(ranges), rng=seed).random_base2(count.bit_length() - 1)
    else:
        unit = qmc.LatinHypercube(len(ranges), rng=seed).random(count)
    values = {}
    for (key, axis), u in zip(ranges.items(), unit.T, strict=True):
        if axis.spacing == "log":
            x = axis.start * np.exp(u * math.log(axis.stop / axis.start))
        else:
            x = axis.start + u * (axis.stop - axis.start)
        values[key] = np.clip(x, *axis.ends)  # the last digit may be rounded beyond an end
    return values
