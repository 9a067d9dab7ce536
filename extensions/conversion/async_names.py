"""What the async counterpart of a function is called."""

from __future__ import annotations


def async_name(name: str) -> str:
    """The name of the counterpart: `get_async_db` for "get_db" or "app.db:get_db"."""
    name = name.rpartition(":")[2]
    return f"get_async_{name.removeprefix('get_')}" if name.startswith("get_") else f"async_{name}"
