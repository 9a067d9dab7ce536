"""Each variant that a copy can make: it is updated, and undone to what was there before."""

import shutil
from collections.abc import Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import copier
import pytest

from tests.support.adopted import CASES, EXTRAS, WITH_EVERYTHING
from tests.support.template import (
    FIRST_VERSION,
    PROJECTS,
    commit_all,
    git,
    release,
    snapshot_template,
    update_layer,
)

CHANGE = ("Close all connections;", "Close every connection;")
APP = "from fastapi import FastAPI\n\napp = FastAPI()\n"
FORMATS = {
    "Pipfile": '[packages]\nfastapi = "*"\n',
    "setup.cfg": "[metadata]\nname = shop\n\n[options]\ninstall_requires =\n    fastapi>=0.121\n",
    "setup.py": "from setuptools import setup\n\nsetup(install_requires=['fastapi'])\n",
    "environment.yml": "dependencies:\n  - fastapi\n",
    "requirements.in": "fastapi>=0.121\n",
    "requirements/base.txt": "fastapi>=0.121",
    "pyproject.toml, hatch": (
        '[project]\nname = "shop"\nversion = "1"\ndependencies = ["fastapi>=0.121"]\n\n'
        "[tool.hatch.envs.default]\n"
    ),
    "pyproject.toml, extras": (
        '[project]\nname = "shop"\nversion = "1"\ndependencies = [\n    "fastapi>=0.121"\n]\n\n'
        '[project.optional-dependencies]\ndev = ["pytest"]\n'
    ),
    "pyproject.toml, rye": (
        '[project]\nname = "shop"\nversion = "1"\ndependencies = ["fastapi>=0.121"]\n\n'
        "[tool.rye]\nmanaged = true\ndev-dependencies = []\n"
    ),
    "pyproject.toml, pixi": (
        '[project]\nname = "shop"\nversion = "1"\ndependencies = ["fastapi>=0.121"]\n\n'
        '[tool.pixi.workspace]\nchannels = ["conda-forge"]\nplatforms = ["linux-64"]\n'
    ),
    "pyproject.toml, poetry 1": (
        '[tool.poetry]\nname = "shop"\nversion = "1"\n\n'
        '[tool.poetry.dependencies]\npython = "^3.11"\nfastapi = ">=0.121"\n'
    ),
    "": "",
}
"""Dependency files that none of the projects has."""
VARIANTS: dict[str, tuple[str, Mapping[str, Any]]] = {
    **{case.name: (case.project or case.name, case.answers) for case in CASES},
    "everything": ("uv-app", WITH_EVERYTHING.answers),
    "supabase with everything": (
        "supabase-notes",
        {"db_auth_tables": True, "db_extras": EXTRAS, "db_models": "Note: owner -> User, body str"},
    ),
    "beside": ("sync-sqlalchemy", {"db_existing": "beside"}),
    "beside on supabase": ("sync-sqlalchemy", {"db_existing": "beside", "db_type": "supabase"}),
    "least": (
        "poetry-src",
        {"db_extras": [], "db_example_model": False, "db_wire_app": False},
    ),
    **{f"of {name or 'no dependency file'}": (name, {}) for name in FORMATS},
}


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template with a version after its first."""
    template = snapshot_template(tmp_path_factory.mktemp("versions") / "template")
    release(template, "v1.1.0", database=CHANGE)
    return template


@pytest.fixture(scope="module")
def newest(versions: Path) -> Any:  # noqa: ANN401 - a module
    """The newest version's own code, as an undo loads it."""
    spec = spec_from_file_location("newest_version", versions / "extensions/existing_project.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.load("conversation.undo_or_update")


def make_project(name: str, directory: Path) -> Path:
    if (PROJECTS / name).is_dir() and name:
        shutil.copytree(PROJECTS / name, directory)
    else:
        (directory / "shop").mkdir(parents=True)
        (directory / "shop" / "__init__.py").touch()
        (directory / "shop" / "main.py").write_text(APP)
        file = directory / name.partition(",")[0]
        if name:
            file.parent.mkdir(exist_ok=True)
            file.write_text(FORMATS[name])
    git(directory, "init", "--quiet", "--initial-branch=main")
    commit_all(directory, "Project")
    return directory


# What updates and undoes most, and what has a layer of its own.
BY_DEFAULT = {"everything", "supabase with everything", "beside", "of no dependency file"}


@pytest.mark.parametrize(
    "variant",
    [
        pytest.param(name, marks=[] if name in BY_DEFAULT else pytest.mark.thorough)
        for name in VARIANTS
    ],
)
def test_update_and_undo(versions: Path, newest: Any, tmp_path: Path, variant: str) -> None:  # noqa: ANN401
    name, answers = VARIANTS[variant]
    project = make_project(name, tmp_path / "project")
    copier.run_copy(
        str(versions),
        project,
        data=dict(answers),
        vcs_ref=FIRST_VERSION,
        defaults=True,
        unsafe=True,
        quiet=True,
    )
    commit_all(project, "Add the database layer")

    update_layer(project)
    updated = git(project, "diff", "--name-only").splitlines()
    text, failed = newest._undo(project, newest.read_answers(project))
    git(project, "add", "--all")

    assert len(updated) == 2
    assert any(path.endswith("/database.py") or path == "database.py" for path in updated)
    assert not failed, text
    assert "Kept" not in text
    assert "Not found" not in text
    assert git(project, "diff", "--cached", "--stat", "HEAD^") == ""
    assert not list((project).rglob("*.tmp"))
