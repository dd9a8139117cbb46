"""A fit in words, tables and figures."""
