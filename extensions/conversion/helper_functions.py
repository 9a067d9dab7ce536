"""Functions without a session that functions with one call: what they do to its objects."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from .definitions import Definitions, Function


class Helpers:
    """The functions that are named in others, and have no session."""

    def __init__(self, definitions: Definitions, leading: Collection[Function]) -> None:
        """Find none yet.

        Args:
            definitions: the names of the project.
            leading: the functions that lead to a session.
        """
        self._definitions = definitions
        self._leading = leading
        self._named: dict[Function, list[tuple[ast.AST, Function]]] = {}

    def below(self, function: Function) -> Iterator[tuple[ast.AST, Function]]:
        """Those that a function may call, at any depth, each with the place in it."""
        for node, target in self._directly(function):
            seen: set[Function] = set()
            pending = [target]
            while pending:
                current = pending.pop()
                if current not in seen:
                    seen.add(current)
                    yield node, current
                    pending += [inner for _, inner in self._directly(current)]

    def _directly(self, function: Function) -> list[tuple[ast.AST, Function]]:
        if function not in self._named:
            self._named[function] = [
                (node, target)
                for statement in function.node.body
                for node in ast.walk(statement)
                if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)
                for target in self._targets(function, node)
                if target is not function and target not in self._leading
            ]
        return self._named[function]

    def _targets(self, function: Function, node: ast.expr) -> Iterator[Function]:
        found = self._definitions.value(function.module, function, node)
        if found and found.function:
            yield found.function
        elif found and found.klass and (made := self._definitions.method(found.klass, "__init__")):
            yield made
