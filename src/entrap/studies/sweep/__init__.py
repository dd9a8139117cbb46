"""Many cases at once: a result over a space of parameters, in chunks that are kept as they come."""
