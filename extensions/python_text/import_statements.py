"""The statements of a module, which are a small part of what its tree has."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def imports_in(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports, also those within functions and conditions."""
    waiting: list[ast.AST] = [tree]
    for node in waiting:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        for block in ("body", "handlers", "orelse", "finalbody", "cases"):
            waiting.extend(getattr(node, block, ()))
