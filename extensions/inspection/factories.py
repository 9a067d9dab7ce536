"""Following factories and builder classes to the module-level names that hold what they make."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from .applications import TEXT_SCOPE, Application, Served
from .python_source import dotted, line_of
from .tree import basename

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .python_source import Import
    from .sources import Sources

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
            scopes = list(TEXT_SCOPE.finditer(text, 0, match.start()))
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
