"""What autogenerate writes into a revision; the application needs none of it."""
