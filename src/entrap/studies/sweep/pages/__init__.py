"""A sweep in words, figures and pages."""
