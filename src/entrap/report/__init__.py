"""What all verbs share when they speak: pages, styles, labels, the terminal, folders."""
