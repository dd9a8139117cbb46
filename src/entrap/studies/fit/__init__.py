"""`entrap fit`: whether measurements show the entropy of mixing, how large and how sure."""
