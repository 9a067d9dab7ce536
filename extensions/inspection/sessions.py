"""Finding the function that the project's routes take their database session from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from ..project_files.encoding import line_of
from .roles import Role
from .tree import is_within

if TYPE_CHECKING:
    from .sources import Sources

_DEPENDS = re.compile(r"Depends\(\s*([A-Za-z_][\w.]*)")
_TYPED = re.compile(
    r"(?::|Annotated\[)\s*[\"']?(?:Optional\[)?(?:\w+\.)*"
    r"(?:AsyncSession|Session|scoped_session|async_scoped_session|DBSession)\b[^:()]*$"
)
_UNTYPED = re.compile(r"\b(?:db|session|\w+_session|\w+_db)\b[^=,()\n]*=[ \t]*(?:\w+\.)*$")
_BEFORE = 120
_FUNCTION_LINES = 25
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
# So many modules with routes tell which function gives them their session.
MAX_ROUTE_MODULES = 120


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
    votes: dict[tuple[str, str], float] = {}
    paths = sources.modules(root, without=Role.ANY)
    near = sorted(paths, key=lambda path: not is_within(path, package))
    for path in islice(sources.mentioning(near, b"Depends("), MAX_ROUTE_MODULES):
        for written, weight in _votes_in(sources.tree.text(path)).items():
            meant = sources.meaning(path, written)
            if meant:
                votes[meant] = votes.get(meant, 0.0) + weight
    ranked = sorted(votes, key=lambda key: (not is_within(key[0], package), -votes[key], key))
    for file, name in ranked:
        found = _definition(sources, file, name)
        if found and (votes[file, name] >= 1.0 or _makes_session(sources.tree.text(file), found)):
            return found
    return _lone_generator(sources, orm_paths)


def _votes_in(text: str) -> dict[str, float]:
    """How often each function is what a parameter that looks like a session depends on."""
    votes: dict[str, float] = {}
    for match in _DEPENDS.finditer(text):
        before = text[max(0, match.start() - _BEFORE) : match.start()]
        weight = 0.0
        if "ession" in before and _TYPED.search(before):
            weight = 1.0
        elif _UNTYPED.search(before):
            weight = _UNTYPED_WEIGHT
        if weight:
            votes[match[1]] = votes.get(match[1], 0.0) + weight
    return votes


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


def _makes_session(text: str, found: SessionDependency) -> bool:
    """Whether a function that unannotated parameters depend on makes a database session."""
    lines = text.split("\n")[found.line - 1 : found.line + _FUNCTION_LINES]
    return "yield" in "\n".join(lines) and bool(_MAKES_SESSION.search("\n".join(lines)))


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
