"""What the template does in Copier's process: look at a project, then change it with care."""
