"""Where a file makes its FastAPI application, and after which statement the call belongs.

The call wraps `app.router.lifespan_context` as it is at that moment. A later assignment to that
attribute would drop it, so the call follows the last one. Nothing else needs an order:
`include_router` replaces the attribute by one that enters the application's lifespan first and the
router's inside of it (FastAPI before 0.112 ignores the router's), and handlers of `on_event` and
`add_event_handler` are looked up at startup, by the lifespan that the call wrapped.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .bindings import Binding, applications, bindings_of, nameless_applications, why_nameless
from .flow import UnclearPlaceError, settle
from .lifespans import replaced_lifespans
from .scopes import Function, Names, Scope, called_name, mentions, statements_of

_LISTED = 3
_USUAL_OBJECTS = frozenset({"app", "application", "api"})
# `create_app`, `get_application`, `server.app`, `CustomFastAPI`; or just `create`, `bootstrap`.
_MAKER = re.compile(
    r"(?:.*_)?(?:app|api|application|asgi|factory)|create|build|make|init|setup|bootstrap"
    r"|.*Fast(?:API|Api)|.*App",
)
_OTHER_FRAMEWORKS = frozenset(
    {"aiohttp", "celery", "django", "flask", "litestar", "quart", "sanic"}
    | {"socketio", "starlette", "typer"}
)
_FASTAPI_ONLY = frozenset(
    {"add_api_route", "api_route", "dependency_overrides", "include_router", "openapi"}
)


@dataclass(frozen=True)
class Place:
    """The call goes after `statement`, with `target` as its argument."""

    statement: ast.stmt
    target: ast.expr


def find_place(names: Names, app_object: str | None) -> Place:
    """Find where the call belongs for the named object or factory, or for the only application.

    Raises:
        UnclearPlaceError: there is none, or more than one, or its place cannot be told.
    """
    return _Finder(names).find(app_object)


class _Finder:
    def __init__(self, names: Names) -> None:
        self._names = names
        self._functions_seen: set[Function] = set()

    def find(self, app_object: str | None) -> Place:
        if app_object is None:
            return self._only()
        for function in self._names.functions.get(app_object, []):
            if self._names.scope_of(function) is self._names.tree:
                return self._inside(function)
        bound = [b for b in bindings_of(self._names.tree) if b.spelled == app_object]
        if bound:
            return self._bound(self._names.tree, bound)
        if origin := self._names.origins.get(app_object):
            module = origin.rpartition(".")[0]
            raise UnclearPlaceError(
                f"{app_object} is imported from {module} here, so the call belongs in that module"
            )
        return self._only(preferred=app_object)

    def _only(self, preferred: str | None = None) -> Place:
        """Place the call for the one application that is made anywhere in the file."""
        made = applications(self._names)
        named = [group for group in made if group[0].spelled == preferred]
        if len(named) == 1:
            return self._made(named[0])
        nameless = nameless_applications(self._names)
        if not made and not nameless:
            return self._presumed(preferred)
        if len(made) == 1 and not nameless:
            return self._made(made[0])
        if len(nameless) == 1 and not made:
            return self._returned_to(nameless[0])
        listed = [(group[0].statement.lineno, group[0].spelled) for group in made]
        listed += [(call.lineno, "one without a name") for call in nameless]
        raise UnclearPlaceError(f"more than one FastAPI application is made here: {_list(listed)}")

    def _returned_to(self, nameless: ast.Call) -> Place:
        """Place the call where the result of `return FastAPI(...)` is given a name."""
        scope = self._names.scope_of(nameless)
        given = [
            binding
            for binding in bindings_of(self._names.tree)
            if binding.call and self._names.local_function(binding.call) is scope
        ]
        if len(given) == 1 and isinstance(self._names.parents[nameless], ast.Return):
            return self._made(given)
        raise UnclearPlaceError(why_nameless(self._names, nameless))

    def _presumed(self, preferred: str | None) -> Place:
        """Place the call for an application that some other module makes for this one."""
        if preferred is None:
            for binding in bindings_of(self._names.tree):
                if binding.spelled in _USUAL_OBJECTS and binding.call:
                    return self.find(binding.spelled)
        factories = [
            function
            for functions in self._names.functions.values()
            for function in functions
            if function.returns and ast.unparse(function.returns).strip("'").endswith("FastAPI")
        ]
        if len(factories) == 1 and factories[0] not in self._functions_seen:
            return self._inside(factories[0])
        raise UnclearPlaceError("no FastAPI application is made here")

    def _inside(self, function: Function) -> Place:
        """Place the call inside a function that makes the application, or where it gets it."""
        self._functions_seen.add(function)
        returned = list(_returned(function))
        made = applications(self._names, function)
        if len(made) > 1:
            made = [g for g in made if any(mentions(value, g[0].target) for value in returned)]
        if len(made) == 1:
            return self._made(made[0])
        if made:
            listed = [(group[0].statement.lineno, group[0].spelled) for group in made]
            raise UnclearPlaceError(f"{function.name} makes several applications: {_list(listed)}")
        for call in nameless_applications(self._names, function):
            raise UnclearPlaceError(why_nameless(self._names, call))
        for value in returned:
            if isinstance(value, ast.Call) and (inner := self._unseen_function(value)):
                return self._inside(inner)
        spelled = {ast.unparse(value) for value in returned}
        bound = [binding for binding in bindings_of(function) if binding.spelled in spelled]
        if bound:
            return self._bound(function, bound)
        everywhere = applications(self._names)
        if len(everywhere) == 1 and self._reaches(function, everywhere[0][0]):
            return self._only()
        raise UnclearPlaceError(f"{function.name} (line {function.lineno}) makes no application")

    def _reaches(self, function: Function, made: Binding) -> bool:
        """Tell whether the function gets its application from the assignment elsewhere."""
        if mentions(function, made.target):
            return True
        scope = self._names.scope_of(made.statement)
        makers: set[str] = set()
        while not isinstance(scope, ast.Module):
            makers.add(scope.name)
            scope = self._names.scope_of(scope)
        return any(
            (isinstance(node, ast.Name) and node.id in makers)
            or (isinstance(node, ast.Attribute) and node.attr in makers)
            for node in ast.walk(function)
        )

    def _bound(self, scope: Scope, bound: Sequence[Binding]) -> Place:
        """Place the call for a name, by the assignments that it has in the scope."""
        made = [binding for binding in bound if self._names.makes_application(binding.call)]
        if made:
            return self._made(made)
        first = next((binding for binding in bound if not binding.is_placeholder), bound[0])
        for group in applications(self._names, scope):
            if mentions(first.value, group[0].target):
                return self._made(group)
        if first.call is None:
            return self._only(preferred=first.spelled)
        for nameless in nameless_applications(self._names, scope):
            if any(node is nameless for node in ast.walk(first.call)):
                raise UnclearPlaceError(why_nameless(self._names, nameless))
        function = self._unseen_function(first.call)
        if (
            function
            and not self._only_returns(function)
            and not replaced_lifespans(self._names, scope, first.target)
        ):
            return self._inside(function)
        if function or self._looks_like_application(scope, first, first.call):
            return self._made([first])
        raise UnclearPlaceError(
            f"it cannot be told that {first.spelled} (line {first.statement.lineno}) "
            "is a FastAPI application"
        )

    def _only_returns(self, function: Function) -> bool:
        """Tell whether the function has `return FastAPI(...)` and no name for it."""
        made = applications(self._names, function) or nameless_applications(self._names, function)
        return bool(made) and all(
            isinstance(value, ast.Call) and isinstance(self._names.parents[value], ast.Return)
            for value in made
        )

    def _unseen_function(self, call: ast.Call) -> Function | None:
        function = self._names.local_function(call)
        return None if function in self._functions_seen else function

    def _made(self, made: Sequence[Binding]) -> Place:
        """Place the call after the statements that make the application, before what wraps it."""
        target = made[0].target
        scope = self._names.scope_of(made[0].statement)
        statement = settle(self._names, [binding.statement for binding in made])
        for late in replaced_lifespans(self._names, scope, target):
            if late.lineno > statement.lineno:
                statement = self._shared(statement, late)
        end = statement.end_lineno or statement.lineno
        for other in bindings_of(scope):
            if other.spelled != made[0].spelled or other in made or other.is_placeholder:
                continue
            begin = other.statement.lineno
            wraps = mentions(other.value, target)
            if made[0].statement.lineno < begin <= end or (begin > end and not wraps):
                raise UnclearPlaceError(f"{other.spelled} is assigned again on line {begin}")
        return Place(statement, target)

    def _shared(self, earlier: ast.stmt, later: ast.stmt) -> ast.stmt:
        """Return the statement, in a block that `earlier` is in too, that ends with `later`."""
        for block in self._names.blocks_around(earlier):
            if holder := self._names.holder_in(block, later):
                return earlier if holder is self._names.holder_in(block, earlier) else holder
        return later

    def _looks_like_application(self, scope: Scope, binding: Binding, call: ast.Call) -> bool:
        origin = (self._names.dotted(call.func) or "").partition(".")[0]
        if origin in _OTHER_FRAMEWORKS:
            return False
        if _MAKER.fullmatch(called_name(call)):
            return True
        if isinstance(binding.statement, ast.AnnAssign):
            return ast.unparse(binding.statement.annotation).strip("'").endswith("FastAPI")
        return any(
            isinstance(node, ast.Attribute)
            and node.attr in _FASTAPI_ONLY
            and ast.unparse(node.value) == binding.spelled
            for node in ast.walk(scope)
        )


def _returned(function: Function) -> Iterator[ast.expr]:
    for statement in statements_of(function):
        if isinstance(statement, ast.Return) and statement.value:
            yield statement.value


def returned_name(function: Function) -> str | None:
    """What a factory calls the application that it returns; None where it has no name for it."""
    names = [value.id for value in _returned(function) if isinstance(value, ast.Name)]
    return names[-1] if names else None


def _list(made: Sequence[tuple[int, str]]) -> str:
    *others, last = [f"{name} (line {line})" for line, name in sorted(made)]
    if len(others) > _LISTED:
        others, last = others[:_LISTED], f"{len(made) - _LISTED} more"
    return f"{', '.join(others)} and {last}"
