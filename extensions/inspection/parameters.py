"""What a function hands on, and whether others can call it without knowing more."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .python_source import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef
# Calls that end with the application instead of handing it on.
_ENDS = frozenset({"run", "serve", "TestClient"})


def hands_on(function: Function, call: ast.AST) -> bool:
    """Whether `function` returns what `call` in it makes, bare or wrapped into something else."""
    names: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(value is call for value in _handed_on(node.value)):
                names.update(filter(None, map(dotted, targets)))
    names.update([f"{name}.app" for name in names])
    return any(
        value is call or dotted(value) in names
        for node in ast.walk(function)
        if isinstance(node, ast.Return) and node.value
        for value in _handed_on(node.value)
    )


def _handed_on(value: ast.expr) -> Iterator[ast.expr]:
    """`value`, its branches, and the first argument of a call that is one of them."""
    yield value
    if isinstance(value, ast.IfExp):
        yield from (*_handed_on(value.body), *_handed_on(value.orelse))
    elif isinstance(value, ast.Call) and dotted(value.func).rpartition(".")[2] not in _ENDS:
        arguments = [
            *value.args,
            *(keyword.value for keyword in value.keywords if keyword.arg == "app"),
        ]
        for argument in arguments:
            yield from _handed_on(argument)


def is_called_bare(function: Function) -> bool:
    """Whether `function()` gives what it returns: it needs no argument and no `await`."""
    arguments = function.args
    positional = len(arguments.posonlyargs) + len(arguments.args)
    return (
        isinstance(function, ast.FunctionDef)
        and positional == len(arguments.defaults)
        and None not in arguments.kw_defaults
    )


def runs_as_script(statement: ast.stmt) -> bool:
    """Whether `statement` is `if __name__ == "__main__":`, which an import passes by."""
    if not (isinstance(statement, ast.If) and isinstance(statement.test, ast.Compare)):
        return False
    compared = [statement.test.left, *statement.test.comparators]
    return any(dotted(node) == "__name__" for node in compared) and any(
        isinstance(node, ast.Constant) and node.value == "__main__" for node in compared
    )
