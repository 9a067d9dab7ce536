"""Every path of a project that is read, written or deleted, and every read, goes through here.

A project may come from somebody else: a path in its answers file may lead anywhere, and a file may
be a pipe that nobody writes to, a link to a device without an end, or larger than memory.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_BYTES = 1_000_000
"""More than anybody has written by hand."""

READ_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
"""A pipe put in a file's place after it was looked at does not block the opening either."""

_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class PathError(Exception):
    """A path or file that is not touched; the message is one sentence without its full stop."""


def inside(project: Path, name: object) -> Path:
    """The place in a project that a recorded path stands for.

    Args:
        project: the project's directory.
        name: a path relative to it, with slashes.

    Raises:
        PathError: it is none, or leads out of the project or into its `.git`, by itself or through
            a link.
    """
    place = _place(project, name)
    try:
        target, root = place.resolve(), project.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise PathError(f"{name} cannot be followed: {reason(error)}") from error
    if not target.is_relative_to(root):
        raise PathError(f"{name} leads to {target}, outside the project")
    return place


def _place(project: Path, name: object) -> Path:
    """The place as it is written, whatever links there are on the way."""
    if not isinstance(name, str) or "\0" in name:
        raise PathError(f"{name!r} is no path")
    parts = {*PurePosixPath(name).parts, *PureWindowsPath(name).parts}
    is_rooted = PurePosixPath(name).is_absolute() or PureWindowsPath(name).anchor
    if is_rooted or ".." in parts or ".git" in {part.lower() for part in parts}:
        raise PathError(f"{name} is not a path within the project")
    return project / name


def read(project: Path, name: str, *, limit: int = MAX_BYTES) -> bytes | None:
    """The content of a file of the project; None if there is none.

    Args:
        project: the project's directory.
        name: the file, relative to it.
        limit: how many bytes it may have.

    Raises:
        PathError: it lies outside, is no regular file, is too large or cannot be read.
    """
    return read_file(inside(project, name), name, limit=limit)


def read_file(path: Path, name: str, *, limit: int = MAX_BYTES) -> bytes | None:
    """The content of a file whose path needs no check; None if there is none.

    Args:
        path: the file.
        name: what to call it in a message.
        limit: how many bytes it may have.

    Raises:
        PathError: it is no regular file, is too large or cannot be read.
    """
    try:
        # Looked at first: opening a device can have effects of its own.
        _require_regular(path.stat(), name, limit)
        descriptor = os.open(path, READ_FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise PathError(f"{name} cannot be read: {reason(error)}") from error
    try:
        with os.fdopen(descriptor, "rb") as file:
            _require_regular(os.fstat(descriptor), name, limit)
            data = file.read(limit + 1)
    except OSError as error:
        raise PathError(f"{name} cannot be read: {reason(error)}") from error
    if len(data) > limit:
        raise PathError(_too_large(name, limit))
    return data


def obstacles(project: Path, names: Iterable[str]) -> Iterator[str]:
    """What stands where files are to be written, a sentence each without its full stop.

    Args:
        project: the project's directory.
        names: the files, relative to it; they may be there already.
    """
    found: dict[str, None] = {}
    checked: set[tuple[str, bool]] = set()
    for name in names:
        for place, is_directory in (
            *((directory, True) for directory in _parents(name)),
            (name, False),
        ):
            if (place, is_directory) not in checked:
                checked.add((place, is_directory))
                try:
                    _require_room(project, place, directory=is_directory)
                except PathError as error:
                    found[str(error)] = None
    yield from found


def _parents(name: str) -> Iterator[str]:
    return (str(parent) for parent in reversed(PurePosixPath(name).parents) if parent.parts)


def _require_room(project: Path, name: str, *, directory: bool) -> None:
    # A link in a file's place is not followed: Copier leaves it, or puts a file there instead.
    path = (inside if directory else _place)(project, name)
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        if path.is_symlink():
            raise PathError(f"{name} is a link that leads nowhere") from None
        return
    except OSError as error:
        raise PathError(f"{name} cannot be read: {reason(error)}") from error
    if directory:
        if not stat.S_ISDIR(status.st_mode):
            raise PathError(f"{name} is {_kind(status)} where the layer needs a directory")
    elif not stat.S_ISREG(status.st_mode):
        raise PathError(f"{name} is {_kind(status)} where the layer needs a file")


def _require_regular(status: os.stat_result, name: str, limit: int) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise PathError(f"{name} is {_kind(status)}, not a file that can be read")
    if status.st_size > limit:
        raise PathError(_too_large(name, limit))


def _too_large(name: str, limit: int) -> str:
    return f"{name} is larger than {limit // 1000:,} KB, so it was not read"


def _kind(status: os.stat_result) -> str:
    kinds = (text for matches, text in _KINDS if matches(status.st_mode))
    return next(kinds, "a file")


def reason(error: BaseException) -> str:
    """What the system says of a failure, to go on with in a sentence."""
    text = getattr(error, "strerror", None) or str(error)
    return text[:1].lower() + text[1:]
