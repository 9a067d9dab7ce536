"""The layer's requirements in whichever file a project declares its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import manual, pipfile, pyproject, requirement_layers, setup_cfg
from .model import Change, Conflict, MergeError
from .text import Text, decode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class DependencyMerge:
    """What becomes of the files that declare dependencies; nothing is written yet."""

    changes: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    instructions: str = ""
    """What the user adds by hand, where no file can be edited for them."""
    reason: str = ""
    """Why no file can be edited, where that is not plain from the file's name."""


def merge_dependencies(
    project: Path,
    *,
    dependency_file: str | None,
    manager: str,
    main: Sequence[str],
    dev: Sequence[str] = (),
    earlier: Sequence[str] = (),
) -> DependencyMerge:
    """Add the layer's requirements to a project, as changes that can be shown and then written.

    Args:
        project: the project's directory.
        dependency_file: the file that lists its dependencies, relative to it.
        manager: uv, poetry, pdm, pipenv, pip, setuptools, hatch, rye, pixi or none.
        main: what the running application needs, as PEP 508.
        dev: what tests and migrations need, as PEP 508.
        earlier: what earlier versions of the template added, as PEP 508; empty on a first copy.
    """
    by_hand = manual.instructions(dependency_file, manager=manager, main=main, dev=dev)
    if dependency_file is None:
        return DependencyMerge(instructions=by_hand)
    files = _Files(project)
    try:
        found = _merge(files, dependency_file, manager, main, dev, earlier)
    except MergeError as error:
        return DependencyMerge(instructions=by_hand, reason=str(error))
    if found is None:
        return DependencyMerge(instructions=by_hand)
    return DependencyMerge(files.changes(found.contents), tuple(found.conflicts))


def _merge(
    files: _Files,
    file: str,
    manager: str,
    main: Sequence[str],
    dev: Sequence[str],
    earlier: Sequence[str],
) -> requirement_layers.FilesMerge | None:
    """The new contents; None for a kind of file that is not edited."""
    name = file.rsplit("/", 1)[-1]
    if name.endswith((".txt", ".in")):
        return requirement_layers.merge_files(files.read, file, main=main, dev=dev, earlier=earlier)
    content = files.read(file)
    if content is None:
        return None
    if name == "pyproject.toml":
        after = pyproject.add_dependencies(
            content, manager=manager, main=main, dev=dev, earlier=earlier
        )
        conflicts = pyproject.find_conflicts(
            content, manager=manager, main=main, dev=dev, earlier=earlier, path=file
        )
    elif name == "Pipfile":
        after = pipfile.add_dependencies(content, main=main, dev=dev, earlier=earlier)
        conflicts = pipfile.find_conflicts(content, main=main, dev=dev, earlier=earlier, path=file)
    elif name == "setup.cfg":
        after = setup_cfg.add_dependencies(content, main=main, dev=dev, earlier=earlier)
        conflicts = setup_cfg.find_conflicts(
            content, main=main, dev=dev, earlier=earlier, path=file
        )
    else:
        return None
    return requirement_layers.FilesMerge({file: after}, conflicts)


class _Files:
    """The project's text files, as they were when first read."""

    def __init__(self, project: Path) -> None:
        self._project = project
        self._bytes: dict[str, bytes | None] = {}

    def read(self, path: str) -> str | None:
        if path not in self._bytes:
            try:
                self._bytes[path] = (self._project / path).read_bytes()
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                self._bytes[path] = None
            except OSError as error:
                raise MergeError(f"{path} cannot be read: {error.strerror}") from error
        data = self._bytes[path]
        return None if data is None else decode(data).content

    def changes(self, contents: dict[str, str]) -> tuple[Change, ...]:
        found: list[Change] = []
        for path, content in contents.items():
            self.read(path)
            before = self._bytes[path]
            text = decode(before) if before is not None else Text("")
            after = text.encode(content)
            if after != before:
                found.append(Change.between(self._project / path, before, after))
        return tuple(found)
