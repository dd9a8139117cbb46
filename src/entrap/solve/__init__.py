"""The only floor that iterates or steps; it gives results."""
