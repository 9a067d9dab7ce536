"""What an Alembic environment says of itself: metadata, version table, and history."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..inspection.alembic import SCRIPT_LOCATION
from ..inspection.python_source import dotted, string_constants
from ..inspection.tree import parent, resolve
from .modules import Imported, Module, Project, Scope, UnprovenError, names_bound, statements_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_SQLALCHEMY = re.compile(r"\b(?:sqlalchemy|sqlmodel|models?)\b|^from \.", re.MULTILINE)
MAX_SUPERCLASSES = 5
SQLMODEL = "sqlmodel:SQLModel"
_CREATES_SCHEMA = re.compile(r"create\s*schema", re.IGNORECASE)
_PLAIN_NAME = re.compile(r"(?!public$)[a-z_][a-z0-9_]*")
_DOES_SOMETHING = re.compile(r"\bop\.\w+\(")


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment whose metadata is that of one declarative base."""

    base: str
    """The base class as `env.py` reaches it, as "module:name"."""
    models: tuple[str, ...]
    """The other modules of the project that `env.py` imports: they fill the metadata."""
    version_table: str
    heads: tuple[str, ...]
    schemas: tuple[str, ...] = ()
    """Those that revisions put tables into and expect to be there."""


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
    imported = project.imported(module, name)
    origin = _origin(project, imported) if imported else None
    is_sqlmodel = origin is not None and origin.module in {"sqlmodel", "sqlmodel.main"}
    if imported is None:
        raise UnprovenError(file, line, f"{name} is not imported from the project")
    if not is_sqlmodel and not project.has(imported):
        raise UnprovenError(
            file, line, f"{name} comes from {imported.module}, which is no module of the project"
        )
    found = f"{imported.module}:{imported.name}"
    if is_sqlmodel:
        found = defined = SQLMODEL
    else:
        # What `*` binds is defined behind its module.
        meant = project.sources.meaning(file, name) if _is_named(module, name) else None
        meant = meant or _imported(project, imported)
        if imported.name is None or meant is None:
            raise UnprovenError(file, line, f"nothing says what {name} is")
        defined = _as_written(project, *meant)
    if not is_attribute:
        if not (_has_metadata(project, base, defined) or _is_metadata_of(project, base, defined)):
            raise UnprovenError(file, line, f"{name} is not the metadata of {base}")
        found = base
    elif base == SQLMODEL and _shares_sqlmodel(project, defined):
        found = base
    elif defined not in (base, *_above(project, base)):
        raise UnprovenError(file, line, f"{name} is {defined}, but most models are {base}")
    return Environment(
        base=found,
        models=tuple(_models(project, module, found.partition(":")[0])),
        version_table=_version_table(project, module, found),
        heads=_heads(project, directory),
        schemas=_schemas(project, directory, module),
    )


def without_alembic(project: Project, base: str) -> Environment:
    """What stands for an environment where there is none: the base, and the modules below it."""
    module = base.partition(":")[0]
    return Environment(
        base=base,
        models=tuple(sorted(_subclassing(project, base) - {module})),
        version_table="alembic_version",
        heads=(),
    )


def _subclassing(project: Project, base: str) -> set[str]:
    """The modules with a class that has the base, or one of its subclasses, above it."""
    module, _, name = base.partition(":")
    known = {(project.file_of(module) or "", name)}
    names, found = {name}, set[str]()
    for _ in range(MAX_SUPERCLASSES):
        more = {
            (inner.file, definition.name)
            for inner in project.mentioning(*(name.encode() for name in names))
            for definition in statements_of(inner.tree)
            if isinstance(definition, ast.ClassDef)
            and any(_is_one(project, inner, parent, base, known) for parent in definition.bases)
        } - known
        if not more:
            break
        known |= more
        names = {name for _, name in more}
        found |= {Module(file, project.base, ast.Module([], [])).name for file, _ in more}
    return found


def _is_one(
    project: Project, module: Module, written: ast.expr, base: str, known: set[tuple[str, str]]
) -> bool:
    name = dotted(written)
    if not name:
        return False
    if base == SQLMODEL and name.rpartition(".")[2] == "SQLModel":
        return True
    return (project.sources.meaning(module.file, name) or ("", name)) in known


def _models(project: Project, module: Module, base: str) -> Iterator[str]:
    """The modules of the project that `env.py` imports, without the base's."""
    seen = {base}
    scopes = (child for child in ast.walk(module.tree) if isinstance(child, Scope))
    for imported in (imported for scope in scopes for imported in module.imports(scope).values()):
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


def _is_metadata_of(project: Project, base: str, metadata: str) -> bool:
    """Whether a global is assigned the metadata of a base class."""
    name, _, variable = metadata.partition(":")
    file = project.file_of(name)
    module = project.module(file) if file else None
    for node in statements_of(module.tree) if module else ():
        if isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            owner, _, attribute = dotted(node.value).rpartition(".")
            if isinstance(target, ast.Name) and target.id == variable and attribute == "metadata":
                imported = module.imports(module.tree).get(owner) if module else None
                if imported and f"{imported.module}:{imported.name}" == base:
                    return True
                meant = project.sources.meaning(file or "", owner)
                return meant is not None and _as_written(project, *meant) == base
    return False


def _origin(project: Project, imported: Imported) -> Imported:
    """What an import means behind the modules of the project that only pass the name on."""
    for _ in range(MAX_SUPERCLASSES):
        file = project.file_of(imported.module)
        module = project.module(file) if file else None
        further = module.imports(module.tree).get(imported.name or "") if module else None
        if further is None:
            break
        imported = further
    return imported


def _imported(project: Project, imported: Imported) -> tuple[str, str] | None:
    """What an import means that `env.py` makes possible by changing `sys.path`."""
    file = project.file_of(imported.module)
    return project.sources.meaning(file, imported.name or "") if file else None


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


def _shares_sqlmodel(project: Project, written: str) -> bool:
    """Whether a class of the project has the metadata of SQLModel, which it derives from."""
    for name in (written, *_above(project, written)):
        found = _class(project, name)
        if found is None or _sets_metadata(found[1]):
            return False
        module, definition = found
        parents = (project.imported(module, dotted(parent)) for parent in definition.bases)
        if any(
            imported and _origin(project, imported).module == "sqlmodel" for imported in parents
        ):
            return True
    return False


def _sets_metadata(definition: ast.ClassDef) -> bool:
    """Whether a class may have other metadata than those above it."""
    keywords = [
        *definition.keywords,
        *(
            keyword
            for decorator in definition.decorator_list
            if isinstance(decorator, ast.Call)
            for keyword in decorator.keywords
        ),
    ]
    return any(keyword.arg in {"metadata", "registry"} for keyword in keywords) or any(
        {"metadata", "registry"} & {*names_bound(node)} for node in definition.body
    )


def _is_named(module: Module, name: str) -> bool:
    return name in module.imports(module.tree)


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
    found: dict[str, tuple[ast.expr, int]] = {}
    for node in statements_of(module.tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id == "target_metadata":
                found["assigned"] = (node.value, node.lineno)
    for part in () if found else ast.walk(module.tree):
        if isinstance(part, ast.keyword) and part.arg == "target_metadata":
            found.setdefault(ast.dump(part.value), (part.value, part.value.lineno))
    if len(found) != 1:
        raise UnprovenError(module.file, 0, "it has no target_metadata")
    [(value, line)] = found.values()
    written = value
    if isinstance(value, ast.List | ast.Tuple) and len(value.elts) == 1:
        value = value.elts[0]
    name, _, attribute = dotted(value).rpartition(".")
    if attribute == "metadata" and name and "." not in name:
        return name, line, True
    if attribute and not name and attribute != "None":
        return attribute, line, False
    raise UnprovenError(
        module.file,
        line,
        f"target_metadata is `{ast.unparse(written)}`, not the metadata of one declarative base",
    )


def _version_table(project: Project, module: Module, base: str) -> str:
    name = "alembic_version"
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.keyword):
            continue
        value = _constant(module, node.value)
        if node.arg == "version_table" and isinstance(value, str):
            name = value
        elif node.arg == "version_table" or (
            node.arg == "version_table_schema"
            and value is not None
            and not (_is_schema_of_metadata(node.value) and _has_no_schema(project, base))
        ):
            raise UnprovenError(
                module.file, node.value.lineno, f"the {node.arg} has a place of its own"
            )
    return name


def _constant(module: Module, node: ast.expr) -> object:
    """A constant, or what a name stands for that is assigned one only; else the expression."""
    if isinstance(node, ast.Name):
        assigned = [
            statement.value
            for statement in statements_of(module.tree)
            if node.id in names_bound(statement) and isinstance(statement, ast.Assign)
        ]
        node = assigned[0] if len(assigned) == 1 else node
    return node.value if isinstance(node, ast.Constant) else node


def _is_schema_of_metadata(node: ast.expr) -> bool:
    return dotted(node).endswith(("metadata.schema", ".metadata.schema"))


def _has_no_schema(project: Project, base: str) -> bool:
    """Whether the metadata of a base class is the one that SQLAlchemy makes without arguments."""
    if base == SQLMODEL or _is_made_plainly(project, base):
        return True
    classes = [_class(project, name) for name in (base, *_above(project, base))]
    return not any(found is None or _sets_metadata(found[1]) for found in classes)


def _is_made_plainly(project: Project, base: str) -> bool:
    """Whether a base class is what `declarative_base()` returns without arguments."""
    name, _, variable = base.partition(":")
    file = project.file_of(name)
    module = project.module(file) if file else None
    calls = [
        node.value
        for node in statements_of(module.tree if module else ast.Module([], []))
        if variable in names_bound(node) and isinstance(node, ast.Assign)
    ]
    return all(
        isinstance(call, ast.Call)
        and dotted(call.func).endswith("declarative_base")
        and not (call.args or call.keywords)
        for call in calls
    ) and bool(calls)


def _schemas(project: Project, directory: str, environment: Module) -> tuple[str, ...]:
    """The schemas that an image's script or a person has created, where no code here does."""
    modules = [environment, *_revisions(project, _versions(directory))]
    texts = (project.sources.tree.text(module.file) for module in modules)
    if any(map(_CREATES_SCHEMA.search, texts)):
        return ()
    calls = (node for m in modules for node in ast.walk(m.tree) if isinstance(node, ast.Call))
    given = (keyword for call in calls for keyword in call.keywords if keyword.arg == "schema")
    values = (keyword.value for keyword in given)
    names = {value.value for value in values if isinstance(value, ast.Constant)}
    return tuple(sorted(n for n in names if isinstance(n, str) and _PLAIN_NAME.fullmatch(n)))


def _versions(directory: str) -> str:
    return f"{directory}/versions" if directory else "versions"


def _heads(project: Project, directory: str) -> tuple[str, ...]:
    """The newest revisions.

    None count where none does anything: the history does not describe the database.

    Raises:
        UnprovenError: there are several.
    """
    place = _versions(directory)
    revisions = list(_revisions(project, place))
    texts = (project.sources.tree.text(revision.file) for revision in revisions)
    if not any(map(_DOES_SOMETHING.search, texts)) and len(revisions) <= 1:
        return ()
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


def directory_of_commands(project: Project, ini: str, directory: str) -> str | None:
    """The directory that Alembic's commands run in; empty for the project's root.

    Args:
        project: the project.
        ini: the file with its settings.
        directory: the environment's, which `script_location` has to lead to.

    Returns:
        None where it leads there from neither the root nor the file's own directory.
    """
    match = SCRIPT_LOCATION.search(project.sources.tree.text(ini))
    location = match[1] if match else "alembic"
    # What names a package, as in "app:migrations", is found by importing it.
    if not parent(ini) or "%(here)s" in location or ":" in location:
        return ""
    for place in ("", parent(ini)):
        if resolve(place, location) == directory:
            return place
    return None
