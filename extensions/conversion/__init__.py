"""What is read of a database layer that a project has, and what is proven of it."""
