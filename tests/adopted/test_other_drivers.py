"""Projects whose sessions use another driver than asyncpg, or whose tables no migration makes."""

import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.desk import KIT, Desk
from tests.support.environments import make_environment
from tests.support.linters import RULES, silent
from tests.support.template import add_layer, changed_files, copy_project, git

pytestmark = [pytest.mark.long, pytest.mark.thorough]

SHELTER = """
import pytest
from httpx import AsyncClient
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shelter.models import Animal, Species

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("again", [1, 2])
async def test_each_sees_what_the_other_commits(
    client: AsyncClient, session: AsyncSession, again: int
) -> None:
    (await client.post("/animals", json={"name": "Rex"})).raise_for_status()
    session.add(Animal(name="Bello", species=Species.dog))
    await session.commit()

    assert len((await client.get("/animals")).json()) == 2
    assert await session.scalar(select(func.count()).select_from(Animal)) == 2
"""
AT_THE_START = """
import allotments.models
from allotments.database import create_tables, engine
create_tables()
with engine.begin() as connection:
    connection.exec_driver_sql("INSERT INTO plot (number, crops) VALUES ('A1', '{}')")
"""
ROWS = """
from allotments.database import engine
with engine.connect() as connection:
    print(connection.exec_driver_sql("SELECT count(*) FROM plot").scalar_one(), "plots")
"""
INCOMPLETE = """
from allotments.database import engine
with engine.begin() as connection:
    connection.exec_driver_sql("CREATE TABLE plot (id int)")
"""


def add(template: Path, place: Path, name: str, environments: Path) -> Desk:
    """Adopt a project, and make the environment that it declares."""
    project = add_layer(template, copy_project(name, place), db_existing="adopt")
    install = ["-r", "pyproject.toml", "--group", "dev"]
    environment = make_environment(environments, f"adopted-{name}", install, cwd=project)
    return Desk(project, environment)


def lint(desk: Desk) -> None:
    """Look at what was added, as linters of a project may."""
    status = changed_files(desk.project)
    files = [line[3:] for line in status if line.startswith("??") and line.endswith(".py")]
    silent("ruff", "check", "--isolated", "--no-cache", *RULES, *files, cwd=desk.project)
    silent("ruff", "format", "--isolated", "--line-length=79", "--diff", *files, cwd=desk.project)
    strict = ["--strict", "--config-file=", "--explicit-package-bases", "--cache-dir=/dev/null"]
    python = f"--python-executable={desk.environment.python}"
    silent("mypy", *strict, python, *files, cwd=desk.project)


def test_sync_sessions_stay(template: Path, tmp_path: Path, environments: Path) -> None:
    desk = add(template, tmp_path / "project", "sync-sqlalchemy", environments)
    # Whatever the settings say, the tests do not connect there.
    desk.variables["DATABASE_URL"] = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    changed = {line[3:] for line in changed_files(desk.project) if line.startswith(" M")}
    assert changed == {"pyproject.toml", "shelter/main.py"}
    url = desk.project / "shelter" / "db" / "database_kit" / "application_url.py"
    assert "make_url(settings.database_url)" in url.read_text(encoding="utf-8")
    mine = desk.project / "tests" / "database" / "test_mine.py"
    mine.write_text(SHELTER, encoding="utf-8")

    assert "20 passed" in desk.run(*KIT, "--record-differences")

    guide = (desk.project / "DATABASE.md").read_text(encoding="utf-8")
    assert "It converts less than psycopg" in guide


def test_tables_that_create_all_makes_get_a_history(
    template: Path, tmp_path: Path, environments: Path, new_database: Callable[[], str]
) -> None:
    desk = add(template, tmp_path / "project", "sqlmodel-create-all", environments)
    lint(desk)
    untouched = shutil.copytree(desk.project, tmp_path / "undone")
    desk.variables["POSTGRES_HOST"] = "nowhere.invalid"
    # Their own tests are on SQLite.
    both = [*KIT, "tests/test_plots.py", "-k", "plots or migrations or health"]
    assert "4 passed, 3 skipped" in desk.run(*both)

    kit = desk.project / "allotments" / "db" / "database_kit"
    advice = 'BASELINE = "uv run python -m allotments.db.database_kit.baseline"'
    assert advice in (kit / "diagnostics.py").read_text(encoding="utf-8")
    assert not (kit / "migrate.py").exists()

    desk.run("-m", "allotments.db.database_kit.baseline")

    again = desk.fails("-m", "allotments.db.database_kit.baseline")
    assert "the history has a baseline already" in again
    assert "6 passed" in desk.run(*KIT, "-k", "migrations or health", "--record-differences")
    differences = desk.project / "tests" / "database" / "known_differences.txt"
    assert differences.read_text(encoding="utf-8") == ""
    use(desk, new_database())
    desk.run("-c", AT_THE_START)
    desk.run("-m", "alembic", "upgrade", "head")
    assert "1 plots" in desk.run("-c", ROWS)
    assert "No new upgrade operations" in desk.run("-m", "alembic", "check")
    use(desk, new_database())
    desk.run("-c", INCOMPLETE)
    assert "the database lacks some tables" in desk.fails("-m", "alembic", "upgrade", "head")

    add_layer(template, untouched, db_undo=True)
    git(untouched, "add", "--all")
    assert git(untouched, "diff", "--stat", "--cached") == ""


def use(desk: Desk, url: str) -> None:
    """Let the settings lead to a database."""
    place = urlsplit(url)
    desk.variables.update(
        POSTGRES_USER=place.username or "",
        POSTGRES_PASSWORD=place.password or "",
        POSTGRES_HOST=place.hostname or "localhost",
        POSTGRES_PORT=f"{place.port or 5432}",
        # Its directory, where it listens on a socket.
        POSTGRES_DB=f"{place.path.lstrip('/')}?{place.query}",
    )
