"""The theory: pure functions of parameters and state, in SI. No stepping, no files."""
