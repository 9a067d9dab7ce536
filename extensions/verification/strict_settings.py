"""The user's settings classes that reject a `DATABASE_URL` in `.env`.

In pydantic-settings, a class that reads a dotenv file raises for a name that is not a field,
whatever its prefix, unless `extra` is `"ignore"` or `"allow"`. (Pydantic 1 did not.)
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

from ..inspection.roles import Role
from ..inspection.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

SKIPPED = frozenset({"build", "dist"})
FIELD = "database_url"


def strict_settings(project: Path) -> Iterator[str]:
    """A message for each such class, with its place and advice."""
    tree = Tree(project)
    for path in _modules(tree):
        source = tree.data(path)
        if b"env_file" not in source or b"pydantic_settings" not in source:
            continue
        try:
            module = ast.parse(source)
        except (SyntaxError, ValueError):
            continue
        for line, name in strict_classes(module):
            yield (
                f"{path}, line {line}: {name} reads .env and rejects unknown names: "
                'add extra="ignore" to its configuration before DATABASE_URL goes into .env'
            )


def _modules(tree: Tree) -> Iterator[str]:
    for path in tree.files():
        is_own = SKIPPED.isdisjoint(path.split("/")) and not tree.role(path) & Role.TEST
        if path.endswith(".py") and is_own:
            yield path


def strict_classes(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and name of each class that reads a dotenv file and refuses what is no field."""
    inherited: dict[str, dict[str, ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            options: dict[str, ast.expr] = {}
            for base in node.bases:
                options |= inherited.get(ast.unparse(base), {})
            options |= _options(node)
            inherited[node.name] = options
            extra = options.get("extra")
            is_lenient = "dotenv_filtering" in options or (
                extra is not None and "forbid" not in ast.unparse(extra)
            )
            if _is_dotenv(options.get("env_file")) and not is_lenient and not _has_field(node):
                yield node.lineno, node.name


def _options(node: ast.ClassDef) -> dict[str, ast.expr]:
    """What `model_config` or an inner `Config` sets."""
    found: dict[str, ast.expr] = {
        keyword.arg: keyword.value for keyword in node.keywords if keyword.arg
    }
    for statement in node.body:
        if isinstance(statement, ast.ClassDef) and statement.name == "Config":
            for inner in statement.body:
                if isinstance(inner, ast.Assign) and isinstance(inner.targets[0], ast.Name):
                    found[inner.targets[0].id] = inner.value
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            if ast.unparse(targets[0]) != "model_config":
                continue
            if isinstance(statement.value, ast.Call):
                found |= {
                    keyword.arg: keyword.value
                    for keyword in statement.value.keywords
                    if keyword.arg
                }
            elif isinstance(statement.value, ast.Dict):
                for key, value in zip(statement.value.keys, statement.value.values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        found[key.value] = value
    return found


def _is_dotenv(value: ast.expr | None) -> bool:
    """Whether `.env` is read; a path that is put together at run time may be it."""
    if value is None or (isinstance(value, ast.Constant) and value.value is None):
        return False
    names = [
        node.value
        for node in ast.walk(value)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return not names or any(Path(name).name == ".env" for name in names)


def _has_field(node: ast.ClassDef) -> bool:
    return any(
        isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and statement.target.id.lower() == FIELD
        for statement in node.body
    )
