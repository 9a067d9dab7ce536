"""Relationships that a response reads, and where their objects can be loaded with them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..inspection.python_source import dotted
from .definitions import Class, Definitions, Function
from .lazy_loads import EAGER_OPTIONS, Responses, names_of, validated_by
from .object_origins import Origins, Source, UnknownPathError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from .lazy_loads import Callers
    from .mapped_attributes import Model, Models
    from .modules import Module
    from .session_use import SessionUse

Path = tuple[str, ...]
"""Names of relationships, each of the model that the one before it leads to."""

_READING = frozenset({"exec", "execute", "get", "get_one", "query", "scalar", "scalars"})
_WRITTEN = frozenset({"delete", "merge"})
_CHANGES = frozenset({"delete", "insert", "update"})
# What shows all that is loaded, rather than the fields of a schema.
_DUMPS = frozenset({"__dict__", "jsonable_encoder", "vars"})
_WRAPPERS = frozenset({"List", "Optional", "Sequence", "list"})
_MOST = 5
"""Routes that may have a statement more, which only one of them needs."""
_LONGEST = 3
"""Relationships in a path."""


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
        callers: Callers,
    ) -> None:
        """Read no route yet.

        Args:
            definitions: the names of the project.
            models: its models.
            uses: what its functions do with their sessions.
            tree_of: gives a route, and the functions below it.
            callers: the functions that call each, with the calls.
        """
        self._definitions = definitions
        self._models = models
        self._uses = uses
        self._tree_of = tree_of
        self._responses = Responses(definitions, models)
        self._origins = Origins(definitions, models, uses, callers, self._writes_after)

    def loads(self, route: Function) -> list[Load] | None:
        """What has to be loaded for what a route validates; None where that is not proven."""
        try:
            return list(self._loads(route))
        except UnknownPathError:
            return None

    def of_attributes(
        self, route: Function, function: Function, nodes: Iterable[ast.Attribute]
    ) -> list[Load] | None:
        """What a function below a route reads of relationships; None where it is not proven."""
        tree = self._origins.tree = self._tree_of(route)
        found: list[Load] = []
        try:
            if any(self._writes(inner) for inner in tree):
                return None
            for node in nodes:
                for source, path in self._origins.attribute(function, node):
                    if path not in source.loaded:
                        found += self._of_attribute(source, path, tree)
                    if len(path) > 1 and function is not route:
                        return None
        except UnknownPathError:
            return None
        return found

    def _of_attribute(self, source: Source, path: Path, tree: set[Function]) -> Iterator[Load]:
        model = source.model
        if source.loaded or source.is_row or source.kind == "refresh":
            raise UnknownPathError
        if path[0] not in model.lazy and (
            path[0] in model.columns or self._models.lacks(model, path[0])
        ):
            return
        if len([*self._models.path(model, path)]) < len(path):
            raise UnknownPathError
        self._check_loaded(source, (path,), tree)
        self._check_others(source)
        yield Load(source, (path,))

    def _loads(self, route: Function) -> Iterator[Load]:
        tree = self._origins.tree = self._tree_of(route)
        for schema, source in self._reads(route, tree):
            paths = tuple(sorted(set(self._paths_of(schema, source)) - source.loaded))
            if not paths and not (source.loaded and any(map(self._writes, tree))):
                continue
            if source.loaded:
                raise UnknownPathError
            if source.kind == "refresh":
                self._check_untouched(source, paths, tree)
            else:
                if any(self._writes(function) for function in tree):
                    raise UnknownPathError
                self._check_loaded(source, paths, tree)
                self._check_others(source)
            yield Load(source, paths)

    def _reads(self, route: Function, tree: set[Function]) -> Iterator[tuple[Class, Source]]:
        """The schemas that are made of objects, each with where those come from."""
        if any(self._responses.annotations(route)):
            for source in {
                source.node: source for source in self._origins.returned(route)
            }.values():
                yield self._schema(route), source
        for function in tree:
            for node in ast.walk(function.node):
                validated = validated_by(node) if isinstance(node, ast.Call) else None
                if validated is None or not isinstance(node, ast.Call):
                    continue
                if not any(self._responses.classes(function.module, validated)):
                    continue
                sources = {source.node: source for source in self._origins.read(function, node)}
                for source in sources.values():
                    yield self._schema_in(function.module, validated), source

    # Schemas

    def _schema(self, route: Function) -> Class:
        """The one schema of a response, alone or in a list."""
        annotations = list(self._responses.annotations(route))
        if len(annotations) != 1:
            raise UnknownPathError
        return self._schema_in(route.module, annotations[0])

    def _schema_in(self, module: Module, node: ast.expr) -> Class:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self._schema_in(module, _parsed(node.value))
        if isinstance(node, ast.Subscript) and dotted(node.value).rpartition(".")[2] in _WRAPPERS:
            return self._schema_in(module, node.slice)
        if isinstance(node, ast.BinOp):
            sides = [side for side in (node.left, node.right) if not isinstance(side, ast.Constant)]
            if len(sides) == 1:
                return self._schema_in(module, sides[0])
        found = self._definitions.value(module, None, node)
        if not found or not found.klass or found.klass in self._models.by_class:
            raise UnknownPathError
        return found.klass

    def _paths_of(self, schema: Class, source: Source) -> Iterator[Path]:
        if not source.is_row:
            yield from self._paths(schema, source.model)
            return
        for base in self._definitions.bases(schema):
            for statement in base.node.body:
                if isinstance(statement, ast.AnnAssign):
                    if source.model.definition.name in names_of(statement):
                        inner = self._schema_in(base.module, statement.annotation)
                        yield from self._paths(inner, source.model)
                    elif any(self._responses.classes(base.module, statement.annotation)):
                        raise UnknownPathError
                elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                    self._check_method(statement)

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
            if self._models.lacks(model, name):
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

        A query loads what objects of the session lack, but goes no further from what they have:
        nothing else below the route may load it. `get` returns objects as they are.
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
        others = source.kind == "get" and any(
            self._is_of(model, function, argument)
            for function in tree
            for node in ast.walk(function.node)
            if isinstance(node, ast.Call) and node not in own
            for argument in node.args
            for model in models.values()
        )
        options = any(
            isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in EAGER_OPTIONS
            for function in tree
            for node in ast.walk(function.node)
        )
        if others or options or self._models.has_eager:
            raise UnknownPathError

    def crosses(self, route: Function, load: Load, others: Iterable[Load]) -> bool:
        """Whether other loads below a route may stop its own from going on to the end of a path."""
        if all(len(path) == 1 for path in load.paths):
            return False
        tree, models = self._tree_of(route), self._models_of(load)
        return any(
            other.source.node is not load.source.node
            and other.source.function in tree
            and models & self._models_of(other)
            for other in others
        )

    def _models_of(self, load: Load) -> set[Class]:
        model = load.source.model
        on_paths = (inner for path in load.paths for inner in self._models.path(model, path))
        return {model.definition, *(inner.definition for inner in on_paths)}

    def _check_untouched(
        self, source: Source, paths: tuple[Path, ...], tree: set[Function]
    ) -> None:
        """Stop where a refresh goes not far enough, or finds objects that are in the session."""
        targets = [model for path in paths for model in self._models.path(source.model, path)]
        changed = any(self._may_change(model, function) for function in tree for model in targets)
        if changed or self._models.has_eager or any(len(path) > 1 for path in paths):
            raise UnknownPathError

    def _may_change(self, model: Model, function: Function) -> bool:
        """Whether a function may make, change or delete objects of a model.

        A session that expires its objects at a commit reads them again; an async one does not.
        """
        use, module = self._uses[function], function.module
        for node in ast.walk(function.node):
            if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                named = node.attr in model.columns or node.attr in model.relationships
                if named and self._may_be_of(model, function, node.value):
                    return True
            elif isinstance(node, ast.Call):
                found = self._definitions.value(module, function, node.func)
                name = found.external if found else ""
                is_library = name.startswith(("sqlalchemy.", "sqlmodel."))
                if is_library and name.rpartition(".")[2] in _CHANGES | {"text"}:
                    return True
                if self._is_of(model, function, node.func):
                    return True
                is_set = dotted(node.func) == "setattr" and node.args
                if is_set and self._may_be_of(model, function, node.args[0]):
                    return True
        for session in use.sessions:
            above = module.parent_of(session)
            call = module.parent_of(above) if above else None
            if isinstance(above, ast.Attribute) and above.attr in _WRITTEN:
                given = call.args if isinstance(call, ast.Call) else []
                if not given or any(self._may_be_of(model, function, node) for node in given):
                    return True
        return any(chain.end and chain.end[0] in _CHANGES for chain in use.chains)

    def _may_be_of(self, model: Model, function: Function, node: ast.expr) -> bool:
        """Whether an expression may be an object of a model."""
        found = self._definitions.value(function.module, function, node)
        if found is None:
            return True
        owner = model.definition
        return found.instance is not None and (
            owner in self._definitions.bases(found.instance)
            or found.instance in self._definitions.bases(owner)
        )

    def _is_of(self, model: Model, function: Function, node: ast.expr) -> bool:
        """Whether an expression is the class of a model, or of one that it inherits from."""
        found = self._definitions.value(function.module, function, node) if dotted(node) else None
        owner, other = model.definition, found.klass if found else None
        return other is not None and (
            owner in self._definitions.bases(other) or other in self._definitions.bases(owner)
        )

    def _check_others(self, source: Source) -> None:
        """Stop where another route shows whatever is loaded, or many would load it in vain."""
        methods = [m for model in self._models.by_class for m in self._methods(model)]
        routes = [f for f, use in self._uses.items() if use.is_route]
        if len([f for f in routes if source.function in self._tree_of(f)]) > _MOST:
            raise UnknownPathError
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
            if any(known.function is source.function for known in self._origins.returned(other)):
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
