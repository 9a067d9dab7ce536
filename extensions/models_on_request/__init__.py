"""Models on request: from what a person writes to the files of the layer."""
