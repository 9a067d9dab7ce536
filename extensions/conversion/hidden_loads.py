"""Lazy loads of attributes that no expression names as one: by name, by text, by a template."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..inspection.python_source import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .definitions import Definitions, Function
    from .mapped_attributes import Models

_TEMPLATES = (".html", ".htm", ".j2", ".jinja", ".jinja2")
_RENDERS = frozenset({"TemplateResponse", "render"})
_TEXTS = frozenset({"__format__", "__repr__", "__str__"})
_WRITES = frozenset({"format", "print", "repr", "str"})
_LOGS = frozenset({"critical", "debug", "error", "exception", "info", "log", "warning"})


class HiddenLoads:
    """What loads lazily where reading sees no attribute."""

    def __init__(self, definitions: Definitions, models: Models) -> None:
        """Read no function yet."""
        self._definitions = definitions
        self._models = models
        self._rendered: str | None = None
        self._described = {
            owner: min(_TEXTS & model.lazy)
            for owner, model in models.by_class.items()
            if _TEXTS & model.lazy
        }
        """The models whose text reads a relationship."""

    def lines(self, function: Function) -> Iterator[tuple[int, str]]:
        """The lines of a function that may load lazily, each with the reason."""
        if not self._models.lazy:
            return
        for node in ast.walk(function.node):
            if isinstance(node, ast.Call):
                yield from self._called(function, node)
            elif isinstance(node, ast.MatchClass):
                for name in sorted({*node.kwd_attrs} & self._models.lazy):
                    yield node.lineno, f"the pattern reads {name}, which loads lazily"
            elif isinstance(node, ast.FormattedValue):
                yield from self._written(function, node.value)

    def _called(self, function: Function, node: ast.Call) -> Iterator[tuple[int, str]]:
        name = dotted(node.func).rpartition(".")[2]
        if name in {"getattr", "hasattr"} and len(node.args) > 1:
            yield from self._by_name(function, node)
        elif name == "attrgetter":
            for argument in node.args:
                names = {*str(getattr(argument, "value", "")).split(".")} & self._models.lazy
                if names or not isinstance(argument, ast.Constant):
                    yield node.lineno, f"{ast.unparse(node)} may read what loads lazily"
        elif name in _RENDERS:
            if found := self._in_templates():
                yield node.lineno, f"a template reads {found}, which loads lazily"
        elif name in _WRITES | _LOGS:
            for argument in node.args:
                yield from self._written(function, argument)

    def _by_name(self, function: Function, node: ast.Call) -> Iterator[tuple[int, str]]:
        owner, name = node.args[:2]
        found = self._definitions.value(function.module, function, owner)
        known = self._models.by_class.get(found.instance) if found and found.instance else None
        if found and known is None:
            return
        lazy = known.lazy if known else self._models.lazy
        if not isinstance(name, ast.Constant):
            if lazy:
                yield node.lineno, f"{ast.unparse(node)} may read what loads lazily"
        elif name.value in lazy:
            yield node.lineno, f"{ast.unparse(node)} reads {name.value}, which loads lazily"

    def _written(self, function: Function, node: ast.expr) -> Iterator[tuple[int, str]]:
        """An object whose text reads a relationship."""
        if not self._described or isinstance(node, ast.Constant | ast.JoinedStr):
            return
        found = self._definitions.value(function.module, function, node)
        models = (
            [found.instance]
            if found and found.instance
            else list(self._described)
            if found is None and self._may_be_object(function, node)
            else []
        )
        for model in models:
            if method := self._described.get(model):
                text = f"{model.name}.{method} reads what loads lazily"
                yield node.lineno, f"{ast.unparse(node)} is written as text: {text}"
                return

    def _may_be_object(self, function: Function, node: ast.expr) -> bool:
        if not isinstance(node, ast.Name):
            return False
        bound = self._definitions.locals(function).get(node.id, [])
        return any(
            value is None
            or (isinstance(value, ast.arg) and value.annotation is None)
            or isinstance(value, ast.Await | ast.Call | ast.Subscript)
            for value in bound
        )

    def _in_templates(self) -> str:
        """The first of the names that a template reads; empty for none."""
        if self._rendered is None:
            names = "|".join(sorted(map(re.escape, self._models.lazy)))
            # `.items()` is a dictionary's.
            wanted = re.compile(rf"\.({names})\b(?!\s*\()|\[[\"']({names})[\"']\]")
            tree = self._definitions.project.sources.tree
            found = (
                wanted.search(tree.text(file)) for file in tree.files() if file.endswith(_TEMPLATES)
            )
            self._rendered = next((str(m[m.lastindex or 0]) for m in found if m), "")
        return self._rendered
