"""What a URL says of the way to the server, and what holds on that way."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest

from tests.support.pgbouncer import pgbouncer
from tests.support.supabase import run_sql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.environments import Environment
    from tests.support.pgbouncer import PgBouncer
    from tests.support.supabase import SupabaseServer

PROCESSES = 2
TRANSACTIONS = 60
"""For each of the six tasks of a process."""

ITEMS = """
    CREATE TABLE items (
        id int PRIMARY KEY,
        a text GENERATED ALWAYS AS ('a' || id::text) STORED,
        b text GENERATED ALWAYS AS ('b' || id::text) STORED
    );
    INSERT INTO items (id) SELECT generate_series(0, 99);
    CREATE TABLE journal (item int NOT NULL);
"""
MOVE_TO_THE_END = """
    ALTER TABLE items DROP COLUMN {name};
    ALTER TABLE items ADD COLUMN {name} text GENERATED ALWAYS AS ('{name}' || id::text) STORED;
"""


@pytest.fixture
def database(supabase: SupabaseServer) -> Iterator[str]:
    with supabase.new_database() as name:
        yield name


async def put_under_load(
    environment: Environment, project: Path, direct: str, settings: dict[str, str]
) -> tuple[Counter[str], int]:
    """Run transactions in two processes while the columns of their table change places.

    Returns:
        How the transactions ended, and how often the columns changed.
    """
    command = ("-m", "checks.pooled_load", str(TRANSACTIONS))

    def process() -> dict[str, int]:
        done = environment.run(*command, cwd=project, variables=settings)
        return dict(json.loads(done.stdout))

    processes = asyncio.gather(*(asyncio.to_thread(process) for _ in range(PROCESSES)))
    connection = await asyncpg.connect(direct)
    changes = 0
    while not processes.done():
        await connection.execute(MOVE_TO_THE_END.format(name="ab"[changes % 2]))
        changes += 1
    await connection.close()
    ended: Counter[str] = Counter()
    for outcome in await processes:
        ended.update(outcome)
    return ended, changes


async def statements_left_behind(url: str, connections: int) -> int:
    """Count what is prepared on the pooler's server connections, all held at once."""
    clients = [await asyncpg.connect(url, statement_cache_size=0) for _ in range(connections)]
    for client in clients:
        await client.execute("BEGIN")
    counts = [await c.fetchval("SELECT count(*) FROM pg_prepared_statements") for c in clients]
    for client in clients:
        await client.close()
    return sum(counts)


def test_a_transaction_pooler_under_load(
    notes: Path,
    notes_environment: Environment,
    supabase: SupabaseServer,
    pooler: PgBouncer,
    database: str,
) -> None:
    direct, pooled = supabase.url(database), pooler.url(database)
    run_sql(direct, ITEMS)
    settings = {"DATABASE_URL": f"{pooled}?pgbouncer=true", "DATABASE_POOL_SIZE": "6"}

    ended, changes = asyncio.run(put_under_load(notes_environment, notes, direct, settings))

    assert ended == {"right": PROCESSES * 6 * TRANSACTIONS}
    assert changes > 10
    assert asyncio.run(statements_left_behind(pooled, 4)) == 0


@pytest.mark.thorough
def test_the_load_tells_when_statements_are_kept(
    notes: Path,
    notes_environment: Environment,
    supabase: SupabaseServer,
    pooler: PgBouncer,
    database: str,
) -> None:
    direct, pooled = supabase.url(database), pooler.url(database)
    run_sql(direct, ITEMS)
    settings = {"DATABASE_URL": pooled, "DATABASE_POOLER": "session", "DATABASE_POOL_SIZE": "6"}

    ended, _ = asyncio.run(put_under_load(notes_environment, notes, direct, settings))

    assert ended["failed"] > 0
    assert asyncio.run(statements_left_behind(pooled, 4)) > 0


def test_urls(notes: Path, notes_environment: Environment) -> None:
    notes_environment.run("-m", "pytest", "checks/test_urls.py", cwd=notes)


def test_tls(
    notes: Path, notes_environment: Environment, supabase: SupabaseServer, database: str
) -> None:
    with tempfile.TemporaryDirectory() as name:
        # PgBouncer may run as another user.
        directory = Path(name)
        directory.chmod(0o755)
        notes_environment.run("-m", "checks.certificates", name, cwd=notes)
        tls = {
            "client_tls_sslmode": "require",
            "client_tls_cert_file": f"{name}/server.crt",
            "client_tls_key_file": f"{name}/server.key",
        }
        with pgbouncer(supabase, tls) as pooler:
            variables = {"TLS_URL": pooler.url(database), "CERTIFICATES": name}
            notes_environment.run(
                "-m", "pytest", "checks/test_tls.py", cwd=notes, variables=variables
            )


@pytest.mark.thorough
def test_migrations_run_through_poolers_twice_in_a_row(
    notes: Path,
    notes_environment: Environment,
    supabase: SupabaseServer,
    database: str,
    tmp_path: Path,
) -> None:
    project = shutil.copytree(notes, tmp_path / "notes")

    def alembic(*commands: str, url: str, way: str) -> None:
        run = f"from alembic.config import main\nfor c in {commands}: main(c.split())"
        variables = {"DATABASE_URL": url, "DATABASE_POOLER": way}
        notes_environment.run("-c", run, cwd=project, variables=variables)

    direct = supabase.url(database)
    alembic("revision --autogenerate -m first", url=direct, way="none")
    for way in ("session", "transaction"):
        with pgbouncer(supabase, {"pool_mode": way}) as pooler:
            commands = ("upgrade head", "upgrade head", "check", "downgrade base", "upgrade head")
            alembic(*commands, "downgrade base", url=pooler.url(database), way=way)
