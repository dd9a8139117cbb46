"""What a user states: the tables of a case, checked and in SI. JAX is not imported here."""
