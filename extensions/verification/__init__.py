"""Whether the layer that a copy has left behind will work, judged by reading it."""
