"""The table [sweep] of a case file."""
