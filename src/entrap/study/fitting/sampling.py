"""The posterior by numpyro's No-U-Turn sampler, many chains at once, run until diagnostics are met.

Chains move in coordinates z, u = m + L z, in which the posterior is nearly a standard normal density:
first by its shape at the maximum, then by that of all chains together. Half of the chains go on
each of two threads, whatever the machine: draws depend on the seed alone.
"""

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from arviz_stats.base import array_stats
from numpyro.infer.hmc import hmc

from entrap.core.arrays import Reals
from entrap.study.fitting.optimum import Optimum
from entrap.solve.compiling import block_jit
from entrap.study.fitting.target import Chosen, Given, Target, log_posterior

RHAT, ESS = 1.01, 400
"""What is asked of each parameter: R-hat below, effective draws above, in bulk and tail."""

_BLOCK = 50  # steps between two looks
_WARM = (2, 2, 2)  # blocks of each round of warming up
_ROUNDS = 8  # times the draws that are made at most
_DEPTH = 8  # 2^8 leapfrogs a draw, at most

Progress = Callable[[int, int], None]


@dataclasses.dataclass(frozen=True)
class Chains:
    """Draws of one hypothesis.

    Args:
        u: Coordinates, of shape (chains, draws, parameters).
        diverging: Whether a draw diverged.
        steps: Leapfrogs of each draw.
        center: m of the sampler's coordinates.
        scale: L of them.
        last: z at the end of each chain.
        step_size: Of each chain.
        rhat: Of each free parameter.
        ess: Of each free parameter, the lesser of bulk and tail.
    """

    u: np.ndarray
    diverging: np.ndarray
    steps: np.ndarray
    center: np.ndarray
    scale: np.ndarray
    last: np.ndarray
    step_size: np.ndarray
    rhat: np.ndarray
    ess: np.ndarray

    @property
    def converged(self) -> bool:
        """Whether all parameters meet R-hat and the number of effective draws."""
        return bool((self.rhat < RHAT).all() and (self.ess > ESS).all())


class _Kernel:
    """numpyro's sampler of one target in the coordinates z."""

    def __init__(self, chosen: Chosen, given: Given, center: Any, scale: Any) -> None:
        within = jax.jit(lambda u: log_posterior(chosen.target, given, u))
        self.potential = lambda z: -within(center + scale @ z)
        self.start, self.step = hmc(self.potential, algo="NUTS")

    def begin(self, z: Any, key: Any, size: Any) -> Any:
        return self.start(
            z,
            _BLOCK * _WARM[0],
            step_size=size,
            adapt_mass_matrix=False,
            max_tree_depth=_DEPTH,
            rng_key=key,
        )


@block_jit
def _begun(chosen: Chosen, given: Given, center: Any, scale: Any, z: Any, keys: Any, size: Any) -> Any:
    with jax.numpy_dtype_promotion("standard"):
        kernel = _Kernel(chosen, given, center, scale)
        return jax.vmap(kernel.begin)(z, keys, size)


@block_jit
def _moved(chosen: Chosen, given: Given, center: Any, scale: Any, state: Any) -> Any:
    with jax.numpy_dtype_promotion("standard"):
        kernel = _Kernel(chosen, given, center, scale)
        # The sampler keeps how long it warms up in itself, not in its state: as it was begun.
        kernel.begin(jnp.zeros(len(center)), jax.random.key_data(jax.random.key(0)), 1.0)

        def one(state: Any, _: None) -> Any:
            state = jax.vmap(kernel.step)(state)
            return state, (center + state.z @ scale.T, state.diverging, state.num_steps)

        return jax.lax.scan(one, state, None, length=_BLOCK)


class _Sampler:
    """Chains in two halves, moved block by block."""

    def __init__(
        self, target: Target, given: Given, found: Any, z: Any, sizes: Any, seed: int
    ) -> None:
        self.target, self.given = target, given
        self.center, self.scale = np.asarray(found.center), np.asarray(found.scale)
        self.begin(z, sizes, jax.random.key(seed))

    def begin(self, z: np.ndarray, sizes: np.ndarray, key: Any) -> None:
        keys = np.asarray(jax.random.key_data(jax.random.split(key, len(z))))
        halves = [
            (Chosen(self.target), self.given, self.center, self.scale, *parts)
            for parts in zip(*(np.split(x, 2) for x in (z, keys, sizes)), strict=True)
        ]
        self.states = [_begun(*half) for half in halves]

    def warmed(self) -> None:
        """From now on nothing adapts."""
        after = 10**6
        self.states = [s._replace(i=jnp.full_like(s.i, after)) for s in self.states]

    def move(self, pool: ThreadPoolExecutor) -> Any:
        """A block of all chains: u, divergences and steps, chains first."""

        def half(state: Any) -> Any:
            made = _moved(Chosen(self.target), self.given, self.center, self.scale, state)
            return jax.block_until_ready(made)

        # The first call compiles, which two should not do at once.
        ends = list(pool.map(half, self.states)) if self.moved else [*map(half, self.states)]
        self.moved = True
        self.states = [state for state, _ in ends]
        return [
            np.concatenate([np.moveaxis(np.asarray(out[i]), 0, 1) for _, out in ends])
            for i in range(3)
        ]

    moved = False

    def last(self) -> np.ndarray:
        return np.concatenate([np.asarray(s.z) for s in self.states])

    def sizes(self) -> np.ndarray:
        return np.concatenate([np.asarray(s.adapt_state.step_size) for s in self.states])


def sample(
    target: Target,
    given: Given,
    first: "Optimum | Chains",
    *,
    chains: int,
    draws: int,
    seed: int,
    progress: Progress | None = None,
) -> Chains:
    """Draws of the posterior.

    Args:
        target: What is sampled.
        given: Its numbers.
        first: The maximum, or chains that are to go on: they do not warm up again.
        chains: How many, an even number.
        draws: Of each, at least.
        seed: Of all that is drawn.
        progress: Called with draws made and planned of each chain.
    """
    free = np.flatnonzero(given.free)
    blocks, key = -(-draws // _BLOCK), jax.random.key(seed)
    planned = blocks + (sum(_WARM) if isinstance(first, Optimum) else 0)
    done = 0

    def tell() -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done * _BLOCK, max(planned, done) * _BLOCK)

    with ThreadPoolExecutor(2) as pool:
        if isinstance(first, Chains):
            sampler = _Sampler(target, given, first, first.last, first.step_size, seed)
            sampler.warmed()
            kept = [[first.u, first.diverging, first.steps]]
        else:
            starts = np.asarray(jax.random.normal(key, (chains, len(given.free))))
            sampler = _Sampler(target, given, first, starts, np.full(chains, 0.5), seed)
            for turn, length in enumerate(_WARM):
                if turn:
                    _reshape(sampler, np.concatenate(made, axis=1), free, seed + turn)
                made = []
                for _ in range(length):
                    made.append(sampler.move(pool)[0])
                    tell()
            sampler.warmed()
            kept = []
        for _ in range(_ROUNDS * blocks):
            kept.append(sampler.move(pool))
            tell()
            if len(kept) < blocks:
                continue
            whole = [np.concatenate(parts, axis=1) for parts in zip(*kept, strict=True)]
            rhat, ess = diagnostics(whole[0][..., free])
            if (rhat < RHAT).all() and (ess > ESS).all():
                break
    return Chains(
        *whole, sampler.center, sampler.scale, sampler.last(), sampler.sizes(), rhat, ess
    )


def _reshape(sampler: _Sampler, u: np.ndarray, free: np.ndarray, seed: int) -> None:
    """Take the coordinates from the later half of all chains together; each goes on where it is."""
    late = u[:, u.shape[1] // 2 :].reshape(-1, u.shape[-1])[:, free]
    center, scale = np.zeros(u.shape[-1]), np.eye(u.shape[-1])
    center[free] = late.mean(axis=0)
    spread = np.atleast_2d(np.cov(late, rowvar=False)) if len(free) else np.eye(0)
    spread = spread + 1e-6 * np.diag(np.diag(spread)) + 1e-12 * np.eye(len(free))
    scale[np.ix_(free, free)] = np.linalg.cholesky(spread)
    sampler.center, sampler.scale = center, scale
    z = np.linalg.solve(scale, (u[:, -1] - center).T).T
    sizes = np.clip(sampler.sizes(), 0.05, 1.5)
    sampler.begin(z, np.full(len(z), np.median(sizes)), jax.random.key(seed))


def diagnostics(draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """R-hat and effective draws of each column, by rank; chains first.

    Args:
        draws: Of shape (chains, draws, columns).
    """
    columns = [draws[..., i] for i in range(draws.shape[-1])]

    def of(method: str, column: Any) -> float:
        return float(array_stats.ess(column, chain_axis=0, draw_axis=1, method=method))

    rhat = [float(array_stats.rhat(c, chain_axis=0, draw_axis=1)) for c in columns]
    return np.array(rhat), np.array([min(of("bulk", c), of("tail", c)) for c in columns])
