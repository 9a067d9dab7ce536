"""Verify the layer after a copy, by reading its files."""
