"""A project that is locked below what the layer needs, renewed by the manager's own commands.

uv and pip-tools by default; `TEST_MANAGERS=poetry,pdm,pipenv` tries the others, which take longer.
"""

import os
import subprocess
from pathlib import Path

import pytest

from extensions.adoption.install_commands import install_commands
from extensions.project_files.lock_files import outdated, read_locks
from tests.support.template import add_layer

pytestmark = pytest.mark.long

NEEDS = ["alembic>=1.20.1", "fastapi>=0.121", "pydantic-settings>=2.2"]
OLD = {"fastapi": "0.115.12", "alembic": "1.13.3", "pydantic-settings": "2.1.0"}
APP = "from fastapi import FastAPI\n\napp = FastAPI()\n"
PROJECT = (
    '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.10"\n'
    'dependencies = ["fastapi>=0.115", "alembic", "pydantic-settings>=2.0"]\n'
)
POETRY = (
    '[tool.poetry]\npackage-mode = false\n\n[tool.poetry.dependencies]\npython = ">=3.10,<4"\n'
    'fastapi = ">=0.115"\nalembic = "*"\npydantic-settings = ">=2.0"\n'
)
PIPFILE = '[packages]\nfastapi = ">=0.115"\nalembic = "*"\npydantic-settings = ">=2.0"\n'
PIP_COMPILE = "pip-compile --no-emit-find-links --no-emit-index-url --strip-extras requirements.in"

PROJECTS = {
    "uv": ("pyproject.toml", PROJECT, ["uv lock"]),
    "pip-tools": (
        *("requirements.in", "fastapi>=0.115\nalembic\npydantic-settings>=2.0\n"),
        [PIP_COMPILE],
    ),
    "poetry": ("pyproject.toml", POETRY, ["poetry lock"]),
    "pdm": ("pyproject.toml", f"{PROJECT}\n[tool.pdm]\ndistribution = false\n", ["pdm lock"]),
    "pipenv": ("Pipfile", PIPFILE, ["pipenv lock"]),
}
TRIED = os.environ.get("TEST_MANAGERS", "uv,pip-tools").split(",")
# Its own bound admits a cache library of another major version, with which it does not start.
WITH = {"pdm": ["--with", "hishel<2"]}
if "POETRY_PYPI_MIRROR_URL" in os.environ:
    # Poetry asks PyPI for each release by an interface that mirrors do not have.
    WITH["poetry"] = ["--with", "poetry-plugin-pypi-mirror"]


def run(manager: str, command: str, project: Path) -> None:
    """Run a command as it is printed; the managers themselves come from PyPI."""
    words = command.split()
    if manager != "uv" and words[0] != "uv":
        words = ["uv", "tool", "run", "--quiet", "--from", manager, *WITH.get(manager, []), *words]
    hidden = ("VIRTUAL_ENV", "PYTHONPATH")
    variables = {name: value for name, value in os.environ.items() if name not in hidden}
    variables |= {"PIPENV_VENV_IN_PROJECT": "1", "POETRY_VIRTUALENVS_IN_PROJECT": "1"}
    done = subprocess.run(
        words, cwd=project, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize(
    "manager",
    [TRIED[0], *(pytest.param(name, marks=pytest.mark.thorough) for name in TRIED[1:])],
)
def test_a_lock_below_the_floors(template: Path, tmp_path: Path, manager: str) -> None:
    name, content, lock = PROJECTS[manager]
    project = tmp_path / "shop"
    (project / "app").mkdir(parents=True)
    (project / "app" / "__init__.py").touch()
    (project / "app" / "main.py").write_text(APP)
    pinned = content
    for package, version in OLD.items():
        for written in (f'{package} = ">=0.115"', f'{package} = ">=2.0"', f'{package} = "*"'):
            pinned = pinned.replace(written, f'{package} = "=={version}"')
        for written in (f"{package}>=0.115", f"{package}>=2.0", f'"{package}"', f"\n{package}\n"):
            pinned = pinned.replace(
                written, written.replace(written.strip('"\n'), f"{package}=={version}")
            )
    (project / name).write_text(pinned)
    for command in lock:
        run(manager, command, project)
    (project / name).write_text(content)
    found = "pip" if manager == "pip-tools" else manager
    [old] = read_locks(project, found, name)
    assert [old.versions[package] for package in OLD] == [[version] for version in OLD.values()]

    add_layer(template, project)

    # As a person does who reads the warning, then the next steps.
    if manager != "pip-tools":
        run(manager, old.renewal, project)
    changed = [name, "requirements-dev.in"] if manager == "pip-tools" else [name]
    for command in install_commands(project, found, name, changed):
        if command.startswith("pip install"):
            run(manager, "uv venv --quiet", project)
            command = f"uv {command}"  # noqa: PLW2901
        run(manager, command, project)

    [new] = read_locks(project, found, name)
    assert list(outdated(new, NEEDS)) == []
    python = project / ".venv" / "bin" / "python"
    done = subprocess.run(
        [python, "-c", "import app.main, app.database"],
        cwd=project,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
