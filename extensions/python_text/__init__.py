"""Python source as text: expressions, and import lines in their order."""
