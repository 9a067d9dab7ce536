"""Merging into files that the user owns: pure functions from content to content, and one writer."""
