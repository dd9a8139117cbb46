"""The posterior by chains of draws, many at once, run until diagnostics are met.

Where the posterior is nearly a normal density, each draw is proposed whatever the draw before it
(`independent`); elsewhere numpyro's No-U-Turn sampler follows its slopes. That one's chains move in
coordinates z, u = m + L z, in which the posterior is nearly a standard normal density: m and L come
first from its shape at the maximum, then from all chains together. Half of the chains run on each
of two threads on any machine, so that draws depend on the seed alone.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpyro.infer.hmc import hmc

from entrap.solve.jit import large_jit, quick_jit
from entrap.solve.stored import stored
from entrap.studies.fit import independent
from entrap.studies.fit.chains import ESS, RHAT, Chains, Progress, diagnostics
from entrap.studies.fit.optimum import Optimum
from entrap.studies.fit.prediction import ModelData, Target
from entrap.studies.fit.target import densities, log_posterior

_BLOCK = 50  # steps between two checks of convergence
ROUNDS = 8
"""At most so many times the draws of the case are made, until the diagnostics are met."""
_DEPTH = 8  # at most 2^8 leapfrog steps a draw
_ACCEPT = 0.8
_NEAR = 20.0  # a chain starts at most so many nats below the best start


def effort(target: Target) -> tuple[int, int, int, int]:
    """Usual number of chains and of draws; rounds of warming up, and blocks of each round."""
    # Each step of an evolution takes long.
    return (8, 100, 2, 1) if target.forward else (16, 250, 3, 2)


_Posed = tuple[Target, ModelData, Any, Any]
"""A hypothesis, its numbers, and m and L of the sampler's coordinates."""


def _kernel(posed: _Posed) -> Any:
    """How numpyro's sampler begins in the coordinates z, and its step."""
    target, given, center, scale = posed
    start, step = hmc(lambda z: -log_posterior(target, given, center + scale @ z), algo="NUTS")

    def begin(z: Any, key: Any, size: Any) -> Any:
        return start(
            z, _BLOCK * effort(target)[-1], step_size=size, adapt_mass_matrix=False,
            target_accept_prob=_ACCEPT, max_tree_depth=_DEPTH, rng_key=key,
        )  # fmt: skip

    return begin, step


@stored(quick_jit)
def _begun(posed: _Posed, z: Any, keys: Any, size: Any) -> Any:
    with jax.numpy_dtype_promotion("standard"):
        begin, _ = _kernel(posed)
        return jax.vmap(begin)(z, keys, size)


@stored(large_jit)
def _moved(posed: _Posed, state: Any, steps: Any) -> Any:
    with jax.numpy_dtype_promotion("standard"):
        *_, center, scale = posed
        begin, step = _kernel(posed)
        # The sampler keeps how long it warms up in itself, not in its state: it must begin first.
        key = np.zeros(2, np.uint32)
        jax.eval_shape(begin, jnp.zeros(len(center)), key, jnp.asarray(1.0))

        def one(i: Any, carried: Any) -> Any:
            state, kept = carried
            state = jax.vmap(step)(state)
            made = center + state.z @ scale.T, state.diverging, state.num_steps
            return state, jax.tree.map(lambda all_, x: all_.at[i].set(x), kept, made)

        kept = jax.tree.map(
            lambda x: jnp.zeros((_BLOCK, *x.shape), x.dtype),
            (state.z, state.diverging, state.num_steps),
        )
        return jax.lax.fori_loop(0, steps, one, (state, kept))


class _Sampler:
    """Chains in two halves, moved block by block."""

    moved = False

    def __init__(self, *posed: Any) -> None:
        self.posed: _Posed = posed

    def begin(self, z: np.ndarray, sizes: np.ndarray, random: np.random.Generator) -> None:
        # Keys of JAX by numpy: JAX compiles each function of its own that makes some.
        keys = random.integers(0, 2**32, size=(len(z), 2), dtype=np.uint32)
        self.states = [
            _begun(self.posed, *parts)
            for parts in zip(*(np.split(x, 2) for x in (z, keys, sizes)), strict=True)
        ]

    def warmed(self, sizes: np.ndarray) -> None:
        """From now on nothing adapts: the steps keep these sizes."""
        self.states = [
            s._replace(
                i=jnp.full_like(s.i, 10**6), adapt_state=s.adapt_state._replace(step_size=part)
            )
            for s, part in zip(self.states, np.split(sizes, 2), strict=True)
        ]

    def half(self, state: Any, steps: int = _BLOCK) -> Any:
        """So many steps of half of the chains."""
        return jax.block_until_ready(_moved(self.posed, state, np.asarray(steps)))

    def move(self, pool: ThreadPoolExecutor) -> Any:
        """A block of all chains: u, divergences and steps, chains first."""
        # The first call compiles, which two should not do at once.
        run = pool.map if self.moved else map
        ends = list(run(self.half, self.states))
        self.moved = True
        self.states = [state for state, _ in ends]
        return [
            np.concatenate([np.moveaxis(np.asarray(out[i]), 0, 1) for _, out in ends])
            for i in range(3)
        ]

    def last(self) -> np.ndarray:
        return np.concatenate([np.asarray(s.z) for s in self.states])

    def sizes(self) -> np.ndarray:
        return np.concatenate([np.asarray(s.adapt_state.step_size) for s in self.states])


def sample(
    target: Target,
    given: ModelData,
    first: Optimum | Chains,
    *,
    chains: int,
    draws: int,
    seed: int,
    rounds: int = ROUNDS,
    progress: Progress | None = None,
) -> Chains:
    """So many draws of each of an even number of chains, at most `rounds` times as many.

    They begin about the maximum, or go on with chains that were made before, which do not warm up
    again. `progress` is called with the draws made and planned of each chain.
    """
    cheap = independent.sample(target, given, first, chains, draws, seed, progress)
    if cheap is not None:
        return cheap
    free = np.flatnonzero(given.free)
    sampler = _Sampler(target, given, np.asarray(first.center), np.asarray(first.scale))
    blocks, random = -(-draws // _BLOCK), np.random.default_rng(seed)
    *_, warmings, length = effort(target)
    planned = blocks + (warmings * length if isinstance(first, Optimum) else 0)
    done = 0

    def tell() -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done * _BLOCK, max(planned, done) * _BLOCK)

    with ThreadPoolExecutor(2) as pool:
        if isinstance(first, Chains):
            random = np.random.default_rng([seed, first.u.shape[1]])
            sampler.begin(first.last, first.step_size, random)
            sampler.warmed(first.step_size)
            kept = [[first.u, first.diverging, first.steps]]
        else:
            starts = _starts(target, given, first, chains, random)
            sampler.begin(starts, np.full(chains, 0.5), random)
            made: list[np.ndarray] = []
            for turn in range(warmings):
                if turn:
                    _reshape(sampler, np.concatenate(made, axis=1), free, random)
                    made = []
                for _ in range(length):
                    made.append(sampler.move(pool)[0])
                    tell()
            sampler.warmed(sampler.sizes())
            kept = []
        for _ in range(rounds * blocks):
            kept.append(sampler.move(pool))
            tell()
            if len(kept) < blocks:
                continue
            u, diverging, steps = (
                np.concatenate(parts, axis=1) for parts in zip(*kept, strict=True)
            )
            rhat, ess = diagnostics(u[..., free])
            if (rhat < RHAT).all() and (ess > ESS).all():
                break
    *_, center, scale = sampler.posed
    return Chains(u, diverging, steps, center, scale, sampler.last(), sampler.sizes(), rhat, ess)


def _starts(
    target: Target, given: ModelData, found: Optimum, chains: int, random: np.random.Generator
) -> np.ndarray:
    """Where chains begin: drawn about the maximum, where the posterior is not negligible."""
    z = random.normal(size=(8 * chains, len(given.free))) * random.random((8 * chains, 1))
    z[0] = 0.0
    density = densities(target, given, found.center + z @ found.scale.T)
    near = np.flatnonzero(density > density.max() - _NEAR)
    return z[np.resize(near, chains)]


def _reshape(
    sampler: _Sampler, u: np.ndarray, free: np.ndarray, random: np.random.Generator
) -> None:
    """Take m and L from the later half of all chains together; each goes on where it is."""
    late = u[:, u.shape[1] // 2 :].reshape(-1, u.shape[-1])[:, free]
    center, scale = np.zeros(u.shape[-1]), np.eye(u.shape[-1])
    center[free] = late.mean(axis=0)
    spread = np.atleast_2d(np.cov(late, rowvar=False)) if len(free) else np.eye(0)
    spread = spread + 1e-6 * np.diag(np.diag(spread)) + 1e-12 * np.eye(len(free))
    scale[np.ix_(free, free)] = np.linalg.cholesky(spread)
    sampler.posed = (*sampler.posed[:2], center, scale)
    z = np.linalg.solve(scale, (u[:, -1] - center).T).T
    sizes = np.clip(sampler.sizes(), 0.05, 1.5)
    sampler.begin(z, np.full(len(z), np.median(sizes)), random)
