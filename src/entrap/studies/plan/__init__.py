"""`entrap plan`: which measurement, at which temperature, would tell an entropy of mixing from none."""
