"""All that Copier calls, and the only importer of copier and jinja2."""
