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
    from collections.abc import Sequence
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
    project: Path,
    *,
    dependency_file: str | None,
    manager: str,
    main: Sequence[str],
    dev: Sequence[str] = (),
    earlier: Sequence[str] = (),
    floors: Sequence[str] = (),
    limits: Sequence[str] = (),
) -> DependencyMerge:
    """Add the layer's requirements to a project, as changes that can be shown and then written.

    Args:
        project: the project's directory.
        dependency_file: the file that lists its dependencies, relative to it.
        manager: uv, poetry, pdm, pipenv, pip, setuptools, hatch, rye, pixi or none.
        main: what the running application needs, as PEP 508.
        dev: what tests and migrations need, as PEP 508.
        earlier: what earlier versions of the template added, as PEP 508; empty on a first copy.
            Such a text is renewed, any other stays; a package that is gone since stays out.
        floors: what is not added, and is raised where it is declared, as PEP 508.
        limits: what the others bring along, as PEP 508: nothing that is declared may exclude it.
    """
    files, reason = _Files(project), ""
    try:
        if dependency_file is not None:
            needs = Needs.parse(main, dev, earlier, floors=floors, limits=limits)
            found = files.merge(dependency_file, manager, needs)
            if found is not None:
                return DependencyMerge(files.changes(found), found.conflicts, found.notices)
    except MergeError as error:
        reason = str(error)
    from .by_hand import instructions  # noqa: PLC0415 - most files can be edited

    packages = [text for text in floors if not text.startswith("python>")]
    by_hand = instructions(dependency_file, manager=manager, main=[*main, *packages], dev=dev)
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
            merged = toml_requirements.merge_pyproject(content, needs, manager=manager)
        elif name == "Pipfile":
            from . import toml_requirements  # noqa: PLC0415

            merged = toml_requirements.merge_pipfile(content, needs)
        elif name == "setup.cfg":
            from . import setup_cfg  # noqa: PLC0415

            merged = setup_cfg.merge(content, needs)
        else:
            return None
        conflicts = tuple(replace(conflict, path=file) for conflict in merged.conflicts)
        contents, raised = {file: merged.content}, {file: merged.raised}
        notices = tuple(notice.replace(name, file, 1) for notice in merged.notices)
        return FilesMerge(contents, conflicts, notices, raised)

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
