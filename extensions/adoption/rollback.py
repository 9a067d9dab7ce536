"""Take back a first copy that has not succeeded: all is as it was before."""

from __future__ import annotations

import contextlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ..project_files.writing import WriteError, write_atomically
from ..project_paths import PathError, inside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ..project_files.requirement import Change


def take_back(project: Path, created: Iterable[str], changes: Iterable[Change]) -> Iterator[str]:
    """Restore the user's files and remove the layer's; say of each one that cannot be.

    Args:
        project: the project's directory.
        created: the files that the copy has made, relative to it.
        changes: those of the user's files that were written.
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
    for directory in sorted(directories, key=lambda each: -len(each.parts)):
        if directory.parts:
            with contextlib.suppress(OSError):
                (project / directory).rmdir()
