"""Write what a plan says into the user's files, or take a copy back."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ..project_files.writing import WriteError, write_atomically, write_changes
from ..project_paths import PathError, inside, read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ..project_files.requirement import Change
    from .plan import Plan


@dataclass(frozen=True, slots=True)
class Applied:
    """What was written, and why not all was."""

    changes: tuple[Change, ...]
    failures: tuple[str, ...] = ()


def apply_plan(project: Path, plan: Plan) -> Applied:
    """Change the user's files as planned.

    Args:
        project: the project's directory.
        plan: what was shown and confirmed.
    """
    failures: tuple[str, ...] = ()
    try:
        write_changes(plan.changes, within=project)
    except WriteError as error:
        failures = (f"{error}".replace(f"{project}/", ""),)
    return Applied(written(plan), failures)


def written(plan: Plan) -> tuple[Change, ...]:
    """Return those of a plan's changes that are in the user's files."""
    return tuple(change for change in plan.changes if _is_written(change))


def _is_written(change: Change) -> bool:
    try:
        return read_file(change.path, change.path.name) == change.after
    except PathError:
        return False


def take_back(project: Path, created: Iterable[str], changes: Iterable[Change]) -> Iterator[str]:
    """Restore the user's files and remove the layer's; say of each one that cannot be.

    Args:
        project: the project's directory.
        created: the files that a copy has made, relative to the project.
        changes: those of other files that were written.
    """
    made = list(created)
    for change in changes:
        name = change.path.relative_to(project).as_posix()
        if change.before is None:
            made.append(name)
            continue
        try:
            write_atomically(change.path, change.before, within=project)
        except WriteError as error:
            yield f"{error}"
    for name in made:
        try:
            inside(project, name).unlink(missing_ok=True)
        except PathError as error:
            yield f"{error}"
        except OSError as error:
            yield f"{name} cannot be removed: {error.strerror}"
    directories = {parent for name in made for parent in PurePosixPath(name).parents}
    for directory in sorted(directories, key=lambda path: -len(path.parts)):
        if directory.parts:
            with contextlib.suppress(OSError):
                (project / directory).rmdir()
