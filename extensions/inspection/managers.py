"""Telling the tool that manages a project's dependencies, and what its commands install."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .facts import Reason
from .toml_tables import strings
from .tree import Tree, basename, join, parent, relative, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .manifest import Manifest

MAX_COMMAND_TEXT = 60_000

_LOCKS = {
    "uv.lock": "uv", "poetry.lock": "poetry", "pdm.lock": "pdm", "Pipfile.lock": "pipenv",
    "pixi.lock": "pixi", "pixi.toml": "pixi", "requirements.lock": "rye",
}  # fmt: skip
_OF_KIND = {
    "pipfile": "pipenv", "requirements": "pip", "pixi": "pixi", "setup": "setuptools",
    "conda": "pip",
}  # fmt: skip
_OF_BACKEND = {
    "poetry": "poetry", "pdm": "pdm", "uv_build": "uv", "hatch": "hatch",
    "setuptools": "setuptools",
}  # fmt: skip
# Keys of [tool.uv] that others than users of uv as a project manager write too.
_WEAK_UV_KEYS = frozenset({"index", "pip", "sources"})
_PIP_INSTALL = re.compile(
    r"pip3?[\"',\s]+(?:install|sync)\b[^\n]*?(?:-r|--requirements?)[\"',=\s]*([\w./-]+)"
)
_COMMAND = re.compile(
    r"\b(?:(uv)[\"',\s]+(?:sync|run|lock|export)|(poetry)[\"',\s]+(?:install|run|export)"
    r"|(pdm)[\"',\s]+(?:install|sync|run)|(pipenv)[\"',\s]+(?:install|sync|run)"
    r"|(pixi)[\"',\s]+(?:install|run)|(rye)[\"',\s]+(?:sync|run)|(hatch)[\"',\s]+(?:run|shell))\b"
)
_COMMAND_FILE = re.compile(
    r"(?:.*(?:docker|container)file.*|makefile|justfile|readme.*|.*\.sh|procfile|railway\.\w+"
    r"|render\.ya?ml|vercel\.json|nixpacks\.toml)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class InstallCommand:
    """A command in the project's own files that installs something.

    `target` is the requirements file it names; `builds_image` tells whether an image is built
    with it, which says more than a README.
    """

    manager: str
    target: str | None
    file: str
    line: int
    builds_image: bool


def locks_of(tree: Tree, root: str) -> dict[str, str]:
    """The managers that have a lock file in `root`, each with that file's name."""
    return {manager: name for name, manager in _LOCKS.items() if name in tree.names(root)}


def install_commands(tree: Tree, root: str) -> list[InstallCommand]:
    """The install commands in and above the project, those that build images first."""
    found: list[InstallCommand] = []
    places = {root, parent(root), "", join(root, "docker"), "docker", join(root, "scripts")}
    for place in sorted(places, key=lambda path: (path != root, path)):
        for name in sorted(tree.names(place)):
            if _COMMAND_FILE.match(name):
                found.extend(_commands_in(tree, root, join(place, name)))
    return sorted(found, key=lambda command: not command.builds_image)


def _commands_in(tree: Tree, root: str, path: str) -> Iterator[InstallCommand]:
    text = tree.text(path)[:MAX_COMMAND_TEXT]
    image = bool(re.search(r"(?:docker|container)file", basename(path), re.IGNORECASE))
    for match in _COMMAND.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield InstallCommand(next(filter(None, match.groups())), None, path, line, image)
    for match in _PIP_INSTALL.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield InstallCommand("pip", _target(tree, root, path, match[1]), path, line, image)


def _target(tree: Tree, root: str, path: str, written: str) -> str:
    """The file that a command installs from, its own directory or the root being the start."""
    inner = written.lstrip("/")
    for start in (parent(path), root):
        for candidate in (inner, basename(inner)):
            target = resolve(start, candidate)
            if tree.has_file(target):
                return target
    return inner


def find_manager(
    tree: Tree, root: str, manifest: Manifest, beside: list[Manifest]
) -> tuple[str, Reason]:
    """The tool that installs from `manifest`, with the reason.

    In this order: the kind of file, lock files, the tool's own table, commands, a requirements
    file beside it, the build backend.
    """
    file = relative(manifest.file, root)
    if manifest.kind != "pyproject":
        return _OF_KIND[manifest.kind], Reason("dependency_manager", "the kind of file", file, 1)
    commands = install_commands(tree, root)
    locks = locks_of(tree, root)
    locked = _of_locks(manifest, locks, commands)
    if locked:
        text = "its lock file is here"
        return locked, Reason("dependency_manager", text, locks[locked], 1)
    tabled = _of_tables(manifest)
    if tabled:
        return tabled, Reason("dependency_manager", f"the table tool.{tabled}", file, 1)
    command = next((c for c in commands if c.manager != "pip"), None)
    if command:
        where = relative(command.file, root)
        text = f"a command of {command.manager}"
        return command.manager, Reason("dependency_manager", text, where, command.line)
    other = next((m for m in beside if m.kind == "requirements" and "fastapi" in m.declared), None)
    if other:
        where = relative(other.file, root)
        return "pip", Reason("dependency_manager", "a requirements file", where, 1)
    manager, text = _of_backend(tree, root, manifest)
    return manager, Reason("dependency_manager", text, file, 1)


def _of_locks(
    manifest: Manifest, locks: dict[str, str], commands: list[InstallCommand]
) -> str | None:
    """The manager whose lock file is there; of several, the one that commands and tables name."""
    locked = [name for name in ("uv", "poetry", "pdm", "pixi", "rye") if name in locks]
    if len(locked) <= 1:
        return next(iter(locked), None)
    tools = manifest.table("tool")
    own = [name for name in locked if name in tools]
    said = [command.manager for command in commands if command.manager in (own or locked)]
    return next(iter(said), next(iter(own), locked[0]))


def _of_tables(manifest: Manifest) -> str | None:
    tools = manifest.table("tool")
    if manifest.is_poetry or manifest.table("tool", "poetry", "dependencies"):
        return "poetry"
    named = next((name for name in ("pdm", "pixi", "rye") if name in tools), None)
    return named or ("uv" if set(manifest.table("tool", "uv")) - _WEAK_UV_KEYS else None)


def _of_backend(tree: Tree, root: str, manifest: Manifest) -> tuple[str, str]:
    build = manifest.table("build-system")
    backend = " ".join([*strings(build.get("build-backend")), *strings(build.get("requires"))])
    for part, manager in _OF_BACKEND.items():
        if part in backend:
            return manager, "the build backend"
    tools = manifest.table("tool")
    if "hatch" in tools:
        return "hatch", "the table tool.hatch"
    if "uv" in tools or manifest.table("dependency-groups"):
        return "uv", "dependency groups or the table tool.uv"
    if tree.has_file(join(root, ".python-version")):
        return "uv", ".python-version, and no build backend"
    return "setuptools", "no build backend is named, so it is setuptools"
