"""Writing files so that a crash leaves each of them old or new, never a mixture."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from ..project_paths import PathError, inside, read_file, reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .requirement import Change


class WriteError(Exception):
    """A file could not be written and is as it was; the message is one sentence for the user."""


def write_atomically(path: Path, data: bytes, *, within: Path | None = None) -> None:
    """Give a file new content, or leave it as it is.

    The content goes to a file beside it that then takes its place, with the mode and the owner
    kept. A symbolic link stays one: its target is written. A hard link is parted from the others.

    Args:
        path: the file; its directory is made if need be.
        data: the content.
        within: the directory that the file must lie in once links are followed.

    Raises:
        WriteError: it cannot be written; nothing has changed.
    """
    target = _target(path, within)
    staged = _stage(path, target, data)
    _commit(path, staged, target)


def write_changes(changes: Sequence[Change], *, within: Path | None = None) -> None:
    """Write several files: all contents reach the disk before the first file changes.

    Raises:
        WriteError: one cannot be written or is not any more what the plan was made from. Files
            that were written before it, as the message says, are new; the others are old.
    """
    staged: list[tuple[Change, Path, Path]] = []
    try:
        for change in changes:
            target = _target(change.path, within)
            current = _content(change.path, target)
            if current == change.after:
                continue
            if current != change.before:
                raise WriteError(f"{change.path} has changed since the plan was made; run it again")
            staged.append((change, _stage(change.path, target, change.after), target))
        done: list[str] = []
        while staged:
            change, temporary, target = staged[0]
            try:
                _commit(change.path, temporary, target)
            except WriteError as error:
                written = f" ({', '.join(done)} written before)" if done else ""
                raise WriteError(f"{error}{written}") from error
            staged.pop(0)
            done.append(str(change.path))
    finally:
        for _, temporary, _ in staged:
            _discard(temporary)


def _target(path: Path, within: Path | None) -> Path:
    """The file behind all links."""
    try:
        if within is not None:
            inside(within, Path(os.path.relpath(path, within)).as_posix())
        return path.resolve()
    except PathError as error:
        raise WriteError(f"{error}; it was not written") from error
    except (OSError, RuntimeError) as error:
        raise WriteError(f"{path} cannot be written: {reason(error)}") from error


def _content(path: Path, target: Path) -> bytes | None:
    try:
        return read_file(target, str(path))
    except PathError as error:
        raise WriteError(f"{error}") from error


def _stage(path: Path, target: Path, data: bytes) -> Path:
    """Write the content to a file beside the target, safe on the disk."""
    temporary = target.with_name(f".{target.name}.database-layer.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        status = _status(target)
        # One name for all runs, so that a run that was killed leaves nothing that piles up.
        temporary.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(temporary, flags, 0o666), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if status is not None:
            _keep_owner_and_mode(temporary, status)
    except OSError as error:
        _discard(temporary)
        raise WriteError(f"{path} cannot be written: {reason(error)}") from error
    except BaseException:
        _discard(temporary)
        raise
    return temporary


def _discard(temporary: Path) -> None:
    with contextlib.suppress(OSError):
        temporary.unlink(missing_ok=True)


def _status(target: Path) -> os.stat_result | None:
    try:
        status = target.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        raise OSError(0, "it is not a regular file")
    if not status.st_mode & 0o222 or not os.access(target, os.W_OK):
        raise PermissionError(0, "it is read-only")
    return status


def _keep_owner_and_mode(temporary: Path, status: os.stat_result) -> None:
    own = temporary.stat()
    if (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid) and hasattr(os, "chown"):
        with contextlib.suppress(PermissionError):
            os.chown(temporary, status.st_uid, status.st_gid)
    temporary.chmod(stat.S_IMODE(status.st_mode))


def _commit(path: Path, temporary: Path, target: Path) -> None:
    try:
        temporary.replace(target)
    except OSError as error:
        _discard(temporary)
        raise WriteError(f"{path} cannot be written: {reason(error)}") from error
    _sync_directory(target.parent)


def _sync_directory(directory: Path) -> None:
    """Make the new name last; where the system cannot, the file is whole all the same."""
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
