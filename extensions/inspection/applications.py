"""Finding the FastAPI applications in a tree: where each is built, and which object is served."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from . import roles
from .python_source import Import, dotted, imports, line_of, parse, relative_target
from .tree import Tree, ancestors, basename, join, parent

ApplicationKind = Literal["object", "factory", "class"]

_MENTION = re.compile(r"\bFastAPI\b|\bfastapi\b")
_TEXT_CALL = re.compile(
    r"^([ \t]*)(?:(\w+)[ \t]*(?::[^=\n]+)?=|return)[ \t]*(?:fastapi\.)?FastAPI\(", re.M
)
_TEXT_DEF = re.compile(r"^(?:async[ \t]+)?(def|class)[ \t]+(\w+)", re.M)
_ENTRY_NAMES = {
    "main": 4, "app": 3, "application": 3, "server": 3, "asgi": 3, "api": 2, "__init__": 2,
    "create_app": 2, "factory": 2, "app_factory": 2, "web": 1, "index": 1, "__main__": 1,
}  # fmt: skip


@dataclass(slots=True)
class Served:
    """A module-level name that holds an application."""

    file: str
    name: str
    line: int


@dataclass(slots=True)
class Application:
    """One place that builds a FastAPI application."""

    file: str
    line: int
    kind: ApplicationKind
    name: str
    served: list[Served] = field(default_factory=list[Served])
    mounted: bool = False
    wired: int = 0
    score: float = 0.0


class Sources:
    """The Python modules of a tree, and what their imports point at."""

    def __init__(self, tree: Tree, paths: list[str]) -> None:
        """Keep `paths` for reading on demand."""
        self.tree = tree
        self.paths = paths
        self._known = set(paths)
        self._imports: dict[str, list[Import]] = {}
        self._modules: dict[str, ast.Module | None] = {}

    def imports(self, path: str) -> list[Import]:
        """The imports of the module `path`."""
        known = self._imports.get(path)
        if known is None:
            known = self._imports[path] = list(imports(self.tree.text(path)))
        return known

    def module(self, path: str) -> ast.Module | None:
        """The syntax tree of `path`, None where it cannot be parsed."""
        if path not in self._modules:
            self._modules[path] = parse(self.tree.text(path))
        return self._modules[path]

    def file_of(self, stem: str) -> str | None:
        """The module's or package's file for a path without suffix."""
        for candidate in (f"{stem}.py" if stem else "", join(stem, "__init__.py")):
            if self.tree.has_file(candidate):
                return candidate
        return None

    def target(self, importer: str, module: str) -> str | None:
        """The path without suffix that `module`, imported in `importer`, stands for.

        An absolute import is tried against each directory above the importer, nearest last,
        because any of them may be on `sys.path`.
        """
        if module.startswith("."):
            return relative_target(importer, module)
        stem = module.replace(".", "/")
        for base in reversed(list(ancestors(parent(importer)))):
            path = join(base, stem)
            if self.file_of(path) or self.tree.has_directory(path):
                return path
        return None

    def definition(self, importer: str, imported: Import) -> str | None:
        """The file that an imported name comes from, as far as it lies in the tree."""
        stem = self.target(importer, imported.module)
        if stem is None:
            return None
        if imported.name:
            inner = self.file_of(join(stem, imported.name))
            if inner:
                return inner
        return self.file_of(stem)


def find_applications(sources: Sources) -> list[Application]:
    """Every application that is not a test's, an example's or somebody else's code."""
    found: list[Application] = []
    candidates = [
        path
        for path in sources.paths
        if not (roles.is_test(path) or roles.is_foreign(path))
        and _MENTION.search(sources.tree.text(path))
    ]
    classes = {"FastAPI"} | {
        name for path in candidates for name in _subclasses(sources.tree.text(path))
    }
    for path in candidates:
        text = sources.tree.text(path)
        if not any(f"{name}(" in text for name in classes):
            continue
        module = sources.module(path)
        if module is None:
            found.extend(_from_text(path, text))
        elif _imports_application_class(sources, path, classes):
            found.extend(_from_module(path, module, classes))
    found.extend(_instances_elsewhere(sources, classes - {"FastAPI"}, found))
    _find_served(sources, found)
    return found


def _subclasses(text: str) -> Iterator[str]:
    for match in re.finditer(r"^class[ \t]+(\w+)\(([^)]*)\)", text, re.M):
        if re.search(r"\bFastAPI\b", match[2]):
            yield match[1]


def _imports_application_class(sources: Sources, path: str, classes: set[str]) -> bool:
    """Whether the names in `classes` mean FastAPI's class here, not another of the same name."""
    for imported in sources.imports(path):
        top = imported.module.lstrip(".").partition(".")[0]
        if top == "fastapi" and imported.level == 0 and imported.name in {None, "FastAPI", "*"}:
            return True
        if imported.name in classes - {"FastAPI"}:
            return True
    return False


def _from_module(path: str, module: ast.Module, classes: set[str]) -> list[Application]:
    found: list[Application] = []
    mounted = _mounted_names(module)
    wiring = _wiring(module)

    def visit(node: ast.AST, scope: list[ast.AST], assigned: str | None) -> None:
        if isinstance(node, ast.Call) and _is_class(node.func, classes):
            found.append(_application(path, node, scope, assigned, mounted, wiring))
        for child in ast.iter_child_nodes(node):
            name = assigned
            inner = scope
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner, name = [*scope, child], None
            elif isinstance(child, ast.Assign):
                name = next((t for t in map(dotted, child.targets) if t), None)
            elif isinstance(child, ast.AnnAssign):
                name = dotted(child.target) or None
            elif isinstance(child, ast.Return):
                name = "return"
            visit(child, inner, name)

    visit(module, [], None)
    return found


def _is_class(node: ast.expr, classes: set[str]) -> bool:
    name = dotted(node)
    return name.rpartition(".")[2] in classes and name.partition(".")[0] != "self"


def _mounted_names(module: ast.Module) -> set[str]:
    """The names handed to `.mount(...)`: applications inside another."""
    names: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr != "mount":
                continue
            values = [*node.args[1:2], *(k.value for k in node.keywords if k.arg == "app")]
            names.update(filter(None, map(dotted, values)))
    return names


def _wiring(module: ast.Module) -> dict[str, int]:
    """How often each name gets routers, middleware, handlers or routes."""
    verbs = {
        "include_router", "add_middleware", "add_exception_handler", "exception_handler",
        "on_event", "add_event_handler", "middleware", "mount", "get", "post", "add_api_route",
        "lifespan", "put", "delete", "websocket",
    }  # fmt: skip
    count: dict[str, int] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in verbs:
                name = dotted(node.func.value)
                count[name] = count.get(name, 0) + 1
    return count


def _application(
    path: str,
    node: ast.Call,
    scope: list[ast.AST],
    assigned: str | None,
    mounted: set[str],
    wiring: dict[str, int],
) -> Application:
    kind: ApplicationKind = "object"
    name = assigned or ""
    if scope:
        outer = scope[0]
        kind = "class" if isinstance(outer, ast.ClassDef) else "factory"
        name = getattr(outer, "name", "")
    application = Application(path, node.lineno, kind, name)
    application.wired = wiring.get(assigned or "", 0) + len(node.keywords)
    application.mounted = bool(assigned and assigned in mounted) or (not scope and not assigned)
    if kind == "object" and assigned and "." not in assigned:
        application.served.append(Served(path, assigned, node.lineno))
    return application


def _from_text(path: str, text: str) -> Iterator[Application]:
    for match in _TEXT_CALL.finditer(text):
        line = line_of(text, match.end())
        if match[1]:
            outer = [d for d in _TEXT_DEF.finditer(text, 0, match.start())]
            if outer:
                kind: ApplicationKind = "class" if outer[-1][1] == "class" else "factory"
                yield Application(path, line, kind, outer[-1][2])
                continue
        name = match[2] or ""
        served = [Served(path, name, line)] if name else []
        yield Application(path, line, "object", name, served)


def _instances_elsewhere(
    sources: Sources, classes: set[str], found: list[Application]
) -> Iterator[Application]:
    """Applications made from a subclass in a module that never mentions FastAPI."""
    if not classes:
        return
    known = {application.file for application in found}
    for path in sources.paths:
        if path in known or roles.is_test(path):
            continue
        text = sources.tree.text(path)
        if any(f"{name}(" in text for name in classes) and (module := sources.module(path)):
            if any(imported.name in classes for imported in sources.imports(path)):
                yield from _from_module(path, module, classes)


def _find_served(sources: Sources, found: list[Application]) -> None:
    """Find the module-level names that hold what the factories and builder classes return."""
    makers = {
        application.name: application
        for application in found
        if application.kind != "object" and application.name
    }
    if not makers:
        return
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, makers))})\b")
    for path in sources.paths:
        if roles.is_test(path) or not pattern.search(sources.tree.text(path)):
            continue
        module = sources.module(path)
        if module is None:
            continue
        imported = {i.alias or i.name or i.module: i for i in sources.imports(path)}
        for statement in _module_level(module):
            name, value = _assignment(statement)
            if not name or value is None:
                continue
            for node in ast.walk(value):
                maker = _maker(sources, path, node, makers, imported)
                if maker:
                    maker.served.append(Served(path, name, statement.lineno))
                    break


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
    makers: dict[str, Application],
    imported: dict[str, Import],
) -> Application | None:
    if not isinstance(node, ast.Call):
        return None
    first, _, rest = dotted(node.func).partition(".")
    source = imported.get(first)
    name = (source.name if source else first) or first
    for candidate in (name, rest.partition(".")[0]):
        maker = makers.get(candidate)
        if maker is None:
            continue
        if maker.file == path:
            return maker
        if source:
            file = sources.definition(path, source)
            if file is None or file == maker.file or basename(file) == "__init__.py":
                return maker
            if candidate != name:
                return maker
    return None


def entry_weight(path: str) -> int:
    """How much the name of a module looks like the one that holds the application."""
    return _ENTRY_NAMES.get(basename(path).removesuffix(".py"), 0)
