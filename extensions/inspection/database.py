"""What the project has of a database layer: SQLAlchemy, base class, sessions, Supabase."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from ..project_files.encoding import line_of
from .alembic import find_alembic
from .facts import Database, Finding, Reason, SqlAlchemyUse
from .python_source import module_name
from .roles import Role
from .sessions import find_session_dependency
from .tree import is_within, join, relative

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .sources import Sources

_IMPORT = re.compile(rb"^[ \t]*(?:from|import)[ \t]+(?:sqlalchemy|sqlmodel)\b", re.MULTILINE)
_ASYNC = (
    b"create_async_engine", b"AsyncSession", b"async_sessionmaker", b"AsyncEngine",
    b"async_scoped_session",
)  # fmt: skip
_SYNC = (
    b"create_engine", b"sessionmaker", b"scoped_session", b"Session", b"declarative_base",
    b"DeclarativeBase", b"Column", b"mapped_column", b"table=True",
)  # fmt: skip
_MAKES_BASE = (
    b"DeclarativeBase", b"declarative_base", b"as_declarative", b"generate_base", b"automap_base",
)  # fmt: skip
_BASE = re.compile(
    r"^(?:class[ \t]+(?P<class>\w+)[ \t]*\([^)]*\b(?:DeclarativeBase|DeclarativeBaseNoMeta)"
    r"\b[^)]*\)"
    r"|(?P<variable>\w+)(?:[ \t]*:[^=\n]+)?[ \t]*=[ \t]*(?:[^\n=]*\()?(?:\w+\.)*"
    r"(?:declarative_base|generate_base|automap_base)\("
    r"|@(?:\w+\.)*as_declarative\([^)]*\)\s*\nclass[ \t]+(?P<decorated>\w+))",
    re.MULTILINE,
)
_ALIAS = re.compile(r"^(\w+)(?:[ \t]*:[^=\n]+)?[ \t]*=[ \t]*(\w+)[ \t]*$", re.MULTILINE)
_SUBCLASSES = re.compile(r"\nclass (\w+)[ \t]*\(([^)]*)\)")
_TABLE = re.compile(r"\btable[ \t]*=[ \t]*True")
_MAKES_ENGINE = frozenset(
    {"async_engine_from_config", "create_async_engine", "create_engine", "engine_from_config"}
)
# Its client, a setting of its, or the address of one of its projects. A name in a list, such as
# one of known services or of secrets to hide, is no use of it.
_SUPABASE_USE = re.compile(
    rb"^[ \t]*(?:from|import)[ \t]+(?:supabase|postgrest|gotrue)\b"
    rb"|^[ \t]*(?:self\.)?supabase_\w+[ \t]*:"
    rb"|^[ \t]*(?:self\.)?SUPABASE_\w+[ \t]*[:=]"
    rb"|(?:\w[(\[]|alias=)[ \t\n]*[\"']SUPABASE_\w+[\"']"
    rb"|\.supabase_(?:url|key|\w+_key)\b|\.SUPABASE_\w+"
    rb"|\bhttps?://[\w{}-]+\.supabase\.(?:co|in)\b|\bdb\.[\w{}-]+\.supabase\.co\b"
    rb"|\bpooler\.supabase\.com:",
    re.MULTILINE,
)
_SUPABASE_SETTING = re.compile(
    r"^[ \t]*(?:export[ \t]+)?\w*SUPABASE\w*[ \t]*=|^[^#\n]*=[^#\n]*\.supabase\.(?:co|com)\b",
    re.MULTILINE | re.IGNORECASE,
)
_SUPABASE_PACKAGES = frozenset(
    {"supabase", "supabase-auth", "supabase-async", "supabase-py-async", "postgrest", "gotrue"}
)
# Of a project with very many models, this many modules tell which base class they have.
MAX_MODEL_MODULES = 150
MAX_SUPERCLASSES = 5


@dataclass(slots=True)
class DatabaseFacts:
    """The database's facts, the evidence for an existing layer, and what they were read from."""

    database: Database = field(default_factory=Database)
    findings: list[Finding] = field(default_factory=list[Finding])
    reasons: list[Reason] = field(default_factory=list[Reason])


# Stands for the file of a class that comes from the library itself.
_SQLMODEL = "<sqlmodel>"


@dataclass(frozen=True, slots=True)
class _BaseClass:
    file: str
    name: str
    line: int
    text: str


def find_database(
    sources: Sources, root: str, base: str, package: str, requirements: set[str]
) -> DatabaseFacts:
    """Look through the project below `root` for a database layer, in `package` first."""
    result = DatabaseFacts()
    paths = _mentioning_sqlalchemy(sources, root, package)
    use = _use(sources, paths, result, root)
    bases = list(_base_classes(sources, paths))
    base_class = _main_base_class(sources, bases, paths)
    if base_class:
        is_sqlmodel = base_class.file == _SQLMODEL
        file = base_class.text if is_sqlmodel else base_class.file
        text = "models with table=True" if is_sqlmodel else base_class.text
        result.reasons.append(
            Reason("database.base_class", text, relative(file, root), base_class.line)
        )
    result.findings.extend(
        Finding("base", relative(found.file, root), found.line, found.text) for found in bases
    )
    result.findings.extend(
        Finding("engine", relative(path, root), line, written)
        for path in sources.mentioning(paths, b"_engine", b"engine_from_config")
        for line, written in _engines(sources, path)
    )
    session = find_session_dependency(sources, root, package, paths) if paths else None
    dependency = None
    if session:
        module = module_name(session.file, base)
        dependency = f"{module}:{session.name}"
        file = relative(session.file, root)
        result.findings.append(Finding("session", file, session.line, session.text))
        result.reasons.append(
            Reason("database.session_dependency", session.why, file, session.line)
        )
    alembics = find_alembic(sources.tree, root, base, package)
    for alembic in alembics:
        file = relative(alembic.file, root)
        result.findings.append(Finding("alembic", file, alembic.line, "script_location"))
    chosen = alembics[0] if alembics else None
    if chosen:
        file = relative(chosen.file, root)
        result.reasons.append(Reason("database.alembic", "Alembic's own files", file, chosen.line))
    supabase = _supabase_reason(sources, root, requirements)
    if supabase:
        result.reasons.append(supabase)
    result.database = Database(
        sqlalchemy=use,
        alembic=relative(chosen.directory, root)
        if chosen and chosen.directory is not None
        else None,
        alembic_ini=relative(chosen.ini, root) if chosen and chosen.ini else None,
        base_class=_name_of(base_class, base),
        session_dependency=dependency,
        supabase=supabase is not None,
    )
    return result


def _engines(sources: Sources, path: str) -> Iterator[tuple[int, str]]:
    """The calls in `path` of the functions of SQLAlchemy and SQLModel that make an engine.

    A function of the project's own may be called `create_engine`: only imports tell.
    """
    names: set[str] = set()
    for imported in sources.imports(path):
        if imported.module.partition(".")[0] not in {"sqlalchemy", "sqlmodel"}:
            continue
        bound = imported.alias or imported.name or imported.module
        if imported.name in _MAKES_ENGINE:
            names.add(bound)
        elif imported.name == "*":
            names |= _MAKES_ENGINE
        else:
            names.update(f"{bound}.{name}" for name in _MAKES_ENGINE)
    text = sources.tree.text(path)
    calls = "|".join(map(re.escape, names))
    for match in re.finditer(rf"(?<![\w.])(?:{calls})[ \t]*\(", text) if names else ():
        line = line_of(text, match.end())
        written = text.split("\n")[line - 1].strip()
        if not written.startswith(("#", "from ", "import ", "def ", "async def ")):
            yield line, written


def _name_of(base_class: _BaseClass | None, base: str) -> str | None:
    if base_class is None or base_class.file == _SQLMODEL:
        return "sqlmodel:SQLModel" if base_class else None
    return f"{module_name(base_class.file, base)}:{base_class.name}"


def _mentioning_sqlalchemy(sources: Sources, root: str, package: str) -> list[str]:
    """The modules that import SQLAlchemy: the package's, else others of the project."""
    everything = sources.modules(root, without=Role.ANY)
    named = sources.mentioning(everything, b"sqlalchemy", b"sqlmodel")
    found = [path for path in named if _IMPORT.search(sources.tree.data(path))]
    inner = [path for path in found if is_within(path, package)]
    return inner + [path for path in found if not is_within(path, package)]


def _use(sources: Sources, paths: list[str], result: DatabaseFacts, root: str) -> SqlAlchemyUse:
    uses: tuple[tuple[SqlAlchemyUse, tuple[bytes, ...]], ...] = (("async", _ASYNC), ("sync", _SYNC))
    for use, words in uses:
        path = next(sources.mentioning(paths, *words), None)
        if path is None:
            continue
        data = sources.tree.data(path)
        at, word = min((data.find(word), word) for word in words if word in data)
        line = data.count(b"\n", 0, at) + 1
        text = f"`{word.decode()}` is used"
        result.reasons.append(Reason("database.sqlalchemy", text, relative(path, root), line))
        return use
    return "none"


def _base_classes(sources: Sources, paths: list[str]) -> Iterator[_BaseClass]:
    for path in sources.mentioning(paths, *_MAKES_BASE):
        text = sources.tree.text(path)
        names: set[str] = set()
        for match in _BASE.finditer(text):
            name = match["class"] or match["variable"] or match["decorated"]
            names.add(name)
            start = match.end() if match["decorated"] else match.start()
            line = line_of(text, start)
            yield _BaseClass(path, name, line, text.split("\n")[line - 1].strip())
        if names:
            for match in _ALIAS.finditer(text):
                if match[2] in names and match[1] not in names:
                    line = line_of(text, match.start())
                    yield _BaseClass(path, match[1], line, match[0].strip())


def _main_base_class(
    sources: Sources, bases: list[_BaseClass], paths: list[str]
) -> _BaseClass | None:
    """The base class that most models have."""
    votes: Counter[tuple[str, str]] = Counter()
    by_name: dict[str, list[_BaseClass]] = {}
    for found in bases:
        by_name.setdefault(found.name, []).append(found)
    tables: list[_BaseClass] = []
    words = {f"{before}{found.name}".encode() for found in bases for before in "( ."}
    for path in list(sources.mentioning(paths, b"table", *words))[:MAX_MODEL_MODULES]:
        text = sources.tree.text(path)
        for match in _SUBCLASSES.finditer(f"\n{text}"):
            if _TABLE.search(match[2]):
                line = line_of(text, match.start())
                tables.append(_BaseClass(_SQLMODEL, "SQLModel", line, path))
                continue
            for name in re.findall(r"[\w.]+", match[2]):
                known = by_name.get(name.rpartition(".")[2])
                if known:
                    votes[_meant(sources, path, name, known)] += 1
    if tables and len(tables) >= max(votes.values(), default=0):
        return tables[0]
    order = {(found.file, found.name): position for position, found in enumerate(bases)}
    best = min(order, key=lambda key: (-votes[key], key[1] != "Base", order[key]), default=None)
    return bases[order[best]] if best else _shared_superclass(sources, paths)


def _shared_superclass(sources: Sources, paths: list[str]) -> _BaseClass | None:
    """The class that most models have above them, where a library makes the declarative base."""
    votes: Counter[tuple[str, str]] = Counter()
    columns = islice(sources.mentioning(paths, b"mapped_column", b"Column("), MAX_MODEL_MODULES)
    for path in columns:
        for match in _SUBCLASSES.finditer(f"\n{sources.tree.text(path)}"):
            for name in re.findall(r"[\w.]+", match[2]):
                if not name.endswith(("Enum", "Mixin")):
                    votes[path, name] += 1
    meant: Counter[tuple[str, str]] = Counter()
    for (path, name), count in votes.items():
        found = sources.meaning(path, name)
        if found:
            meant[found] += count
    for (file, name), _ in meant.most_common(MAX_SUPERCLASSES):
        text = sources.tree.text(file)
        defined = re.search(rf"^class {re.escape(name)}\b[^\n]*", text, re.MULTILINE)
        if defined:
            return _BaseClass(file, name, line_of(text, defined.start()), defined[0])
    return None


def _meant(sources: Sources, path: str, name: str, known: list[_BaseClass]) -> tuple[str, str]:
    """Which of several base classes of one name the module `path` means."""
    if len(known) > 1:
        files = {found.file for found in known}
        if path in files:
            return path, known[0].name
        origin = sources.meaning(path, name)
        if origin and origin[0] in files:
            return origin[0], known[0].name
    return known[0].file, known[0].name


def _supabase_reason(sources: Sources, root: str, requirements: set[str]) -> Reason | None:
    """Where Supabase shows: a requirement, an import, its settings, its directory."""
    tree = sources.tree
    for name in sorted(_SUPABASE_PACKAGES & requirements):
        return Reason("database.supabase", f"{name} is required")
    config = join(root, "supabase/config.toml")
    if tree.has_file(config):
        return Reason("database.supabase", "Supabase's own settings", relative(config, root), 1)
    paths = sources.modules(root, without=Role.FOREIGN | Role.TEST)
    for path in sources.mentioning(paths, b"supabase", b"SUPABASE_"):
        match = _SUPABASE_USE.search(tree.data(path))
        if match:
            line = tree.data(path).count(b"\n", 0, match.end()) + 1
            return Reason("database.supabase", "Supabase is used", relative(path, root), line)
    for name in sorted(tree.names(root)):
        path = join(root, name)
        if ".env" in name or name.startswith("env."):
            setting = _SUPABASE_SETTING.search(tree.text(path))
            if setting:
                line = line_of(tree.text(path), setting.end())
                return Reason("database.supabase", "a Supabase setting", name, line)
    return None
