"""How all verbs present their results: pages, styles, labels, the terminal, folders."""
