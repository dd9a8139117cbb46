"""What a trap does to its film: how fast, how empty, what limits it, what would help."""
