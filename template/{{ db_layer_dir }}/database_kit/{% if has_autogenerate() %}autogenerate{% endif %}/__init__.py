"""Alembic's autogenerate for this layer; only ``env.py`` imports it."""
