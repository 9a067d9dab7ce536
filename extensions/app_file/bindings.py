"""The assignments of a file that make a FastAPI application."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .scopes import Function, Names, Scope, called_name, statements_of


@dataclass(frozen=True)
class Binding:
    """An assignment to one name or attribute."""

    statement: ast.stmt
    target: ast.Name | ast.Attribute
    value: ast.expr

    @property
    def spelled(self) -> str:
        """Return the target as it is written: `app`, `self.app`."""
        return ast.unparse(self.target)

    @property
    def call(self) -> ast.Call | None:
        """Return the call whose result is assigned, awaited or not."""
        value = self.value.value if isinstance(self.value, ast.Await) else self.value
        return value if isinstance(value, ast.Call) else None

    @property
    def is_placeholder(self) -> bool:
        """Tell whether the value is a constant, as in `app = None`."""
        return isinstance(self.value, ast.Constant)


def bindings_of(scope: Scope) -> list[Binding]:
    """Return a scope's assignments in order; those to tuples and the like are left out."""
    found: list[Binding] = []
    for statement in statements_of(scope):
        if isinstance(statement, ast.Assign):
            targets, value = statement.targets, statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value:
            targets, value = [statement.target], statement.value
        else:
            continue
        found += [
            Binding(statement, target, value)
            for target in targets
            if isinstance(target, ast.Name | ast.Attribute)
        ]
    return found


def applications(names: Names, within: Scope | None = None) -> list[list[Binding]]:
    """Return the applications that are made, each with the assignments that make it.

    One that is mounted in another is left out, for its lifespan never runs.
    """
    scopes: Sequence[Scope] = [within] if within else _scopes(names)
    groups: dict[tuple[int, str], list[Binding]] = {}
    for scope in scopes:
        values: set[ast.expr] = set()
        for binding in bindings_of(scope):
            # `app = application = FastAPI()` is one application, by its first name.
            if names.makes_application(binding.call) and binding.value not in values:
                values.add(binding.value)
                groups.setdefault((id(scope), binding.spelled), []).append(binding)
    mounted = {ast.unparse(argument) for argument in _mounted(names)}
    kept = [group for group in groups.values() if group[0].spelled not in mounted]
    return kept or list(groups.values())


def nameless_applications(names: Names, within: Scope | None = None) -> list[ast.Call]:
    """Return the applications that are made without being assigned to a name."""
    spoken_for = {binding.call for scope in _scopes(names) for binding in bindings_of(scope)}
    spoken_for.update(argument for argument in _mounted(names) if isinstance(argument, ast.Call))
    return [
        node
        for node in (ast.walk(within) if within else names.nodes)
        if isinstance(node, ast.Call) and names.makes_application(node) and node not in spoken_for
    ]


def why_nameless(names: Names, call: ast.Call) -> str:
    """Say why an application that `nameless_applications` returned has no name."""
    made = f"{ast.unparse(call.func)}(...) on line {call.lineno}"
    match names.parents[call]:
        case ast.Return():
            return f"{made} is returned without a name to pass to the call"
        case ast.Call() | ast.keyword():
            return f"{made} is made inside another call and has no name"
        case _:
            return f"{made} has no plain name of its own"


def _scopes(names: Names) -> list[Scope]:
    inner = [node for node in names.nodes if isinstance(node, Function | ast.ClassDef)]
    return [names.tree, *inner]


def _mounted(names: Names) -> Iterator[ast.expr]:
    for node in names.nodes:
        if isinstance(node, ast.Call) and called_name(node) == "mount":
            yield from node.args[1:2]
            yield from (keyword.value for keyword in node.keywords if keyword.arg == "app")
