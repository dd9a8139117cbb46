"""The table [target] of a case file."""
