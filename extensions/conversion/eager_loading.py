"""Relationships that a response reads, and where their objects can be loaded with them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..inspection.python_source import dotted
from .definitions import SELECTS, Class, Definitions, Function, own_nodes
from .lazy_loads import EAGER_OPTIONS, Responses, names_of, validated_by
from .queries import BUILDERS, Chain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .mapped_attributes import Model, Models
    from .session_use import SessionUse

Path = tuple[str, ...]
"""Names of relationships, each of the model that the one before it leads to."""

_READING = frozenset({"exec", "execute", "get", "get_one", "query", "scalar", "scalars"})
_CHANGES = frozenset({"delete", "insert", "update"})
_OF_SCALARS = frozenset({"all", "first", "one", "one_or_none", "unique"})
_OF_EXECUTE = frozenset({"scalar_one", "scalar_one_or_none"})
# What shows all that is loaded, rather than the fields of a schema.
_DUMPS = frozenset({"__dict__", "jsonable_encoder", "vars"})
_WRAPPERS = frozenset({"List", "Optional", "Sequence", "list"})
_DEEPEST = 8
_LONGEST = 3
"""Relationships in a path."""


class UnknownPathError(Exception):
    """What a response reads, or where its objects come from, is not proven."""


@dataclass(frozen=True, slots=True)
class Source:
    """An expression that loads the objects of a response, or a statement that refreshes one."""

    function: Function
    node: ast.Call | ast.stmt
    """`select(Model)`, `session.query(Model)`, `session.get(Model, key)`, or the statement."""
    kind: Literal["query", "get", "refresh"]
    model: Model
    name: str
    """How the function writes the model; the variable of what is refreshed."""
    session: str = ""


@dataclass(frozen=True, slots=True)
class Load:
    """Relationships that are loaded with the objects of a source."""

    source: Source
    paths: tuple[Path, ...]


class EagerLoading:
    """Finds the options that let the schema of a response read relationships."""

    def __init__(
        self,
        definitions: Definitions,
        models: Models,
        uses: Mapping[Function, SessionUse],
        tree_of: Callable[[Function], set[Function]],
    ) -> None:
        """Read no route yet.

        Args:
            definitions: the names of the project.
            models: its models.
            uses: what its functions do with their sessions.
            tree_of: gives a route, and the functions below it.
        """
        self._definitions = definitions
        self._models = models
        self._uses = uses
        self._tree_of = tree_of
        self._responses = Responses(definitions, models)

    def loads(self, route: Function) -> list[Load]:
        """What has to be loaded for the response of a route; empty where nothing is proven."""
        try:
            return list(self._loads(route))
        except UnknownPathError:
            return []

    def _loads(self, route: Function) -> Iterator[Load]:
        schema = self._schema(route)
        tree = self._tree_of(route)
        for function in tree:
            for node in ast.walk(function.node):
                validated = validated_by(node) if isinstance(node, ast.Call) else None
                if validated and any(self._responses.classes(function.module, validated)):
                    raise UnknownPathError
        sources = {source.node: source for source in self._returned(route)}
        for source in sources.values():
            paths = tuple(sorted(set(self._paths(schema, source.model))))
            if not paths:
                continue
            if source.kind == "refresh":
                self._check_untouched(source, paths, tree)
            else:
                if any(self._writes(function) for function in tree):
                    raise UnknownPathError
                self._check_loaded(source, paths, tree)
                self._check_others(source)
            yield Load(source, paths)

    # Schemas

    def _schema(self, route: Function) -> Class:
        """The one schema of a response, alone or in a list."""
        annotations = list(self._responses.annotations(route))
        if len(annotations) != 1:
            raise UnknownPathError
        return self._schema_in(route, annotations[0])

    def _schema_in(self, route: Function, node: ast.expr) -> Class:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self._schema_in(route, _parsed(node.value))
        if isinstance(node, ast.Subscript) and dotted(node.value).rpartition(".")[2] in _WRAPPERS:
            return self._schema_in(route, node.slice)
        if isinstance(node, ast.BinOp):
            sides = [side for side in (node.left, node.right) if not isinstance(side, ast.Constant)]
            if len(sides) == 1:
                return self._schema_in(route, sides[0])
        found = self._definitions.value(route.module, None, node)
        if not found or not found.klass or found.klass in self._models.by_class:
            raise UnknownPathError
        return found.klass

    def _paths(self, schema: Class, model: Model, above: tuple[Class, ...] = ()) -> Iterator[Path]:
        """What a schema reads of an object of a model that loads lazily."""
        if schema in above or len(above) >= _LONGEST:
            raise UnknownPathError
        for base in self._definitions.bases(schema):
            if "alias_generator" in ast.unparse(base.node):
                raise UnknownPathError
            for statement in base.node.body:
                if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                    self._check_method(statement)
                elif isinstance(statement, ast.AnnAssign):
                    yield from self._field(base, statement, model, (*above, schema))

    def _check_method(self, method: ast.AST) -> None:
        for node in ast.walk(method):
            name = getattr(node, "attr", getattr(node, "id", ""))
            if name in self._models.lazy or name == "getattr":
                raise UnknownPathError

    def _field(
        self, base: Class, statement: ast.AnnAssign, model: Model, above: tuple[Class, ...]
    ) -> Iterator[Path]:
        for name in names_of(statement) & self._models.lazy:
            if name in model.columns and name not in model.lazy:
                continue
            target = self._models.target(model, name)
            if target is None:
                raise UnknownPathError
            yield (name,)
            annotation = statement.annotation
            inner = list(self._responses.classes(base.module, annotation))
            if not inner and not self._models.is_sqlmodel:
                raise UnknownPathError
            for schema in inner:
                for path in self._paths(schema, target, above):
                    yield (name, *path)

    # Objects

    def _returned(self, function: Function, depth: int = 0) -> Iterator[Source]:
        """Where the objects that a function returns come from."""
        nodes = list(own_nodes(function.node))
        if depth > _DEEPEST or any(isinstance(n, ast.Yield | ast.YieldFrom) for n in nodes):
            raise UnknownPathError
        for node in nodes:
            if isinstance(node, ast.Return):
                if refreshed := self._refreshed(function, node):
                    yield refreshed
                else:
                    yield from self._made(function, node.value, depth)

    def _made(self, function: Function, node: ast.expr | None, depth: int) -> Iterator[Source]:
        if depth > _DEEPEST:
            raise UnknownPathError
        if node is None or (isinstance(node, ast.Constant) and node.value is None):
            return
        if isinstance(node, ast.Await):
            yield from self._made(function, node.value, depth + 1)
        elif isinstance(node, ast.IfExp):
            for part in (node.body, node.orelse):
                yield from self._made(function, part, depth + 1)
        elif isinstance(node, ast.Name):
            bound = self._definitions.locals(function).get(node.id, [])
            if not bound:
                raise UnknownPathError
            for value in bound:
                inner = value.value if isinstance(value, ast.AnnAssign) else value
                if not isinstance(inner, ast.expr):
                    raise UnknownPathError
                yield from self._made(function, inner, depth + 1)
        elif isinstance(node, ast.Call):
            yield from self._called(function, node, depth)
        else:
            raise UnknownPathError

    def _called(self, function: Function, node: ast.Call, depth: int) -> Iterator[Source]:
        use = self._uses[function]
        targets = [call.target for call in use.calls if call.node is node]
        if targets:
            for source in self._returned(targets[0], depth + 1):
                if source.kind == "refresh" and self._writes_after(function, node):
                    raise UnknownPathError
                yield source
            return
        if dotted(node.func) == "list" and len(node.args) == 1:
            yield from self._made(function, node.args[0], depth + 1)
            return
        chains = [chain for chain in use.chains if chain.whole is node]
        if chains:
            yield from self._of_chain(function, chains[0])
        else:
            yield from self._selected(function, node)

    def _of_chain(self, function: Function, chain: Chain) -> Iterator[Source]:
        ends = {"all", "first", "get", "one", "one_or_none"}
        if chain.kind != "entity" or chain.end is None or chain.end[0] not in ends or chain.dml:
            raise UnknownPathError
        bases = [chain]
        if isinstance(chain.base, ast.Name):
            bound = self._definitions.locals(function).get(chain.base.id, [])
            bases = [known for known in self._uses[function].chains if known.whole in bound]
        bases += [chain]
        if any(name == "options" for known in bases for name, _ in known.steps):
            raise UnknownPathError
        is_get = chain.end[0] == "get"
        for known in bases:
            if isinstance(known.base, ast.Call):
                node = known.end[1] if is_get and known.end else known.base
                assert isinstance(node, ast.Call)  # noqa: S101 - the end of a chain is one
                named = known.base.args[0]
                yield self._source(function, node, "get" if is_get else "query", named)

    def _source(
        self, function: Function, node: ast.Call, kind: Literal["query", "get"], named: ast.expr
    ) -> Source:
        found = self._definitions.value(function.module, function, named)
        model = self._models.by_class.get(found.klass) if found and found.klass else None
        if model is None or not dotted(named):
            raise UnknownPathError
        if kind == "get" and (node.lineno != node.end_lineno or node.keywords):
            raise UnknownPathError
        return Source(function, node, kind, model, dotted(named))

    def _selected(self, function: Function, node: ast.Call) -> Iterator[Source]:
        """The `select` whose objects a session gives, or its `get`."""
        sessions = self._uses[function].sessions
        names: set[str] = set()
        current: ast.expr = node
        while True:
            current = self._followed(function, current)
            if not isinstance(current, ast.Call) or not isinstance(current.func, ast.Attribute):
                raise UnknownPathError
            if current.func.value in sessions:
                break
            names.add(current.func.attr)
            current = current.func.value
        method = current.func.attr
        if method in {"get", "get_one"} and not names and len(current.args) > 1:
            yield self._source(function, current, "get", current.args[0])
            return
        allowed = {
            "exec": _OF_SCALARS,
            "scalars": _OF_SCALARS,
            "execute": _OF_SCALARS | _OF_EXECUTE | {"scalars"},
            "scalar": frozenset[str](),
        }.get(method)
        is_of_objects = method != "execute" or bool(names & (_OF_EXECUTE | {"scalars"}))
        if allowed is None or names - allowed or not is_of_objects or not current.args:
            raise UnknownPathError
        yield from self._statement(function, current.args[0])

    def _followed(self, function: Function, node: ast.expr) -> ast.expr:
        """What a variable with one value stands for, or what is awaited."""
        if isinstance(node, ast.Await):
            return self._followed(function, node.value)
        if isinstance(node, ast.Name):
            bound = self._definitions.locals(function).get(node.id, [])
            if len(bound) == 1 and isinstance(bound[0], ast.expr):
                return bound[0]
        return node

    def _statement(self, function: Function, node: ast.expr) -> Iterator[Source]:
        values: list[ast.expr] = [node]
        if isinstance(node, ast.Name):
            bound = self._definitions.locals(function).get(node.id, [])
            values = [value for value in bound if isinstance(value, ast.expr)]
            if len(values) != len(bound) or not values:
                raise UnknownPathError
        for value in values:
            current: ast.expr = value
            while isinstance(current, ast.Call) and isinstance(current.func, ast.Attribute):
                if current.func.attr not in BUILDERS - {"options"}:
                    raise UnknownPathError
                current = current.func.value
            if isinstance(current, ast.Name) and dotted(current) == dotted(node):
                continue
            if not isinstance(current, ast.Call) or len(current.args) != 1:
                raise UnknownPathError
            found = self._definitions.value(function.module, function, current.func)
            if not found or found.external not in SELECTS:
                raise UnknownPathError
            yield self._source(function, current, "query", current.args[0])

    # What a commit leaves behind

    def _refreshed(self, function: Function, returned: ast.Return) -> Source | None:
        """The statement that refreshes an object just before it is returned."""
        name = returned.value.id if isinstance(returned.value, ast.Name) else ""
        block = _block_of(function.node, returned)
        if not name or returned not in block:
            return None
        above = block[: block.index(returned)]
        if above and _is_guard(above[-1], name):
            inner: list[ast.stmt] = getattr(above[-1], "body", [])
            above = inner
        if len(above) < 2:  # noqa: PLR2004 - a commit, and a refresh
            return None
        commit, refresh = above[-2:]
        session = self._calls_session(function, commit, "commit", "")
        if not session or self._calls_session(function, refresh, "refresh", name) != session:
            return None
        found = self._definitions.value(function.module, function, ast.Name(name, ast.Load()))
        model = self._models.by_class.get(found.instance) if found and found.instance else None
        if model is None:
            raise UnknownPathError
        return Source(function, refresh, "refresh", model, name, session)

    def _calls_session(self, function: Function, node: ast.stmt, method: str, name: str) -> str:
        """The session whose method a statement calls, for one object; empty for anything else."""
        call = node.value if isinstance(node, ast.Expr) else None
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            return ""
        is_it = call.func.value in self._uses[function].sessions and call.func.attr == method
        given = [dotted(argument) for argument in call.args]
        is_plain = given == ([name] if name else []) and not call.keywords
        return dotted(call.func.value) if is_it and is_plain else ""

    def _writes_after(self, function: Function, node: ast.Call) -> bool:
        """Whether the database may change in a function after one of its calls."""
        above: ast.AST | None = node
        while above is not None and above is not function.node:
            above = function.module.parent_of(above)
            if isinstance(above, ast.For | ast.While | ast.ListComp):
                return True
        use = self._uses[function]
        end = node.end_lineno or node.lineno
        later = {call.target for call in use.calls if call.node.lineno > end}
        return any(line > end for line in self._writing_lines(function)) or any(
            self._writes(inner) for target in later for inner in self._tree_of(target)
        )

    def _writes(self, function: Function) -> bool:
        return any(True for _ in self._writing_lines(function))

    def _writing_lines(self, function: Function) -> Iterator[int]:
        """The lines of a function that may change an object, or the database."""
        use, module = self._uses[function], function.module
        for node in ast.walk(function.node):
            if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                if dotted(node.value) != "self":
                    yield node.lineno
            elif isinstance(node, ast.Call):
                if dotted(node.func) == "setattr":
                    yield node.lineno
                found = self._definitions.value(module, function, node.func)
                name = found.external if found else ""
                is_library = name.startswith(("sqlalchemy.", "sqlmodel."))
                if is_library and name.rpartition(".")[2] in _CHANGES | {"text"}:
                    yield node.lineno
        for session in use.sessions:
            above = module.parent_of(session)
            if isinstance(above, ast.Attribute) and above.attr not in _READING:
                yield above.lineno
        for chain in use.chains:
            if chain.end and chain.end[0] in _CHANGES:
                yield chain.end[1].lineno

    # What else an option changes

    def _check_loaded(self, source: Source, paths: tuple[Path, ...], tree: set[Function]) -> None:
        """Stop where objects may be there already, without what is to be loaded.

        A query loads what objects of the session lack, but goes no further from what they have,
        and `get` returns them as they are.
        """
        models = {source.model.definition: source.model}
        for path in paths:
            option_of(self._definitions, self._models, source, path)
            on_path = [source.model, *self._models.path(source.model, path)]
            if len(path) > 1:
                models |= {model.definition: model for model in on_path}
                if len({model.definition for model in on_path}) < len(on_path):
                    raise UnknownPathError
        if source.kind == "query" and len(models) == 1:
            return
        own = {*ast.walk(source.node)}
        others = [
            argument
            for function in tree
            for node in ast.walk(function.node)
            if isinstance(node, ast.Call) and node not in own
            for argument in node.args
            for model in models.values()
            if self._is_of(model, function, argument)
        ]
        options = any(
            isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in EAGER_OPTIONS
            for function in tree
            for node in ast.walk(function.node)
        )
        if others or options or self._models.has_eager:
            raise UnknownPathError

    def _check_untouched(
        self, source: Source, paths: tuple[Path, ...], tree: set[Function]
    ) -> None:
        """Stop where a refresh goes not far enough, or finds objects that are in the session."""
        targets = [model for path in paths for model in self._models.path(source.model, path)]
        used = any(
            self._is_of(model, function, part)
            for function in tree
            for node in ast.walk(function.node)
            if isinstance(node, ast.Call)
            for part in (node.func, *node.args)
            for model in targets
        )
        if used or self._models.has_eager or any(len(path) > 1 for path in paths):
            raise UnknownPathError

    def _is_of(self, model: Model, function: Function, node: ast.expr) -> bool:
        """Whether an expression is the class of a model, or of one that it inherits from."""
        found = self._definitions.value(function.module, function, node) if dotted(node) else None
        owner, other = model.definition, found.klass if found else None
        return other is not None and (
            owner in self._definitions.bases(other) or other in self._definitions.bases(owner)
        )

    def _check_others(self, source: Source) -> None:
        """Stop where another route shows whatever its objects have loaded."""
        methods = [m for model in self._models.by_class for m in self._methods(model)]
        for other, use in self._uses.items():
            if not use.is_route:
                continue
            tree = self._tree_of(other)
            if source.function not in tree:
                continue
            for function in (*tree, *methods):
                for node in ast.walk(function.node):
                    if getattr(node, "attr", getattr(node, "id", "")) in _DUMPS:
                        raise UnknownPathError
            if any(self._responses.annotations(other)):
                continue
            if any(known.function is source.function for known in self._returned(other)):
                raise UnknownPathError

    def _methods(self, model: Class) -> Iterator[Function]:
        for base in self._definitions.bases(model):
            yield from base.methods.values()


def option_of(definitions: Definitions, models: Models, source: Source, path: Path) -> str:
    """The option that loads a path, as `selectinload(Author.books)`.

    Raises:
        UnknownPathError: a model on it has no name in the function.
    """
    text, model, function = "", source.model, source.function
    owner = source.name.rpartition(".")[0]
    for name in path:
        written = source.name
        if text:
            plain = model.definition.name
            written = f"{owner}.{plain}" if owner else plain
            found = definitions.value(function.module, function, _parsed(written))
            if not found or found.klass is not model.definition:
                raise UnknownPathError
        text += f"{'.' if text else ''}selectinload({written}.{name})"
        target = models.target(model, name)
        if target is None:
            raise UnknownPathError
        model = target
    return text


def _parsed(text: str) -> ast.expr:
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise UnknownPathError from error


def _block_of(function: ast.AST, statement: ast.stmt) -> list[ast.stmt]:
    for node in ast.walk(function):
        for name in ("body", "orelse", "finalbody"):
            found: list[ast.stmt] | ast.expr = getattr(node, name, [])
            if isinstance(found, list) and statement in found:
                return found
    return []


def _is_guard(statement: ast.stmt, name: str) -> bool:
    """Whether it is `if name:` without an `else`."""
    return (
        isinstance(statement, ast.If)
        and not statement.orelse
        and isinstance(statement.test, ast.Name)
        and statement.test.id == name
    )
