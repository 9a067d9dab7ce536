"""Keeping `.env` out of git, and the example of it in it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from pathspec import GitIgnoreSpec

from ..project_paths import PathError, read_file
from .encoding import decode, line_end_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

GIT_TIMEOUT_SECONDS = 5
Above = tuple[str, str]
"""The path from a directory above to the project, ending in a slash, and its `.gitignore`."""


def protect_env(
    content: str | None, example: str = ".env.example", *, above: Sequence[Above] = ()
) -> str | None:
    """Add what it takes for git to ignore `.env` and not the example of it.

    Where git does both already, the content is returned as it is.

    Args:
        content: the project's `.gitignore`, or None if there is none.
        example: the example's path.
        above: those of the directories above it, the nearest first.
    """
    if not ignores(content, ".env", above=above):
        content = _with_line(content or "", ".env")
    if ignores(content, example, above=above):
        content = _with_line(content or "", f"!{example}")
    return content


def ignores(content: str | None, path: str, *, above: Sequence[Above] = ()) -> bool:
    """Whether a `.gitignore` and those above it keep a file out of git."""
    for prefix, patterns in (("", content or ""), *above):
        lines = patterns.removeprefix("\ufeff").splitlines()
        decision = rules(lines).check_file(prefix + path).include
        if decision is not None:
            return decision
    return False


def rules(lines: Iterable[str]) -> GitIgnoreSpec:
    """What the lines of a `.gitignore` say; git takes one that is no pattern for none."""
    lines = tuple(lines)
    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        return GitIgnoreSpec.from_lines(line for line in lines if _is_pattern(line))


def _is_pattern(line: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def as_pattern(path: str) -> str:
    """A path as a line of a `.gitignore`."""
    return "".join(f"\\{char}" if char in "\\*?[]!# " else char for char in path)


def gitignores_above(project: Path) -> list[Above]:
    """The `.gitignore` files above a project that lies in a directory of a git repository."""
    start = project.absolute()
    root = repository(start)
    found: list[Above] = []
    for directory in start.parents:
        if not directory.is_relative_to(root):
            break
        try:
            data = read_file(directory / ".gitignore", ".gitignore")
        except PathError:
            continue
        if data is not None:
            prefix = f"{start.relative_to(directory).as_posix()}/"
            found.append((prefix, decode(data).content))
    return found


def repository(project: Path) -> Path:
    """The top of the git repository that a project lies in; the project where there is none."""
    above = (project, *project.parents)
    return next((directory for directory in above if (directory / ".git").exists()), project)


def is_tracked(project: Path, name: str) -> bool:
    """Whether git has a file, or any file of a directory, in its index."""
    try:
        done = subprocess.run(
            ["git", "ls-files", "--", name],
            cwd=project,
            capture_output=True,
            check=False,
            timeout=GIT_TIMEOUT_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and bool(done.stdout.strip())


def _with_line(content: str, line: str) -> str:
    end = line_end_of(content)
    if content and not content.endswith(("\n", "\r")):
        return f"{content}{end}{line}"
    return f"{content}{line}{end}"
