"""Modules behind ``database.py``, which is what to import."""
