"""Modules of a project as syntax trees, with the names that they bind."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..inspection.python_source import dotted, module_name, string_constants
from ..inspection.roles import Role
from ..inspection.sources import Sources
from ..inspection.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CODE_ONLY = Role.TEST | Role.SIDE | Role.FOREIGN | Role.MIGRATION | Role.ODD
MAX_STARS = 4
"""How many modules pass names on by `*`, one after the other."""
Scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef


class UnprovenError(Exception):
    """A fact that reading does not prove; the message says what, with file and line."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        """Name the place."""
        super().__init__(f"{file}, line {line}: {reason}" if line else f"{file}: {reason}")


@dataclass(frozen=True, slots=True)
class Imported:
    """A name that an import statement binds."""

    module: str
    """Absolute."""
    name: str | None
    line: int

    def statement(self, bound: str) -> str:
        """The statement that binds it as `bound`."""
        if self.name is None:
            plain = bound == self.module or self.module.startswith(f"{bound}.")
            return f"import {self.module}" if plain else f"import {self.module} as {bound}"
        renamed = f" as {bound}" if bound != self.name else ""
        return f"from {self.module} import {self.name}{renamed}"


@dataclass(slots=True)
class Module:
    """A module that parses."""

    file: str
    base: str
    tree: ast.Module
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict[ast.AST, ast.AST])
    _imports: dict[Scope, dict[str, Imported]] = field(
        default_factory=dict[Scope, dict[str, Imported]]
    )

    @property
    def name(self) -> str:
        """What it is imported as."""
        return module_name(self.file, self.base)

    def scope_of(self, node: ast.AST) -> Scope:
        """The innermost function around a node, else the module."""
        while (parent := self.parent_of(node)) is not None:
            node = parent
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                return node
        return self.tree

    def parent_of(self, node: ast.AST) -> ast.AST | None:
        """The node that a node is part of; None for the module."""
        if not self.parents:
            for parent in ast.walk(self.tree):
                for child in ast.iter_child_nodes(parent):
                    self.parents[child] = parent
        return self.parents.get(node)

    def imports(self, scope: Scope) -> dict[str, Imported]:
        """The names that imports of a scope bind, by the name that is bound."""
        known = self._imports.get(scope)
        if known is not None:
            return known
        found = self._imports[scope] = {}
        for node in statements_of(scope):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    bound = alias.asname or alias.name.partition(".")[0]
                    found[bound] = Imported(alias.name, None, node.lineno)
            elif isinstance(node, ast.ImportFrom):
                module = self.absolute(node)
                for alias in node.names:
                    # Several `*` are several imports, whose names only their modules tell.
                    starred = f"{module}.*" if alias.name == "*" else alias.name
                    found[alias.asname or starred] = Imported(module, alias.name, node.lineno)
        return found

    def absolute(self, node: ast.ImportFrom) -> str:
        """The absolute name of the module that an import statement names."""
        if not node.level:
            return node.module or ""
        own = self.name.split(".") if self.name else []
        if not self.file.endswith("/__init__.py"):
            own = own[:-1]
        above = own[: len(own) - node.level + 1]
        return ".".join((*above, *filter(None, [node.module])))


def statements_of(scope: Scope) -> Iterator[ast.stmt]:
    """The statements of a scope at any depth, without those of functions and classes in it."""
    pending = list(scope.body)
    while pending:
        node = pending.pop(0)
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            pending[:0] = [
                child
                for inner in ast.iter_child_nodes(node)
                for child in ([inner] if isinstance(inner, ast.stmt) else _handled(inner))
            ]


def names_bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement binds."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        for alias in statement.names:
            yield alias.asname or alias.name.partition(".")[0]
    elif isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            yield from names_stored(target)
    elif isinstance(statement, ast.For | ast.AsyncFor):
        yield from names_stored(statement.target)


def names_stored(target: ast.expr) -> Iterator[str]:
    """The names that are assigned in a target."""
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _handled(node: ast.AST) -> list[ast.stmt]:
    return list(node.body) if isinstance(node, ast.ExceptHandler | ast.match_case) else []


@dataclass(slots=True)
class Project:
    """The modules of a project."""

    sources: Sources
    base: str
    """The directory that is on `sys.path`; empty for the project's own."""
    _known: dict[str, Module | None] = field(default_factory=dict[str, "Module | None"])

    @classmethod
    def at(cls, path: Path, base: str) -> Project:
        """Read on demand what lies in `path`."""
        return cls(Sources(Tree(path)), "" if base == "." else base)

    def module(self, file: str) -> Module | None:
        """A module; None where it cannot be parsed."""
        if file not in self._known:
            tree = self.sources.module(file)
            self._known[file] = Module(file, self.base, tree) if tree else None
        return self._known[file]

    def mentioning(self, *words: bytes, without: int = CODE_ONLY) -> Iterator[Module]:
        """The modules whose text holds any of the words."""
        files = self.sources.modules("", without=without)
        for file in self.sources.mentioning(files, *words):
            if module := self.module(file):
                yield module

    def file_of(self, module: str) -> str | None:
        """The file of a module that is imported by an absolute name; None if it is not here."""
        stem = "/".join(filter(None, (self.base, module.replace(".", "/"))))
        return self.sources.file_of(stem)

    def imported(self, module: Module, name: str, depth: int = MAX_STARS) -> Imported | None:
        """The import of a module that binds a name, by a `*` of the project's own as well."""
        imports = module.imports(module.tree)
        if name in imports:
            return imports[name]
        for starred in reversed([found for found in imports.values() if found.name == "*"]):
            if depth and (exporter := self._exporter(starred.module, name, depth - 1)):
                return Imported(exporter, name, starred.line)
        return None

    def _exporter(self, module: str, name: str, depth: int) -> str:
        """The module that a `*` has a name from; empty where it does not have it."""
        file = self.file_of(module)
        inner = self.module(file) if file else None
        if inner is None or name.startswith("_"):
            return ""
        statements = list(statements_of(inner.tree))
        for node in statements:
            if isinstance(node, ast.Assign) and "__all__" in map(dotted, node.targets):
                return module if name in string_constants(node.value) else ""
        if any(name in names_bound(node) for node in statements):
            return module
        further = self.imported(inner, name, depth)
        return further.module if further else ""

    def has(self, imported: Imported) -> bool:
        """Whether what is imported is one of the project's own modules, or in one."""
        return self.file_of(imported.module) is not None
