"""What the template does in Copier's process: look at the user's project, then change it with care."""
