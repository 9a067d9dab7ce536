"""The sync dependency that opens a session, proven to have an async counterpart."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..inspection.python_source import dotted
from .definitions import SESSION_CLASSES, own_nodes
from .modules import UnprovenError

if TYPE_CHECKING:
    from .definitions import Definitions, Function
    from .modules import Module

_FACTORIES = frozenset({"sqlalchemy.orm.sessionmaker", "sqlalchemy.orm.session.sessionmaker"})
# What an async session decides by itself, or has no other value.
_SAME = {
    "bind": None,
    "autocommit": False,
    "expire_on_commit": None,
    "future": True,
    "class_": None,
}


@dataclass(frozen=True, slots=True)
class SessionDependency:
    """A function that opens a session, yields it, and closes it."""

    function: Function
    factory: str
    """The session factory's name; empty where it calls the session's class."""
    autoflush: bool


def read_dependency(definitions: Definitions, name: str) -> SessionDependency:
    """Prove that a dependency opens a session, yields it, closes it, and does nothing else.

    Others of the same meaning count as dependencies from then on.

    Args:
        definitions: the names of the project.
        name: the dependency, as "app.db:get_db".

    Raises:
        UnprovenError: it does something else.
    """
    function = next((f for f in definitions.functions if definitions.is_dependency(f)), None)
    if function is None:
        file = definitions.project.file_of(name.partition(":")[0])
        raise UnprovenError(file or ".", 0, "no function in it that gives a session can be read")
    found = _read(definitions, function)
    for other in definitions.functions:
        if other is not function and any(isinstance(n, ast.Yield) for n in own_nodes(other.node)):
            try:
                same = _read(definitions, other)
            except UnprovenError:
                continue
            if (same.factory, same.autoflush) == (found.factory, found.autoflush):
                definitions.dependencies.add(f"{other.module.name}:{other.name}")
    return found


def _read(definitions: Definitions, function: Function) -> SessionDependency:
    module, node = function.module, function.node
    if isinstance(node, ast.AsyncFunctionDef) or node.decorator_list or node.args.args:
        raise UnprovenError(module.file, node.lineno, f"{node.name} is no plain generator")
    yields = [inner for inner in own_nodes(node) if isinstance(inner, ast.Yield)]
    if len(yields) != 1 or not isinstance(yields[0].value, ast.Name):
        raise UnprovenError(module.file, node.lineno, f"{node.name} yields no variable")
    session = yields[0].value.id
    calls = [inner for inner in own_nodes(node) if isinstance(inner, ast.Call)]
    makers = [call for call in calls if dotted(call.func) not in _closing(session)]
    if len(makers) != 1 or any(isinstance(inner, ast.Raise) for inner in _raising(node)):
        line = (makers[1] if len(makers) > 1 else node).lineno
        raise UnprovenError(module.file, line, f"{node.name} does more than open a session")
    factory, call = _factory(definitions, function, makers[0])
    return SessionDependency(function, factory, _autoflush(definitions, module, call))


def _closing(session: str) -> set[str]:
    return {f"{session}.close", f"{session}.rollback"}


def _raising(node: ast.AST) -> list[ast.AST]:
    """The exceptions that it raises anew; a plain `raise` goes on with the one there is."""
    return [n for n in own_nodes(node) if isinstance(n, ast.Raise) and n.exc is not None]


def _factory(definitions: Definitions, function: Function, made: ast.Call) -> tuple[str, ast.Call]:
    """The name of the factory, and the call that has the session's options."""
    module = function.module
    found = definitions.value(module, function, made.func)
    if found and found.external in SESSION_CLASSES:
        return "", made
    where = definitions.where(module, made.func)
    call = definitions.assigned(*where) if where else None
    made_by = definitions.value(where[0], None, call.func) if where and call else None
    if where is None or call is None or not made_by or made_by.external not in _FACTORIES:
        raise UnprovenError(
            module.file, made.lineno, f"{ast.unparse(made.func)} is no sessionmaker of a module's"
        )
    if made.args or made.keywords:
        raise UnprovenError(module.file, made.lineno, "the session is opened with options")
    return f"{where[0].name}:{where[1]}", call


def _autoflush(definitions: Definitions, module: Module, call: ast.Call) -> bool:
    autoflush = True
    for keyword in call.keywords:
        value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
        if keyword.arg == "autoflush" and isinstance(value, bool):
            autoflush = value
        elif keyword.arg == "class_":
            found = definitions.value(module, None, keyword.value)
            if not found or found.external not in SESSION_CLASSES:
                raise UnprovenError(module.file, keyword.value.lineno, "the session has a class")
        elif keyword.arg not in _SAME or (
            _SAME[keyword.arg] is not None and value != _SAME[keyword.arg]
        ):
            raise UnprovenError(
                module.file, keyword.value.lineno, f"the session has the option {keyword.arg}"
            )
    return autoflush
