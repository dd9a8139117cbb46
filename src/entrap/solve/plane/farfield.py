"""Sums over all pairs of spots, Σ_j q_j/|r_i - r_j|, by a grid and the fast Fourier transform.

A spot is a point or the mean of a few samples around one. Each q_j is put on the 16 nodes of a
square grid around it, with the weights of cubic interpolation; there the sum is a convolution, and
its value is interpolated at r_i in the same way. Of a pair that is a few spacings apart this is
right to some 1e-4. Nearer ones are corrected one by one by their users, to whom `pairs` tells what
the grid makes of them.

Source: derived on the theory page, films; J. R. Phillips and J. K. White, IEEE Trans. Comput.-Aided
Des. 16, 1059 (1997), for the correction.
"""

from typing import Any

import numpy as np

APART = 4.0
"""Spacings of the grid, within which pairs must be corrected."""

_NODES = np.arange(-1, 3)  # of cubic interpolation, from the node below
_MOST_NODES = 1024  # of a grid, along its longer side
_PER_POINT = 80.0  # pairs that are to be corrected, at which the grid is fine enough
_CHUNK = 2**15  # pairs at once
_COUNTED = 2000  # points whose near pairs are counted


class Grid:
    """A grid over points of a plane.

    Args:
        points: Points that span it, as close together as those that it is for [m].
    """

    def __init__(self, points: np.ndarray) -> None:
        self.spacing = _spacing(points)
        self.origin = points.min(0) - 2 * self.spacing
        self.counts = np.ceil(np.ptp(points, axis=0) / self.spacing).astype(int) + 6

    def places(self, spots: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The node below each spot, along x and y, and the weights of four along each.

        The weights along x and along y are means of the samples' each, which has their spread along
        both, and leaves out what is between the two.
        """
        at = (spots - self.origin) / self.spacing
        below = np.floor(at.mean(1)).astype(int)
        rest = (at - below[:, None])[..., None] - _NODES
        weights = np.ones((*at.shape, 4))
        for k in range(4):
            for other in range(4):
                if other != k:
                    weights[..., k] *= rest[..., other] / (_NODES[k] - _NODES[other])
        return below, weights.mean(1)

    def weights(self, spots: np.ndarray) -> Any:
        """Interpolation from nodes to spots, sparse: spots in rows."""
        from scipy.sparse import csr_matrix

        below, along = self.places(spots)
        nodes = below[..., None] + _NODES
        columns = nodes[:, 0, :, None] * self.counts[1] + nodes[:, 1, None, :]
        values = along[:, 0, :, None] * along[:, 1, None, :]
        rows = np.repeat(np.arange(len(spots)), 16)
        shape = (len(spots), int(self.counts.prod()))
        return csr_matrix((values.ravel(), (rows, columns.ravel())), shape)


class InverseDistance:
    """q -> Σ_j q_j/|r_i - r_j| [1/m of q], wrong for near pairs.

    Args:
        grid: The grid.
        targets: Samples of each spot i [m]: spots, samples, x and y.
        sources: The same of each spot j.
    """

    def __init__(self, grid: Grid, targets: np.ndarray, sources: np.ndarray) -> None:
        from scipy.fft import rfft2

        self.grid, same = grid, targets is sources
        self._targets = grid.places(targets)
        self._sources = self._targets if same else grid.places(sources)
        self._to = grid.weights(targets)
        self._from = (self._to if same else grid.weights(sources)).T.tocsr()
        self._shape = tuple(_fast(2 * int(n)) for n in grid.counts)
        steps = [np.minimum(np.arange(n), n - np.arange(n)) for n in self._shape]
        self._spectrum = rfft2(self._between(*np.meshgrid(*steps, indexing="ij")))

    def _between(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """1/r of nodes that lie so many steps apart; of a node and itself it does not matter."""
        return 1 / (self.grid.spacing * np.sqrt(np.maximum(x * x + y * y, 0.25)))

    def __call__(self, charges: np.ndarray) -> np.ndarray:
        """The sums, for charges in columns."""
        from scipy.fft import irfft2, rfft2

        x, y = (int(n) for n in self.grid.counts)
        spread = (self._from @ charges).T.reshape(-1, x, y)
        waves: Any = rfft2(spread, self._shape)
        made: Any = irfft2(waves * self._spectrum, self._shape)
        return self._to @ made[:, :x, :y].reshape(len(made), -1).T

    def pairs(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """What the grid makes of 1/|r_i - r_j|, for numbers i of targets and j of sources."""
        (low, along), (below, weights) = self._targets, self._sources
        made = np.empty(len(first))
        steps = np.arange(-3, 4)
        for start in range(0, len(first), _CHUNK):
            i, j = first[start : start + _CHUNK], second[start : start + _CHUNK]
            # Products of weights by how many steps apart their nodes are.
            product = along[i][..., :, None] * weights[j][..., None, :]
            shares = np.stack([np.trace(product, -s, axis1=-2, axis2=-1) for s in steps], axis=-1)
            apart = (low[i] - below[j])[..., None] + steps
            between = self._between(apart[:, 0, :, None], apart[:, 1, None, :])
            made[start : start + _CHUNK] = np.einsum(
                "ps,pst,pt->p", shares[:, 0], between, shares[:, 1]
            )
        return made


def _fast(least: int) -> int:
    """A length of which the transform is fast."""
    from scipy.fft import next_fast_len

    made: Any = next_fast_len(least, True)
    return int(made)


def _spacing(points: np.ndarray) -> float:
    """Of a grid on which few pairs are near [m]."""
    from scipy.spatial import KDTree

    longest, tree = float(np.ptp(points, axis=0).max()), KDTree(points)
    some = points[:: 1 + len(points) // _COUNTED]
    few = KDTree(some)
    nodes = 32.0
    while nodes < _MOST_NODES:
        near = tree.count_neighbors(few, APART * longest / nodes)
        if near <= _PER_POINT * len(some):
            break
        nodes *= np.sqrt(2)
    return longest / nodes
