"""The commands that bring the layer's packages into a project's environment."""

from __future__ import annotations

import posixpath
import re
import tomllib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from ..project_files.lock_files import LOCK_FILES, recorded_command, text_of
from ..project_files.requirement_tables import read_spots
from ..project_files.requirements_txt import included
from ..project_paths import PathError, read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def outdated_lock(project: Path, manager: str, changed: Sequence[str]) -> str | None:
    """The lock file that does not know of the layer's packages, if there is one."""
    lock = LOCK_FILES.get(manager)
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
    extra, group = _development(project, manager) if name == "pyproject.toml" else (None, None)
    if manager == "uv":
        flags = f" --extra {extra}" if extra else f" --group {group}" if group != "dev" else ""
        return [f"uv sync{flags if extra or group else ''}"]
    if manager == "poetry":
        lock = ["poetry lock"] if (project / "poetry.lock").exists() else []
        return [*lock, f"poetry install{f' --extras {extra}' if extra else ''}"]
    if manager == "pdm":
        return [f"pdm install{f' -G {extra}' if extra else ''}"]
    if manager in _OTHERS:
        return _OTHERS[manager]
    if name in ("pyproject.toml", "setup.cfg", "setup.py"):
        target = f'".[{extra}]"' if extra else '".[dev]"' if name != "pyproject.toml" else "."
        return [f"pip install -e {target}{f' --group {group}' if group else ''}"]
    return []


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
    pip = "uv pip" if manager == "uv" else "pip"
    compiler = "uv pip compile" if manager == "uv" else "pip-compile"
    names = dict.fromkeys([dependency_file, *(name for name in changed if _is_list(name))])
    sources = [name for name in names if name.endswith(".in")]
    compiled = {name: f"{name.removesuffix('.in')}.txt" for name in sources}
    # What is compiled from a file that takes in another one holds that one's packages too.
    taken_in = {
        _beside(name, each) for name in sources for each in included(text_of(project, name))
    }
    targets = dict.fromkeys(compiled.get(name, name) for name in names if name not in taken_in)
    output = " -o {}" if manager == "uv" else ""
    model = next(
        (name for name in sources if recorded_command(text_of(project, compiled[name]))), ""
    )
    commands: list[str] = []
    for name in sources:
        command = f"{compiler} {name}{output.format(compiled[name])}"
        if recorded := recorded_command(text_of(project, compiled[name])):
            command = recorded
        elif model:
            recorded = recorded_command(text_of(project, compiled[model])) or ""
            command = _for_another(recorded, (model, name), (compiled[model], compiled[name]))
        commands.append(command)
    return [*commands, f"{pip} install {' '.join(f'-r {name}' for name in targets)}"]


def _for_another(command: str, *names: tuple[str, str]) -> str:
    """The command for another pair of files, with the same options."""
    for old, new in names:
        command = re.sub(rf"(?<![\w./-]){re.escape(old)}(?![\w-])", new, command)
    return command


def _beside(name: str, other: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), other))


def _is_list(name: str) -> bool:
    return name.endswith((".txt", ".in"))


def _development(project: Path, manager: str) -> tuple[str | None, str | None]:
    """The extra, or else the group, that holds what the tests need."""
    try:
        data = tomllib.loads((read(project, "pyproject.toml") or b"").decode("utf-8-sig"))
    except (PathError, ValueError):
        return None, None
    for spot in read_spots(data, manager)[0]:
        listed: Any = data
        for key in spot.path:
            listed = listed[key]
        if spot.place == "dev" and any("pgserver" in str(item) for item in listed):
            if spot.path[:2] == ("project", "optional-dependencies"):
                return spot.path[2], None
            return (None, spot.path[1]) if spot.path[0] == "dependency-groups" else (None, None)
    return None, None
