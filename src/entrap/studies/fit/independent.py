"""The posterior by independent proposals: cheap where few parameters are free.

Each draw is proposed from Student's t density about the maximum, or where the posterior is bent
from many narrow ones along it, whatever the draw before. It is taken with probability
min(1, w'/w), where w is posterior over proposal: L. Tierney, Ann. Statist. 22, 1701 (1994), Sec.
2.3.2. No slope is computed and no chain warms up. Where few proposals would be taken, the
No-U-Turn sampler of `sampling` is the better one.
"""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from entrap.studies.fit.chains import ESS, RHAT, Chains, Progress, diagnostics
from entrap.studies.fit.optimum import Optimum
from entrap.studies.fit.prediction import ModelData, Target
from entrap.studies.fit.target import densities

_FREEDOM = 5.0  # degrees of freedom of the proposals: heavier tails than those of any prior
_TRIALS = 4  # of proposals, about the maximum and then about the mean
_BLOCKS = 8  # of densities, in a trial
_ENOUGH = 0.5  # of the proposals: what their weights are worth where every state is a draw
_LEAST = 0.05  # below it the other sampler is faster
_TURNS = 4  # times the draws of the case, until the diagnostics are met
_STEP = 0.0  # of these chains, which take none: by it they are known when they go on


def sample(
    target: Target, given: ModelData, first: Optimum | Chains, chains: int, draws: int,
    seed: int, progress: Progress | None,
) -> Chains | None:  # fmt: skip
    """Draws by independent proposals; None where the other sampler is the better one.

    Chains that were made by the other sampler go on with it.
    """
    if isinstance(first, Chains) and not first.independent:
        return None
    before = first.u.shape[1] if isinstance(first, Chains) else 0
    random = np.random.default_rng([seed, before])
    found = _found(target, given, first, random)
    if found is None:
        return None
    proposals, u, log_weight, worth = found
    thinned = math.ceil(_ENOUGH / worth)
    kept: list[tuple[np.ndarray, np.ndarray]] = []
    if isinstance(first, Chains):
        here, weight = first.u[:, -1], proposals.weight(first.u[:, -1])
        kept.append((first.u, first.steps))
    else:
        at = random.choice(len(u), size=chains, p=_weights(log_weight))
        here, weight = u[at], log_weight[at]
    for turn in range(_TURNS):
        made, new, weight = _moved(proposals, here, weight, draws * thinned, random)
        made, new = made[:, thinned - 1 :: thinned], new[:, thinned - 1 :: thinned]
        here = made[:, -1]
        kept.append((made, new.astype(np.int64)))
        if progress:
            progress((turn + 1) * draws, (turn + 1) * draws)
        u, steps = (np.concatenate(parts, axis=1) for parts in zip(*kept, strict=True))
        rhat, ess = diagnostics(u[..., np.flatnonzero(given.free)])
        if (rhat < RHAT).all() and (ess > ESS).all():
            center, scale = proposals.center, proposals.scale
            z = np.linalg.solve(scale, (here - center).T).T
            sizes = np.full(len(here), _STEP)
            return Chains(u, np.zeros(steps.shape, bool), steps, center, scale, z, sizes, rhat, ess)
    return None


class _Proposals:
    """Draws from Student's t density with m and L, and their weights."""

    def __init__(
        self, target: Target, given: ModelData, center: np.ndarray, scale: np.ndarray
    ) -> None:
        self.target, self.given, self.center, self.scale = target, given, center, scale
        self.free = np.flatnonzero(given.free)
        self._own = scale[np.ix_(self.free, self.free)]

    def drawn(self, count: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Coordinates u, 0 where a parameter is fixed, and the logarithm of each weight."""
        z = random.normal(size=(count, len(self.free)))
        z /= np.sqrt(random.chisquare(_FREEDOM, size=(count, 1)) / _FREEDOM)
        u = np.zeros((count, len(self.given.free)))
        u[:, self.free] = self.center[self.free] + z @ self._own.T
        return u, self.weight(u)

    def weight(self, u: np.ndarray) -> np.ndarray:
        """The logarithm of the weight of each draw, up to a constant."""
        size = 16 if self.target.forward else 128
        half = size * (-(-len(u) // size) // 2)  # whole blocks, half of them on each thread
        parts = [part for part in (u[:half], u[half:]) if len(part)]
        with ThreadPoolExecutor(2) as pool:
            return np.concatenate([*pool.map(self._weight, parts)])

    def _weight(self, u: np.ndarray) -> np.ndarray:
        whole = np.where(self.given.free, u, 0.0)
        z = np.linalg.solve(self._own, (whole - self.center)[:, self.free].T)
        spread = np.log1p((z**2).sum(axis=0) / _FREEDOM)
        proposed = -0.5 * (_FREEDOM + len(self.free)) * spread
        return densities(self.target, self.given, whole) - proposed


def _found(
    target: Target, given: ModelData, first: Optimum | Chains, random: np.random.Generator
) -> tuple[_Proposals, np.ndarray, np.ndarray, float] | None:
    """Proposals, a trial of them, and what share its weights are worth; None if too few."""
    size = 16 if target.forward else 128
    made, best = _Proposals(target, given, first.center, first.scale), None
    goes_on = isinstance(first, Chains)  # with the proposals that it had
    for turn in range(1 if goes_on else _TRIALS):
        u, log_weight = made.drawn(_BLOCKS * size, random)
        weight = _weights(log_weight)
        worth = float(1 / (weight**2).sum() / len(u))
        if (turn or goes_on) and (best is None or worth > best[-1]):
            best = made, u, log_weight, worth
        if worth > _ENOUGH and turn:
            break
        if not worth * len(u) > 2 * len(given.free):  # too few to tell a covariance from
            break
        made = _Proposals(target, given, *_shape(u, given, weight))
    return best if best is not None and best[-1] > _LEAST else None


def _shape(u: np.ndarray, given: ModelData, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean of draws and a triangle L, L Lᵀ their covariance; 0 and 1 where parameters are fixed."""
    free = np.flatnonzero(given.free)
    center, scale = np.zeros(u.shape[1]), np.eye(u.shape[1])
    center[free] = weight @ u[:, free]
    away = u[:, free] - center[free]
    spread = (weight[:, None] * away).T @ away
    spread += 1e-6 * np.diag(np.diag(spread)) + 1e-12 * np.eye(len(free))
    scale[np.ix_(free, free)] = np.linalg.cholesky(spread)
    return center, scale


def _moved(
    proposals: _Proposals, u: np.ndarray, log_weight: np.ndarray, draws: int,
    random: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """So many draws of each chain, whether each was a new one, and the weights at the end."""
    count = len(u)
    proposed, weights = proposals.drawn(count * draws, random)
    proposed, weights = proposed.reshape(draws, count, -1), weights.reshape(draws, count)
    lots = np.log(random.random((draws, count)))
    # Where each chain stands: the row of the proposal that it took last, or -1 for its beginning.
    at, stands = np.full(count, -1), np.empty((draws, count), int)
    for i in range(draws):
        taken = lots[i] < weights[i] - log_weight
        at = np.where(taken, i, at)
        log_weight = np.where(taken, weights[i], log_weight)
        stands[i] = at
    made = np.where((stands < 0)[..., None], u, proposed[stands, np.arange(count)])
    return np.moveaxis(made, 0, 1), (stands == np.arange(draws)[:, None]).T, log_weight


def _weights(log_weight: np.ndarray) -> np.ndarray:
    """Weights whose sum is one; all alike where none is known."""
    if not np.isfinite(log_weight).any():
        return np.ones(len(log_weight))  # worth less than one draw
    weight = np.exp(log_weight - log_weight.max())
    return weight / weight.sum()
