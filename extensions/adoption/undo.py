"""Take the layer out of a project again: what nobody has touched since goes, all else stays.

What was put into the user's files is recorded as an answer. What the template's own files looked
like is not: they are rendered once more, from the version that the project has.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from .layer import layer_module
from .merging.gitignore import gitignores_above, ignores
from .merging.model import Change, Needs
from .merging.text import decode
from .merging.writing import WriteError, write_changes
from .needs import EARLIER, dev_requirements, main_requirements
from .record import is_unedited, read_record, taken_back, taken_out
from .wiring import unwire_application

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

ANSWERS_FILE = ".copier-answers.db.yml"


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
    others: list[str] = field(default_factory=list[str])
    """Files in the layer's directories that came later, such as revisions."""
    failures: list[str] = field(default_factory=list[str])
    """What could not be done; the answers file stays, and the undo can be run again."""
    notes: list[str] = field(default_factory=list[str])


def undo(project: Path, answers: Mapping[str, Any], rendered: Mapping[str, bytes]) -> Undone:
    """Restore what was there before the layer, as far as it was not edited since.

    Args:
        project: the project's directory.
        answers: what it records.
        rendered: the template's files by their paths, as they were put there.
    """
    undone = Undone()
    recorded = read_record(answers)
    _restore(project, answers, recorded["changed"], undone)
    if undone.failures:
        return undone
    spared = {ANSWERS_FILE, *recorded["kept"]}
    _remove(project, {name: rendered[name] for name in rendered if name not in spared}, undone)
    if not undone.failures:
        _unlink(project / ANSWERS_FILE, ANSWERS_FILE, undone)
    return undone


def _restore(
    project: Path,
    answers: Mapping[str, Any],
    changed: Mapping[str, Sequence[dict[str, Any]]],
    undone: Undone,
) -> None:
    changes: list[Change] = []
    made: list[str] = []
    for name, steps in changed.items():
        path = project / name
        try:
            before = path.read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            undone.failures.append(f"{name} cannot be read: {error.strerror}")
            continue
        text = decode(before)
        content = text.content
        if steps and steps[0].get("created"):
            unedited = is_unedited(content, steps[-1]) or _without_all(content, steps[1:]) is None
            (made if unedited else undone.edited).append(name)
            continue
        if name == ".gitignore" and _hides_passwords(project, content, steps):
            undone.notes.append(
                ".gitignore keeps .env out of git still, because there is a .env: it may hold "
                "passwords."
            )
            continue
        original = _without_all(content, steps)
        if original is not None:
            undone.restored.append(name)
        else:
            original, left = _without_some(name, content, steps, answers)
            if left:
                undone.left[name] = left
            if original != content:
                undone.cleaned.append(name)
        if original != content:
            changes.append(Change.between(path, before, text.encode(original)))
    if undone.failures:
        return
    try:
        write_changes(changes, within=project)
    except WriteError as error:
        undone.failures.append(str(error))
        return
    for name in made:
        _unlink(project / name, name, undone)


def _without_all(content: str, steps: Sequence[dict[str, Any]]) -> str | None:
    """The text before all steps; None where it has been edited since."""
    for step in reversed(steps):
        if step.get("created"):
            return content if is_unedited(content, step) else None
        before = taken_back(content, step)
        if before is None:
            return None
        content = before
    return content


def _without_some(
    name: str, content: str, steps: Sequence[dict[str, Any]], answers: Mapping[str, Any]
) -> tuple[str, list[str]]:
    if name == answers["db_app_file"]:
        original = unwire_application(
            content,
            app_object=answers["db_app_object"].removesuffix("()").partition(":")[2] or None,
            layer_module=".".join(filter(None, (_layer(answers), "database"))),
        )
        if original != content:
            return original, []
    left: list[str] = []
    for step in reversed(steps):
        content, missing = taken_out(content, step, list(_renewed_bounds(answers)))
        left = [*missing, *left]
    return content, left


def _renewed_bounds(answers: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    needs = Needs.parse(main_requirements(answers), dev_requirements(answers), EARLIER)
    for now in needs.requirements:
        for before in needs.earlier:
            if now.key == before.key and before.specifier not in ("", now.specifier):
                yield now.name, before.specifier, now.specifier


def _layer(answers: Mapping[str, Any]) -> str:
    return layer_module(
        answers["db_import_path"], answers["db_package_dir"], answers["db_layer_dir"]
    )


def _hides_passwords(project: Path, content: str, steps: Sequence[dict[str, Any]]) -> bool:
    above = gitignores_above(project)
    original = _without_all(content, steps)
    if original is None:
        original = content
        for step in reversed(steps):
            original, _ = taken_out(original, step)
    return (
        (project / ".env").exists()
        and ignores(content, ".env", above=above)
        and not ignores(original, ".env", above=above)
    )


def _remove(project: Path, own: Mapping[str, bytes], undone: Undone) -> None:
    for name, rendered in own.items():
        path = project / name
        if not path.is_symlink() and not path.is_file():
            continue
        try:
            unedited = not path.is_symlink() and _same(path.read_bytes(), rendered)
        except OSError as error:
            undone.failures.append(f"{name} cannot be read: {error.strerror}")
            continue
        if unedited:
            _unlink(path, name, undone)
        else:
            undone.edited.append(name)
    directories = {parent for name in own for parent in PurePosixPath(name).parents}
    own_directories = _own_directories(directories, own)
    for directory in sorted(directories, key=lambda each: -len(each.parts)):
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


def _own_directories(directories: Iterable[PurePosixPath], own: Mapping[str, bytes]) -> list[str]:
    """The outermost directories that hold files of the layer's alone: Alembic's."""
    scripts = {str(PurePosixPath(name).parent) for name in own if name.endswith("script.py.mako")}
    return [str(directory) for directory in directories if str(directory) in scripts]


def _same(data: bytes, rendered: bytes) -> bool:
    """Whether a file is as rendered, but for line ends that git converted."""
    return data == rendered or data.replace(b"\r\n", b"\n") == rendered.replace(b"\r\n", b"\n")


def _unlink(path: Path, name: str, undone: Undone) -> None:
    try:
        path.unlink()
    except OSError as error:
        undone.failures.append(f"{name} cannot be removed: {error.strerror}")
        return
    undone.removed.append(name)
    cache = path.parent / "__pycache__"
    for compiled in cache.glob(f"{path.stem}.*.pyc"):
        with contextlib.suppress(OSError):
            compiled.unlink()
    with contextlib.suppress(OSError):
        cache.rmdir()
