"""A plan in words, tables and figures."""
