"""Measurements, each run by one command; nothing here is a test."""
