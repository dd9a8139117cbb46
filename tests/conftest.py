"""Strict numerics, no display, reproducible random inputs."""

import os

os.environ["MPLBACKEND"] = "Agg"

import hypothesis
import jax

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_numpy_dtype_promotion", "strict")
# Rank promotion stays allowed: that parameters and coordinates broadcast is what is promised.

# No deadline: the first call of a function compiles it. The same examples every time, so that what
# decides is the code; `make test-random` draws new ones, and many.
shared = {"deadline": None, "print_blob": True}
hypothesis.settings.register_profile("default", **shared, derandomize=True, database=None)
hypothesis.settings.register_profile("random", **shared, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
