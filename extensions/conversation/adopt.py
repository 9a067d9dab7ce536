"""What ends a copy: merge into the user's files, verify, and sum up."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ..adoption.layer_files import layer_files
from ..adoption.plan import plan_changes
from ..conversion.added_files import is_adopted
from ..project_files.writing import WriteError, write_changes
from ..project_paths import PathError, read_file
from ..verification.checks import verify
from .summary_text import Adopted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ..project_files.requirement import Change


def adopt(
    project: Path,
    answers: Mapping[str, Any],
    *,
    files: Sequence[str],
    created: Sequence[str] | None,
    destination: str,
) -> Adopted:
    """Change the user's files as planned, and look at the result.

    Args:
        project: the project's directory, where the layer's files are rendered already.
        answers: what the user has answered.
        files: those that the template renders, without those that were the user's before.
        created: the files that are new; None where it is the whole layer.
        destination: the project as the user typed it.
    """
    there = tuple(layer_files(project, answers))
    plan = plan_changes(project, answers, files)
    failures: tuple[str, ...] = ()
    try:
        write_changes(plan.changes, within=project)
    except WriteError as error:
        failures = (f"{error}".replace(f"{project}{os.sep}", ""),)
    return Adopted(
        project=project,
        destination=destination,
        answers=answers,
        created=there if created is None else created,
        changes=[change for change in plan.changes if _is_written(change)],
        notes=plan.notes,
        advice=plan.advice,
        failures=failures,
        checks=verify(
            project,
            answers,
            files=there,
            rendered=files,
            # After a copy that changed nothing, nothing new is there to be imported.
            # The application's own code would run where its settings are imported.
            imports=bool(plan.changes or created or created is None) and not is_adopted(answers),
            environ=os.environ,
        ),
    )


def _is_written(change: Change) -> bool:
    try:
        return read_file(change.path, change.path.name) == change.after
    except PathError:
        return False
