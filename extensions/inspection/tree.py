"""One walk over a project's directory, and safe reading of the files in it."""

from __future__ import annotations

import os
import re
import stat
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..project_files.encoding import decode
from ..project_paths import MAX_BYTES, READ_FLAGS
from . import roles
from .roles import Role

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

MAX_ENTRIES = 60_000
MAX_DEPTH = 24
MAX_MODULE_BYTES = 256_000

_SKIPPED = frozenset(
    {
        "__pycache__", "__pypackages__", "bower_components", "dist-packages", "htmlcov",
        "node_modules", "site-packages",
    }
)  # fmt: skip
_INTERPRETER = re.compile(r"(?:python|pypy)\d(?:\.\d+)?$")
_ENVIRONMENT_MARKS = frozenset({"pyvenv.cfg", "conda-meta", "pip-selfcheck.json"})


@dataclass(slots=True)
class Directory:
    """One directory as inspection sees it; links to directories are left out."""

    role: int
    files: set[str] = field(default_factory=set[str])
    directories: set[str] = field(default_factory=set[str])
    modules: list[str] = field(default_factory=list[str])


def join(directory: str, name: str) -> str:
    """Join two relative POSIX paths of which either may be "" or "."."""
    if directory in {"", "."}:
        return name
    return directory if name in {"", "."} else f"{directory}/{name}"


def parent(path: str) -> str:
    """The directory that holds `path`, "" for one at the top."""
    return path.rpartition("/")[0]


def basename(path: str) -> str:
    """The last part of `path`."""
    return path.rpartition("/")[2]


def is_within(path: str, directory: str) -> bool:
    """Whether `path` is `directory` or lies below it; "" is the top."""
    return not directory or path == directory or path.startswith(directory + "/")


def relative(path: str, directory: str) -> str:
    """`path` as seen from `directory`, with "." for the directory itself and ".." to leave it."""
    if is_within(path, directory):
        return (path[len(directory) + 1 :] if directory else path) or "."
    return os.path.relpath(path or ".", directory).replace(os.sep, "/")


def ancestors(directory: str) -> Iterator[str]:
    """`directory` and every directory above it, nearest first, "" last."""
    while directory:
        yield directory
        directory = parent(directory)
    yield ""


def resolve(directory: str, target: str) -> str:
    """The path that `target`, written in a file of `directory`, stands for."""
    parts = directory.split("/") if directory else []
    for part in target.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


class Tree:
    """The directories and files of a project, without what others installed into it.

    An environment is left out by what is inside (`pyvenv.cfg`, `site-packages`, `conda-meta`),
    not by its name. Links to directories are never followed; a link to a file counts when its
    target lies inside the tree. The walk goes breadth first, so that a tree too large to be seen
    whole is cut at its depths.
    """

    def __init__(self, root: Path) -> None:
        """Walk `root`; raises OSError when it cannot be listed."""
        self.root = os.path.realpath(root)
        self.directories: dict[str, Directory] = {}
        self.truncated = False
        self._data: dict[str, bytes] = {}
        self._texts: dict[str, str] = {}
        self._unreadable: set[str] = set()
        self._walk()

    def _walk(self) -> None:
        entries = 0
        pending = deque([("", Role.CODE)])
        while pending:
            path, role = pending.popleft()
            listed = None
            if entries > MAX_ENTRIES or path.count("/") >= MAX_DEPTH:
                self.truncated = True
            else:
                try:
                    listed = self._list(path, role)
                except OSError:
                    if not path:
                        raise
            if listed is None:
                self.directories[parent(path)].directories.discard(basename(path))
                continue
            self.directories[path] = listed
            entries += len(listed.files) + len(listed.directories)
            for name in sorted(listed.directories):
                inner = f"{path}/{name}" if path else name
                pending.append((inner, role | roles.of_directory(name)))

    def _list(self, path: str, role: int) -> Directory | None:
        found = Directory(role)
        marks = 0
        with os.scandir(f"{self.root}/{path}" if path else self.root) as entries:
            for entry in entries:
                name = entry.name
                if entry.is_dir(follow_symlinks=False):
                    if name in _ENVIRONMENT_MARKS:
                        marks += 1
                    elif name[0] != "." and name not in _SKIPPED and "{{" not in name:
                        found.directories.add(name)
                elif entry.is_file(follow_symlinks=False) or self._is_inner_link(entry):
                    found.files.add(name)
                    if name.endswith(".py"):
                        found.modules.append(name)
        if path and (marks or self._is_installed(path, found)):
            return None
        found.modules.sort()
        return found

    def _is_inner_link(self, entry: os.DirEntry[str]) -> bool:
        try:
            if not entry.is_symlink():
                return False
            target = os.path.realpath(entry.path)
            return target.startswith(self.root + os.sep) and stat.S_ISREG(
                os.stat(target, follow_symlinks=False).st_mode  # noqa: PTH116
            )
        except OSError:
            return False

    @staticmethod
    def _is_installed(path: str, found: Directory) -> bool:
        """Whether a directory is an environment, an interpreter's library or a submodule."""
        if not found.files.isdisjoint(_ENVIRONMENT_MARKS) or ".git" in found.files:
            return True
        name = basename(path)
        if name in {"bin", "Scripts"} and {"activate", "activate.bat"} & found.files:
            return True
        return bool(_INTERPRETER.match(name)) and basename(parent(path)).lower() in {"lib", "lib64"}

    def directories_below(self, directory: str) -> Iterator[tuple[str, Directory]]:
        """`directory` and those below it, shallow ones first."""
        if not directory:
            yield from self.directories.items()
            return
        prefix = directory + "/"
        for path, listed in self.directories.items():
            if path == directory or path.startswith(prefix):
                yield path, listed

    def files(self, directory: str = "") -> Iterator[str]:
        """Every file at or below `directory`, shallow directories first."""
        for path, listed in self.directories_below(directory):
            for name in sorted(listed.files):
                yield join(path, name)

    def names(self, directory: str) -> Collection[str]:
        """The names of the files directly in `directory`."""
        listed = self.directories.get(directory)
        return listed.files if listed else ()

    def has_file(self, path: str) -> bool:
        """Whether `path` is a file of the tree."""
        directory, _, name = path.rpartition("/")
        listed = self.directories.get(directory)
        return listed is not None and name in listed.files

    def has_directory(self, path: str) -> bool:
        """Whether `path` is a directory of the tree."""
        return path in self.directories

    def role(self, path: str) -> int:
        """What the file `path` is for, by its name and the directories above it."""
        directory, _, name = path.rpartition("/")
        listed = self.directories.get(directory)
        role = listed.role if listed else Role.CODE
        return role | Role.TEST if roles.is_test_file(name) else role

    def data(self, path: str) -> bytes:
        """The beginning of a file, as far as the limits above go.

        Empty for a file that is unreadable or not in the tree.
        """
        known = self._data.get(path)
        if known is None:
            known = self._data[path] = self._read(path) if self.has_file(path) else b""
        return known

    def is_unreadable(self, path: str) -> bool:
        """Whether reading `path` failed."""
        return path in self._unreadable

    def _read(self, path: str) -> bytes:
        try:
            handle = os.open(f"{self.root}/{path}", READ_FLAGS)
        except (OSError, ValueError):
            self._unreadable.add(path)
            return b""
        try:
            return os.read(handle, MAX_MODULE_BYTES if path.endswith(".py") else MAX_BYTES)
        except OSError:
            self._unreadable.add(path)
            return b""
        finally:
            os.close(handle)

    def text(self, path: str) -> str:
        r"""The text of a file as far as `data` goes, with "\\n" line ends."""
        known = self._texts.get(path)
        if known is None:
            text = decode(self.data(path)).content
            if "\r" in text:
                text = text.replace("\r\n", "\n").replace("\r", "\n")
            known = self._texts[path] = text
        return known
