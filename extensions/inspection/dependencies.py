"""Choosing the file that lists the project's dependencies, and the tool that manages it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .facts import DependencyPlaces
from .manifests import Manifest, is_development_file, strings
from .tree import Tree, basename, join

_LOCKS = (
    ("uv.lock", "uv"), ("poetry.lock", "poetry"), ("pdm.lock", "pdm"), ("Pipfile.lock", "pipenv"),
    ("pixi.lock", "pixi"), ("requirements.lock", "rye"),
)  # fmt: skip
_RANK = {"pyproject": 0, "pipfile": 1, "requirements": 2, "pixi": 3, "setup": 4, "conda": 5}
_PIP_INSTALL = re.compile(r"pip3?[\"',\s]+install[^\n&|;]*?-r[\"',\s]*([\w./-]+)")


@dataclass(slots=True)
class Dependencies:
    """The dependency file of one project, with what else could be it."""

    manifest: Manifest | None = None
    manager: str = "none"
    others: list[Manifest] = field(default_factory=list[Manifest])
    sure: bool = True
    why: str = ""


def choose_dependencies(tree: Tree, root: str, manifests: list[Manifest]) -> Dependencies:
    """Pick the manifest that the project is installed from."""
    usable = [m for m in manifests if m.is_project]
    if not usable:
        return Dependencies()
    declaring = [m for m in usable if m.bound("fastapi")]
    pool = [m for m in declaring if m.declared.get("fastapi")] or declaring or usable
    plain = [m for m in pool if m.kind != "requirements" or not is_development_file(m.file)]
    pool = plain or pool
    locked = {manager for name, manager in _LOCKS if tree.has_file(join(root, name))}

    def rank(manifest: Manifest) -> tuple[int, int, int, str]:
        return (
            _RANK[manifest.kind],
            0 if basename(manifest.file) == "requirements.txt" else 1,
            len(basename(manifest.file)),
            manifest.file,
        )

    pool.sort(key=rank)
    chosen = pool[0]
    if "pipenv" in locked:
        chosen = next((m for m in pool if m.kind == "pipfile"), chosen)
    manager = manager_of(tree, root, chosen, locked)
    others = [m for m in pool if m is not chosen]
    return Dependencies(chosen, manager, others, why="it declares fastapi" if declaring else "")


def manager_of(tree: Tree, root: str, manifest: Manifest, locked: set[str]) -> str:
    """The tool that installs from `manifest`."""
    fixed = {
        "pipfile": "pipenv",
        "requirements": "pip",
        "pixi": "pixi",
        "setup": "setuptools",
        "conda": "pip",
    }
    if manifest.kind != "pyproject":
        return fixed[manifest.kind]
    tools = manifest.table("tool")
    backend = " ".join(strings(manifest.table("build-system").get("build-backend")))
    for tool in ("uv", "poetry", "pdm", "pixi", "rye"):
        if tool in locked:
            return tool
    for tool in ("poetry", "pdm", "pixi", "rye", "uv"):
        if tool in tools:
            return tool
    for part, tool in (("poetry", "poetry"), ("pdm", "pdm"), ("uv_build", "uv"), ("hatch", "hatch"),
                       ("setuptools", "setuptools")):  # fmt: skip
        if part in backend:
            return tool
    if "hatch" in tools:
        return "hatch"
    return "pip"


def places_of(manifest: Manifest | None, root: str, manifests: list[Manifest]) -> DependencyPlaces:
    """Where in the chosen file, or beside it, requirements are listed."""
    if manifest is None:
        return DependencyPlaces()
    file = manifest.file[len(root) + 1 :] if root else manifest.file
    style = {
        "pyproject": "poetry" if manifest.style == "poetry" else "pep621",
        "requirements": "requirements", "pipfile": "pipfile", "setup": "setup",
        "pixi": "pixi", "conda": "conda",
    }[manifest.kind]  # fmt: skip
    runtime = f"{file}#{manifest.runtime_table}" if manifest.runtime_table else file
    development = None
    if manifest.development_table:
        development = f"{file}#{manifest.development_table}"
    elif manifest.kind == "requirements":
        for other in manifests:
            if other.kind == "requirements" and re.search("dev|test", basename(other.file)):
                development = other.file[len(root) + 1 :] if root else other.file
                break
    return DependencyPlaces(style, runtime, development)  # type: ignore[arg-type]
