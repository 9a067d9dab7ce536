"""Collects readings of weather stations and summarises them."""

__version__ = "1.2.0"
