"""Delaunay triangles that fill an outline, small where they must be and nowhere thin.

Sides of the outline are split, and centres of circumscribed circles added, until no point lies in
the circle over a side of the outline and no triangle is too large or too thin. Then the finite
volumes between the triangles' points (`dual`) have no negative weight.

Source: J. Ruppert, J. Algorithms 18, 548 (1995), whose steps are taken here many at a time.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from entrap.core.errors import InputError

Size = Callable[[np.ndarray], np.ndarray]
"""Longest side of triangles [m] at points [m]."""

SMALLEST_ANGLE = 10.0
"""Degrees; a mesh with a smaller one is refused."""

MOST_POINTS = 600_000
"""Of a mesh: beyond that a laptop's memory ends."""

_WANTED_ANGLE = 25.0  # degrees; what is refined for
_ROUNDS = 120
_ROUNDING = 2.0**-40  # of the device: of no effect but on ties
_FINEST = 1 / 6  # of the smallest feature: no shorter side is split


@dataclasses.dataclass(frozen=True, eq=False)
class Triangulation:
    """Points [m], and the triangles between them, anticlockwise, by the numbers of their points."""

    points: np.ndarray
    triangles: np.ndarray

    @property
    def corners(self) -> np.ndarray:
        """Points of each triangle: triangle, corner, coordinate [m]."""
        return self.points[self.triangles]

    @property
    def areas(self) -> np.ndarray:
        """Of the triangles [m²]."""
        return _cross(self.corners) / 2

    @property
    def outline(self) -> np.ndarray:
        """Numbers of the points on the outline, holes included."""
        sides = self.triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
        found, times = np.unique(np.sort(sides, axis=1), axis=0, return_counts=True)
        return np.unique(found[times == 1])

    @property
    def angles(self) -> np.ndarray:
        """Of each triangle at its corners [degrees]."""
        return _angles(self.corners)


def triangulate(film: Any, size: Size, smallest: float) -> Triangulation:
    """Triangles that fill a polygon of shapely.

    Args:
        film: One polygon or several, in metres.
        size: How long the sides of triangles may be.
        smallest: Smallest width of the film, its holes and gaps [m].

    Raises:
        InputError: the outline admits only triangles that are too thin, or too many.
    """
    import shapely

    x0, y0, x1, y1 = film.bounds
    unit, centre = max(x1 - x0, y1 - y0), np.array([(x0 + x1) / 2, (y0 + y1) / 2])
    mesh = _Mesh(
        shapely.transform(film, lambda at: (at - centre) / unit),
        lambda at: _rounded(size(at * unit + centre) / unit),
        _FINEST * smallest / unit,
    )
    triangles = mesh.refined()
    found = Triangulation((mesh.points + mesh.left_out) * unit + centre, triangles)
    _check(found, film)
    return found


class _Mesh:
    """Points and sides of an outline that is about 1 wide, while they are refined.

    Its corners are rounded, so that a film drawn elsewhere or read from another file has the same
    mesh. What was left out is kept for each point of the outline, and 0 for all others.
    """

    def __init__(self, film: Any, size: Size, finest: float) -> None:
        import shapely

        self.film, self.size, self.finest = shapely.transform(film, _rounded), size, finest
        shapely.prepare(self.film)
        rings = [shapely.get_coordinates(ring)[:-1] for ring in _rings(film)]
        corners = np.concatenate(rings)
        self.points = _rounded(corners)
        self.left_out = corners - self.points
        starts = np.cumsum([0, *map(len, rings)])
        self.sides = np.concatenate(
            [
                first + np.stack([np.arange(len(ring)), np.roll(np.arange(len(ring)), -1)], 1)
                for first, ring in zip(starts, rings, strict=False)
            ]
        )
        self.given = len(self.points)  # corners of the outline itself come first
        while (long := self._long()).any():
            self._split(long)
        self._seed()

    def refined(self) -> np.ndarray:
        """Add points until all is well, or nothing can be added; the triangles."""
        from scipy.spatial import Delaunay

        for _ in range(_ROUNDS):
            if len(self.points) > MOST_POINTS:
                break
            encroached = self._encroached()
            if encroached.any():
                self._split(encroached)
                continue
            triangles = self._inside(Delaunay(self.points).simplices)
            if not self._improve(triangles):
                return self._compact(triangles)
        return self._compact(self._inside(Delaunay(self.points).simplices))

    def _long(self) -> np.ndarray:
        ends = self.points[self.sides]
        length = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
        if len(length) > MOST_POINTS:
            return np.zeros(len(length), bool)
        return length > self.size(ends.mean(1))

    def _circles(self) -> tuple[np.ndarray, np.ndarray]:
        """Centres and radii of the circles over the sides of the outline."""
        ends = self.points[self.sides]
        return ends.mean(1), np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1) / 2

    def _encroached(self) -> np.ndarray:
        """Sides with another point in the circle over them, which are long enough to be split."""
        from scipy.spatial import KDTree

        centres, radii = self._circles()
        found: Any = KDTree(self.points).query(centres, k=3)
        distance, nearest = found
        other = (nearest[:, :, None] != self.sides[:, None, :]).all(2)
        inside = (other & (distance < radii[:, None] * (1 - 1e-9))).any(1)
        return inside & (2 * radii > self.finest / 2)

    def _split(self, which: np.ndarray) -> None:
        """Split sides in two: at the middle, or at a power of two from a corner of the outline.

        Two sides that meet at a sharp corner are thus split at the same distance from it.
        """
        start, end = self.points[self.sides[which]].swapaxes(0, 1)
        length = np.linalg.norm(end - start, axis=1)
        given = self.sides[which] < self.given
        shell = np.clip(2.0 ** np.round(np.log2(length / 2)) / length, 0.25, 0.75)
        share = np.where(given[:, 0], shell, 1 - shell)
        share = np.where(given[:, 0] ^ given[:, 1], share, 0.5)
        new = len(self.points) + np.arange(len(length))
        first, last = self.left_out[self.sides[which]].swapaxes(0, 1)
        self._add(start + share[:, None] * (end - start), first + share[:, None] * (last - first))
        halves = [
            np.stack([self.sides[which, 0], new], 1),
            np.stack([new, self.sides[which, 1]], 1),
        ]
        self.sides = np.concatenate([self.sides[~which], *halves])

    def _add(self, points: np.ndarray, left_out: np.ndarray | None = None) -> None:
        kept = np.zeros_like(points) if left_out is None else left_out
        self.points = np.concatenate([self.points, points])
        self.left_out = np.concatenate([self.left_out, kept])

    def _seed(self) -> None:
        """Add points inside, by squares that are halved until they are as small as triangles."""
        from scipy.spatial import KDTree

        x0, y0, x1, y1 = self.film.bounds
        squares, width, found = np.array([[(x0 + x1) / 2, (y0 + y1) / 2]]), 1.0, []
        while len(squares):
            if len(squares) > MOST_POINTS:
                _refuse_large()
            small = (width <= self.size(squares)) | (width < self.finest)
            if small.any():
                # Rows are shifted against each other, which makes triangles nearly equilateral.
                row = np.round(squares[small, 1] / width).astype(int) % 2
                shift = np.stack([np.where(row, 0.25, -0.25) * width, np.zeros(len(row))], 1)
                wide = np.full((len(row), 1), width)
                found.append(np.hstack([squares[small] + shift, wide]))
            offsets = width / 4 * np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]])
            squares, width = (squares[~small][:, None] + offsets).reshape(-1, 2), width / 2
            squares = squares[self._near(squares, width)]
        seeds = np.concatenate(found)
        # A lattice has its points in circles by fours: a little disorder decides how they join.
        seeds[:, :2] += (
            0.02 * seeds[:, 2:] * np.random.default_rng(0).uniform(-1, 1, (len(seeds), 2))
        )
        seeds = seeds[self._contains(seeds[:, :2])]
        centres, radii = self._circles()
        tree = KDTree(np.concatenate([self.points, centres]))
        kept = np.concatenate([np.zeros(len(self.points)), radii])
        distance, nearest = tree.query(seeds[:, :2])
        free = distance > np.maximum(1.05 * kept[nearest], 0.6 * seeds[:, 2])
        self._add(seeds[free, :2])

    def _near(self, squares: np.ndarray, width: float) -> np.ndarray:
        """Squares that the film may reach into."""
        import shapely

        half = width / 2
        boxes = shapely.box(*(squares - half).T, *(squares + half).T)
        return shapely.intersects(self.film, boxes)

    def _contains(self, at: np.ndarray) -> np.ndarray:
        import shapely

        return shapely.contains_xy(self.film, at[:, 0], at[:, 1])

    def _inside(self, triangles: np.ndarray) -> np.ndarray:
        """Those inside the outline that have an area."""
        corners = self.points[triangles]
        longest = _sides(corners).max(1)
        flat = np.abs(_cross(corners)) < 1e-9 * longest**2
        return triangles[self._contains(corners.mean(1)) & ~flat]

    def _improve(self, triangles: np.ndarray) -> bool:
        """Add points for the triangles that are too large or too thin; whether there was any."""
        from scipy.spatial import KDTree

        corners = self.points[triangles]
        sides, area = _sides(corners), np.abs(_cross(corners)) / 2
        radius, shortest = sides.prod(1) / (4 * area), sides.min(1)
        thin = (radius > shortest / (2 * np.sin(np.radians(_WANTED_ANGLE)))) & (
            shortest > self.finest
        )
        bad = thin | (sides.max(1) > 1.5 * self.size(corners.mean(1)))
        if not bad.any():
            return False
        order = np.argsort(-radius[bad], kind="stable")
        centres, radius = _circumcentres(corners[bad])[order], radius[bad][order]
        apart = _apart(centres, 0.9 * radius)
        centres = centres[apart]
        middles, reach = self._circles()
        found: Any = KDTree(middles).query(centres, k=min(6, len(middles)))
        distance, nearest = found
        inside = distance < reach[nearest]
        hit = np.zeros(len(middles), bool)
        hit[nearest[inside]] = True
        free = ~inside.any(1) & self._contains(centres)
        hit &= 2 * reach > self.finest / 2
        new = centres[free]
        if hit.any():
            self._split(hit)
        self._add(new)
        return bool(hit.any() or len(new))

    def _compact(self, triangles: np.ndarray) -> np.ndarray:
        """Leave out points of no triangle, and turn all triangles anticlockwise."""
        used, numbers = np.unique(triangles, return_inverse=True)
        self.points, self.left_out = self.points[used], self.left_out[used]
        triangles = numbers.reshape(triangles.shape)
        clockwise = _cross(self.points[triangles]) < 0
        triangles[clockwise] = triangles[clockwise][:, ::-1]
        return triangles


def _rounded(values: np.ndarray) -> np.ndarray:
    return np.round(values / _ROUNDING) * _ROUNDING


def _rings(film: Any) -> list[Any]:
    import shapely

    return [r for p in shapely.get_parts(film) for r in (p.exterior, *p.interiors)]


def _apart(centres: np.ndarray, reach: np.ndarray) -> np.ndarray:
    """Which points, given in order of importance, have no more important one within reach."""
    from scipy.spatial import KDTree

    count = len(centres)
    found: Any = KDTree(centres).query(centres, k=min(8, count))
    distance, nearest = (each.reshape(count, -1) for each in found)
    earlier = nearest < np.arange(count)[:, None]
    return np.logical_not((earlier & (distance < reach[:, None])).any(1))


def _cross(corners: np.ndarray) -> np.ndarray:
    """Twice the areas of triangles, positive if they are anticlockwise."""
    u, v = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]


def _sides(corners: np.ndarray) -> np.ndarray:
    """Lengths of the sides of triangles, each opposite the corner of its number."""
    return np.linalg.norm(np.roll(corners, -1, 1) - np.roll(corners, -2, 1), axis=2)


def _angles(corners: np.ndarray) -> np.ndarray:
    u, v = np.roll(corners, -1, 1) - corners, np.roll(corners, -2, 1) - corners
    cross = np.abs(u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0])
    return np.degrees(np.arctan2(cross, (u * v).sum(2)))


def _circumcentres(corners: np.ndarray) -> np.ndarray:
    u, v = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    double = 2 * (u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])
    uu, vv = (u**2).sum(1), (v**2).sum(1)
    x = (v[:, 1] * uu - u[:, 1] * vv) / double
    y = (u[:, 0] * vv - v[:, 0] * uu) / double
    return corners[:, 0] + np.stack([x, y], 1)


def _check(found: Triangulation, film: Any) -> None:
    """Refuse a mesh whose finite volumes would be wrong, and say where."""
    if len(found.points) > MOST_POINTS:
        _refuse_large()
    angles = found.angles
    worst = int(angles.min(1).argmin())
    x, y = 1e6 * found.corners[worst].mean(0)
    where = f"at x = {x:.6g} µm, y = {y:.6g} µm"
    if angles.min() < SMALLEST_ANGLE:
        raise InputError(
            f"the mesh would have a triangle with an angle of {angles.min():.1f}° {where}, but "
            f"must have {SMALLEST_ANGLE:.0f}° at least: blunt the corner or widen the gap there, "
            "or change `layout.smallest_feature`"
        )
    missing = abs(found.areas.sum() / film.area - 1)
    if missing > 1e-9:
        raise InputError(
            f"the mesh would miss {missing:.1e} of the film's area: change "
            "`layout.smallest_feature` or `layout.mesh.size`"
        )


def _refuse_large() -> None:
    raise InputError(
        f"the mesh would have more than {MOST_POINTS} points: give a larger `layout.mesh.size` or "
        "`layout.smallest_feature`"
    )
