"""A sample through hold and warm-up: what it is at each moment, and what is saved of it."""
