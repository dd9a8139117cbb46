"""`entrap sweep` and `entrap show`: results over a space of parameters, in chunks kept as they come."""
