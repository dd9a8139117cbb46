"""Strict numerics, no display, reproducible random inputs."""

import os

os.environ["MPLBACKEND"] = "Agg"

import hypothesis
import jax

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_numpy_dtype_promotion", "strict")
# Rank promotion stays allowed: that parameters and coordinates broadcast is what is promised.

# No deadline: the first call of a function compiles it.
hypothesis.settings.register_profile("default", deadline=None, print_blob=True)
hypothesis.settings.register_profile("ci", deadline=None, print_blob=True, max_examples=300)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "default")
