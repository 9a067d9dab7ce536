"""Reading pyproject.toml: PEP 621, dependency groups, and the tables of Poetry, PDM and others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .facts import Bound
from .manifest import Manifest
from .specifiers import normalise, pep440
from .toml_tables import Lines, read_toml, strings

if TYPE_CHECKING:
    from .tree import Tree

_DEVELOPMENT_GROUPS = frozenset({"dev", "develop", "development", "test", "testing", "tests"})
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
        manifest.runtime_table = "project.dependencies"
        manifest.declare_list(manifest.declared, project.get("dependencies"), lines, "project")
    if "dependencies" in poetry:
        manifest.is_poetry = not manifest.runtime_table
        manifest.runtime_table = manifest.runtime_table or "tool.poetry.dependencies"
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
        for group, items in manifest.table(*place.split(".")).items():
            manifest.declare_list(manifest.optional, items, lines, place)
            _note_development(manifest, group, f"{place}.{group}")
    for tool in ("uv", "rye"):
        items = manifest.table("tool", tool).get("dev-dependencies")
        if items is not None:
            manifest.declare_list(manifest.optional, items, lines, f"tool.{tool}")
            _note_development(manifest, "dev", f"tool.{tool}.dev-dependencies")


def _read_poetry_groups(manifest: Manifest, lines: Lines) -> None:
    places = {
        group: f"tool.poetry.group.{group}.dependencies"
        for group in manifest.table("tool", "poetry", "group")
    }
    if manifest.table("tool", "poetry", "dev-dependencies"):
        places["dev"] = "tool.poetry.dev-dependencies"
    for group, place in places.items():
        manifest.declare_table(manifest.optional, lines, place)
        _note_development(manifest, group, place)


def _note_development(manifest: Manifest, group: str, place: str) -> None:
    """Keep the group that developers' tools are listed in: one called dev, else the first one.

    An extra is taken only where there is no group: groups are not published.
    """
    if normalise(group) not in _DEVELOPMENT_GROUPS:
        return
    known = manifest.development_table
    if known is None:
        manifest.development_table = place
        return
    known_group = known.removesuffix(".dependencies").rpartition(".")[2]
    is_extra = place.startswith("project.optional")
    if group == "dev" and known_group != "dev" and not is_extra:
        manifest.development_table = place


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
