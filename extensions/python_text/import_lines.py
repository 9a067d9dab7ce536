"""Import statements as formatters write and sort them."""

from __future__ import annotations

import re

LINE_LENGTH = 79
"""Files that keep to this, with a trailing comma wherever they break, suit any wider setting."""


def import_statement(module: str, names: str) -> str:
    """Import names from a module, formatted as ruff does.

    Args:
        module: its import path; empty where the names are top-level modules.
        names: what is imported, separated by a comma and a space.
    """
    if not module:
        return f"import {names}"
    line = f"from {module} import {names}"
    if len(line) <= LINE_LENGTH:
        return line
    inner = "".join(f"    {name},\n" for name in names.split(", "))
    return f"from {module} import (\n{inner})"


def module_import(module: str, bound: str) -> str:
    """Import a module under another name.

    Args:
        module: its import path.
        bound: the name.
    """
    package, _, name = module.rpartition(".")
    renamed = f" as {bound}" if bound != name else ""
    return f"from {package} import {name}{renamed}" if package else f"import {name}{renamed}"


def sorted_imports(*statements: str | None) -> str:
    """Put the import statements of one section into the order that isort and ruff want."""
    return "\n".join(sorted(filter(None, statements), key=_sort_key))


def _sort_key(statement: str) -> tuple[bool, list[str | int]]:
    keyword, module, *_ = statement.split()
    parts = re.split(r"(\d+)", module)
    return keyword == "from", [int(part) if part.isdecimal() else part for part in parts]
