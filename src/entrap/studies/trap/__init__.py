"""`entrap trap`: how fast and how far a trap empties its film, and what would help."""
