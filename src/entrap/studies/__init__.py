"""What is asked of the theory: studies built on model and solve. No drawing, no files."""
