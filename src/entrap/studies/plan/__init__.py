"""`entrap plan`: which measurement would tell an entropy of mixing from plain BCS theory."""
