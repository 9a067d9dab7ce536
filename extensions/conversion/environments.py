"""What an Alembic environment says of itself: metadata, version table, and history."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..inspection.python_source import dotted, string_constants
from ..inspection.tree import parent
from .modules import Module, Project, Scope, UnprovenError, statements_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_SQLALCHEMY = re.compile(r"\b(?:sqlalchemy|sqlmodel|models?)\b|^from \.", re.MULTILINE)
MAX_SUPERCLASSES = 5
_DOES_SOMETHING = re.compile(r"\bop\.\w+\(")


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment whose metadata is that of one declarative base."""

    base: str
    """The base class as `env.py` reaches it, as "module:name"."""
    models: tuple[str, ...]
    """The other modules of the project that `env.py` imports: they fill the metadata."""
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
    name, line, is_attribute = _metadata(module)
    imported = module.imports(module.tree).get(name)
    is_sqlmodel = imported is not None and imported.module == "sqlmodel"
    if imported is None or not (is_sqlmodel or project.has(imported)):
        raise UnprovenError(file, line, f"{name} is not imported from the project")
    found = f"{imported.module}:{imported.name}"
    if is_sqlmodel:
        defined = "sqlmodel:SQLModel"
    else:
        meant = project.sources.meaning(file, name)
        if imported.name is None or meant is None:
            raise UnprovenError(file, line, f"nothing says what {name} is")
        defined = _as_written(project, *meant)
    if not is_attribute:
        if not _has_metadata(project, base, defined):
            raise UnprovenError(file, line, f"{name} is not the metadata of {base}")
        found = base
    elif defined not in (base, *_above(project, base)):
        raise UnprovenError(file, line, f"{name} is {defined}, but most models are {base}")
    return Environment(
        base=found,
        models=tuple(_models(project, module, found.partition(":")[0])),
        line=line,
        version_table=_version_table(module),
        heads=_heads(project, directory),
    )


def _models(project: Project, module: Module, base: str) -> Iterator[str]:
    """The modules of the project that `env.py` imports, without the base's."""
    seen = {base}
    scopes = (each for each in ast.walk(module.tree) if isinstance(each, Scope))
    for imported in (each for scope in scopes for each in module.imports(scope).values()):
        inner = f"{imported.module}.{imported.name}" if imported.name else imported.module
        for name in (inner, imported.module):
            file = project.file_of(name)
            if file is not None:
                text = project.sources.tree.text(file)
                if name not in seen and _SQLALCHEMY.search(text):
                    seen.add(name)
                    yield name
                break


def _has_metadata(project: Project, base: str, metadata: str) -> bool:
    """Whether a base class is given a `MetaData` object of its own name."""
    found = _class(project, base)
    if found is None:
        return False
    module, definition = found
    for node in definition.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            name = dotted(node.value)
            if isinstance(target, ast.Name) and target.id == "metadata" and name:
                meant = project.sources.meaning(module.file, name)
                return meant is not None and _as_written(project, *meant) == metadata
    return False


def _above(project: Project, base: str) -> Iterator[str]:
    """The classes of the project that a class derives from, one after the other."""
    for _ in range(MAX_SUPERCLASSES):
        found = _class(project, base)
        if found is None:
            return
        module, definition = found
        for parent_class in definition.bases:
            name = dotted(parent_class)
            meant = project.sources.meaning(module.file, name) if name else None
            if meant is not None and meant[0] and _class(project, _as_written(project, *meant)):
                base = _as_written(project, *meant)
                yield base
                break
        else:
            return


def _class(project: Project, written: str) -> tuple[Module, ast.ClassDef] | None:
    name, _, class_name = written.partition(":")
    file = project.file_of(name)
    module = project.module(file) if file else None
    if module is not None:
        for node in statements_of(module.tree):
            if isinstance(node, ast.ClassDef) and node.name == class_name:
                return module, node
    return None


def _as_written(project: Project, file: str, name: str) -> str:
    module = Module(file, project.base, ast.Module([], [])).name
    return f"{module}:{name}"


def _metadata(module: Module) -> tuple[str, int, bool]:
    """The name whose metadata migrations compare, its line, and whether it is a class."""
    for node in statements_of(module.tree):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id == "target_metadata":
                name, _, attribute = dotted(node.value).rpartition(".")
                if attribute == "metadata" and name and "." not in name:
                    return name, node.lineno, True
                if attribute and not name and attribute != "None":
                    return attribute, node.lineno, False
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
