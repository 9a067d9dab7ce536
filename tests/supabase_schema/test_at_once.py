"""Migrations when many processes start at once, and when others use the tables."""

from __future__ import annotations

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg
import pytest

from tests.support.pgbouncer import pgbouncer
from tests.support.supabase import run_sql
from tests.support.template import add_layer, copy_project

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from tests.support.environments import Environment
    from tests.support.supabase import SupabaseServer

PROCESSES = 8
REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "{number}"
down_revision = {previous!r}


def upgrade():
    {upgrade}


def downgrade():
    pass
"""
UPGRADES = (
    """op.create_table("events", sa.Column("id", sa.Integer, sa.Identity()))
    op.execute("SELECT pg_sleep(0.3)")""",
    """with op.get_context().autocommit_block():
        op.create_index("ix_events_id", "events", ["id"], postgresql_concurrently=True)""",
    """op.add_column("events", sa.Column("name", sa.Text))
    op.execute("SELECT pg_sleep(0.3)")""",
)
VALID_INDEXES = """
    SELECT count(*) FROM pg_index WHERE indrelid = 'events'::regclass AND indisvalid
"""


def write_revisions(project: Path) -> None:
    versions = project / "alembic" / "versions"
    for old in versions.glob("*.py"):
        old.unlink()
    previous = None
    for number, upgrade in enumerate(UPGRADES, start=1):
        text = REVISION.format(number=number, previous=previous, upgrade=upgrade)
        (versions / f"{number}.py").write_text(text)
        previous = f"{number}"


def copies(project: Path, target: Path, db_type: str, template: Path) -> Path:
    """A project with these revisions: that of the other tests, or one on plain PostgreSQL."""
    if db_type == "supabase":
        shutil.copytree(project, target)
    else:
        add_layer(template, copy_project("supabase-notes", target), db_type=db_type)
    write_revisions(target)
    return target


@pytest.mark.parametrize(
    ("db_type", "pooler"),
    [
        pytest.param("postgresql", "none", marks=pytest.mark.thorough),
        ("supabase", "transaction"),
    ],
)
def test_eight_processes_migrate_once(
    db_type: str,
    pooler: str,
    supabase: SupabaseServer,
    database: str,
    template: Path,
    project: Path,
    environment: Environment,
    tmp_path: Path,
) -> None:
    target = copies(project, tmp_path / "notes", db_type, template)
    direct = supabase.url(database)

    def migrate_at_once(url: str) -> list[str]:
        variables = {"DATABASE_URL": url, "DATABASE_POOLER": pooler}

        def upgrade(_: int) -> str:
            command = ("-m", "alembic", "upgrade", "head")
            return environment.run(*command, cwd=target, variables=variables).stderr

        with ThreadPoolExecutor(PROCESSES) as threads:
            return list(threads.map(upgrade, range(PROCESSES)))

    if pooler == "none":
        said = migrate_at_once(direct)
    else:
        with pgbouncer(supabase) as running:
            said = migrate_at_once(running.url(database))

    assert sum(text.count("Running upgrade") for text in said) == len(UPGRADES)
    assert any("Waiting for another process that migrates" in text for text in said)
    assert asyncio.run(fetch(direct, VALID_INDEXES)) == 1


def test_a_migration_gives_up_on_a_table_that_is_in_use(
    supabase: SupabaseServer,
    database: str,
    template: Path,
    project: Path,
    environment: Environment,
    tmp_path: Path,
) -> None:
    target = copies(project, tmp_path / "notes", "supabase", template)
    url = supabase.url(database)
    variables = {"DATABASE_URL": url, "DATABASE_MIGRATION_LOCK_TIMEOUT_SECONDS": "0.1"}
    upgrade = ("-m", "alembic", "upgrade")
    environment.run(*upgrade, "2", cwd=target, variables=variables)

    async def upgrade_beside_a_reader() -> None:
        async with connected(url) as connection, connection.transaction():
            await connection.execute("SELECT FROM events")
            await asyncio.to_thread(
                environment.run, *upgrade, "head", cwd=target, variables=variables
            )

    with pytest.raises(AssertionError, match="lock timeout"):
        asyncio.run(upgrade_beside_a_reader())

    # The index before it takes its time, for nobody queues behind it.
    run_sql(url, "DROP INDEX ix_events_id; UPDATE private.alembic_version SET version_num = '1'")
    asyncio.run(index_beside_a_writer(url, environment, target, variables))
    variables["DATABASE_MIGRATION_STATEMENT_TIMEOUT_SECONDS"] = "0.2"
    with pytest.raises(AssertionError, match="statement timeout"):
        environment.run(*upgrade, "head", cwd=target, variables=variables)


async def index_beside_a_writer(
    url: str, environment: Environment, project: Path, variables: dict[str, str]
) -> None:
    command = ("-m", "alembic", "upgrade", "2")
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    async with connected(url) as connection, connected(url) as watcher:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("INSERT INTO events DEFAULT VALUES")
        upgrade = asyncio.create_task(
            asyncio.to_thread(environment.run, *command, cwd=project, variables=variables)
        )
        while not await watcher.fetchval(waits):
            assert not upgrade.done(), await upgrade
        # Longer than the timeout of a lock.
        await watcher.execute("SELECT pg_sleep(0.3)")
        await transaction.rollback()
        await upgrade


@asynccontextmanager
async def connected(url: str) -> AsyncGenerator[asyncpg.Connection[asyncpg.Record]]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def fetch(url: str, query: str) -> object:
    async with connected(url) as connection:
        return await connection.fetchval(query)
