"""The tables [data], [fit] and [plan] of a case file."""
