"""The `env.py` of a layer that is adopted, which migrates with the layer's lock and timeouts."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..app_file.import_place import plan_import
from ..app_file.source_lines import UnreadableSourceError, parse_source
from ..inspection.python_source import dotted
from .modules import Module, Project, UnprovenError
from .used_imports import CommentedImportError, replaced_expression

if TYPE_CHECKING:
    from pathlib import Path

    from ..inspection import Facts
    from .adopted_layer import AdoptedLayer

CONNECT = "connect_for_migrations"
_MAKES = ("AsyncEngine", "async_engine_from_config", "create_async_engine")


def environment_problem(path: Path, facts: Facts, layer: AdoptedLayer) -> str:
    """Why `env.py` cannot connect by the layer's function; empty where it can.

    Args:
        path: the project's directory.
        facts: what inspection found.
        layer: what is proven of the layer that is adopted.
    """
    if not layer.migrations_dir:
        return "the project has no env.py"
    if layer.driver != "asyncpg":
        return f"{layer.engine}: the engine is not one on asyncpg"
    project = Project.at(path, facts.pytest.import_base)
    file = f"{layer.migrations_dir}/env.py"
    try:
        with_layer_connection(project.sources.tree.text(file), file=file, layer_module="layer")
    except UnprovenError as error:
        return str(error)
    return ""


def with_layer_connection(content: str, *, file: str, layer_module: str) -> str:
    """Have `env.py` connect by the layer's function; its engine and configuration stay.

    Args:
        content: the text of `env.py`.
        file: its path, for messages.
        layer_module: the module that has the function.

    Raises:
        UnprovenError: it does not open one connection as Alembic's async template does.
    """
    try:
        source = parse_source(content)
        module = Module(file, "", source.tree)
        if any(imported.name == CONNECT for imported in module.imports(source.tree).values()):
            return content
        call, engine = _connection(module)
        changed = parse_source(replaced_expression(source, call, f"{CONNECT}({engine})"))
        using = next(statement for statement in changed.tree.body if _uses(statement))
        line = f"from {layer_module} import {CONNECT}"
        after = changed.insert([plan_import(changed, line, before=using)])
        parse_source(after)
    except (UnreadableSourceError, CommentedImportError) as error:
        raise UnprovenError(file, 0, str(error)) from error
    return after


def _uses(statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.Name) and node.id == CONNECT for node in ast.walk(statement))


def _connection(module: Module) -> tuple[ast.expr, str]:
    """The one call that opens a connection, and the name of its engine."""
    opened = [
        (item.context_expr, block)
        for block in ast.walk(module.tree)
        if isinstance(block, ast.AsyncWith)
        for item in block.items
    ]
    if len(opened) != 1:
        raise UnprovenError(module.file, 0, "it does not open one connection with `async with`")
    [(call, block)] = opened
    engine, _, method = dotted(call.func if isinstance(call, ast.Call) else call).partition(".")
    made = (
        dotted(node.value.func).rpartition(".")[2]
        for node in ast.walk(module.scope_of(block))
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if [ast.unparse(target) for target in node.targets] == [engine]
    )
    if method != "connect" or next(made, "") not in _MAKES:
        raise UnprovenError(
            module.file, block.lineno, "it does not connect as Alembic's async template does"
        )
    return call, engine
