"""`entrap explore`: a page on which the sample, its trap and the warm-up move by hand."""
