"""All that can be chosen for PostgreSQL at once, tried from inside the adopted project."""

import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.adopted import WITH_EVERYTHING
from tests.support.environments import Environment
from tests.support.template import copy_with_layer

pytestmark = pytest.mark.long

INSIDE = Path(__file__).parent / "inside" / "everything"
OWNER = """
import asyncio, os, asyncpg

async def main():
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    name = await connection.fetchval("SELECT current_database()")
    await connection.execute(f"CREATE ROLE {name} LOGIN; ALTER DATABASE {name} OWNER TO {name}")
    print(name)

asyncio.run(main())
"""
CHANGE = """
import asyncio
from sqlalchemy import text
from app.database import session_scope

async def main():
    async with session_scope() as session:
        await session.execute(text("UPDATE customers SET name = 'changed' WHERE name = 'name 2'"))
        await session.execute(text("DELETE FROM genres WHERE name = 'novel'"))

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def project(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that has everything."""
    directory = tmp_path_factory.mktemp("everything") / "project"
    return copy_with_layer(template, WITH_EVERYTHING.project, directory, **WITH_EVERYTHING.answers)


@pytest.fixture(scope="module")
def environment(project: Path, environments: Path) -> Environment:
    """What the project declares."""
    return WITH_EVERYTHING.environment(environments, project)


def test_all_tests_pass(project: Path, environment: Environment) -> None:
    for file in (*INSIDE.glob("test_*.py"), INSIDE.parent / "fixtures.py"):
        shutil.copy(file, project / "tests" / "database")

    done = environment.run(
        *["-m", "pytest", "tests/database", "-p", "tests.database.fixtures"],
        *["-p", "no:cacheprovider"],
        cwd=project,
    )

    assert " skipped" not in done.stdout


@pytest.mark.thorough
def test_seeds(project: Path, environment: Environment, new_database: Callable[[], str]) -> None:
    variables = {"DATABASE_URL": new_database()}
    seeds = ["-m", "app.seeds"]

    def run(*command: str) -> str:
        return environment.run(*command, cwd=project, variables=variables).stdout

    with pytest.raises(AssertionError, match=r"Nothing was saved: .*does not exist\. Have"):
        run(*seeds)
    run("-m", "alembic", "revision", "--autogenerate")
    run("-m", "alembic", "upgrade", "head")

    assert run(*seeds, "production").splitlines()[-1].split() == ["production", "3", "3", "changed"]
    first, second = run(*seeds), run(*seeds)
    run("-c", CHANGE)
    third = run(*seeds)

    assert first.splitlines()[-1].split() == ["development", "36", "33", "changed"]
    assert second.splitlines()[-1].split() == ["development", "36", "0", "changed"]
    assert [line.split() for line in third.splitlines() if "0 changed" not in line] == [
        ["genres", "3", "1", "changed"],
        ["customers", "3", "1", "changed"],
        ["development", "36", "2", "changed"],
    ]
    variables["ENVIRONMENT"] = "production"
    with pytest.raises(AssertionError, match="Nothing was saved, as ENVIRONMENT is production"):
        run(*seeds)
    assert "0 changed" in run(*seeds, "--anyway").splitlines()[-1]
    variables["ENVIRONMENT"] = "development"
    variables["DATABASE_MIGRATION_URL"] = "postgresql://u:p@db.example.com/app"
    with pytest.raises(AssertionError, match=r"Nothing was saved, as db\.example\.com is not this"):
        run(*seeds)

    # Somebody else's first migration, with a login that may not create extensions.
    url = new_database()
    owner = environment.run("-c", OWNER, cwd=project, variables={"DATABASE_URL": url}).stdout
    netloc = f"{owner.strip()}@{urlsplit(url).netloc.rpartition('@')[2]}"
    variables = {"DATABASE_URL": urlsplit(url)._replace(netloc=netloc).geturl()}
    with pytest.raises(AssertionError) as refused:
        run("-m", "alembic", "upgrade", "head")
    assert "Traceback" not in str(refused.value)
    assert (
        'permission denied to create extension "vector". Have a superuser run: '
        "CREATE EXTENSION IF NOT EXISTS vector\n"
    ) in str(refused.value)
