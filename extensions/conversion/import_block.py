"""Code of the project's own as ruff formats it: import statements and long f-strings."""

from __future__ import annotations

import ast
import sys

from ..python_text.imports import LINE_LENGTH, import_statement, sorted_imports

PACKAGES = ("pydantic", "sqlalchemy")
"""Packages that the layer has anyway, and an expression of the project's may use."""


def import_block(*statements: str) -> str:
    """Sort statements into sections: standard library, packages, and the project's modules.

    Args:
        statements: each imports a module, or one name from one.
    """
    names: dict[str, set[str]] = {}
    plain: set[str] = set()
    for statement in statements:
        if statement.startswith("from "):
            module, _, name = statement.removeprefix("from ").partition(" import ")
            names.setdefault(module, set()).add(name)
        else:
            plain.add(statement)
    merged = [import_statement(module, ", ".join(found)) for module, found in names.items()]
    sections: dict[int, list[str]] = {}
    for statement in (*plain, *merged):
        sections.setdefault(_section(statement), []).append(statement)
    return "\n\n".join(sorted_imports(*found) for _, found in sorted(sections.items()))


def wrapped(expression: str, column: int) -> str:
    """Write a long f-string as several, one a line.

    Args:
        expression: any expression; others are left as they are.
        column: where it begins.
    """
    value = ast.parse(expression, mode="eval").body
    room = LINE_LENGTH - column - len(",")
    if len(expression) <= room or not isinstance(value, ast.JoinedStr):
        return expression
    lines: list[list[ast.expr]] = [[]]
    for part in value.values:
        if lines[-1] and len(_unparsed([*lines[-1], part])) > room:
            lines.append([])
        lines[-1].append(part)
    return f"\n{' ' * column}".join(map(_unparsed, lines))


def _unparsed(parts: list[ast.expr]) -> str:
    text = ast.unparse(ast.JoinedStr(parts))
    return text.replace("'", '"') if '"' not in text else text


def _section(statement: str) -> int:
    top = statement.split()[1].partition(".")[0]
    return 0 if top in sys.stdlib_module_names else 1 if top in PACKAGES else 2
