"""Which measurement would tell, and at which temperatures."""
