"""What all verbs share when they speak: pages, figures' style, labels, the terminal, folders of results."""
