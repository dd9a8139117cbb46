"""What a user states: frozen objects in SI, valid once built. Nothing here needs JAX."""
