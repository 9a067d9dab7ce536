"""Finding the FastAPI applications in a tree: where each is built, and which object is served."""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ..project_files.encoding import line_of
from .classes import ApplicationClasses
from .parameters import hands_on, is_called_bare, runs_as_script
from .python_source import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .sources import Sources

ApplicationKind = Literal["object", "factory", "class"]

_TEXT_CALL = re.compile(
    r"^([ \t]*)(?:(\w+)[ \t]*(?::[^=\n]+)?=|return)[ \t]*(?:fastapi\.)?FastAPI\(", re.MULTILINE
)
TEXT_SCOPE = re.compile(r"^(?:async[ \t]+)?(def|class)[ \t]+(\w+)", re.MULTILINE)
_MOUNTED = re.compile(r"\.mount\(\s*[^,()]+,\s*(?:app[ \t]*=[ \t]*)?([\w.]+)\s*[,)]")
_WIRING = re.compile(
    r"\.(?:add_api_route|add_event_handler|add_exception_handler|add_middleware|delete"
    r"|exception_handler|get|include_router|middleware|mount|on_event|patch|post|put|websocket)\("
)
_LAST_NAME = re.compile(r"[\w.]+$")


@dataclass(frozen=True, slots=True)
class Served:
    """A module-level name that holds an application."""

    file: str
    name: str
    line: int


@dataclass(slots=True)
class Application:
    """One place that builds a FastAPI application.

    `name` is the variable, or the outermost function or class around the place; "" for a
    function that keeps what it builds to itself. `attribute` is where a class keeps it. `wiring`
    counts what is configured on it: arguments, routers, middleware, handlers. `factories` are the
    functions that return it when called without arguments, the one that builds it first.
    """

    file: str
    line: int
    kind: ApplicationKind
    name: str
    attribute: str = ""
    served: list[Served] = field(default_factory=list[Served])
    factories: list[Served] = field(default_factory=list[Served])
    mounted: bool = False
    wiring: int = 0

    @property
    def files(self) -> set[str]:
        """The files that build or hold it."""
        return {self.file, *(served.file for served in self.served)}


Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def build_sites(sources: Sources, paths: list[str]) -> list[Application]:
    """Every place in `paths` that builds an application."""
    found: list[Application] = []
    for path, names in ApplicationClasses(sources, paths).calling():
        if not names:
            continue
        text = sources.tree.text(path)
        calls = [
            line_of(text, match.start())
            for match in re.finditer(rf"\b(?:{'|'.join(map(re.escape, names))})[ \t]*\(", text)
        ]
        module = sources.module(path) if calls else None
        if module is not None:
            found.extend(_from_module(path, text, module, names, calls))
        elif calls:
            found.extend(_from_text(path, text))
    return found


def find_mounted(sources: Sources, paths: list[str], found: list[Application]) -> None:
    """Mark the applications that another module mounts into its own."""
    objects = {(a.file, a.name): a for a in found if a.kind == "object" and a.name}
    if len(found) < 2 or not objects:  # noqa: PLR2004
        return
    for path in sources.mentioning(paths, b".mount("):
        for match in _MOUNTED.finditer(sources.tree.text(path)):
            meant = sources.meaning(path, match[1])
            if meant and meant in objects and meant[0] != path:
                objects[meant].mounted = True


def _from_module(
    path: str, text: str, module: ast.Module, names: set[str], calls: list[int]
) -> list[Application]:
    """The applications that calls of `names`, on the lines `calls`, build."""
    found: list[Application] = []
    mounted, wiring = _use_of_names(text)
    for statement in module.body:
        last = statement.end_lineno or statement.lineno
        if not any(statement.lineno <= line <= last for line in calls):
            continue
        for call, scope, assigned in _calls_in(statement, names):
            application = _application(path, call, scope, assigned)
            application.wiring += wiring[assigned or ""]
            if assigned in mounted:
                application.mounted = True
            if runs_as_script(statement):
                application.served.clear()
            found.append(application)
    return sorted(found, key=lambda application: application.line)


def _calls_in(
    statement: ast.stmt, names: set[str]
) -> Iterator[tuple[ast.Call, Scope | None, str | None]]:
    """Each call of one of `names`, the outermost definition around it, and what it is bound to."""
    pending: list[tuple[ast.AST, Scope | None, str | None]] = [
        (ast.Module([statement], []), None, None)
    ]
    while pending:
        node, scope, assigned = pending.pop()
        if isinstance(node, ast.Call) and dotted(node.func) in names:
            yield node, scope, assigned
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                pending.append((child, scope or child, None))
            elif isinstance(child, ast.Assign):
                targets: list[str] = [dotted(target) for target in child.targets]
                pending.append((child, scope, next(filter(None, targets), None)))
            elif isinstance(child, ast.AnnAssign | ast.NamedExpr):
                pending.append((child, scope, dotted(child.target) or None))
            elif isinstance(child, ast.Return):
                pending.append((child, scope, "return"))
            else:
                pending.append((child, scope, assigned))


def _use_of_names(text: str) -> tuple[set[str], Counter[str]]:
    """The names handed to `.mount(...)`, and how often each name is configured."""
    mounted = {match[1] for match in _MOUNTED.finditer(text)}
    wiring: Counter[str] = Counter()
    for match in _WIRING.finditer(text):
        name = _LAST_NAME.search(text, max(0, match.start() - 60), match.start())
        if name:
            wiring[name[0]] += 1
    return mounted, wiring


def _application(
    path: str, call: ast.Call, scope: Scope | None, assigned: str | None
) -> Application:
    if scope is None:
        served = [Served(path, assigned, call.lineno)] if assigned else []
        application = Application(path, call.lineno, "object", assigned or "", served=served)
        application.mounted = not assigned
    elif isinstance(scope, ast.ClassDef):
        attribute = assigned.removeprefix("self.") if assigned and "self." in assigned else ""
        application = Application(path, call.lineno, "class", scope.name, attribute)
    else:
        name = scope.name if hands_on(scope, call) else ""
        application = Application(path, call.lineno, "factory", name)
        if name and is_called_bare(scope):
            application.factories.append(Served(path, name, scope.lineno))
    application.wiring = len(call.keywords)
    return application


def _from_text(path: str, text: str) -> Iterator[Application]:
    """What can be told where this Python cannot parse the file."""
    for match in _TEXT_CALL.finditer(text):
        line = line_of(text, match.end())
        scopes = list(TEXT_SCOPE.finditer(text, 0, match.start())) if match[1] else []
        if scopes:
            kind: ApplicationKind = "class" if scopes[-1][1] == "class" else "factory"
            yield Application(path, line, kind, scopes[-1][2])
        else:
            name = match[2] or ""
            yield Application(
                path, line, "object", name, served=[Served(path, name, line)] if name else []
            )
