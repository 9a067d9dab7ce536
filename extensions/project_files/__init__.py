"""The files of a project's own, one module a format: what they declare, and lines added to them."""
