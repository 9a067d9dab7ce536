"""Choosing the file that lists the project's dependencies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .facts import Reason
from .managers import InstallCommand, find_manager, install_commands, locks_of
from .manifests import is_development_file
from .tree import Tree, basename, relative

if TYPE_CHECKING:
    from .manifests import Manifest

_RANK = {"pyproject": 0, "pipfile": 1, "requirements": 2, "pixi": 3, "setup": 4, "conda": 5}
_PLAIN_NAMES = frozenset({"base.txt", "prod.txt", "pyproject.toml", "requirements.txt"})
_LOCKED_BY_PYPROJECT = frozenset({"pdm", "pixi", "poetry", "rye", "uv"})


@dataclass(slots=True)
class Dependencies:
    """The dependency file of one project, with what else could be it."""

    manifest: Manifest | None = None
    manager: str = "none"
    others: list[Manifest] = field(default_factory=list["Manifest"])
    reasons: list[Reason] = field(default_factory=list[Reason])


def choose_dependencies(tree: Tree, root: str, manifests: list[Manifest]) -> Dependencies:
    """Pick the manifest that the project is installed from: one that declares FastAPI.

    Where several do, a lock file or the build of an image decides; else pyproject.toml comes
    before other files, and a file for developers never comes before one for the application.
    """
    usable = [manifest for manifest in manifests if manifest.is_project]
    if not usable:
        return Dependencies()
    users = [m for m in usable if not _is_for_developers(m)]
    pool = (
        [m for m in users if "fastapi" in m.declared]
        or [m for m in users if "fastapi" in m.optional]
        or [m for m in usable if "fastapi" in m.declared]
        or [m for m in users if m.declared or m.optional]
        or usable
    )
    pool.sort(key=lambda manifest: _rank(manifest, root))
    locks = locks_of(tree, root)
    chosen, why = _decide(pool, locks, install_commands(tree, root))
    manager, manager_why = find_manager(tree, root, chosen, manifests)
    bound = chosen.bound("fastapi")
    text = why or ("it declares fastapi" if bound else "nothing else lists dependencies")
    line = bound.line if bound and bound.file == chosen.file else 1
    reasons = [Reason("dependency_file", text, relative(chosen.file, root), line), manager_why]
    others = [manifest for manifest in pool if manifest is not chosen]
    return Dependencies(chosen, manager, others, reasons)


def _is_for_developers(manifest: Manifest) -> bool:
    return manifest.kind == "requirements" and is_development_file(manifest.file)


def _rank(manifest: Manifest, root: str) -> tuple[int, int, int, str]:
    name = basename(manifest.file)
    depth = manifest.file.count("/") - root.count("/")
    # Of requirements.in and the requirements.txt compiled from it, people edit the former.
    order = 0 if name == "requirements.in" else 1 if name in _PLAIN_NAMES else 2
    return (_RANK[manifest.kind], depth, order, manifest.file)


def _decide(
    pool: list[Manifest], locks: dict[str, str], commands: list[InstallCommand]
) -> tuple[Manifest, str]:
    """Among files that all declare FastAPI: what a lock file or an image's build installs."""
    first = pool[0]
    pipfile = next((m for m in pool if m.kind == "pipfile"), None)
    if pipfile and "pipenv" in locks:
        return pipfile, f"{locks['pipenv']} is beside it"
    if first.kind != "pyproject" or _LOCKED_BY_PYPROJECT & locks.keys():
        return first, ""
    in_images = [command for command in commands if command.builds_image]
    if not first.is_poetry or any(command.target is None for command in in_images):
        return first, ""
    for command in in_images:
        wanted = next((m for m in pool if m.file == command.target), None)
        if wanted:
            return wanted, f"{command.file}:{command.line} installs it"
    return first, ""
