"""Take the layer out of a project again: what nobody has touched since goes, all else stays.

What was put into the user's files is recorded as an answer. What the template's own files looked
like is not: they are rendered once more, from the version that the project has.
"""

from __future__ import annotations

import contextlib
import glob
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from ..answers import Answers
from ..app_file import unwire_application
from ..project_files.encoding import decode
from ..project_files.gitignore import gitignores_above, ignores, is_tracked
from ..project_files.requirement import Change
from ..project_files.writing import WriteError, write_changes
from ..project_paths import PathError, inside, read
from .answers_file import ANSWERS_FILE, check_answers
from .leftover_imports import Module, importers
from .package_exports import without_exports
from .record import read_record, replaces_lines
from .renamed_files import renamed_file
from .same_content import is_same
from .three_way_merge import Conflict
from .undone_steps import base_of, former_of, is_unedited, merged_back, taken_back
from .unfinished_code import unfinished

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path


@dataclass(slots=True)
class Undone:
    """What an undo did, and what it left."""

    removed: list[str] = field(default_factory=list[str])
    restored: list[str] = field(default_factory=list[str])
    """Files of the user's that are as they were before the layer came."""
    cleaned: list[str] = field(default_factory=list[str])
    """Those that were edited since, and have all other edits still."""
    edited: list[str] = field(default_factory=list[str])
    """Files of the layer that somebody has edited; they stay."""
    left: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Lines that were put into a file, and are not there any more as they were put."""
    conflicts: dict[str, tuple[Conflict, ...]] = field(
        default_factory=dict[str, tuple[Conflict, ...]]
    )
    """Lines that were changed in a file, and that somebody has edited since; they stay."""
    unfinished: list[str] = field(default_factory=list[str])
    """What cannot run any more in the files that were edited, with file and line."""
    others: list[str] = field(default_factory=list[str])
    """Files in the layer's directories that came later, such as revisions."""
    importers: list[str] = field(default_factory=list[str])
    """Where code of the user's imports what is gone."""
    failures: list[str] = field(default_factory=list[str])
    """What could not be done; the answers file stays, and the undo can be run again."""
    notes: list[str] = field(default_factory=list[str])


def undo(project: Path, recorded: Mapping[str, Any], rendered: Mapping[str, bytes]) -> Undone:
    """Restore what was there before the layer, as far as it was not edited since.

    Args:
        project: the project's directory.
        recorded: its answers.
        rendered: the template's files by their paths, as they were put there.
    """
    undone = Undone(failures=list(check_answers(project, recorded)))
    if undone.failures:
        return undone
    answers = Answers.of(recorded)
    _restore(project, answers, read_record(recorded)["changed"], undone)
    if undone.failures:
        return undone
    spared = {ANSWERS_FILE, *answers.kept}
    own = {name: rendered[name] for name in rendered if name not in spared}
    _remove(project, answers.import_base, own, undone)
    differences = f"{answers.own_tests_dir}/known_differences.txt"
    if (project / differences).is_file():
        undone.notes.append(f"{differences} stays: it tells how models and migrations differ.")
    if not undone.failures:
        _unlink(project, ANSWERS_FILE, undone)
    return undone


def _restore(
    project: Path,
    answers: Answers,
    changed: Mapping[str, Sequence[dict[str, Any]]],
    undone: Undone,
) -> None:
    changes: list[Change] = []
    made: list[str] = []
    for recorded, steps in changed.items():
        name = recorded
        try:
            before = read(project, name)
            if before is None and (base := base_of(steps)) is not None:
                name = renamed_file(project, name, base, without=changed) or name
                before = read(project, name)
        except PathError as error:
            undone.failures.append(f"{error}")
            continue
        if before is None:
            continue
        text = decode(before)
        content = text.content
        original = _without_all(content, steps)
        is_made = any(step.get("created") for step in steps)
        if name == ".gitignore" and (original is None or _hides_passwords(project, original)):
            reason = "there is a .env" if original is not None else "you have edited it"
            if ignores(content, ".env"):
                undone.notes.append(f".gitignore still ignores .env, because {reason}.")
            continue
        if original is not None and is_made:
            made.append(name)
            continue
        if original is not None:
            undone.restored.append(name)
        else:
            original = _without_some(name, content, steps, answers, undone)
            if is_made and not original.strip():
                made.append(name)
                continue
            if original != content:
                undone.cleaned.append(name)
            elif is_made:
                undone.edited.append(name)
        if original != content:
            changes.append(Change.between(project / name, before, text.encode(original)))
    if undone.failures:
        return
    try:
        write_changes(changes, within=project)
    except WriteError as error:
        undone.failures.append(str(error))
        return
    for name in made:
        _unlink(project, name, undone)


def _without_all(content: str, steps: Sequence[dict[str, Any]]) -> str | None:
    """The text before all steps, empty where one made the file; None if edited since."""
    for step in reversed(steps):
        if step.get("created"):
            return "" if is_unedited(content, step) else None
        before = taken_back(content, step)
        if before is None:
            return None
        content = before
    return content


def _without_some(
    name: str,
    content: str,
    steps: Sequence[dict[str, Any]],
    answers: Answers,
    undone: Undone,
) -> str:
    """The text without what is left of the steps; notes what stays, and what cannot run."""
    if name == answers.app_file and not replaces_lines(steps):
        original = unwire_application(
            content,
            app_object=answers.app_name,
            layer_module=answers.module("database"),
            package=answers.app_package,
        )
        if original != content:
            return original
    merged, left = merged_back(content, steps)
    if left:
        undone.left[name] = left
    if merged.conflicts:
        undone.conflicts[name] = merged.conflicts
    if (base := base_of(steps)) is not None:
        former = former_of(base, steps) or base
        found = unfinished(merged.text, content, base, former)
        undone.unfinished.extend(f"{name}, line {line}: {what}" for line, what in found)
    return merged.text


def _hides_passwords(project: Path, original: str) -> bool:
    """Whether a `.env`, which may hold passwords, would come to git with the former .gitignore."""
    above = gitignores_above(project)
    is_untold = (project / ".env").exists() and not is_tracked(project, ".env")
    return is_untold and not ignores(original, ".env", above=above)


def _remove(project: Path, base: str, own: Mapping[str, bytes], undone: Undone) -> None:
    for name, rendered in own.items():
        try:
            content = read(project, name)
        except PathError:
            # Not a regular file, so the template did not create it.
            undone.edited.append(name)
            continue
        if content is None:
            continue
        if is_same(name, content, rendered) and not (project / name).is_symlink():
            _unlink(project, name, undone)
        else:
            undone.edited.append(name)
    _remove_imports(project, base, undone)
    directories = {parent for name in own for parent in PurePosixPath(name).parents}
    own_directories = _own_directories(directories, own)
    for directory in sorted(directories, key=lambda directory: -len(directory.parts)):
        if directory.parts:
            with contextlib.suppress(OSError):
                (project / directory).rmdir()
    undone.others.extend(
        path.relative_to(project).as_posix()
        for directory in own_directories
        for path in sorted((project / directory).rglob("*"))
        if path.is_file()
        and path.suffix != ".pyc"
        and path.relative_to(project).as_posix() not in undone.edited
    )


def _remove_imports(project: Path, base: str, undone: Undone) -> None:
    """Take what is gone out of packages that somebody has added to, and name who imports it."""
    modules = (Module.of(name, base) for name in undone.removed)
    gone = {module.name for module in modules if module is not None and module.name}
    for name in [name for name in undone.edited if name.endswith("/__init__.py")]:
        before = read(project, name) or b""
        module = Module.of(name, base)
        if module is None:
            continue
        text = decode(before)
        after = without_exports(text.content, module, gone)
        if after == text.content:
            continue
        undone.edited.remove(name)
        if after is None:
            _unlink(project, name, undone)
            continue
        try:
            change = Change.between(project / name, before, text.encode(after))
            write_changes([change], within=project)
        except WriteError as error:
            undone.failures.append(f"{error}")
        else:
            undone.cleaned.append(name)
    undone.importers.extend(importers(project, base, gone))


def _own_directories(directories: Iterable[PurePosixPath], own: Mapping[str, bytes]) -> list[str]:
    """The outermost directories that hold files of the layer's alone: Alembic's."""
    scripts = {str(PurePosixPath(name).parent) for name in own if name.endswith("script.py.mako")}
    return [str(directory) for directory in directories if str(directory) in scripts]


def _unlink(project: Path, name: str, undone: Undone) -> None:
    try:
        path = inside(project, name)
        path.unlink()
    except PathError as error:
        undone.failures.append(f"{error}")
        return
    except OSError as error:
        undone.failures.append(f"{name} cannot be removed: {error.strerror}")
        return
    undone.removed.append(name)
    cache = path.parent / "__pycache__"
    if cache.is_symlink():
        return
    for compiled in cache.glob(f"{glob.escape(path.stem)}.*.pyc"):
        with contextlib.suppress(OSError):
            compiled.unlink()
    with contextlib.suppress(OSError):
        cache.rmdir()
