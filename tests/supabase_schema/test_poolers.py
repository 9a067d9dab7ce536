"""Migrations on each way to the server, and on an older one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncpg
import pytest

from tests.support.pgbouncer import pgbouncer
from tests.support.supabase import supabase_server

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.environments import Environment
    from tests.support.supabase import SupabaseServer

COUNT = "SELECT count(*) FROM pg_policies"


@pytest.mark.parametrize("mode", ["direct", "session", "transaction"])
def test_migrations_run_twice(
    mode: str,
    supabase: SupabaseServer,
    database: str,
    project: Path,
    environment: Environment,
    revision: str,
) -> None:
    direct = supabase.url(database)

    def migrate(url: str) -> None:
        variables = {"DATABASE_URL": direct, "DATABASE_MIGRATION_URL": url}
        if mode != "direct":
            variables["DATABASE_POOLER"] = mode
        for command in (("upgrade", "head"), ("upgrade", "head"), ("check",)):
            environment.run("-m", "alembic", *command, cwd=project, variables=variables)

    if mode == "direct":
        migrate(direct)
    else:
        with pgbouncer(supabase, {"pool_mode": mode}) as pooler:
            migrate(pooler.url(database))

    assert asyncio.run(policies(direct)) == revision.count("CREATE POLICY")


def test_an_older_server_has_the_same_catalogs(
    project: Path, environment: Environment, revision: str
) -> None:
    """Supabase has 15 and 17; the oldest that comes as a wheel is 16."""
    commands = ("upgrade head", "check", "downgrade base", "upgrade head", "check")
    run = f"from alembic.config import main\nfor c in {commands}: main(c.split())"
    with supabase_server(16) as server, server.new_database() as name:
        url = server.url(name)
        environment.run("-c", run, cwd=project, variables={"DATABASE_URL": url})

        assert asyncio.run(policies(url)) == revision.count("CREATE POLICY")


async def policies(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        count: int = await connection.fetchval(COUNT)
    finally:
        await connection.close()
    return count
