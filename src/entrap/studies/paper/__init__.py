"""The reproduction of arXiv:2605.15834: its equations as printed, its claims, its figures."""
