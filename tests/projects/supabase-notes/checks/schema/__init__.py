"""Checks of what Alembic makes of the models, on databases of their own."""
