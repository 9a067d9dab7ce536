"""A project keeps its own async layer, and has an engine and `env.py` from the added one."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.desk import KIT, NAME, REVISION, Desk
from tests.support.linters import RULES, silent
from tests.support.template import (
    ANSWERS_FILE,
    add_layer,
    changed_files,
    commit_all,
    copy_project,
    git,
    release,
    update_layer,
)

WORKER = """\
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from .settings import get_settings

worker_engine = create_async_engine(str(get_settings().postgres_dsn), pool_size=2)
WorkerSession = async_sessionmaker(worker_engine)
"""
CHOSEN = {
    "db_existing": "adopt",
    "db_adopt_engine": "desk.db.session:engine",
    "db_adopt_env": "replace",
}
CHANGED = """\
desk/db/session.py
-    create_async_engine,
+from desk.database_kit.engine import create_layer_engine
+
-    return create_async_engine(url, echo=get_settings().echo_sql, pool_size=5)
+    return create_layer_engine(url, echo=get_settings().echo_sql, pool_size=5)
migrations/env.py
+from desk.database_kit.migration_lock import connect_for_migrations
-    async with connectable.connect() as connection:
+    async with connect_for_migrations(connectable) as connection:
"""
ENGINES = """
import asyncio
from sqlalchemy import NullPool, text
from desk import database
from desk.database_kit.engine import create_layer_engine
from desk.db import session
from desk.db.session import SessionFactory, engine, get_db

async def settings_of(engine):
    names = "application_name", "statement_timeout", "jit"
    async with engine.connect() as connection:
        shown = [await connection.scalar(text(f"SHOW {name}")) for name in names]
    await engine.dispose()
    return *shown, type(engine.pool).__name__

async def main():
    assert database.get_engine() is engine is session.engine
    pool = engine.pool
    print(type(pool).__name__, pool.size(), pool.capacity(), engine.url.database != None)
    print(*await settings_of(engine))
    url = engine.url.update_query_dict({"sslmode": "prefer", "application_name": "reports"})
    plain = create_layer_engine(
        url, poolclass=NullPool, connect_args={"server_settings": {"jit": "off"}}
    )
    print(*await settings_of(plain))
    session.engine = plain
    assert database.get_engine() is plain

asyncio.run(main())
"""


@pytest.fixture(scope="session")
def adopted(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, which has a worker too, with what adopting adds."""
    project = copy_project(NAME, tmp_path_factory.mktemp(NAME) / "project")
    (project / "desk" / "worker.py").write_text(WORKER, encoding="utf-8")
    commit_all(project, "Worker")
    return add_layer(template, project, **CHOSEN)


@pytest.fixture
def desk(
    adopted: Path, environments: Path, tmp_path: Path, new_database: Callable[[], str]
) -> Desk:
    """A copy of it, the environment that it declares, and an empty database."""
    return Desk.of(adopted, tmp_path / "project", environments, new_database())


def test_the_chosen_engine_and_env_py_change_and_nothing_else(adopted: Path) -> None:
    diff = git(adopted, "diff", "--unified=0", "--", "desk/db", "desk/worker.py", "migrations")

    lines = [
        line.removeprefix("+++ b/")
        for line in diff.splitlines()
        if line.startswith(("+++", "-", "+")) and not line.startswith("---")
    ]
    assert lines == CHANGED.splitlines()
    assert not (adopted / "desk" / "database_kit" / "migrate.py").exists()


@pytest.mark.thorough
def test_linters_and_the_projects_own_tests(desk: Desk) -> None:
    files = [line[3:] for line in changed_files(desk.project) if line.endswith(".py")]
    new = [name for name in files if name.startswith(("desk/database", "tests/database"))]
    silent("ruff", "check", "--isolated", "--no-cache", *RULES, *new, cwd=desk.project)
    # What was there has imports sorted, and none that is unused.
    own = ("desk", "migrations/env.py")
    changed = ("desk/db/session.py", "migrations/env.py")
    silent("ruff", "check", "--isolated", "--no-cache", "--extend-select=I", *own, cwd=desk.project)
    silent("ruff", "format", "--isolated", "--line-length=79", "--diff", *new, cwd=desk.project)
    format_at = ("ruff", "format", "--isolated", "--diff", "--line-length=100")
    silent(*format_at, *changed, cwd=desk.project)
    silent(
        *["mypy", "--strict", "--config-file=", "--explicit-package-bases"],
        "--cache-dir=/dev/null",
        f"--python-executable={desk.environment.python}",
        *files,
        cwd=desk.project,
    )
    desk.add_revision(REVISION)

    # The lock and the timeouts are env.py's own now.
    desk.run("-m", "alembic", "upgrade", "head")
    said = desk.run(*KIT, "tests/test_tickets.py", "--record-differences")

    assert "21 passed" in said


def test_the_engine_has_the_pool_and_keeps_its_options(desk: Desk) -> None:
    lines = desk.run("-c", ENGINES).splitlines()

    assert lines == [
        "FairPool 5 15 True",
        "support-desk 30s on FairPool",
        "reports 30s off NullPool",
    ]
    del desk.variables["DESK_POSTGRES_DSN"]
    assert "postgres_dsn" in desk.fails("-c", "import desk.db.session")


def test_an_update_keeps_it_and_the_undo_restores_every_byte(
    adopted: Path, template: Path, tmp_path: Path
) -> None:
    newer = Path(shutil.copytree(template, tmp_path / "template"))
    release(
        newer,
        "v1.1.0",
        settings=("recycle_seconds: PositiveInt = 1800", "recycle_seconds: PositiveInt = 900"),
    )
    project = Path(shutil.copytree(adopted, tmp_path / "project"))
    commit_all(project, "Adopted")
    answers = project / ANSWERS_FILE
    answers.write_text(re.sub("_src_path: .*", f"_src_path: {newer}", answers.read_text()))
    commit_all(project, "Template")

    update_layer(project)

    settings = "desk/database_kit/settings.py"
    assert changed_files(project) == [f" M {ANSWERS_FILE}", f" M {settings}"]
    add_layer(newer, project, db_undo=True)
    git(project, "add", "--all")
    assert git(project, "diff", "--stat", "--cached", "main~2") == ""
