"""Calls that block the event loop."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..python_text.imports import imports_in

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCKING_MODULES = frozenset(
    {"MySQLdb", "mysql", "psycopg2", "pymysql", "requests", "sqlite3", "urllib3"}
)
_BLOCKING_CALLS = frozenset(
    {
        "os.system",
        "sqlalchemy.create_engine",
        "sqlalchemy.engine.create_engine",
        "sqlalchemy.engine_from_config",
        "sqlalchemy.orm.Session",
        "sqlalchemy.orm.scoped_session",
        "sqlalchemy.orm.sessionmaker",
        "sqlmodel.Session",
        "sqlmodel.create_engine",
        "subprocess.check_call",
        "subprocess.check_output",
        "subprocess.run",
        "time.sleep",
        "urllib.request.urlopen",
        *(f"httpx.{name}" for name in ("Client", "get", "post", "put", "delete", "request")),
    }
)


def blocking_calls(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and the name of each call that blocks, and of each import of a sync driver."""
    for statement in imports_in(tree):
        for module in _modules(statement):
            if module.partition(".")[0] in _BLOCKING_MODULES:
                yield statement.lineno, module
    origins = dict(_origins(tree))
    # Most modules import nothing that could block, and the calls are many.
    starts = tuple(f"{origin}." for origin in origins.values())
    if not any(f"{call}.".startswith(starts) for call in _BLOCKING_CALLS):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = _dotted(node.func, origins)
            if name in _BLOCKING_CALLS:
                yield node.lineno, f"{name}()"


def _modules(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif node.module and not node.level:
        yield node.module


def _origins(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in imports_in(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (top, top)
        elif node.module and not node.level:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _dotted(node: ast.expr, origins: dict[str, str]) -> str | None:
    if isinstance(node, ast.Name):
        return origins.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = _dotted(node.value, origins)
        return owner and f"{owner}.{node.attr}"
    return None
