"""Places where an attribute of a model is loaded by its mere use, which an async session cannot."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..inspection.python_source import dotted
from .definitions import Class, Definitions, Function, own_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .mapped_attributes import Models
    from .modules import Module

_EAGER_OPTIONS = frozenset(
    {"contains_eager", "immediateload", "joinedload", "selectinload", "subqueryload"}
)
_VALIDATES = frozenset({"from_orm", "model_validate", "validate"})
MAX_DEPTH = 6


def lazy_loads(
    definitions: Definitions, models: Models, function: Function
) -> Iterator[tuple[int, str]]:
    """The lines of a function that may load lazily, and what to write."""
    names, module = models.lazy, function.module
    for node in ast.walk(function.node):
        if not isinstance(node, ast.Attribute) or node.attr not in names:
            continue
        owner = definitions.value(module, function, node.value)
        if owner and owner.kind != "instance":
            continue
        if owner and owner.instance:
            known = models.by_class.get(owner.instance)
            if known is None or node.attr not in known.lazy:
                continue
        above = module.parent_of(node)
        is_called = isinstance(above, ast.Call) and above.func is node
        if is_called and not owner and not _is_method(models, node.attr):
            continue
        if isinstance(node.value, ast.Call) and dotted(node.value.func).endswith("aliased"):
            continue
        written = ast.unparse(node)
        yield (
            node.lineno,
            (
                f"{written} may load lazily: add .options(selectinload(…{node.attr})) to the query "
                "that loads its object"
            ),
        )


def _is_method(models: Models, name: str) -> bool:
    return any(name in model.definition.methods for model in models.by_class.values())


class Responses:
    """The schemas of responses, and what of them reads a relationship."""

    def __init__(self, definitions: Definitions, models: Models) -> None:
        """Read none yet."""
        self._definitions = definitions
        self._models = models

    def lazily_read(
        self, route: Function, tree: list[Function]
    ) -> Iterator[tuple[Function, int, str]]:
        """What responses of a route read of relationships that its queries do not load.

        Args:
            route: the route.
            tree: it, and the functions below it.
        """
        answered = [(route, node) for node in self._annotations(route)]
        for function in tree:
            for node in ast.walk(function.node):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                    continue
                if node.func.attr in _VALIDATES:
                    answered.append((function, node.func.value))
        seen: set[str] = set()
        for function, node in answered:
            for schema in self._classes(function.module, node):
                for name in sorted(self._fields(schema) & self._models.lazy):
                    if name in seen or self._is_loaded(name, tree):
                        continue
                    seen.add(name)
                    yield (
                        function,
                        node.lineno,
                        (
                            f"{schema.name} reads {name}, which loads lazily: add "
                            f".options(selectinload({self._owned(name)})) to the query"
                        ),
                    )

    def has_schema(self, route: Function) -> bool:
        """Whether its response is validated at all."""
        return bool(list(self._annotations(route)))

    def _annotations(self, route: Function) -> Iterator[ast.expr]:
        for decorator in route.node.decorator_list:
            if isinstance(decorator, ast.Call):
                for keyword in decorator.keywords:
                    if keyword.arg == "response_model":
                        if not isinstance(keyword.value, ast.Constant):
                            yield keyword.value
                        return
        if route.node.returns is not None:
            yield route.node.returns

    def _classes(self, module: Module, node: ast.expr) -> Iterator[Class]:
        for part in ast.walk(node):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                try:
                    yield from self._classes(module, ast.parse(part.value, mode="eval").body)
                except SyntaxError:
                    continue
            if isinstance(part, ast.Name | ast.Attribute):
                found = self._definitions.value(module, None, part)
                if found and found.klass and found.klass not in self._models.by_class:
                    yield found.klass

    def _fields(self, schema: Class, depth: int = 0) -> set[str]:
        """The fields of a schema, and of the schemas in them."""
        found: set[str] = set()
        for base in self._definitions.bases(schema):
            if base in self._models.by_class:
                continue
            for statement in base.node.body:
                if isinstance(statement, ast.AnnAssign):
                    found.add(dotted(statement.target))
                    if depth < MAX_DEPTH:
                        for inner in self._classes(base.module, statement.annotation):
                            found |= self._fields(inner, depth + 1)
                elif isinstance(statement, ast.FunctionDef):
                    # Computed fields, and validators that may read others.
                    found |= {
                        node.attr
                        for node in ast.walk(statement)
                        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
                    }
        return found

    def _owned(self, name: str) -> str:
        owners = [m.definition.name for m in self._models.by_class.values() if name in m.lazy]
        return f"{owners[0]}.{name}" if len(owners) == 1 else f"…{name}"

    def _is_loaded(self, name: str, tree: list[Function]) -> bool:
        """Whether every query of the tree loads it with its object."""
        commits = any(_calls(function, "commit") for function in tree)
        if self._models.eager(name):
            return all(
                _calls(function, "refresh") or not _calls(function, "commit") for function in tree
            )
        querying = [function for function in tree if _calls(function, "query", "get", "select")]
        loading = [function for function in tree if _loads(function, name)]
        return not commits and bool(loading) and len(querying) == len(loading) == 1


def _calls(function: Function, *names: str) -> bool:
    return any(
        isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in names
        for node in own_nodes(function.node)
    )


def _loads(function: Function, name: str) -> bool:
    found = 0
    for node in own_nodes(function.node):
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in _EAGER_OPTIONS:
            found += any(isinstance(p, ast.Attribute) and p.attr == name for p in ast.walk(node))
    queries = sum(
        isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in {"query", "select"}
        for node in own_nodes(function.node)
    )
    return found > 0 and found >= queries
