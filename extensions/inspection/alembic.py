"""Finding Alembic: its directory by `env.py`, its settings by what they point at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..project_files.encoding import line_of
from ..project_files.toml_text import read_tables, strings, table
from .roles import Role
from .tree import Tree, basename, is_within, join, parent, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

_SETTINGS = (".ini", "pyproject.toml")
SCRIPT_LOCATION = re.compile(r"^[ \t]*script_location[ \t]*[=:][ \t]*(\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Alembic:
    """An Alembic environment: its directory and, where it has one, its ini file."""

    directory: str | None
    ini: str | None
    file: str
    line: int


def find_alembic(tree: Tree, root: str, base: str, package: str) -> list[Alembic]:
    """The Alembic environments below `root`, the application's own first."""
    found: list[Alembic] = []
    environments = list(_environments(tree, root))
    for ini, location, line in _settings(tree, root):
        directory = _directory(tree, ini, location, (root, base, *environments))
        if directory is None and environments:
            continue
        found.append(Alembic(directory, ini if ini.endswith(".ini") else None, ini, line))
    known = {alembic.directory for alembic in found}
    found.extend(
        Alembic(directory, None, f"{directory}/env.py" if directory else "env.py", 1)
        for directory in environments
        if directory not in known
    )

    def rank(alembic: Alembic) -> tuple[bool, bool, bool, int, str]:
        directory = _place(alembic)
        return (
            alembic.directory is None,
            not (is_within(directory, package) or parent(directory) in {root, base, package}),
            basename(alembic.file) != "alembic.ini",
            -_revisions(tree, directory),
            directory,
        )

    others = Role.SIDE | Role.TEST | Role.FOREIGN | Role.ODD
    own = [a for a in found if not tree.role(f"{_place(a)}/x.py") & others]
    return sorted(own, key=rank)


def _place(alembic: Alembic) -> str:
    return alembic.directory if alembic.directory is not None else parent(alembic.file)


def _settings(tree: Tree, root: str) -> Iterator[tuple[str, str, int]]:
    """Every setting of `script_location`: the file, the value and the line."""
    for directory, listed in tree.directories_below(root):
        for name in sorted(name for name in listed.files if name.endswith(_SETTINGS)):
            path = f"{directory}/{name}" if directory else name
            data = tree.data(path)
            if name == "pyproject.toml":
                if b"tool.alembic" in data:
                    yield from _pyproject_setting(tree, path)
                continue
            match = SCRIPT_LOCATION.search(tree.text(path)) if b"alembic" in data else None
            if match:
                yield path, match[1], line_of(tree.text(path), match.start())
            elif name == "alembic.ini" and not _has_section(tree, directory):
                yield path, "alembic", 1


def _has_section(tree: Tree, directory: str) -> bool:
    """Whether the pyproject.toml beside an ini file has what that one leaves out."""
    path = join(directory, "pyproject.toml")
    return tree.has_file(path) and any(_pyproject_setting(tree, path))


def _pyproject_setting(tree: Tree, path: str) -> Iterator[tuple[str, str, int]]:
    text = tree.text(path)
    values = table(read_tables(text), "tool", "alembic")
    for location in strings(values.get("script_location")):
        yield path, location, line_of(text, max(text.find("script_location"), 0))


def _directory(tree: Tree, ini: str, location: str, starts: tuple[str, ...]) -> str | None:
    """The directory that `script_location` means: beside the ini, or where Alembic is run from."""
    plain = location.replace("%(here)s", ".").strip("\"'")
    if ":" in plain[2:]:
        package, _, inner = plain.partition(":")
        plain = f"{package.replace('.', '/')}/{inner.replace(':', '/')}"
    for start in (parent(ini), *starts):
        path = resolve(start, plain)
        if tree.has_file(f"{path}/env.py"):
            return path
    tail = basename(plain.rstrip("/"))
    return next((path for path in starts if basename(path) == tail and
                 tree.has_file(f"{path}/env.py")), None)  # fmt: skip


def _environments(tree: Tree, root: str) -> Iterator[str]:
    """Directories whose `env.py` is Alembic's; other tools and plain settings use the name too."""
    for directory, listed in tree.directories_below(root):
        if "env.py" not in listed.files or listed.role & Role.FOREIGN:
            continue
        data = tree.data(f"{directory}/env.py" if directory else "env.py")
        if b"alembic" in data and (b"run_migrations" in data or b"context.configure" in data):
            yield directory


def _revisions(tree: Tree, directory: str) -> int:
    listed = tree.directories.get(f"{directory}/versions" if directory else "versions")
    return len(listed.modules) if listed else 0
