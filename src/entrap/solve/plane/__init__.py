"""Films in two dimensions: triangles, finite volumes on their dual, what is solved there."""
