"""What the database layer is made of; ``database.py`` is what to import."""
