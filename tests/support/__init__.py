"""What tests share: the template as a tagged repository, projects, environments, servers."""
