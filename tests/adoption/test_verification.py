"""A copy that will not work is told of, with what to do."""

import ast
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path, PurePosixPath

import pytest
import yaml

from extensions.adoption.plan import make_plan
from extensions.answers import Answers
from extensions.verification.blocking_calls import blocking_calls
from extensions.verification.checks import Check, verify
from extensions.verification.strict_settings import strict_classes
from extensions.verification.trial_import import IMPORT, find_python, import_in_environment
from extensions.verification.unresolved_imports import unresolved_imports
from tests.support.adopted import CASES, ProjectCase
from tests.support.template import ANSWERS_FILE, copy_with_layer, git

LIMIT_SECONDS = 0.5
"""Several times what it takes, for a busy machine."""


@pytest.fixture(scope="module")
def adopted_projects(template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The projects with their layer; tests take a copy."""
    directory = tmp_path_factory.mktemp("adopted")
    return {
        case.name: copy_with_layer(template, case.name, directory / case.name) for case in CASES
    }


@pytest.fixture
def project(adopted_projects: dict[str, Path], tmp_path: Path) -> Path:
    """A project that may be broken."""
    return shutil.copytree(adopted_projects["uv-app"], tmp_path / "project")


def look(project: Path) -> list[Check]:
    answers = Answers.of(yaml.safe_load((project / ANSWERS_FILE).read_text(encoding="utf-8")))
    plan = make_plan(project, answers)
    return verify(project, answers, plan, imports=False, environ={})


def problems(project: Path) -> list[tuple[str, str]]:
    return [(check.level, check.advice) for check in look(project) if check.level != "ok"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_all_is_well(adopted_projects: dict[str, Path], case: ProjectCase) -> None:
    found = problems(adopted_projects[case.name])

    if case.name == "pip-flat":
        [(level, advice)] = found
        assert level == "warning"
        assert "cookbook/config.py, line 6: Config" in advice
        assert 'extra="ignore"' in advice
    else:
        assert found == []


def test_it_is_quick(project: Path) -> None:
    look(project)
    begin = time.process_time()

    look(project)

    assert time.process_time() - begin < LIMIT_SECONDS


def test_a_missing_file(project: Path) -> None:
    (project / "alembic" / "env.py").unlink()

    assert problems(project) == [
        ("failure", "alembic/env.py is not there: copy again, or restore it")
    ]


def test_a_module_that_does_not_compile(project: Path) -> None:
    (project / "app" / "database.py").write_text("def broken(:\n")

    [(level, advice), *_] = problems(project)

    assert level == "failure"
    assert "app/database.py does not compile" in advice
    assert "line 1" in advice


def test_a_name_that_is_gone(project: Path) -> None:
    urls = project / "app" / "database_kit" / "url.py"
    urls.write_text(urls.read_text().replace("def parse_database_url", "def other"))
    engine = project / "app" / "database_kit" / "engine.py"
    lines = engine.read_text().splitlines()
    line = next(n for n, text in enumerate(lines, 1) if "from app.database_kit.url" in text)

    found = problems(project)

    assert (
        "failure",
        f"app/database_kit/engine.py, line {line}: app.database_kit.url has no parse_database_url",
    ) in found


def test_a_module_that_hides_a_package(project: Path) -> None:
    (project / "asyncpg.py").touch()
    (project / "sqlalchemy").mkdir()
    (project / "sqlalchemy" / "__init__.py").touch()

    said = "\n".join(advice for _, advice in problems(project))

    assert "sqlalchemy/__init__.py hides the package sqlalchemy" in said


def test_an_exposed_env(project: Path) -> None:
    (project / ".env").write_text("DATABASE_URL=x\n")
    git(project, "add", "--force", ".env")
    (project / ".gitignore").write_text("")

    said = [advice for level, advice in problems(project) if level == "warning"]

    assert any(advice.startswith("git does not ignore .env") for advice in said)
    assert any("git rm --cached .env" in advice for advice in said)


def test_a_merge_that_is_gone(project: Path) -> None:
    manifest = project / "pyproject.toml"
    lines = manifest.read_text().splitlines(keepends=True)
    manifest.write_text("".join(line for line in lines if "asyncpg" not in line))

    [(level, advice)] = problems(project)

    assert level == "failure"
    assert advice.startswith('pyproject.toml lacks "asyncpg')


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import psycopg2", [(1, "psycopg2")]),
        ("from time import sleep\nsleep(1)", [(2, "time.sleep()")]),
        ("import time as t\nt.sleep(1)", [(2, "time.sleep()")]),
        ("from sqlalchemy import create_engine as c\nc('x')", [(2, "sqlalchemy.create_engine()")]),
        ("import sqlalchemy.orm\nsqlalchemy.orm.Session()", [(2, "sqlalchemy.orm.Session()")]),
        ("from sqlalchemy.orm import Session\nclass Mine(Session): ...", []),
        ("from asyncio import sleep\nsleep(1)", []),
        ("from sqlalchemy.ext.asyncio import create_async_engine as c\nc('x')", []),
    ],
)
def test_blocking_calls(source: str, found: list[tuple[int, str]]) -> None:
    assert list(blocking_calls(ast.parse(source))) == found


@pytest.mark.parametrize(
    ("body", "strict"),
    [
        ("model_config = SettingsConfigDict(env_file='.env')", True),
        ("model_config = {'env_file': ('.env', '.env.prod')}", True),
        ("model_config = SettingsConfigDict(env_file=ROOT / '.env')", True),
        ("model_config = SettingsConfigDict(env_file='.env', extra='forbid')", True),
        ("class Config:\n        env_file = '.env'", True),
        ("model_config = SettingsConfigDict(env_file='.env', extra='ignore')", False),
        ("model_config = SettingsConfigDict(env_file='other.txt')", False),
        ("model_config = SettingsConfigDict(env_file=None)", False),
        ("model_config = SettingsConfigDict(env_prefix='A_')", False),
        ("class Config:\n        env_file = '.env'\n        extra = 'allow'", False),
        ("model_config = SettingsConfigDict(env_file='.env')\n    DATABASE_URL: str", False),
    ],
)
def test_strict_settings(body: str, *, strict: bool) -> None:
    tree = ast.parse(f"class Settings(BaseSettings):\n    {body}\n")

    assert list(strict_classes(tree)) == ([(1, "Settings")] if strict else [])


def test_settings_that_inherit_leniency() -> None:
    tree = ast.parse(
        "class Base(BaseSettings):\n    model_config = {'extra': 'ignore'}\n"
        "class Settings(Base):\n    model_config = {'env_file': '.env'}\n"
    )

    assert list(strict_classes(tree)) == []


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("from app.there import name", None),
        ("from .there import name", None),
        ("from app import there", None),
        ("from app.namespace import inner", None),
        ("import app.there", None),
        ("import json, sqlalchemy.orm", None),
        ("from app.there import missing", "app.there has no missing"),
        ("import app.gone", "there is no module app.gone"),
        ("from . import gone", "app has no gone"),
    ],
)
def test_imports(tmp_path: Path, statement: str, message: str | None) -> None:
    (tmp_path / "src" / "app" / "namespace").mkdir(parents=True)
    (tmp_path / "src" / "app" / "__init__.py").touch()
    (tmp_path / "src" / "app" / "there.py").write_text("name: int = 1\n")
    (tmp_path / "src" / "app" / "namespace" / "inner.py").touch()

    trees = {"src/app/new.py": ast.parse(statement)}
    found = unresolved_imports(tmp_path, PurePosixPath("src"), trees)

    assert [message is not None and message in each for each in found] == [True] * bool(message)


def make_environment(project: Path, python: str = sys.executable) -> Path:
    """An environment that seems to have the packages; its interpreter is this one."""
    environment = project / ".venv"
    for name in ("fastapi", "sqlalchemy", "asyncpg", "alembic", "pydantic_settings"):
        (environment / "lib" / "python3.11" / "site-packages" / name).mkdir(parents=True)
    (environment / "pyvenv.cfg").touch()
    (environment / "bin").mkdir()
    (environment / "bin" / "python").symlink_to(python)
    return environment


def run_import(project: Path, *modules: str) -> str | None:
    return import_in_environment(project, PurePosixPath(), modules, environ=os.environ)


def test_importing_in_the_projects_environment(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").write_text('"""Mine."""\n\n__version__ = "1"\n')
    (tmp_path / "app" / "good.py").touch()
    (tmp_path / "app" / "bad.py").write_text("raise ValueError('no')\n")
    assert run_import(tmp_path, "app.bad") is None

    make_environment(tmp_path)

    assert run_import(tmp_path, "app.good") is None
    assert "app.bad: ValueError: no" in (run_import(tmp_path, "app.good", "app.bad") or "")
    assert not list(tmp_path.rglob("__pycache__"))


def test_no_code_of_the_applications_is_run(tmp_path: Path) -> None:
    make_environment(tmp_path)
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").write_text("from .main import app\n")
    (tmp_path / "app" / "main.py").write_text("open('ran', 'w')\n")
    (tmp_path / "app" / "bad.py").write_text("raise ValueError\n")

    assert run_import(tmp_path, "app.bad") is None
    assert not (tmp_path / "ran").exists()


def test_an_environment_that_came_with_the_project(tmp_path: Path) -> None:
    make_environment(tmp_path)
    git(tmp_path, "init", "--quiet")
    assert find_python(tmp_path, {}) is not None

    git(tmp_path, "add", "--force", ".venv/pyvenv.cfg")

    assert find_python(tmp_path, {}) is None


def test_an_environment_that_lacks_a_package(tmp_path: Path) -> None:
    environment = make_environment(tmp_path)
    assert find_python(tmp_path, {}) is not None
    assert find_python(tmp_path / "other", {"VIRTUAL_ENV": str(environment)}) is not None

    (environment / "lib" / "python3.11" / "site-packages" / "asyncpg").rmdir()

    assert find_python(tmp_path, {}) is None


def test_the_import_script_is_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-c", IMPORT, "/nowhere", "json"], check=False, capture_output=True
    )

    assert done.returncode == 0
