"""The URL that `env.py` gives to migrations, for engines whose own URL reading does not tell."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..inspection.python_source import dotted
from .engines import MAKES_ENGINE, Engine, Resolver, Url, calls_of, written
from .modules import Module, Project, UnprovenError

if TYPE_CHECKING:
    from collections.abc import Iterator

OPTION = "sqlalchemy.url"
_SETTERS = ("set_main_option", "set_section_option")
_FALLBACK = "?async_fallback="
"""An option of asyncpg's dialect, for an engine that is not async."""


def migrations_url(project: Project, directory: str) -> tuple[Engine, Url] | None:
    """The one URL that migrations connect to, with the call that it is given to.

    Args:
        project: the project.
        directory: the Alembic environment's.

    Returns:
        None where there is none, or several, that another module can evaluate.
    """
    module = project.module(f"{directory}/env.py" if directory else "env.py")
    if module is None:
        return None
    found: dict[str, tuple[Engine, Url]] = {}
    for node, expression in _given(module):
        resolver = Resolver(project, module, is_importable=False)
        try:
            resolved = resolver.resolve(_plain(expression), module.scope_of(node))
        except UnprovenError:
            continue
        if not isinstance(resolved, ast.Constant):
            text = written(_plain(resolved))
            url = Url(text, tuple(sorted(resolver.imports)))
            found.setdefault(text, (Engine(module, node, ""), url))
    return next(iter(found.values())) if len(found) == 1 else None


def _given(module: Module) -> Iterator[tuple[ast.Call, ast.expr]]:
    """The expressions that `env.py` takes as URL, each with the call around it."""
    for call in calls_of(module, frozenset(MAKES_ENGINE.values())):
        keywords = [keyword.value for keyword in call.keywords if keyword.arg == "url"]
        for expression in (*call.args[:1], *keywords):
            yield call, expression
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in _SETTERS:
            values = [*node.args, *(keyword.value for keyword in node.keywords)]
            if any(isinstance(value, ast.Constant) and value.value == OPTION for value in values):
                yield node, values[-1]
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            key = node.targets[0].slice
            if isinstance(key, ast.Constant) and key.value == OPTION:
                yield ast.copy_location(ast.Call(node.value, [], []), node), node.value


def _plain(node: ast.expr) -> ast.expr:
    """A URL without what is for Alembic's ini format, or for an engine that is not async."""
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "replace"
        and [ast.unparse(argument) for argument in node.args] == ["'%'", "'%%'"]
    ):
        return _plain(node.func.value)
    if isinstance(node, ast.Call) and dotted(node.func).endswith(".attributes.get"):
        # Callers of Alembic's commands, such as tests, may say another one.
        return _plain(node.args[-1]) if len(node.args) > 1 else node
    if isinstance(node, ast.BinOp) and isinstance(node.right, ast.Constant):
        return _plain(node.left) if str(node.right.value).startswith(_FALLBACK) else node
    if isinstance(node, ast.JoinedStr):
        last = node.values[-1] if node.values else None
        if isinstance(last, ast.Constant) and str(last.value).startswith(_FALLBACK):
            return _plain(ast.JoinedStr(node.values[:-1]))
        if len(node.values) == 1 and isinstance(node.values[0], ast.FormattedValue):
            value = node.values[0]
            if value.conversion == -1 and value.format_spec is None:
                return ast.Call(ast.Name("str"), [value.value], [])
    return node
