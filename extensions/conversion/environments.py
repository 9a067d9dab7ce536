"""What an Alembic environment says of itself: metadata, version table, and history."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..inspection.python_source import dotted, string_constants
from ..inspection.tree import parent
from .modules import Imported, Module, Project, UnprovenError, statements_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_DOES_SOMETHING = re.compile(r"\bop\.\w+\(")


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment whose metadata is that of one declarative base."""

    base: Imported
    """How `env.py` imports the base class."""
    base_name: str
    line: int
    """Where `target_metadata` is."""
    version_table: str
    heads: tuple[str, ...]


def read_environment(project: Project, directory: str, base: str) -> Environment:
    """Read `env.py` and the revisions beside it.

    Args:
        project: the project.
        directory: the environment's.
        base: the class that most models have above them, as "module:name".

    Raises:
        UnprovenError: it is not known which metadata it has, or what its history is.
    """
    file = f"{directory}/env.py" if directory else "env.py"
    module = project.module(file)
    if module is None:
        raise UnprovenError(file, 0, "it cannot be read as Python")
    name, line = _metadata(module)
    imported = module.imports(module.tree).get(name)
    if imported is None or not project.has(imported):
        raise UnprovenError(file, line, f"{name} is not imported from the project")
    meant = project.sources.meaning(file, name)
    if imported.name is None or meant is None:
        raise UnprovenError(file, line, f"nothing says what {name} is")
    defined = _as_written(project, *meant)
    if defined != base:
        raise UnprovenError(file, line, f"{name} is {defined}, but most models are {base}")
    return Environment(
        base=imported,
        base_name=name,
        line=line,
        version_table=_version_table(module),
        heads=_heads(project, directory),
    )


def _as_written(project: Project, file: str, name: str) -> str:
    module = Module(file, project.base, ast.Module([], [])).name
    return f"{module}:{name}"


def _metadata(module: Module) -> tuple[str, int]:
    """The class whose metadata migrations compare, and the line that says so."""
    for node in statements_of(module.tree):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id == "target_metadata":
                name, _, attribute = dotted(node.value).rpartition(".")
                if attribute == "metadata" and name and "." not in name:
                    return name, node.lineno
                raise UnprovenError(
                    module.file,
                    node.lineno,
                    f"target_metadata is `{ast.unparse(node.value) if node.value else ''}`, "
                    "not the metadata of one declarative base",
                )
    raise UnprovenError(module.file, 0, "it has no target_metadata")


def _version_table(module: Module) -> str:
    name = "alembic_version"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.keyword) and node.arg in {"version_table", "version_table_schema"}:
            value = node.value.value if isinstance(node.value, ast.Constant) else None
            if node.arg == "version_table_schema" or not isinstance(value, str):
                raise UnprovenError(
                    module.file, node.value.lineno, f"the {node.arg} has a place of its own"
                )
            name = value
    return name


def _heads(project: Project, directory: str) -> tuple[str, ...]:
    """The newest revisions.

    Raises:
        UnprovenError: there are several, or none that does anything.
    """
    place = f"{directory}/versions" if directory else "versions"
    revisions = list(_revisions(project, place))
    texts = (project.sources.tree.text(revision.file) for revision in revisions)
    if not any(map(_DOES_SOMETHING.search, texts)):
        raise UnprovenError(
            place, 0, "no migration makes a table, so the history does not describe the database"
        )
    known = {name for revision in revisions for name in _names(revision, "revision")}
    followed = {
        name
        for revision in revisions
        for name in (*_names(revision, "down_revision"), *_names(revision, "depends_on"))
    }
    heads = tuple(sorted(known - followed))
    if len(heads) != 1:
        listed = ", ".join(heads) or "none"
        raise UnprovenError(
            place, 0, f"the history has no single head ({listed}); `alembic merge heads` joins them"
        )
    return heads


def _revisions(project: Project, place: str) -> Iterator[Module]:
    for directory, listed in project.sources.tree.directories_below(place):
        for name in listed.modules:
            module = project.module(f"{directory}/{name}" if directory else name)
            if module and any(_names(module, "revision")):
                yield module


def _names(revision: Module, variable: str) -> Iterator[str]:
    """The revisions that a variable of a revision names."""
    for node in statements_of(revision.tree):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id == variable:
                yield from string_constants(node.value)


def ini_problem(project: Project, ini: str) -> str:
    """Why an ini file is of no use to commands that run in the project's root; else empty."""
    text = project.sources.tree.text(ini)
    if parent(ini) and "%(here)s" not in text:
        return "script_location counts from another directory; begin it with %(here)s"
    return ""
