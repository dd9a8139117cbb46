"""The table [plan] of a case file."""
