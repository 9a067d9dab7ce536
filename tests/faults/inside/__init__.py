"""Run in an adopted project."""
