"""Which file lists the dependencies, which tool manages it, and what it declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from extensions.inspection import Bound, DependencyPlaces
from tests.inspection.trees import APP, POETRY, PYPROJECT, inspect_files

if TYPE_CHECKING:
    from pathlib import Path

TOOLS_ONLY = "[tool.black]\nline-length = 100\n"
HATCHLING = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'

CHOICES: dict[str, tuple[dict[str, str | bytes], str | None, str]] = {
    "uv by its lock": ({"pyproject.toml": PYPROJECT, "uv.lock": ""}, "pyproject.toml", "uv"),
    "uv by its table": (
        {"pyproject.toml": f"{PYPROJECT}[tool.uv]\npackage = false\n"}, "pyproject.toml", "uv",
    ),
    "uv by a command": (
        {"pyproject.toml": PYPROJECT, "Dockerfile": "RUN uv sync --frozen\n"},
        "pyproject.toml", "uv",
    ),
    "poetry": ({"pyproject.toml": POETRY}, "pyproject.toml", "poetry"),
    "poetry with PEP 621": (
        {"pyproject.toml": PYPROJECT, "poetry.lock": ""}, "pyproject.toml", "poetry",
    ),
    "a requirements file beside a locked pyproject": (
        {"pyproject.toml": POETRY, "poetry.lock": "", "requirements.txt": "fastapi\n"},
        "pyproject.toml", "poetry",
    ),
    "an image that installs the requirements file": (
        {"pyproject.toml": POETRY, "requirements.txt": "fastapi\n",
         "Dockerfile": "RUN pip install --no-cache-dir -r /app/requirements.txt\n"},
        "requirements.txt", "pip",
    ),
    "pdm": ({"pyproject.toml": f"{PYPROJECT}[tool.pdm]\n"}, "pyproject.toml", "pdm"),
    "two locks and a table": (
        {"pyproject.toml": f"{PYPROJECT}[tool.pdm]\n", "pdm.lock": "", "uv.lock": ""},
        "pyproject.toml", "pdm",
    ),
    "pixi": ({"pyproject.toml": PYPROJECT, "pixi.toml": ""}, "pyproject.toml", "pixi"),
    "hatch": (
        {"pyproject.toml": f"{PYPROJECT}{HATCHLING}[tool.hatch.version]\n"},
        "pyproject.toml", "hatch",
    ),
    "a build backend and a requirements file": (
        {"pyproject.toml": f"{PYPROJECT}{HATCHLING}", "requirements.txt": "fastapi\n"},
        "pyproject.toml", "pip",
    ),
    "no build backend": ({"pyproject.toml": PYPROJECT}, "pyproject.toml", "setuptools"),
    "pip": ({"requirements.txt": "fastapi\n"}, "requirements.txt", "pip"),
    "pip beside a pyproject with only tool settings": (
        {"pyproject.toml": TOOLS_ONLY, "requirements.txt": "fastapi\n"}, "requirements.txt", "pip",
    ),
    "a pyproject that does not declare fastapi": (
        {"pyproject.toml": PYPROJECT.replace("fastapi", "other"), "requirements.txt": "fastapi\n"},
        "requirements.txt", "pip",
    ),
    "requirements in UTF-16": (
        {"requirements.txt": "fastapi==0.121.0\r\n".encode("utf-16")}, "requirements.txt", "pip",
    ),
    "requirements that are one -r line": (
        {"requirements.txt": "-r requirements/base.txt\n",
         "requirements/base.txt": "fastapi\n", "requirements/dev.txt": "-r base.txt\npytest\n"},
        "requirements.txt", "pip",
    ),
    "a directory of requirements": (
        {"requirements/prod.txt": "fastapi\n", "requirements/dev.txt": "-r prod.txt\npytest\n"},
        "requirements/prod.txt", "pip",
    ),
    "requirements.in and what is compiled from it": (
        {"requirements.in": "fastapi\n", "requirements.txt": "fastapi==0.121.0\n"},
        "requirements.in", "pip",
    ),
    "requirements inside the package": (
        {"app/requirements.txt": "fastapi\n", "app/users.py": "from app.main import app\n"},
        "app/requirements.txt", "pip",
    ),
    "pipenv": ({"Pipfile": '[packages]\nfastapi = "*"\n'}, "Pipfile", "pipenv"),
    "pipenv with exported requirements": (
        {"Pipfile": '[packages]\nfastapi = "*"\n', "requirements.txt": "fastapi\n"},
        "Pipfile", "pipenv",
    ),
    "pipenv with a lock beside a pyproject": (
        {"pyproject.toml": PYPROJECT, "Pipfile": '[packages]\nfastapi = "*"\n', "Pipfile.lock": ""},
        "Pipfile", "pipenv",
    ),
    "setuptools": (
        {"setup.py": "from setuptools import setup\n\nsetup(install_requires=['fastapi>=0.1'])\n"},
        "setup.py", "setuptools",
    ),
    "setup.cfg": (
        {"setup.cfg": "[metadata]\nname = x\n[options]\ninstall_requires =\n    fastapi>=0.1\n"},
        "setup.cfg", "setuptools",
    ),
    "a setup.py that is no setuptools file": (
        {"setup.py": "def setup():\n    pass\n\n\nsetup()\n", "requirements.txt": "fastapi\n"},
        "requirements.txt", "pip",
    ),
    "a setup.cfg with only tool settings": (
        {"setup.cfg": "[flake8]\nmax-line-length = 99\n", "requirements.txt": "fastapi\n"},
        "requirements.txt", "pip",
    ),
    "conda": (
        {"environment.yml": "dependencies:\n  - python=3.11\n  - fastapi=0.121\n"},
        "environment.yml", "pip",
    ),
    "nothing": ({}, None, "none"),
}  # fmt: skip


@pytest.mark.parametrize(("files", "file", "manager"), CHOICES.values(), ids=CHOICES.keys())
def test_dependency_file(
    files: dict[str, str | bytes], file: str | None, manager: str, tmp_path: Path
) -> None:
    facts = inspect_files(tmp_path, {"app/main.py": APP, **files})
    assert (facts.dependency_file, facts.dependency_manager) == (file, manager)


BOUNDS: dict[str, tuple[dict[str, str], Bound]] = {
    "PEP 621": (
        {"pyproject.toml": PYPROJECT},
        Bound(">=0.121", "pyproject.toml", 5, "fastapi>=0.121"),
    ),
    "an extra and a marker": (
        {"requirements.txt": "# web\nFastAPI[all] >=0.110, <0.116 ; python_version>'3'  # x\n"},
        Bound(
            ">=0.110,<0.116", "requirements.txt", 2,
            "FastAPI[all] >=0.110, <0.116 ; python_version>'3'",
        ),
    ),
    "Poetry's caret": (
        {"pyproject.toml": POETRY},
        Bound(">=0.121,<0.122", "pyproject.toml", 7, 'fastapi = "^0.121"'),
    ),
    "Poetry's table": (
        {"pyproject.toml": POETRY.replace('"^0.121"', '{extras = ["all"], version = "~0.110.2"}')},
        Bound(">=0.110.2,<0.111", "pyproject.toml", 7, 'fastapi = "~0.110.2"'),
    ),
    "Pipenv": (
        {"Pipfile": '[dev-packages]\nx = "*"\n\n[packages]\nfastapi = "==0.120.*"\n'},
        Bound("==0.120.*", "Pipfile", 5, 'fastapi = "==0.120.*"'),
    ),
    "conda": (
        {"environment.yml": "dependencies:\n  - pip:\n    - x\n  - fastapi=0.115\n"},
        Bound("==0.115.*", "environment.yml", 4, "fastapi=0.115"),
    ),
    "in an included file": (
        {"requirements.txt": "-r base.txt\n", "base.txt": "\nfastapi==0.1.0\n"},
        Bound("==0.1.0", "base.txt", 2, "fastapi==0.1.0"),
    ),
    "setup.py": (
        {"setup.py": "from setuptools import setup\nsetup(\n install_requires=['fastapi~=0.1'])"},
        Bound("~=0.1", "setup.py", 3, "fastapi~=0.1"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "bound"), BOUNDS.values(), ids=BOUNDS.keys())
def test_fastapi_bound(files: dict[str, str], bound: Bound, tmp_path: Path) -> None:
    assert inspect_files(tmp_path, {"app/main.py": APP, **files}).fastapi == bound


def test_a_bound_is_seen_from_the_project_not_from_the_repository(tmp_path: Path) -> None:
    facts = inspect_files(tmp_path, {"web/pyproject.toml": PYPROJECT, "web/app/main.py": APP})
    assert (facts.project_root, facts.dependency_file) == ("web", "pyproject.toml")
    assert facts.fastapi == Bound(">=0.121", "pyproject.toml", 5, "fastapi>=0.121")
    assert facts.requires_python == Bound(">=3.11", "pyproject.toml", 4, ">=3.11")


def test_requirements_of_the_application_come_before_those_of_groups(tmp_path: Path) -> None:
    groups = '[dependency-groups]\ndev = ["Pytest_Asyncio", "fastapi<1", {include-group = "x"}]\n'
    facts = inspect_files(tmp_path, {"app/main.py": APP, "pyproject.toml": PYPROJECT + groups})
    assert facts.requirements.keys() == {"fastapi", "uvicorn", "pytest-asyncio"}
    assert facts.requirements["fastapi"].specifier == ">=0.121"


POETRY_PYTHON = POETRY.replace("[tool.poetry.dependencies]", "[tool.poetry.dependencies] # x")
PYTHONS = {
    "PEP 621": ({"pyproject.toml": PYPROJECT}, ">=3.11"),
    "Poetry": ({"pyproject.toml": POETRY_PYTHON}, ">=3.11,<4"),
    "Pipenv": ({"Pipfile": '[packages]\nfastapi="*"\n[requires]\npython_version="3.9"'}, "==3.9.*"),
    "alternatives": (
        {"pyproject.toml": POETRY.replace('"^3.11"', '"~3.11 || ^3.13"')}, ">=3.11,<4",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "specifier"), PYTHONS.values(), ids=PYTHONS.keys())
def test_requires_python(files: dict[str, str], specifier: str, tmp_path: Path) -> None:
    facts = inspect_files(tmp_path, {"app/main.py": APP, **files})
    assert facts.requires_python is not None
    assert facts.requires_python.specifier == specifier


DEV = '["pytest"]\n'
PLACES = {
    "dependency groups": (
        {"pyproject.toml": f"{PYPROJECT}[dependency-groups]\ntest = {DEV}dev = {DEV}"},
        DependencyPlaces(
            "pep621", "pyproject.toml#project.dependencies", "pyproject.toml#dependency-groups.dev"
        ),
    ),
    "a group before an extra": (
        {"pyproject.toml": f"{PYPROJECT}[project.optional-dependencies]\ndev = {DEV}"
                           f"[dependency-groups]\ntest = {DEV}"},
        DependencyPlaces(
            "pep621", "pyproject.toml#project.dependencies", "pyproject.toml#dependency-groups.test"
        ),
    ),
    "an extra": (
        {"pyproject.toml": f"{PYPROJECT}[project.optional-dependencies]\nlint = []\ntest = {DEV}"},
        DependencyPlaces(
            "pep621", "pyproject.toml#project.dependencies",
            "pyproject.toml#project.optional-dependencies.test",
        ),
    ),
    "poetry": (
        {"pyproject.toml": f'{POETRY}[tool.poetry.group.dev.dependencies]\npytest = "*"\n'},
        DependencyPlaces(
            "poetry", "pyproject.toml#tool.poetry.dependencies",
            "pyproject.toml#tool.poetry.group.dev.dependencies",
        ),
    ),
    "pdm": (
        {"pyproject.toml": f"{PYPROJECT}[tool.pdm.dev-dependencies]\ntest = {DEV}"},
        DependencyPlaces(
            "pep621", "pyproject.toml#project.dependencies",
            "pyproject.toml#tool.pdm.dev-dependencies.test",
        ),
    ),
    "requirements": (
        {"requirements.txt": "fastapi\n", "requirements-dev.txt": "pytest\n"},
        DependencyPlaces("requirements", "requirements.txt", "requirements-dev.txt"),
    ),
    "pipenv": (
        {"Pipfile": '[packages]\nfastapi = "*"\n'},
        DependencyPlaces("pipfile", "Pipfile#packages", "Pipfile#dev-packages"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "places"), PLACES.values(), ids=PLACES.keys())
def test_dependency_places(files: dict[str, str], places: DependencyPlaces, tmp_path: Path) -> None:
    assert inspect_files(tmp_path, {"app/main.py": APP, **files}).dependency_places == places
