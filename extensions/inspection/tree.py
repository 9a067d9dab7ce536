"""One walk over a project's directory, and safe reading of the files in it."""

from __future__ import annotations

import codecs
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

MAX_ENTRIES = 60_000
MAX_DEPTH = 24
MAX_BYTES = 1_000_000

_SKIPPED = frozenset(
    {
        "__pycache__",
        "__pypackages__",
        "bower_components",
        "htmlcov",
        "node_modules",
        "site-packages",
        "dist-packages",
    }
)
_INSTALLATION = re.compile(r"(?:python|pypy)\d(?:\.\d+)?$")


@dataclass(slots=True)
class Directory:
    """The names in one directory that inspection looks at; links to directories are left out."""

    files: set[str] = field(default_factory=set[str])
    directories: set[str] = field(default_factory=set[str])


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
    """`path` as seen from `directory`, which holds it; "." for the directory itself."""
    if not directory:
        return path or "."
    return path[len(directory) + 1 :] or "."


def ancestors(directory: str) -> Iterator[str]:
    """`directory` and every directory above it, nearest first, "" last."""
    while directory:
        yield directory
        directory = parent(directory)
    yield ""


def decode(data: bytes) -> str:
    """Text in any encoding that an editor leaves behind; never fails."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    if data.startswith(codecs.BOM_UTF8):
        data = data[3:]
    elif b"\0" in data[:200]:
        return data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-16-be", "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


class Tree:
    """The directories and files of a project, without what others installed into it.

    Directories that hold an environment are left out by what is inside (`pyvenv.cfg`,
    `site-packages`, `conda-meta`), not by their name. Links to directories are never followed;
    a link to a file counts when its target lies inside the tree. The walk goes breadth first, so
    that a tree which is too large to see whole is cut at its depths.
    """

    def __init__(self, root: Path) -> None:
        """Walk `root`; raises OSError when it cannot be listed."""
        self.root = os.path.realpath(root)
        self.directories: dict[str, Directory] = {}
        self.truncated = False
        self._texts: dict[str, str] = {}
        self._walk()

    def _walk(self) -> None:
        seen = 0
        level = [""]
        for depth in range(MAX_DEPTH):
            following: list[str] = []
            for path in level:
                try:
                    listed = self._list(path)
                except OSError:
                    if not path:
                        raise
                    continue
                if listed is None:
                    continue
                self.directories[path] = listed
                following.extend(join(path, name) for name in sorted(listed.directories))
                seen += len(listed.files) + len(listed.directories)
                if seen > MAX_ENTRIES:
                    self.truncated = True
                    break
            if not following or self.truncated:
                break
            level = following
            self.truncated = depth == MAX_DEPTH - 1
        for path, listed in self.directories.items():
            listed.directories = {
                name for name in listed.directories if join(path, name) in self.directories
            }

    def _list(self, path: str) -> Directory | None:
        found = Directory()
        with os.scandir(f"{self.root}/{path}") as entries:
            for entry in entries:
                name = entry.name
                if entry.is_dir(follow_symlinks=False):
                    if not (name[0] == "." or name in _SKIPPED or "{{" in name):
                        found.directories.add(name)
                elif entry.is_file(follow_symlinks=False) or self._is_inner_file(entry):
                    found.files.add(name)
        if path and self._is_installation(path, found):
            return None
        return found

    def _is_inner_file(self, entry: os.DirEntry[str]) -> bool:
        try:
            if not entry.is_symlink():
                return False
            target = os.path.realpath(entry.path)
            return target.startswith(self.root + os.sep) and stat.S_ISREG(os.stat(target).st_mode)  # noqa: PTH116
        except OSError:
            return False

    @staticmethod
    def _is_installation(path: str, found: Directory) -> bool:
        if "pyvenv.cfg" in found.files or ".git" in found.files:
            return True
        return bool(_INSTALLATION.match(basename(path)) and basename(parent(path)) == "lib")

    def files(self, directory: str = "") -> Iterator[str]:
        """Every file at or below `directory`, shallow directories first."""
        for path, listed in self.directories.items():
            if is_within(path, directory):
                for name in sorted(listed.files):
                    yield join(path, name)

    def names(self, directory: str) -> Iterable[str]:
        """The names of the files directly in `directory`."""
        listed = self.directories.get(directory)
        return listed.files if listed else ()

    def has_file(self, path: str) -> bool:
        """Whether `path` is a file of the tree."""
        listed = self.directories.get(parent(path))
        return listed is not None and basename(path) in listed.files

    def has_directory(self, path: str) -> bool:
        """Whether `path` is a directory of the tree."""
        return path in self.directories

    def text(self, path: str) -> str:
        """The text of a file, cut at `MAX_BYTES`, with "\\n" line ends; "" when it is unreadable."""
        known = self._texts.get(path)
        if known is None:
            known = self._texts[path] = self._read(path) if self.has_file(path) else ""
        return known

    def _read(self, path: str) -> str:
        try:
            handle = os.open(f"{self.root}/{path}", os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        except OSError:
            return ""
        try:
            data = os.read(handle, MAX_BYTES)
        except OSError:
            return ""
        finally:
            os.close(handle)
        text = decode(data)
        return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
