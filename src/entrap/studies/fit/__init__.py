"""`entrap fit`: whether measurements show the entropy of mixing, how large it is, and how sure that is."""
