"""A device drawn in two dimensions: how fast and where its film empties, and where a trap helps."""
