"""What the project has of a database layer: SQLAlchemy, Alembic, base class, sessions, Supabase."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from . import roles
from .applications import Sources
from .facts import Database, Finding, SqlAlchemyUse
from .python_source import line_of, module_name
from .tree import Tree, basename, is_within, join, parent, relative

_ASYNC = re.compile(
    r"\b(?:create_async_engine|AsyncSession|async_sessionmaker|AsyncEngine|async_engine_from_config)\b"
)
_SYNC = re.compile(r"\b(?:create_engine|engine_from_config|sessionmaker|Session)\b")
_IMPORTS = re.compile(r"^[ \t]*(?:from|import)[ \t]+(sqlalchemy|sqlmodel)\b", re.M)
_BASE = re.compile(
    r"^(?:class[ \t]+(?P<cls>\w+)\((?:[^)]*\b(?:DeclarativeBase|DeclarativeBaseNoMeta|MappedAsDataclass)\b)[^)]*\)"
    r"|(?P<var>\w+)(?:[ \t]*:[^=\n]+)?[ \t]*=[ \t]*(?:\w+\.)*declarative_base\("
    r"|@(?:\w+\.)*as_declarative\([^)]*\)\s*\nclass[ \t]+(?P<deco>\w+))",
    re.M,
)
_ENGINE = re.compile(r"\b(?:create_async_engine|create_engine)\s*\(")
_SESSION_FUNCTION = re.compile(
    r"^(?:async[ \t]+)?def[ \t]+(?P<name>\w+)\([^)]*\)[ \t]*(?:->[ \t]*(?P<returns>[^\n]+))?:[^\n]*\n"
    r"(?P<body>(?:[ \t]+[^\n]*\n|[ \t]*\n)*)",
    re.M,
)
_SCRIPT_LOCATION = re.compile(r"^\s*script_location\s*=\s*(\S+)", re.M)
_SUPABASE = re.compile(r"^[ \t]*(?:from|import)[ \t]+supabase\b|SUPABASE_|supabase\.co\b", re.M)


@dataclass(slots=True)
class DatabaseFacts:
    """The database's facts, with the evidence for an existing layer."""

    database: Database = field(default_factory=Database)
    findings: list[Finding] = field(default_factory=list[Finding])


def find_database(
    sources: Sources, root: str, base: str, package: str, requirements: set[str]
) -> DatabaseFacts:
    """Look through the project below `root` for a database layer."""
    tree = sources.tree
    result = DatabaseFacts()
    mentions: list[str] = []
    for path in sources.paths:
        if not is_within(path, root) or roles.is_test(path) or roles.is_foreign(path):
            continue
        if _IMPORTS.search(tree.text(path)):
            mentions.append(path)
    own = [p for p in mentions if not roles.is_side(p) and not roles.is_migration(p)] or mentions
    use: SqlAlchemyUse = "none"
    for path in own:
        text = tree.text(path)
        if _ASYNC.search(text):
            use = "async"
            break
        if _SYNC.search(text) or "Column(" in text or "table=True" in text:
            use = "sync"
    directory, ini = _find_alembic(tree, root, base)
    base_class, session = None, None
    for path in sorted(own, key=lambda p: (not is_within(p, package), p.count("/"), p)):
        text = tree.text(path)
        for found in _BASE.finditer(text):
            name = found["cls"] or found["var"] or found["deco"]
            line = line_of(text, found.start())
            result.findings.append(
                Finding("base", relative(path, root), line, found[0].split("\n")[0])
            )
            base_class = base_class or f"{module_name(path, base)}:{name}"
        for found in _ENGINE.finditer(text):
            line = line_of(text, found.start())
            written = text.split("\n")[line - 1].strip()
            if not written.startswith("#"):
                result.findings.append(Finding("engine", relative(path, root), line, written))
        for found in _SESSION_FUNCTION.finditer(text):
            if "yield" not in found["body"] or "Session" not in found[0]:
                continue
            line = line_of(text, found.start())
            result.findings.append(
                Finding("session", relative(path, root), line, found[0].split("\n")[0])
            )
            session = session or f"{module_name(path, base)}:{found['name']}"
    if base_class is None and any("table=True" in tree.text(path) for path in own):
        base_class = "sqlmodel:SQLModel"
    if directory or ini:
        result.findings.append(
            Finding("alembic", relative(ini or join(directory or "", "env.py"), root), 1, ini or "")
        )
    result.database = Database(
        sqlalchemy=use,
        alembic=relative(directory, root) if directory is not None else None,
        alembic_ini=relative(ini, root) if ini else None,
        base_class=base_class,
        session_dependency=session,
        supabase=_uses_supabase(sources, root, requirements),
    )
    return result


def _find_alembic(tree: Tree, root: str, base: str) -> tuple[str | None, str | None]:
    inis = [
        path
        for path in tree.files(root)
        if basename(path).endswith(".ini")
        and "alembic" in tree.text(path)
        and "script_location" in tree.text(path)
    ]
    for ini in inis:
        found = _SCRIPT_LOCATION.search(tree.text(ini))
        if not found:
            continue
        location = found[1].replace("%(here)s", ".").replace(":", "/").strip("/")
        location = "/".join(part for part in location.split("/") if part not in {"", "."})
        for start in (parent(ini), root, base):
            if tree.has_file(join(join(start, location), "env.py")):
                return join(start, location), ini
    for path in tree.files(root):
        if basename(path) == "env.py" and not roles.is_test(path):
            text = tree.text(path)
            if "alembic" in text and "context" in text:
                return parent(path), inis[0] if inis else None
    return None, inis[0] if inis else None


def _uses_supabase(sources: Sources, root: str, requirements: set[str]) -> bool:
    tree = sources.tree
    if requirements & {"supabase", "supabase-auth", "postgrest", "supabase-py-async"}:
        return True
    if tree.has_file(join(root, "supabase/config.toml")):
        return True
    for path in sources.paths:
        if is_within(path, root) and _SUPABASE.search(tree.text(path)):
            return True
    return any(
        "SUPABASE" in tree.text(join(root, name)).upper()
        for name in tree.names(root)
        if name.startswith(".env")
    )
