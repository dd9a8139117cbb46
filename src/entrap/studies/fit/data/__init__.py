"""Measurements as they are read and checked."""
