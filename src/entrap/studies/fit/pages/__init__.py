"""A fit in words and tables: the answer, the summary and the report."""
