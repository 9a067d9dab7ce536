"""Where the objects come from that a response reads: queries, refreshed variables, or nothing."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from ..inspection.python_source import dotted
from .call_arguments import argument_of
from .definitions import SELECTS, Class, Definitions, Function, own_nodes
from .lazy_loads import EAGER_OPTIONS, validated_by
from .mapped_attributes import type_names
from .modules import names_stored
from .queries import BUILDERS, Chain, is_iterated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .lazy_loads import Callers
    from .mapped_attributes import Model, Models
    from .session_use import SessionUse

_OF_SCALARS = frozenset({"all", "first", "one", "one_or_none", "unique"})
_OF_EXECUTE = frozenset({"scalar_one", "scalar_one_or_none"})
_PLAIN_TYPES = frozenset(
    {
        "Decimal",
        "UUID",
        "bool",
        "bytes",
        "date",
        "datetime",
        "float",
        "int",
        "str",
        "time",
    }
)
_PLAIN_CALLS = frozenset({"bool", "float", "int", "len", "round", "str"})
_DUMPS = frozenset({"dict", "json", "model_dump", "model_dump_json"})
_FILLS = frozenset({"add", "append", "extend", "insert", "setdefault", "update"})
_RESPONSES = ("fastapi.responses.", "fastapi.Response", "starlette.responses.")
_OF_NUMBERS = frozenset({"count", "delete", "update"})
_LIBRARIES = ("sqlalchemy.", "sqlmodel.", "made by ")
_FUNCTIONS = ("sqlalchemy.func.", "sqlmodel.func.", "sqlalchemy.sql.func.")
_DEEPEST = 8


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
    loaded: frozenset[tuple[str, ...]] = frozenset()
    """The paths of relationships that its own options load."""
    is_row: bool = False
    """Whether the object is one value of a row, which has the name of its class."""


class Origins:
    """Follows the objects of responses back to where they are loaded."""

    def __init__(
        self,
        definitions: Definitions,
        models: Models,
        uses: Mapping[Function, SessionUse],
        callers: Callers,
        writes_after: Callable[[Function, ast.Call], bool],
    ) -> None:
        """Follow none yet.

        Args:
            definitions: the names of the project.
            models: its models.
            uses: what its functions do with their sessions.
            callers: the functions that call each, with the calls.
            writes_after: whether the database may change in a function after one of its calls.
        """
        self._definitions = definitions
        self._models = models
        self._uses = uses
        self._callers = callers
        self._writes_after = writes_after
        self.tree: set[Function] = set()
        """The functions that count: a route, and those below it."""

    def returned(self, function: Function, depth: int = 0) -> Iterator[Source]:
        """Where the objects that a function returns come from.

        Raises:
            UnknownPathError: that is not proven.
        """
        nodes = list(own_nodes(function.node))
        if depth > _DEEPEST or any(isinstance(n, ast.Yield | ast.YieldFrom) for n in nodes):
            raise UnknownPathError
        for node in nodes:
            if isinstance(node, ast.Return):
                if refreshed := self._refreshed(function, node, node.value):
                    yield refreshed
                else:
                    yield from self._made(function, node.value, depth)

    def read(self, function: Function, call: ast.Call) -> Iterator[Source]:
        """Where the objects come from that a call such as `Schema.model_validate(…)` is given.

        Raises:
            UnknownPathError: that is not proven.
        """
        for node in call.args[:1]:
            yield from self._at(function, node, call, 0)

    def _at(
        self, function: Function, node: ast.expr, call: ast.Call, depth: int
    ) -> Iterator[Source]:
        """Where the objects come from that a call is given."""
        statement: ast.AST | None = call
        while statement is not None and not isinstance(statement, ast.stmt):
            statement = function.module.parent_of(statement)
        if isinstance(statement, ast.Assign | ast.Expr | ast.Return):
            others = [
                known
                for known in self._uses[function].calls
                if known.node is not call and known.node in ast.walk(statement)
            ]
            refreshed = None if others else self._refreshed(function, statement, node)
            if refreshed:
                yield refreshed
                return
        yield from self._made(function, node, depth)

    def attribute(
        self, function: Function, node: ast.Attribute
    ) -> Iterator[tuple[Source, tuple[str, ...]]]:
        """Where the objects come from whose relationship is read, with the path to it.

        Raises:
            UnknownPathError: that is not proven.
        """
        for base, path in self._path_to(function, node, 0):
            for source in self._made(function, base, 0):
                yield source, path

    def _path_to(
        self, function: Function, node: ast.expr, depth: int
    ) -> Iterator[tuple[ast.expr, tuple[str, ...]]]:
        """The expressions that a path of relationships begins with."""
        if depth > _DEEPEST:
            raise UnknownPathError
        if isinstance(node, ast.Attribute) and node.attr in self._models.lazy:
            for base, path in self._path_to(function, node.value, depth + 1):
                yield base, (*path, node.attr)
            return
        if isinstance(node, ast.Name):
            bound = self._definitions.locals(function).get(node.id, [])
            iterated = list(_iterated(function, node.id))
            values = iterated if len(iterated) == len(bound) else bound
            read = [
                value
                for value in values
                if isinstance(value, ast.Attribute) and value.attr in self._models.lazy
            ]
            if read and len(read) == len(values):
                for value in read:
                    yield from self._path_to(function, value, depth + 1)
                return
        yield node, ()

    def _made(self, function: Function, node: ast.expr | None, depth: int) -> Iterator[Source]:
        if depth > _DEEPEST:
            raise UnknownPathError
        if node is None or isinstance(node, ast.Constant | ast.JoinedStr | ast.Compare):
            return
        if isinstance(node, ast.Await | ast.NamedExpr | ast.Starred | ast.Subscript):
            yield from self._made(function, node.value, depth + 1)
        elif isinstance(node, ast.IfExp):
            for part in (node.body, node.orelse):
                yield from self._made(function, part, depth + 1)
        elif isinstance(node, ast.List):
            for part in node.elts:
                yield from self._made(function, part, depth + 1)
        elif isinstance(node, ast.ListComp | ast.GeneratorExp):
            yield from self._made(function, node.elt, depth + 1)
        elif isinstance(node, ast.BoolOp | ast.BinOp | ast.Dict | ast.Tuple | ast.UnaryOp):
            self._check_plain(function, _parts(node), depth)
        elif isinstance(node, ast.Name):
            yield from self._named(function, node, depth)
        elif isinstance(node, ast.Call):
            yield from self._called(function, node, depth)
        elif not (isinstance(node, ast.Attribute) and self._is_column(function, node)):
            raise UnknownPathError

    def _check_plain(self, function: Function, nodes: list[ast.expr], depth: int) -> None:
        """Stop where an expression may hold an object of a model."""
        if any(True for node in nodes for _ in self._made(function, node, depth + 1)):
            raise UnknownPathError

    def _is_column(self, function: Function, node: ast.Attribute) -> bool:
        """Whether an attribute is a column's value, or a field of a plain type."""
        found = self._definitions.value(function.module, function, node.value)
        owner = found.instance if found else None
        if found is None:
            columns = {name for model in self._models.by_class.values() for name in model.columns}
            return node.attr in columns - self._models.lazy
        if owner in self._models.by_class and owner:
            model = self._models.by_class[owner]
            return node.attr in model.columns and node.attr not in model.lazy
        for base in self._definitions.bases(owner) if owner else ():
            for statement in base.node.body:
                if isinstance(statement, ast.AnnAssign) and dotted(statement.target) == node.attr:
                    return _is_plain(statement.annotation)
            if property_ := base.methods.get(node.attr):
                return _is_plain(property_.node.returns)
        return bool(owner and self._is_set_plainly(owner, node.attr))

    def _is_set_plainly(self, owner: Class, name: str) -> bool:
        """Whether the methods of a class assign nothing but parameters of plain types."""
        values: list[bool] = []
        for base in self._definitions.bases(owner):
            for method in base.methods.values():
                annotations = {p.arg: p.annotation for p in method.parameters}
                values += [
                    isinstance(node.value, ast.Name) and _is_plain(annotations.get(node.value.id))
                    for node in ast.walk(method.node)
                    if isinstance(node, ast.Assign) and f"self.{name}" in map(dotted, node.targets)
                ]
        return bool(values) and all(values)

    def _named(self, function: Function, node: ast.Name, depth: int) -> Iterator[Source]:
        bound = self._definitions.locals(function).get(node.id, [])
        if not bound:
            raise UnknownPathError
        iterated = list(_iterated(function, node.id))
        if len([value for value in bound if value is None]) != len(iterated):
            raise UnknownPathError
        for value in [*filter(None, bound), *iterated]:
            if isinstance(value, ast.arg):
                yield from self._given(function, value, depth)
                continue
            inner = value.value if isinstance(value, ast.AnnAssign) else value
            if not isinstance(inner, ast.expr):
                raise UnknownPathError
            yield from self._made(function, inner, depth + 1)
        found = self._definitions.value(function.module, function, node)
        if not (found and found.instance in self._models.by_class):
            yield from self._filled(function, node.id, depth)

    def _given(self, function: Function, parameter: ast.arg, depth: int) -> Iterator[Source]:
        """What a parameter gets from the calls of a tree, or from a dependency."""
        if _is_plain(parameter.annotation):
            return
        for filled, _, value in self._definitions.depends(function):
            if filled is parameter:
                if value is None or value.function is None:
                    raise UnknownPathError
                yield from self.returned(value.function, depth + 1)
                return
        calls = [
            (caller, call)
            for caller, call in self._callers.get(function, ())
            if caller in self.tree
        ]
        if not calls or function.node.decorator_list or self._is_value(function):
            raise UnknownPathError
        for caller, call in calls:
            given = list(argument_of(function, parameter.arg, call))
            if len(given) != 1 or depth > _DEEPEST:
                raise UnknownPathError
            yield from self._at(caller, given[0], call, depth + 1)

    def _is_value(self, function: Function) -> bool:
        """Whether a function of the tree names another one without calling it."""
        for caller in self.tree:
            calls = {known.node.func for known in self._uses[caller].calls}
            for node in ast.walk(caller.node):
                name = getattr(node, "attr", getattr(node, "id", ""))
                if isinstance(node, ast.Name | ast.Attribute) and name == function.node.name:
                    found = self._definitions.value(caller.module, caller, node)
                    if found and found.function is function and node not in calls:
                        return True
        return False

    def _filled(self, function: Function, name: str, depth: int) -> Iterator[Source]:
        """What is put into a variable after it has its value."""
        for node in ast.walk(function.node):
            if not isinstance(node, ast.Name) or node.id != name:
                continue
            above = function.module.parent_of(node)
            outer = function.module.parent_of(above) if above else None
            if isinstance(above, ast.Attribute | ast.Subscript) and above.value is node:
                if not isinstance(above.ctx, ast.Load):
                    if not isinstance(outer, ast.Assign):
                        raise UnknownPathError
                    self._check_plain(function, [outer.value], depth)
                elif (
                    isinstance(above, ast.Attribute)
                    and above.attr in _FILLS
                    and isinstance(outer, ast.Call)
                    and outer.func is above
                ):
                    for part in outer.args:
                        yield from self._made(function, part, depth + 1)
                    self._check_plain(function, [k.value for k in outer.keywords], depth)
            elif isinstance(above, ast.Call | ast.keyword):
                call = outer if isinstance(above, ast.keyword) else above
                if any(known.node is call for known in self._uses[function].calls):
                    self._check_constant(function, name)

    def _check_constant(self, function: Function, name: str) -> None:
        """Stop where a function that gets a variable may put something into it."""
        for value in self._definitions.locals(function)[name]:
            inner = value.value if isinstance(value, ast.AnnAssign) else value
            if isinstance(inner, ast.Dict | ast.DictComp | ast.List | ast.ListComp | ast.Set):
                raise UnknownPathError

    def _called(self, function: Function, node: ast.Call, depth: int) -> Iterator[Source]:
        use = self._uses[function]
        if dotted(node.func) == "list" and len(node.args) == 1:
            yield from self._made(function, node.args[0], depth + 1)
            return
        if self._is_plain_call(function, node, depth):
            return
        targets = [call.target for call in use.calls if call.node is node]
        if targets:
            if _is_plain(targets[0].node.returns):
                return
            for source in self.returned(targets[0], depth + 1):
                if source.kind == "refresh" and self._writes_after(function, node):
                    raise UnknownPathError
                yield source
            return
        chains = [chain for chain in use.chains if chain.whole is node]
        if chains:
            yield from self._of_chain(function, chains[0])
        else:
            yield from self._selected(function, node)

    def _is_plain_call(self, function: Function, node: ast.Call, depth: int) -> bool:
        """Whether a call gives a schema, a response or a value, with no object of a model."""
        made = node.func.value if isinstance(node.func, ast.Subscript) else node.func
        found = self._definitions.value(function.module, function, made)
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        validated = validated_by(node)
        if validated is not None:
            inner = validated.value if isinstance(validated, ast.Subscript) else validated
            schema = self._definitions.value(function.module, function, inner)
            return bool(schema and schema.klass and schema.klass not in self._models.by_class)
        if found and found.klass:
            if found.klass in self._models.by_class:
                raise UnknownPathError
            self._check_plain(function, given, depth)
            return True
        if found and found.external.startswith(_RESPONSES):
            return True
        if found and found.external and not found.external.startswith(_LIBRARIES):
            self._check_plain(function, given, depth)
            return True
        if found is None and isinstance(made, ast.Name) and made.id in _PLAIN_CALLS:
            return made.id not in self._definitions.locals(function)
        if isinstance(made, ast.Attribute) and made.attr in _DUMPS and not node.args:
            owner = self._definitions.value(function.module, function, made.value)
            return bool(owner and owner.instance and owner.instance not in self._models.by_class)
        return False

    def _of_chain(self, function: Function, chain: Chain) -> Iterator[Source]:
        if chain.end and chain.end[0] in _OF_NUMBERS:
            return
        if chain.kind != "entity" and chain.end and self._are_columns(function, chain.base):
            return
        if any(name == "with_entities" for name, _ in chain.steps):
            return
        ends = {"all", "first", "get", "one", "one_or_none"}
        above = function.module.parent_of(chain.whole)
        is_run = chain.end[0] in ends if chain.end else is_iterated(above, chain.whole)
        if chain.kind == "column" or chain.dml or not is_run:
            raise UnknownPathError
        bases = [chain]
        if isinstance(chain.base, ast.Name):
            bound = self._definitions.locals(function).get(chain.base.id, [])
            bases += [known for known in self._uses[function].chains if known.whole in bound]
        options = [
            call
            for known in bases
            for name, call in known.steps
            if name == "options" and self._is_certain(known, chain)
        ]
        if len(options) < len(
            [0 for known in bases for name, _ in known.steps if name == "options"]
        ):
            raise UnknownPathError
        loaded = self._loaded(function, options)
        is_get = chain.end is not None and chain.end[0] == "get"
        for known in bases:
            if not isinstance(known.base, ast.Call):
                continue
            node = known.end[1] if is_get and known.end else known.base
            assert isinstance(node, ast.Call)  # noqa: S101 - the end of a chain is one
            named = known.base.args
            if chain.kind == "rows":
                named = [n for n in named if not self._is_column_of(function, n)]
            for argument in named:
                source = self._source(function, node, "get" if is_get else "query", argument)
                yield replace(source, loaded=loaded, is_row=chain.kind == "rows")

    def _is_certain(self, known: Chain, chain: Chain) -> bool:
        """Whether the steps of a chain are in each query that another one runs."""
        return known is chain or isinstance(known.base, ast.Call)

    def _loaded(self, function: Function, options: list[ast.Call]) -> frozenset[tuple[str, ...]]:
        """The paths of relationships that options load."""
        found: set[tuple[str, ...]] = set()
        for argument in (argument for call in options for argument in call.args):
            names: list[str] = []
            current: ast.expr = argument
            while isinstance(current, ast.Call):
                last = dotted(current.func).rpartition(".")[2]
                given = current.args[0] if len(current.args) == 1 else None
                if last not in EAGER_OPTIONS or not isinstance(given, ast.Attribute):
                    raise UnknownPathError
                owner = self._definitions.value(function.module, function, given.value)
                if not owner or owner.klass not in self._models.by_class or current.keywords:
                    raise UnknownPathError
                names.insert(0, given.attr)
                current = current.func.value if isinstance(current.func, ast.Attribute) else given
                if isinstance(current, ast.Name | ast.Attribute):
                    break
            if not names:
                raise UnknownPathError
            found |= {tuple(names[: end + 1]) for end in range(len(names))}
        return frozenset(found)

    def _are_columns(self, function: Function, base: ast.expr) -> bool:
        """Whether a query or a select is of columns and expressions, without a model."""
        if isinstance(base, ast.Name):
            bound = self._definitions.locals(function).get(base.id, [])
            bases = [known.base for known in self._uses[function].chains if known.whole in bound]
            return bool(bases) and all(
                isinstance(inner, ast.Call) and self._are_columns(function, inner)
                for inner in bases
            )
        if not isinstance(base, ast.Call) or not base.args:
            return False
        return all(self._is_column_of(function, argument) for argument in base.args)

    def _is_column_of(self, function: Function, node: ast.expr) -> bool:
        """Whether an expression of a query is a column, or a function of SQL."""
        if isinstance(node, ast.Attribute):
            owner = self._definitions.value(function.module, function, node.value)
            model = self._models.by_class.get(owner.klass) if owner and owner.klass else None
            return bool(model and node.attr in model.columns and node.attr not in model.lazy)
        if isinstance(node, ast.Call):
            found = self._definitions.value(function.module, function, node)
            return bool(found and found.external.startswith(_FUNCTIONS))
        return False

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
        if current.args and self._selects_columns(function, current.args[0]):
            return
        if allowed is None or names - allowed or not is_of_objects or not current.args:
            raise UnknownPathError
        yield from self._statement(function, current.args[0])

    def _selects_columns(self, function: Function, node: ast.expr) -> bool:
        current = self._followed(function, node)
        while isinstance(current, ast.Call) and isinstance(current.func, ast.Attribute):
            if current.func.attr not in BUILDERS:
                return False
            current = self._followed(function, current.func.value)
        if not isinstance(current, ast.Call):
            return False
        found = self._definitions.value(function.module, function, current.func)
        return bool(found and found.external in SELECTS and self._are_columns(function, current))

    def _followed(self, function: Function, node: ast.expr) -> ast.expr:
        """What a variable with one value stands for, or what is awaited."""
        if isinstance(node, ast.Await):
            return self._followed(function, node.value)
        if isinstance(node, ast.Name):
            bound = self._definitions.locals(function).get(node.id, [])
            if len(bound) == 1 and isinstance(bound[0], ast.expr):
                return bound[0]
        return node

    def _statement(self, function: Function, node: ast.expr, depth: int = 0) -> Iterator[Source]:
        values: list[ast.expr] = [node]
        if isinstance(node, ast.Name):
            bound = self._definitions.locals(function).get(node.id, [])
            values = [value for value in bound if isinstance(value, ast.expr)]
            if len(values) != len(bound) or not values:
                raise UnknownPathError
        for value in values:
            options: list[ast.Call] = []
            current: ast.expr = value
            while isinstance(current, ast.Call) and isinstance(current.func, ast.Attribute):
                if current.func.attr not in BUILDERS:
                    raise UnknownPathError
                options += [current] if current.func.attr == "options" else []
                current = current.func.value
            if isinstance(current, ast.Name) and dotted(current) == dotted(node):
                if options:
                    raise UnknownPathError
                continue
            loaded = self._loaded(function, options)
            if isinstance(current, ast.Name) and depth < _DEEPEST:
                for source in self._statement(function, current, depth + 1):
                    yield replace(source, loaded=source.loaded | loaded)
                continue
            if not isinstance(current, ast.Call) or len(current.args) != 1:
                raise UnknownPathError
            found = self._definitions.value(function.module, function, current.func)
            if not found or found.external not in SELECTS:
                raise UnknownPathError
            source = self._source(function, current, "query", current.args[0])
            yield replace(source, loaded=loaded)

    def _refreshed(
        self, function: Function, statement: ast.stmt, read: ast.expr | None
    ) -> Source | None:
        """The statement that refreshes an object just before another statement reads it."""
        name = read.id if isinstance(read, ast.Name) else ""
        block = _block_of(function.node, statement)
        if not name or statement not in block:
            return None
        above = block[: block.index(statement)]
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


def _parts(node: ast.expr) -> list[ast.expr]:
    return [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]


def _is_plain(annotation: ast.expr | None) -> bool:
    """Whether an annotation names types of plain values alone."""
    names = [name for name in type_names(annotation) if name not in {"", "None", "Optional"}]
    return bool(names) and {*names} <= _PLAIN_TYPES


def _iterated(function: Function, name: str) -> Iterator[ast.expr]:
    """What a variable of a loop or of a comprehension goes through."""
    for node in ast.walk(function.node):
        if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            if name in names_stored(node.target):
                yield node.iter
        elif isinstance(node, ast.AugAssign) and name in names_stored(node.target):
            yield node.value


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
