"""Places where an attribute of a model is loaded by its mere use, which an async session cannot."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..inspection.python_source import dotted
from .call_arguments import argument_of
from .definitions import VALIDATES, Class, Definitions, Function, own_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .mapped_attributes import Models
    from .modules import Module

    Callers = Mapping[Function, Sequence[tuple[Function, ast.Call]]]

EAGER_OPTIONS = frozenset(
    {"contains_eager", "immediateload", "joinedload", "selectinload", "subqueryload"}
)
MAX_DEPTH = 6


def lazy_loads(
    definitions: Definitions, models: Models, function: Function, callers: Callers
) -> Iterator[tuple[ast.expr, str]]:
    """The expressions of a function that may load lazily, and what to write."""
    schemas = _Schemas(definitions, models, callers)
    names, module = models.lazy, function.module
    yield from _set_by_name(definitions, models, function)
    for node in ast.walk(function.node):
        if not isinstance(node, ast.Attribute) or node.attr not in names:
            continue
        owner = definitions.value(module, function, node.value)
        if owner and owner.kind != "instance":
            continue
        if owner and owner.instance:
            known = models.by_class.get(owner.instance)
            if known and node.attr not in known.lazy:
                continue
            if known is None and not schemas.may_be_model(function, node, owner.instance):
                continue
        above = module.parent_of(node)
        is_called = isinstance(above, ast.Call) and above.func is node
        if is_called and not owner and not _is_method(models, node.attr):
            continue
        if isinstance(node.value, ast.Call) and dotted(node.value.func).endswith("aliased"):
            continue
        written = ast.unparse(node)
        yield (
            node,
            (
                f"{written} may load lazily: add .options(selectinload(…{node.attr})) to the query "
                "that loads its object"
            ),
        )


def _set_by_name(
    definitions: Definitions, models: Models, function: Function
) -> Iterator[tuple[ast.expr, str]]:
    """Calls that set whatever a schema has, a relationship among it."""
    for node in ast.walk(function.node):
        if not isinstance(node, ast.Call) or dotted(node.func) != "setattr" or not node.args[1:]:
            continue
        if isinstance(node.args[1], ast.Constant):
            continue
        for parameter in function.parameters:
            found = definitions.annotated(function.module, parameter.annotation)
            schema = found.instance if found else None
            if schema is None or schema in models.by_class:
                continue
            fields = {
                dotted(statement.target)
                for base in definitions.bases(schema)
                for statement in base.node.body
                if isinstance(statement, ast.AnnAssign)
            }
            for name in sorted(fields & models.lazy):
                yield node, f"setattr() may replace {name}, which loads lazily"


class _Schemas:
    """Which objects are of the schema that they are annotated as, rather than of a model.

    Nothing holds functions and dependencies to their annotations. What a route takes from a
    request is what it is annotated as.
    """

    def __init__(self, definitions: Definitions, models: Models, callers: Callers) -> None:
        self._definitions = definitions
        self._models = models
        self._callers = callers

    def may_be_model(self, function: Function, node: ast.Attribute, schema: Class) -> bool:
        """Whether an attribute that a schema has may be read of a model's object."""
        fields = {
            dotted(statement.target)
            for base in self._definitions.bases(schema)
            for statement in base.node.body
            if isinstance(statement, ast.AnnAssign)
        }
        return node.attr in fields and not self._is_given(function, node.value)

    def _is_given(self, function: Function, node: ast.expr, depth: int = 0) -> bool:
        if isinstance(node, ast.Await):
            return self._is_given(function, node.value, depth)
        if depth > MAX_DEPTH:
            return False
        if isinstance(node, ast.Call):
            found = self._definitions.value(function.module, function, node.func)
            if found and found.function:
                return self._is_result_given(found.function, depth + 1)
            made = found is not None and found.klass is not None
            return bool(
                (made and found and found.klass not in self._models.by_class) or validated_by(node)
            )
        if not isinstance(node, ast.Name):
            return isinstance(node, ast.Constant) and node.value is None
        bound = self._definitions.locals(function).get(node.id, [])
        return bool(bound) and all(
            self._is_parameter_given(function, value, depth)
            if isinstance(value, ast.arg)
            else isinstance(value, ast.expr) and self._is_given(function, value, depth + 1)
            for value in bound
        )

    def _is_result_given(self, function: Function, depth: int) -> bool:
        """Whether a function returns objects of schemas, or None."""
        results = self._definitions.results(function)
        return bool(results) and all(self._is_given(function, node, depth) for node in results)

    def _is_parameter_given(self, function: Function, parameter: ast.arg, depth: int) -> bool:
        for filled, _, value in self._definitions.depends(function):
            if filled is parameter:
                maker = value.function if value else None
                return maker is not None and self._is_result_given(maker, depth + 1)
        if function.node.decorator_list:
            return True
        given = [
            (caller, argument)
            for caller, call in self._callers.get(function, ())
            for argument in [*argument_of(function, parameter.arg, call), None][:1]
        ]
        return bool(given) and all(
            argument is not None and self._is_given(caller, argument, depth + 1)
            for caller, argument in given
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
        answered = [(route, node) for node in self.annotations(route)]
        for function in tree:
            answered += [
                (function, validated)
                for node in ast.walk(function.node)
                if isinstance(node, ast.Call) and (validated := validated_by(node))
            ]
        seen: set[str] = set()
        for function, node in answered:
            for schema in self.classes(function.module, node):
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

    def annotations(self, route: Function) -> Iterator[ast.expr]:
        """What says how a response is validated; nothing for what is shown as it is."""
        for decorator in route.node.decorator_list:
            if isinstance(decorator, ast.Call):
                for keyword in decorator.keywords:
                    if keyword.arg == "response_model":
                        if not isinstance(keyword.value, ast.Constant):
                            yield keyword.value
                        return
        if route.node.returns is not None:
            yield route.node.returns

    def classes(self, module: Module, node: ast.expr) -> Iterator[Class]:
        """The schemas in an annotation; models are shown as they are."""
        for part in ast.walk(node):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                try:
                    yield from self.classes(module, ast.parse(part.value, mode="eval").body)
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
                    found |= names_of(statement)
                    if depth < MAX_DEPTH:
                        for inner in self.classes(base.module, statement.annotation):
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
        """Whether models load it with their objects, and no commit leaves it behind."""
        return self._models.eager(name) and all(
            _calls(function, "refresh") or not _calls(function, "commit") for function in tree
        )


def validated_by(call: ast.Call) -> ast.expr | None:
    """The schema that a call such as `Schema.model_validate(…)` names."""
    is_it = isinstance(call.func, ast.Attribute) and call.func.attr in VALIDATES
    return call.func.value if is_it and isinstance(call.func, ast.Attribute) else None


def names_of(field: ast.AnnAssign) -> set[str]:
    """The attributes that a field of a schema may be read from."""
    found = {dotted(field.target)}
    for keyword in field.value.keywords if isinstance(field.value, ast.Call) else ():
        if keyword.arg in {"alias", "validation_alias"}:
            parts = (part for part in ast.walk(keyword.value) if isinstance(part, ast.Constant))
            found |= {str(part.value).partition(".")[0] for part in parts}
    return found


def _calls(function: Function, *names: str) -> bool:
    return any(
        isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in names
        for node in own_nodes(function.node)
    )
