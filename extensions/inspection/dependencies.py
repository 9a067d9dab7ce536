"""Choosing the file that lists the project's dependencies, and the tool that manages it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .facts import DependencyPlaces, DependencyStyle, Reason
from .manifests import Manifest, is_development_file, strings
from .tree import Tree, basename, join, parent, relative, resolve

_LOCKS = (
    ("uv.lock", "uv"), ("poetry.lock", "poetry"), ("pdm.lock", "pdm"), ("Pipfile.lock", "pipenv"),
    ("pixi.lock", "pixi"), ("pixi.toml", "pixi"), ("requirements.lock", "rye"),
)  # fmt: skip
_RANK = {"pyproject": 0, "pipfile": 1, "requirements": 2, "pixi": 3, "setup": 4, "conda": 5}
_MANAGER_OF_KIND = {
    "pipfile": "pipenv", "requirements": "pip", "pixi": "pixi", "setup": "setuptools",
    "conda": "pip",
}  # fmt: skip
_MANAGER_OF_BACKEND = (
    ("poetry", "poetry"), ("pdm", "pdm"), ("uv_build", "uv"), ("hatch", "hatch"),
    ("setuptools", "setuptools"),
)  # fmt: skip
_PIP_INSTALL = re.compile(
    r"pip3?[\"',\s]+(?:install|sync)\b[^\n]*?(?:-r|--requirements?)[\"',=\s]*([\w./-]+)"
)
_MANAGER_COMMAND = re.compile(
    r"\b(?:(uv)[\"',\s]+(?:sync|run|lock|export)|(poetry)[\"',\s]+(?:install|run|export)"
    r"|(pdm)[\"',\s]+(?:install|sync|run)|(pipenv)[\"',\s]+(?:install|sync|run)"
    r"|(pixi)[\"',\s]+(?:install|run)|(rye)[\"',\s]+(?:sync|run)|(hatch)[\"',\s]+(?:run|shell))\b"
)
_COMMAND_NAMES = re.compile(
    r"(?:.*(?:docker|container)file.*|makefile|justfile|readme.*|.*\.sh|procfile|railway\.\w+"
    r"|render\.ya?ml|vercel\.json|nixpacks\.toml)$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Dependencies:
    """The dependency file of one project, with what else could be it."""

    manifest: Manifest | None = None
    manager: str = "none"
    others: list[Manifest] = field(default_factory=list[Manifest])
    sure: bool = True
    reasons: list[Reason] = field(default_factory=list[Reason])


@dataclass(frozen=True, slots=True)
class _Command:
    """A command in the project's own files that installs something."""

    manager: str
    target: str | None
    file: str
    line: int
    heavy: bool


def choose_dependencies(tree: Tree, root: str, manifests: list[Manifest]) -> Dependencies:
    """Pick the manifest that the project is installed from."""
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
    commands = list(_commands(tree, root))
    locks = {manager: name for name, manager in _LOCKS if tree.has_file(join(root, name))}
    pool.sort(key=lambda m: _rank(m, root))
    chosen, why = _decide(pool, locks, commands)
    manager, manager_why = _manager(tree, root, chosen, locks, commands, manifests)
    bound = chosen.bound("fastapi")
    text = why or ("it declares fastapi" if bound else "nothing else lists dependencies")
    line = bound.line if bound and bound.file == chosen.file else 1
    reasons = [Reason("dependency_file", text, relative(chosen.file, root), line), manager_why]
    others = [manifest for manifest in pool if manifest is not chosen]
    return Dependencies(chosen, manager, others, sure=True, reasons=reasons)


def _is_for_developers(manifest: Manifest) -> bool:
    return manifest.kind == "requirements" and is_development_file(manifest.file)


def _rank(manifest: Manifest, root: str) -> tuple[int, int, int, str]:
    name = basename(manifest.file)
    outside = manifest.file.count("/") - root.count("/")
    plain = 0 if name in {"requirements.txt", "pyproject.toml", "base.txt", "prod.txt"} else 1
    # Of requirements.in and the requirements.txt compiled from it, people edit the former.
    compiled = 0 if name == "requirements.in" else 1
    return (_RANK[manifest.kind], outside, min(plain, compiled) * 2 + compiled, manifest.file)


def _decide(
    pool: list[Manifest], locks: dict[str, str], commands: list[_Command]
) -> tuple[Manifest, str]:
    """Among files that all declare FastAPI: what a lock file or an image's build installs."""
    first = pool[0]
    if len(pool) == 1:
        return first, ""
    if "pipenv" in locks:
        pipfile = next((m for m in pool if m.kind == "pipfile"), None)
        if pipfile:
            return pipfile, f"{locks['pipenv']} is beside it"
    if first.kind == "pyproject" and {"uv", "poetry", "pdm", "pixi", "rye"} & locks.keys():
        return first, ""
    if first.kind == "pyproject" and any(c.target is None and c.heavy for c in commands):
        return first, ""
    for command in commands:
        wanted = next((m for m in pool if command.heavy and m.file == command.target), None)
        if wanted and first.kind == "pyproject" and _is_poetry(first):
            return wanted, f"{command.file}:{command.line} installs it"
    return first, ""


def _is_poetry(manifest: Manifest) -> bool:
    return bool(manifest.table("tool", "poetry"))


def _commands(tree: Tree, root: str) -> list[_Command]:
    """The install commands in and above the project, those that build images first."""
    found: list[_Command] = []
    places = {root, parent(root), "", join(root, "docker"), "docker", join(root, "scripts")}
    for place in sorted(places, key=lambda p: (p != root, p)):
        for name in sorted(tree.names(place)):
            if not _COMMAND_NAMES.match(name):
                continue
            path = join(place, name)
            text = tree.text(path)[:60_000]
            heavy = "dockerfile" in name.lower() or "containerfile" in name.lower()
            for match in _MANAGER_COMMAND.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                manager = next(filter(None, match.groups()))
                found.append(_Command(manager, None, path, line, heavy))
            for match in _PIP_INSTALL.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                target = _target(tree, root, place, match[1])
                found.append(_Command("pip", target, path, line, heavy))
    return sorted(found, key=lambda command: not command.heavy)


def _target(tree: Tree, root: str, place: str, written: str) -> str:
    """The file that a command installs from, its own directory or the root being the start."""
    inner = written.lstrip("/")
    for start in (place, root):
        for candidate in (inner, basename(inner)):
            path = resolve(start, candidate)
            if tree.has_file(path):
                return path
    return inner


def _manager(
    tree: Tree,
    root: str,
    manifest: Manifest,
    locks: dict[str, str],
    commands: list[_Command],
    manifests: list[Manifest],
) -> tuple[str, Reason]:
    """The tool that installs from `manifest`, with the reason."""
    file = relative(manifest.file, root)

    def because(manager: str, text: str, at: str = file, line: int = 1) -> tuple[str, Reason]:
        return manager, Reason("dependency_manager", text, at, line)

    if manifest.kind != "pyproject":
        return because(_MANAGER_OF_KIND[manifest.kind], "by the kind of file")
    tools = manifest.table("tool")
    poetry = bool(manifest.table("tool", "poetry", "dependencies")) or manifest.style == "poetry"
    candidates = [name for name in ("uv", "poetry", "pdm", "pixi", "rye") if name in locks]
    if len(candidates) > 1:
        own = [name for name in candidates if name in tools or (name == "poetry" and poetry)]
        said = [command.manager for command in commands if command.manager in candidates]
        preferred = next((name for name in said if not own or name in own), None)
        candidates = [preferred] if preferred else own or candidates
    if candidates:
        name = candidates[0]
        return because(name, "its lock file is here", locks[name])
    if poetry:
        return because("poetry", "the table tool.poetry")
    for name in ("pdm", "pixi", "rye"):
        if name in tools:
            return because(name, f"the table tool.{name}")
    uv = manifest.table("tool", "uv")
    if uv and set(uv) - {"sources", "pip", "index"}:
        return because("uv", "the table tool.uv")
    command = next((c for c in commands if c.manager != "pip"), None)
    if command:
        return because(command.manager, "a command", relative(command.file, root), command.line)
    if any(m.kind == "requirements" and "fastapi" in m.declared for m in manifests):
        return because("pip", "a requirements file is beside it")
    backend = " ".join(strings(manifest.table("build-system").get("build-backend")))
    backend += " ".join(strings(manifest.table("build-system").get("requires")))
    for part, name in _MANAGER_OF_BACKEND:
        if part in backend:
            return because(name, "the build backend")
    if "hatch" in tools:
        return because("hatch", "the table tool.hatch")
    if uv or manifest.table("dependency-groups") or tree.has_file(join(root, ".python-version")):
        return because("uv", "dependency groups or .python-version, and no build backend")
    return because("setuptools", "no build backend is named, so it is setuptools")


def places_of(manifest: Manifest | None, root: str, manifests: list[Manifest]) -> DependencyPlaces:
    """Where in the chosen file, or beside it, requirements are listed."""
    if manifest is None:
        return DependencyPlaces()
    file = relative(manifest.file, root)
    style: DependencyStyle = "pep621"
    if manifest.kind != "pyproject":
        style = manifest.kind
    elif manifest.style == "poetry":
        style = "poetry"
    runtime = f"{file}#{manifest.runtime_table}" if manifest.runtime_table else file
    development = None
    if manifest.development_table:
        development = f"{file}#{manifest.development_table}"
    elif manifest.kind == "requirements":
        wanted = re.compile(r"dev|test|local", re.IGNORECASE)
        beside = [m for m in manifests if m.kind == "requirements" and m is not manifest]
        development = next(
            (relative(m.file, root) for m in beside if wanted.search(basename(m.file))), None
        )
    return DependencyPlaces(style, runtime, development)
