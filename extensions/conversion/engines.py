"""The calls that make engines and session factories, and the expression of their URL."""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from ..inspection.python_source import dotted
from .import_block import PACKAGES
from .modules import Module, Project, Scope, UnprovenError, statements_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    _Call = tuple[Module, ast.Call]

MAKES_ENGINE = {"async": "create_async_engine", "sync": "create_engine"}
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
        function = "" if isinstance(scope, ast.Module) or not self._is_returned else scope.name
        found: dict[str, ast.Call] = {}
        for node in statements_of(self.module.tree):
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                is_made = function and dotted(node.value.func) == function
                if isinstance(target, ast.Name) and (node.value is self.call or is_made):
                    found[target.id] = node.value
        return found

    @property
    def _is_returned(self) -> bool:
        """Whether its function returns it, rather than what is made with it."""
        statements = [*statements_of(self.module.scope_of(self.call))]
        names = {
            dotted(target)
            for node in statements
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is self.call
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        }
        returned = [node.value for node in statements if isinstance(node, ast.Return)]
        return any(value is self.call or (value and dotted(value) in names) for value in returned)

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
                bound |= {f"{name}.{attribute}" for attribute in names}
                bound |= {f"{whole}.{attribute}" for attribute in names}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and dotted(node.func) in bound:
            yield node


def _scopes(tree: ast.Module) -> Iterator[Scope]:
    yield tree
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def find_engines(project: Project, use: str) -> list[Engine]:
    """The calls in the application's code that make an engine, "async" or "sync"."""
    name = MAKES_ENGINE[use]
    return [
        Engine(module, call, project.sources.tree.text(module.file))
        for module in project.mentioning(name.encode())
        for call in calls_of(module, frozenset({name}))
    ]


def find_factories(project: Project, use: str) -> list[Factory]:
    """The session factories, "async" or "sync", that are globals of the application's modules."""
    return [
        factory
        for module in project.mentioning(b"sessionmaker")
        for factory in _factories_in(module, use)
    ]


def _factories_in(module: Module, use: str) -> Iterator[Factory]:
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
        if isinstance(target, ast.Name) and is_async == (use == "async"):
            given = [
                *call.args[:1],
                *(keyword.value for keyword in call.keywords if keyword.arg == "bind"),
            ]
            bind = dotted(given[0]) if given else ""
            yield Factory(module, target.id, node.lineno, bind)


def names_in(project: Project, file: str, function: str) -> frozenset[str]:
    """The names, with their attributes, that a function of a module uses."""
    module = project.module(file)
    for node in ast.walk(module.tree) if module else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == function:
            return frozenset(dotted(child) for child in ast.walk(node) if dotted(child))
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
    try:
        return _argument_of(project, engine, made_by)
    except UnprovenError:
        # The engine itself knows, where another module can import it.
        if found := _of_global(project, engine):
            return found
        raise


def _argument_of(project: Project, engine: Engine, made_by: ast.Call | None) -> Url:
    call, module = engine.call, engine.module
    given = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "url")]
    if not given or isinstance(given[0], ast.Starred):
        raise UnprovenError(module.file, call.lineno, "the engine's URL is not among its arguments")
    resolver = Resolver(project, module, made_by)
    expression = resolver.resolve(given[0], module.scope_of(call))
    if isinstance(expression, ast.Constant):
        raise UnprovenError(
            module.file, call.lineno, "the engine's URL is written out, not read from settings"
        )
    return Url(written(expression), tuple(sorted(resolver.imports)))


def _of_global(project: Project, engine: Engine) -> Url | None:
    """The URL as the engine has it: one that is a global, or an attribute of a global object."""
    module = engine.module
    if len(engine.assigned) > 1:
        return None
    for name in engine.assigned:
        return _url_of_object(module, name, ("url",))
    for definition in statements_of(module.tree):
        if not isinstance(definition, ast.ClassDef):
            continue
        attribute = _attribute(definition, engine.call)
        made = [*_objects(project, module, definition.name)] if attribute else []
        if len(made) == 1:
            return _url_of_object(*made[0], (attribute, "url"))
    return None


def _url_of_object(module: Module, name: str, attributes: tuple[str, ...]) -> Url | None:
    if name in USED_NAMES or not module.name:
        return None
    return Url(".".join((name, *attributes)), (f"from {module.name} import {name}",))


def _attribute(definition: ast.ClassDef, call: ast.Call) -> str:
    """The public attribute that `__init__` gives to an object: `self.engine = create_engine(…)`."""
    for function in definition.body:
        if isinstance(function, ast.FunctionDef) and function.name == "__init__":
            for node in statements_of(function):
                if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is call:
                    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                    owner, _, name = dotted(target).rpartition(".")
                    if owner == "self" and not name.startswith("_"):
                        return name
    return ""


def _objects(project: Project, module: Module, name: str) -> Iterator[tuple[Module, str]]:
    """The globals of the application's modules that are a call of a class."""
    for other in project.mentioning(name.encode()):
        for node in statements_of(other.tree):
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                called = dotted(node.value.func)
                meant = project.sources.meaning(other.file, called) if called else None
                if meant == (module.file, name) and isinstance(target, ast.Name):
                    yield other, target.id


def written(expression: ast.expr) -> str:
    """An expression as text."""
    text = ast.unparse(expression)
    return text.replace("'", '"') if '"' not in text else text


@dataclass(slots=True)
class Resolver:
    """Writes an expression of a module such that another module can evaluate it."""

    project: Project
    module: Module
    made_by: ast.Call | None = None
    """The call of the function around it that counts, where there are several."""
    is_importable: bool = True
    """Whether other modules can import the globals of this one."""
    imports: set[str] = field(default_factory=set[str])

    def resolve(self, node: ast.expr, scope: Scope, depth: int = 0) -> ast.expr:
        """The expression with local names replaced by what they stand for.

        Raises:
            UnprovenError: another module could not evaluate it.
        """
        if depth > MAX_DEPTH:
            raise self._unproven(node, "the engine's URL is too far from where it comes from")
        if returned := self._returned(node):
            return self.resolve(*returned, depth + 1)
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

    def _returned(self, node: ast.expr) -> tuple[ast.expr, Scope] | None:
        """What a call gives of a function that no other module can import."""
        if self.is_importable or not isinstance(node, ast.Call) or node.args or node.keywords:
            return None
        for function in statements_of(self.module.tree):
            if isinstance(function, ast.FunctionDef) and function.name == dotted(node.func):
                given = [inner for inner in ast.walk(function) if isinstance(inner, ast.Return)]
                if len(given) == 1 and given[0].value and not ast.unparse(function.args):
                    return given[0].value, function
        return None

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
            if node.id in {parameter.arg for parameter in every}:
                if _values(scope, node.id):
                    raise self._unproven(node, f"{node.id}, the engine's URL, is assigned in steps")
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
            if imported is None and place is self.module.tree:
                imported = self.project.imported(self.module, node.id)
            if imported:
                if not self._can_import(imported.module):
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
        if not self.is_importable:
            raise self._unproven(node, f"nothing can import {node.id}, the URL, from here")
        if node.id in USED_NAMES:
            raise self._unproven(node, f"{node.id} is a name of the layer's, too")
        self.imports.add(f"from {self.module.name} import {node.id}")
        return node

    def _is_plain(self, value: ast.expr, place: Scope) -> bool:
        """Whether a global's value is as good as its name: it needs nothing that came before."""
        if place is not self.module.tree or not self.is_importable:
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
        """What callers give for a parameter, where all give the same."""
        names = [parameter.arg for parameter in (*scope.args.posonlyargs, *scope.args.args)]
        found: dict[str, ast.expr] = {}
        calls: Iterable[_Call] = self._calls_of(scope)
        if self.made_by is not None and dotted(self.made_by.func) == scope.name:
            calls = [(self.module, self.made_by)]
        if scope.name == "__init__":
            names = names[1:]
        for module, call in calls:
            at = names.index(node.id) if node.id in names else len(call.args)
            given = [keyword.value for keyword in call.keywords if keyword.arg == node.id]
            given += call.args[at : at + 1]
            default = _default_of(scope, node.id)
            is_plain = not any(isinstance(value, ast.Starred) for value in call.args) and all(
                keyword.arg for keyword in call.keywords
            )
            if not given and is_plain and isinstance(default, ast.Constant):
                found[ast.unparse(default)] = default
            if given:
                there = Resolver(self.project, module, imports=self.imports)
                value = there.resolve(given[0], module.scope_of(call), depth + 1)
                found[ast.unparse(value)] = value
        if len(found) == 1:
            return next(iter(found.values()))
        raise self._unproven(node, f"the engine's URL is the parameter {node.id} of {scope.name}()")

    def _calls_of(self, scope: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[_Call]:
        """The calls of a function in the application, or of the class that it initialises."""
        owner = self.module.parent_of(scope)
        name = owner.name if isinstance(owner, ast.ClassDef) else scope.name
        if isinstance(owner, ast.ClassDef) and scope.name != "__init__":
            return
        meant = (self.module.file, name)
        for module in self.project.mentioning(name.encode()):
            for call in ast.walk(module.tree):
                called = dotted(call.func) if isinstance(call, ast.Call) else ""
                if called and self.project.sources.meaning(module.file, called) == meant:
                    yield module, cast("ast.Call", call)

    def _unproven(self, node: ast.expr, reason: str) -> UnprovenError:
        return UnprovenError(self.module.file, getattr(node, "lineno", 0), reason)


def _default_of(scope: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> ast.expr | None:
    """The default of a parameter; None where it has none."""
    arguments = scope.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + arguments.defaults
    pairs = [*zip(positional, defaults, strict=True)]
    pairs += zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return next((default for parameter, default in pairs if parameter.arg == name), None)


def _makes_object(call: ast.Call) -> bool:
    """Whether it is a class that is called: another object would not be the project's own."""
    return dotted(call.func).rpartition(".")[2][:1].isupper()


def _values(scope: Scope, name: str) -> list[ast.expr | None]:
    """What a scope assigns to a name; None where it is bound in another way."""
    found: list[ast.expr | None] = []
    for node in statements_of(scope):
        if isinstance(node, ast.Assign):
            if _changes_scheme(node.value, name):
                continue
            for target in node.targets:
                if isinstance(target, ast.Name) and target.id == name:
                    found.append(node.value)
                elif any(
                    isinstance(child, ast.Name)
                    and child.id == name
                    and isinstance(child.ctx, ast.Store)
                    for child in ast.walk(target)
                ):
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


def _changes_scheme(value: ast.expr, name: str) -> bool:
    """Whether it is the name's own value for a driver, as in `url.replace("postgres:", …)`."""
    return (
        isinstance(value, ast.Call)
        and dotted(value.func) == f"{name}.replace"
        and len(value.args) > 1
        and all(
            isinstance(argument, ast.Constant) and str(argument.value).startswith("postgres")
            for argument in value.args[:2]
        )
    )
