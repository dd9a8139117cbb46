"""Films in one dimension: the steady state of a strip with traps, and where to put the traps."""
