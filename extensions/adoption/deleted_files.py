"""What git knows of an update: conflicts, and files that it deletes although they were edited.

Copier deletes the files that the old answers make and the new ones do not, such as that of a model
that is not asked for any more, whatever has become of them meanwhile.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import yaml

from ..project_paths import read, read_file
from .answers_file import ANSWERS_FILE
from .rerender import RenderError, render_recorded

if TYPE_CHECKING:
    from collections.abc import Sequence


def conflicted_files(project: Path) -> list[str]:
    """The files with conflicts that an update has left, marked in them or beside them."""
    unmerged = _git(project, "diff", "--name-only", "--diff-filter=U", "--relative", "-z")
    untracked = _git(project, "ls-files", "--others", "-z", "--", "*.rej")
    paths = [path for path in unmerged.decode().split("\0") if path]
    return paths + [path.removesuffix(".rej") for path in untracked.decode().split("\0") if path]


def conflicting_versions(project: Path, path: str) -> tuple[bytes | None, ...]:
    """A conflicted file as the template made it, as it was edited, and as it is made now.

    Returns:
        Three versions, without those that have no such file; none of them where a conflict is left
        beside the file.
    """
    stages = _git(project, "ls-files", "--unmerged", "-z", "--", path).decode().split("\0")
    blobs = {stage.split()[2]: stage.split()[1] for stage in stages if stage}
    if not blobs:
        return ()
    return tuple(
        _git(project, "cat-file", "blob", blobs[number]) if number in blobs else None
        for number in ("1", "2", "3")
    )


def settle(project: Path, path: str, content: bytes) -> None:
    """Give a conflicted file its content, which counts as a change like any other then."""
    (project / path).write_bytes(content)
    _git(project, "reset", "--quiet", "--", path)


def deleted_files(project: Path) -> list[str]:
    """The files of the last commit that an update has deleted."""
    deleted = _git(project, "diff", "--name-only", "--diff-filter=D", "--relative", "-z", "HEAD")
    return [path for path in deleted.decode().split("\0") if path]


def edited_files(project: Path) -> list[str]:
    """The deleted files that are not as the template made them.

    Args:
        project: the project's directory, in a git repository whose work tree was clean before the
            update.
    """
    paths = deleted_files(project)
    rendered = _as_made(project) if paths else {}
    return [path for path in paths if _is_edited(project, path, rendered)]


def former_answers(project: Path) -> dict[str, Any]:
    """What the last commit records; nothing where nobody can tell."""
    try:
        answers = yaml.safe_load(_git(project, "show", f"HEAD:./{ANSWERS_FILE}"))
        return dict(answers)
    except (OSError, TypeError, ValueError, subprocess.SubprocessError, yaml.YAMLError):
        return {}


def merge_into(project: Path, path: str, target: str) -> bool:
    """Merge the edits of a file that an update has moved into the file that took its place.

    Returns:
        Whether that was possible without a conflict; else the target stays as it is.
    """
    made = _as_made(project).get(path)
    if made is None:
        return False
    edited = _git(project, "show", f"HEAD:./{path}")
    current = read(project, target)
    if current is None:
        return False
    contents = (current, made, edited)
    with TemporaryDirectory() as directory:
        files = [Path(directory, str(number)) for number in range(3)]
        for file, content in zip(files, contents, strict=True):
            file.write_bytes(_lines(content))
        merge = ["git", "merge-file", "--quiet", *map(str, files)]
        is_clean = subprocess.run(merge, cwd=project, check=False).returncode == 0
        if is_clean:
            (project / target).write_bytes(read_file(files[0], target) or b"")
    return is_clean


def restore_files(project: Path, paths: Sequence[str]) -> None:
    """Restore files that an update has deleted, from the last commit."""
    if paths:
        _git(project, "restore", "--source=HEAD", "--worktree", "--", *paths)


def _as_made(project: Path) -> dict[str, bytes]:
    """The template's files as the last commit's answers make them; none where nobody can tell."""
    try:
        answers = former_answers(project)
        return dict(render_recorded(answers)) if answers else {}
    except (RenderError, OSError, subprocess.SubprocessError):
        return {}


def _is_edited(project: Path, path: str, rendered: dict[str, bytes]) -> bool:
    content = _git(project, "show", f"HEAD:./{path}")
    return path not in rendered or _lines(content) != _lines(rendered[path])


def _lines(content: bytes) -> bytes:
    # Git may have converted them on the way to another machine.
    return content.replace(b"\r\n", b"\n")


def _git(project: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=project, check=True, capture_output=True).stdout
