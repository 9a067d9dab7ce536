"""Import statements as isort and ruff write and sort them, and those that a module has."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import PurePosixPath

LINE_LENGTH = 79
"""Files that keep to this, with a trailing comma wherever they break, suit any wider setting."""


def import_statement(module: str, names: str, *, indent: int = 0) -> str:
    """Import names from a module, formatted as ruff does.

    Args:
        module: its import path; empty where the names are top-level modules.
        names: what is imported, separated by a comma and a space.
        indent: the columns to the left.
    """
    margin = " " * indent
    if not module:
        return f"{margin}import {names}"
    members = sorted_names({*names.split(", ")})
    line = f"{margin}from {module} import {', '.join(members)}"
    if len(line) <= LINE_LENGTH:
        return line
    inner = "".join(f"{margin}    {member},\n" for member in members)
    return f"{margin}from {module} import (\n{inner}{margin})"


def module_import(module: str, bound: str) -> str:
    """Import a module under another name.

    Args:
        module: its import path.
        bound: the name.
    """
    package, _, name = module.rpartition(".")
    renamed = f" as {bound}" if bound != name else ""
    return f"from {package} import {name}{renamed}" if package else f"import {name}{renamed}"


def imports(names: Mapping[str, Iterable[str]], *, indent: int = 0) -> str:
    """The import statements of one section, sorted.

    Args:
        names: what is imported from each module; nothing for the module itself, as in
            `datetime as dt`.
        indent: the columns to the left.
    """
    members = {module: ", ".join(names[module]) for module in names}
    statements = (
        import_statement(module if text else "", text or module, indent=indent)
        for module, text in members.items()
    )
    return sorted_imports(*statements)


def sorted_imports(*statements: str | None) -> str:
    """Put the import statements of one section into order: plain ones come first."""

    def key(statement: str) -> tuple[bool, tuple[str | int, ...], str]:
        keyword, module, *_ = statement.split()
        return keyword == "from", natural(module.lower()), module

    return "\n".join(sorted(filter(None, statements), key=key))


def sorted_names(names: Iterable[str]) -> list[str]:
    """Names as they are ordered in an import: constants, classes, and the others."""
    return sorted(names, key=lambda name: (_kind(name), natural(name.lower())))


def sorted_exports(names: Iterable[str]) -> list[str]:
    """Names as ruff orders them in `__all__`, where capital letters come first."""
    return sorted(names, key=lambda name: (_kind(name), natural(name)))


def exports(literals: Sequence[str], *, columns: int = LINE_LENGTH) -> str:
    """Assign names, each in its quotation marks, to `__all__`: in a line or else in one each."""
    flat = f"__all__ = [{', '.join(literals)}]"
    if len(flat) <= columns:
        return flat
    inner = "".join(f"    {literal},\n" for literal in literals)
    return f"__all__ = [\n{inner}]"


def _kind(name: str) -> int:
    is_constant = len(name) > 1 and name.isupper()
    return 0 if is_constant else 1 if name[0].isupper() else 2


def natural(text: str) -> tuple[str | int, ...]:
    """A key that sorts numbers in texts by their value."""
    parts = re.split(r"(\d+)", text)
    return tuple(int(part) if part.isdecimal() else part for part in parts)


def source_of(statement: ast.ImportFrom, file: PurePosixPath) -> str:
    """The module that a statement imports from, without leading dots.

    Args:
        statement: the statement.
        file: the module that has it, relative to the directory that is on `sys.path`.
    """
    above = file.parts[: -statement.level] if statement.level else ()
    return ".".join(part for part in (*above, statement.module) if part)


def imports_in(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield a module's imports, also those within functions and conditions.

    Statements are a small part of what its tree has.
    """
    waiting: list[ast.AST] = [tree]
    for node in waiting:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        for block in ("body", "handlers", "orelse", "finalbody", "cases"):
            waiting.extend(getattr(node, block, ()))
