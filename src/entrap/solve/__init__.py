"""What iterates or steps: from a case to its numbers, and from numbers to results."""
