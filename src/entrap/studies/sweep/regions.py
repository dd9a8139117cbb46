"""Regions of a map: the chunks in which it is stored, and parts of these."""

from collections.abc import Iterable, Sequence

import numpy as np


def chunk_grid(shape: Iterable[int], chunk_shape: Iterable[int]) -> tuple[int, ...]:
    """Number of chunks along each dimension."""
    return tuple(-(-n // c) for n, c in zip(shape, chunk_shape, strict=True))


def chunk_region(index: int, shape: Sequence[int], chunk_shape: Sequence[int]) -> tuple[slice, ...]:
    """Points of a chunk along each dimension; chunks are counted in C order."""
    place = map(int, np.unravel_index(index, chunk_grid(shape, chunk_shape)))
    return tuple(
        slice(i * c, min((i + 1) * c, n)) for i, c, n in zip(place, chunk_shape, shape, strict=True)
    )


def extent(region: Iterable[slice]) -> tuple[int, ...]:
    """Points of a region along each dimension."""
    return tuple(part.stop - part.start for part in region)


def within(part: Iterable[slice], region: Iterable[slice]) -> tuple[slice, ...]:
    """Where a part of a region lies in an array of that region alone."""
    pairs = zip(part, region, strict=True)
    return tuple(slice(own.start - whole.start, own.stop - whole.start) for own, whole in pairs)
