"""Overrides of a session's dependency in tests, which the async one needs, too."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..inspection.python_source import dotted
from .modules import UnprovenError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .definitions import Definitions
    from .modules import Module

OVERRIDES = "dependency_overrides"


def overrides(
    definitions: Definitions, module: Module, name: str
) -> Iterator[tuple[ast.stmt, str, bool]]:
    """The statements of a test that override the dependency, and what to write after each.

    Args:
        definitions: the names of the project.
        module: a module of tests.
        name: the async dependency.

    Yields:
        A statement, the line that goes after it, and whether that needs `async_override`.

    Raises:
        UnprovenError: the dependency is overridden in another way.
    """
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Name | ast.Attribute) or not isinstance(node.ctx, ast.Load):
            continue
        function = definitions.function_around(module, node)
        found = definitions.value(module, function, node)
        if not found or not found.function or not definitions.is_dependency(found.function):
            continue
        above = module.parent_of(node)
        if isinstance(above, ast.Attribute):
            continue
        if isinstance(above, ast.Subscript) and above.slice is node:
            yield _of_subscript(module, above, name)
        elif isinstance(above, ast.Call) and dotted(above.func).endswith(f"{OVERRIDES}.pop"):
            statement = module.parent_of(above)
            if not isinstance(statement, ast.Expr):
                raise UnprovenError(module.file, node.lineno, "an override is taken from the tests")
            owner = dotted(above.func)
            yield statement, f"{owner}({name}, None)", False
        elif isinstance(above, ast.Dict):
            raise UnprovenError(
                module.file, node.lineno, "the dependency is overridden in a dictionary"
            )
        elif (
            isinstance(above, ast.Call)
            and node in above.args
            and (
                dotted(above.func).rpartition(".")[2] in {"setitem", "override", "setattr", "patch"}
            )
        ):
            raise UnprovenError(module.file, node.lineno, "the dependency is overridden by a call")


def _of_subscript(module: Module, node: ast.Subscript, name: str) -> tuple[ast.stmt, str, bool]:
    owner, statement = ast.unparse(node.value), module.parent_of(node)
    if not owner.endswith(OVERRIDES):
        raise UnprovenError(module.file, node.lineno, "a dictionary has the dependency as a key")
    if isinstance(statement, ast.Delete) and len(statement.targets) == 1:
        return statement, f"del {owner}[{name}]", False
    if isinstance(statement, ast.Assign) and statement.targets == [node]:
        value = statement.value
        text = value.id if isinstance(value, ast.Name) else ast.unparse(node)
        return statement, f"{owner}[{name}] = async_override({text})", True
    raise UnprovenError(module.file, node.lineno, "an override is not written as an assignment")


def check_replaced(module: Module, names: frozenset[str]) -> None:
    """Stop where tests replace the session factory or the engine: the async ones are others.

    Args:
        module: a module of tests.
        names: the names of the factory, the engine, and the dependency.

    Raises:
        UnprovenError: they do.
    """
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        last = dotted(node.func).rpartition(".")[2]
        texts = [a.value for a in node.args[:2] if isinstance(a, ast.Constant)]
        replaced = {str(text).rpartition(".")[2] for text in texts} & names
        if last in {"object", "patch", "setattr"} and replaced:
            name = min(replaced)
            raise UnprovenError(module.file, node.lineno, f"tests replace {name}")
        if last == "configure" and dotted(node.func).rpartition(".")[0].rpartition(".")[2] in names:
            raise UnprovenError(module.file, node.lineno, "tests configure the session factory")
    for statement in ast.walk(module.tree):
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Attribute) and target.attr in names:
                    raise UnprovenError(
                        module.file, statement.lineno, f"tests replace {target.attr}"
                    )
