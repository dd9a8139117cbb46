"""Films in one dimension: a strip with traps, its slowest rate, steady state and transients."""
