"""The figures of `entrap compare`, by name or pattern: none has curves to choose from."""

CURVES: dict[str, tuple[str, ...]] = {"posteriors": (), "*": ()}
