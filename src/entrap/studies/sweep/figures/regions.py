"""Regions of a map: their outlines along the cells' edges, and names that fit inside them.

Cells are arrays of (rows, columns); x and y are the edges of the columns and of the rows.
"""

import dataclasses
import functools
import textwrap
from collections.abc import Iterable, Iterator

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath
from scipy import ndimage

_PAD = 2.0  # points between a name and the edge of its region
_MOST = 3  # regions of a kind that are named


@dataclasses.dataclass(frozen=True)
class Placed:
    """A name inside a region of a kind; its text is empty where only a letter fits.

    Its middle is given in fractions of the map's width and height.
    """

    text: str
    x: float
    y: float
    kind: int


def outline(inside: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The boundary of the region of these cells, with the frame, as lines (n, end, xy)."""
    wider = (np.pad(edges, 1, mode="edge") for edges in (x, y))
    return borders(np.pad(inside, 1), *wider)


def borders(kinds: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The lines between regions of different kinds (n, end, xy), without the frame."""
    across, along = np.diff(kinds, axis=1) != 0, np.diff(kinds, axis=0) != 0
    return np.concatenate([_lines(across, x[1:-1], y), _lines(along.T, y[1:-1], x)[..., ::-1]])


def names_inside(
    kinds: np.ndarray,
    words: dict[int, str],
    x: np.ndarray,
    y: np.ndarray,
    size: tuple[float, float],
    font: float,
) -> list[Placed]:
    """Names of the largest regions of each kind where they fit: whole within the region.

    A region without room for its name gets an empty text if there is room for a letter. Here x and
    y are fractions of the size of the map, which is given in points, as that of the letters is.
    """
    width, height = (max(8, round(s)) for s in size)
    raster = kinds[np.ix_(_cell(y, height), _cell(x, width))]
    placed = []
    for kind, word in words.items():
        pieces = np.zeros(raster.shape, np.int32)
        ndimage.label(raster == kind, output=pieces)
        sizes = np.bincount(pieces.ravel(), minlength=1)[1:]
        largest = [pieces == piece + 1 for piece in np.argsort(-sizes)[:_MOST]]
        found = [_fitted(piece, (*_broken(word), ""), font) for piece in largest]
        for text, i, j in filter(None, found):
            placed.append(Placed(text, (j + 0.5) / width, (i + 0.5) / height, kind))
    return placed


@functools.cache
def measured(text: str, font: float) -> tuple[float, float]:
    """Width and height in points of a text in bold, its lines one above the other."""
    lines = text.split("\n")
    bold = FontProperties(weight="bold", size=font)
    widest = max(float(np.ptp(TextPath((0, 0), line, prop=bold).vertices[:, 0])) for line in lines)
    return widest, 1.25 * font * len(lines)


def _fitted(region: np.ndarray, texts: Iterable[str], font: float) -> tuple[str, int, int] | None:
    """The first text that fits into the region, and the row and column of its middle."""
    rows, columns = (np.flatnonzero(region.any(axis=a)) for a in (1, 0))
    window = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    inside = np.pad(region[window], 1)  # what is outside the window is outside the region
    for text in texts:
        box = [int(np.ceil(s + 2 * _PAD)) for s in reversed(measured(text or "a", font))]
        if any(b > s - 2 for b, s in zip(box, inside.shape, strict=True)):
            continue
        room = ndimage.minimum_filter(inside, size=box, mode="constant", cval=0)
        if room.any():
            depth = np.where(room, np.asarray(ndimage.distance_transform_edt(inside)), 0.0)
            i, j = np.unravel_index(int(np.argmax(depth)), depth.shape)
            return text, int(i + rows[0] - 1), int(j + columns[0] - 1)
    return None


def _broken(word: str) -> Iterator[str]:
    """A name in one line, then in more."""
    yield word
    parts = word.split()
    for count in range(2, len(parts) + 1):
        yield textwrap.fill(word, max(len(word) // count + 2, max(map(len, parts))))


def _cell(edges: np.ndarray, pixels: int) -> np.ndarray:
    """The cell in which each pixel's middle lies."""
    middles = (np.arange(pixels) + 0.5) / pixels
    return np.clip(np.searchsorted(edges, middles, side="right") - 1, 0, len(edges) - 2)


def _lines(changes: np.ndarray, at: np.ndarray, along: np.ndarray) -> np.ndarray:
    """Runs of marked edges, (rows, edges), as lines at `at[edge]` from row to row."""
    steps = np.diff(np.pad(changes.astype(np.int8), ((1, 1), (0, 0))), axis=0)
    edge, start = np.nonzero(steps.T == 1)
    end = np.nonzero(steps.T == -1)[1]
    ends = [np.stack([at[edge], along[row]], axis=-1) for row in (start, end)]
    return np.stack(ends, axis=1)
