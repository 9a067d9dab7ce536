"""What changes in files that the user owns: planned, shown, merged, verified."""
