"""Finding the function that the project's routes take their database session from."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from .python_source import line_of
from .roles import Role
from .sources import Sources
from .tree import is_within

_TYPE = r"(?:\w+\.)*(?:AsyncSession|Session|scoped_session|async_scoped_session|DBSession)"
_TYPED = re.compile(
    rf":[ \t]*[\"']?(?:Optional\[)?{_TYPE}\]?[\"']?(?:[ \t]*\|[ \t]*None)?[ \t]*="
    r"[ \t]*(?:\w+\.)*(?:Depends|Security)\([ \t\n]*([\w.]+)"
    rf"|Annotated\[[ \t\n]*[\"']?{_TYPE}[\"']?[ \t\n]*,[ \t\n]*(?:\w+\.)*Depends\([ \t\n]*([\w.]+)"
)
_UNTYPED = re.compile(
    r"\b(?:db|session|\w+_session|\w+_db)\b[^=,()\n]*=[ \t]*Depends\([ \t]*([\w.]+)"
)
_FUNCTION = re.compile(
    r"^(?P<decorator>@[^\n]+\n)?(?:async[ \t]+)?def[ \t]+(?P<name>\w+)[ \t]*\("
    r"(?P<body>[^\n]*\n(?:(?:[ \t)#][^\n]*)?\n)*)",
    re.MULTILINE,
)
_SESSION_NAME = re.compile(r"db|session|database", re.IGNORECASE)
_MAKES_SESSION = re.compile(
    r"\w*[Ss]ession\w*\(|Session\w*\.begin\(|SessionLocal|\.session\(|->[^\n]*Session"
)
_UNTYPED_WEIGHT = 0.25


@dataclass(frozen=True, slots=True)
class SessionDependency:
    """The function (or "object.method") that gives a session, and where it is defined."""

    file: str
    name: str
    line: int
    text: str
    why: str


def find_session_dependency(
    sources: Sources, root: str, package: str, orm_paths: list[str]
) -> SessionDependency | None:
    """The session dependency that most parameters are declared with, else a lone generator."""
    votes: Counter[tuple[str, str]] = Counter()
    paths = sources.modules(root, without=Role.TEST | Role.FOREIGN | Role.SIDE | Role.MIGRATION)
    for path in sources.mentioning(paths, b"Depends("):
        text = sources.tree.text(path)
        for match in _TYPED.finditer(text):
            _vote(sources, votes, path, match[1] or match[2], 1.0)
        if "db" in text or "session" in text:
            for match in _UNTYPED.finditer(text):
                _vote(sources, votes, path, match[1], _UNTYPED_WEIGHT)
    ranked = sorted(votes, key=lambda key: (not is_within(key[0], package), -votes[key], key))
    for file, name in ranked:
        found = _definition(sources, file, name)
        if found:
            return found
    return _lone_generator(sources, orm_paths)


def _vote(
    sources: Sources, votes: Counter[tuple[str, str]], path: str, written: str, weight: float
) -> None:
    first, _, rest = written.partition(".")
    origin = sources.origin(path, first)
    if origin is None:
        imported = next((i for i in sources.imports(path) if (i.alias or i.module) == first), None)
        file = sources.definition(path, imported) if imported else None
        if file and rest:
            votes[file, rest] += weight  # type: ignore[assignment]
        return
    file, name = origin
    module = name if file == path and not rest else None
    if rest and module is None:
        # `from app import database` and then `database.get_db`
        if _defines(sources, file, rest):
            name = rest
        else:
            name = f"{name}.{rest}"
    votes[file, name] += weight  # type: ignore[assignment]


def _defines(sources: Sources, file: str, name: str) -> bool:
    return (
        re.search(rf"^(?:async[ \t]+)?def[ \t]+{re.escape(name)}\b", sources.tree.text(file), re.M)
        is not None
    )


def _definition(sources: Sources, file: str, name: str) -> SessionDependency | None:
    text = sources.tree.text(file)
    first = re.escape(name.partition(".")[0])
    match = re.search(
        rf"^(?:(?:async[ \t]+)?def[ \t]+{first}\b|class[ \t]+{first}\b|{first}\b[^=\n]*=)[^\n]*",
        text,
        re.MULTILINE,
    )
    if match is None:
        return None
    line = line_of(text, match.start())
    return SessionDependency(file, name, line, match[0].strip(), "parameters depend on it")


def _lone_generator(sources: Sources, orm_paths: list[str]) -> SessionDependency | None:
    """A generator that yields a session, where nothing shows which one is depended on."""
    for path in orm_paths:
        text = sources.tree.text(path)
        if "yield" not in text:
            continue
        for match in _FUNCTION.finditer(text):
            body = match["body"]
            if "yield" not in body or not _MAKES_SESSION.search(body):
                continue
            if (match["decorator"] or "").strip() or not _SESSION_NAME.search(match["name"]):
                continue
            line = line_of(text, match.start())
            written = match[0].split("\n")[0]
            return SessionDependency(path, match["name"], line, written, "it yields a session")
    return None
