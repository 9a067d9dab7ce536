"""What Copier runs after a copy: merge into the user's files, verify, and sum up; or undo."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from .changes import plan_changes, plan_renewal
from .kept import layer_files
from .merging.writing import WriteError, write_changes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .merging.model import Change

ANSWERS_FILE = ".copier-answers.db.yml"


@dataclass(frozen=True, slots=True)
class Options:
    """What Copier's command line says."""

    undo: bool
    update: bool
    created: tuple[str, ...] | None
    """The files that are new; None where it is the whole layer."""
    destination: str
    """The project as the user typed it."""
    quiet: bool


def main(argv: Sequence[str] | None = None) -> int:
    """Adopt or undo in the current directory; the exit code is 1 where something has failed.

    In an update it is 0 all the same: a failure would drop the edits that the update has just put
    aside. After a copy all is in place that could be, and a script that started the copy has to
    hear that the rest is not.
    """
    options = _options(argv)
    project = Path.cwd()
    answers = yaml.safe_load((project / ANSWERS_FILE).read_text(encoding="utf-8"))
    if options.update:
        _update(project, answers)
        return 0
    text, failed = (_undo if options.undo else _adopt)(project, answers, options)
    if text and (failed or not options.quiet):
        sys.stderr.write(text)
    return int(failed)


def _options(argv: Sequence[str] | None) -> Options:
    parser = argparse.ArgumentParser(prog="existing_project.py")
    parser.add_argument("--adopt", action="store_true")
    parser.add_argument("--undo", action="store_true")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--created", type=json.loads)
    parser.add_argument("--destination", default=".")
    parser.add_argument("--quiet", choices=["yes", "no"], default="no")
    found = parser.parse_args(argv)
    created = None if found.created is None else tuple(found.created)
    return Options(found.undo, found.update, created, found.destination, found.quiet == "yes")


def _adopt(project: Path, answers: dict[str, Any], options: Options) -> tuple[str, bool]:
    from .summary import Adopted, summarize  # noqa: PLC0415 - an undo has no need of it
    from .verification import verify  # noqa: PLC0415

    files = tuple(layer_files(project, answers))
    plan = plan_changes(project, answers)
    failures: tuple[str, ...] = ()
    try:
        write_changes(plan.changes, within=project)
    except WriteError as error:
        failures = (f"{error}".replace(f"{project}{os.sep}", ""),)
    adopted = Adopted(
        project=project,
        destination=options.destination,
        answers=answers,
        created=files if options.created is None else options.created,
        changes=[change for change in plan.changes if _is_written(change)],
        notes=plan.notes,
        failures=failures,
        checks=verify(
            project,
            answers,
            files=files,
            # After a copy that changed nothing, nothing new is there to be imported.
            imports=bool(plan.changes or options.created or options.created is None),
            environ=os.environ,
        ),
    )
    return summarize(adopted, environ=os.environ, terminal=sys.stderr.isatty()), adopted.failed


def _update(project: Path, answers: dict[str, Any]) -> None:
    from .restore import restore_edited_files  # noqa: PLC0415 - a copy has no need of it

    plan = plan_renewal(project, answers)
    told = list(plan.notes)
    told.extend(
        f"{path}: the answers do not make it any more; it was edited, so it stays."
        for path in restore_edited_files(project)
    )
    try:
        write_changes(plan.changes, within=project)
        for change in plan.changes:
            path = change.path.relative_to(project).as_posix()
            told.append(f"{path}: {', '.join(line.strip() for line in change.added)}")
    except WriteError as error:
        told.append(f"{error}")
    sys.stderr.write("".join(f"{line}\n" for line in told))


def _is_written(change: Change) -> bool:
    try:
        return change.path.read_bytes() == change.after
    except OSError:
        return False


def _undo(project: Path, answers: dict[str, Any], _options: Options) -> tuple[str, bool]:
    from .render import RenderError, render_recorded  # noqa: PLC0415 - a copy has no need of it
    from .undo import undo  # noqa: PLC0415
    from .undo_report import report  # noqa: PLC0415

    try:
        rendered = render_recorded(answers)
    except RenderError as error:
        return f"{error}\n", True
    undone = undo(project, answers, rendered)
    return report(undone, answers), bool(undone.failures)
