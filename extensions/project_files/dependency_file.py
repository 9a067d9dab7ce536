"""The layer's requirements in whichever file a project declares its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..project_paths import PathError, inside, read_file
from .encoding import Text, decode
from .requirement import Change, Conflict, FilesMerge, GeneratedError, MergeError, Needs
from .requirement_tables import requirement_files
from .toml_text import read_tables

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class DependencyMerge:
    """What becomes of the files that declare dependencies; nothing is written yet."""

    changes: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    """Requirements that exclude what the layer needs: a reason to stop."""
    notices: tuple[str, ...] = ()
    """What the user has to know of other requirements, a sentence each."""
    instructions: str = ""
    """What the user adds by hand, where no file can be edited for them."""
    reason: str = ""
    """Why none can, where that is not plain from the file's name."""


def merge_dependencies(
    project: Path, *, dependency_file: str | None, manager: str, needs: Needs
) -> DependencyMerge:
    """Add the layer's requirements to a project, as changes that can be shown and then written.

    Args:
        project: the project's directory.
        dependency_file: the file that lists its dependencies, relative to it.
        manager: uv, poetry, pdm, pipenv, pip, setuptools, hatch, rye, pixi or none.
        needs: what the layer needs.
    """
    files, reason = _Files(project), ""
    try:
        if dependency_file is not None:
            found = files.merge(dependency_file, manager, needs)
            if found is not None:
                return DependencyMerge(files.changes(found), found.conflicts, found.notices)
    except MergeError as error:
        reason = str(error)
    from .by_hand import instructions  # noqa: PLC0415 - most files can be edited

    main = [item for item in needs.requirements if item.group == "main"]
    main += [item for item in needs.floors if item.key != "python"]
    dev = [item for item in needs.requirements if item.group == "dev"]
    by_hand = instructions(
        dependency_file, manager=manager, main=[*map(str, main)], dev=[*map(str, dev)]
    )
    return DependencyMerge(instructions=by_hand, reason=reason)


class _Files:
    """The project's text files, as they were when first read."""

    def __init__(self, project: Path) -> None:
        self._project = project
        self._bytes: dict[str, bytes | None] = {}

    def merge(self, file: str, manager: str, needs: Needs) -> FilesMerge | None:
        """Merge into a file, or into that which it is made from; None if it is not one to edit.

        The module of a format is imported where a project has such a file: Copier clones the
        template for each copy, so that there is no compiled code of it.
        """
        name = file.rsplit("/", 1)[-1]
        content = self.read(file)
        if content is None:
            return None
        if name.endswith((".txt", ".in")):
            from . import requirements_files  # noqa: PLC0415

            try:
                return requirements_files.merge(self.read, file, needs)
            except GeneratedError as error:
                return self.merge(error.source, manager, needs)
        if name == "pyproject.toml":
            from . import toml_requirements  # noqa: PLC0415

            for source in requirement_files(read_tables(content)):
                return self.merge(source, manager, needs)
            merged = toml_requirements.merge_pyproject(content, needs, manager=manager, path=file)
        elif name == "Pipfile":
            from . import toml_requirements  # noqa: PLC0415

            merged = toml_requirements.merge_pipfile(content, needs, path=file)
        elif name == "setup.cfg":
            from . import setup_cfg  # noqa: PLC0415

            merged = setup_cfg.merge(content, needs, path=file)
        else:
            return None
        contents, raised = {file: merged.content}, {file: merged.raised}
        return FilesMerge(contents, merged.conflicts, merged.notices, raised)

    def read(self, path: str) -> str | None:
        if path not in self._bytes:
            self._bytes[path] = self._read(path)
        data = self._bytes[path]
        if data is None:
            return None
        text = decode(data)
        # pip reads UTF-16 by its mark alone.
        if "\0" in text.content or (text.encoding.startswith("utf-16") and not text.mark):
            raise MergeError(f"{path} is not text in UTF-8, or in UTF-16 with its mark")
        return text.content

    def _read(self, path: str) -> bytes | None:
        try:
            place = inside(self._project, path)
        except PathError:
            # What a file takes in from elsewhere is not the project's to edit.
            return None
        if place.is_dir():
            return None
        try:
            return read_file(place, path)
        except PathError as error:
            raise MergeError(f"{error}") from error

    def changes(self, merge: FilesMerge) -> tuple[Change, ...]:
        found: list[Change] = []
        for path, content in merge.contents.items():
            self.read(path)
            before = self._bytes[path]
            text = decode(before) if before is not None else Text("")
            after = text.encode(content)
            if after != before:
                change = Change.between(self._project / path, before, after)
                found.append(replace(change, raised=merge.raised.get(path, ())))
        return tuple(found)
