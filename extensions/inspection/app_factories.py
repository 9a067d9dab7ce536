"""Following factories and builder classes to the module-level names that hold what they make."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..project_files.encoding import line_of
from .applications import TEXT_SCOPE, Application, Served
from .parameters import hands_on, is_called_bare, runs_as_script
from .python_source import dotted
from .references import Reference, base_of
from .sources import entry_weight
from .tree import basename

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .python_source import Import
    from .sources import Sources

_NAMED_AGAIN = re.compile(
    r"^(\w+)(?:[ \t]*:[^=\n]+)?[ \t]*=[ \t]*((?:\w+\.)+\w+)[ \t]*(?:#[^\n]*)?$", re.MULTILINE
)
_APPLICATION_NAME = re.compile(r"(?:^|_)(?:app|application|api|asgi)$")

# Functions and classes by name: where each is, and the application that it makes.
Makers = dict[str, list[tuple[str, Application]]]


def find_served(sources: Sources, paths: list[str], found: list[Application]) -> None:
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
    instances: dict[str, Application] = {}
    for statement in _module_level(module):
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(statement):
                made = _maker(sources, path, node, makers, imported)
                if made and made.name != statement.name and hands_on(statement, node):
                    wrappers.setdefault(statement.name, []).append((path, made))
                    if is_called_bare(statement):
                        made.factories.append(Served(path, statement.name, statement.lineno))
            continue
        name, value = _assignment(statement)
        if name is None or value is None:
            continue
        made = instances.get(dotted(getattr(value, "func", value)).partition(".")[0])
        if made and _APPLICATION_NAME.search(name):
            _add(made, Served(path, name, statement.lineno))
            continue
        for node in ast.walk(value):
            made = _maker(sources, path, node, makers, imported)
            if made and made.kind == "class" and node is value:
                instances[name] = made
                if made.attribute:
                    _add(made, Served(path, f"{name}.{made.attribute}", statement.lineno))
            elif made:
                _add(made, Served(path, name, statement.lineno))
            if made:
                break


def _add(application: Application, served: Served) -> None:
    if served not in application.served:
        application.served.append(served)


def find_names_of_objects(
    sources: Sources,
    paths: list[str],
    references: list[Reference],
    found: list[Application],
) -> None:
    """Find what else an application's object is called: by commands, and in entry modules."""
    objects = {(served.file, served.name): a for a in found for served in a.served}
    if not objects:
        return
    entries = [path for path in paths if entry_weight(path)]
    for path in entries:
        for match in _NAMED_AGAIN.finditer(sources.tree.text(path)):
            line = line_of(sources.tree.text(path), match.start())
            _add_name(sources, objects, Served(path, match[1], line), match[2])
    by_name: dict[str, list[str]] = {}
    for path in paths:
        by_name.setdefault(basename(path.removesuffix("/__init__.py")), []).append(path)
    for reference in references:
        last = reference.module.rpartition(".")[2]
        for path in (*by_name.get(f"{last}.py", ()), *by_name.get(last, ())):
            if (path, reference.name) not in objects and base_of(reference, path) is not None:
                served = Served(path, reference.name, 1)
                _add_name(sources, objects, served, reference.name)


def _add_name(
    sources: Sources,
    objects: dict[tuple[str, str], Application],
    served: Served,
    written: str,
) -> None:
    made = objects.get(sources.meaning(served.file, written) or ("", ""))
    if made and written:
        _add(made, served)


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
            scopes = list(TEXT_SCOPE.finditer(text, 0, match.start()))
            if scopes and scopes[-1][1] == "def":
                wrappers.setdefault(scopes[-1][2], []).append((path, made))
        elif match["name"]:
            _add(made, Served(path, match["name"], line_of(text, match.start("maker"))))


def _module_level(module: ast.Module) -> Iterator[ast.stmt]:
    pending: list[ast.stmt] = list(module.body)
    while pending:
        statement = pending.pop(0)
        yield statement
        if runs_as_script(statement):
            pending.extend(getattr(statement, "orelse", []))
        elif isinstance(statement, ast.If | ast.Try | ast.With):
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
