"""A project keeps its own async layer, and gets tests, checks and commands for it."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from copier.errors import UserMessageError

from tests.support.desk import KIT, NAME, REVISION, Desk
from tests.support.linters import RULES, silent
from tests.support.template import (
    ANSWERS_FILE,
    PROJECTS,
    add_layer,
    changed_files,
    commit_all,
    copy_project,
    git,
    release,
    update_layer,
)

HARMFUL = '''"""harmful"""

from alembic import op

revision = "93d0c1a5e7f2"
down_revision = "6e02f5d81c44"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("tickets", "title")


def downgrade() -> None:
    raise NotImplementedError
'''
SQLMODEL = """
from sqlmodel import Field, SQLModel


class Agent(SQLModel, table=True):
    id: int = Field(primary_key=True)


class Ticket(SQLModel, table=True):
    id: int = Field(primary_key=True)
"""
RECYCLED = "recycle_seconds: PositiveInt = 900"
REQUESTS = """
from fastapi.testclient import TestClient
from sqlalchemy import select
from desk.database import SessionDep
from desk.main import app
from desk.models import Ticket


@app.get("/titles")
async def titles(session: SessionDep) -> list[str]:
    return list(await session.scalars(select(Ticket.title)))


with TestClient(app) as client:
    client.post("/tickets", json={"title": "Help"}).raise_for_status()
    print(client.get("/titles").json(), client.get("/health/database").json()["status"])
"""


@pytest.fixture(scope="session")
def adopted(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with what adopting adds."""
    project = copy_project(NAME, tmp_path_factory.mktemp(NAME) / "project")
    return add_layer(template, project, db_existing="adopt")


@pytest.fixture
def desk(
    adopted: Path, environments: Path, tmp_path: Path, new_database: Callable[[], str]
) -> Desk:
    """A copy of it, the environment that it declares, and an empty database."""
    return Desk.of(adopted, tmp_path / "project", environments, new_database())


def test_unasked_it_says_how(template: Path, tmp_path: Path) -> None:
    project = copy_project(NAME, tmp_path / "project")

    with pytest.raises(UserMessageError, match="Adopt it with -d db_existing=adopt"):
        add_layer(template, project)

    assert changed_files(project) == []


def test_only_the_application_and_the_requirements_change(adopted: Path) -> None:
    status = changed_files(adopted)

    assert {line[3:] for line in status if line.startswith(" M")} == {
        "desk/main.py",
        "pyproject.toml",
    }
    places = ("desk/database", "tests/database/", ".copier-answers.db.yml", "DATABASE.md")
    new = [line[3:] for line in status if line.startswith("??")]
    assert all(name.startswith(places) for name in new), new
    assert not (adopted / "desk" / "models").exists()
    kit = adopted / "desk" / "database_kit"
    models = (kit / "application_models.py").read_text(encoding="utf-8")
    assert "from desk.db.base import Base" in models
    assert '    "desk.models",\n' in models


def test_the_projects_own_linters_have_nothing_to_say(desk: Desk) -> None:
    status = changed_files(desk.project)
    files = [line[3:] for line in status if line.startswith("??") and line.endswith(".py")]
    narrow = ("--line-length=79", "--config", "lint.isort.split-on-trailing-comma=false")
    silent("ruff", "check", "--isolated", "--no-cache", *RULES, *narrow, *files, cwd=desk.project)
    for length in (79, 88, 100, 120):
        width = f"--line-length={length}"
        silent("ruff", "format", "--isolated", width, "--diff", *files, cwd=desk.project)
    silent(
        *[
            "mypy",
            "--strict",
            "--config-file=",
            "--explicit-package-bases",
            "--cache-dir=/dev/null",
        ],
        f"--python-executable={desk.environment.python}",
        *files,
        cwd=desk.project,
    )


def test_what_differed_is_known_and_what_is_new_is_judged(desk: Desk) -> None:
    # Whatever the settings say, the tests do not connect there.
    away = {"DESK_POSTGRES_DSN": "postgresql+asyncpg://nobody@127.0.0.1:1/none"}
    desk = Desk(desk.project, desk.environment, away)

    assert "18 passed" in desk.run(*KIT, "--record-differences")

    known = desk.project / "tests" / "database" / "known_differences.txt"
    [difference] = known.read_text(encoding="utf-8").splitlines()
    assert difference.startswith("op.drop_index")
    assert "one_lead" in difference
    desk.add_revision(HARMFUL)
    said = desk.fails(*KIT, "-k", "test_database_migrations")
    assert "3 failed" in said
    assert "93d0c1a5e7f2: ALTER TABLE tickets DROP COLUMN title: values are lost" in said
    assert "a revision would bring:" in said
    assert "6e02f5d81c44" not in said


def test_the_projects_own_tests_pass_beside_the_new_ones(desk: Desk) -> None:
    uses_both = """
import pytest
from httpx import AsyncClient
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from desk.models import Agent, Ticket

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("again", [1, 2])
async def test_all_in_one_transaction(
    client: AsyncClient, session: AsyncSession, again: int
) -> None:
    await client.post("/agents/Ada")
    await client.post("/tickets", json={"title": "Help"})

    for model in (Agent, Ticket):
        assert await session.scalar(select(func.count()).select_from(model)) == 1
"""
    (desk.project / "tests" / "database" / "test_mine.py").write_text(uses_both, encoding="utf-8")
    desk.run("-m", "alembic", "upgrade", "head")

    said = desk.run("-m", "pytest", "-q", "tests/database/test_mine.py", "tests/test_tickets.py")

    assert "5 passed" in said


def test_migrations_run_one_at_a_time_and_new_code_uses_the_models(desk: Desk) -> None:
    desk.add_revision(REVISION)

    assert "no timeout" in desk.fails("-m", "alembic", "upgrade", "head")
    desk.run("-m", "desk.database_kit.migrate", "upgrade", "head")

    assert "93d0c1a5e7f2 (head)" in desk.run("-m", "desk.database_kit.migrate", "current")
    doctor = desk.run("-m", "desk.database_kit.doctor")
    assert "at 93d0c1a5e7f2, the head" in doctor
    assert "no time zone in tickets.closed_at" in doctor
    assert "['Help'] ready" in desk.run("-c", REQUESTS)
    desk.variables.clear()
    assert "DESK_" not in doctor
    assert "postgres_dsn" in desk.fails("-m", "desk.database_kit.doctor")


@pytest.mark.long
@pytest.mark.thorough
def test_an_env_py_that_connects_by_the_applications_pool(desk: Desk) -> None:
    session = desk.project / "desk" / "db" / "session.py"
    text = session.read_text(encoding="utf-8")
    session.write_text(text.replace("pool_size=5", "pool_pre_ping=True"), encoding="utf-8")
    file = desk.project / "migrations" / "env.py"
    text = file.read_text(encoding="utf-8")
    before, _, rest = text.partition("    connectable = async_engine_from_config(")
    _, _, after = rest.partition("    async with")
    after = after.replace("    await connectable.dispose()\n", "")
    use = "    from desk.db.session import engine as connectable\n\n    async with"
    file.write_text(before + use + after, encoding="utf-8")
    # It is upgraded, undone and upgraded again, each in an event loop of its own.
    revision = HARMFUL.replace('op.drop_column("tickets", "title")', 'op.execute("SELECT 1")')
    desk.add_revision(revision.replace("raise NotImplementedError", 'op.execute("SELECT 1")'))

    assert "18 passed" in desk.run(*KIT, "--record-differences")


def test_an_update_keeps_edits_and_the_undo_every_byte(
    adopted: Path, template: Path, tmp_path: Path
) -> None:
    newer = Path(shutil.copytree(template, tmp_path / "template"))
    release(newer, "v1.1.0", settings=("recycle_seconds: PositiveInt = 1800", RECYCLED))
    project = Path(shutil.copytree(adopted, tmp_path / "project"))
    commit_all(project, "Adopted")
    settings = project / "desk" / "database_kit" / "settings.py"
    edited = settings.read_text(encoding="utf-8").replace("Int = 15", "Int = 3")
    settings.write_text(edited, encoding="utf-8")
    commit_all(project, "Edit")
    answers = project / ANSWERS_FILE
    # As Copier records a template that it has cloned.
    answers.write_text(re.sub("_src_path: .*", f"_src_path: {newer}", answers.read_text()))
    commit_all(project, "Template")

    update_layer(project)

    assert changed_files(project) == [f" M {ANSWERS_FILE}", f" M {settings.relative_to(project)}"]
    text = settings.read_text(encoding="utf-8")
    assert RECYCLED in text
    assert "pool_size: PositiveInt = 3" in text
    settings.write_text(text.replace("PositiveInt = 3", "PositiveInt = 15"), encoding="utf-8")
    add_layer(newer, project, db_undo=True)
    git(project, "add", "--all")
    assert git(project, "diff", "--stat", "--cached", "main~3") == ""


def test_sqlmodel_and_the_engine_of_the_requests(template: Path, tmp_path: Path) -> None:
    project = copy_project(NAME, tmp_path / "project")
    for name, old, new in (
        ("desk/db/base.py", "from sqlalchemy.orm import DeclarativeBase", "import sqlmodel"),
        (
            "desk/db/base.py",
            "class Base(DeclarativeBase):\n    pass\n",
            "Base = sqlmodel.SQLModel\n",
        ),
        ("migrations/env.py", "desk.db.base import Base", "sqlmodel import SQLModel"),
        ("migrations/env.py", "Base.metadata", "SQLModel.metadata"),
        ("pyproject.toml", '"sqlalchemy[asyncio]>=2.0.40"', '"sqlmodel>=0.0.22"'),
        (
            "desk/db/session.py",
            "\nSessionFactory",
            "\nreports = make_engine(get_settings().reports_dsn)\nSessionFactory",
        ),
    ):
        text = (project / name).read_text(encoding="utf-8")
        assert old in text, name
        (project / name).write_text(text.replace(old, new), encoding="utf-8")
    (project / "desk" / "models.py").write_text(SQLMODEL, encoding="utf-8")

    add_layer(template, project, db_existing="adopt")

    kit = project / "desk" / "database_kit"
    models = (kit / "application_models.py").read_text(encoding="utf-8")
    assert "from sqlmodel import SQLModel as Base" in models
    url = (kit / "application_url.py").read_text(encoding="utf-8")
    assert "make_url(str(get_settings().postgres_dsn))" in url


def test_the_readme_names_the_project() -> None:
    assert f"`{NAME}`" in (PROJECTS / "README.md").read_text(encoding="utf-8")
