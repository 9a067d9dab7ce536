"""Commands that Copier runs as tasks in another process: the undo, and the end of an update."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from ..adoption.answers_file import (
    ANSWERS_FILE,
    PATHS,
    AnswersError,
    check_answers,
    read_answers,
    record_changes,
)
from ..adoption.database_notes import on_another_database
from ..adoption.deleted_files import (
    conflicted_files,
    deleted_files,
    edited_files,
    former_answers,
    merge_into,
    restore_files,
)
from ..adoption.layer_files import layer_files
from ..adoption.leftover_imports import Module, importers
from ..adoption.moved_layer import LostError, moved_answers
from ..adoption.plan import plan_update
from ..adoption.rerender import RenderError, render_recorded
from ..adoption.settled_conflicts import settle_conflict
from ..adoption.tenant_notes import in_an_update
from ..adoption.undo import undo
from ..answers import Answers
from ..project_files.encoding import decode
from ..project_files.requirement import Change
from ..project_files.writing import WriteError, write_changes
from ..project_paths import PathError, read
from .reasons_to_stop import no_file
from .undo_text import report

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

CONFLICT = "you and the template changed the same lines; resolve the conflict markers."


def main(argv: Sequence[str] | None = None) -> int:
    """Undo or update in the current directory; the exit code is 1 after a failed undo.

    After an update it is always 0: Copier would drop the user's edits after a failure.
    """
    parser = argparse.ArgumentParser(prog="existing_project.py")
    parser.add_argument("--undo", action="store_true")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--quiet", choices=["yes", "no"], default="no")
    options = parser.parse_args(argv)
    project = Path.cwd()
    try:
        answers = read_answers(project)
    except AnswersError as error:
        sys.stderr.write(f"{error}\n")
        return int(options.undo)
    if options.update:
        sys.stderr.write("".join(f"{line}\n" for line in _update(project, answers)))
        return 0
    text, failed = _undo(project, answers)
    if failed or options.quiet == "no":
        sys.stderr.write(text)
    return int(failed)


def _update(project: Path, recorded: Mapping[str, Any]) -> Iterator[str]:
    """Finish an update; yields the lines to print."""
    answers = Answers.of(recorded)
    yield from _settle(project, answers)
    yield from _keep_edited(project, answers)
    problems = list(check_answers(project, recorded))
    yield from problems
    if problems:
        return
    before = former_answers(project)
    is_told = before and not any(check_answers(project, before))
    former = Answers.of(before) if is_told else None
    files = [ANSWERS_FILE, *layer_files(project, answers)]
    try:
        plan = plan_update(project, answers, files, former=former)
    except PathError as error:
        yield no_file(error)
        return
    yield from plan.notes
    try:
        write_changes(plan.changes, within=project)
        record_changes(project, plan.changes)
    except (AnswersError, WriteError) as error:
        yield f"{error}"
        return
    for change in plan.changes:
        path = change.path.relative_to(project).as_posix()
        added = ", ".join(line.strip().rstrip(",") for line in change.added)
        yield f"{path}: {added or 'without the lines of the layer'}"
    if answers.has_async_routes and before.get("db_adopt_sessions", "keep") == "keep":
        yield from _convert(project, answers)
    if former:
        yield from on_another_database(former, answers)
    if answers.tenants and former and not former.tenants:
        yield from in_an_update(project, answers)
    modules = (Module.of(path, answers.import_base) for path in deleted_files(project))
    names = {module.name for module in modules if module}
    for place in importers(project, answers.import_base, names):
        yield f"{place}: it imports a module that this update has removed or moved."


def _settle(project: Path, answers: Answers) -> Iterator[str]:
    """Resolve the conflicts that need no person; yields what became of each."""
    formatted: list[str] = []
    for path in conflicted_files(project):
        settled = settle_conflict(project, path, answers)
        if settled == "formatted":
            formatted.append(path)
        elif settled == "kept":
            yield f"{path}: it was there already; kept as it is."
        elif not settled:
            yield f"{path}: {CONFLICT}"
    if formatted:
        yield f"Updated, and to be formatted again: {', '.join(formatted)}."


def _convert(project: Path, answers: Answers) -> Iterator[str]:
    """Make routes async that the former version of the answers kept; yields the lines to print."""
    # Imported late: few projects need it.
    from ..conversion.adopted_files import changed_files  # noqa: PLC0415
    from ..conversion.modules import UnprovenError  # noqa: PLC0415

    try:
        files, told = changed_files(project, answers)
        changes = [
            Change.between(project / name, before, decode(before).encode(content))
            for name, content in files.items()
            if (before := read(project, name)) is not None
        ]
        write_changes(changes, within=project)
        record_changes(project, changes)
    except (AnswersError, PathError, UnprovenError, WriteError) as error:
        yield f"{error}"
        return
    yield from told


def _keep_edited(project: Path, answers: Answers) -> Iterator[str]:
    """Restore edited files that the update deleted, unless they import something removed.

    A module of the kit may need another module of the same extra, or a removed setting.
    """
    edited = edited_files(project)
    kit = PurePosixPath(answers.layer_dir, "database_kit")
    gone = {path for path in edited if PurePosixPath(path).is_relative_to(kit)}
    base, models = answers.import_base, PurePosixPath(answers.layer_dir, "models")
    restore_files(project, [path for path in edited if path not in gone])
    lost = gone | (set(deleted_files(project)) - set(edited))
    modules = {module.name for path in lost if (module := Module.of(path, base))}
    for place in list(importers(project, base, modules)):
        path = place.rpartition(", line ")[0]
        if path in edited:
            (project / path).unlink()
            gone.add(path)
    for path in edited:
        if path not in gone:
            yield f"{path}: no longer generated; kept, because you have edited it."
            if PurePosixPath(path).parent == models:
                # It may refer to models, and to relationships of others, that are gone.
                yield f"{path}: a revision would drop its tables, unless {models} exports it again."
            continue
        target = _moved_to(project, kit, path)
        if target and merge_into(project, path, target):
            yield f"{path}: moved to {target}, with your edits."
        elif target:
            yield f"{path}: moved to {target}; your edits: git show HEAD:./{path}"
        else:
            yield f"{path}: removed by this update; your edits: git show HEAD:./{path}"


def _moved_to(project: Path, kit: PurePosixPath, path: str) -> str | None:
    """The file of the same name elsewhere in the kit."""
    name = PurePosixPath(path).name
    found = [file.relative_to(project).as_posix() for file in (project / kit).rglob(name)]
    return found[0] if len(found) == 1 else None


def _is(project: Path, name: str, content: bytes) -> bool:
    try:
        return read(project, name) == content
    except PathError:
        return False


def _undo(project: Path, answers: Mapping[str, Any]) -> tuple[str, bool]:
    if "db_added_on" not in answers:
        return f"{project} has no database layer of this template: nothing to undo.\n", True
    needed = (*PATHS, "db_import_path", "db_app_object")
    if missing := [name for name in needed if not isinstance(answers.get(name), str)]:
        return f"{ANSWERS_FILE} lacks {', '.join(missing)}; restore it, and run this again.\n", True
    problems = list(check_answers(project, answers))
    if problems:
        return "".join(f"{problem}\n" for problem in problems), True
    moved: Mapping[str, Any] = {}
    # A layer that is not found needs no removal.
    with contextlib.suppress(LostError):
        moved = moved_answers(project, answers, ANSWERS_FILE)
    try:
        rendered = render_recorded({**answers, **moved})
        if moved:
            # Some files may still have the former place in them.
            former = render_recorded(answers)
            rendered |= {name: former[name] for name in former if _is(project, name, former[name])}
    except RenderError as error:
        return f"{error}\n", True
    answers = {**answers, **moved}
    undone = undo(project, answers, rendered)
    return report(undone, Answers.of(answers)), bool(undone.failures)
