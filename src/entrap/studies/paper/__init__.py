"""`entrap paper`: the claims of arXiv:2605.15834 with verdicts, and its figures."""
