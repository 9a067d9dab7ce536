"""Reading pyproject.toml: PEP 621, dependency groups, and the tables of Poetry, PDM and others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..project_files.notation import pep440
from .facts import Bound
from .manifest import Manifest
from .toml_tables import Lines, read_toml, strings

if TYPE_CHECKING:
    from .tree import Tree

_GROUP_TABLES = (
    "dependency-groups", "tool.pdm.dev-dependencies", "project.optional-dependencies",
)  # fmt: skip


def read_pyproject(tree: Tree, path: str) -> Manifest:
    """Read every table that can declare a requirement."""
    tables, problem = read_toml(tree, path)
    manifest = Manifest(path, "pyproject", tables=tables, problem=problem)
    lines = Lines(tree.text(path) if tables else "")
    project, poetry = manifest.table("project"), manifest.table("tool", "poetry")
    manifest.is_project = bool(project or poetry or problem)
    if "dependencies" in project or (project and "dependencies" not in poetry):
        manifest.lists_runtime = True
        manifest.declare_list(manifest.declared, project.get("dependencies"), lines, "project")
    if "dependencies" in poetry:
        manifest.is_poetry = not manifest.lists_runtime
        manifest.lists_runtime = True
        manifest.declare_table(manifest.declared, lines, "tool.poetry.dependencies")
    _read_groups(manifest, lines)
    _read_poetry_groups(manifest, lines)
    for key in ("tool.pixi.dependencies", "tool.pixi.pypi-dependencies"):
        manifest.declare_table(manifest.optional, lines, key)
    for environment in manifest.table("tool", "hatch", "envs"):
        for key in ("dependencies", "extra-dependencies"):
            items = manifest.table("tool", "hatch", "envs", environment).get(key)
            manifest.declare_list(manifest.optional, items, lines, f"tool.hatch.envs.{environment}")
    for place, key in (("project", "requires-python"), ("tool.poetry.dependencies", "python")):
        value = manifest.table(*place.split(".")).get(key)
        if isinstance(value, str) and manifest.requires_python is None:
            manifest.requires_python = Bound(pep440(value), path, lines.key(key, place), value)
    return manifest


def _read_groups(manifest: Manifest, lines: Lines) -> None:
    for place in _GROUP_TABLES:
        for items in manifest.table(*place.split(".")).values():
            manifest.declare_list(manifest.optional, items, lines, place)
    for tool in ("uv", "rye"):
        items = manifest.table("tool", tool).get("dev-dependencies")
        manifest.declare_list(manifest.optional, items, lines, f"tool.{tool}")


def _read_poetry_groups(manifest: Manifest, lines: Lines) -> None:
    for group in manifest.table("tool", "poetry", "group"):
        place = f"tool.poetry.group.{group}.dependencies"
        manifest.declare_table(manifest.optional, lines, place)
    manifest.declare_table(manifest.optional, lines, "tool.poetry.dev-dependencies")


def requirement_files_of(manifest: Manifest) -> list[str]:
    """The requirement files that a `dynamic` list of dependencies is read from."""
    if "dependencies" not in strings(manifest.table("project").get("dynamic")):
        return []
    named: list[str] = []
    for keys in (
        ("tool", "setuptools", "dynamic", "dependencies"),
        ("tool", "hatch", "metadata", "hooks", "requirements_txt"),
    ):
        values = manifest.table(*keys)
        named += strings(values.get("file")) + strings(values.get("files"))
    return named
