"""What a user states: the tables of a case, checked and in SI once built. JAX is not imported here."""
