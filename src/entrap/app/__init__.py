"""The command line: a row a verb, and what lists materials."""
