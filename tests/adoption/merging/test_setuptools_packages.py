"""Setuptools builds the same packages as before, as setuptools itself finds them."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from extensions.adoption.plan import make_plan
from extensions.conversation.default_answers import propose_all
from extensions.inspection import inspect_project
from tests.inspection.trees import APP, PYPROJECT, write_tree
from tests.support.environments import Environment, make_environment

SETUP_PY = "from setuptools import setup\nsetup(name='shop', install_requires=['fastapi']{})\n"
BUILD = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
FIND = "[tool.setuptools.packages.find]\n"
SHOP = {"shop/__init__.py": "", "shop/main.py": APP}
FILES = ("alembic/env.py", "alembic.ini", "tests/database/conftest.py", "shop/database.py")

MANIFESTS: dict[str, tuple[str, str]] = {
    "no package list": (BUILD, f'\n{FIND}include = ["shop*"]\n'),
    "no build backend": ("", f'\n{FIND}include = ["shop*"]\n'),
    "package data": (
        f'{BUILD}[tool.setuptools.package-data]\nshop = ["*.json"]\n',
        f'\n{FIND}include = ["shop*"]\n',
    ),
    "excludes alone": (
        f'{BUILD}{FIND}exclude = ["docs*"]\n',
        'exclude = ["docs*", "alembic*", "tests*"]\n',
    ),
    "nothing but a place": (
        f'{BUILD}{FIND}where = ["."]\n', 'exclude = ["alembic*", "tests*"]\n',
    ),
    "an include": (f'{BUILD}{FIND}include = ["shop*"]\n', ""),
    "a list": (f'{BUILD}[tool.setuptools]\npackages = ["shop"]\n', ""),
}  # fmt: skip


SCRIPT = """
from setuptools import Distribution
from setuptools.config.pyprojecttoml import apply_configuration

distribution = apply_configuration(Distribution(), "pyproject.toml")
distribution.set_defaults(name=False)
print(*distribution.packages)
"""


@pytest.fixture(scope="module")
def setuptools(environments: Path) -> Environment:
    """Setuptools, which knows what it would build."""
    return make_environment(environments, "setuptools", ["setuptools"])


def packages(setuptools: Environment, project: Path) -> set[str]:
    """The top-level packages that it finds."""
    found = setuptools.run("-W", "ignore", "-c", SCRIPT, cwd=project).stdout.split()
    return {name.partition(".")[0] for name in found}


@pytest.mark.parametrize(("settings", "added"), MANIFESTS.values(), ids=MANIFESTS.keys())
def test_pyproject(setuptools: Environment, tmp_path: Path, settings: str, added: str) -> None:
    manifest = PYPROJECT + settings
    project = write_tree(tmp_path, {"pyproject.toml": manifest, **SHOP})
    answers = propose_all(inspect_project(project), project)
    before = packages(setuptools, project)

    write_tree(project, dict.fromkeys(FILES, ""))
    if added.startswith("exclude"):
        assert packages(setuptools, project) == {"shop", "alembic", "tests"}
    elif added:
        with pytest.raises(AssertionError, match="Multiple top-level packages"):
            packages(setuptools, project)
    plan = make_plan(project, answers, FILES)

    [change] = [change for change in plan.changes if change.path.name == "pyproject.toml"]
    assert change.after.decode().replace("\n\n", "\n").count(added) >= bool(added)
    change.path.write_bytes(change.after)
    assert packages(setuptools, project) == before == {"shop"}
    assert "pyproject.toml" not in {
        change.path.name for change in make_plan(project, answers, FILES).changes
    }


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ({"setup.py": SETUP_PY.format("")}, 'find_packages(include=["shop*"])'),
        ({"setup.py": SETUP_PY.format(", packages=find_packages()")}, ""),
        ({"setup.cfg": "[options]\ninstall_requires =\n    fastapi\n"}, "include = shop*"),
        ({"setup.cfg": "[options]\npackages = find:\ninstall_requires =\n    fastapi\n"}, ""),
    ],
)
def test_other_manifests(tmp_path: Path, tree: Mapping[str, str], said: str) -> None:
    project = write_tree(tmp_path, {**SHOP, **tree})
    answers = propose_all(inspect_project(project), project)

    notes = [note for note in make_plan(project, answers, FILES).notes if "refuse" in note]

    assert [said in note for note in notes] == [True] * bool(said)
