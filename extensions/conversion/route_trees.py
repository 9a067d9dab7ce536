"""Which functions of a sync layer become async, by the trees of its routes, and which stay."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .call_arguments import argument_of
from .definitions import SESSION, Class, Definitions, Function, own_nodes
from .eager_loading import EagerLoading, Load, option_of
from .helper_functions import Helpers
from .lazy_loads import Responses
from .queries import TERMINALS
from .replaced_by_tests import replaced
from .session_use import Call, Obstacle, Reader, SessionUse, session_parameters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .eager_loading import Path
    from .mapped_attributes import Models
    from .modules import Module
    from .object_origins import Source

_OF_RESULTS = frozenset({"fetchall", "fetchone", "scalar_one", "scalar_one_or_none"})
_LATER = frozenset({"exec", "execute", "query", "scalars"})
"""Methods of a session that give something that may need it later."""
_DEEPEST = 6
"""How many variables and functions a value is followed through."""


@dataclass(slots=True)
class Trees:
    """What is known of the functions that lead to a session."""

    uses: dict[Function, SessionUse]
    stays: dict[Function, Obstacle] = field(default_factory=dict[Function, Obstacle])
    """Those that do not change, each with the first reason."""
    async_ones: set[Function] = field(default_factory=set[Function])
    """Those that change."""
    waiting: set[Function] = field(default_factory=set[Function])
    """Those among them that become coroutines."""
    both: set[Function] = field(default_factory=set[Function])
    """Dependencies among them that stay, too, for routes that do, beside an async one."""
    routes: set[Function] = field(default_factory=set[Function])
    """All of the project's that lead to a session."""
    loads: list[Load] = field(default_factory=list[Load])
    """What is loaded for responses that read relationships."""


class Sorter:
    """Sorts the functions of a project."""

    def __init__(
        self, definitions: Definitions, models: Models, reader: Reader, tests: set[str]
    ) -> None:
        """Read all functions.

        Args:
            definitions: the names of the project.
            models: its models.
            reader: what reads its functions.
            tests: the files that are tests.
        """
        self._definitions = definitions
        self._models = models
        self._reader = reader
        self._tests = tests
        self._uses = {function: reader.read(function) for function in definitions.functions}
        self._hidden: dict[Function, ast.Call] = {}
        """Functions with a dependency whose session is not read."""
        self._unsplit: set[Function] = set()
        """What a dependency has that another function makes: it has one form only."""
        self._depends = {function: self._filling(function) for function in definitions.functions}
        self._leading = self._lead_to_sessions()
        self._stays: dict[Function, Obstacle] = {}
        self._both: set[Function] = set()
        self._overridden: set[Function] = set()
        self._loads: dict[Function, tuple[list[Load], Obstacle]] = {}
        """What is loaded for routes, each with the reason why it stays without."""
        self._trees: dict[Function, set[Function]] = {}
        self._lazy: list[Function] = []
        """Functions that have no other obstacle than attributes that may load lazily."""
        self._rooted: set[Function] = set()
        """What a router, or a route's decorator, has among its dependencies."""

    def _filling(self, function: Function) -> list[Function]:
        """The functions that fill the parameters of another one, as dependencies."""
        found: list[Function] = []
        for _, call, value in self._definitions.depends(function):
            if value and value.function:
                found.append(value.function)
            elif value and value.klass:
                method = self._definitions.method(value.klass, "__init__")
                found += [method] if method else []
            elif value and value.instance:
                method = self._definitions.method(value.instance, "__call__")
                found += [method] if method else []
            elif value is None or not value.external:
                found += self._made(function, call)
        return found

    def _made(self, function: Function, call: ast.Call) -> list[Function]:
        """The dependencies of a dependency that a function makes, such as `has_role("admin")`."""
        argument = call.args[0] if call.args else None
        made = argument.func if isinstance(argument, ast.Call) else None
        value = self._definitions.value(function.module, None, made) if made else None
        maker = value.function if value else None
        if maker is None:
            self._hidden[function] = call
            return []
        found: list[Function] = []
        for node in ast.walk(maker.node):
            if isinstance(node, ast.Call) and self._definitions.is_depends(maker.module, node):
                inner = self._definitions.dependency_of(maker.module, None, node)
                target = inner.function if inner else None
                if target is None or self._definitions.is_dependency(target):
                    if not (inner and inner.external):
                        self._hidden[function] = call
                else:
                    found.append(target)
        # An alias, such as `SessionDep`, names no Depends here.
        for node in ast.walk(maker.node):
            if isinstance(node, ast.arg) and (
                self._definitions.annotated(maker.module, node.annotation) == SESSION
            ):
                self._hidden[function] = call
        self._unsplit |= {*found}
        return found

    def sort(self) -> Trees:
        """Say of each function that leads to a session whether it becomes async."""
        self._reader.dependencies = frozenset(
            target for targets in self._depends.values() for target in targets
        )
        self._reader.helpers = Helpers(self._definitions, self._leading)
        self._find_references()
        for function in self._leading:
            self._reader.judge(self._uses[function])
        for function in self._leading:
            self._judge_alone(function)
        self._judge_routes()
        self._check_escapes()
        self._spread()
        reached = self._reached()
        for function in self._leading - reached:
            self._stay(function, function.node, "no converted route calls it")
        self._spread()
        trees = Trees(self._uses)
        trees.stays = {f: o for f, o in self._stays.items() if f in self._leading}
        trees.async_ones = self._leading - set(self._stays)
        trees.waiting = self._waiting(trees.async_ones)
        trees.both = self._both & trees.async_ones
        trees.routes = {f for f in self._leading if self._uses[f].is_route}
        for function in trees.async_ones & set(self._loads):
            trees.loads += self._loads[function][0]
        return trees

    def options(self, source: Source, paths: Iterable[Path]) -> list[str]:
        """The options that load relationships with the objects of a source."""
        return [option_of(self._definitions, self._models, source, path) for path in sorted(paths)]

    def run_sync_of(self, caller: Function, call: Call) -> ast.expr | None:
        """The session whose `run_sync` can make a call of a function that stays; None for none."""
        target = call.target
        if isinstance(target.node, ast.AsyncFunctionDef) or not call.can_await:
            return None
        sessions = session_parameters(self._definitions, target)
        if len(sessions) != 1 or not self._is_runnable(target):
            return None
        if not self.is_first(target, sessions[0]):
            # The arguments go into a lambda.
            calls = [node for node in ast.walk(call.node) if isinstance(node, ast.Call)]
            if any(node is not call.node for node in calls if self._may_await(caller, node)):
                return None
        given = list(argument_of(target, sessions[0], call.node))
        if len(given) != 1 or given[0] not in self._uses[caller].sessions:
            return None
        return given[0]

    def is_first(self, target: Function, parameter: str) -> bool:
        """Whether a parameter can be given as the first argument."""
        arguments = target.node.args
        names = [known.arg for known in (*arguments.posonlyargs, *arguments.args)]
        if target.owner and not target.is_static:
            names = names[1:]
        return names[:1] == [parameter]

    def _may_await(self, caller: Function, node: ast.Call) -> bool:
        use = self._uses[caller]
        if isinstance(node.func, ast.Attribute) and node.func.value in use.sessions:
            return True
        return node in use.threaded or any(
            known.node is node and known.target in self._leading for known in use.calls
        )

    def _is_runnable(self, function: Function, seen: frozenset[Function] = frozenset()) -> bool:
        use = self._uses[function]
        if any(not obstacle.is_cured for obstacle in use.obstacles) or use.threaded:
            return False
        if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(function.node)):
            return False
        if self._returns_what_runs_later(function):
            return False
        below = {call.target for call in use.calls} & self._leading
        return all(self._is_runnable(f, seen | {function}) for f in below - seen - {function})

    def _returns_what_runs_later(self, function: Function, depth: int = 0) -> bool:
        """Whether a function may return what needs the session later on, such as a query."""
        if function.node.name == "__init__":
            return True
        returns = (node for node in own_nodes(function.node) if isinstance(node, ast.Return))
        return any(node.value and self._runs_later(function, node.value, depth) for node in returns)

    def _runs_later(self, function: Function, node: ast.expr, depth: int) -> bool:
        use = self._uses[function]
        if depth > _DEEPEST:
            return True
        if isinstance(node, ast.Name):
            bound = self._definitions.locals(function).get(node.id, [])
            values = (value for value in bound if isinstance(value, ast.expr))
            return any(self._runs_later(function, value, depth + 1) for value in values)
        if isinstance(node, ast.Call):
            targets = [call.target for call in use.calls if call.node is node]
            if targets:
                return any(self._returns_what_runs_later(target, depth + 1) for target in targets)
            if not isinstance(node.func, ast.Attribute):
                return False
            if node.func.attr in TERMINALS | _OF_RESULTS:
                return False
            if node.func.value in use.sessions:
                return node.func.attr in _LATER
            return self._runs_later(function, node.func.value, depth + 1)
        if isinstance(node, ast.IfExp | ast.BoolOp | ast.Tuple | ast.List):
            parts = (part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr))
            return any(self._runs_later(function, part, depth + 1) for part in parts)
        return False

    # What leads to a session

    def _lead_to_sessions(self) -> set[Function]:
        own = {
            function
            for function, use in self._uses.items()
            if function.module.file not in self._tests
            and use.holds_session
            and not self._definitions.is_dependency(function)
        }
        while True:
            more = {
                function
                for function, use in self._uses.items()
                if function not in own
                and function.module.file not in self._tests
                and not self._definitions.is_dependency(function)
                and (
                    any(call.target in own for call in use.calls)
                    or any(target in own for target in self._depends[function])
                )
            }
            if not more:
                return own
            own |= more

    def _find_references(self) -> None:
        names = {function.node.name for function in self._leading}
        for module in self._definitions.modules:
            for node in ast.walk(module.tree):
                name = getattr(node, "id", getattr(node, "attr", ""))
                if not isinstance(node, ast.Name | ast.Attribute) or name not in names:
                    continue
                if isinstance(node.ctx, ast.Load):
                    self._refer(module, node)
            if module.file in self._tests:
                for function, call, name in replaced(self._definitions, module, self._leading):
                    self._stay(function, call, f"a test replaces {name}", module)

    def _refer(self, module: Module, node: ast.Name | ast.Attribute) -> None:
        around = self._definitions.function_around(module, node)
        found = self._definitions.value(module, around, node)
        target = found.function if found else None
        if target is None or target not in self._leading:
            return
        above = module.parent_of(node)
        if isinstance(above, ast.Attribute):
            return
        if isinstance(above, ast.Call) and above.func is node:
            if around is None:
                self._stay(target, node, "it is called when a module is imported", module)
            return
        call = module.parent_of(above) if isinstance(above, ast.keyword) else above
        if isinstance(call, ast.Call) and self._definitions.is_depends(module, call):
            if around is None or not _is_inside(module, node, around.node.args):
                self._rooted.add(target)
            return
        if "dependency_overrides" in ast.unparse((above and module.parent_of(above)) or node):
            self._overridden.add(target)
            return
        self._stay(target, node, f"{target.name} is used as a value", module)

    # Obstacles

    def _stay(
        self, function: Function, node: ast.AST, reason: str, module: Module | None = None
    ) -> bool:
        if function in self._stays:
            return False
        line = getattr(node, "lineno", function.node.lineno)
        self._stays[function] = Obstacle((module or function.module).file, line, reason)
        return True

    def _judge_alone(self, function: Function) -> None:
        use = self._uses[function]
        if function in self._hidden:
            made = self._hidden[function]
            self._stay(function, made, f"nothing tells what {ast.unparse(made)} has of a session")
        if use.obstacles and len(use.obstacles) == len(use.lazy):
            self._lazy.append(function)
        elif use.obstacles:
            self._stays.setdefault(function, min(use.obstacles, key=lambda o: (o.is_cured, o.line)))
        for node in use.sessions:
            # A call that is not resolved may be of any function of that name.
            above = function.module.parent_of(node)
            call = function.module.parent_of(above) if isinstance(above, ast.keyword) else above
            if not isinstance(call, ast.Call) or any(known.node is call for known in use.calls):
                continue
            if isinstance(call.func, ast.Attribute) and call.func.value not in use.sessions:
                for other in self._leading:
                    if other.node.name == call.func.attr:
                        self._stay(other, call, "a call may be of this function", function.module)
        for known in use.calls:
            if known.target in self._leading:
                self._judge_call(use, known)

    def _judge_call(self, use: SessionUse, call: Call) -> None:
        """Stop at a call whose session is not known to be the caller's."""
        target = call.target
        if any(isinstance(argument, ast.Starred) for argument in call.node.args):
            self._stay(use.function, call.node, f"the arguments of {target.name} are not listed")
        for parameter in session_parameters(self._definitions, target):
            given = list(argument_of(target, parameter, call.node))
            if not given or any(node not in use.sessions for node in given):
                reason = f"the session that {target.name} gets is not the caller's own"
                self._stay(use.function, call.node, reason)

    def _judge_routes(self) -> None:
        responses = Responses(self._definitions, self._models)
        eager = EagerLoading(
            self._definitions, self._models, self._uses, self._tree, self._reader.callers
        )
        for function in self._leading:
            if not self._uses[function].is_route or function in self._stays:
                continue
            tree = sorted(self._tree(function), key=lambda f: (f is not function, f.name))
            for owner, line, reason in responses.lazily_read(function, tree):
                obstacle = Obstacle(owner.module.file, line, reason)
                loads = eager.loads(function)
                if loads is not None:
                    self._loads[function] = loads, obstacle
                else:
                    self._stays[function] = obstacle
                break
        for function in self._lazy:
            self._judge_attributes(function, eager)
        every = [load for loads, _ in self._loads.values() for load in loads]
        for function, (loads, obstacle) in list(self._loads.items()):
            if any(eager.crosses(function, load, every) for load in loads):
                self._stays[function] = obstacle
                del self._loads[function]

    def _judge_attributes(self, function: Function, eager: EagerLoading) -> None:
        """Load what a function reads where the routes above it load the objects."""
        use = self._uses[function]
        found: list[Load] = []
        routes = [r for r in self._leading if self._uses[r].is_route and function in self._tree(r)]
        for route in routes:
            loads = eager.of_attributes(route, function, [node for node, _ in use.lazy])
            if loads is None:
                routes = []
                break
            found += loads
        obstacle = min((obstacle for _, obstacle in use.lazy), key=lambda o: o.line)
        if routes:
            known, why = self._loads.get(function, ([], obstacle))
            self._loads[function] = [*known, *found], why
        else:
            self._stays.setdefault(function, obstacle)
            self._loads.pop(function, None)

    def _tree(self, function: Function) -> set[Function]:
        """A function and all below it, those without a session as well."""
        if function in self._trees:
            return self._trees[function]
        seen: set[Function] = set()
        pending = [function]
        while pending:
            current = pending.pop()
            if current not in seen:
                seen.add(current)
                pending += [call.target for call in self._uses[current].calls]
                pending += [f for f in self._depends[current] if f in self._uses]
        tree = {f for f in seen if not self._definitions.is_dependency(f)}
        self._trees[function] = tree
        return tree

    def _check_escapes(self) -> None:
        """Stop at objects whose methods may be called where reading does not see it."""
        owners = {function.owner for function in self._leading if function.owner}
        families = {owner: self._family(owner) for owner in owners}
        for function in self._definitions.functions:
            module = function.module
            for node in ast.walk(function.node):
                if not isinstance(node, ast.Name | ast.Call | ast.Attribute):
                    continue
                if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
                    continue
                found = self._definitions.value(module, function, node)
                owner = found.instance if found else None
                if owner is None or owner not in families:
                    continue
                if not self._is_followed(function, node):
                    for method in self._methods(families[owner]):
                        self._stay(method, node, f"an object of {owner.name} is handed on", module)

    def _is_followed(self, function: Function, node: ast.expr) -> bool:
        module = function.module
        above = module.parent_of(node)
        if isinstance(above, ast.Attribute | ast.Expr | ast.Return | ast.Yield):
            return True
        if isinstance(above, ast.Assign):
            return all(isinstance(t, ast.Name | ast.Attribute) for t in above.targets)
        if isinstance(above, ast.AnnAssign | ast.Await):
            return True
        call = module.parent_of(above) if isinstance(above, ast.keyword) else above
        if not isinstance(call, ast.Call) or node is call.func:
            return False
        known = [known for known in self._uses[function].calls if known.node is call]
        if not known:
            return False
        target = known[0].target
        for parameter in target.parameters:
            if node in argument_of(target, parameter.arg, call):
                value = self._definitions.annotated(target.module, parameter.annotation)
                return bool(value and value.instance)
        return False

    def _family(self, owner: Class) -> set[Class]:
        """A class with the superclasses and subclasses that it has in the project."""
        return {
            other
            for other in self._definitions.classes
            if owner in self._definitions.bases(other) or other in self._definitions.bases(owner)
        }

    def _methods(self, family: Iterable[Class]) -> Iterator[Function]:
        for owner in family:
            yield from (method for method in owner.methods.values() if method in self._leading)

    # One function decides for another

    def _spread(self) -> None:
        waiting = self._waiting(self._leading)
        for function in waiting:
            name = function.node.name
            if function.owner and name.startswith("__") and name != "__call__":
                self._stay(function, function.node, f"{name} cannot wait")
        groups = list(self._groups())
        while self._spread_once(waiting, groups):
            pass

    def _spread_once(self, waiting: set[Function], groups: list[set[Function]]) -> bool:
        changed = False
        for function, use in self._uses.items():
            is_sync = function in self._stays or function not in self._leading
            for call in use.calls:
                target = call.target
                if target not in self._leading:
                    continue
                if (is_sync or function in self._both) and target not in self._stays:
                    changed |= self._stay(
                        target, call.node, f"{function.name} calls it, and stays", function.module
                    )
                elif not is_sync and target in self._stays:
                    if self.run_sync_of(function, call) is None:
                        why = self._stays[target]
                        changed |= self._stay_as(function, why)
                        is_sync = True
                elif not is_sync and target in waiting and not call.can_await:
                    changed |= self._stay(
                        function, call.node, f"it calls {target.name} where it cannot wait"
                    )
                    is_sync = True
            for target in self._depends[function]:
                if target not in self._leading or function not in self._leading:
                    continue
                if (is_sync or function in self._both) and target not in self._stays:
                    if self._can_be_both(target):
                        changed |= target not in self._both
                        self._both.add(target)
                    else:
                        changed |= self._stay_as(
                            target, self._stays.get(function) or self._shared(function)
                        )
                elif not is_sync and target in self._stays:
                    changed |= self._stay_as(function, self._stays[target])
                    is_sync = True
        for function, (loads, obstacle) in self._loads.items():
            if any(load.source.function in self._stays for load in loads):
                changed |= self._stay_as(function, obstacle)
        for group in groups:
            staying = [function for function in group if function in self._stays]
            for function in group if staying else ():
                changed |= self._stay_as(function, self._stays[staying[0]])
        return changed

    def _shared(self, function: Function) -> Obstacle:
        reason = f"{function.name} has it, and stays"
        return Obstacle(function.module.file, function.node.lineno, reason)

    def _can_be_both(self, function: Function) -> bool:
        """Whether a dependency can have an async counterpart beside it."""
        callers = self._reader.callers.get(function, ())
        return (
            function.owner is None
            and not callers
            and function not in self._overridden
            and function not in self._unsplit
            and not self._uses[function].is_route
            and not function.node.decorator_list
        )

    def _stay_as(self, function: Function, why: Obstacle) -> bool:
        """Stay for the reason of another."""
        if function in self._stays:
            return False
        self._stays[function] = why
        return True

    def _groups(self) -> Iterator[set[Function]]:
        """Functions that go together: methods of objects with a session, and overridden ones."""
        for owner in self._definitions.classes:
            family = self._family(owner)
            methods = set(self._methods(family))
            if not methods:
                continue
            with_session = any(
                isinstance(node, ast.Attribute) for f in methods for node in self._uses[f].sessions
            )
            if with_session or any(
                not session_parameters(self._definitions, f) for f in methods if not f.is_static
            ):
                yield methods
            else:
                for name in {method.node.name for method in methods}:
                    yield {method for method in methods if method.node.name == name}

    def _waiting(self, among: set[Function]) -> set[Function]:
        found = {function for function in among if self._waits_itself(function)}
        while True:
            more = {
                function
                for function in among - found
                if any(
                    call.target in found
                    or (call.target in self._stays and call.target in self._leading)
                    for call in self._uses[function].calls
                )
            }
            if not more:
                return found
            found |= more

    def _waits_itself(self, function: Function) -> bool:
        use = self._uses[function]
        return use.waits or (bool(use.threaded) and use.holds_session)

    def _reached(self) -> set[Function]:
        """What the routes that become async lead to."""
        pending = [
            function
            for function in self._leading
            if self._uses[function].is_route and function not in self._stays
        ]
        pending += self._rooted
        seen: set[Function] = set()
        while pending:
            current = pending.pop()
            if current in seen or current not in self._leading or current in self._stays:
                continue
            seen.add(current)
            pending += [call.target for call in self._uses[current].calls]
            pending += self._depends[current]
            if current.owner:
                pending += self._methods(self._family(current.owner))
        return seen


def _is_inside(module: Module, node: ast.AST, outer: ast.AST) -> bool:
    above: ast.AST | None = node
    while above is not None and above is not outer:
        above = module.parent_of(above)
    return above is not None
