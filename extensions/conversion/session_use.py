"""How a function uses its sync session, and what keeps it from using an async one."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..inspection.python_source import dotted
from .blocking import Blocking
from .call_arguments import argument_of
from .definitions import (
    OWN_SESSION,
    SESSION,
    SESSION_CLASSES,
    Class,
    Definitions,
    Function,
    Value,
    own_nodes,
)
from .driver_values import Values, driver_problems
from .helper_functions import Helpers
from .hidden_loads import HiddenLoads
from .lazy_loads import lazy_loads
from .queries import Chain, NoSelectError, Queries, generators

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .mapped_attributes import Models
    from .modules import Module

AWAITED = frozenset(
    {
        "close", "commit", "delete", "exec", "execute", "flush", "get", "get_one", "merge",
        "refresh", "rollback", "scalar", "scalars",
    }
)  # fmt: skip
PLAIN = frozenset({"add", "add_all", "expunge", "expunge_all", "in_transaction", "is_modified"})
_CONTEXTS = frozenset({"begin", "begin_nested"})
_ROUTES = frozenset(
    {
        "api_route", "delete", "get", "head", "options", "patch", "post", "put", "trace",
        "websocket",
    }
)  # fmt: skip
_DECORATORS = frozenset({"staticmethod", "classmethod"})
# Decorators of packages that take both kinds of functions.
_OF_BOTH = frozenset({"fastapi_cache.decorator.cache", "slowapi.Limiter().limit"})


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps a function from being async."""

    file: str
    line: int
    reason: str
    is_cured: bool = False
    """Whether `run_sync` cures it: then an async function can call this one."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function of the project's."""

    node: ast.Call
    target: Function
    can_await: bool


@dataclass(frozen=True, slots=True)
class Refresh:
    """An object that is read after a commit, and is in no session's memory as the server has it."""

    commit: ast.stmt
    session: ast.expr
    name: str


@dataclass(slots=True)
class SessionUse:
    """What of a function changes if it becomes async."""

    function: Function
    sessions: set[ast.AST] = field(default_factory=set[ast.AST])
    obstacles: list[Obstacle] = field(default_factory=list[Obstacle])
    awaited: list[ast.Call] = field(default_factory=list[ast.Call])
    chains: list[Chain] = field(default_factory=list[Chain])
    calls: list[Call] = field(default_factory=list[Call])
    contexts: list[ast.With] = field(default_factory=list[ast.With])
    opened: list[ast.Call] = field(default_factory=list[ast.Call])
    """The calls that open sessions of its own, which it closes."""
    refreshes: list[Refresh] = field(default_factory=list[Refresh])
    threaded: list[ast.Call] = field(default_factory=list[ast.Call])
    lazy: list[tuple[ast.Attribute, Obstacle]] = field(
        default_factory=list[tuple[ast.Attribute, Obstacle]]
    )
    """Attributes that may load lazily, each with the obstacle that it is."""
    holds_session: bool = False
    is_route: bool = False

    @property
    def waits(self) -> bool:
        """Whether it uses the database itself."""
        runs = any(
            chain.end and chain.end[0] not in {"exists", "subquery"} for chain in self.chains
        )
        return bool(self.awaited or self.contexts or self.chains or self.opened) or runs


class Reader:
    """Reads the functions of a project."""

    def __init__(self, definitions: Definitions, models: Models, driver: str) -> None:
        """Read none yet.

        Args:
            definitions: the names of the project.
            models: its models.
            driver: the sync driver.
        """
        self.definitions = definitions
        self.models = models
        self.driver = driver
        self.blocking = Blocking(definitions)
        self.callers: dict[Function, list[tuple[Function, ast.Call]]] = {}
        self.helpers = Helpers(definitions, ())
        self._hidden_loads = HiddenLoads(definitions, models)
        self._helped: dict[Function, list[Obstacle]] = {}

    def read(self, function: Function) -> SessionUse:
        """Find what of a function would change, and what is in the way."""
        use = SessionUse(function)
        definitions, module = self.definitions, function.module
        for node in ast.walk(function.node):
            if not isinstance(node, ast.Name | ast.Attribute):
                continue
            if isinstance(node.ctx, ast.Load) and self._is_session(function, node):
                use.sessions.add(node)
        use.holds_session = bool(use.sessions) or any(
            definitions.value(module, function, ast.Name(parameter.arg, ast.Load())) == SESSION
            for parameter in function.parameters
        )
        use.holds_session = use.holds_session or any(
            isinstance(node, ast.Call) and self._is_own_session(function, node)
            for node in own_nodes(function.node)
        )
        use.is_route = any(is_route(definitions, function, d) for d in function.node.decorator_list)
        self._calls(use)
        return use

    def _is_session(self, function: Function, node: ast.Name | ast.Attribute) -> bool:
        return self.definitions.value(function.module, function, node) == SESSION

    def _calls(self, use: SessionUse) -> None:
        function = use.function
        late = {inner for part in generators(function) for inner in ast.walk(part)}
        for node in ast.walk(function.node):
            if not isinstance(node, ast.Call):
                continue
            found = self.definitions.value(function.module, function, node.func)
            target = found.function if found else None
            if found and found.klass:
                target = self.definitions.method(found.klass, "__init__")
            if target:
                use.calls.append(Call(node, target, node not in late and _in_body(function, node)))
                self.callers.setdefault(target, []).append((function, node))

    def judge(self, use: SessionUse) -> None:
        """Find the obstacles of a function that would be async, and its changes."""
        function = use.function
        late = {inner: part for part in generators(function) for inner in ast.walk(part)}
        for node in use.sessions:
            if node in late:
                self._add(use, node, f"{_kind(late[node])} has the session", cured=True)
            else:
                self._session(use, node)
        queries = Queries(self.definitions, self.models, function, use.sessions)
        try:
            queries.read()
            use.chains = queries.chains
        except NoSelectError as error:
            self._add(use, error.node, str(error), cured=error.is_cured)
        for chain in use.chains:
            if chain.base in late:
                what = _kind(late[chain.base])
                self._add(use, chain.base, f"{what} runs the query", cured=True)
        self._decorators(use)
        self._filled(use)
        self._nodes(use)
        use.obstacles += self._of_objects(use)
        for node, helper in self.helpers.below(function):
            for obstacle in self._of_helper(helper):
                reason = f"{helper.name}: {obstacle.reason}"
                self._add(use, node, reason, cured=obstacle.is_cured)
        self._refreshes(use)
        self._rollbacks(use)

    def _of_objects(self, use: SessionUse) -> list[Obstacle]:
        """What a function does to objects that an async session, or asyncpg, does not."""
        function, file = use.function, use.function.module.file
        values = Values(self.definitions, self.models, self.callers)
        found: list[Obstacle] = []
        for node, reason in lazy_loads(self.definitions, self.models, function, self.callers):
            obstacle = Obstacle(file, node.lineno, reason, is_cured=True)
            found.append(obstacle)
            if isinstance(node, ast.Attribute):
                use.lazy.append((node, obstacle))
        found += [
            Obstacle(file, line, reason, is_cured=True)
            for line, reason in self._hidden_loads.lines(function)
        ]
        return found + [
            Obstacle(file, line, reason)
            for line, reason in driver_problems(values, use, self.driver)
        ]

    def _of_helper(self, helper: Function) -> list[Obstacle]:
        if helper not in self._helped:
            self._helped[helper] = self._of_objects(SessionUse(helper))
        return self._helped[helper]

    def _add(self, use: SessionUse, node: ast.AST, reason: str, *, cured: bool = False) -> None:
        line = getattr(node, "lineno", use.function.node.lineno)
        use.obstacles.append(Obstacle(use.function.module.file, line, reason, cured))

    def _session(self, use: SessionUse, node: ast.AST) -> None:
        module = use.function.module
        above = module.parent_of(node)
        if isinstance(node, ast.Attribute) and not dotted(node).startswith("self."):
            self._add(use, node, "the session is that of another object")
        elif isinstance(above, ast.Attribute):
            self._member(use, above)
        elif isinstance(above, ast.Call | ast.keyword):
            call = module.parent_of(above) if isinstance(above, ast.keyword) else above
            known = [known for known in use.calls if known.node is call]
            if not known or not any(self._takes_session(known[0].target, call, node)):
                written = ast.unparse(call.func) if isinstance(call, ast.Call) else "a call"
                self._add(use, node, f"the session is handed to {written}")
        elif isinstance(above, ast.Assign) and all(_is_plain(t) for t in above.targets):
            return
        elif not (isinstance(above, ast.Return) and self._is_filled(use.function)):
            self._add(use, node, "the session is used as a value")

    def _is_filled(self, function: Function) -> bool:
        return any(value for _, _, value in self.definitions.depends(function))

    def _takes_session(
        self, target: Function, call: ast.AST | None, node: ast.AST
    ) -> Iterator[bool]:
        """Whether the parameter that gets the session is known to be one."""
        if not isinstance(call, ast.Call):
            return
        for parameter in session_parameters(self.definitions, target):
            for given in argument_of(target, parameter, call):
                yield given is node

    def _member(self, use: SessionUse, attribute: ast.Attribute) -> None:
        module, name = use.function.module, attribute.attr
        call = module.parent_of(attribute)
        if not isinstance(call, ast.Call) or call.func is not attribute:
            if name not in {"info", "is_active", "new", "dirty", "deleted"}:
                self._add(use, attribute, f"Session.{name} has no counterpart", cured=True)
        elif name == "query" or name in PLAIN:
            return
        elif name in AWAITED:
            options = {keyword.arg for keyword in call.keywords}
            if name in {"execute", "scalars", "scalar"} and _streams(call):
                self._add(use, call, "its rows are streamed", cured=True)
            if options & {"bind", "bind_arguments"}:
                self._add(use, call, f"Session.{name} has a bind of its own", cured=True)
            use.awaited.append(call)
        elif name in _CONTEXTS:
            item = module.parent_of(call)
            statement = module.parent_of(item) if isinstance(item, ast.withitem) else None
            if isinstance(statement, ast.With) and len(statement.items) == 1:
                use.contexts.append(statement)
            else:
                self._add(use, call, f"Session.{name}() without a with of its own", cured=True)
        else:
            self._add(use, call, f"Session.{name}() has no counterpart", cured=True)

    def _filled(self, use: SessionUse) -> None:
        """Sessions that another dependency gives than the one with an async counterpart."""
        sessions = session_parameters(self.definitions, use.function)
        filled: set[str] = set()
        for parameter, call, value in self.definitions.depends(use.function):
            filled.add(parameter.arg)
            target = value.function if value else None
            if parameter.arg not in sessions or (target and self.definitions.is_dependency(target)):
                continue
            if not target or not any(self.definitions.depends(target)):
                self._add(use, call, "another dependency gives the session")
        if use.is_route and set(sessions) - filled:
            self._add(use, use.function.node, "no dependency gives the session")

    def _decorators(self, use: SessionUse) -> None:
        for decorator in use.function.node.decorator_list:
            name = dotted(decorator)
            if name in _DECORATORS or is_route(self.definitions, use.function, decorator):
                continue
            made = decorator.func if isinstance(decorator, ast.Call) else decorator
            found = self.definitions.value(use.function.module, None, made)
            if found and found.external in _OF_BOTH:
                continue
            is_async = isinstance(use.function.node, ast.AsyncFunctionDef)
            if is_async and found and not self._takes_arguments(use.function, found):
                continue
            self._add(use, decorator, f"@{ast.unparse(decorator)} may not take an async function")

    def _takes_arguments(self, function: Function, decorator: Value) -> bool:
        """Whether a decorator of an async function may do something with its session."""
        if decorator.function is None:
            return not decorator.external
        names = session_parameters(self.definitions, function)
        module = decorator.function.module
        for node in ast.walk(decorator.function.node):
            if isinstance(node, ast.Constant) and node.value in names:
                return True
            if isinstance(node, ast.arg) and node.arg in names:
                return True
            if isinstance(node, ast.Name | ast.Attribute):
                found = self.definitions.value(module, None, node)
                if found and (found.external in SESSION_CLASSES or found == SESSION):
                    return True
        return False

    def _nodes(self, use: SessionUse) -> None:
        function, module = use.function, use.function.module
        is_dependency = use.is_route or self._is_used_as_dependency(function)
        for node in own_nodes(function.node):
            if isinstance(node, ast.Yield | ast.YieldFrom) and not is_dependency:
                self._add(use, node, "it is a generator")
            if isinstance(node, ast.YieldFrom):
                self._add(use, node, "`yield from` is not possible in an async function")
            if isinstance(node, ast.Attribute) and node.attr in {"orig", "pgcode", "diag"}:
                self._add(use, node, f".{node.attr} is another object with asyncpg")
            if isinstance(node, ast.Name | ast.Attribute):
                found = self.definitions.value(module, function, node)
                name = found.external if found else ""
                if name.startswith("psycopg"):
                    self._add(use, node, f"{name} is the sync driver's")
            if _is_unsynchronized(node):
                reason = "what was read before is not read again after an unsynchronized update()"
                self._add(use, node, reason)
            if self._is_own_session(function, node):
                self._add(use, node, "it opens a session of its own")
            if isinstance(node, ast.Call) and self._opens(function, node):
                statement = _closing_with(module, node)
                if statement:
                    use.contexts.append(statement)
                elif not _is_closed(module, node):
                    self._add(use, node, "it opens a session that nothing there closes")
                use.opened.append(node)
        for call, reason in self.blocking.in_function(function):
            if reason:
                self._add(use, call, reason)
            else:
                use.threaded.append(call)

    def _is_own_session(self, function: Function, node: ast.AST) -> bool:
        if not isinstance(node, ast.Name | ast.Attribute | ast.Call):
            return False
        return self.definitions.value(function.module, function, node) == OWN_SESSION

    def _opens(self, function: Function, node: ast.Call) -> bool:
        is_session = self.definitions.value(function.module, function, node) == SESSION
        return is_session and self.definitions.opens(function.module, node)

    def _is_used_as_dependency(self, function: Function) -> bool:
        return function in self.dependencies

    dependencies: frozenset[Function] = frozenset()
    """The functions that a `Depends` names."""

    def _refreshes(self, use: SessionUse) -> None:
        function, module = use.function, use.function.module
        commits = [
            (statement, call.func.value)
            for call in use.awaited
            if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
            if isinstance(statement := module.parent_of(call), ast.Expr)
        ]
        for statement, session in commits:
            for name in sorted(self._read_after(function, statement)):
                state = self._state_at(use, name, statement)
                if state == "certain":
                    use.refreshes.append(Refresh(statement, session, name))
                elif state == "uncertain" and self._is_computed(function, name, statement):
                    self._add(
                        use,
                        statement,
                        f"the server may compute what is read of {name} after this commit: "
                        f"add {ast.unparse(session)}.refresh({name})",
                        cured=True,
                    )

    def _rollbacks(self, use: SessionUse) -> None:
        """Stop at objects that are read after a rollback, which has them loaded again."""
        function, module = use.function, use.function.module
        for call in use.awaited:
            if not isinstance(call.func, ast.Attribute) or call.func.attr != "rollback":
                continue
            following = [
                node
                for statement in _statements_after(module, call, function.node)
                for node in ast.walk(statement)
            ]
            for node in following:
                if not isinstance(node, ast.Name) or not _is_read(node) or node in use.sessions:
                    continue
                if self._may_be_loaded_again(function, node):
                    reason = f"a rollback has {node.id} loaded again where it is read afterwards"
                    self._add(use, node, reason, cured=True)

    def _may_be_loaded_again(self, function: Function, node: ast.Name) -> bool:
        if self._is_model(function, node.id):
            return True
        above = function.module.parent_of(node)
        handlers = (n for n in ast.walk(function.node) if isinstance(n, ast.ExceptHandler))
        return (
            isinstance(above, ast.Attribute)
            and node.id in self.definitions.locals(function)
            and node.id not in {handler.name for handler in handlers}
            and self.definitions.value(function.module, function, node) is None
        )

    def _read_after(self, function: Function, commit: ast.stmt) -> Iterator[str]:
        end = commit.end_lineno or commit.lineno
        refreshed: set[str] = set()
        read: set[str] = set()
        for node in own_nodes(function.node):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.args and node.func.attr in {"refresh", "delete", "expunge"}:
                    refreshed.add(dotted(node.args[0]))
            elif isinstance(node, ast.Name) and node.lineno > end and _is_read(node):
                read.add(node.id)
        yield from read - refreshed

    def _state_at(self, use: SessionUse, name: str, commit: ast.stmt) -> str:
        """Whether a variable has an object of the session's: "certain", "uncertain", or ""."""
        function, module = use.function, use.function.module
        bound = self.definitions.locals(function).get(name, [])
        if not bound or any(use_ in use.sessions for use_ in bound if use_):
            return ""
        around = list(_blocks(module, commit))
        changed = False
        for node in own_nodes(function.node):
            if getattr(node, "lineno", 0) >= commit.lineno:
                continue
            is_sure = any(node in block for block in around)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                call = node.value
                method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
                if method == "add" and call.args and dotted(call.args[0]) == name:
                    changed = True
                    if is_sure and not _is_in_loop(module, commit, function.node):
                        return "certain"
                if dotted(call.func) == "setattr" and call.args and dotted(call.args[0]) == name:
                    changed = True
            elif isinstance(node, ast.Assign | ast.AugAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    if isinstance(target, ast.Attribute) and dotted(target.value) == name:
                        changed = True
                        is_loop = _is_in_loop(module, commit, function.node)
                        if is_sure and not is_loop and self._is_model(function, name):
                            return "certain"
        return "uncertain" if changed else ""

    def _is_model(self, function: Function, name: str) -> bool:
        """Whether a variable is an object of a model, by its annotation or its query."""
        node = ast.Name(name, ast.Load())
        found = self.definitions.value(function.module, function, node)
        return bool(found and found.instance and found.instance in self.models.by_class)

    def _is_computed(self, function: Function, name: str, commit: ast.stmt) -> bool:
        node = ast.Name(name, ast.Load())
        found = self.definitions.value(function.module, function, node)
        known = self.models.by_class.get(found.instance) if found and found.instance else None
        if found and found.instance and not known:
            return False
        models = [known] if known else list(self.models.by_class.values())
        computed = {
            name for model in models for name, column in model.columns.items() if column.is_computed
        }
        read = self._attributes_after(function, name, commit)
        methods = {name for model in models for name in self._methods(model.definition)}
        return bool(computed) and (read is None or bool(read & (computed | methods)))

    def _attributes_after(self, function: Function, name: str, commit: ast.stmt) -> set[str] | None:
        """What is read of a variable after a commit; None where the whole object is used."""
        found: set[str] = set()
        end = commit.end_lineno or commit.lineno
        is_loop = _is_in_loop(function.module, commit, function.node)
        for node in ast.walk(function.node):
            if isinstance(node, ast.Name) and node.id == name and (is_loop or node.lineno > end):
                above = function.module.parent_of(node)
                if isinstance(above, ast.Attribute):
                    found.add(above.attr)
                elif _is_read(node):
                    return None
        return found

    def _methods(self, owner: Class) -> set[str]:
        return {name for base in self.definitions.bases(owner) for name in base.methods}


def is_route(definitions: Definitions, function: Function, decorator: ast.expr) -> bool:
    """Whether a decorator makes a function a route of FastAPI's."""
    if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Attribute):
        return False
    if decorator.func.attr not in _ROUTES:
        return False
    found = definitions.value(function.module, None, decorator.func.value)
    name = found.external if found else ""
    return name in {"fastapi.APIRouter()", "fastapi.FastAPI()", "fastapi.routing.APIRouter()"}


def session_parameters(definitions: Definitions, function: Function) -> list[str]:
    """The parameters of a function that are a session."""
    return [
        parameter.arg
        for parameter in function.parameters
        if definitions.value(function.module, function, ast.Name(parameter.arg, ast.Load()))
        == SESSION
    ]


def _is_unsynchronized(node: ast.AST) -> bool:
    """Whether a statement has the option that leaves objects of the session as they are."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    values = {k.arg: getattr(k.value, "value", None) for k in node.keywords}
    is_left = values.get("synchronize_session", True) is False
    return is_left and node.func.attr == "execution_options" and "update(" in ast.unparse(node)


def _closing_with(module: Module, call: ast.Call) -> ast.With | None:
    """The `with` of one session that a call opens."""
    item = module.parent_of(call)
    statement = module.parent_of(item) if isinstance(item, ast.withitem) else None
    is_it = isinstance(statement, ast.With) and len(statement.items) == 1
    is_named = isinstance(item, ast.withitem) and isinstance(item.optional_vars, ast.Name)
    return statement if is_it and is_named and isinstance(statement, ast.With) else None


def _is_closed(module: Module, call: ast.Call) -> bool:
    """Whether a session is assigned to a variable, and a `finally` right below closes it."""
    assigned = module.parent_of(call)
    if not isinstance(assigned, ast.Assign) or len(assigned.targets) != 1:
        return False
    name = dotted(assigned.targets[0])
    block = next(_blocks(module, assigned))
    place = block.index(assigned) + 1
    following = block[place] if place < len(block) else None
    return isinstance(following, ast.Try) and any(
        isinstance(node, ast.Call) and dotted(node.func) == f"{name}.close"
        for statement in following.finalbody
        for node in ast.walk(statement)
    )


def _is_read(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Load)


def _kind(part: ast.AST) -> str:
    return "an f-string" if isinstance(part, ast.JoinedStr) else "an inner function"


def _statements_after(module: Module, node: ast.AST, function: ast.AST) -> Iterator[ast.stmt]:
    """The statements of a function that may run after the one that a node is in."""
    while node is not function:
        above = module.parent_of(node)
        if above is None:
            return
        for name in ("body", "orelse", "finalbody"):
            # The body of a lambda, and of a conditional expression, is no block.
            found: list[ast.stmt] | ast.expr = getattr(above, name, [])
            block = found if isinstance(found, list) else []
            places = [place for place, statement in enumerate(block) if statement is node]
            for statement in block[places[0] + 1 :] if places else ():
                yield statement
                if isinstance(statement, ast.Return | ast.Raise):
                    return
        if isinstance(above, ast.For | ast.While):
            yield from above.body
        node = above


def _is_plain(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) or dotted(target).startswith("self.")


def _streams(call: ast.Call) -> bool:
    text = ast.unparse(call)
    return "stream_results" in text or "yield_per" in text


def _in_body(function: Function, node: ast.AST) -> bool:
    """Whether it is in the function's body, not in a default or a decorator."""
    above: ast.AST | None = node
    while above is not None and above not in function.node.body:
        above = function.module.parent_of(above)
        if above is function.node:
            return False
    return True


def _blocks(module: Module, statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The blocks that a statement is in, the innermost first."""
    node: ast.AST | None = statement
    while node is not None:
        above = module.parent_of(node)
        for name in ("body", "orelse", "finalbody", "handlers"):
            block = getattr(above, name, None)
            if isinstance(block, list) and node in block:
                yield block
        if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef):
            return
        node = above


def _is_in_loop(module: Module, statement: ast.stmt, function: ast.AST) -> bool:
    node: ast.AST | None = statement
    while node is not None and node is not function:
        node = module.parent_of(node)
        if isinstance(node, ast.For | ast.While):
            return True
    return False
