"""Lines for `.gitignore` files that let the layer's own files into git.

Git does not look below a directory that it ignores, so what lies there is let in from the outside
in: a directory of the layer's alone at once, one that holds files of others with those ignored
again.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ..project_paths import PathError, read_file
from .encoding import decode, line_end_of
from .gitignore import as_pattern, repository, rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pathspec import GitIgnoreSpec

HEADING = "# What the database layer is made of"
_EXCLUDES_FILE = re.compile(
    r"^\s*excludesfile\s*=\s*\"?([^\"\n]+?)\"?\s*$", re.IGNORECASE | re.MULTILINE
)


def let_in(
    project: Path, files: Iterable[str], contents: Mapping[str, str | None], *, revisions: str
) -> dict[str, str]:
    """Add what it takes for git to see files, to the `.gitignore` files that decide.

    Args:
        project: the project's directory.
        files: paths relative to it, of files that are there or will be.
        contents: the `.gitignore` files that are about to change, by their paths.
        revisions: the directory that migrations will be made in.

    Returns:
        The `.gitignore` files that change, by their paths; none where git ignores the project.
    """
    ignored = _Ignored(project, contents)
    own = frozenset(files)
    later = f"{revisions}/revision.py"
    for path in (*sorted(own), later):
        # Each round lets in one more of the directories above the file, or the file.
        for _ in range(2 * path.count("/") + 2):
            place = ignored.ignored(path)
            if place == ".":
                return {}
            if place is None:
                break
            if place == later:
                ignored.let_in(f"{revisions}/", "*.py")
            else:
                ignored.let_in(place)
                if place.endswith("/") and not holds_only(project, place, own):
                    ignored.keep_out(place)
    return ignored.changed()


class _Ignored:
    """What git ignores in a project, by its `.gitignore` files and those that are not in it."""

    def __init__(self, project: Path, contents: Mapping[str, str | None]) -> None:
        project = project.absolute()
        self._top = repository(project)
        self._project = project.relative_to(self._top)
        self._contents = {
            (self._project / path).parent.as_posix(): text for path, text in contents.items()
        }
        self._files: dict[str, _Rules] = {}
        self._known: dict[str, bool] = {}
        self._added: dict[str, list[str]] = {}
        self._outside = _Rules(_excluded_outside(self._top))

    def ignored(self, path: str) -> str | None:
        """The outermost directory above a file, or else the file, that git ignores.

        Returns:
            It, with a slash at the end of a directory; "." for the project or what it lies in;
            None where git sees the file.
        """
        parts = (self._project / path).parts
        for depth in range(1, len(parts) + 1):
            place = "/".join(parts[:depth]) + "/" * (depth < len(parts))
            if place not in self._known:
                self._known[place] = self._is_ignored(place)
            if self._known[place]:
                within = depth > len(self._project.parts)
                return place.removeprefix(self._prefix) if within else "."
        return None

    def let_in(self, place: str, names: str = "") -> None:
        """Have git see a file, a directory, or those files in a directory."""
        self._add("!", place, names)

    def keep_out(self, directory: str) -> None:
        """Have git ignore what is in a directory that it sees."""
        self._add("", directory, "*")

    def changed(self) -> dict[str, str]:
        """The `.gitignore` files with lines that were added."""
        return {
            (Path(directory) / ".gitignore").relative_to(self._project).as_posix(): _with_lines(
                self._original(directory), [HEADING, *lines]
            )
            for directory, lines in self._added.items()
        }

    @property
    def _prefix(self) -> str:
        return "" if self._project == Path() else f"{self._project.as_posix()}/"

    def _add(self, sign: str, place: str, names: str) -> None:
        directory = self._deciding(self._prefix + place)
        name = as_pattern(_below(self._prefix + place, directory))
        self._added.setdefault(directory, []).append(f"{sign}/{name}{names}")
        self._known.clear()

    def _deciding(self, place: str) -> str:
        """The directory in the project whose rules are about a place; else the project."""
        for directory in _above(place):
            is_within = PurePosixPath(directory).is_relative_to(self._project.as_posix())
            if is_within and self._decide(directory, place) is not None:
                return directory
        return self._project.as_posix()

    def _is_ignored(self, place: str) -> bool:
        for directory in _above(place):
            decision = self._decide(directory, place)
            if decision is not None:
                return decision
        return bool(self._outside.decide(place))

    def _decide(self, directory: str, place: str) -> bool | None:
        if directory not in self._files:
            lines = self._original(directory).removeprefix("\ufeff").splitlines()
            self._files[directory] = _Rules(lines)
        name = _below(place, directory)
        decision = _Rules(self._added.get(directory, ())).decide(name)
        return self._files[directory].decide(name) if decision is None else decision

    def _original(self, directory: str) -> str:
        if directory not in self._contents:
            self._contents[directory] = _text(self._top / directory / ".gitignore")
        return self._contents[directory] or ""


class _Rules:
    """The lines of a `.gitignore`, about what lies in no directory that is ignored."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = [line for line in lines if line.strip()]
        self._all = rules(self._lines)

    def decide(self, place: str) -> bool | None:
        """Whether git ignores a place, by the last line that is about it."""
        # pathspec takes a line that names a directory for one about all that lies in it.
        if self._all.check_file(place).include is None:
            return None
        decisions = (_decision(line, place) for line in reversed(self._lines))
        return next((decision for decision in decisions if decision is not None), None)


def _decision(line: str, place: str) -> bool | None:
    rule = _rule(line)
    text = line.strip().removeprefix("!").rstrip("/").removeprefix("**/")
    path = PurePosixPath(place)
    if "/" not in text:
        return rule.check_file(path.name + "/" * place.endswith("/")).include
    if "**" not in text and rule.check_file(f"{path.parent}/").include is not None:
        return None
    return rule.check_file(place).include


@cache
def _rule(line: str) -> GitIgnoreSpec:
    return rules([line])


def _above(place: str) -> Iterator[str]:
    return map(str, PurePosixPath(place).parents)


def _excluded_outside(top: Path) -> Iterator[str]:
    """The rules of this user's or of this clone's that no `.gitignore` holds."""
    home = Path.home()
    git = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "git"
    settings = [_text(file) for file in (git / "config", home / ".gitconfig", top / ".git/config")]
    named = _EXCLUDES_FILE.findall("\n".join(settings))
    excludes = Path(named[-1]).expanduser() if named else git / "ignore"
    for file in (excludes, top / ".git/info/exclude"):
        yield from _text(file).splitlines()


def _text(path: Path) -> str:
    try:
        return decode(read_file(path, path.name) or b"").content
    except PathError:
        return ""


def _below(place: str, directory: str) -> str:
    return place if directory == "." else place.removeprefix(f"{directory}/")


def holds_only(project: Path, directory: str, own: frozenset[str]) -> bool:
    """Whether nothing but those files is in a directory."""
    for parent, directories, names in os.walk(project / directory):
        directories[:] = [name for name in directories if name != "__pycache__"]
        inside = Path(parent).relative_to(project)
        if any((inside / name).as_posix() not in own for name in names):
            return False
    return True


def _with_lines(content: str, lines: Sequence[str]) -> str:
    end = line_end_of(content)
    gap = end if content and not content.endswith(("\n", "\r")) else ""
    return f"{content}{gap}{end.join(lines)}{end}"
