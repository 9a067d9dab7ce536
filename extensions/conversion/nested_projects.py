"""Projects of their own in a directory of another one, such as the services of one repository."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..inspection.manifests import is_requirements_file
from ..inspection.tree import is_within, join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .modules import Module, Project

_MANIFESTS = frozenset({"Pipfile", "pyproject.toml", "setup.py"})


def nested_projects(project: Project, modules: list[Module], kept: str) -> list[str]:
    """The directories whose modules import names of their own, not those of the project.

    Such a directory lists its own requirements, all that its modules import of the project's
    names is there as well, and nothing outside imports it. What is in it runs with that
    directory on `sys.path`, so it calls nothing of the project.

    Args:
        project: the project.
        modules: its modules.
        kept: the file with the session's dependency, which belongs to the project.
    """
    places = [
        place
        for place, listed in project.sources.tree.directories.items()
        if place
        and not is_within(project.base, place)
        and not is_within(kept, place)
        and any(name in _MANIFESTS or is_requirements_file(name) for name in listed.files)
    ]
    return [place for place in places if _stands_alone(project, modules, place)]


def _stands_alone(project: Project, modules: list[Module], place: str) -> bool:
    for module in modules:
        is_inside = is_within(module.file, place)
        for name, is_relative in _imported(module):
            file = _found(project, project.base, name)
            if file is None or is_inside == is_within(file, place):
                continue
            first = name.partition(".")[0]
            if not is_inside or is_relative or _found(project, place, first) is None:
                return False
    return True


def _imported(module: Module) -> Iterator[tuple[str, bool]]:
    """The modules that a module imports, and whether by a relative import."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, False) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            outer = module.absolute(node)
            for name in filter(None, (outer, *(f"{outer}.{alias.name}" for alias in node.names))):
                yield name, bool(node.level)


def _found(project: Project, base: str, name: str) -> str | None:
    """The file or the directory with modules that a name stands for, from a directory."""
    sources = project.sources
    stem = join(base, name.replace(".", "/"))
    return sources.file_of(stem) or (stem if stem in sources.python_directories else None)
