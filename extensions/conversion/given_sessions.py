"""Parameters without an annotation that are sessions because each call gives them one."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..inspection.python_source import dotted
from .call_arguments import argument_of
from .definitions import OWN_SESSION, SESSION, Definitions, Function

if TYPE_CHECKING:
    from .modules import Module

    Calls = dict[Function, list[tuple[Module, ast.Call]]]


def find_given_sessions(definitions: Definitions, tests: set[str]) -> None:
    """Have parameters such as that of `def __init__(self, session)` count as sessions.

    Args:
        definitions: the names of the project.
        tests: the files that are tests: what those give is not asked.
    """
    pending = {
        (function, parameter.arg)
        for function in definitions.functions
        if function.module.file not in tests
        for parameter in _bare(definitions, function)
    }
    if not pending:
        return
    calls = _calls(definitions, {function for function, _ in pending}, tests)
    while True:
        found = {
            (function, name)
            for function, name in pending
            if calls.get(function)
            and all(_gives(definitions, function, name, *call) for call in calls[function])
        }
        if not found:
            return
        definitions.given_sessions |= found
        pending -= found
        # What a parameter is tells what the classes and functions below it are given.
        calls = _calls(definitions, {function for function, _ in pending}, tests)


def _bare(definitions: Definitions, function: Function) -> list[ast.arg]:
    """The parameters that have neither an annotation nor a default."""
    if any(dotted(d) not in {"classmethod", "staticmethod"} for d in function.node.decorator_list):
        return []
    own = function.parameters if function.is_static else function.parameters[1:]
    filled = {parameter for parameter, _, _ in definitions.depends(function)}
    return [
        parameter
        for parameter in own
        if parameter.annotation is None
        and parameter.arg not in function.defaults
        and parameter not in filled
    ]


def _calls(definitions: Definitions, functions: set[Function], tests: set[str]) -> Calls:
    names = {function.node.name for function in functions}
    for owner in definitions.classes if "__init__" in names else ():
        if definitions.method(owner, "__init__") in functions:
            names.add(owner.name)
    found: Calls = {}
    for module in definitions.modules:
        if module.file in tests:
            continue
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call) or _name(node) not in names:
                continue
            around = definitions.function_around(module, node)
            value = definitions.value(module, around, node.func)
            target = value.function if value else None
            if value and value.klass:
                target = definitions.method(value.klass, "__init__")
            if target in functions and target:
                found.setdefault(target, []).append((module, node))
    return found


def _name(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _gives(
    definitions: Definitions, function: Function, name: str, module: Module, call: ast.Call
) -> bool:
    around = definitions.function_around(module, call)
    given = list(argument_of(function, name, call))
    return len(given) == 1 and definitions.value(module, around, given[0]) in {SESSION, OWN_SESSION}
