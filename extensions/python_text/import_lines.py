"""The layer's modules as the project imports them, and how its imports are written."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

LINE_LENGTH = 79
"""Files that keep to this, with a trailing comma wherever they break, suit any wider setting."""


def layer_module(import_path: str, package_dir: str, layer_dir: str) -> str:
    """The import path of the layer's directory; empty where its modules are top-level."""
    inside = PurePosixPath(layer_dir).relative_to(package_dir).parts
    return ".".join(part for part in (import_path, *inside) if part)


def import_statement(layer: str, module: str, names: str) -> str:
    """Import names from a module of the layer, formatted as ruff does.

    Args:
        layer: the import path of the layer's directory.
        module: the module in it; empty for the directory itself.
        names: what is imported, separated by a comma and a space.
    """
    source = ".".join(part for part in (layer, module) if part)
    if not source:
        return f"import {names}"
    line = f"from {source} import {names}"
    if len(line) <= LINE_LENGTH:
        return line
    inner = "".join(f"    {name},\n" for name in names.split(", "))
    return f"from {source} import (\n{inner})"


def sorted_imports(*statements: str | None) -> str:
    """Put the import statements of one section into the order that isort and ruff want."""
    return "\n".join(sorted(filter(None, statements), key=_sort_key))


def _sort_key(statement: str) -> tuple[bool, list[str | int]]:
    keyword, module, *_ = statement.split()
    parts = re.split(r"(\d+)", module)
    return keyword == "from", [int(part) if part.isdecimal() else part for part in parts]
