"""Functions that tests replace by their names, which those do as they are now."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..inspection.python_source import dotted
from .definitions import Value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from .definitions import Definitions, Function
    from .modules import Module

_PATCHES = {"patch": 1, "object": 2}
"""Functions of `unittest.mock`, with the number of arguments before `new`."""


def replaced(
    definitions: Definitions, module: Module, functions: AbstractSet[Function]
) -> Iterator[tuple[Function, ast.Call, str]]:
    """The functions that a test replaces in a way that would not do for async ones.

    `patch` without `new` makes an `AsyncMock` for what is async, as `autospec` does for the
    methods of a class.

    Args:
        definitions: the names of the project.
        module: a module of tests.
        functions: those that count.

    Yields:
        A function, the call that replaces it, and the name that it has there.
    """
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        kind = dotted(node.func).rpartition(".")[2]
        if kind not in {*_PATCHES, "setattr"}:
            continue
        options = {keyword.arg: keyword.value for keyword in node.keywords}
        is_mock = (
            len(node.args) == _PATCHES.get(kind) and not {"new", "new_callable"} & options.keys()
        )
        for owner, name in _named(definitions, module, node, kind):
            target = definitions.member(owner, name) if owner else None
            if target and (of := target.klass or target.instance):
                if not (is_mock and "autospec" in options):
                    family = {*definitions.bases(of)}
                    yield from (
                        (function, node, name)
                        for function in functions
                        if function.owner
                        and (function.owner in family or of in {*definitions.bases(function.owner)})
                    )
                continue
            known = target.function if target else None
            for function in functions:
                is_it = function is known if known else function.node.name == name
                if is_it and not is_mock:
                    yield function, node, name


def _named(
    definitions: Definitions, module: Module, node: ast.Call, kind: str
) -> Iterator[tuple[Value | None, str]]:
    """What is replaced: the module, class or object that has it, where known, and its name."""
    texts = [
        argument.value if isinstance(argument, ast.Constant) else None for argument in node.args[:2]
    ]
    if texts and isinstance(texts[0], str):
        path, _, name = texts[0].rpartition(".")
        yield _found(definitions, path), name
    elif kind != "patch" and len(texts) > 1 and isinstance(texts[1], str):
        around = definitions.function_around(module, node)
        yield definitions.value(module, around, node.args[0]), texts[1]


def _found(definitions: Definitions, path: str) -> Value | None:
    first, *names = path.split(".")
    value: Value | None = Value("module", first)
    for name in names:
        value = definitions.member(value, name) if value else None
    return value
