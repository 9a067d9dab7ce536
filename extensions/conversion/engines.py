"""The calls that make async engines and session factories, and the expression of their URL."""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from ..inspection.python_source import dotted
from .import_block import PACKAGES
from .modules import Module, Project, Scope, UnprovenError, statements_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAKES_ENGINE = frozenset({"create_async_engine"})
MAKES_FACTORY = frozenset({"async_sessionmaker", "sessionmaker"})
MAX_DEPTH = 8
USED_NAMES = ("application_url", "current", "make_url")
"""What the module has that evaluates the expression."""
# What is read by them may have been put there by a call that comes first, such as load_dotenv().
_READS_ENVIRONMENT = ("os", "environ", "getenv", "decouple", "dotenv", "environs", "starlette")
_REPEATABLE = (
    ast.Attribute,
    ast.BinOp,
    ast.Call,
    ast.Constant,
    ast.FormattedValue,
    ast.JoinedStr,
    ast.Name,
    ast.Subscript,
)


@dataclass(frozen=True, slots=True)
class Engine:
    """A call that makes an engine."""

    module: Module
    call: ast.Call
    text: str
    """The module's."""

    @property
    def assigned(self) -> dict[str, ast.Call]:
        """The globals that it is assigned to, with the call: its own, or one of its function."""
        scope = self.module.scope_of(self.call)
        function = "" if isinstance(scope, ast.Module) else scope.name
        found: dict[str, ast.Call] = {}
        for node in statements_of(self.module.tree):
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                is_made = function and dotted(node.value.func) == function
                if isinstance(target, ast.Name) and (node.value is self.call or is_made):
                    found[target.id] = node.value
        return found

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.module.file}, line {self.call.lineno}"


@dataclass(frozen=True, slots=True)
class Url:
    """An expression that gives the URL wherever it is evaluated."""

    text: str
    imports: tuple[str, ...]
    """The statements that bind its names."""


@dataclass(frozen=True, slots=True)
class Factory:
    """A session factory that is a global of a module."""

    module: Module
    name: str
    line: int
    bind: str
    """The name of the engine that it is given; empty where that is no name."""


def calls_of(module: Module, names: frozenset[str]) -> Iterator[ast.Call]:
    """The calls of functions that SQLAlchemy or SQLModel has under these names."""
    bound: set[str] = set()
    for scope in _scopes(module.tree):
        for name, imported in module.imports(scope).items():
            if imported.module.partition(".")[0] not in {"sqlalchemy", "sqlmodel"}:
                continue
            if imported.name in names:
                bound.add(name)
            else:
                whole = imported.module if imported.name is None else name
                bound |= {f"{name}.{each}" for each in names}
                bound |= {f"{whole}.{each}" for each in names}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and dotted(node.func) in bound:
            yield node


def _scopes(tree: ast.Module) -> Iterator[Scope]:
    yield tree
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def find_engines(project: Project) -> list[Engine]:
    """The calls in the application's code that make an async engine."""
    return [
        Engine(module, call, project.sources.tree.text(module.file))
        for module in project.mentioning(b"create_async_engine")
        for call in calls_of(module, MAKES_ENGINE)
    ]


def find_factories(project: Project) -> list[Factory]:
    """The async session factories that are globals of the application's modules."""
    return [
        factory
        for module in project.mentioning(b"sessionmaker")
        for factory in _factories_in(module)
    ]


def _factories_in(module: Module) -> Iterator[Factory]:
    calls = {id(call) for call in calls_of(module, MAKES_FACTORY)}
    for node in statements_of(module.tree):
        if not isinstance(node, ast.Assign | ast.AnnAssign) or id(node.value) not in calls:
            continue
        call = cast("ast.Call", node.value)
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        is_async = dotted(call.func).endswith("async_sessionmaker") or any(
            keyword.arg == "class_" and "Async" in dotted(keyword.value)
            for keyword in call.keywords
        )
        if isinstance(target, ast.Name) and is_async:
            given = [*call.args[:1], *(each.value for each in call.keywords if each.arg == "bind")]
            bind = dotted(given[0]) if given else ""
            yield Factory(module, target.id, node.lineno, bind)


def names_in(project: Project, file: str, function: str) -> frozenset[str]:
    """The names, with their attributes, that a function of a module uses."""
    module = project.module(file)
    for node in ast.walk(module.tree) if module else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == function:
            return frozenset(dotted(each) for each in ast.walk(node) if dotted(each))
    return frozenset()


def url_of(project: Project, engine: Engine, made_by: ast.Call | None = None) -> Url:
    """The expression of the engine's URL, such that it can be evaluated in another module.

    Args:
        project: the project.
        engine: the call that makes it.
        made_by: the call of the function around it that counts, where there are several.

    Raises:
        UnprovenError: reading does not tell.
    """
    call, module = engine.call, engine.module
    given = [*call.args[:1], *(each.value for each in call.keywords if each.arg == "url")]
    if not given or isinstance(given[0], ast.Starred):
        raise UnprovenError(module.file, call.lineno, "the engine's URL is not among its arguments")
    resolver = _Resolver(project, module, made_by)
    expression = resolver.resolve(given[0], module.scope_of(call))
    if isinstance(expression, ast.Constant):
        raise UnprovenError(
            module.file, call.lineno, "the engine's URL is written out, not read from settings"
        )
    return Url(_written(expression), tuple(sorted(resolver.imports)))


def _written(expression: ast.expr) -> str:
    text = ast.unparse(expression)
    return text.replace("'", '"') if '"' not in text else text


@dataclass(slots=True)
class _Resolver:
    project: Project
    module: Module
    made_by: ast.Call | None = None
    imports: set[str] = field(default_factory=set[str])

    def resolve(self, node: ast.expr, scope: Scope, depth: int = 0) -> ast.expr:
        """The expression with local names replaced by what they stand for."""
        if depth > MAX_DEPTH:
            raise self._unproven(node, "the engine's URL is too far from where it comes from")
        if isinstance(node, ast.Name):
            return self._name(node, scope, depth)
        if not isinstance(node, _REPEATABLE):
            raise self._unproven(
                node, "the engine's URL is not an expression that can be evaluated elsewhere"
            )
        fields = {
            name: self._field(value, scope, depth + 1) for name, value in ast.iter_fields(node)
        }
        make = cast("Callable[..., ast.expr]", type(node))
        return make(**fields)

    def _field(self, value: object, scope: Scope, depth: int) -> object:
        if isinstance(value, ast.expr):
            return self.resolve(value, scope, depth)
        if isinstance(value, ast.keyword):
            return ast.keyword(value.arg, self.resolve(value.value, scope, depth))
        if isinstance(value, list):
            return [self._field(each, scope, depth) for each in cast("list[object]", value)]
        return value

    def _name(self, node: ast.Name, scope: Scope, depth: int) -> ast.expr:
        if not isinstance(scope, ast.Module):
            arguments = scope.args
            every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
            if node.id in {each.arg for each in every}:
                return self._argument(node, scope, depth)
        for place in dict.fromkeys((scope, self.module.tree)):
            values = _values(place, node.id)
            if len(values) == 1 and values[0] is not None and self._is_plain(values[0], place):
                return self.resolve(values[0], place, depth + 1)
            if values and place is self.module.tree:
                return self._global(node)
            if values:
                raise self._unproven(node, f"{node.id}, the engine's URL, is assigned in steps")
            imported = self.module.imports(place).get(node.id)
            if imported:
                if imported.name == "*" or not self._can_import(imported.module):
                    raise self._unproven(node, f"{node.id} comes from outside of the project")
                if self._reads_environment(imported.module):
                    raise self._unproven(
                        node, "the engine's URL is read from the environment in place"
                    )
                if node.id in USED_NAMES and imported.module != "sqlalchemy":
                    raise self._unproven(node, f"{node.id} is a name of the layer's, too")
                self.imports.add(imported.statement(node.id))
                return node
        if hasattr(builtins, node.id):
            return node
        raise self._unproven(node, f"nothing in the module binds {node.id}")

    def _global(self, node: ast.Name) -> ast.expr:
        if node.id in USED_NAMES:
            raise self._unproven(node, f"{node.id} is a name of the layer's, too")
        self.imports.add(f"from {self.module.name} import {node.id}")
        return node

    def _is_plain(self, value: ast.expr, place: Scope) -> bool:
        """Whether a global's value is as good as its name: it needs nothing that came before."""
        if place is not self.module.tree:
            return True
        for node in ast.walk(value):
            if isinstance(node, ast.Name):
                imported = self.module.imports(place).get(node.id)
                own = imported is not None and self.project.has(imported)
                if not own and not hasattr(builtins, node.id):
                    return False
            elif (isinstance(node, ast.Call) and _makes_object(node)) or not isinstance(
                node, (*_REPEATABLE, ast.keyword, ast.operator, ast.expr_context)
            ):
                return False
        return True

    def _can_import(self, module: str) -> bool:
        top = module.partition(".")[0]
        return top in {*PACKAGES, "urllib"} or bool(
            self.project.file_of(module) or self._reads_environment(module)
        )

    def _reads_environment(self, module: str) -> bool:
        return module.partition(".")[0] in _READS_ENVIRONMENT

    def _argument(
        self, node: ast.Name, scope: ast.FunctionDef | ast.AsyncFunctionDef, depth: int
    ) -> ast.expr:
        """What callers in the same module give for a parameter, where all give the same."""
        names = [each.arg for each in (*scope.args.posonlyargs, *scope.args.args)]
        found: dict[str, ast.expr] = {}
        is_meant = self.made_by is not None and dotted(self.made_by.func) == scope.name
        calls = [self.made_by] if is_meant else ast.walk(self.module.tree)
        for call in calls:
            if not isinstance(call, ast.Call) or dotted(call.func) != scope.name:
                continue
            at = names.index(node.id) if node.id in names else len(call.args)
            given = [each.value for each in call.keywords if each.arg == node.id]
            given += call.args[at : at + 1]
            if given:
                value = self.resolve(given[0], self.module.scope_of(call), depth + 1)
                found[ast.unparse(value)] = value
        if len(found) == 1:
            return next(iter(found.values()))
        raise self._unproven(node, f"the engine's URL is the parameter {node.id} of {scope.name}()")

    def _unproven(self, node: ast.expr, reason: str) -> UnprovenError:
        return UnprovenError(self.module.file, getattr(node, "lineno", 0), reason)


def _makes_object(call: ast.Call) -> bool:
    """Whether it is a class that is called: another object would not be the project's own."""
    return dotted(call.func).rpartition(".")[2][:1].isupper()


def _values(scope: Scope, name: str) -> list[ast.expr | None]:
    """What a scope assigns to a name; None where it is bound in another way."""
    found: list[ast.expr | None] = []
    for node in statements_of(scope):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name) and target.id == name:
                    found.append(node.value)
                elif any(isinstance(each, ast.Name) and each.id == name
                         for each in ast.walk(target)):  # fmt: skip
                    found.append(None)
        elif isinstance(node, ast.AnnAssign | ast.AugAssign):
            if isinstance(node.target, ast.Name) and node.target.id == name:
                found.append(node.value if isinstance(node, ast.AnnAssign) else None)
        elif (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and node.name == name
        ):
            found.append(None)
    return found
