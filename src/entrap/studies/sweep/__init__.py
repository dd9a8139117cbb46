"""`entrap sweep` and `show`: results over many parameters, in chunks kept as they come."""
