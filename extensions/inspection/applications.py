"""Finding the FastAPI applications in a tree: where each is built, and which object is served."""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from .python_source import Import, dotted, line_of
from .tree import basename

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from .roles import Role
    from .sources import Sources

ApplicationKind = Literal["object", "factory", "class"]

_SUBCLASS = re.compile(r"^class[ \t]+(\w+)[ \t]*\(([^)]*\bFastAPI\b[^)]*)\)", re.MULTILINE)
_TEXT_CALL = re.compile(
    r"^([ \t]*)(?:(\w+)[ \t]*(?::[^=\n]+)?=|return)[ \t]*(?:fastapi\.)?FastAPI\(", re.MULTILINE
)
_TEXT_SCOPE = re.compile(r"^(?:async[ \t]+)?(def|class)[ \t]+(\w+)", re.MULTILINE)
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

    `name` is the variable, or the outermost function or class around the place. `wiring` counts
    what is configured on it: arguments, routers, middleware, handlers. `factories` are the
    functions that return it, the one that builds it first.
    """

    file: str
    line: int
    kind: ApplicationKind
    name: str
    served: list[Served] = field(default_factory=list[Served])
    factories: list[Served] = field(default_factory=list[Served])
    mounted: bool = False
    wiring: int = 0

    @property
    def files(self) -> set[str]:
        """The files that build or hold it."""
        return {self.file, *(served.file for served in self.served)}


Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

# Functions and classes by name: where each is, and the application that it makes.
Makers = dict[str, list[tuple[str, Application]]]


def find_applications(sources: Sources, *, without: Role) -> list[Application]:
    """Every place that builds an application, files with a role in `without` left out."""
    paths = sources.modules(without=without)
    mentions = list(sources.mentioning(paths, b"FastAPI"))
    classes = {"FastAPI"}
    for path in mentions:
        if b"(FastAPI" in sources.tree.data(path) or b"class " in sources.tree.data(path):
            classes.update(match[1] for match in _SUBCLASS.finditer(sources.tree.text(path)))
    subclasses = classes - {"FastAPI"}
    found: list[Application] = []
    for path in _calling(sources, mentions, classes):
        module = sources.module(path)
        if module is None:
            found.extend(_from_text(path, sources.tree.text(path)))
        elif names := _names_of_class(sources, path, subclasses):
            found.extend(_from_module(path, sources.tree.text(path), module, names))
    if subclasses:
        others = [path for path in paths if path not in set(mentions)]
        for path in _calling(sources, others, subclasses):
            names = _names_of_class(sources, path, subclasses)
            if names and (module := sources.module(path)):
                found.extend(_from_module(path, sources.tree.text(path), module, names))
    _find_served(sources, paths, found)
    _find_mounted(sources, paths, found)
    return found


def _find_mounted(sources: Sources, paths: list[str], found: list[Application]) -> None:
    """Mark the applications that another module mounts into its own."""
    objects = {(a.file, a.name): a for a in found if a.kind == "object" and a.name}
    if len(found) < 2 or not objects:  # noqa: PLR2004
        return
    for path in sources.mentioning(paths, b".mount("):
        for match in _MOUNTED.finditer(sources.tree.text(path)):
            meant = sources.meaning(path, match[1])
            if meant and meant in objects and meant[0] != path:
                objects[meant].mounted = True


def _calling(sources: Sources, paths: Collection[str], names: Collection[str]) -> Iterator[str]:
    calls = [f"{name}(".encode() for name in names]
    aliased = b"FastAPI as " if "FastAPI" in names else b"\0"
    yield from sources.mentioning(list(paths), *calls, aliased)


def _names_of_class(sources: Sources, path: str, subclasses: set[str]) -> set[str]:
    """The names under which `path` can call FastAPI's class or a subclass of it.

    A project may have a class of its own that is called FastAPI: only imports tell.
    """
    names: set[str] = set()
    for imported in sources.imports(path):
        if imported.module.partition(".")[0] == "fastapi":
            if imported.name in {"FastAPI", "*"}:
                names.add(imported.alias or "FastAPI")
            elif imported.name is None:
                names.add(f"{imported.alias or 'fastapi'}.FastAPI")
        elif imported.name in subclasses:
            names.add(imported.alias or imported.name or "")
        elif imported.name == "FastAPI" and sources.target(path, imported.module):
            origin = sources.meaning(path, imported.alias or "FastAPI")
            if origin is None or origin[1] == "FastAPI":
                names.add("FastAPI")
    text = sources.tree.text(path)
    names.update(match[1] for match in _SUBCLASS.finditer(text) if names)
    return names


def _from_module(path: str, text: str, module: ast.Module, names: set[str]) -> list[Application]:
    found: list[Application] = []
    mounted, wiring = _use_of_names(text)

    def visit(node: ast.AST, scope: Scope | None, assigned: str | None) -> None:
        if isinstance(node, ast.Call) and dotted(node.func) in names:
            found.append(_application(path, node, scope, assigned, mounted, wiring))
        for child in ast.iter_child_nodes(node):
            name, inner = assigned, scope
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner, name = scope or child, None
            elif isinstance(child, ast.Assign):
                name = next(filter(None, map(dotted, child.targets)), None)
            elif isinstance(child, ast.AnnAssign | ast.NamedExpr):
                name = dotted(child.target) or None
            elif isinstance(child, ast.Return):
                name = "return"
            visit(child, inner, name)

    calls = [
        line_of(text, match.start())
        for match in re.finditer(rf"\b(?:{'|'.join(map(re.escape, names))})[ \t]*\(", text)
    ]
    for statement in module.body:
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        if any(first <= line <= last for line in calls):
            visit(ast.Module([statement], []), None, None)
    return found


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
    path: str,
    node: ast.Call,
    scope: Scope | None,
    assigned: str | None,
    mounted: set[str],
    wiring: Counter[str],
) -> Application:
    count = wiring[assigned or ""] + len(node.keywords)
    if scope is None:
        served = [Served(path, assigned, node.lineno)] if assigned and "." not in assigned else []
        nested = not assigned or assigned in mounted
        return Application(
            path, node.lineno, "object", assigned or "", served, mounted=nested, wiring=count
        )
    kind: ApplicationKind = "class" if isinstance(scope, ast.ClassDef) else "factory"
    name = scope.name
    factories = [Served(path, name, scope.lineno)] if kind == "factory" else []
    return Application(
        path, node.lineno, kind, name, factories=factories,
        mounted=assigned in mounted, wiring=count,
    )  # fmt: skip


def _from_text(path: str, text: str) -> Iterator[Application]:
    """What can be told where this Python cannot parse the file."""
    for match in _TEXT_CALL.finditer(text):
        line = line_of(text, match.end())
        scopes = list(_TEXT_SCOPE.finditer(text, 0, match.start())) if match[1] else []
        if scopes:
            kind: ApplicationKind = "class" if scopes[-1][1] == "class" else "factory"
            yield Application(path, line, kind, scopes[-1][2])
        else:
            name = match[2] or ""
            yield Application(
                path, line, "object", name, [Served(path, name, line)] if name else []
            )


def _find_served(sources: Sources, paths: list[str], found: list[Application]) -> None:
    """Find the module-level names that hold what factories and builder classes make."""
    makers: Makers = {}
    for application in found:
        if application.kind != "object" and application.name:
            makers.setdefault(application.name, []).append((application.file, application))
    # A factory may only hand on what another one made.
    for _ in range(2):
        if not makers:
            return
        names = "|".join(map(re.escape, makers))
        assignment = re.compile(rf"^[ \t]*\w[^=\n#]*=[^=\n#]*\b(?:{names})\b", re.MULTILINE)
        returned = re.compile(rf"^[ \t]+return\b[^\n#]*\b(?:{names})\(", re.MULTILINE)
        words = [name.encode() for name in makers]
        wrappers: Makers = {}
        for path in sources.mentioning(paths, *words):
            text = sources.tree.text(path)
            if not (assignment.search(text) or returned.search(text)):
                continue
            module = sources.module(path)
            if module is not None:
                _find_served_in(sources, path, module, makers, wrappers)
            else:
                _find_served_in_text(path, text, makers, wrappers)
        makers = {name: found for name, found in wrappers.items() if name not in makers}


def _find_served_in(
    sources: Sources,
    path: str,
    module: ast.Module,
    makers: Makers,
    wrappers: Makers,
) -> None:
    imported = {i.alias or i.name or i.module: i for i in sources.imports(path)}
    for statement in _module_level(module):
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(statement):
                made = _maker(sources, path, node, makers, imported)
                if made and made.name != statement.name and _hands_on(statement, node):
                    wrappers.setdefault(statement.name, []).append((path, made))
                    made.factories.append(Served(path, statement.name, statement.lineno))
            continue
        name, value = _assignment(statement)
        for node in ast.walk(value) if name and value else ():
            made = _maker(sources, path, node, makers, imported)
            if made and name:
                served = Served(path, name, statement.lineno)
                if served not in made.served:
                    made.served.append(served)
                break


def _find_served_in_text(
    path: str,
    text: str,
    makers: Makers,
    wrappers: Makers,
) -> None:
    """What can be told of a module that this Python cannot parse."""
    names = "|".join(map(re.escape, makers))
    pattern = re.compile(
        rf"^(?P<indent>[ \t]*)(?:return|(?P<name>\w+)[ \t]*(?::[^=\n]+)?=)[ \t]*(?:await[ \t]+)?"
        rf"(?:\w+\.)*(?P<maker>{names})\(",
        re.MULTILINE,
    )
    for match in pattern.finditer(text):
        made = makers[match["maker"]][0][1]
        if match["indent"]:
            scopes = list(_TEXT_SCOPE.finditer(text, 0, match.start()))
            if scopes and scopes[-1][1] == "def":
                wrappers.setdefault(scopes[-1][2], []).append((path, made))
        elif match["name"]:
            served = Served(path, match["name"], line_of(text, match.start("maker")))
            if served not in made.served:
                made.served.append(served)


def _hands_on(function: ast.FunctionDef | ast.AsyncFunctionDef, call: ast.AST) -> bool:
    """Whether `function` returns what `call` makes."""
    names: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and node.value is call:
            names.update(filter(None, map(dotted, node.targets)))
    return any(
        isinstance(node, ast.Return) and (node.value is call or dotted(node.value) in names)
        for node in ast.walk(function)
    )


def _module_level(module: ast.Module) -> Iterator[ast.stmt]:
    pending: list[ast.stmt] = list(module.body)
    while pending:
        statement = pending.pop(0)
        yield statement
        if isinstance(statement, ast.If | ast.Try | ast.With):
            for name in ("body", "orelse", "finalbody"):
                pending.extend(getattr(statement, name, []))


def _assignment(statement: ast.stmt) -> tuple[str | None, ast.expr | None]:
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id, statement.value
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id, statement.value
    return None, None


def _maker(
    sources: Sources,
    path: str,
    node: ast.AST,
    makers: Makers,
    imported: dict[str, Import],
) -> Application | None:
    """The application that the call `node` makes."""
    if not isinstance(node, ast.Call):
        return None
    first, _, rest = dotted(node.func).partition(".")
    source = imported.get(first)
    name = (source.name if source else first) or first
    for candidate in (name, rest.partition(".")[0]):
        known = makers.get(candidate, [])
        for file, maker in known:
            if file == path:
                return maker
        if not known or source is None:
            continue
        defined = sources.definition(path, source)
        if defined is None and sources.target(path, source.module) is None:
            continue
        for file, maker in known:
            if file == defined:
                return maker
        # Handed on by a package's __init__.py, or a method of an imported object.
        if defined is None or basename(defined) == "__init__.py" or len(known) == 1:
            return known[0][1]
    return None
