"""`entrap paper`: the claims of arXiv:2605.15834 with verdicts, its equations as printed, its figures."""
