"""What Copier runs in a process of its own: an undo, and the end of an update."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from .changes import plan_renewal
from .kept import layer_files
from .merging.writing import WriteError, write_changes
from .render import RenderError, render_recorded
from .restore import restore_edited_files
from .undo import undo
from .undo_report import report

if TYPE_CHECKING:
    from collections.abc import Sequence

ANSWERS_FILE = ".copier-answers.db.yml"


def main(argv: Sequence[str] | None = None) -> int:
    """Undo or update in the current directory; the exit code is 1 where an undo has failed.

    In an update it is 0 all the same: a failure would drop the edits that the update has just put
    aside.
    """
    parser = argparse.ArgumentParser(prog="existing_project.py")
    parser.add_argument("--undo", action="store_true")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--quiet", choices=["yes", "no"], default="no")
    options = parser.parse_args(argv)
    project = Path.cwd()
    answers = yaml.safe_load((project / ANSWERS_FILE).read_text(encoding="utf-8"))
    if options.update:
        _update(project, answers)
        return 0
    text, failed = _undo(project, answers)
    if failed or options.quiet == "no":
        sys.stderr.write(text)
    return int(failed)


def _update(project: Path, answers: dict[str, Any]) -> None:
    plan = plan_renewal(project, answers, [ANSWERS_FILE, *layer_files(project, answers)])
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


def _undo(project: Path, answers: dict[str, Any]) -> tuple[str, bool]:
    try:
        rendered = render_recorded(answers)
    except RenderError as error:
        return f"{error}\n", True
    undone = undo(project, answers, rendered)
    return report(undone, answers), bool(undone.failures)
