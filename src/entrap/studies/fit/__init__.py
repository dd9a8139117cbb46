"""Data against the theory: is the entropy of mixing there, how large is it, how sure is that."""
