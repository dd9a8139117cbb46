"""`entrap trap`: how fast a trap empties its film, how empty it gets, what limits it, what would help."""
